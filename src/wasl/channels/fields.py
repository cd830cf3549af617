"""Fields of a provider's JSON, of which every one is optional and may be of any type."""

from collections.abc import Mapping
from typing import Any

from wasl.channels.json_body import read_json

Object = Mapping[str, Any]

TIMESTAMP_SECONDS_MAX = 253_370_764_800
"""The beginning of the year 9999: a day later must still be a date."""
_SECONDS_DIGITS = 10
_MILLISECONDS_FROM = 10**11  # As seconds, this would be the year 5138.


def text_of(value: Any) -> str | None:
    """Read an id or a text: a non-empty string, or a whole number as its digits; None for all else."""
    if value is None:
        return None
    kind = type(value)
    if kind is str:
        return value or None
    if kind is int:
        return str(value)
    if kind is float and value.is_integer():
        return str(int(value))
    return None


def object_of(value: Any) -> Object | None:
    """Read an object, which may have been written as a JSON string; None for all else."""
    if type(value) is dict:
        return value
    if type(value) is str and value.lstrip()[:1] == "{":
        value = _unwrapped(value)
        return value if type(value) is dict else None
    return None


def list_of(value: Any) -> list[Any]:
    """Read a list, which may have been written as a JSON string; a lone value is one of one."""
    if type(value) is list:
        return value
    if not value:
        return []
    if type(value) is str and value.lstrip()[:1] in {"[", "{"}:
        value = _unwrapped(value)
        return value if type(value) is list else [value]
    return [value]


def is_true(value: Any) -> bool:
    """Read a flag, which may have been written as a string."""
    return value is True or (type(value) is str and value.lower() == "true")


def seconds_of(value: Any, otherwise: Any = None) -> int:
    """Read a Unix time in seconds, given as number or string, in seconds or milliseconds.

    What cannot be read falls back to `otherwise` (read by the same rules), then to 0: a message without a time stands
    where it arrived. The result lies between 0 and
    TIMESTAMP_SECONDS_MAX.
    """
    if type(value) is str and len(value) == _SECONDS_DIGITS and value.isdecimal():
        return int(value)  # As Meta writes it, on the hot path.
    seconds = _seconds(value)
    if seconds is None:
        seconds = _seconds(otherwise)
    return seconds or 0


def _seconds(value: Any) -> int | None:
    if type(value) not in {str, int, float}:
        return None
    try:
        seconds = int(value)
    except (ValueError, OverflowError):
        try:
            seconds = int(float(value))
        except (ValueError, OverflowError):
            return None
    if seconds >= _MILLISECONDS_FROM:
        seconds //= 1000
    # A time that no calendar has is no time: believed, it would stand below everything that follows.
    return max(seconds, 0) if seconds <= TIMESTAMP_SECONDS_MAX else None


def _unwrapped(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError:
        return text
