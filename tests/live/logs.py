"""A log without a database: events by sequence, with a head that may be ahead of what anybody was told."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from wasl.domain.events import Cursor, Event, EventKind
from wasl.store.database import Connection, Database, Row
from wasl.store.event_log import Resumption

ACCOUNT = 1


def tag_of(sequence: int) -> int:
    """The tag at a place of a log with the usual history."""
    return sequence * 7 % 1_000_003


def event(
    sequence: int, tag: int | None = None, size: int = 10, account_id: int = ACCOUNT, previous_tag: int | None = None
) -> Event:
    """An event whose tag and payload follow from its sequence unless said otherwise."""
    payload = b'{"conversation_id":"c","words":"' + b"x" * size + b'"}'
    tag = tag_of(sequence) if tag is None else tag
    previous_tag = tag_of(sequence - 1) if previous_tag is None else previous_tag
    return Event(account_id, sequence, tag, previous_tag, EventKind.NEW_MESSAGE, "c", payload)


class Log:
    """One account's log, answering the few statements that event_log.py makes."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.trim = Cursor(0, 0)
        self.opened = self.resumed = 0
        """How often a feed was opened, and how often somebody read on from a cursor."""
        self.most_at_once = 0

    @property
    def head(self) -> Cursor:
        return self.events[-1].cursor if self.events else self.trim

    def append(self, count: int = 1, size: int = 10) -> list[Event]:
        """Commit so many events."""
        start = self.head.sequence + 1
        added = [event(sequence, size=size) for sequence in range(start, start + count)]
        self.events += added
        return added

    def rows(self, sql: str, parameters: Any = ()) -> list[Row]:
        if "account_id = ANY" in sql:
            return [(ACCOUNT, self.head.sequence, self.head.tag)]
        if parameters[0] != ACCOUNT:
            return []
        if "trim_sequence" in sql:
            return [(self.head.sequence, self.head.tag, self.trim.sequence, self.trim.tag)]
        if "head_sequence" in sql:
            return [(self.head.sequence, self.head.tag)]
        if sql.startswith("SELECT tag"):
            return [(found.tag,) for found in self.events if found.sequence == parameters[1]]
        later = [found for found in self.events if found.sequence > parameters[1]][: parameters[2]]
        return [(e.sequence, e.tag, e.kind.value, e.conversation_id, e.payload.decode()) for e in later]


class LogDatabase:
    """Reads from a log, as Database does from a database: what it answers is a moment old."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._reading = 0

    async def read(self, query: Callable[[Connection], Any]) -> Any:
        self._reading += 1
        self.log.most_at_once = max(self.log.most_at_once, self._reading)
        found = query(cast(Connection, self.log))
        await asyncio.sleep(0)
        self._reading -= 1
        self.log.opened += isinstance(found, tuple)
        self.log.resumed += isinstance(found, Resumption)
        return found

    def as_database(self) -> Database:
        return cast(Database, self)
