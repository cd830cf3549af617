"""Dashboards that come back as the real one does (dashboard/src/live/connection.ts): with their cursor, after a second
that grows to ten, with jitter, or when the server's `bye` told them to. Each checks every step of its log."""

import heapq
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

from bench.client import asking
from bench.readers import Readers

RETRY_SECONDS_MIN, RETRY_SECONDS_MAX = 1.0, 10.0
_BLOCK = re.compile(rb"(?:retry: (\d+)\n)?(?:id: ((\d+)-[0-9a-f]{8})\n)?event: (\w+)\ndata: ")
_BLOCK_HEAD_BYTES, _ANSWER_HEAD_BYTES = 256, 2_048
"""Behind which a block's data begins, at the latest; before the first one stands the head of the whole answer."""
_NOTES = (b"connected", b"conversations", b"heartbeat")


@dataclass(slots=True)
class Faults:
    """What no dashboard may see, over all of them."""

    doubled: int = 0
    holes: int = 0
    resyncs: int = 0
    refused: int = 0

    def __str__(self) -> str:
        return f"{self.doubled} doubled, {self.holes} holes, {self.resyncs} resyncs, {self.refused} refused"


@dataclass(slots=True)
class Town:
    """All dashboards, and what they share. `head(account)` is the newest sequence that is known to be committed, and
    `ports` are those of the nodes that live, among which a proxy would spread everybody."""

    readers: Readers
    ports: list[int]
    accounts: int
    head: Callable[[int], int]
    faults: Faults = field(default_factory=Faults)
    dashboards: "list[Dashboard]" = field(default_factory=list)
    _due: "list[tuple[float, int]]" = field(default_factory=list)

    def later(self, dashboard: "Dashboard", seconds: float) -> None:
        """Let a dashboard come back."""
        heapq.heappush(self._due, (perf_counter() + seconds, dashboard.place))

    def turn(self, seconds: float) -> None:
        """Read what is there, and let those come whose time it is."""
        now = perf_counter()
        while self._due and self._due[0][0] <= now:
            self.dashboards[heapq.heappop(self._due)[1]].open()
        if self._due:
            seconds = min(seconds, max(0.0, self._due[0][0] - now))
        self.readers.turn(seconds)

    def lose_all(self) -> None:
        """Cut every stream, as when a network goes."""
        for one in self.dashboards:
            one.lose()

    @property
    def unwhole(self) -> int:
        """How many dashboards have not everything that was committed when they came back."""
        return sum(one.whole_at is None for one in self.dashboards)


class Dashboard:
    """One of them. `whole_at` is when it had what was committed at the moment of its (latest) return."""

    def __init__(self, town: Town, account: int, token: str) -> None:
        self.account = account
        self.place = len(town.dashboards)
        self.sequence = -1
        self.needs: int | None = None
        """The sequence that makes it whole; None while it has no stream."""
        self.whole_at: float | None = None
        self._town = town
        self._token = token
        self._cursor = ""
        self._attempt = 0
        self._retry_ms: int | None = None
        self._rest = b""
        self._descriptor = -1
        town.dashboards.append(self)

    def open(self) -> None:
        """Ask for the stream, from where it stands."""
        self._rest = b""
        query = f"?cursor={self._cursor}" if self._cursor else ""
        request = asking(f"/api/live-chat/events{query}", self._token)
        self._descriptor = self._town.readers.connect(self.port, request, self._take)

    @property
    def port(self) -> int:
        """Where it would be sent now."""
        ports = self._town.ports
        return ports[self.place // self._town.accounts % len(ports)]  # So that every account is at every node.

    def expect_return(self) -> None:
        """Count it as whole only when it has lost its stream and come back."""
        self.needs = self.whole_at = None

    def lose(self) -> None:
        """Lose the stream without a word."""
        if self._descriptor >= 0:
            self._town.readers.drop(self._descriptor, rudely=True)
            self._left()

    def _take(self, data: bytes) -> None:
        if not data:
            self._left()
            return
        text = self._rest + data
        if text.startswith(b"HTTP/1.1") and not text.startswith(b"HTTP/1.1 200"):
            self._town.faults.refused += 1
            self._town.readers.drop(self._descriptor)
            self._left()
            return
        ends = text.rfind(b"\n\n") + 2
        self._rest = text[ends:] if ends > 1 else text
        for block in text[: ends - 2].split(b"\n\n") if ends > 1 else ():
            # Only where it begins: looked for in the whole of each event, it would cost more than all the rest here.
            found = _BLOCK.search(block, 0, _ANSWER_HEAD_BYTES if block.startswith(b"HTTP") else _BLOCK_HEAD_BYTES)
            if found is not None:
                self._read(found)
        if self.whole_at is None and self.needs is not None and self.sequence >= self.needs:
            self.whole_at = perf_counter()

    def _read(self, block: "re.Match[bytes]") -> None:
        retry_ms, cursor, sequence, kind = block.groups()
        if kind == b"bye":
            self._retry_ms = int(retry_ms)
        if cursor is None:  # Said in passing, and in no log.
            return
        if kind == b"connected":
            self._attempt, self._retry_ms = 0, None
            self.needs = self._town.head(self.account)
        elif kind == b"resync":
            self._town.faults.resyncs += 1
        elif kind not in _NOTES and self.sequence >= 0:
            self._town.faults.doubled += int(sequence) <= self.sequence
            self._town.faults.holes += int(sequence) > self.sequence + 1
        self._cursor, self.sequence = cursor.decode(), int(sequence)

    def _left(self) -> None:
        self._descriptor = -1
        self.needs = self.whole_at = None
        if self._retry_ms is not None:  # The browser itself returns after a `bye`: once.
            self._town.later(self, self._retry_ms / 1000)
            self._retry_ms = None
            return
        seconds = min(RETRY_SECONDS_MAX / 1.5, RETRY_SECONDS_MIN * 2**self._attempt)
        self._attempt += 1
        self._town.later(self, seconds * (1 + random.random() / 2))
