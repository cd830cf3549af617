"""Reads one field of a send and refuses it in Meta's words when it has the wrong shape."""

from typing import Any

from wasl.emulator.refusals import Refusal, missing, unfit


def an_object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise unfit(name, "a JSON object")
    return value


def a_list(value: object, name: str, *, most: int) -> list[Any]:
    """Return a list with one to `most` items."""
    if not isinstance(value, list):
        raise unfit(name, "an array")
    if not 1 <= len(value) <= most:
        raise unfit(name, f"an array of 1 to {most} elements")
    return value


def a_text(
    fields: dict[str, Any], key: str, of: str = "", *, usual: str | None = None, most: int = 4096, empty: bool = True
) -> str:
    """Return a text of at most `most` characters; without a usual value it must be there."""
    name = _named(key, of)
    value = fields.get(key, usual)
    if value is None:
        raise missing(name)
    if not isinstance(value, str):
        raise unfit(name, "a string")
    if not empty and not value.strip():
        raise missing(name)
    if len(value) > most:
        raise unfit(name, f"at most {most} characters long")
    return value


def a_number(fields: dict[str, Any], key: str, of: str = "") -> float:
    """Return a number; Meta takes a text of digits too."""
    name = _named(key, of)
    value = fields.get(key)
    if value is None:
        raise missing(name)
    if isinstance(value, bool):
        raise unfit(name, "a number")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise unfit(name, "a number") from None


def a_flag(fields: dict[str, Any], key: str, of: str = "") -> None:
    if not isinstance(fields.get(key, False), bool):
        raise unfit(_named(key, of), "true or false")


def known_keys(fields: dict[str, Any], name: str, known: set[str]) -> None:
    for key in fields:
        if key not in known:
            raise Refusal(100, f"Unexpected key {key!r} on param {name!r}.")


def _named(key: str, of: str) -> str:
    return f"{of}['{key}']" if of else key
