"""The wheel carries everything: installed into an empty environment, it runs the demo on a machine without Node."""

import contextlib
import os
import select
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from house.sources import ROOT
from wasl.torture.servers import free_port

pytestmark = pytest.mark.slow

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 15.0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    (path,) = folder.glob("wasl-*.whl")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel alone, and borrows the packages it depends on from ours: no network."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        str(wheel),
    )
    # Python reads no .pth files in a folder that came from one, so our editable install stays out of sight.
    site_packages = Path(run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (site_packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_it_carries_what_is_no_python(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "wasl/dashboard_build/index.html" in names
    expected = {
        str(Path("wasl", path.relative_to(ROOT / "src" / "wasl")))
        for folder in ("store/migrations", "emulator", "dashboard_build")
        for path in (ROOT / "src" / "wasl" / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert [name for name in expected if name.endswith(".sql")] != []
    assert [name for name in expected if name.startswith("wasl/emulator/handset")] != []
    assert sorted(expected - names) == []


def test_it_carries_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"wasl"}


def test_it_is_what_runs(environment: Path) -> None:
    location = run(str(environment / "bin" / "python"), "-c", "import wasl; print(wasl.__file__)")
    assert Path(location.strip()).is_relative_to(environment)
    assert "demo" in run(str(environment / "bin" / "wasl"), "--help")


@pytest.mark.parametrize("page", ["/", "/health"])
def test_the_demo_needs_no_node(demo: str, page: str) -> None:
    answer = httpx2.get(demo + page)
    assert answer.status_code == 200
    assert ("<html" in answer.text) == (page == "/")


@pytest.fixture(scope="module")
def demo(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo that was started from the wheel with nothing else on its PATH."""
    address = f"http://127.0.0.1:{free_port()}"
    programs = environment / "bin"
    assert shutil.which("node", path=str(programs)) is None
    command = [str(programs / "wasl"), "demo", "--port", address.rpartition(":")[2]]
    folder = tmp_path_factory.mktemp("demo")
    process = subprocess.Popen(
        [*command, "--data-dir", str(folder / "data")],
        cwd=folder,
        env={"PATH": str(programs), "HOME": str(folder), "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for_line(process, address)
        yield address
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS_MAX)
        process.kill()
        output = process.communicate()[0].decode()
    assert process.returncode == 0, f"SIGTERM did not end it in order:\n{output[-2000:]}"


def wait_for_line(process: subprocess.Popen[bytes], text: str) -> None:
    """Return when the process has printed a line with this text; fail when it ends or takes too long."""
    assert process.stdout is not None
    said = b""
    deadline = time.monotonic() + START_SECONDS_MAX
    while (left := deadline - time.monotonic()) > 0:
        if select.select([process.stdout], [], [], left)[0]:
            chunk = os.read(process.stdout.fileno(), 65536)
            said += chunk
            if text.encode() in said:
                return
            if not chunk:
                break
    pytest.fail(f"`wasl demo` did not say {text} within {START_SECONDS_MAX:.0f} s; it said:\n{said.decode()[-2000:]}")


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout
