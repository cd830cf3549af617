"""Meta's webhook envelope, read whole: what each item of a body means in our words.

Three providers deliver this envelope. Reading is pure, and one broken item stops none of its neighbours.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from wasl.channels.fields import Object, object_of
from wasl.channels.identities import read_address_book, read_user_id
from wasl.channels.json_body import read_json
from wasl.channels.kept import noted, unreadable
from wasl.channels.messages import read_message
from wasl.channels.statuses import read_call, read_status
from wasl.channels.walk import Item, ItemKind, walk_envelope
from wasl.domain.channels import Access
from wasl.domain.updates import Update
from wasl.errors import UnreadableBody


def read_envelope(body: bytes, arrived_ms: int = 0) -> list[Update]:
    """Read every update of a webhook's body, in the document's order: one for each item, none left out.

    Raises UnreadableBody when the body as a whole is no JSON object, or holds no entries. Whatever else is wrong
    becomes an `Unreadable` among the others. `arrived_ms` tells apart what has neither id nor time.
    """
    return [_read_item(item) for item in walk_body(body, arrived_ms)]


def read_document(document: Any, arrived_ms: int = 0) -> list[Update]:
    """The same of a body that is decoded already. Raises UnreadableBody when it holds no entries."""
    return [update for _, update in read_items(document, arrived_ms)]


def read_items(document: Any, arrived_ms: int = 0) -> Iterator[tuple[Item, Update]]:
    """The same, each update with what it was read from."""
    for item in walk_envelope(document, arrived_ms):
        yield item, _read_item(item)


def of_channel(updates: Iterable[Update], access: Access | None) -> list[Update]:
    """The same updates, where they came to the own address of a channel: what should name a number and names none is
    of that channel. What speaks of a whole business account stays nobody's."""
    number = access.phone_number_id if access is not None else ""
    return [replace(update, phone_number_id=number) if update.phone_number_id == "" else update for update in updates]


def walk_body(body: bytes, arrived_ms: int = 0) -> Iterator[Item]:
    """Decode a body and walk its items as they stand there. Raises UnreadableBody as `read_envelope` does."""
    try:
        document = read_json(body)
    except ValueError as error:
        raise UnreadableBody(f"The body is not JSON that can be read: {error}") from error
    return walk_envelope(document, arrived_ms)


def _read_item(item: Item) -> Update:
    reader = _READERS.get(item.kind)
    if reader is None:
        return _read_whole(item)
    raw = object_of(item.raw)
    if raw is None:
        return unreadable(item, f"the {item.kind} is no object")
    try:
        return reader(item, raw)
    except Exception as error:
        # A fault of ours must not cost the neighbours their place: the item is kept, counted and read again later.
        return unreadable(item, f"{type(error).__name__} while reading a {item.kind}")


def _read_whole(item: Item) -> Update:
    """Judge what held none of the items that are read: unknown fields are kept, broken ones are to be read later."""
    if item.kind is ItemKind.ENTRY:
        return unreadable(item, "the entry holds no changes")
    if item.kind is ItemKind.REST:
        return noted(item)
    if object_of(item.raw) is None:
        return unreadable(item, f"the {item.kind} is no object")
    if item.kind is ItemKind.CHANGE and not item.change.value and item.change.name in _FIELDS_READ:
        return unreadable(item, f"the field {item.change.name} holds no object")
    return noted(item)


def _note(item: Item, _raw: Object) -> Update:
    return noted(item)


_FIELDS_READ = {"messages", "calls", "history", "smb_message_echoes", "smb_app_state_sync", "user_id_update"}

_READERS: dict[ItemKind, Callable[[Item, Object], Update]] = {
    ItemKind.MESSAGE: read_message,
    ItemKind.ECHO: read_message,
    ItemKind.HISTORY_MESSAGE: read_message,
    ItemKind.STATUS: read_status,
    ItemKind.CALL: read_call,
    ItemKind.ERROR: _note,
    ItemKind.HISTORY_ERROR: _note,
    ItemKind.ADDRESS_BOOK: read_address_book,
    ItemKind.USER_ID: read_user_id,
}
