"""A conversation's messages, page by page from the newest back, and the way that one of them went."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wasl.clock import iso
from wasl.domain.events import Cursor
from wasl.errors import Invalid, NotFound
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.event_log import head_of
from wasl.store.inbox import conversation_row
from wasl.store.message_row import MESSAGE_SELECT, Json, Message
from wasl.store.turn_trace import turn_behind, turns_about

_NEWEST = (2**62, 0)
POSITION_FORM = re.compile(r"(-?[0-9]{1,15})-([0-9]{1,18})")
_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which part of a conversation: `limit` messages above `before` (a cursor, or a time), of the last `days`."""

    user_id: str
    conversation_id: str
    limit: int
    before: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A page of messages, oldest first. `next_before` leads to the page above it."""

    conversation: Json
    messages: list[Json]
    next_before: str | None
    total_messages: int
    as_of: Cursor

    @property
    def has_more(self) -> bool:
        return self.next_before is not None


def history_page(
    connection: Connection, account_id: int, operator_id: int, query: HistoryQuery, now_seconds: int
) -> History:
    """A page of a conversation. Raises NotFound unless it is this contact's, Invalid for a bad `before`."""
    before = _position(query.before)
    as_of = head_of(connection, account_id)  # First of all reads: the exact place of everything below.
    row, shown = conversation_row(connection, account_id, operator_id, query.user_id, query.conversation_id)
    oldest = now_seconds - query.days * _DAY_SECONDS if query.days is not None else None
    messages = _messages_before(connection, row, before, oldest, query.limit + 1)
    more, messages = len(messages) > query.limit, messages[: query.limit]
    next_before = "{}-{}".format(*messages[-1].position) if more else None
    page = [message.as_json() for message in reversed(messages)]
    return History(shown, page, next_before, row.message_count, as_of)


def trace_of(
    connection: Connection,
    account_id: int,
    message_id: str,
    broadcast_ms: Callable[[int], int | None] = lambda _sequence: None,
) -> list[Json]:
    """Every hop of a message that is known: `{hop, at, detail}`, in the order of its way. A customer's message goes on
    with what the assistant made of it and how that left; before an answer stands the turn in which it was made.

    `broadcast_ms` tells when an event (by its sequence) was handed to the streams, as far as memory goes back.
    Raises NotFound when this account has no such message.
    """
    message = _message_named(connection, account_id, message_id)
    steps: list[tuple[int, str, Any]] = [(message.saved_ms, "saved", {"sequence": message.sequence})]
    if message.is_user or message.origin != "live":
        steps.insert(0, (message.received_ms, "received", {"sent_at": iso(message.timestamp_ms)}))
    broadcast = broadcast_ms(message.sequence)
    if broadcast is not None:
        steps.append((broadcast, "broadcast", None))
    if message.is_user:
        turns, answer = turns_about(connection, message)
        steps += [*turns, *(_hops_of(answer) if answer else ())]
    else:
        steps = [*turn_behind(connection, message), *steps]
        answer = None
    steps += _hops_of(message)
    hops = [{"hop": hop, "at": iso(at_ms), "detail": detail} for at_ms, hop, detail in steps]
    return hops + _still_to_leave(connection, answer or message)


def _hops_of(message: Message) -> list[tuple[int, str, Any]]:
    changed = ((message.edited_ms, "edited"), (message.deleted_ms, "deleted"))
    hops = [(at_ms, hop, detail) for hop, at_ms, detail in message.hops]
    return hops + [(at_ms, hop, None) for at_ms, hop in changed if at_ms is not None]


def _position(before: str | None) -> tuple[int, int]:
    """The place above which to read: `<clock>-<sequence>`, or a time, which means the first place of its second."""
    if before is None:
        return _NEWEST
    match = POSITION_FORM.fullmatch(before)
    if match:
        return int(match[1]), int(match[2])
    try:
        moment = datetime.fromisoformat(before)
        # A time without a zone is UTC, as everywhere in the API.
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()), 0
    except (ValueError, OverflowError) as error:
        sentence = "This is neither a next_before of an earlier page nor a time such as 2026-11-20T10:00:00Z."
        raise Invalid(sentence, code="bad_cursor") from error


def _messages_before(
    connection: Connection, row: Conversation, before: tuple[int, int], oldest_clock: int | None, limit: int
) -> list[Message]:
    parameters: list[Any] = [row.account_id, row.key, *before]
    since = ""
    if oldest_clock is not None:
        since = " AND m.clock >= ?"
        parameters.append(oldest_clock)
    sql = (
        f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.conversation_key = ? AND (m.clock, m.sequence) < (?, ?){since}"
        " ORDER BY m.clock DESC, m.sequence DESC LIMIT ?"
    )
    return [Message.of_row(found) for found in connection.rows(sql, (*parameters, limit))]


def _message_named(connection: Connection, account_id: int, message_id: str) -> Message:
    # By way of the account's channels, because ids are unique, and indexed, per channel.
    channels = [row[0] for row in connection.rows("SELECT id FROM channels WHERE account_id = ?", (account_id,))]
    for column in ("message_id", "provider_message_id"):
        sql = f"{MESSAGE_SELECT} WHERE m.channel_id = ANY(?) AND m.{column} = ?"
        for row in connection.rows(sql, (channels, message_id)):
            return Message.of_row(row)
    raise NotFound("There is no such message.")


def _still_to_leave(connection: Connection, message: Message) -> list[Json]:
    sql = "SELECT state, attempt, due_ms, lease_ms, last_error FROM outbox WHERE account_id = ? AND sequence = ?"
    rows = connection.rows(sql, (message.account_id, message.sequence))
    return [
        {
            "hop": "outbox",
            "at": iso(due_ms),
            "detail": {"state": state, "attempt": attempt, "lease_until": iso(lease_ms), "last_error": last_error},
        }
        for state, attempt, due_ms, lease_ms, last_error in rows
    ]
