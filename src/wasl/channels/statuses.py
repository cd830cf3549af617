"""How far our messages have come, and calls."""

from functools import partial

from wasl.channels.content import unsupported
from wasl.channels.fields import Object, seconds_of, text_of
from wasl.channels.kept import id_of, noted, unreadable
from wasl.channels.meta_errors import first_error_of
from wasl.channels.party import business_phone_of, named, phone_of, sender_of
from wasl.channels.rewrap import rewrap
from wasl.channels.walk import Item
from wasl.domain.identity import Party
from wasl.domain.message import PROVIDER_STATUSES
from wasl.domain.updates import MessageReceived, StatusReported, Update


def read_status(item: Item, raw: Object) -> Update:
    """Read a delivery report; words of old data and the ringing of calls are kept and change nothing."""
    word = text_of(raw.get("status"))
    status = PROVIDER_STATUSES.get(word) if word else None
    change = item.change
    if status is None or change.name == "calls" or raw.get("type") == "call":
        return noted(item)
    provider_message_id = text_of(raw.get("id"))
    if provider_message_id is None:
        return unreadable(item, "a status that does not say of which message")
    error_code, error_message = first_error_of(raw["errors"]) if "errors" in raw else (None, None)
    return StatusReported(
        change.phone_number_id or "",
        provider_message_id,
        status,
        seconds_of(raw.get("timestamp"), change.entry.get("time")),
        text_of(raw.get("biz_opaque_callback_data")),
        error_code,
        error_message,
        partial(rewrap, item),
        _recipient_of(item, raw) if "recipient_user_id" in raw else None,
    )


def _recipient_of(item: Item, raw: Object) -> Party | None:
    """Name the customer whom a message was for. A group is no customer, and its participants are nobody's thread."""
    if text_of(raw.get("recipient_type")) == "group":
        return None
    parent = raw.get("recipient_parent_user_id") or raw.get("parent_recipient_user_id")
    return named(item.change, raw.get("recipient_id"), raw.get("recipient_user_id"), parent)


def read_call(item: Item, raw: Object) -> Update:
    """Read an event of a call: the beginning of a customer's call is shown, all else is kept."""
    if raw.get("event") != "connect" or not _is_from_customer(item, raw):
        return noted(item)
    # The session is how two phones find each other: long, secret, and of no use afterwards.
    shown = {key: value for key, value in raw.items() if key != "session"}
    change = item.change
    return MessageReceived(
        change.phone_number_id or "",
        id_of(raw),
        sender_of(raw, change),
        seconds_of(raw.get("timestamp"), change.entry.get("time")),
        unsupported(shown, "call", "Voice call"),
        partial(rewrap, item),
    )


def _is_from_customer(item: Item, raw: Object) -> bool:
    direction = text_of(raw.get("direction"))
    if direction is not None:
        return direction.upper() == "USER_INITIATED"
    return phone_of(raw.get("from")) != business_phone_of(item.change)
