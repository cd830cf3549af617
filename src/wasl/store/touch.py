"""What can happen to a message that is there already: each change is one event, and nothing goes backwards."""

from typing import Any

from wasl.clock import iso
from wasl.domain.events import EventKind
from wasl.domain.message import Content, MessageStatus, moves_forward
from wasl.store.draft import Draft
from wasl.store.message_row import Json, Message


def touch_message(draft: Draft, message: Message, changed: str) -> None:
    """Append the `message_updated` event of a message that was just changed, and keep its row of the list true."""
    sequence = draft.next_sequence()
    message.version = sequence
    conversation = draft.conversation(message.conversation_key)
    last = conversation.last_message
    parts: dict[str, Any] = {"message": message.as_json(), "changed": changed}
    if last is not None and last["message_id"] == message.id and last != message.as_last_message():
        conversation.last_message = message.as_last_message()
        conversation.version = sequence
        parts["conversation"] = conversation.as_json()
    draft.append(EventKind.MESSAGE_UPDATED, conversation, parts)


def report_status(
    draft: Draft,
    message: Message,
    status: MessageStatus,
    at_ms: int,
    error: Json | None,
    provider_message_id: str | None = None,
) -> bool:
    """Move an outbound message's status forward; False when the report is no news."""
    if message.status is None:
        return False  # A status about a customer's message says nothing that we show.
    named = _learn_name(draft, message, provider_message_id)
    if not moves_forward(message.status, status):
        if named:
            touch_message(draft, message, "status")
        return named
    message.status = status
    message.error = error if status is MessageStatus.FAILED else None
    message.hops = [*message.hops, [status.value, at_ms, None]]
    if status in (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ, MessageStatus.FAILED):
        settle_outbox(draft, message)
    touch_message(draft, message, "status")
    return True


def _learn_name(draft: Draft, message: Message, provider_message_id: str | None) -> bool:
    if not provider_message_id or message.provider_message_id or message.id == provider_message_id:
        return False
    draft.name_message(message, provider_message_id)
    return True


def progress_message(
    draft: Draft, message: Message, status: MessageStatus, attempt: int, error: Json | None = None
) -> None:
    """Show how an attempt to send stands. Only before the provider has spoken: its word is never taken back."""
    if message.status not in (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN):
        return
    message.status = status
    message.error = error
    message.hops = [*message.hops, [status.value, draft.now_ms, {"attempt": attempt}]]
    touch_message(draft, message, "status")


def settle_outbox(draft: Draft, message: Message) -> None:
    """What became of a message is known: nothing of it must still leave."""
    sql = "DELETE FROM outbox WHERE account_id = ? AND sequence = ?"
    draft.connection.send(sql, (message.account_id, message.sequence))


def edit_message(draft: Draft, message: Message, content: Content, at_ms: int) -> bool:
    """Replace what a message says; an older edit that arrives late, or one of a deleted message, changes nothing."""
    if message.deleted_ms is not None or (message.edited_ms is not None and message.edited_ms > at_ms):
        return False
    message.edited_ms = at_ms
    replace_content(draft, message, content, "edit")
    return True


def replace_content(draft: Draft, message: Message, content: Content, changed: str = "content") -> None:
    """Let a message say something else, at its old place."""
    message.content = content.text
    message.media = dict(content.media) if content.media else message.media
    message.metadata = {**message.metadata, **content.details}
    touch_message(draft, message, changed)


def revoke_message(draft: Draft, message: Message, at_ms: int) -> bool:
    """Empty a message that its author deleted for everyone; its place in the conversation stays."""
    if message.deleted_ms is not None:
        return False
    message.deleted_ms = at_ms
    message.content = ""
    message.media = None
    message.reactions = []
    touch_message(draft, message, "deletion")
    return True


def react_to_message(draft: Draft, message: Message, actor: str, emoji: str, at_ms: int) -> bool:
    """Set an actor's reaction, or take it away with an empty emoji; an older one that arrives late changes nothing.

    A removal is kept as an empty reaction, so that the one it took away cannot come back by arriving after it.
    """
    at = iso(at_ms)
    current = next((reaction for reaction in message.reactions if reaction["from"] == actor), None)
    if message.deleted_ms is not None or (current is not None and str(current["timestamp"]) > str(at)):
        return False
    if current is not None and current["emoji"] == emoji:
        return False
    others = [reaction for reaction in message.reactions if reaction["from"] != actor]
    message.reactions = [*others, {"emoji": emoji, "from": actor, "timestamp": at}]
    touch_message(draft, message, "reaction")
    return True
