"""How long an acknowledged message takes to each screen: apart while something was broken, and while nothing was."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from wasl.torture import history
from wasl.torture.judge.tables import NEVER, Facts

TICKS_PER_SECOND = 10_000
"""Latencies are counted by tenths of a millisecond: a long run has more of them than fit in memory."""
SETTLED_SECONDS = 2.0
"""So long after a fault what is seen late is still its work."""

Counts = dict[int, int]
SHARES = (0.5, 0.9, 0.99, 1.0)


@dataclass(slots=True, eq=False)
class Pace:
    """How soon one watcher was shown messages."""

    watcher: history.Watcher
    quiet: Counts = field(default_factory=dict)
    faulty: Counts = field(default_factory=dict)
    slowest: list[tuple[float, int, float]] = field(default_factory=list)
    """Those that came later than they had to after healing: how many seconds, the message's number, when."""


@dataclass(frozen=True, slots=True)
class Latency:
    """From an acknowledgement to screens, in seconds, over so many."""

    name: str
    count: int
    p50: float
    p90: float
    p99: float
    most: float


class Latencies:
    """Collects them. Between `begins` and `ends` of a message (columns by its number) nothing was broken."""

    def __init__(self, facts: Facts, within_seconds: float) -> None:
        self._facts = facts
        self._acked = facts.acked_at
        self._healed = facts.healed_at
        self._late_after = facts.healed_at + within_seconds
        self._within = within_seconds
        self._quiet_until = _quiet_until(facts)
        self.paces: list[Pace] = []

    def pace(self, watcher: history.Watcher) -> Pace:
        """Where a watcher's latencies are counted."""
        self.paces.append(Pace(watcher))
        return self.paces[-1]

    def counts(self, number: int) -> bool:
        """Whether a message was acknowledged at all."""
        return number < len(self._acked) and self._acked[number] != NEVER

    def note(self, pace: Pace, number: int, at: float) -> None:
        """A message came to a screen."""
        acked = self._acked[number]
        delay = at - acked
        tick = int(delay * TICKS_PER_SECOND) if delay > 0 else 0
        counts = pace.quiet if at < self._quiet_until[number] else pace.faulty
        counts[tick] = counts.get(tick, 0) + 1
        if at > self._late_after and at - max(acked, self._healed) > self._within:
            pace.slowest.append((at - max(acked, self._healed), number, at))

    def table(self) -> list[Latency]:
        """All of them, and those of steady watchers, each while nothing was broken and while something was."""
        return [
            latency_of(f"{who}, {when}", (getattr(pace, part) for pace in self.paces if steady <= _is_steady(pace)))
            for who, steady in (("everybody", False), ("steady watchers", True))
            for when, part in (("nothing broken", "quiet"), ("under faults", "faulty"))
        ]

    def steady_quiet(self) -> Latency:
        """Of those who are never slow, while nothing was broken."""
        return latency_of("steady watchers", (pace.quiet for pace in self.paces if _is_steady(pace)))


def _is_steady(pace: Pace) -> bool:
    return pace.watcher.habit == "steady"


def latency_of(name: str, parts: Iterator[Counts]) -> Latency:
    """The shares of several counts together."""
    counts: Counts = {}
    for part in parts:
        for tick, times in part.items():
            counts[tick] = counts.get(tick, 0) + times
    total = sum(counts.values())
    found, passed, wanted = [], 0, list(SHARES)
    for tick in sorted(counts):
        passed += counts[tick]
        while wanted and passed >= wanted[0] * total:
            found.append(tick / TICKS_PER_SECOND)
            wanted.pop(0)
    return Latency(name, total, *(found or [0.0] * len(SHARES)))


def _quiet_until(facts: Facts) -> "array[float]":
    """Until when a message's way was undisturbed, by its number: the next fault's beginning; 0 if it came amid one."""
    stretches: list[tuple[float, float]] = []
    for fault in sorted(facts.faults, key=lambda fault: fault.at):
        until = max(fault.at, fault.until) + SETTLED_SECONDS
        if stretches and fault.at <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(until, stretches[-1][1]))
        else:
            stretches.append((fault.at, until))
    begins = [begin for begin, _ in stretches]
    quiet = array("d", [0.0]) * len(facts.acked_at)
    for number, acked in enumerate(facts.acked_at):
        place = bisect_right(begins, acked)
        if place and acked <= stretches[place - 1][1]:
            continue
        quiet[number] = begins[place] if place < len(begins) else NEVER
    return quiet
