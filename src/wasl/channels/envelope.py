"""Meta's webhook envelope, read whole: what each item of a body means in our words.

Three providers deliver this envelope. Reading is pure, and one broken item stops none of its neighbours.
"""

from collections.abc import Callable, Iterator

from wasl.channels.fields import Object, object_of
from wasl.channels.identities import read_address_book, read_user_id
from wasl.channels.json_body import read_json
from wasl.channels.kept import noted, unreadable
from wasl.channels.messages import read_message
from wasl.channels.statuses import read_call, read_status
from wasl.channels.walk import Item, ItemKind, walk_envelope
from wasl.domain.updates import Update
from wasl.errors import UnreadableBody


def read_envelope(body: bytes) -> list[Update]:
    """Read every update of a webhook's body, in the document's order: one for each item, none left out.

    Raises UnreadableBody when the body as a whole is no JSON object, or holds no entries. Whatever else is wrong
    becomes an `Unreadable` among the others.
    """
    return [_read_item(item) for item in walk_body(body)]


def walk_body(body: bytes) -> Iterator[Item]:
    """Decode a body and walk its items as they stand there. Raises UnreadableBody as `read_envelope` does."""
    try:
        document = read_json(body)
    except ValueError as error:
        raise UnreadableBody(f"The body is not JSON that can be read: {error}") from error
    return walk_envelope(document)


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
