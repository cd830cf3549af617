"""Only what is held is signalled, and nothing stands still for longer than whoever made it stand still lives."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wasl.torture.children import Child
from wasl.torture.process import surroundings


def test_a_process_that_is_no_child_is_not_taken_for_one() -> None:
    with pytest.raises(ProcessLookupError):
        Child(os.getpid(), parent=os.getpid())


def test_a_frozen_child_goes_on_when_its_keeper_is_killed() -> None:
    program = (
        "import os, signal, subprocess; from wasl.torture.children import Guard, freeze;"
        "child = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL);"
        "freeze(child.pid); Guard([child.pid]); print(child.pid, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False)
    stat = Path(f"/proc/{int(done.stdout)}/stat")
    deadline = time.monotonic() + 30
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "T":
        assert time.monotonic() < deadline, "it still stands"
        time.sleep(0.01)


def test_a_real_installation_is_never_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASL_DATABASE_URL", "postgresql://real")
    assert "WASL_DATABASE_URL" not in surroundings()
    assert "PATH" in surroundings()
