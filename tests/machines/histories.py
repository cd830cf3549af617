"""A log that loses its tail, is trimmed and gets other tags, and a line that knows where its reader stands."""

from collections.abc import Callable
from typing import Any

from live.lines import KeptLine
from live.logs import Log, LogDatabase, event
from wasl.domain.events import Cursor, Event
from wasl.errors import Unavailable
from wasl.live.encoding import SSE


class ForkedLog(Log):
    """Remembers every event of every history: what stood before each."""

    def __init__(self) -> None:
        super().__init__()
        self.before: dict[Cursor, Cursor] = {}
        self.heads = {self.head}
        """Every cursor that ever was the end of the log."""
        self._history = 0

    def write(self, count: int) -> list[Event]:
        """Commit so many events of the present history."""
        added = []
        for _ in range(count):
            place = self.head.sequence + 1
            added.append(event(place, tag=place * 7 + self._history * 100_003, previous_tag=self.head.tag))
            self._append(added[-1])
        return added

    def lose_tail(self, count: int) -> None:
        """An older copy of the database comes back; what is written from there on has other tags."""
        del self.events[max(0, len(self.events) - count) :]
        self._history += 1

    def lose_start(self, count: int) -> None:
        """Housekeeping deletes the oldest events."""
        gone = self.events[:count]
        if gone:
            self.trim = gone[-1].cursor
            del self.events[: len(gone)]

    def renew_tags(self) -> None:
        """The same events under other tags, as after `wasl restored`."""
        old, self.events = self.events, []
        self._history += 1
        self.trim = Cursor(self.trim.sequence, self.trim.tag + 1_000_003)
        self.heads.add(self.head)
        for one in old:
            self._append(event(one.sequence, tag=one.tag + 1_000_003, previous_tag=self.head.tag))

    def _append(self, new: Event) -> None:
        assert self.before.setdefault(new.cursor, new.before) == new.before, "a cursor is of one history only"
        self.events.append(new)
        self.heads.add(new.cursor)


class FailingDatabase(LogDatabase):
    """Does not answer as often as it is told."""

    failures = 0

    async def read(self, query: Callable[..., Any]) -> Any:
        if self.failures > 0:
            self.failures -= 1
            raise Unavailable("The database does not answer.")
        return await super().read(query)


class KnowingLine(KeptLine):
    """Checks each frame: it follows, in the same history, what its reader has. A resync alone may begin another one."""

    write_bytes = 400

    def __init__(self, log: ForkedLog, cursor: Cursor, writes_max: int) -> None:
        super().__init__(SSE, writes_max)
        self.log = log
        self.stands = cursor
        self.wrong: list[str] = []
        """Kept, not raised: who writes is often a task that nobody waits for."""

    def write(self, data: bytes) -> None:
        for block in data.split(b"\n\n"):
            fields = dict(line.partition(b": ")[::2] for line in block.split(b"\n"))
            cursor = Cursor.parse(fields.get(b"id", b"").decode())
            if cursor is None:
                continue
            kind = fields[b"event"]
            if kind == b"resync" and cursor not in self.log.heads:
                self.wrong.append(f"told to go on from {cursor}, where no log ever ended")
            elif kind == b"new_message" and self.log.before[cursor] != self.stands:
                self.wrong.append(f"{cursor} does not follow {self.stands}")
            elif kind not in (b"resync", b"new_message") and cursor != self.stands:
                self.wrong.append(f"{kind!r} names {cursor} instead of {self.stands}")
            self.stands = cursor
        super().write(data)
