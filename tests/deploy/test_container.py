"""The container file, followed without an engine: its own steps, in a folder, as the user that it names."""

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from deploy.container import Instruction, stages_of
from house.sources import ROOT
from proxies import DEPLOY
from wasl.torture.servers import free_port

START_SECONDS_MAX = 30.0
STAGES = stages_of(DEPLOY / "Containerfile")
FINAL = STAGES[-1]
SECRET = re.compile("secret|token|password|database_url|redis_url", re.IGNORECASE)
USABLE = "import sys, ssl, ensurepip, venv; sys.exit(sys.version_info < (3, 11))"


def test_it_is_nobody_special_and_keeps_no_secret() -> None:
    user, group = FINAL.one("USER").rest.split(":")
    assert int(user) >= 10_000, "an engine can only tell that a number is not root"
    assert int(group) >= 10_000
    assert not SECRET.search(" ".join(instruction.rest for instruction in FINAL.told("ENV") + FINAL.told("ARG")))
    assert [stage.name for stage in STAGES if stage.told("ARG")] == []


def test_what_must_outlive_it_lies_in_a_volume() -> None:
    environment = FINAL.environment()
    assert FINAL.one("VOLUME").arguments() == [environment["WASL_DATA_DIR"]]
    assert FINAL.one("EXPOSE").arguments() == [environment["WASL_PORT"]]
    assert f"install -d -o wasl -g wasl -m 0700 {environment['WASL_DATA_DIR']}" in FINAL.one("RUN").rest


def test_signals_reach_the_server_itself() -> None:
    assert FINAL.one("ENTRYPOINT").rest + FINAL.one("CMD").rest == '["wasl"]["serve"]'  # No shell in between.
    assert FINAL.one("STOPSIGNAL").rest == "SIGTERM"


def test_every_file_that_it_takes_is_there() -> None:
    names = [stage.name for stage in STAGES]
    for stage in STAGES:
        for source_stage, sources, _ in stage.copied():
            if source_stage is not None:
                assert source_stage in names
            else:
                assert [source for source in sources if not (ROOT / source).exists()] == []
                assert [source for source in sources if not _is_sent(source)] == [], ".dockerignore keeps it back"


def test_nothing_else_is_sent_to_the_engine() -> None:
    assert [name for name in (".git", "var", ".venv", "wasl-data", "tests", "secret.key") if _is_sent(name)] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert {"dashboard/node_modules", "src/wasl/dashboard_build"} <= set(ignored)


def test_everything_comes_with_its_hash() -> None:
    installs = [each.rest for stage in STAGES for each in stage.told("RUN") if "pip install" in each.rest]
    assert [line for line in installs if "--require-hashes" not in line and "--no-index" not in line] == []
    # What builds the wheel is what builds it in a checkout.
    pins = {name: _pins(ROOT / "requirements" / name) for name in ("build.txt", "dev.txt")}
    assert pins["build.txt"] <= pins["dev.txt"]


