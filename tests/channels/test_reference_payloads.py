"""The reader against a collection of real bodies, which lives beside the checkout and is no part of it.

`WASL_PAYLOADS` names its folder: `check.py` there runs `plain_walk.py` over every body and compares what it lists.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wasl.channels.envelope import read_envelope
from wasl.domain.updates import Unreadable

HERE = Path(__file__).resolve().parent
FOLDER = Path(os.environ.get("WASL_PAYLOADS") or HERE.parents[2] / "shared" / "payloads")

pytestmark = pytest.mark.skipif(
    not (FOLDER / "check.py").exists(), reason="the collection of webhook bodies is not here (WASL_PAYLOADS)"
)


def test_every_body_is_walked_as_expected() -> None:
    command = [sys.executable, str(FOLDER / "check.py"), sys.executable, str(HERE / "plain_walk.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_body_is_understood() -> None:
    bodies = sorted([*FOLDER.glob("meta/*.json"), *FOLDER.glob("montymobile/*.json")])
    assert bodies
    unread = {
        path.name: update.reason
        for path in bodies
        for update in read_envelope(path.read_bytes())
        if isinstance(update, Unreadable)
    }
    assert unread == {}
