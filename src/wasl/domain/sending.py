"""What leaves for a provider, and the four ways in which an attempt can end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way out. `to_phone` is digits; without one the customer is addressed by `to_bsuid`."""

    to_phone: str | None
    to_bsuid: str | None
    text: str
    reply_to: str | None
    """The provider's id of the quoted message."""
    callback_data: str
    """Comes back in every status of this message (at most 512 characters): `m:<message id>:<attempt>`."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message and named it."""

    provider_message_id: str


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


def message_of_callback(data: str | None) -> str | None:
    """The message id inside our callback data, or None when it is not ours."""
    if not data or not data.startswith("m:"):
        return None
    message_id, _, attempt = data[2:].rpartition(":")
    return message_id if message_id and attempt.isdigit() else None
