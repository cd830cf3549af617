"""Adds up the JUnit files of several test runners into the one line that closes bin/test."""

import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree


class Tally(NamedTuple):
    """How many tests ended how."""

    passed: int
    failed: int
    skipped: int


def main(paths: list[str]) -> int:
    """Print the sum; return 1 when something failed, a file is missing, or a runner ran nothing."""
    tallies = {path: read(Path(path)) for path in paths}
    silent = [Path(path).stem for path, tally in tallies.items() if tally is None or tally.passed + tally.failed == 0]
    for name in silent:
        print(f"no {name} test was run to its end")
    counted = [tally for tally in tallies.values() if tally is not None]
    total = Tally(*(sum(numbers) for numbers in zip(Tally(0, 0, 0), *counted, strict=True)))
    failed = total.failed + len(silent)
    print(f"{total.passed} passed, {failed} failed, {total.skipped} skipped")
    return 1 if failed else 0


def read(path: Path) -> Tally | None:
    """Count the cases of a JUnit file; None when the runner wrote none."""
    if not path.exists():
        return None
    cases = ElementTree.parse(path).iter("testcase")
    endings = [{child.tag for child in case} & {"failure", "error", "skipped"} for case in cases]
    failed = sum(bool(ending & {"failure", "error"}) for ending in endings)
    skipped = sum(ending == {"skipped"} for ending in endings)
    return Tally(len(endings) - failed - skipped, failed, skipped)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
