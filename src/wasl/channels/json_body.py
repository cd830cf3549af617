"""JSON from outside: fast where it is proper, lenient where it is not, and always fit to be stored."""

import json
import re
from typing import Any

import orjson

from wasl.channels.limits import JSON_DEPTH_MAX

# PostgreSQL stores no NUL and no encoder writes half a surrogate pair; both can be spelled in JSON.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_INTEGER_DIGITS_MAX = 18  # Longer ones are ids, not amounts, and no 64-bit integer holds them.


def read_json(raw: bytes | str) -> Any:
    """Decode JSON and replace the characters that cannot be stored by U+FFFD.

    What orjson refuses but can still be understood is read too: a byte order mark, invalid UTF-8, lone surrogates, raw
    control characters, NaN (as null) and numbers beyond 64 bits (as text). Raises ValueError when it is no JSON, or is
    nested deeper than `JSON_DEPTH_MAX`.
    """
    body = raw.encode("utf-8", "replace") if isinstance(raw, str) else raw
    try:
        value = orjson.loads(body)
        unclean = b"\\" in body and b"\\u0000" in body
    except orjson.JSONDecodeError:
        value = _read_leniently(body)
        unclean = True
    # Few brackets cannot nest deeply; counting them is cheaper than looking.
    if body.count(b"{") + body.count(b"[") > JSON_DEPTH_MAX and _is_deeper_than(JSON_DEPTH_MAX, value):
        raise ValueError(f"nested deeper than {JSON_DEPTH_MAX} levels")
    return _storable(value) if unclean else value


def write_json(value: Any) -> bytes:
    """Encode what `read_json` returned."""
    return orjson.dumps(value)


def write_canonical_json(value: Any) -> bytes:
    """Encode with sorted keys: equal values give equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def storable_text(text: str) -> str:
    """Replace the characters that cannot be stored or sent by U+FFFD."""
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def _read_leniently(body: bytes) -> Any:
    text = body.decode(json.detect_encoding(body), "replace")
    try:
        return json.loads(
            text, strict=False, parse_int=_integer, parse_float=_finite_float, parse_constant=lambda _name: None
        )
    except RecursionError as error:
        raise ValueError(f"nested deeper than {JSON_DEPTH_MAX} levels") from error


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _INTEGER_DIGITS_MAX else digits


def _finite_float(digits: str) -> float | str:
    value = float(digits)
    return value if abs(value) != float("inf") else digits


def _is_deeper_than(levels: int, value: Any) -> bool:
    # Level by level, because recursion is what must not happen here.
    containers = [value] if isinstance(value, (dict, list)) else []
    while containers and levels:
        levels -= 1
        containers = [
            inner
            for container in containers
            for inner in (container.values() if type(container) is dict else container)
            if type(inner) is dict or type(inner) is list
        ]
    return bool(containers)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {storable_text(key): _storable(item) for key, item in value.items()}
    return value
