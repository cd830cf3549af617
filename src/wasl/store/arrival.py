"""A message takes its place: in a conversation, at a position, with the event that shows it."""

from dataclasses import replace

from wasl.domain.events import EventKind
from wasl.domain.handover import answered_on_phone, customer_wrote
from wasl.domain.message import MessageStatus, Origin, Role
from wasl.domain.position import Clocks
from wasl.domain.updates import MessageReceived
from wasl.store.conversation_row import Conversation
from wasl.store.customers import Occasion, conversation_for
from wasl.store.draft import Draft
from wasl.store.listening import listen, weigh
from wasl.store.media_jobs import announce_file, names_file
from wasl.store.message_row import Message
from wasl.store.touch import replace_content
from wasl.store.turns import Terms, call_assistant, forget_turn
from wasl.store.window import whatsapp_time_ms

PLACEHOLDER = "media_placeholder"
"""Meta's type of a message whose media comes later (coexistence, history webhooks)."""


def store_message(draft: Draft, occasion: Occasion, update: MessageReceived) -> Message | None:
    """Append a message to its conversation, which begins now if there is none; None when it is there already."""
    channel_id = occasion.channel.channel_id
    if draft.knows_message(channel_id, update.message_id):
        return None
    dated = _dated(draft, update, occasion)
    conversation = conversation_for(draft, occasion, dated)
    # Its place is asked of what WhatsApp said: our own clock, which dates what it did not date, places nothing.
    clock = _place(conversation.clocks, update)
    message = _message_of(draft, occasion, dated, conversation, clock)
    _take_into_account(conversation, dated, message, occasion.assistant)
    if names_file(update.content):
        announce_file(draft, message, dict(update.content.media or {}))
    if update.origin is Origin.LIVE and message.is_user:
        call_assistant(draft, conversation, message.sequence, occasion.assistant)
    if update.origin is Origin.ECHO and message.role == Role.OPERATOR:
        _leave_to_phone(draft, conversation)
    draft.add_message(message)
    draft.append(
        EventKind.NEW_MESSAGE, conversation, {"message": message.as_json(), "conversation": conversation.as_json()}
    )
    return message


def _leave_to_phone(draft: Draft, conversation: Conversation) -> None:
    """Whoever answers on the business's own phone is not talked over by the assistant, now or later."""
    handover = answered_on_phone(conversation.handover)
    if handover is not conversation.handover:
        conversation.handover = handover
        weigh(conversation)
        forget_turn(draft, conversation)


def complete_message(draft: Draft, channel_id: int, update: MessageReceived) -> bool:
    """Give a message of the past the media that its first telling only announced; False when there is nothing new.

    Meta tells a history with placeholders, and the media of its last 14 days in later webhooks under the same ids.
    """
    message = draft.message(channel_id, update.message_id) if update.origin is Origin.HISTORY else None
    if message is None or message.metadata.get("provider_type") != PLACEHOLDER or update.content.media is None:
        return False
    message.type = update.content.type
    message.metadata = {key: value for key, value in message.metadata.items() if key != "provider_type"}
    if names_file(update.content):
        announce_file(draft, message, dict(update.content.media))
    replace_content(draft, message, update.content)
    return True


def _dated(draft: Draft, update: MessageReceived, occasion: Occasion) -> MessageReceived:
    """What a customer wrote just now, and nobody says when, was written when it came: by WhatsApp's clock, as the
    times of the others are."""
    if update.timestamp_seconds or update.origin is not Origin.LIVE:
        return update
    at_ms = whatsapp_time_ms(draft, occasion.channel.channel_id, occasion.received_ms)
    return replace(update, timestamp_seconds=at_ms // 1000)


def _place(clocks: Clocks, update: MessageReceived) -> int:
    match update.origin:
        case Origin.LIVE:
            # One without a time stands below what is there. When it came, our own clock says, which places nothing.
            return clocks.place_inbound(update.timestamp_seconds or clocks.greatest)
        case Origin.ECHO:
            return clocks.place_outbound(update.timestamp_seconds)
        case Origin.HISTORY:
            return clocks.place_history(update.timestamp_seconds)


def _message_of(
    draft: Draft, occasion: Occasion, update: MessageReceived, conversation: Conversation, clock: int
) -> Message:
    quoted = draft.message(occasion.channel.channel_id, update.reply_to) if update.reply_to else None
    role = update.role or (Role.USER if update.from_customer else Role.OPERATOR)
    status = None if role in (Role.USER, Role.SYSTEM) else update.status or MessageStatus.SENT
    sequence = draft.next_sequence()
    content = update.content
    return Message(
        account_id=draft.account_id,
        sequence=sequence,
        channel_id=occasion.channel.channel_id,
        conversation_key=conversation.key,
        id=update.message_id,
        provider_message_id=None,
        client_message_id=None,
        version=sequence,
        clock=clock,
        role=role,
        origin=update.origin,
        type=content.type,
        content=content.text,
        status=status,
        error=None,
        operator_id=None,
        author_name=update.author_name,
        reply_to=quoted.id if quoted else update.reply_to,
        reply_preview=quoted.preview() if quoted else None,
        reactions=[],
        media=None,
        metadata={"source_message_id": update.message_id, **content.details},
        timestamp_ms=update.timestamp_seconds * 1000,
        received_ms=occasion.received_ms,
        saved_ms=draft.now_ms,
        edited_ms=None,
        deleted_ms=None,
        hops=[],
        conversation_id=conversation.id,
        user_id=conversation.user_id,
    )


def _take_into_account(conversation: Conversation, update: MessageReceived, message: Message, terms: Terms) -> None:
    """Let the conversation's row follow its new message."""
    conversation.version = message.sequence
    conversation.message_count += 1
    conversation.last_activity_ms = max(conversation.last_activity_ms, message.timestamp_ms)
    if update.origin is not Origin.HISTORY:
        conversation.last_sequence = message.sequence
    if update.origin is Origin.LIVE:
        conversation.inbound_count += 1
        conversation.open_window(message.timestamp_ms)
        handover = customer_wrote(conversation.handover, message.received_ms, assistant_on=terms.answers)
        if handover is not conversation.handover:
            conversation.handover, conversation.operator_name = handover, None
        if message.is_user:
            listen(conversation, message.content)
    last = conversation.last_message
    if last is None or message.position > (last["clock"], last["sequence"]):
        conversation.last_message = message.as_last_message()
