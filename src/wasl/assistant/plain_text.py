"""Words as they may be shown to a model or said to a customer: nothing invisible in them, and not too many."""

import re

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but not tabs and line ends
    "\u200b\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"  # no width, turned direction
    "\ud800-\udfff"  # halves of characters, which no database keeps
    "\U000e0000-\U000e007f]"  # letters that nobody sees and some models read
)


def plain(text: str) -> str:
    """The same without what nobody can see: orders to a model hide there, and texts that read backwards."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def beginning(text: str, characters_max: int) -> str:
    """A text, or as much of its beginning as there is room for."""
    return text if len(text) <= characters_max else f"{text[: characters_max - 1]}…"


def ending(text: str, characters_max: int) -> str:
    """A text, or as much of its end as there is room for."""
    return text if len(text) <= characters_max else f"…{text[len(text) - characters_max + 1 :]}"
