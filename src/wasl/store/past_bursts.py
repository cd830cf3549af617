"""What customers asked in the past, and what they were sent: read back from their conversations, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wasl.domain.assistant import Line
from wasl.domain.message import Origin, Role
from wasl.limits import TURN_LINES_MAX
from wasl.store.briefs import line_of
from wasl.store.conversation_row import CONVERSATION_FIELDS, PLACED_SOURCE, Conversation
from wasl.store.database import Connection
from wasl.store.last_words import TOLD
from wasl.store.limits import PAST_CONVERSATIONS_AT_ONCE, PAST_MESSAGES_MAX
from wasl.store.message_row import MESSAGE_SELECT, Message
from wasl.store.moments import first_sequence_since

_SAME_REPLY_MS = 600_000
"""Whoever says something after so long a silence says something else."""


@dataclass(frozen=True, slots=True)
class PastBurst:
    """A burst that somebody answered."""

    message_id: str
    """Of its last message."""
    question: tuple[Line, ...]
    history: tuple[Line, ...]
    sent: str
    language: str | None
    customer: str | None
    tags: tuple[str, ...]
    at_ms: int


def past_bursts(
    connection: Connection, account_id: int, channel_ids: Sequence[int], since_ms: int, limit: int
) -> list[PastBurst]:
    """The newest so many, of conversations in which something was said since a moment."""
    first = first_sequence_since(connection, account_id, since_ms)
    found: list[PastBurst] = []
    for conversation in _conversations(connection, account_id, channel_ids, first):
        sql = (
            f"{MESSAGE_SELECT} WHERE m.conversation_key = ? AND m.account_id = ? AND m.saved_ms >= ?"
            " AND m.deleted_ms IS NULL AND m.origin <> ? AND m.role <> ? ORDER BY m.clock DESC, m.sequence DESC LIMIT ?"
        )
        place = (conversation.key, account_id, since_ms, Origin.HISTORY.value, Role.SYSTEM.value, PAST_MESSAGES_MAX)
        messages = [Message.of_row(row) for row in reversed(connection.rows(sql, place))]
        found += reversed(list(_bursts(conversation, [one for one in messages if TOLD not in one.metadata])))
        if len(found) >= limit:
            break
    return found[:limit]


def _conversations(
    connection: Connection, account_id: int, channel_ids: Sequence[int], first: int
) -> Iterator[Conversation]:
    sql = (
        f"SELECT {CONVERSATION_FIELDS}, p.last_sequence FROM {PLACED_SOURCE}"
        " JOIN channels ch ON ch.id = c.channel_id WHERE p.account_id = ? AND p.last_sequence >= ?"
        " AND p.last_sequence < ? AND c.channel_id = ANY(?) ORDER BY p.last_sequence DESC LIMIT ?"
    )
    before = 2**62
    while True:
        place = (account_id, first, before, list(channel_ids), PAST_CONVERSATIONS_AT_ONCE)
        rows = connection.rows(sql, place)
        yield from map(Conversation.of_row, rows)
        if len(rows) < PAST_CONVERSATIONS_AT_ONCE:
            return
        before = rows[-1][-1]


def _bursts(conversation: Conversation, messages: list[Message]) -> Iterator[PastBurst]:
    """Oldest first. What was asked before the first message that is known, and never answered, is none."""
    start = 0
    while start < len(messages):
        end = _run(messages, start, of_user=True)
        reply_end = _run(messages, end, of_user=False)
        sent = "\n".join(message.content for message in messages[end:reply_end] if message.content)
        if start < end and sent:
            yield PastBurst(
                message_id=messages[end - 1].id,
                question=tuple(map(line_of, messages[start:end])),
                history=tuple(map(line_of, messages[max(0, start - TURN_LINES_MAX) : start])),
                sent=sent,
                language=conversation.language,
                customer=conversation.customer["name"],
                tags=conversation.tags,
                at_ms=messages[end - 1].timestamp_ms,
            )
        start = max(reply_end, end, start + 1)


def _run(messages: list[Message], start: int, *, of_user: bool) -> int:
    """Where the messages that one side wrote one after the other end."""
    end = start
    while end < len(messages) and messages[end].is_user is of_user:
        is_late = end > start and messages[end].timestamp_ms - messages[end - 1].timestamp_ms > _SAME_REPLY_MS
        if is_late and not of_user:
            break
        end += 1
    return end
