"""Arabic out of PDF files, put back into the order in which it is read.

A page holds signs in the order in which they were drawn. What reads it (pypdf) takes for granted that lines were drawn
from the left, and turns every stretch of Arabic round. That is right for most files, but for numbers in Arabic digits,
which are written from the left like all numbers. Files that hold Arabic as it is read come out letter by letter
backwards: that is told from how words begin and end.
"""

import re
import unicodedata
from typing import Final

BACKWARDS_MIN = 3
"""Words of a page that must look turned round, unless the page before it was: a greeting has two."""
BACKWARDS_SHARE = 3
"""So many times as many must look like that as look right."""

_RTL: Final = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_WORD = re.compile("[\u0621-\u064a]{2,}")
_LEFT_TO_RIGHT = re.compile(rf"([^\W{_RTL}](?:[^{_RTL}\n]*[^\W{_RTL}])?[^\w\s{_RTL}]*[^\S\n]?)")
"""Latin words and our digits, with the signs up to the next blank."""
_DIGITS: Final = "\u0660-\u0669\u06f0-\u06f9"
_NUMBER = re.compile(rf"(\A\s*|[^\W{_RTL}][^\w\n{_RTL}]*)?([{_DIGITS}]+(?:[.,:/\u066b\u066c-][{_DIGITS}]+)*)")
"""One in Arabic digits, after what makes it a part of a stretch that was not turned round: the beginning of the page,
or something else that is read from the left."""
_WORDS = "من في على الى إلى عن هذا هذه التي الذي او أو مع كل بعد قبل عند غير لكم"
_COMMON: Final = frozenset(_WORDS.split())


def in_reading_order(text: str, was_backwards: bool) -> tuple[str, bool]:
    """The text of a page as it is read, and whether it stood backwards; what tells nothing is as the page before."""
    backwards = _stands_backwards(text, was_backwards)
    if backwards:
        return "\n".join(map(_turned, text.split("\n"))), True
    return _NUMBER.sub(lambda found: found[0] if found[1] is not None else found[2][::-1], text), False


def _stands_backwards(text: str, otherwise: bool) -> bool:
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    right = sum(map(_looks_right, words))
    wrong = sum(_looks_right(word[::-1]) for word in words)
    if wrong >= BACKWARDS_MIN and wrong > BACKWARDS_SHARE * right:
        return True
    return otherwise and wrong >= right


def _looks_right(word: str) -> bool:
    """Whether a word is a common one, has the article, or ends with what no word begins with."""
    return word in _COMMON or word[-1] in "ةى" or (word.startswith("ال") and len(word) > len("ال") + 1)


def _turned(line: str) -> str:
    pieces = _LEFT_TO_RIGHT.split(line)
    return "".join(piece if place % 2 else piece[::-1] for place, piece in enumerate(pieces))
