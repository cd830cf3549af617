"""Who answers a conversation: the moves between assistant, waiting, operator and end.

Each takeover, release or end raises the `epoch`; an answer of the assistant counts only in the epoch it began in.
"""

from dataclasses import dataclass, replace

from wasl.domain.conversation import ConversationStatus


@dataclass(frozen=True, slots=True)
class Handover:
    """Who answers now. `waiting_since_ms` is set while a customer waits for a person."""

    status: ConversationStatus
    operator_id: int | None = None
    epoch: int = 0
    waiting_since_ms: int | None = None


def take_over(now: Handover, operator_id: int) -> Handover:
    """An operator takes the conversation, from the assistant, the queue or a colleague."""
    if now.status is ConversationStatus.HUMAN and now.operator_id == operator_id:
        return now
    return Handover(ConversationStatus.HUMAN, operator_id, now.epoch + 1)


def release(now: Handover) -> Handover:
    """An operator gives the conversation back to the assistant."""
    if now.status is ConversationStatus.BOT:
        return now
    return Handover(ConversationStatus.BOT, None, now.epoch + 1)


def end(now: Handover) -> Handover:
    """The matter is settled; the next message of the customer opens it again."""
    if now.status is ConversationStatus.RESOLVED:
        return now
    return Handover(ConversationStatus.RESOLVED, None, now.epoch + 1)


def operator_wrote(now: Handover, operator_id: int) -> Handover:
    """An operator's reply takes over what nobody of the team has yet; it takes nothing from a colleague."""
    return now if now.status is ConversationStatus.HUMAN else take_over(now, operator_id)


def customer_wrote(now: Handover, at_ms: int, *, assistant_on: bool) -> Handover:
    """A customer's message: without an assistant, whatever nobody holds waits for a person."""
    if now.status is ConversationStatus.HUMAN or now.status is ConversationStatus.WAITING_HUMAN:
        return now
    if assistant_on:
        return replace(now, status=ConversationStatus.BOT, operator_id=None)
    return replace(now, status=ConversationStatus.WAITING_HUMAN, operator_id=None, waiting_since_ms=at_ms)


def first_contact(at_ms: int, *, assistant_on: bool) -> Handover:
    """How a conversation begins."""
    return customer_wrote(Handover(ConversationStatus.BOT), at_ms, assistant_on=assistant_on)
