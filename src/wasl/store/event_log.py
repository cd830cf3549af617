"""The log of an account: the one source of order for every screen, read from a cursor on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wasl.domain.events import Cursor, Event, EventKind, ResyncReason
from wasl.errors import NotFound
from wasl.limits import EVENTS_KEPT_MIN, EVENTS_RENEWED_PER_CHANGE, REPLAY_EVENTS_MAX, TRIM_EVENTS_PER_CHANGE
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.needs import Needs

_SHIFTED = "({} + ?) & 2147483647"  # In both dialects, and within 31 bits.
TAG_AT = "SELECT tag FROM events WHERE account_id = ? AND sequence = ?"


@dataclass(frozen=True, slots=True)
class Resumption:
    """What follows a cursor. With a `resync` there are no events: the reader fetches again and goes on from `head`."""

    head: Cursor
    events: Sequence[Event] = ()
    resync: ResyncReason | None = None


def head_of(connection: Connection, account_id: int) -> Cursor:
    """Where an account's log ends. Read first in a snapshot, it is the exact place of everything read after it."""
    sql = "SELECT head_sequence, head_tag FROM account_stream WHERE account_id = ?"
    rows = connection.rows(sql, (account_id,))
    if not rows:
        raise NotFound("There is no such account.")
    return Cursor(*rows[0])


def heads_of(connection: Connection, account_ids: list[int]) -> Mapping[int, Cursor]:
    """Where several logs end, in one query."""
    sql = "SELECT account_id, head_sequence, head_tag FROM account_stream WHERE account_id = ANY(?)"
    return {row[0]: Cursor(row[1], row[2]) for row in connection.rows(sql, (account_ids,))}


def resume(
    connection: Connection, account_id: int, cursor: Cursor, limit: int, *, far: int = REPLAY_EVENTS_MAX
) -> Resumption:
    """Read on from a cursor, or say why continuity cannot be proven. Runs in one snapshot, so that bounds, tag and
    rows cannot disagree."""
    sql = "SELECT head_sequence, head_tag, trim_sequence, trim_tag FROM account_stream WHERE account_id = ?"
    rows = connection.rows(sql, (account_id,))
    if not rows:
        raise NotFound("There is no such account.")
    head, trim = Cursor(*rows[0][:2]), Cursor(*rows[0][2:])
    reason = _doubt(connection, account_id, cursor, head, trim, far)
    if reason is not None:
        return Resumption(head, resync=reason)
    events = _events_after(connection, account_id, cursor, limit)
    dense = all(event.sequence == cursor.sequence + place for place, event in enumerate(events, 1))
    assert dense, f"the log of account {account_id} has a hole after {cursor.sequence}"
    return Resumption(head, events)


def _doubt(
    connection: Connection, account_id: int, cursor: Cursor, head: Cursor, trim: Cursor, far: int
) -> ResyncReason | None:
    if cursor.sequence > head.sequence:
        return ResyncReason.AHEAD
    if cursor.sequence < trim.sequence:
        return ResyncReason.TRIMMED
    if cursor.sequence == head.sequence:
        tag: int | None = head.tag
    elif cursor.sequence == trim.sequence:
        tag = trim.tag
    else:
        rows = connection.rows(TAG_AT, (account_id, cursor.sequence))
        tag = rows[0][0] if rows else None
    if tag != cursor.tag:
        return ResyncReason.TAG
    return ResyncReason.FAR if head.sequence - cursor.sequence > far else None


def newest(connection: Connection, account_id: int, count: int) -> tuple[Cursor, Sequence[Event]]:
    """The last events of a log, at most so many, and the place right before the first of them."""
    sql = "SELECT head_sequence, head_tag, trim_sequence, trim_tag FROM account_stream WHERE account_id = ?"
    rows = connection.rows(sql, (account_id,))
    if not rows:
        raise NotFound("There is no such account.")
    head, trim = Cursor(*rows[0][:2]), Cursor(*rows[0][2:])
    edge = head.sequence - count
    if edge <= trim.sequence:
        return trim, _events_after(connection, account_id, trim, count)
    before = Cursor(edge, connection.rows(TAG_AT, (account_id, edge))[0][0])
    return before, _events_after(connection, account_id, before, count)


def _events_after(connection: Connection, account_id: int, cursor: Cursor, limit: int) -> list[Event]:
    sql = (
        "SELECT sequence, tag, kind, conversation_id, payload FROM events"
        " WHERE account_id = ? AND sequence > ? ORDER BY sequence LIMIT ?"
    )
    events, previous_tag = [], cursor.tag
    for sequence, tag, kind, conversation_id, payload in connection.rows(sql, (account_id, cursor.sequence, limit)):
        found = Event(account_id, sequence, tag, previous_tag, EventKind(kind), conversation_id, payload.encode())
        events.append(found)
        previous_tag = tag
    return events


class Trimmed(StrEnum):
    """Whether housekeeping has more to do."""

    MORE = "more"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TrimLog:
    """Delete a stretch of old events: all older than a time, but never the newest ones. No message is lost by it."""

    account_id: int
    older_than_ms: int
    kept_min: int = EVENTS_KEPT_MIN
    events_max: int = TRIM_EVENTS_PER_CHANGE

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Trimmed:
        """Delete at most `events_max` events and move the edge with them."""
        connection = draft.connection
        newest = draft.next_sequence() - 1 - self.kept_min
        sql = (
            "SELECT sequence, tag FROM (SELECT sequence, tag, created_ms FROM events WHERE account_id = ?"
            " AND sequence <= ? ORDER BY sequence LIMIT ?) AS oldest"
            " WHERE created_ms < ? ORDER BY sequence DESC LIMIT 1"
        )
        edge = connection.rows(sql, (self.account_id, newest, self.events_max, self.older_than_ms))
        if not edge:
            return Trimmed.DONE
        sql = "UPDATE account_stream SET trim_sequence = ?, trim_tag = ? WHERE account_id = ?"
        connection.run(sql, (*edge[0], self.account_id))
        sql = "DELETE FROM events WHERE account_id = ? AND sequence <= ?"
        deleted = connection.run(sql, (self.account_id, edge[0][0]))
        return Trimmed.MORE if deleted == self.events_max else Trimmed.DONE


@dataclass(frozen=True, slots=True)
class RenewTags:
    """Give the events behind a place other tags, so that no cursor of before can be proven: every screen fetches anew.

    `shift` (1 to 2³¹ - 1) is one number for the whole log, which stays as long and as dense as it was.
    """

    account_id: int
    shift: int
    after: int = 0
    events_max: int = EVENTS_RENEWED_PER_CHANGE

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> int | None:
        """Renew at most `events_max` of them; where to go on, and None when the head has another tag too."""
        connection = draft.connection
        sql = f"UPDATE account_stream SET trim_tag = {_SHIFTED.format('trim_tag')} WHERE account_id = ?"
        if not self.after:
            connection.run(sql, (self.shift, self.account_id))
        until, head = self.after + self.events_max, draft.next_sequence() - 1
        sql = (
            f"UPDATE events SET tag = {_SHIFTED.format('tag')} WHERE account_id = ? AND sequence > ? AND sequence <= ?"
        )
        connection.run(sql, (self.shift, self.account_id, self.after, until))
        if until < head:
            return until
        sql = f"UPDATE account_stream SET head_tag = {_SHIFTED.format('head_tag')} WHERE account_id = ?"
        connection.run(sql, (self.shift, self.account_id))
        return None
