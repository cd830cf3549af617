"""The past of a number that is also used on a phone: whose message was it, and how far had it come."""

from wasl.channels.fields import Object, is_true, object_of, text_of
from wasl.channels.party import business_phone_of, named, phone_of, recipient_of, sender_of
from wasl.channels.walk import Change
from wasl.domain.identity import Party
from wasl.domain.message import PROVIDER_STATUSES, MessageStatus

_OWN_WORDS = {"error": MessageStatus.FAILED}
"""History has two words that live statuses lack: `error`, and `pending`, which says nothing of the message's fate."""


def customer_of_thread(thread: Object, change: Change) -> Party | None:
    """Name the customer whose thread it is; None when the thread does not say."""
    context = object_of(thread.get("context")) or {}
    address = text_of(thread.get("id")) or text_of(context.get("wa_id"))
    user_id, username = context.get("user_id"), text_of(context.get("username"))
    if not (address or text_of(user_id) or username):
        return None
    return named(change, address, user_id, context.get("parent_user_id"), username)


def customer_of_echo(raw: Object, change: Change) -> Party:
    """Name the customer an echo went to.

    Published samples have the two ends swapped; the business's own number is never the customer.
    """
    business = business_phone_of(change)
    swapped = business and phone_of(raw.get("to")) == business and phone_of(raw.get("from")) != business
    return sender_of(raw, change) if swapped else recipient_of(raw, change)


def is_from_customer(raw: Object, change: Change, customer: Party | None) -> bool:
    """Say who wrote a message of the past: history holds both sides, told apart only by their addresses."""
    context = object_of(raw.get("history_context")) or {}
    if "from_me" in context:
        return not is_true(context["from_me"])
    sender = phone_of(raw.get("from"))
    business = business_phone_of(change)
    if sender and sender == business:
        return False
    user_id = text_of(raw.get("from_user_id"))
    if user_id or (customer and sender and sender == customer.phone):
        return True
    to = phone_of(raw.get("to"))
    if to and to == business:
        return True
    # Only what the business sent names somebody it went to.
    return text_of(raw.get("to")) is None and text_of(raw.get("to_user_id")) is None


def status_of_past(raw: Object) -> MessageStatus | None:
    """Tell how far one of the business's messages had come, as far as its history says."""
    context = object_of(raw.get("history_context")) or {}
    word = (text_of(context.get("status")) or "").lower()
    return PROVIDER_STATUSES.get(word) or _OWN_WORDS.get(word)