def _pins(path: Path) -> set[str]:
    return {pin.strip() for pin in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8"))}


def _is_sent(name: str) -> bool:
    """What .dockerignore lets through: the last pattern that fits a path, or a folder above it, decides."""
    sent = True
    for pattern in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if pattern and not pattern.startswith("#"):
            plain = pattern.removeprefix("!").removeprefix("**/")
            parents = [name, *(str(parent) for parent in Path(name).parents if str(parent) != ".")]
            if any(fnmatch.fnmatch(part, plain) for part in parents):
                sent = pattern.startswith("!")
    return sent


class Machine:
    """A folder that stands for the container's file system, for the paths that the file names."""

    def __init__(self, folder: Path, user: int) -> None:
        self.folder = folder
        self.user = user
        self.port = free_port()

    def here(self, text: str) -> str:
        """The same with each path of the container's inside our folder."""
        for name in ("/opt/wasl", "/wheel", "/var/lib/wasl"):
            text = text.replace(name, f"{self.folder}{name}")
        return text

    def run(self, line: str, python: str) -> None:
        """Follow a RUN."""
        line = re.sub(r"\bpython -m venv", f"{shlex.quote(python)} -m venv", self.here(line))
        done = subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
        if done.returncode and re.search("No matching distribution|Connection|Temporary failure", done.stderr):
            pytest.skip("the packages of the container cannot be fetched here")
        assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"

    def command(self, words: list[str]) -> list[str]:
        """How a command of the final stage is run as its user, with nothing of ours in its environment."""
        environment = {name: self.here(value) for name, value in FINAL.environment().items()}
        path = environment["PATH"].replace("$PATH", "/usr/bin:/bin")
        environment |= {"PATH": path, "HOME": environment["WASL_DATA_DIR"], "WASL_PORT": str(self.port)}
        environment["WASL_HOST"] = "127.0.0.1"  # The machine of a test is not cut off from its network.
        given = [f"{name}={value}" for name, value in environment.items()]
        became = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", "--no-new-privs"]
        return [*(became if os.geteuid() == 0 else []), "env", "-i", *given, *words]


@pytest.fixture(scope="module")
def machine(wheel: Path) -> Iterator[Machine]:
    """Everything installed as the file says."""
    user = int(FINAL.one("USER").rest.partition(":")[0]) if os.geteuid() == 0 else os.geteuid()
    python = _python_for(user)
    folder = Path(tempfile.mkdtemp(prefix="wasl-container-"))  # Not pytest's, which only its owner may enter.
    folder.chmod(0o755)
    try:
        yield _installed(Machine(folder, user), wheel, python)
    finally:
        shutil.rmtree(folder)


def _installed(machine: Machine, wheel: Path, python: str) -> Machine:
    (machine.folder / "wheel").mkdir()
    shutil.copy(wheel, machine.folder / "wheel")
    [stage] = [stage for stage in STAGES if stage.name == "installed"]
    for step in stage.told("RUN"):
        machine.run(step.rest, python)
    data = machine.folder / "var/lib/wasl"
    data.mkdir(parents=True, mode=0o700)
    if os.geteuid() == 0:
        os.chown(data, machine.user, machine.user)
    return machine


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made by the file's own command from the dashboard that is built already."""
    [stage] = [stage for stage in STAGES if stage.name == "wheel"]
    folder = tmp_path_factory.mktemp("wheel")
    [line] = [each.rest for each in stage.told("RUN") if "pip wheel" in each.rest]
    line = line.replace("/wheel", str(folder)).replace("python -m pip", f"{sys.executable} -m pip", 1)
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    [path] = folder.glob("wasl-*.whl")
    return path


def _python_for(user: int) -> str:
    """A Python that the container's user may run too: not one in somebody's own folder."""
    became = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if os.geteuid() == 0 else []
    for python in (shutil.which("python3", path="/usr/local/bin:/usr/bin"), os.path.realpath(sys.executable)):
        if python is not None:
            done = subprocess.run([*became, python, "-c", USABLE], capture_output=True, check=False, cwd="/")
            if done.returncode == 0:
                return python
    pytest.skip("no Python 3.11 with venv that an unprivileged user may run")


@pytest.mark.slow
def test_what_it_installs_serves_as_its_user(machine: Machine) -> None:
    check = Instruction("CMD", FINAL.one("HEALTHCHECK").rest.partition(" CMD ")[2]).arguments()
    words = FINAL.one("ENTRYPOINT").arguments() + FINAL.one("CMD").arguments()
    process = subprocess.Popen(
        machine.command(words), cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        answer = _health_of(process, machine.port)
        assert answer.json() == {"status": "ok"}
        assert "<html" in httpx2.get(f"http://127.0.0.1:{machine.port}/", trust_env=False).text
        assert {path.stat().st_uid for path in (machine.folder / "var/lib/wasl").iterdir()} == {machine.user}
        healthy = subprocess.run(machine.command(check), check=False, cwd="/")
        assert healthy.returncode == 0
    finally:
        process.terminate()
        output = process.communicate(timeout=20)[0].decode()
    assert process.returncode == 0, output[-3000:]
    sick = subprocess.run(machine.command(check), check=False, cwd="/", capture_output=True)
    assert sick.returncode != 0


def _health_of(process: "subprocess.Popen[bytes]", port: int) -> httpx2.Response:
    deadline = time.monotonic() + START_SECONDS_MAX
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return httpx2.get(f"http://127.0.0.1:{port}/health", trust_env=False)
        except httpx2.HTTPError:
            time.sleep(0.05)
    process.kill()
    pytest.fail(f"it does not answer:\n{process.communicate()[0].decode()[-3000:]}")
