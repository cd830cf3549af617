"""Builds webhook bodies as Meta does, signs them, and puts them together or in disorder when asked to."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson

from wasl.emulator.behaviour import BatchStyle, Behaviours
from wasl.emulator.deliveries import Letter
from wasl.emulator.limits import EMULATOR_COPIES_MAX, EMULATOR_UPDATES_PER_BODY_MAX
from wasl.emulator.numbers import BusinessNumber


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that the business is told: a field of the webhook, its value, and the ids that name what is in it."""

    field: str
    value: dict[str, Any]
    provider_ids: tuple[str, ...]


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


def envelope(number: BusinessNumber, updates: list[Update], style: BatchStyle = BatchStyle.CHANGES) -> bytes:
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


class Dispatch:
    """Turns updates into bodies as the number's behaviour says: one each, or gathered, shuffled and repeated."""

    def __init__(self, behaviours: Behaviours, post: Callable[[Letter, float], object], chance: Random) -> None:
        self._behaviours = behaviours
        self._post = post
        self._chance = chance
        self._gathered: dict[str, list[Update]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def tell(self, number: BusinessNumber, update: Update) -> None:
        """Tell a business of an update, now or as soon as enough others have gathered."""
        behaviour = self._behaviours.of(number.phone_number_id)
        gathered = self._gathered.setdefault(number.phone_number_id, [])
        gathered.append(update)
        wanted = min(max(behaviour.batch, behaviour.reorder), EMULATOR_UPDATES_PER_BODY_MAX)
        if len(gathered) >= wanted:
            self._flush(number)
        elif number.phone_number_id not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[number.phone_number_id] = loop.call_later(behaviour.gather_seconds, self._flush, number)

    @property
    def waiting(self) -> int:
        """How many updates wait for others to gather."""
        return sum(len(gathered) for gathered in self._gathered.values())

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._gathered.clear()

    def _flush(self, number: BusinessNumber) -> None:
        timer = self._timers.pop(number.phone_number_id, None)
        if timer is not None:
            timer.cancel()
        behaviour = self._behaviours.of(number.phone_number_id)
        updates = self._gathered.pop(number.phone_number_id, [])
        if behaviour.reorder > 1:
            self._chance.shuffle(updates)
        size = min(max(behaviour.batch, 1), EMULATOR_UPDATES_PER_BODY_MAX)
        for start in range(0, len(updates), size):
            group = updates[start : start + size]
            ids = [one for update in group for one in update.provider_ids]
            letter = sealed(number, envelope(number, group, behaviour.batch_style), ids)
            for _ in range(min(max(behaviour.duplicate, 1), EMULATOR_COPIES_MAX)):
                spread = behaviour.delay_spread_seconds * self._chance.random()
                self._post(letter, behaviour.delay_seconds + spread)


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
