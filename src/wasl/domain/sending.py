"""What leaves for a provider, and the four ways in which an attempt can end."""

from dataclasses import dataclass
from enum import StrEnum

from wasl.domain.message import Content


@dataclass(frozen=True, slots=True)
class Recipient:
    """A customer, by every name under which a provider may take a message for them. `phone` is digits."""

    phone: str | None = None
    bsuid: str | None = None
    provider_ids: tuple[str, ...] = ()
    """What only providers call them, such as a room, oldest first; an adapter knows its own."""


@dataclass(frozen=True, slots=True)
class FileHandle:
    """A file as a message names it: by the id that the provider gave it, or by an address where it may fetch it."""

    name: str
    mime_type: str
    id: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way out."""

    to: Recipient
    content: Content
    callback_data: str
    """Comes back in every status of this message (at most 512 characters): `m:<message id>:<attempt>`."""
    reply_to: str | None = None
    """The provider's id of the quoted message."""
    file: FileHandle | None = None


class SignalKind(StrEnum):
    """What is told beside messages. Telling it twice does no harm, so it is tried again after any failure."""

    REACTION = "reaction"
    READ = "read"
    TYPING = "typing"


@dataclass(frozen=True, slots=True)
class Signal:
    """One of them, about a message that the provider calls `message_id`; an empty `emoji` takes a reaction away."""

    kind: SignalKind
    to: Recipient
    message_id: str
    emoji: str = ""
    callback_data: str = ""
    """Of a reaction: comes back in its statuses, as `r:<message id>:<click>`."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message and named it."""

    provider_message_id: str
    named_in_statuses: bool = True
    """Whether its statuses will call it so; otherwise they are joined by customer and time."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """It provably did not leave, or was refused for now: it may be tried again after the delay.

    `holds` says what must wait along: this `recipient`, or the whole `channel`.
    """

    code: str
    message: str
    retry_after_seconds: float
    holds: str = "recipient"
    counts_as_attempt: bool = True
    growth: int = 2
    """Every further failure waits this many times as long as the one before."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will never take it as it is. `message` is a sentence for the operator."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """The answer was lost: it may have been taken. Only a status or a person settles it."""

    reason: str


NOT_BEGUN = NotSent("not_begun", "The server was interrupted before it sent this.", 0.0, counts_as_attempt=False)
"""An attempt of which no byte left, or not enough for anybody to take it."""

SendOutcome = Accepted | NotSent | Refused | Unclear


def callback_data_for(message_id: str, attempt: int) -> str:
    """Name one attempt, so that its statuses find the message even when the provider's answer was lost."""
    return f"m:{message_id}:{attempt}"


def callback_data_for_click(message_id: str, click: int) -> str:
    """Name one of the business's reactions, so that a failure which is told later finds it."""
    return f"r:{message_id}:{click}"


def click_of_callback(data: str | None) -> tuple[str, int] | None:
    """The message id and the click inside our callback data, or None when it does not speak of a reaction."""
    return _named_by(data, "r:")


def message_of_callback(data: str | None) -> str | None:
    """The message id inside our callback data, or None when it is not ours."""
    named = _named_by(data)
    return named[0] if named else None


def attempt_of_callback(data: str | None) -> int | None:
    """Which attempt our callback data names, or None when it is not ours."""
    named = _named_by(data)
    return named[1] if named else None


def _named_by(data: str | None, mark: str = "m:") -> tuple[str, int] | None:
    if not data or not data.startswith(mark):
        return None
    message_id, _, attempt = data[2:].rpartition(":")
    return (message_id, int(attempt)) if message_id and attempt.isdecimal() and len(attempt) < 10 else None
