"""What a text commits to: numbers, prices, times, dates and addresses, each in the one form in which it compares."""

import re
from collections.abc import Callable

from wasl.domain.plain_words import folded

_HALF_DAY_HOURS = 12
_LINK = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DATE = re.compile(
    r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b|\b(\d{1,2})/(\d{1,2})(?:/\d{2,4})?\b|\b(\d{1,2})\.(\d{1,2})\.\d{2,4}\b"
)
_LONG_NUMBER = re.compile(r"\+?\d(?:[ \-()]{0,2}\d){6,}(?![:h]?\d)")
"""Seven digits or more, in one or in groups: a telephone, or a price with spaces."""
_HALF = r"(a\.?m\b|p\.?m\b|صباحا|مساء|ظهرا|ليلا)"
_TIME = re.compile(rf"\b(\d{{1,2}})(?:\s?[:h]\s?(\d{{2}})\b|\s?h\b)\s*{_HALF}?|\b(\d{{1,2}})\s*{_HALF}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_AFTERNOON = ("p", "مساء", "ظهرا", "ليلا")


def facts_of(text: str) -> dict[str, bool]:
    """What a text commits to, and of each whether it is a full hour of the day: "6 pm", "18:00" and "18h" are one."""
    found: dict[str, bool] = {}
    left = folded(text)
    for form, read in _FORMS:
        for match in form.finditer(left):
            fact, is_hour = read(match)
            found[fact] = found.get(fact, False) or is_hour
        left = form.sub(" ", left)
    return found


def contradictions(said: dict[str, bool], other: dict[str, bool]) -> tuple[set[str], set[str]]:
    """What only the one commits to, and what only the other. "6" may be 18:00, if one of them tells the time."""
    missing, extra = said.keys() - other.keys(), other.keys() - said.keys()
    for fact in sorted(missing):
        twin = next((one for one in sorted(extra) if _is_same_hour(fact, one, said[fact] or other[one])), None)
        if twin is not None:
            missing, extra = missing - {fact}, extra - {twin}
    return missing, extra


def _is_same_hour(one: str, other: str, tells_time: bool) -> bool:
    is_numbers = one.isdigit() and other.isdigit()
    return tells_time and is_numbers and abs(int(one) - int(other)) == _HALF_DAY_HOURS


def _link(match: re.Match[str]) -> tuple[str, bool]:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", match[0]).rstrip("/.,;:!?)»\"'"), False


def _date(match: re.Match[str]) -> tuple[str, bool]:
    day, month = match[3] or match[4] or match[6], match[2] or match[5] or match[7]
    return f"{int(day)}/{int(month)}", False


def _long_number(match: re.Match[str]) -> tuple[str, bool]:
    return re.sub(r"\D", "", match[0]), False


def _time(match: re.Match[str]) -> tuple[str, bool]:
    hour, minutes, half = int(match[1] or match[4]), int(match[2] or 0), match[3] or match[5] or ""
    if half:
        hour = hour % _HALF_DAY_HOURS + (_HALF_DAY_HOURS if half.startswith(_AFTERNOON) else 0)
    return (f"{hour}:{minutes:02}", False) if minutes else (str(hour), True)


def _number(match: re.Match[str]) -> tuple[str, bool]:
    written = match[0]
    if _THOUSANDS.fullmatch(written):
        return re.sub(r"\D", "", written), False
    whole, _, part = written.replace(",", ".").rpartition(".")
    if not whole:
        return str(int(written)), False
    digits, decimals = whole.replace(".", ""), part.rstrip("0")
    return f"{int(digits)}.{decimals}" if decimals else str(int(digits)), False


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[str, bool]]], ...] = (
    (_LINK, _link),
    (_DATE, _date),
    (_LONG_NUMBER, _long_number),
    (_TIME, _time),
    (_NUMBER, _number),
)
