"""Words as people mean them, in any script: without regard to case, accents, and what keyboards write differently."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

_SAME_LETTERS = str.maketrans({"ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ـ": None, "٫": ".", "٬": ",", "ı": "i"})
"""Letters and signs of Arabic script that are written one for the other, and the stroke that only lengthens a word."""
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese: no spaces stand between words, so that each sign counts as one."""
_ARABIC_PREFIXES = frozenset(
    before + article for before in ("", *"وفبكل", "وب", "ول", "وك", "فب", "فل") for article in ("", "ال", "لل")
)
"""And, so, with, like, for, the: written as one with the word that follows."""
_ROOT_LETTERS_MIN = 3
"""What is left of a word without them; of a shorter rest they were a part."""
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")


def plain_words(text: str) -> list[str]:
    """The words of a text, in order, in the one form in which they can be compared."""
    words: list[str] = []
    word = ""
    for character in folded(text):
        if _UNSPACED.match(character):
            words += [word, character]
            word = ""
        elif character.isalnum() or unicodedata.category(character).startswith("M"):
            word += character
        else:
            words.append(word)
            word = ""
    return [found for found in (*words, word) if found]


def has_words(text: str) -> bool:
    """Whether a text says anything: pictures of faces and punctuation alone do not."""
    return any(character.isalnum() for character in _KEYCAP.sub("", text))


def first_named(text: str, phrases: Iterable[str]) -> str | None:
    """The first of these words or phrases that a text contains as whole words; None when it contains none."""
    words = [_forms(word) for word in plain_words(text)]
    places: dict[str, list[int]] = {}
    for place, forms in enumerate(words):
        for form in forms:
            places.setdefault(form, []).append(place)
    for phrase in phrases:
        wanted = _words_of_phrase(phrase)
        found = (
            _follow(words, places.get(wanted[0], ()), wanted) if wanted else phrase.strip() and phrase.strip() in text
        )
        if found:
            return phrase
    return None


@lru_cache(maxsize=4096)  # Accounts name a few, and ask for them with every burst.
def _words_of_phrase(phrase: str) -> tuple[str, ...]:
    return tuple(plain_words(phrase))


def _follow(words: Sequence[frozenset[str]], starts: Sequence[int], wanted: Sequence[str]) -> bool:
    """Whether all words of a phrase stand behind one of the places at which its first one does."""
    return any(
        start + len(wanted) <= len(words) and all(word in words[start + n] for n, word in enumerate(wanted))
        for start in starts
    )


@lru_cache(maxsize=4096)
def _forms(word: str) -> frozenset[str]:
    """A word with and without what Arabic writes in front of it."""
    cuts = range(1, min(5, len(word) - _ROOT_LETTERS_MIN + 1))
    return frozenset({word, *(word[cut:] for cut in cuts if word[:cut] in _ARABIC_PREFIXES)})


def folded(text: str) -> str:
    """A text in lower case, without accents, and with our digits; what stands between words stays."""
    # Once more after the change of case: what is only another way to draw a letter has a case, and some cases parts.
    lower = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(map(_plain, lower)).translate(_SAME_LETTERS)


def _plain(sign: str) -> str:
    """A sign without what is only drawn beside it; a digit of any script as ours."""
    if sign.isascii():
        return sign
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return ""
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)
