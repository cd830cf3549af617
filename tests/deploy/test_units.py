"""The systemd units: valid, closed to what the server does not need, and open to all that it does."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import samples
from deploy.walls import CANNOT
from proxies import DEPLOY
from story.node import Node
from story.people import Outside, open_business
from story.scene import settings_of
from story.wire import RANA

EXPOSURE_MAX = 2.0
"""systemd's own measure, from 0 to 10; most services of a distribution are above 9."""
WALLS = Path(__file__).with_name("walls.py")

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


@needs_systemd
@pytest.mark.anyio
async def test_the_server_runs_inside_these_walls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the unit forbids, the server and its libraries never need: signing in takes the strangest of them."""
    allowed = tmp_path / "allowed"
    allowed.write_text("\n".join(sorted(allowed_calls())), encoding="utf-8")
    inside = [sys.executable, str(WALLS), str(allowed), sys.executable]
    forbidden = subprocess.run([*inside, "-c", "import os; os.nice(1)"], capture_output=True, text=True, check=False)
    if forbidden.returncode == CANNOT:
        pytest.skip("this machine leaves these walls to systemd")
    assert "PermissionError" in forbidden.stderr
    node = Node(settings_of(tmp_path), tmp_path / "node.log")
    monkeypatch.setattr(node, "_command", [*inside, "-m", "wasl", "serve"])
    node.start()
    bakery = await open_business(node.settings, "Cedar Bakery", "Sara")
    outside = Outside(node)
    sara = await outside.sign_in(bakery.operators[0])
    await outside.say(bakery, RANA, "hello")
    assert len((await sara.chats())["chats"]) == 1
    # What opens strangers' files is a process of its own, with all the libraries that decode them.
    for content, kind in (
        (samples.sound("webm"), "voice"),
        (samples.film(), "video"),
        (samples.picture("WEBP"), "image"),
    ):
        asked = {"name": "file", "kind": kind}
        brought = await sara.ask("POST", "/api/live-chat/uploads", params=asked, content=content)
        assert brought["upload"]["kind"] == kind
    await outside.close()
    assert node.stop()[0] == 0
    assert "PermissionError" not in node.said()


def allowed_calls() -> set[str]:
    """The system calls that the unit's filter leaves."""
    lines = re.findall(r"^SystemCallFilter=(~?)(.+)$", unit("wasl.service"), re.MULTILINE)
    allowed, denied = (
        {call for kind, names in lines if (kind == "~") is out for name in names.split() for call in calls_of(name)}
        for out in (False, True)
    )
    return allowed - denied | calls_of("@default")


def calls_of(name: str) -> set[str]:
    """A system call, or all of a group and of the groups in it."""
    if not name.startswith("@"):
        return {name}
    done = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    lines = (line.strip() for line in done.stdout.splitlines()[1:])
    return {call for line in lines if line and not line.startswith("#") for call in calls_of(line)}
