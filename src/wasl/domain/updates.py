"""What a channel may report, in our words: the adapters read it, the story stores it.

Every update counts once in the ledger. `origin_json` is the update's own JSON in a body that the same reader
understands again, made only when it is asked for: it is what quarantine keeps.
"""

from collections.abc import Callable
from dataclasses import dataclass

from wasl.domain.identity import Party
from wasl.domain.message import Content, MessageStatus, Origin, Role

Rewrap = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message: the customer's (`live`), the business's own phone's (`echo`), or an older one (`history`)."""

    phone_number_id: str
    message_id: str
    party: Party
    timestamp_seconds: int
    content: Content
    origin_json: Rewrap
    origin: Origin = Origin.LIVE
    from_customer: bool = True
    reply_to: str | None = None
    status: MessageStatus | None = None
    """Only of history: how far one of the business's own messages had come."""
    role: Role | None = None
    """Only of history: who spoke for the business, where more than the business itself is known."""
    author_name: str | None = None


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """The author changed a message within the provider's time limit."""

    phone_number_id: str
    update_id: str
    target_id: str
    party: Party
    timestamp_seconds: int
    content: Content
    origin_json: Rewrap


@dataclass(frozen=True, slots=True)
class MessageRevoked:
    """The author deleted a message for everyone."""

    phone_number_id: str
    update_id: str
    target_id: str
    party: Party
    timestamp_seconds: int
    origin_json: Rewrap


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction was set, or with an empty emoji taken away. `actor` is `user` or `business`."""

    phone_number_id: str
    update_id: str
    target_id: str
    party: Party
    timestamp_seconds: int
    emoji: str
    actor: str
    origin_json: Rewrap


@dataclass(frozen=True, slots=True)
class StatusReported:
    """How far one of our messages has come. `callback_data` is what we sent along with it."""

    phone_number_id: str
    provider_message_id: str
    status: MessageStatus
    timestamp_seconds: int
    callback_data: str | None
    error_code: str | None
    error_message: str | None
    origin_json: Rewrap
    recipient: Party | None = None
    """Whom the message was for, where that tells more than one name of theirs."""
    joined_by: Party | None = None
    """Only where nothing else joins a status to a message: the customer, whose newest fitting message is meant."""


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """A customer has a new phone number or id; both lead to the same contact from now on."""

    phone_number_id: str
    update_id: str
    previous: Party
    current: Party
    timestamp_seconds: int
    notice: str
    origin_json: Rewrap


@dataclass(frozen=True, slots=True)
class ContactNamed:
    """The business's address book names a customer."""

    phone_number_id: str
    party: Party
    origin_json: Rewrap


@dataclass(frozen=True, slots=True)
class Noted:
    """An update that shows nothing in the inbox (templates, account, unknown status words): kept as it came."""

    phone_number_id: str | None
    field: str
    origin_json: Rewrap


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An update that this version cannot read: kept verbatim, to be read again by a later one."""

    phone_number_id: str | None
    reason: str
    origin_json: Rewrap


Update = (
    MessageReceived
    | MessageEdited
    | MessageRevoked
    | Reacted
    | StatusReported
    | IdentityChanged
    | ContactNamed
    | Noted
    | Unreadable
)
