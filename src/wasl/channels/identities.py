"""News of who customers are: changed numbers and ids, and the names of the business's address book."""

from dataclasses import replace
from functools import partial
from typing import Any

from wasl.channels.fields import Object, object_of, seconds_of, text_of
from wasl.channels.kept import id_of, noted, unreadable
from wasl.channels.party import bsuid_of, named, phone_of
from wasl.channels.rewrap import rewrap
from wasl.channels.walk import Item
from wasl.domain.identity import Party
from wasl.domain.updates import ContactNamed, IdentityChanged, Update

_NOBODY = set(Party().identities())


def read_system(item: Item, raw: Object, sender: Party) -> Update:
    """Read a notice inside a conversation: a new number or id of the customer; any other is kept and not shown."""
    system = object_of(raw.get("system")) or {}
    if not (text_of(system.get("type")) or "").startswith("user_changed"):
        return noted(item)
    previous_id, current_id = _before_and_after(system.get("user_id"))
    previous_parent, current_parent = _before_and_after(system.get("parent_user_id"))
    previous = replace(
        sender,
        phone=sender.phone or phone_of(system.get("customer")),
        bsuid=previous_id or sender.bsuid,
        parent_bsuid=previous_parent or sender.parent_bsuid,
    )
    current = Party(
        phone_of(system.get("wa_id")) or phone_of(system.get("new_wa_id")) or (previous.phone if current_id else None),
        current_id,
        current_parent,
        sender.username,
        None,
        None,
        sender.name,
    )
    if set(previous.identities()) == _NOBODY or not _adds_names(previous, current):
        return noted(item)
    return _changed(item, raw, previous, current, text_of(system.get("body")))


def read_user_id(item: Item, raw: Object) -> Update:
    """Read an entry of `user_id_update`: the customer has a new business-scoped id."""
    previous_id, current_id = _before_and_after(raw.get("user_id"))
    previous_parent, current_parent = _before_and_after(raw.get("parent_user_id"))
    known = named(item.change, raw.get("wa_id"), previous_id, previous_parent)
    phone = phone_of(raw.get("wa_id"))
    previous = Party(phone, previous_id, previous_parent, known.username, None, None, known.name)
    current = Party(phone, current_id, current_parent, known.username, None, None, known.name)
    if not (current_id or current_parent) or set(previous.identities()) == _NOBODY:
        return unreadable(item, "a changed user id that does not say whose, or which it is now")
    return _changed(item, raw, previous, current, text_of(raw.get("detail")))


def read_address_book(item: Item, raw: Object) -> Update:
    """Read an entry of `state_sync`: how the business's own phone calls a customer."""
    if (text_of(raw.get("type")) or "contact") != "contact":
        return noted(item)
    contact = object_of(raw.get("contact"))
    if contact is None:
        return unreadable(item, "an address book entry without a contact")
    name = text_of(contact.get("full_name")) or text_of(contact.get("first_name"))
    party = named(
        item.change,
        contact.get("phone_number"),
        contact.get("user_id"),
        contact.get("parent_user_id"),
        contact.get("username"),
    )
    if name is None or text_of(raw.get("action")) == "remove" or set(party.identities()) == _NOBODY:
        return noted(item)
    return ContactNamed(item.change.phone_number_id or "", replace(party, name=name), partial(rewrap, item))


def _changed(item: Item, raw: Object, previous: Party, current: Party, notice: str | None) -> IdentityChanged:
    return IdentityChanged(
        item.change.phone_number_id or "",
        id_of(raw),
        previous,
        current,
        seconds_of(raw.get("timestamp"), item.change.entry.get("time")),
        notice or "The customer has a new number or id.",
        partial(rewrap, item),
    )


def _before_and_after(value: Any) -> tuple[str | None, str | None]:
    """Read `{previous, current}`, or a lone current id."""
    both = object_of(value)
    return (bsuid_of(both.get("previous")), bsuid_of(both.get("current"))) if both else (None, bsuid_of(value))


def _adds_names(previous: Party, current: Party) -> bool:
    return bool(set(current.identities()) - set(previous.identities()) - _NOBODY)
