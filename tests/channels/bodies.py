"""Webhook bodies of Meta's shape, with invented people, numbers and texts."""

import json
from dataclasses import replace
from typing import Any

from wasl.channels.envelope import read_envelope
from wasl.domain.updates import Update

NUMBER_ID = "550100100100100"
BUSINESS = "15550100100"
RAMI = "9613000001"
LINA = "9613000002"
RAMI_ID = "LB.4400112233445566"
LINA_ID = "LB.9900112233445566"
AT = 1_790_000_000

METADATA = {"display_phone_number": BUSINESS, "phone_number_id": NUMBER_ID}


def contact(wa_id: str | None = RAMI, name: str = "Rami Haddad", **more: Any) -> dict[str, Any]:
    """Build an entry of `contacts[]`."""
    return {"profile": {"name": name}, **({"wa_id": wa_id} if wa_id else {}), **more}


def message(
    message_type: str = "text", message_id: str = "wamid.one", sender: Any = RAMI, **more: Any
) -> dict[str, Any]:
    """Build a message of Rami; a text unless told otherwise."""
    built: dict[str, Any] = {"from": sender, "id": message_id, "timestamp": str(AT), "type": message_type}
    if message_type == "text":
        built["text"] = {"body": "kifak"}
    return built | more


def status(word: str = "delivered", message_id: str = "wamid.ours", **more: Any) -> dict[str, Any]:
    """Build a delivery report."""
    return {"id": message_id, "status": word, "timestamp": str(AT), "recipient_id": RAMI} | more


def change(field: str = "messages", **value: Any) -> dict[str, Any]:
    """Build a change of our number."""
    return {"field": field, "value": {"messaging_product": "whatsapp", "metadata": METADATA, **value}}


def body(*changes: Any, **entry: Any) -> bytes:
    """Encode a body with one entry."""
    return envelope({"id": "700100", "changes": list(changes), **entry})


def envelope(*entries: Any) -> bytes:
    """Encode a body."""
    return json.dumps({"object": "whatsapp_business_account", "entry": list(entries)}).encode()


def read_one(raw: bytes) -> Update:
    """Read a body that holds one item, and again from what was kept of it; both must say the same."""
    (update,) = read_envelope(raw)
    again = read_envelope(update.origin_json())
    assert [plain(other) for other in again] == [plain(update)]
    assert again[0].origin_json() == update.origin_json()
    return update


def plain(update: Update) -> Update:
    """Take off what is made on demand, so that two readings can be compared."""
    return replace(update, origin_json=_no_origin)


def _no_origin() -> bytes:
    return b""
