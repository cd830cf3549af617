"""The one form in which a model answers a customer, and how strictly it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wasl.assistant.limits import REASON_CHARACTERS_MAX
from wasl.assistant.models.strict_json import only_object
from wasl.assistant.plain_text import beginning, plain


class Action(StrEnum):
    """What a model wants to do."""

    REPLY = "reply"
    HANDOVER = "handover"
    """A person should answer."""
    SILENCE = "silence"
    """Nothing needs to be said."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a model has answered, of the right types. Nothing of it is believed yet."""

    action: Action
    text: str
    language: str | None
    confidence: int
    entry_ids: tuple[int, ...]
    reason: str


class Malformed(Exception):
    """What a model has answered is not of the form; says what is wrong."""


ANSWER_FORM: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "enum": [action.value for action in Action]},
        "text": {"type": "string", "description": "What the customer is to read; of a handover, a draft for the team."},
        "language": {"type": ["string", "null"], "description": "Of the text: en, fr, ar, arabizi, or another code."},
        "confidence": {"type": "integer", "description": "From 0 to 100: how sure the data is about this answer."},
        "entry_ids": {"type": "array", "items": {"type": "string"}, "description": "What the text stands on."},
        "reason": {"type": "string", "description": "Of a handover: asked, unknown, or a short sentence."},
    },
    "required": ["action", "text", "language", "confidence", "entry_ids", "reason"],
    "additionalProperties": False,
}


def decision_of(raw: str) -> Decision:
    """Read an answer. What may be missing is only what a reply does not need. Raises Malformed."""
    try:
        told = only_object(raw)
    except ValueError as error:
        raise Malformed(f"It must be one JSON object and nothing else: {error}.") from error
    try:
        action = Action(str(told.get("action")))
    except ValueError as error:
        raise Malformed('"action" must be "reply", "handover" or "silence".') from error
    text = _words(told, "text")
    if action is Action.REPLY and not text:
        raise Malformed('A reply needs a "text".')
    return Decision(
        action=action,
        text=text,
        language=_words(told, "language").lower() or None,
        confidence=_confidence(told.get("confidence", None if action is Action.REPLY else 0)),
        entry_ids=_entry_ids(told.get("entry_ids", [])),
        reason=beginning(_words(told, "reason"), REASON_CHARACTERS_MAX),
    )


def _words(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if value is not None and not isinstance(value, str):
        raise Malformed(f'"{name}" must be a text.')
    return plain(value or "").strip()


def _confidence(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise Malformed('"confidence" must be a number from 0 to 100.')
    return round(value)


def _entry_ids(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise Malformed('"entry_ids" must be a list.')
    found: dict[int, None] = {}
    for one in value:
        if isinstance(one, bool) or not isinstance(one, int | str) or not _is_id(str(one)):
            raise Malformed('"entry_ids" must hold ids of entries.')
        found[int(one)] = None
    return tuple(found)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
