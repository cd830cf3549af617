"""What `/api/live-chat` answers, described for whoever writes a client."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from wasl.domain.assistant import Reason
from wasl.domain.conversation import ConversationStatus
from wasl.domain.message import MessageStatus, MessageType, Origin, Role
from wasl.domain.people import Availability
from wasl.web.media_face import MediaFace


class Failure(BaseModel):
    """Every answer that is no success."""

    success: Literal[False] = False
    error: str = Field(description="A sentence for a person.")
    code: str = Field(description="A word for a program.")


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    problem: str


class InvalidRequest(Failure):
    """The request cannot be understood."""

    fields: list[FieldProblem] = Field(default=[], description="Missing where no field is to blame.")


class SlowDown(Failure):
    """Too much of it at once."""

    retry_after_seconds: int | None = None


# -- what is shown ----------------------------------------------------------------------------------------------------


class ChannelFace(BaseModel):
    """The business number that a conversation runs over."""

    channel_id: str
    provider: str
    phone_number_id: str
    display_phone_number: str | None
    name: str | None


class IdentityFace(BaseModel):
    """One of the names by which WhatsApp knows a customer."""

    kind: str
    value: str
    former: bool = Field(default=False, description="Given up, or passed on to somebody else.")


class CustomerInfo(BaseModel):
    """What is known of the customer."""

    name: str | None
    phone: str | None
    username: str | None
    bsuid: str | None
    identities: list[IdentityFace]


class LastMessage(BaseModel):
    """What a row of the list shows of the last message; `content` is cut after 200 characters."""

    message_id: str
    content: str
    is_user: bool
    role: Role
    timestamp: str
    type: MessageType
    status: MessageStatus | None
    deleted: bool
    clock: int
    sequence: int


class ConversationRow(BaseModel):
    """A conversation as events carry it: the same for every operator."""

    conversation_id: str
    user_id: str
    user_name: str | None
    user_phone: str | None = Field(description="With a leading +.")
    phone_clean: str | None = Field(description="Digits only.")
    language: str | None
    channel: ChannelFace
    status: ConversationStatus
    operator_id: str | None
    operator_name: str | None
    last_message: LastMessage | None
    last_activity: str
    last_sequence: int = Field(description="The list is ordered by this, the greatest first.")
    message_count: int
    inbound_count: int = Field(description="Live messages of the customer so far.")
    duration_seconds: int
    is_live: bool
    sentiment: str | None
    window_expires_at: str | None = Field(description="Until when free text may be sent.")
    waiting_since: str | None
    priority: int
    handover_reason: Reason | None = Field(description="Why a person is needed, until it is given back or ended.")
    handover_epoch: int
    tags: list[str]
    customer_info: CustomerInfo
    continued_in: str | None = Field(
        description="The conversation in which this customer's thread goes on; this one takes nothing new."
    )
    version: int = Field(description="Replace a held row only by one of a greater version.")


class Conversation(ConversationRow):
    """A conversation as the asking operator sees it."""

    unread_count: int


class Reaction(BaseModel):
    """An emoji on a message, the customer's or the business's."""

    model_config = ConfigDict(populate_by_name=True)

    emoji: str
    actor: Literal["user", "business"] = Field(alias="from")
    timestamp: str


class ReplyPreview(BaseModel):
    """What a quotation shows."""

    message_id: str
    role: Role
    type: MessageType
    content: str


class SendError(BaseModel):
    """Why a message did not go out."""

    code: str | None
    message: str | None
    decide_after: str | None = Field(
        default=None, description="Of `unknown_outcome`: from when on an operator may decide about it."
    )
    perhaps: str | None = Field(
        default=None,
        description="Of `unknown_outcome` where ticks are guesses: how far a message has come that may be this one.",
    )


class MessageFace(BaseModel):
    """A message; `(clock, sequence)` ascending is the order of a conversation."""

    message_id: str
    conversation_id: str
    user_id: str
    sequence: int
    clock: int
    version: int = Field(description="Replace a held message only by one of a greater version.")
    timestamp: str
    is_user: bool
    role: Role
    handled_by: Literal["bot", "operator", "phone"] | None
    operator_id: str | None
    operator_name: str | None
    origin: Origin
    type: MessageType
    content: str = Field(description="What to show: the text, the caption, or a readable line.")
    text: str | None
    status: MessageStatus | None = Field(description="Null for the customer's messages.")
    error: SendError | None
    reply_to: str | None
    reply_preview: ReplyPreview | None
    reactions: list[Reaction]
    edited_at: str | None
    deleted_at: str | None
    audio_url: str | None
    image_url: str | None
    media: MediaFace | None
    metadata: dict[str, Any]
    client_message_id: str | None


class Success(BaseModel):
    """Every answer that is one."""

    success: Literal[True] = True


class Chats(Success):
    """A page of the list."""

    chats: list[Conversation]
    next_cursor: str | None
    has_more: bool
    total: int
    total_is_exact: bool = Field(description="False: `total` is a lower bound, counted while searching.")
    page: int | None
    page_size: int
    as_of: str = Field(description="Open the event stream with this cursor: no gap, no double.")


class Conversations(Success):
    """A short list, newest activity first."""

    conversations: list[Conversation]
    total: int
    as_of: str


class Queue(Success):
    """Who waits for a person: the highest priority first, then the longest wait."""

    queue: list[Conversation]
    total: int
    as_of: str


class History(Success):
    """A page of a conversation, oldest first."""

    messages: list[MessageFace]
    has_more: bool
    next_before: str | None
    total_messages: int
    returned_messages: int
    status: ConversationStatus
    sentiment: str | None
    as_of: str
    conversation: Conversation


class Sent(Success):
    """The message as it stands in the conversation."""

    message: MessageFace


class NewerMessage(Failure):
    """Something that the author had not seen stands in the conversation; send again with `force` to insist."""

    newer: list[MessageFace] = []
    last_sequence: int | None = None


class WindowClosed(Failure):
    """The customer has not written for 24 hours, by WhatsApp's time: only a template can be sent."""

    code: Literal["window_closed"]
    window_expires_at: str | None = Field(description="When it closed; null: it was never open.")


