"""One item put back into an envelope of its own, so that it can be kept and read again later."""

from typing import Any

from wasl.channels.json_body import write_json
from wasl.channels.party import contacts_of
from wasl.channels.walk import Item, ItemKind


def rewrap(item: Item) -> bytes:
    """Write the smallest body that holds just this item and reads the same: its entry, field, metadata and contacts."""
    change = item.change
    if item.kind is ItemKind.ENTRY:
        return write_json({"object": change.object, "entry": [item.raw]})
    entry = {key: change.entry[key] for key in ("id", "time") if key in change.entry}
    return write_json({"object": change.object, "entry": [{**entry, "changes": [_change_of(item)]}]})


def _change_of(item: Item) -> Any:
    if item.kind is ItemKind.CHANGE:
        return item.raw
    change = item.change
    value = {key: change.value[key] for key in ("messaging_product", "field", "metadata") if key in change.value}
    contacts = contacts_of(item)
    if contacts:
        value["contacts"] = contacts
    value[item.key] = _part_of(item)
    return {"field": change.field, "value": value}


def _part_of(item: Item) -> Any:
    """Build the list that held the item, with the item alone in it."""
    metadata = {"metadata": item.chunk["metadata"]} if item.chunk and "metadata" in item.chunk else {}
    match item.kind:
        case ItemKind.REST:
            return item.raw
        case ItemKind.HISTORY_ERROR:
            return [{**metadata, "errors": [item.raw]}]
        case ItemKind.HISTORY_THREAD:
            return [{**metadata, "threads": [item.raw]}]
        case ItemKind.HISTORY_MESSAGE:
            return [{**metadata, "threads": [{**(item.thread or {}), "messages": [item.raw]}]}]
        case _:
            return [item.raw]
