"""Who an item is about: the customer's names, gathered from the item itself and from the contact that fits it."""

import re
from typing import Any

from wasl.channels.fields import Object, object_of, text_of
from wasl.channels.walk import Change, Item
from wasl.domain.identity import Party, looks_like_bsuid, phone_digits

_PHONE = re.compile(r"\+?[0-9][0-9 ().\-]*")
_PHONE_DIGITS_MIN, _PHONE_DIGITS_MAX = 5, 15
"""E.164 ends at 15 digits; a longer row of digits is some other id."""
_ID_KEYS = ("from", "from_user_id", "from_parent_user_id", "to", "to_user_id", "to_parent_user_id", "wa_id", "user_id")
_CONTACT_ID_KEYS = ("wa_id", "user_id", "parent_user_id")


def sender_of(raw: Object, change: Change) -> Party:
    """Name the one an item came from."""
    return named(change, raw.get("from"), raw.get("from_user_id"), raw.get("from_parent_user_id"))


def recipient_of(raw: Object, change: Change) -> Party:
    """Name the one an item went to."""
    return named(change, raw.get("to"), raw.get("to_user_id"), raw.get("to_parent_user_id"))


def named(change: Change, address: Any, user_id: Any, parent_id: Any, username: Any = None) -> Party:
    """Gather a customer's names; `address` may be a phone number, or any other id.

    Of `contacts[]` only the one that carries one of these ids is believed: its neighbours are other people. The only
    contact of a change is also believed when there is no id to compare on one of the two sides. A value that is neither
    a number nor an id ("null", "0") names somebody only where nothing else does: many customers may come with it.
    """
    address, user_id, parent_id = text_of(address), text_of(user_id), text_of(parent_id)
    contact = _contact_with(change, address, user_id, parent_id) or _contact_alone(change, address or user_id)
    if contact is not None and not (address or user_id):
        address, user_id = text_of(contact.get("wa_id")), text_of(contact.get("user_id"))
    phone = bsuid = stray = None
    if address is not None:
        if _is_phone(address):
            phone = phone_digits(address)
        elif looks_like_bsuid(address):
            bsuid = address
        else:
            stray = address
    if user_id is not None:
        if looks_like_bsuid(user_id):
            bsuid = bsuid or user_id
        else:
            stray = stray or user_id
    parent = parent_id if parent_id and looks_like_bsuid(parent_id) else None
    if contact is None:
        return Party(phone, bsuid, parent, _username(username), None, None if phone or bsuid or parent else stray)
    wa_id, profile = contact.get("wa_id"), object_of(contact.get("profile")) or {}
    if phone is None:
        phone = phone_of(wa_id)
    if bsuid is None:
        bsuid = bsuid_of(contact.get("user_id")) or (None if wa_id == address else bsuid_of(wa_id))
    parent = parent or bsuid_of(contact.get("parent_user_id"))
    return Party(
        phone,
        bsuid,
        parent,
        _username(username or profile.get("username") or contact.get("username")),
        None,
        None if phone or bsuid or parent else stray,
        text_of(profile.get("name")),
    )


def phone_of(value: Any) -> str | None:
    """Read a value as the digits of an international phone number; None when it is something else."""
    text = text_of(value)
    return phone_digits(text) if text and _is_phone(text) else None


def bsuid_of(value: Any) -> str | None:
    """Read a value as a business-scoped user id; None when it is something else."""
    return value if type(value) is str and looks_like_bsuid(value) else None


def business_phone_of(change: Change) -> str | None:
    """The digits of the business's own number."""
    metadata = object_of(change.value.get("metadata")) or {}
    return phone_of(metadata.get("display_phone_number"))


def contacts_of(item: Item) -> list[Any]:
    """Pick the contacts that reading this item again needs."""
    contacts = item.change.contacts
    if len(contacts) <= 1:
        return contacts
    raw, thread = object_of(item.raw) or {}, item.thread or {}
    ids = [raw.get(key) for key in _ID_KEYS] + [thread.get("id")]
    ids += (object_of(thread.get("context")) or {}).values()
    wanted = {_comparable(text) for text in map(text_of, ids) if text}
    kept = [contact for contact in contacts if wanted & set(_ids_of(object_of(contact) or {}))]
    # The empty one says that it was not alone: of a lone contact more is believed.
    return [*kept, {}] if len(kept) == 1 else kept


def _contact_with(change: Change, address: str | None, *others: str | None) -> Object | None:
    contacts = change.contacts
    if not contacts:
        return None
    first = contacts[0]
    if address and type(first) is dict and first.get("wa_id") == address:
        return first  # By far the commonest body: one message of one customer.
    by_id = change.contacts_by_id
    if by_id is None:
        by_id = change.contacts_by_id = _by_their_ids(contacts)
    return next((by_id[known] for text in (address, *others) if text and (known := _comparable(text)) in by_id), None)


def _by_their_ids(contacts: list[Any]) -> dict[str, Object]:
    by_id: dict[str, Object] = {}
    shared: set[str] = set()
    for contact in filter(None, map(object_of, contacts)):
        for text in _ids_of(contact):
            if by_id.setdefault(text, contact) != contact and not (_is_phone(text) or looks_like_bsuid(text)):
                shared.add(text)  # "null" beside two customers is neither's.
    for text in shared:
        del by_id[text]
    return by_id


def _contact_alone(change: Change, named_already: str | None) -> Object | None:
    contact = object_of(change.contacts[0]) if len(change.contacts) == 1 else None
    if contact is None:
        return None
    says_who = phone_of(contact.get("wa_id")) or bsuid_of(contact.get("wa_id")) or bsuid_of(contact.get("user_id"))
    return contact if not named_already or not says_who else None


def _ids_of(contact: Object) -> list[str]:
    return [_comparable(text) for text in (text_of(contact.get(key)) for key in _CONTACT_ID_KEYS) if text]


def _comparable(text: str) -> str:
    return (phone_digits(text) or text) if _is_phone(text) else text


def _is_phone(text: str) -> bool:
    if text.isdigit():
        return _PHONE_DIGITS_MIN <= len(text) <= _PHONE_DIGITS_MAX
    return bool(_PHONE.fullmatch(text)) and _PHONE_DIGITS_MIN <= sum(map(str.isdigit, text)) <= _PHONE_DIGITS_MAX


def _username(value: Any) -> str | None:
    text = text_of(value)
    return text.removeprefix("@") or None if text else None
