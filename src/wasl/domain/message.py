"""What a message is made of, and how its delivery status may move."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Who speaks: the customer, the assistant, an operator, or Wasl itself."""

    USER = "user"
    BOT = "bot"
    OPERATOR = "operator"
    SYSTEM = "system"


class Origin(StrEnum):
    """How a message came into the conversation; only `live` ones are news."""

    LIVE = "live"
    ECHO = "echo"
    """Typed by the business on its own phone."""
    HISTORY = "history"
    """Older than the channel's connection, or imported."""


class MessageType(StrEnum):
    """The kinds of content that a dashboard can show."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    INTERACTIVE = "interactive"
    ORDER = "order"
    TEMPLATE = "template"
    UNSUPPORTED = "unsupported"


class MessageStatus(StrEnum):
    """How far an outbound message has come."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    """The provider's answer was lost: it may have gone out, and is never sent again by itself."""
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


DELIVERY_RANK: Mapping[MessageStatus, int] = {
    MessageStatus.QUEUED: 0,
    MessageStatus.SENDING: 1,
    MessageStatus.UNKNOWN: 2,
    MessageStatus.SENT: 3,
    MessageStatus.FAILED: 4,
    MessageStatus.DELIVERED: 5,
    MessageStatus.READ: 6,
}
"""`failed` stands above `sent` and below `delivered`: it is final unless a later proof of delivery says otherwise."""

PROVIDER_STATUSES: Mapping[str, MessageStatus] = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "played": MessageStatus.READ,
    "failed": MessageStatus.FAILED,
}
"""The words of providers' status webhooks; others (`deleted`, `warning`) are kept and change nothing."""


def moves_forward(current: MessageStatus, reported: MessageStatus) -> bool:
    """Say whether a provider's report is news: a status never goes backwards."""
    return DELIVERY_RANK[reported] > DELIVERY_RANK[current]


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says. `text` is what the bubble shows: the caption for media, a readable line for the rest.

    `media` has the keys `id, mime_type, name, sha256, voice` as far as the provider told them; `details` goes into
    the message's metadata under the provider's own names.
    """

    type: MessageType
    text: str
    media: Mapping[str, Any] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_text(cls, text: str) -> "Content":
        """Words and nothing else."""
        return cls(MessageType.TEXT, text)
