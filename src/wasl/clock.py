"""The only place where the time of day is read. Order never comes from here, only what people are shown."""

import time
from datetime import UTC, datetime
from functools import lru_cache


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def monotonic() -> float:
    """Seconds of a clock that never jumps: for every delay, lease and timeout inside one process."""
    return time.monotonic()


@lru_cache(maxsize=4096)  # A message names the same moment several times, and a busy second is shared by many.
def iso(ms: int | None) -> str | None:
    """Write a time as ISO 8601 with `Z`, milliseconds only where there are any; None stays None."""
    if ms is None:
        return None
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds" if ms % 1000 else "seconds").replace("+00:00", "Z")


def ms_of(written: str) -> int:
    """The milliseconds since 1970 of a time that `iso` wrote. Such times are not in order as text: a whole second,
    `…:39Z`, stands after all of its own milliseconds, `…:39.008Z`."""
    return round(datetime.fromisoformat(written).timestamp() * 1000)
