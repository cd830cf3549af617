"""A line that keeps what is written to it, and is full whenever a test says so."""

from typing import Any

from wasl.domain.events import Cursor
from wasl.live.encoding import SSE, Encoding
from wasl.live.line import Line


class KeptLine(Line):
    """Takes so many writes, then is full until `read` makes room."""

    def __init__(self, encoding: Encoding = SSE, writes_max: int = 1 << 30) -> None:
        super().__init__(encoding)
        self.writes: list[bytes] = []
        self.seen: list[int] = []
        """Sequences of the events that came, in order."""
        self.resyncs: list[str] = []
        self.notes: list[str] = []
        self.ended = ""
        self._writes_max = writes_max
        self._unread = 0

    def write(self, data: bytes) -> None:
        assert not self.full, "nobody writes to a full line"
        assert not self.ended, "nobody writes to a line that ended"
        self.writes.append(data)
        self._unread += 1
        self.full = self._unread >= self._writes_max
        for block in data.split(b"\n\n"):
            if b"event: new_message" in block:
                self.seen.append(int(block[block.index(b"id: ") + 4 : block.index(b"-")]))

    def note(self, kind: str, data: dict[str, Any], cursor: Cursor | None = None, retry_ms: int | None = None) -> None:
        self.notes.append(kind)
        if kind == "resync":
            self.resyncs.append(data["reason"])
        super().note(kind, data, cursor, retry_ms)

    def waiting_bytes(self) -> int:
        return self._unread

    def read(self, writes: int = 1 << 30) -> None:
        """The other side takes some of what was written."""
        self._unread = max(0, self._unread - writes)
        if self.full and self._unread < self._writes_max:
            self.has_room()

    def finish(self, last: bytes = b"") -> None:
        self.writes.append(last)
        if b"event: bye" in last:
            self.notes.append("bye")
        self.ended = "in order"
        self.lost()

    def cut(self) -> None:
        self.ended = "cut"
        self.lost()
