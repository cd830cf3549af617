"""The last words of a conversation: whether the customer still waits for an answer to theirs."""

import orjson

from wasl.domain.message import Role
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.limits import LAST_WORDS_MAX
from wasl.store.message_row import Message

TOLD = "handover_told"
"""In the metadata of a message by which a customer hears that they have to wait for a person: it answers nothing."""


def last_words(draft: Draft, conversation_key: int) -> list[Message]:
    """What anybody but Wasl itself said last and did not delete, the newest first."""
    stored = draft.newest_messages(conversation_key, LAST_WORDS_MAX)
    new = [message for message in draft.new_messages() if message.conversation_key == conversation_key]
    words = sorted((*new, *stored), key=lambda message: message.position, reverse=True)
    return [message for message in words if message.role != Role.SYSTEM and message.deleted_ms is None]


def open_question(words: list[Message], settled_sequence: int) -> Message | None:
    """The customer's newest message, if nobody has answered it, nor ended the conversation over it; that somebody will
    is no answer."""
    last = next((message for message in words if TOLD not in message.metadata), None)
    return last if last is not None and last.is_user and last.sequence > settled_sequence else None


def was_told(connection: Connection, account_id: int, conversation_key: int, settled_sequence: int) -> bool:
    """Whether the last word of the business is that a person will answer, nothing is known of its having failed, and
    that is not settled."""
    sql = (
        "SELECT metadata, status, sequence FROM messages WHERE conversation_key = ? AND account_id = ?"
        " AND role IN ('bot', 'operator') AND deleted_ms IS NULL ORDER BY clock DESC, sequence DESC LIMIT 1"
    )
    return any(
        TOLD in orjson.loads(metadata) and status != "failed" and sequence > settled_sequence
        for metadata, status, sequence in connection.rows(sql, (conversation_key, account_id))
    )
