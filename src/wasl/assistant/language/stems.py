"""Words without their endings, and Arabic words without what is written onto them."""

from functools import lru_cache
from typing import Final

import snowballstemmer

STEMS_REMEMBERED_MAX = 65_536
"""An Arabic stem takes 50 µs to find."""
LEFT_MIN = 3
"""Letters that must be left of an Arabic word: roots have three."""

_PREFIXES: Final = ("وبال", "وعال", "وال", "فال", "بال", "عال", "كال", "هال", "لهال", "بهال", "ولل", "لل", "ال")
"""The article, and what is written before it in books and in chats: and, so, in, on, like, this, for."""
_SINGLE_PREFIXES: Final = "وفبلعك"
_SUFFIXES: Final = ("كم", "كن", "هم", "هن", "نا", "ها", "ات", "ين", "ون", "وا", "تي", "ني", "ه", "ي", "و", "ك")
_ALGORITHMS: Final = {"en": "english", "fr": "french", "ar": "arabic"}


@lru_cache(STEMS_REMEMBERED_MAX)
def stem_of(word: str, language: str) -> str:
    """A word's stem in English, French or Arabic, as Snowball finds it."""
    # A stemmer works on itself, so that each thread needs its own; it is made faster than it works.
    return str(snowballstemmer.stemmer(_ALGORITHMS[language]).stemWord(word))


def arabic_forms(word: str) -> tuple[str, ...]:
    """An Arabic word, as `letters.plain` leaves it, without article and attached pronoun; then also without a single
    letter before it, which may be a preposition or the word's own.

    >>> arabic_forms("والسعر"), arabic_forms("لزحله")
    (('سعر',), ('لزحل', 'زحل'))
    """
    bare = _without_suffix(without_article(word))
    forms = [bare]
    if word[0] in _SINGLE_PREFIXES and bare[0] == word[0] and len(bare) > LEFT_MIN:
        forms.append(bare[1:])
    return tuple(dict.fromkeys(forms))


def without_article(word: str) -> str:
    """An Arabic word without article, and without what is written before that."""
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= LEFT_MIN:
            return word[len(prefix) :]
    return word


def _without_suffix(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= LEFT_MIN:
            return word[: -len(suffix)]
    return word
