"""Where Arabic script and Arabic in Latin letters meet: the consonants of a word.

Nobody agrees on how to write Arabic vowels in Latin letters, and Arabic itself leaves most of them out. What is left
without them is nearly the same: `se3er`, `si3r` and `سعر` are all `s3r`; `kifak` and `كيفك` are `kfk`. Letters that
writers of Latin letters mix up stand for one another: ح and ه, ج and its hard sound, ص and س, ق and the glottal stop,
which is left out like a vowel because most leave it out.
"""

import re
from functools import lru_cache
from typing import Final

from wasl.domain.letters import unstretched

WORDS_REMEMBERED_MAX = 32_768
CHARACTERS_MAX = 24
"""Of a word: longer ones are no words."""
STRIPPED_FROM = 4
"""Consonants that a skeleton must have before one is taken for the mark of a verb."""

_SOUNDS: Final = str.maketrans(
    {
        **dict.fromkeys("اأإآٱىئؤءقگ", ""),
        "ب": "b",
        "پ": "b",
        "ت": "t",
        "ث": "t",
        "ط": "t",
        "ج": "j",
        "چ": "x",
        "ح": "h",
        "ه": "h",
        "خ": "5",
        "د": "d",
        "ض": "d",
        "ذ": "z",
        "ز": "z",
        "ظ": "z",
        "ژ": "j",
        "ر": "r",
        "س": "s",
        "ص": "s",
        "ش": "x",
        "ع": "3",
        "غ": "8",
        "ف": "f",
        "ڤ": "f",
        "ك": "k",
        "ل": "l",
        "م": "m",
        "ن": "n",
        "و": "w",
        "ي": "y",
    }
)
_LATIN: Final = (
    ("kh", "5"),
    ("7'", "5"),
    ("gh", "8"),
    ("3'", "8"),
    ("sh", "$"),
    ("ch", "$"),
    ("th", "t"),
    ("dh", "z"),
)
_LETTERS: Final = str.maketrans(
    {
        **dict.fromkeys("aeiou2q'", ""),
        "c": "k",
        "p": "b",
        "v": "f",
        "g": "j",
        "x": "ks",
        "6": "t",
        "7": "h",
        "9": "s",
        "$": "x",
    }
)
_WEAK = re.compile(r"(?<!^)[wy]")
_DOUBLED = re.compile(r"(.)\1+")
_VERB = re.compile(r"^(?:[bm]?[tn]|[bm])(?=...)")
_ATTACHED_ARTICLE = re.compile(r"^(?:el|il|al|l)(?=[^aeiou\W][a-z0-9]{2,})")
_ATTACHED_PRONOUN = re.compile(r"(?<=..)(?:k[ou]+[mn]|ken|h[ou]+[mn])$")
_ATTACHED_PLURAL = re.compile(r"(?<=.{4})(?:een|in|ine)$")


@lru_cache(WORDS_REMEMBERED_MAX)
def skeleton_of_arabic(word: str) -> str:
    """The consonants of a word in Arabic script, as `letters.plain` leaves it."""
    return _WEAK.sub("", word[:CHARACTERS_MAX].removesuffix("ه").translate(_SOUNDS))


@lru_cache(WORDS_REMEMBERED_MAX)
def skeletons_of_latin(word: str) -> tuple[str, ...]:
    """The consonants of an Arabic word in Latin letters, as it is and without what may be attached to it.

    >>> skeletons_of_latin("se3er"), skeletons_of_latin("kifak"), skeletons_of_latin("ljem3a")
    (('s3r',), ('kfk',), ('ljm3', 'jm3'))
    """
    word = unstretched(word[:CHARACTERS_MAX])
    bare = _ATTACHED_ARTICLE.sub("", word) if len(word) > 4 else word
    bare = _ATTACHED_PRONOUN.sub("", bare) if len(bare) > 5 else bare
    plural = _ATTACHED_PLURAL.sub("", bare)
    found = dict.fromkeys(_bared(one) for one in (word, bare, plural))
    return tuple(skeleton for skeleton in found if skeleton)


def without_verb_marks(skeleton: str) -> str:
    """A skeleton without the consonants that only say who does it and when: `btdf3` and `ndf3` are `df3`."""
    return _VERB.sub("", skeleton) if len(skeleton) >= STRIPPED_FROM else skeleton


def _bared(word: str) -> str:
    for letters, sound in _LATIN:
        word = word.replace(letters, sound)
    # A letter that is written twice is one consonant; the same one before and after a vowel is two.
    return _WEAK.sub("", _DOUBLED.sub(r"\1", word).removesuffix("h").translate(_LETTERS))
