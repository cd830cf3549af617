"""Letters brought into one form, so that words can be compared however they were typed."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")
WORDS_REMEMBERED_MAX = 16_384
"""Of all that is said in a shop's languages nearly every word is among so many; some 3 MB."""

_FORGOTTEN: Final = (
    (0x0300, 0x036F),  # accents, once they stand apart from their letters
    (0x0483, 0x0489),
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),
    (0x0640, 0x0640),  # tatweel, which only stretches a word
    (0x064B, 0x065F),  # Arabic vowel marks, and hamza where it sits on another letter
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x200B, 0x200F),  # joiners and marks of direction
    (0x202A, 0x202E),
    (0x2060, 0x2069),
    (0xFE00, 0xFE0F),  # which of its two looks an emoji has
    (0xFEFF, 0xFEFF),
)
_SAME: Final = {
    "ى": "ي",
    "ی": "ي",
    "ے": "ي",
    "ة": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ک": "ك",
    "ٱ": "ا",
    "’": "'",
    "‘": "'",
    "`": "'",
    "´": "'",
    "œ": "oe",
    "æ": "ae",
}
_PLAIN: Final[dict[int, str | None]] = {
    **{code: None for first, last in _FORGOTTEN for code in range(first, last + 1)},
    **{ord(letter): same for letter, same in _SAME.items()},
    **{start + digit: str(digit) for start in (0x0660, 0x06F0, 0x0966) for digit in range(10)},
}
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|co|shop|store)\b\S*")
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORDS: Final = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)
"""Each ASCII character of a word as itself, all others as a space."""
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")


def plain(text: str) -> str:
    """A text in lower case, without accents, vowel marks, joiners and tatweel, with one kind of alef, yeh, heh and kaf,
    and with Western digits.

    >>> plain("ÉTÉ"), plain("السَّـعْر الأوّل ٢٥")
    ('ete', 'السعر الاول 25')
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    bare = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    return unicodedata.normalize("NFC", bare)  # Syllables of Korean and kana of Japanese were taken apart too.


def runs_of_letters(text: str) -> list[str]:
    """The words of a text: what stands between spaces and signs, an apostrophe among them.

    >>> runs_of_letters("Who's there? 2 friends")
    ['Who', 's', 'there', '2', 'friends']
    """
    if text.isascii():  # A fifth of the time that the expression takes, and every message is asked for its words.
        return text.encode().translate(_ASCII_WORDS).decode().split()
    return _WORD.findall(text)


class Remembered(dict[str, T]):
    """What was made of each word, for the next time that it is said. Once it is full it begins anew.

    A dictionary, for `map` then asks it without a step of Python's own, and nothing moves when a word is found. Numbers
    are made anew: each stands for itself, and they would soon be all that is remembered.
    """

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> T:
        made = self._make(word)
        if not word.isdigit():
            if len(self) >= WORDS_REMEMBERED_MAX:
                self.clear()
            self[word] = made
        return made


def without_links(text: str) -> str:
    """The same without addresses of pages and mailboxes, which are in no language."""
    # Looking for links letter by letter takes longer than all else that is asked of a message.
    dots_at_ends = text.count(". ") + text.endswith(".")
    return _LINK.sub(" ", text) if text.count(".") > dots_at_ends or "://" in text else text


def unstretched(word: str) -> str:
    """A word without the letters that were held down: `hiiiii` is `hi`.

    >>> unstretched("sooooo"), unstretched("good")
    ('so', 'good')
    """
    return _STRETCHED.sub(r"\1", word)
