"""The walk through Meta's envelope: every entry, change and item, whatever its neighbours are like."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from wasl.channels.fields import Object, list_of, object_of, text_of
from wasl.errors import UnreadableBody


class ItemKind(StrEnum):
    """Where in the envelope an item was found."""

    MESSAGE = "message"
    ECHO = "echo"
    STATUS = "status"
    CALL = "call"
    ERROR = "error"
    HISTORY_MESSAGE = "history_message"
    HISTORY_ERROR = "history_error"
    HISTORY_CHUNK = "history_chunk"
    """A chunk that holds neither threads nor errors."""
    HISTORY_THREAD = "history_thread"
    """A thread that holds no messages."""
    ADDRESS_BOOK = "address_book"
    USER_ID = "user_id"
    REST = "rest"
    """A list of unknown name beside known ones."""
    CHANGE = "change"
    """A whole change that holds nothing of the above."""
    ENTRY = "entry"
    """A whole entry that holds no changes."""


@dataclass(slots=True)
class Change:
    """What the items of one change share."""

    object: Any
    entry: Object
    field: Any
    """As found, also when it is missing or no text."""
    name: str
    """The field's name; published samples have it misplaced inside the value."""
    value: Object
    phone_number_id: str | None = None
    contacts: list[Any] = field(default_factory=list)
    contacts_by_id: dict[str, Object] | None = None
    """Made when somebody first asks (party.py): a batch may hold a thousand contacts."""
    arrived_ms: int = 0
    """When the body came; 0 when nobody says."""


class Item(NamedTuple):
    """One thing to read, as it stands in the body; of history with its thread and chunk."""

    kind: ItemKind
    change: Change
    raw: Any
    key: str = ""
    thread: Object | None = None
    chunk: Object | None = None


_KINDS = {
    "messages": ItemKind.MESSAGE,
    "statuses": ItemKind.STATUS,
    "message_echoes": ItemKind.ECHO,
    "calls": ItemKind.CALL,
    "errors": ItemKind.ERROR,
    "state_sync": ItemKind.ADDRESS_BOOK,
    "user_id_update": ItemKind.USER_ID,
}

_SHARED = {"messaging_product", "metadata", "contacts", "field"}


def walk_envelope(document: Any, arrived_ms: int = 0) -> Iterator[Item]:
    """Walk every item of a decoded body in the document's order; nothing is skipped, however it looks.

    Raises UnreadableBody when there is no entry to walk.
    """
    entries = list_of(document.get("entry")) if type(document) is dict else []
    if not entries:
        raise UnreadableBody("The body holds no entries.")
    for raw_entry in entries:
        entry = object_of(raw_entry) or {}
        changes = list_of(entry.get("changes"))
        if not changes:
            yield Item(ItemKind.ENTRY, Change(document.get("object"), {}, None, "", {}), raw_entry)
        for raw_change in changes:
            yield from _walk_change(document.get("object"), entry, raw_change, arrived_ms)


def _walk_change(envelope_object: Any, entry: Object, raw_change: Any, arrived_ms: int) -> Iterator[Item]:
    change_object = object_of(raw_change) or {}
    value = object_of(change_object.get("value")) or {}
    metadata = object_of(value.get("metadata"))
    field_found = change_object.get("field")
    change = Change(
        envelope_object,
        entry,
        field_found,
        text_of(field_found) or text_of(value.get("field")) or "",
        value,
        text_of(metadata.get("phone_number_id")) if metadata else None,
        list_of(value.get("contacts")),
        arrived_ms=arrived_ms,
    )
    holds_items = False
    rest = []
    for key, part in value.items():
        kind = _KINDS.get(key)
        if kind is not None:
            for raw in list_of(part):
                holds_items = True
                yield Item(kind, change, raw, key)
        elif key == "history":
            for item in _walk_history(change, part):
                holds_items = True
                yield item
        elif type(part) is list and part and key not in _SHARED:
            rest.append(key)
    if not holds_items:
        yield Item(ItemKind.CHANGE, change, raw_change)
    else:
        for key in rest:
            yield Item(ItemKind.REST, change, value[key], key)


def _walk_history(change: Change, part: Any) -> Iterator[Item]:
    for raw_chunk in list_of(part):
        chunk = object_of(raw_chunk) or {}
        errors, threads = list_of(chunk.get("errors")), list_of(chunk.get("threads"))
        if not errors and not threads:
            yield Item(ItemKind.HISTORY_CHUNK, change, raw_chunk, "history")
        for raw in errors:
            yield Item(ItemKind.HISTORY_ERROR, change, raw, "history", None, chunk)
        for raw_thread in threads:
            thread = object_of(raw_thread) or {}
            messages = list_of(thread.get("messages"))
            if not messages:
                yield Item(ItemKind.HISTORY_THREAD, change, raw_thread, "history", None, chunk)
            for raw in messages:
                yield Item(ItemKind.HISTORY_MESSAGE, change, raw, "history", thread, chunk)
