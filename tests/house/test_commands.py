"""The commands of bin/ can be run, stop at the first error of their own, and say what they are for."""

import os
import subprocess
from pathlib import Path

import pytest

from house.sources import ROOT

COMMANDS = [*sorted(path for path in (ROOT / "bin").iterdir() if path.suffix == ""), ROOT / ".ci" / "run"]


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.name)
def test_command_is_sound(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert os.access(path, os.X_OK)
    assert text.startswith("#!/usr/bin/env bash\n# "), "a shell script that starts by saying what it does"
    assert "\nset -euo pipefail\n" in text or path.parent.name == ".ci"
    subprocess.run(["bash", "-n", str(path)], check=True)
