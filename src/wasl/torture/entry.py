"""How the kit starts a node: `python -m wasl.torture.entry serve` is `wasl serve` with other limits and another clock.

The product has no switch for either. Before any other module of it is imported, the constants of `wasl.limits` named in
TORTURE_LIMITS (a JSON object) are replaced, and the wall clock is made to differ from the machine's by what the file
named in TORTURE_CLOCK says: eight bytes, milliseconds, read anew each time, so that a change is a jump. The monotonic
clock stays what it is.
"""

import datetime
import json
import mmap
import os
import runpy
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

LIMITS_VARIABLE = "TORTURE_LIMITS"
CLOCK_VARIABLE = "TORTURE_CLOCK"
CLOCK_BYTES = 8


class Mistaken(Exception):
    """What the kit asked of a node cannot be; a sentence for whoever wrote it."""


def replace_limits(asked: Mapping[str, Any]) -> None:
    """Put other values in the place of constants of `wasl.limits`. Raises Mistaken."""
    from wasl import limits  # noqa: PLC0415 - it imports nothing, and nobody may have read it before

    for name, value in asked.items():
        usual = getattr(limits, name, None)
        if not name.isupper() or usual is None:
            raise Mistaken(f"There is no limit {name} in wasl.limits.")
        wanted = tuple(value) if isinstance(value, list) else value
        if isinstance(usual, tuple) != isinstance(wanted, tuple):
            raise Mistaken(f"{name} is {usual!r}; {value!r} cannot take its place.")
        # Whole numbers stay whole: some become part of a setting of PostgreSQL.
        if isinstance(usual, int) and not isinstance(wanted, int):
            raise Mistaken(f"{name} is a whole number, not {value!r}.")
        setattr(limits, name, wanted)


def shift_clock(path: Path) -> None:
    """Let this process's wall clock differ by what a file says; a missing one says nothing."""
    if not path.exists():
        return
    with path.open("rb") as file:
        seen = memoryview(mmap.mmap(file.fileno(), CLOCK_BYTES, access=mmap.ACCESS_READ)).cast("q")
    true_ns = time.time_ns

    def time_ns() -> int:
        return true_ns() + seen[0] * 1_000_000

    def seconds() -> float:
        return time_ns() / 1e9

    time.time_ns = time_ns
    time.time = seconds
    datetime.datetime = _datetime_by(seconds)  # type: ignore[misc]


def _datetime_by(seconds: Callable[[], float]) -> type[datetime.datetime]:
    true = datetime.datetime

    class Kind(type):
        """What others made of the true kind counts as ours, and the other way round."""

        def __instancecheck__(cls, found: object) -> bool:
            return isinstance(found, true)

        def __subclasscheck__(cls, kind: type) -> bool:
            return issubclass(kind, true)

    class Shifted(true, metaclass=Kind):  # type: ignore[valid-type, misc]
        """A datetime whose present is the shifted clock's. As large as a true one, which compiled modules look at."""

        __slots__ = ()

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return true.fromtimestamp(seconds(), tz)

        @classmethod
        def utcnow(cls) -> Any:
            return true.fromtimestamp(seconds(), datetime.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls) -> Any:
            return true.fromtimestamp(seconds())

    return Shifted


def main() -> int:
    """Run a command of `wasl` so; its exit status, or 2 when the kit asked for what cannot be."""
    try:
        replace_limits(json.loads(os.environ.get(LIMITS_VARIABLE, "{}")))
    except (Mistaken, ValueError) as mistake:
        sys.stderr.write(f"{LIMITS_VARIABLE}: {mistake}\n")
        return 2
    if CLOCK_VARIABLE in os.environ:
        shift_clock(Path(os.environ[CLOCK_VARIABLE]))
    # Only now: whatever is imported reads its limits, and takes hold of the clock.
    runpy.run_module("wasl", run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
