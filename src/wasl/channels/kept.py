"""What is kept without being shown, and the ids of items that came without one."""

import hashlib
from functools import partial

from wasl.channels.fields import Object, text_of
from wasl.channels.json_body import write_canonical_json
from wasl.channels.limits import NAMELESS_SECONDS
from wasl.channels.rewrap import rewrap
from wasl.channels.walk import Item
from wasl.domain.updates import Noted, Unreadable

_HASH_CHARACTERS = 40


def noted(item: Item, field: str | None = None) -> Noted:
    """Keep an item that shows nothing in the inbox."""
    return Noted(item.change.phone_number_id, field or item.change.name, partial(rewrap, item))


def unreadable(item: Item, reason: str) -> Unreadable:
    """Keep an item for a later version that may understand it."""
    return Unreadable(item.change.phone_number_id, reason, partial(rewrap, item))


def id_of(raw: Object) -> str:
    """Tell an item's id; without one, a hash of the item, so that the same item twice is one."""
    value = raw.get("id")
    # A fraction was a number too long for its type: its last digits are lost, and two ids may have become one.
    name = text_of(value) if type(value) is not float else None
    return name or "hash_" + hashlib.sha256(write_canonical_json(raw)).hexdigest()[:_HASH_CHARACTERS]


def id_by_arrival(raw: Object, arrived_ms: int) -> str:
    """The same of an item that does not say when it was written: without an id it is known by what it says and by the
    minutes in which it came. A repetition within them is one with it; the same words on another day are another."""
    if text_of(raw.get("id")) is not None:
        return id_of(raw)
    return id_of({"item": dict(raw), "came": arrived_ms // (NAMELESS_SECONDS * 1000)})
