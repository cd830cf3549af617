"""A plain list of what the reader's own walk finds in a folder of webhook bodies, as JSON lines.

    python plain_walk.py FOLDER

FOLDER holds `meta/*.json` and `montymobile/*.json`. Standard output gets one line for each file:
`{"file": "meta/….json", "events": [{"kind": "message", "field": "messages", "id": "wamid.…", …}]}`.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wasl.channels.envelope import walk_body
from wasl.channels.fields import Object, list_of, object_of
from wasl.channels.walk import Item, ItemKind

FOLDERS = ("meta", "montymobile")
SHOWN_AS_OTHER = {ItemKind.CHANGE, ItemKind.ADDRESS_BOOK, ItemKind.USER_ID}


def main(folder: Path) -> None:
    """Print the line of each file below the folder."""
    for path in sorted(path for name in FOLDERS for path in (folder / name).glob("*.json")):
        line = {"file": path.relative_to(folder).as_posix(), "events": list(events_of(path.read_bytes()))}
        print(json.dumps(line))


def events_of(body: bytes) -> Iterator[dict[str, Any]]:
    """List what the walk finds; a change of which no item is shown gives one `other`."""
    others = []
    for item in walk_body(body):
        if item.kind not in SHOWN_AS_OTHER:
            yield _event_of(item)
        elif item.change not in others:
            others.append(item.change)
            yield {"kind": "other", "field": item.change.field}


def _event_of(item: Item) -> dict[str, Any]:
    raw = object_of(item.raw) or {}
    metadata = object_of(item.change.value.get("metadata")) or {}
    event = {"kind": str(item.kind), "field": item.change.field, "pnid": metadata.get("phone_number_id")}
    return event | _facts_of(item, raw)


def _facts_of(item: Item, raw: Object) -> dict[str, Any]:
    match item.kind:
        case ItemKind.MESSAGE:
            return _picked(raw, "id", "type") | {
                "from_": _first(raw, "from", "from_user_id"),
                "ts": raw.get("timestamp"),
            }
        case ItemKind.ECHO:
            return _picked(raw, "id", "type") | {"to": _first(raw, "to", "to_user_id"), "ts": raw.get("timestamp")}
        case ItemKind.STATUS:
            codes = [(object_of(error) or {}).get("code") for error in list_of(raw.get("errors"))]
            to = _first(raw, "recipient_id", "recipient_user_id")
            return _picked(raw, "id", "status") | {"to": to, "errors": codes}
        case ItemKind.CALL:
            return _picked(raw, "id", "event")
        case ItemKind.HISTORY_MESSAGE:
            thread = item.thread or {}
            context = object_of(thread.get("context")) or {}
            return _picked(raw, "id", "type") | {"thread": thread.get("id", context.get("user_id"))}
        case _:
            return _picked(raw, "code")


def _picked(raw: Object, *keys: str) -> dict[str, Any]:
    return {key: raw.get(key) for key in keys}


def _first(raw: Object, *keys: str) -> Any:
    return next((raw[key] for key in keys if raw.get(key) is not None), None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
