"""One reader of an account's events: a cursor and a line, not a queue."""

from collections.abc import Callable
from typing import Protocol

from wasl.clock import monotonic
from wasl.domain.events import Cursor
from wasl.limits import STREAM_STALL_SECONDS
from wasl.live.line import Line


class Host(Protocol):
    """Where a reader reads: an account's feed."""

    account_id: int

    def go_on(self, reader: "Reader") -> None:
        """Its line has room again."""

    def leave(self, reader: "Reader") -> None:
        """It is gone."""

    def beat(self, reader: "Reader") -> None:
        """Say that the stream lives."""


class Reader:
    """Where somebody has read to. A slow one is only a smaller number: it reads on from the ring, behind the ring from
    the log, and when continuity cannot be proven it is told to fetch again.

    `allowed` tells whether the session that opened it still holds, `left` is called once when it is gone, and at
    `leaves_at` (monotonic seconds) it is asked to come back, perhaps to another node.
    """

    __slots__ = (
        "_stalled_at",
        "_waiting_bytes",
        "allowed",
        "beat_turn",
        "cursor",
        "feed",
        "generation",
        "leaves_at",
        "left",
        "line",
    )

    def __init__(
        self,
        feed: Host,
        line: Line,
        cursor: Cursor,
        generation: int,
        allowed: Callable[[], bool],
        left: Callable[[], None],
        leaves_at: float,
    ) -> None:
        self.feed = feed
        self.line = line
        self.cursor = cursor
        self.generation = generation
        self.allowed = allowed
        self.left = left
        self.leaves_at = leaves_at
        self.beat_turn: int | None = None
        """Which of the ticker's turns is its own; given when the ticker first sees it."""
        self._stalled_at = 0.0
        self._waiting_bytes = -1
        line.reader = self

    def go_on(self) -> None:
        """Its line has room again."""
        self._waiting_bytes = -1
        self.feed.go_on(self)

    def leave(self) -> None:
        """It is gone."""
        self.feed.leave(self)

    def is_stalled(self) -> bool:
        """Whether its line has been full for too long without taking anything; asked now and then."""
        if not self.line.full:
            self._waiting_bytes = -1
            return False
        waiting = self.line.waiting_bytes()
        if self._waiting_bytes < 0 or waiting < self._waiting_bytes:
            self._waiting_bytes, self._stalled_at = waiting, monotonic()
        return monotonic() - self._stalled_at >= STREAM_STALL_SECONDS
