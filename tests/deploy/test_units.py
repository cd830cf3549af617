"""The systemd units: valid, closed to what the server does not need, and open to all that it does."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from proxies import DEPLOY
from story.node import Node
from story.people import Outside, open_business
from story.scene import settings_of

EXPOSURE_MAX = 2.0
"""systemd's own measure, from 0 to 10; most services of a distribution are above 9."""
CANNOT_SHUT = 9
# prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN), which holds through exec; Linux 6.3 and newer.
SHUT = f"""
import ctypes, os, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):
    sys.exit({CANNOT_SHUT})
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def unit(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Both units, starting a program that is there."""
    for source, name in (("wasl.service", "wasl.service"), ("wasl@.service", "wasl@8001.service")):
        text = unit(source).replace("/opt/wasl/bin/wasl", sys.executable)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@needs_systemd
@pytest.mark.parametrize("name", ["wasl.service", "wasl@8001.service"])
def test_systemd_finds_nothing_wrong(folder: Path, name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"./{name}"], cwd=folder, capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if name.partition(".")[0] in line]
    assert (done.returncode, said) == (0, []), done.stderr


@needs_systemd
@pytest.mark.parametrize("name", ["wasl.service", "wasl@8001.service"])
def test_little_of_the_machine_is_open_to_it(folder: Path, name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=yes", f"./{name}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip("this systemd cannot examine a unit that is not installed")
    assert float(found[1]) <= EXPOSURE_MAX


def test_a_node_of_several_differs_only_in_what_it_must() -> None:
    def settings(name: str) -> set[str]:
        return {line for line in unit(name).splitlines() if line and not line.startswith("#")}

    assert settings("wasl@.service") ^ settings("wasl.service") == {
        "Description=Wasl, a team inbox for WhatsApp",
        "Description=Wasl, a team inbox for WhatsApp (node %i)",
        "Environment=WASL_DATA_DIR=/var/lib/wasl",
        "Environment=WASL_DATA_DIR=/var/lib/wasl WASL_PORT=%i WASL_NODE=%H-%i",
        "EnvironmentFile=-/etc/wasl/wasl.env",
        "EnvironmentFile=/etc/wasl/wasl.env",
    }


@pytest.mark.anyio
async def test_it_runs_where_no_memory_may_become_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MemoryDenyWriteExecute is the one wall that a library of ours could run into."""
    if subprocess.run([sys.executable, "-c", SHUT, "-c", ""], check=False).returncode == CANNOT_SHUT:
        pytest.skip("this kernel leaves that to systemd")
    node = Node(settings_of(tmp_path), tmp_path / "node.log")
    monkeypatch.setattr(node, "_command", [sys.executable, "-c", SHUT, "-m", "wasl", "serve"])
    node.start()
    bakery = await open_business(node.settings, "Cedar Bakery", "Sara")
    outside = Outside(node)
    await (await outside.sign_in(bakery.operators[0])).chats()
    await outside.close()
    assert node.stop()[0] == 0
