"""What a conversation is called and which states it can be in."""

from enum import StrEnum


class ConversationStatus(StrEnum):
    """Who answers: the assistant, a person, nobody yet, or nobody any more."""

    BOT = "bot"
    HUMAN = "human"
    WAITING_HUMAN = "waiting_human"
    RESOLVED = "resolved"


WINDOW_SECONDS = 24 * 3600
"""Free text may be sent this long after a customer's last message (Meta, "Send messages: customer service windows")."""
WINDOW_SHORT_SECONDS = 4 * 3600
"""When so little of it is left, whoever waits should come before others: less than half a working day."""
WINDOW_LAST_SECONDS = 3600
"""When so little is left, before nearly all others."""


def window_level(left_seconds: float) -> int:
    """How soon a window runs out: 0 not yet, 1 within hours, 2 within the hour. Of one that is closed nothing is left
    to hurry for: 0."""
    if left_seconds <= 0 or left_seconds > WINDOW_SHORT_SECONDS:
        return 0
    return 1 if left_seconds > WINDOW_LAST_SECONDS else 2


def conversation_id_for(account_id: int, phone_number_id: str, customer: str) -> str:
    """Name the lasting thread between a channel and a customer.

    `customer` is the first identity known of the contact (phone digits, else the business-scoped id). This is the
    only place where the name is made; it is stored at creation and read from there ever after.
    """
    return f"{account_id}_{phone_number_id}_{customer}"
