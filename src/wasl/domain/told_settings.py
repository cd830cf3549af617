"""What an account tells about its assistant, looked at before it is read: each value of the kind that it must be."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wasl.domain.assistant import AssistantMode
from wasl.domain.assistant_settings import PARTS, AssistantSettings
from wasl.domain.hours import WEEKDAYS

ELSEWHERE = frozenset(("tools",))
"""Told beside the settings, and looked at by whoever reads it."""
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
_DAY = re.compile(r"(?:\d{4}-)?\d{2}-\d{2}")
_MOVES = ("end", "release")


def complaint_about(told: Any) -> str | None:
    """A sentence about the first thing that is wrong with settings as they are told; None when nothing is."""
    return next(_complaints(told), None)


def _complaints(told: Any) -> Iterator[str]:
    if not isinstance(told, dict):
        yield "Settings are an object."
        return
    usual = AssistantSettings()
    for name, value in told.items():
        if name in PARTS:
            yield from _part_complaints(name, value)
        elif name not in {one.name for one in fields(usual)}:
            if name not in ELSEWHERE:
                yield f"“{name}” is no setting."
        elif name == "mode":
            if value not in list(AssistantMode):
                yield "“mode” is off, shadow or auto."
        else:
            yield from _kind_complaints(name, value, getattr(usual, name))


def _part_complaints(part: str, told: Any) -> Iterator[str]:
    if not isinstance(told, dict):
        yield f"“{part}” is an object."
        return
    usual = PARTS[part]()
    for name, value in told.items():
        if name not in {one.name for one in fields(usual)}:
            yield f"“{part}.{name}” is no setting."
        elif name in _LOOKED_AT:
            if not _LOOKED_AT[name][0](value):
                yield f"“{part}.{name}” {_LOOKED_AT[name][1]}."
        else:
            yield from _kind_complaints(f"{part}.{name}", value, getattr(usual, name))


def _kind_complaints(name: str, value: Any, usual: Any) -> Iterator[str]:
    if isinstance(usual, bool):
        if not isinstance(value, bool):
            yield f"“{name}” is true or false."
    elif isinstance(usual, int | float):
        fits = isinstance(value, int) or (isinstance(usual, float) and isinstance(value, float))
        if not fits or isinstance(value, bool) or value < 0:
            yield f"“{name}” is a number, and not less than 0."
    elif isinstance(usual, str):
        if not isinstance(value, str):
            yield f"“{name}” is a text."
    elif isinstance(usual, Mapping):
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            yield f"“{name}” is an object of texts by language."
    elif not _are_texts(value):
        yield f"“{name}” is a list of texts."


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_zone(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _is_week(value: Any) -> bool:
    spans = [span for days in value.values() for span in days] if _is_lists(value) else [None]
    return all(isinstance(span, list) and len(span) == 2 and all(map(_is_time, span)) for span in spans)


def _is_lists(value: Any) -> bool:
    return (
        isinstance(value, dict) and value.keys() <= set(WEEKDAYS) and all(isinstance(d, list) for d in value.values())
    )


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _are_days(value: Any) -> bool:
    return _are_texts(value) and all(_DAY.fullmatch(day) for day in value)


_LOOKED_AT = {
    "zone": (_is_zone, "is a time zone such as Asia/Beirut"),
    "weekly": (_is_week, "is an object: mon to sun, each a list of spans such as [“09:00”, “18:00”]"),
    "holidays": (_are_days, "is a list of days such as 2026-12-25, or 12-25 for every year"),
    "idle_move": (lambda value: value in _MOVES, "is end or release"),
}
