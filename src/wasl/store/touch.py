"""What can happen to a message that is there already: each change is one event, and nothing goes backwards."""

from dataclasses import dataclass
from typing import Any

from wasl.domain.events import EventKind
from wasl.domain.message import Content, MessageStatus, moves_forward
from wasl.store.draft import Draft
from wasl.store.files import disuse_file
from wasl.store.message_row import Json, Message
from wasl.store.taken_back import forget_question
from wasl.store.turns import think_again

DISCARDED = "discarded"
"""The error of a message that an operator gave up while nobody knew what became of it."""

_OUT = frozenset((MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ))
"""Nothing of such a message waits in the outbox, unless an operator sent it again."""


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


@dataclass(frozen=True, slots=True)
class Teller:
    """Of which attempt a report speaks: what the provider calls it, and its number where that came back."""

    provider_message_id: str | None = None
    attempt: int | None = None


def report_status(
    draft: Draft, message: Message, status: MessageStatus, at_ms: int, error: Json | None, told_by: Teller = Teller()
) -> bool:
    """Move an outbound message's status forward; False when the report is no news.

    One that an operator sent again has several attempts: that one of them went out is true of the message whatever
    became of the others, and that one failed only if no other may still go out.
    """
    if message.status is None:
        return False  # A status about a customer's message says nothing that we show.
    if status is MessageStatus.FAILED and _others_may_go_out(draft, message, told_by):
        return False
    settles = _settles_after_all(message, status, told_by)
    if settles and status is not MessageStatus.FAILED and told_by.provider_message_id:
        message.provider_message_id = None
    named = _learn_name(draft, message, told_by.provider_message_id)
    if not settles and not moves_forward(message.status, status):
        if named:
            touch_message(draft, message, "status")
        return named
    may_wait = message.status not in _OUT or bool(message.metadata.get("sent_again"))
    message.status = status
    message.error = error if status is MessageStatus.FAILED else None
    # Statuses of old carry no time of their own.
    message.hops = [*message.hops, [status.value, at_ms or draft.now_ms, None]]
    if may_wait and (status in _OUT or status is MessageStatus.FAILED):
        settle_outbox(draft, message)
    touch_message(draft, message, "status")
    return True


def _others_may_go_out(draft: Draft, message: Message, told_by: Teller) -> bool:
    """Whether another attempt than the one that failed waits, is under way, or has gone out."""
    if not message.metadata.get("sent_again") or told_by.attempt is None:
        return False
    if message.status is MessageStatus.SENT:
        return told_by.provider_message_id != message.provider_message_id
    sql = "SELECT attempt, state FROM outbox WHERE account_id = ? AND sequence = ?"
    rows = draft.connection.rows(sql, (message.account_id, message.sequence))
    return any(told_by.attempt < attempt or state == "queued" for attempt, state in rows)


def _settles_after_all(message: Message, status: MessageStatus, told_by: Teller) -> bool:
    """Whether a report says better what became of a message that is shown as failed: an operator gave it up while
    nobody knew, or only another attempt has failed."""
    if message.status is not MessageStatus.FAILED:
        return False
    if (message.error or {}).get("code") == DISCARDED:
        return True
    other = told_by.attempt is not None and told_by.provider_message_id != message.provider_message_id
    return status is MessageStatus.SENT and other and bool(message.metadata.get("sent_again"))


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
    if message.is_user:
        think_again(draft, message.conversation_key)
    return True


def replace_content(draft: Draft, message: Message, content: Content, changed: str = "content") -> None:
    """Let a message say something else, at its old place."""
    message.content = content.text
    message.metadata = {**message.metadata, **content.details}
    touch_message(draft, message, changed)


def revoke_message(draft: Draft, message: Message, at_ms: int) -> bool:
    """Empty a message that its author deleted for everyone; its place in the conversation stays."""
    if message.deleted_ms is not None:
        return False
    forget_question(draft, message)
    message.deleted_ms = at_ms
    message.content = ""
    disuse_file(draft, message)
    message.media = None
    message.metadata = {name: value for name, value in message.metadata.items() if name != "transcript"}
    message.reactions = []
    touch_message(draft, message, "deletion")
    if message.is_user:
        think_again(draft, message.conversation_key)
    return True
