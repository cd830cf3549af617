"""Webhooks made by hand: values or whole bodies, honest or hostile, put into signed letters as a test wants them."""

import base64
import binascii
from random import Random
from typing import Any

from wasl.emulator.asked import Asked
from wasl.emulator.behaviour import BatchStyle
from wasl.emulator.deliveries import Letter
from wasl.emulator.envelopes import envelope, provider_ids_of, sealed
from wasl.emulator.limits import EMULATOR_COPIES_MAX, EMULATOR_UPDATES_PER_BODY_MAX
from wasl.emulator.numbers import BusinessNumber
from wasl.emulator.updates import Update
from wasl.errors import Invalid

_SPLITTABLE = ("messages", "statuses", "message_echoes")


def letters_of(asked: Asked, number: BusinessNumber, chance: Random) -> tuple[list[dict[str, Any]], list[Letter]]:
    """Return the values that were given, and the letters to deliver.

    Each of `values` is a value, or `{"field", "value"}`. `split` makes one of each message, `shuffle` mixes them,
    `batch` puts so many into a body, `duplicate` sends each body so often. `raw` (text) or `raw_base64` is a body as
    it is. `secret` signs with another secret.
    """
    duplicate = asked.whole("duplicate", 1, most=EMULATOR_COPIES_MAX)
    secret = asked.maybe_text("secret")
    body = _raw_body(asked)
    if body is not None:
        return [], [sealed(number, body, (), secret=secret)] * duplicate
    updates = [_update(value) for value in asked.list("values")]
    if not updates:
        raise Invalid("Give values (a list), raw (a text) or raw_base64.")
    values = [update.value for update in updates if update.field == "messages"]
    if asked.flag("split"):
        updates = [part for update in updates for part in _parts(update)]
    if asked.flag("shuffle"):
        chance.shuffle(updates)
    size = asked.whole("batch", 1, most=EMULATOR_UPDATES_PER_BODY_MAX)
    style = _style(asked)
    letters = []
    for start in range(0, len(updates), size):
        group = updates[start : start + size]
        ids = [one for update in group for one in update.provider_ids]
        letters += [sealed(number, envelope(number, group, style), ids, secret=secret)] * duplicate
    return values, letters


def _raw_body(asked: Asked) -> bytes | None:
    text, packed = asked.maybe_text("raw"), asked.maybe_text("raw_base64")
    if packed is None:
        return None if text is None else text.encode()
    try:
        return base64.b64decode(packed, validate=True)
    except binascii.Error:
        raise Invalid("raw_base64 is not base64.") from None


def _update(given: object) -> Update:
    value = Asked.object(given, "Each of values").fields
    field = "messages"
    if set(value) == {"field", "value"}:
        field, value = str(value["field"]), Asked.object(value["value"], "value").fields
    return Update(field, dict(value), provider_ids_of(value))


def _parts(update: Update) -> list[Update]:
    """Return one update for each message, status or echo of a value; one without any stays whole."""
    lists = {name: update.value[name] for name in _SPLITTABLE if isinstance(update.value.get(name), list)}
    rest = {name: value for name, value in update.value.items() if name not in lists}
    values = [rest | {name: [item]} for name, items in lists.items() for item in items]
    return [Update(update.field, value, provider_ids_of(value)) for value in values] or [update]


def _style(asked: Asked) -> BatchStyle:
    try:
        return BatchStyle(asked.maybe_text("batch_style") or BatchStyle.CHANGES)
    except ValueError:
        raise Invalid(f"batch_style is one of {', '.join(BatchStyle)}.") from None
