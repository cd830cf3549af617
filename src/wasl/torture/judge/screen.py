"""Where one watcher stands: what their connection told them last, and what their screen holds."""

from dataclasses import dataclass, field

from wasl.torture import history
from wasl.torture.judge.latencies import Pace
from wasl.torture.judge.tables import Era, Log

LINES_MAX = 2
"""Connections that a watcher may have beside the last one it asked for."""
NOWHERE = -2
"""The place of a watcher who has not begun: no event follows it."""


@dataclass(slots=True, eq=False)
class Screen:
    """Where a watcher stands. `line` is the last event of their connection, `position` that of their screen: after a
    return the connection may repeat what the screen knows."""

    watcher: history.Watcher
    era: Era
    log: Log
    pace: Pace
    bit: int
    line: int = NOWHERE
    others: list[int] = field(default_factory=list)
    """Where connections stand beside it: whoever reads the log to catch up may have a stream at the same time."""
    lost: bool = False
    """Their connection ended, and none was asked for since."""
    asked: dict[str, int] = field(default_factory=dict)
    """Where they last asked to go on from: by what they had applied, and by what their stream was given."""
    position: int = NOWHERE
    told: int = NOWHERE
    """The greatest place that they were given beside events: by a page, a heartbeat, a list."""
    gap: int = 0
    """The sequence of an event that came too early and was not made good yet."""
    missing: set[int] = field(default_factory=set)
    """What a connection jumped over, as long as it may still come."""
    doubted: bool = False
    """They came back with a cursor that no log of this era holds: only `resync` may follow."""
    brings: Log | None = None
    """The log of the era before, of which they may bring places until somebody tells them of this one."""
    opened: list[float] = field(default_factory=list)
    views: list[history.Viewed] = field(default_factory=list)

    def stand(self, sequence: int) -> None:
        """Begin at a place that the server gave."""
        self._keep_line(sequence)
        self.line = self.position = sequence
        self.gap, self.doubted, self.brings = 0, False, None
        self.missing.clear()
        self.asked.clear()

    def forget(self) -> None:
        """Begin as a fresh page does, wherever the server says."""
        self.line = self.position = NOWHERE
        self.gap, self.doubted, self.lost, self.brings = 0, False, False, None
        self.others.clear()
        self.missing.clear()
        self.asked.clear()

    def go_on_from(self, sequence: int) -> None:
        """Another connection, from there on."""
        self._keep_line(sequence)
        self.lost, self.gap = False, 0
        self.line = sequence
        self.position = max(self.position, sequence)
        self.missing.clear()

    def _keep_line(self, sequence: int) -> None:
        """A connection that was not lost may still bring something."""
        self.others = [place for place in (self.line, *self.others) if place not in (NOWHERE, sequence)][:LINES_MAX]
        if self.lost:
            self.others.clear()

    def is_next_elsewhere(self, sequence: int) -> bool:
        """Whether it is the next event of another of their connections, which then is the one that is looked at."""
        if sequence - 1 not in self.others:
            return False
        self.others[self.others.index(sequence - 1)] = self.line
        self.line = sequence
        return True

    def asks_backwards(self, how: str, sequence: int) -> bool:
        """Whether they ask for less than when they last asked in this way since they began. What they applied may be
        ahead of what their stream was given, where a page brought it; each of the two only grows."""
        kind = "applied" if how == "query" else "given"
        backwards = sequence < self.asked.get(kind, sequence)
        self.asked[kind] = sequence
        return backwards
