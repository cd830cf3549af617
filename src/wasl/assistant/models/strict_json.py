"""JSON that a model has written: read only where it means one thing."""

import json
import re
from typing import Any, NoReturn

from wasl.assistant.limits import JSON_DEPTH_MAX

JsonObject = dict[str, Any]
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
"""What some models of one's own think aloud before they answer."""


def read_object(text: str) -> JsonObject:
    """A JSON object and nothing else. Raises ValueError, also for a key that stands there twice, for numbers that are
    none, and for what is nested too deeply."""
    value, end = _decoded(text, 0)
    if text[end:].strip():
        raise ValueError("there is something after the object")
    return value


def only_object(text: str) -> JsonObject:
    """The one object in a text: models put it into a code block, or a sentence before it. Raises ValueError when there
    is none, or more than one."""
    answer = _THOUGHTS.sub("", text)
    value, end = _decoded(answer, answer.find("{"))
    if "{" in answer[end:]:
        raise ValueError("there is more than one object")
    return value


def _decoded(text: str, start: int) -> tuple[JsonObject, int]:
    begin = len(text) - len(text.lstrip()) if start == 0 else start
    try:
        value, end = _DECODER.raw_decode(text, begin) if begin >= 0 else (None, 0)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - whoever reads it waits for one kind of error
    if _is_deeper_than(JSON_DEPTH_MAX, value):
        raise ValueError("it is nested too deeply")
    return value, end


def _once(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        # One reader takes the first, another the last: what was checked might not be what is done.
        raise ValueError("a key stands there twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _finite(digits: str) -> float:
    value = float(digits)
    if abs(value) == float("inf"):
        raise ValueError("a number is too large")
    return value


def _is_deeper_than(levels: int, value: Any) -> bool:
    held = [value]
    while held and levels:
        levels -= 1
        parts = [part for one in held for part in (one.values() if isinstance(one, dict) else one)]
        held = [part for part in parts if isinstance(part, dict | list)]
    return bool(held)


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
