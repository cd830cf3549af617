"""Webhook bodies as Meta builds them, and its signature."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from wasl.emulator.behaviour import BatchStyle
from wasl.emulator.deliveries import Letter
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.updates import Update


def signature_of(body: bytes, app_secret: str) -> str:
    """Return the value of `X-Hub-Signature-256` for these bytes."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def sealed(number: BusinessNumber, body: bytes, provider_ids: Iterable[str], *, secret: str | None = None) -> Letter:
    """Return the body with its signature, ready to be delivered; another secret makes it a forgery."""
    signature = signature_of(body, number.app_secret if secret is None else secret)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature-256": signature,
    }
    return Letter(number.phone_number_id, body, headers, tuple(provider_ids))


def envelope(number: BusinessNumber, updates: Sequence[Update], style: BatchStyle = BatchStyle.CHANGES) -> bytes:
    """Return one body with all these updates."""
    changes = [{"value": _value(number, update), "field": update.field} for update in updates]
    if style is BatchStyle.MESSAGES:
        changes = _joined(changes)
    groups = [[change] for change in changes] if style is BatchStyle.ENTRIES else [changes]
    entries = [{"id": number.business_account_id, "changes": group} for group in groups]
    return orjson.dumps({"object": "whatsapp_business_account", "entry": entries})


def provider_ids_of(value: object) -> tuple[str, ...]:
    """Return the ids of everything in a value: messages and echoes by id, statuses as `id:status`."""
    if not isinstance(value, dict):
        return ()
    lists = [value.get("messages"), value.get("message_echoes"), *_history_lists(value)]
    found = [
        item.get("id") for listed in lists if isinstance(listed, list) for item in listed if isinstance(item, dict)
    ]
    statuses = value.get("statuses")
    for status in statuses if isinstance(statuses, list) else []:
        if isinstance(status, dict):
            found.append(f"{status.get('id')}:{status.get('status')}")
    return tuple(one for one in found if isinstance(one, str))


def _value(number: BusinessNumber, update: Update) -> dict[str, Any]:
    metadata = {"display_phone_number": number.display_phone_number, "phone_number_id": number.phone_number_id}
    return {"messaging_product": "whatsapp", "metadata": metadata} | update.value


def _joined(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put messages (and likewise statuses) of consecutive changes into one value; each contact is named once."""
    joined: list[dict[str, Any]] = []
    for change in changes:
        last = joined[-1] if joined else None
        kind = next((kind for kind in ("messages", "statuses") if kind in change["value"]), None)
        if last is None or kind is None or kind not in last["value"] or last["field"] != change["field"]:
            joined.append({"value": dict(change["value"]), "field": change["field"]})
            continue
        value = last["value"]
        value[kind] = [*value[kind], *change["value"][kind]]
        contacts = [*value.get("contacts", []), *change["value"].get("contacts", [])]
        value["contacts"] = list({orjson.dumps(contact): contact for contact in contacts}.values())
    return joined


def _history_lists(value: dict[str, Any]) -> list[Any]:
    chunks = value.get("history")
    threads = (
        [t for c in chunks if isinstance(c, dict) for t in _list(c.get("threads"))] if isinstance(chunks, list) else []
    )
    return [thread.get("messages") for thread in threads if isinstance(thread, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
