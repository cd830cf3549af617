"""Who answers a conversation: the moves between assistant, waiting, operator and end.

Each takeover, release or end raises the `epoch`; an answer of the assistant counts only in the epoch it began in.
"""

from dataclasses import dataclass, replace

from wasl.domain.assistant import Reason
from wasl.domain.conversation import ConversationStatus


@dataclass(frozen=True, slots=True)
class Handover:
    """Who answers now. `waiting_since_ms` is set while a customer waits for a person, and `reason` says why one is
    needed until the conversation is given back or ended."""

    status: ConversationStatus
    operator_id: int | None = None
    epoch: int = 0
    waiting_since_ms: int | None = None
    reason: Reason | None = None


def take_over(now: Handover, operator_id: int) -> Handover:
    """An operator takes the conversation, from the assistant, the queue or a colleague."""
    if now.status is ConversationStatus.HUMAN and now.operator_id == operator_id:
        return now
    return Handover(ConversationStatus.HUMAN, operator_id, now.epoch + 1, reason=now.reason)


def call_person(now: Handover, at_ms: int, reason: Reason) -> Handover:
    """The assistant, or a rule, hands over: the customer waits for a person. Whoever waits or is answered already does
    so for the reason of before."""
    if now.status is not ConversationStatus.BOT:
        return now
    return Handover(ConversationStatus.WAITING_HUMAN, None, now.epoch + 1, at_ms, reason)


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
    is_colleagues = now.status is ConversationStatus.HUMAN and now.operator_id is not None
    return now if is_colleagues else take_over(now, operator_id)


def answered_on_phone(now: Handover) -> Handover:
    """Somebody of the business, whoever it is, writes on its own phone: the assistant leaves the customer to them."""
    if now.status is not ConversationStatus.BOT:
        return now
    return Handover(ConversationStatus.HUMAN, None, now.epoch + 1)


def customer_wrote(now: Handover, at_ms: int, *, assistant_on: bool) -> Handover:
    """A customer's message: without an assistant, whatever nobody holds waits for a person."""
    if now.status is ConversationStatus.HUMAN or now.status is ConversationStatus.WAITING_HUMAN:
        return now
    if assistant_on:
        return replace(now, status=ConversationStatus.BOT, operator_id=None)
    return Handover(ConversationStatus.WAITING_HUMAN, None, now.epoch, at_ms, Reason.OFF)


def first_contact(at_ms: int, *, assistant_on: bool) -> Handover:
    """How a conversation begins."""
    return customer_wrote(Handover(ConversationStatus.BOT), at_ms, assistant_on=assistant_on)