class UnfitMessage(InvalidRequest):
    """WhatsApp would not take it like this."""

    missing: list[str] = Field(default=[], description="Gaps of the template that stay open, as `body 1`.")


class HandedOver(Success):
    """Who answers the conversation now."""

    conversation_id: str
    operator_id: str | None
    status: ConversationStatus
    conversation: Conversation


class ReadMarker(Success):
    """How far this operator has read."""

    conversation_id: str
    operator_id: str
    sequence: int
    unread_count: int


class OperatorPresence(Success):
    """What this operator tells colleagues."""

    operator_id: str
    status: Availability


class TypingTold(Success):
    """The colleagues' screens are told."""

    conversation_id: str
    typing: bool


class ViewingTold(Success):
    """The colleagues' screens are told."""

    conversation_id: str | None


class OperatorLoad(BaseModel):
    """An operator and how many conversations they hold."""

    operator_id: str
    name: str
    status: Availability
    open_conversations: int


class LiveMetrics(BaseModel):
    """Figures of the account."""

    active_conversations: int
    bot_conversations: int
    human_conversations: int
    waiting_conversations: int
    resolved_conversations: int
    sentiment_distribution: dict[str, int]
    language_distribution: dict[str, int] = Field(description="Conversations by the language of their customer.")
    handover_reasons: dict[str, int] = Field(description="Those who wait now, by why a person is needed.")
    average_wait_seconds: int | None = Field(description="Of those who wait now.")
    operators: list[OperatorLoad]
    window_hours: float = Field(description="How far back messages_in and messages_out count: at most 24.")
    messages_in: int
    messages_out: int


class Metrics(Success):
    """The figures that a dashboard shows."""

    metrics: LiveMetrics


class Hop(BaseModel):
    """One step of a message's way."""

    hop: str
    at: str | None
    detail: Any = None


class Trace(Success):
    """The way of one message through the system."""

    message_id: str
    hops: list[Hop]


class EventFace(BaseModel):
    """One durable event, as the stream carries it."""

    id: str
    event: Literal["new_conversation", "new_message", "message_updated", "conversation_updated"]
    data: dict[str, Any]


class Resync(BaseModel):
    """Continuity cannot be proven: fetch again what is shown, then go on from here."""

    reason: Literal["ahead", "trimmed", "tag", "scope", "far"]
    sequence: int
    tag: str


class EventsPage(Success):
    """The events after a cursor."""

    events: list[EventFace]
    cursor: str
    has_more: bool
    resync: Resync | None
