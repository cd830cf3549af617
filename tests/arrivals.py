"""What customers and providers do, in the words of the domain: updates as an adapter would read them."""

from collections.abc import Sequence
from typing import Any

from cast import Cast
from wasl.domain.identity import Party
from wasl.domain.message import Content, MessageStatus, MessageType, Origin
from wasl.domain.updates import (
    ContactNamed,
    IdentityChanged,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    Reacted,
    StatusReported,
    Update,
)
from wasl.store.intake import Intake
from wasl.store.team import Channel

NUMBER = "155501"
NOON = 1_790_000_000
"""A moment of the provider's clock, in seconds; stories count from here."""
ADAM = Party(phone="9613000001", name="Adam")
BISAN = Party(phone="9613000002", name="Bisan")
DIMA = Party(bsuid="LB.7004411223", username="dima.k", name="Dima")


def _verbatim() -> bytes:
    return b"{}"


def said(
    message_id: str,
    text: str = "marhaba",
    *,
    party: Party = ADAM,
    at: int = 0,
    kind: MessageType = MessageType.TEXT,
    media: dict[str, Any] | None = None,
    details: dict[str, Any] | None = None,
    origin: Origin = Origin.LIVE,
    from_customer: bool = True,
    reply_to: str | None = None,
    status: MessageStatus | None = None,
    number: str = NUMBER,
) -> MessageReceived:
    """A message, `at` seconds after noon."""
    return MessageReceived(
        phone_number_id=number,
        message_id=message_id,
        party=party,
        timestamp_seconds=NOON + at,
        content=Content(kind, text, media, details or {}),
        origin_json=_verbatim,
        origin=origin,
        from_customer=from_customer,
        reply_to=reply_to,
        status=status,
    )


def echoed(message_id: str, text: str, *, party: Party = ADAM, at: int = 0) -> MessageReceived:
    """Typed by the business on its own phone."""
    return said(message_id, text, party=party, at=at, origin=Origin.ECHO, from_customer=False)


def remembered(message_id: str, text: str, *, at: int, party: Party = ADAM, ours: bool = False) -> MessageReceived:
    """A message of before the connection."""
    status = MessageStatus.READ if ours else None
    return said(message_id, text, party=party, at=at, origin=Origin.HISTORY, from_customer=not ours, status=status)


def edited(message_id: str, text: str, *, at: int, party: Party = ADAM) -> MessageEdited:
    content = Content(MessageType.TEXT, text)
    return MessageEdited(NUMBER, f"edit-{message_id}-{at}", message_id, party, NOON + at, content, _verbatim)


def revoked(message_id: str, *, at: int, party: Party = ADAM) -> MessageRevoked:
    return MessageRevoked(NUMBER, f"revoke-{message_id}", message_id, party, NOON + at, _verbatim)


def reacted(message_id: str, emoji: str, *, at: int, actor: str = "user", party: Party = ADAM) -> Reacted:
    return Reacted(NUMBER, f"react-{message_id}-{at}", message_id, party, NOON + at, emoji, actor, _verbatim)


def reported(
    message_id: str,
    status: MessageStatus,
    *,
    at: int,
    error: tuple[str, str] | None = None,
    ours: str | None = None,
) -> StatusReported:
    """A delivery status; `ours` is what we sent along with the message."""
    code, text = error or (None, None)
    return StatusReported(NUMBER, message_id, status, NOON + at, ours, code, text, _verbatim)


def renamed(party: Party) -> ContactNamed:
    return ContactNamed(NUMBER, party, _verbatim)


def moved(previous: Party, current: Party, *, at: int) -> IdentityChanged:
    return IdentityChanged(NUMBER, f"moved-{at}", previous, current, NOON + at, "The number has changed.", _verbatim)


def arrival(cast: Cast, *updates: Update, received_ms: int | None = None, channel: Channel | None = None) -> Intake:
    """One webhook with these updates, to Olive Bakery's number if no other is named."""
    channel = channel or cast.olive_number
    return intake(channel, updates, received_ms or NOON * 1000)


def intake(channel: Channel, updates: Sequence[Update], received_ms: int) -> Intake:
    return Intake(channel.account_id, channel.face, updates, channel.proof, received_ms)
