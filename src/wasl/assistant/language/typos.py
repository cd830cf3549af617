"""Words that somebody has mistyped: one letter more, one less, another one, or two that changed places."""

from collections.abc import Iterable
from typing import Final

LETTERS_MIN: Final = 5
"""Among shorter words one letter makes another word."""
LETTERS_MIN_SWAPPED: Final = 4
"""Two letters that changed places are told from another word a little sooner."""


def meant_by(word: str, candidates: Iterable[str]) -> str | None:
    """The first of the candidates that a word may have been meant to be; its first letter is never the mistake.

    >>> meant_by("delivrey", ["deliver", "delivery"]), meant_by("cart", ["card"])
    ('delivery', None)
    """
    if len(word) < LETTERS_MIN_SWAPPED:
        return None
    for candidate in candidates:
        if candidate[0] == word[0] and abs(len(candidate) - len(word)) <= 1 and _is_near(word, candidate):
            return candidate
    return None


def _is_near(word: str, other: str) -> bool:
    shorter, longer = sorted((word, other), key=len)
    place = 0
    while place < len(shorter) and shorter[place] == longer[place]:
        place += 1
    if len(shorter) < len(longer):
        return len(shorter) >= LETTERS_MIN - 1 and len(word) >= LETTERS_MIN and shorter[place:] == longer[place + 1 :]
    if shorter[place + 2 :] == longer[place + 2 :] and shorter[place : place + 2] == longer[place : place + 2][::-1]:
        return True
    # In Arabic another letter is another root.
    return len(word) >= LETTERS_MIN and word.isascii() and shorter[place + 1 :] == longer[place + 1 :]
