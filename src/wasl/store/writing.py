"""What the business writes into a conversation: an operator's reply, the assistant's, or a line of Wasl's own."""

import uuid
from datetime import UTC, datetime

from wasl.domain.message import Content, MessageStatus, Origin, Role
from wasl.domain.people import Operator
from wasl.store.conversation_row import Conversation
from wasl.store.draft import Draft
from wasl.store.message_row import Message


def new_message_id(at_ms: int) -> str:
    """Name one of our own messages; nothing in it depends on memory, uptime or restarts."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"msg_{moment:%Y%m%d%H%M%S}_{uuid.uuid4().hex}"


def write_message(
    draft: Draft,
    conversation: Conversation,
    content: Content,
    role: Role,
    *,
    operator: Operator | None = None,
    quoted: Message | None = None,
    client_message_id: str | None = None,
) -> Message:
    """Put a message below everything that stands in a conversation. The caller appends the event, which is the next
    one. A line of Wasl's own is no word to anybody: what was said last stays what a list shows."""
    sequence = draft.next_sequence()
    message = Message(
        account_id=draft.account_id,
        sequence=sequence,
        channel_id=conversation.channel.channel_id,
        conversation_key=conversation.key,
        id=new_message_id(draft.now_ms),
        provider_message_id=None,
        client_message_id=client_message_id,
        version=sequence,
        clock=conversation.clocks.place_outbound(draft.now_ms // 1000),
        role=role,
        origin=Origin.LIVE,
        type=content.type,
        content=content.text,
        status=None if role is Role.SYSTEM else MessageStatus.QUEUED,
        error=None,
        operator_id=operator.id if operator else None,
        author_name=operator.name if operator else None,
        reply_to=quoted.id if quoted else None,
        reply_preview=quoted.preview() if quoted else None,
        reactions=[],
        media=dict(content.media) if content.media else None,
        metadata=dict(content.details),
        timestamp_ms=draft.now_ms,
        received_ms=draft.now_ms,
        saved_ms=draft.now_ms,
        edited_ms=None,
        deleted_ms=None,
        hops=[],
        conversation_id=conversation.id,
        user_id=conversation.user_id,
    )
    draft.add_message(message)
    _follow(conversation, message)
    return message


def _follow(conversation: Conversation, message: Message) -> None:
    conversation.version = conversation.last_sequence = message.sequence
    conversation.message_count += 1
    if message.role != Role.SYSTEM:
        conversation.last_activity_ms = max(conversation.last_activity_ms, message.timestamp_ms)
        conversation.last_message = message.as_last_message()


def queue_message(draft: Draft, message: Message, *, windowed: bool) -> None:
    """Let a message leave. `windowed` says that it may only while the customer's window is open."""
    sql = (
        "INSERT INTO outbox"
        " (account_id, sequence, channel_id, conversation_key, sha256, windowed, state, attempt, due_ms, since_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, 'queued', 0, NOW_MS(), NOW_MS())"
    )
    sha256 = message.media.get("sha256") if message.media else None
    whose = (message.account_id, message.sequence, message.channel_id, message.conversation_key)
    draft.connection.send(sql, (*whose, sha256, int(windowed)))
