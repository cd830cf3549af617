"""Messages, and what happens to messages: whose they are, and what they say or change."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any, NamedTuple

from wasl.channels.content import read_content, type_of
from wasl.channels.fields import Object, object_of, seconds_of, text_of
from wasl.channels.history import customer_of_echo, customer_of_thread, is_from_customer, status_of_past
from wasl.channels.identities import read_system
from wasl.channels.kept import id_by_arrival, id_of, unreadable
from wasl.channels.party import recipient_of, sender_of
from wasl.channels.rewrap import rewrap
from wasl.channels.walk import Item, ItemKind
from wasl.domain.identity import Party
from wasl.domain.message import Content, Origin
from wasl.domain.updates import MessageEdited, MessageReceived, MessageRevoked, Reacted, Update


class Author(NamedTuple):
    """Whose conversation a message belongs to, who wrote it, and whether it is news."""

    customer: Party
    from_customer: bool
    origin: Origin


def read_message(item: Item, raw: Object) -> Update:
    """Read a message of a customer, an echo of the business's own phone, or a message of the past."""
    author = _author_of(item, raw)
    type_name = type_of(raw)
    change_of_another = _CHANGES_OF_OTHERS.get(type_name)
    if change_of_another is not None:
        return change_of_another(item, raw, author)
    content = read_content(raw, type_name)
    customer = author.customer
    if "group_id" in raw or "recipient_type" in raw:
        customer, content = _in_group(raw, author, content)
    change = item.change
    return MessageReceived(
        change.phone_number_id or "",
        _id_of(item, raw, author),
        customer,
        seconds_of(raw.get("timestamp"), change.entry.get("time")),
        content,
        partial(rewrap, item),
        author.origin,
        author.from_customer,
        _quoted_by(raw) if "context" in raw else None,
        status_of_past(raw) if author.origin is Origin.HISTORY and not author.from_customer else None,
    )


def _quoted_by(raw: Object) -> str | None:
    return text_of((object_of(raw["context"]) or {}).get("id"))


def _id_of(item: Item, raw: Object, author: Author) -> str:
    if (
        raw.get("id")
        or author.origin is Origin.HISTORY
        or not item.change.arrived_ms
        or seconds_of(raw.get("timestamp"))
    ):
        return id_of(raw)
    return id_by_arrival(raw, item.change.arrived_ms)


def _author_of(item: Item, raw: Object) -> Author:
    change = item.change
    is_past = change.name == "history"
    if item.kind is ItemKind.MESSAGE and not is_past:
        return Author(sender_of(raw, change), True, Origin.LIVE)
    if item.kind is ItemKind.ECHO:
        return Author(customer_of_echo(raw, change), False, Origin.HISTORY if is_past else Origin.ECHO)
    customer = customer_of_thread(item.thread, change) if item.thread else None
    from_customer = is_from_customer(raw, change, customer)
    by_address = sender_of(raw, change) if from_customer else recipient_of(raw, change)
    return Author(_together(customer, by_address) if customer else by_address, from_customer, Origin.HISTORY)


def _together(party: Party, other: Party) -> Party:
    """Add what only the other knows."""
    both = Party(*(getattr(party, name.name) or getattr(other, name.name) for name in fields(Party)))
    # What one of the two could not read is no name beside one that it could: see `party.named`.
    return replace(both, provider_id=None) if both.phone or both.bsuid or both.parent_bsuid else both


def _in_group(raw: Object, author: Author, content: Content) -> tuple[Party, Content]:
    """A group is one customer; who spoke in it stands beside the message."""
    group = _group_of(raw)
    if group is None:
        return author.customer, content
    details: dict[str, Any] = {**content.details, "group_id": group}
    speaker = author.customer
    if author.from_customer:
        named = {"name": speaker.name, "phone": speaker.phone, "bsuid": speaker.bsuid, "username": speaker.username}
        details["speaker"] = {key: value for key, value in named.items() if value}
    return Party(group_id=group), Content(content.type, content.text, content.media, details)


def _customer_of(raw: Object, author: Author) -> Party:
    group = _group_of(raw)
    return Party(group_id=group) if group else author.customer


def _group_of(raw: Object) -> str | None:
    to = raw.get("to") if raw.get("recipient_type") == "group" else None
    return text_of(raw.get("group_id")) or text_of(to)


def _reaction(item: Item, raw: Object, author: Author) -> Update:
    reaction = object_of(raw.get("reaction")) or {}
    target = text_of(reaction.get("message_id"))
    if target is None:
        return unreadable(item, "a reaction that does not say to which message")
    return Reacted(
        item.change.phone_number_id or "",
        _id_of(item, raw, author),
        target,
        _customer_of(raw, author),
        seconds_of(raw.get("timestamp"), item.change.entry.get("time")),
        text_of(reaction.get("emoji")) or "",
        # For WhatsApp the phone and we are one: a message has one reaction of the business.
        "user" if author.from_customer else "business",
        partial(rewrap, item),
    )


def _edit(item: Item, raw: Object, author: Author) -> Update:
    edit = object_of(raw.get("edit")) or {}
    target, message = text_of(edit.get("original_message_id")), object_of(edit.get("message"))
    if target is None or message is None:
        return unreadable(item, "an edit that does not say of which message, or what it says now")
    customer, content = _in_group(raw, author, read_content(message))
    return MessageEdited(
        item.change.phone_number_id or "",
        _id_of(item, raw, author),
        target,
        customer,
        seconds_of(raw.get("timestamp"), item.change.entry.get("time")),
        content,
        partial(rewrap, item),
    )


def _revoke(item: Item, raw: Object, author: Author) -> Update:
    target = text_of((object_of(raw.get("revoke")) or {}).get("original_message_id"))
    if target is None:
        return unreadable(item, "a deletion that does not say of which message")
    return MessageRevoked(
        item.change.phone_number_id or "",
        _id_of(item, raw, author),
        target,
        _customer_of(raw, author),
        seconds_of(raw.get("timestamp"), item.change.entry.get("time")),
        partial(rewrap, item),
    )


def _system(item: Item, raw: Object, author: Author) -> Update:
    return read_system(item, raw, author.customer)


_CHANGES_OF_OTHERS: dict[str, Callable[[Item, Object, Author], Update]] = {
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
}
