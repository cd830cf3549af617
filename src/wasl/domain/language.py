"""In which language somebody writes, told from the script and from the commonest words of a few languages."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from wasl.domain.language_words import ARABIZI, ENGLISH, FRENCH, OTHERS
from wasl.domain.letters import Remembered, runs_of_letters, unstretched, without_links

CHARACTERS_READ_MAX = 1_000
"""Of a message: its beginning tells, and this runs while a transaction is open."""
WORDS_READ_MAX = 120
WORD_CHARACTERS_MAX = 30
"""Longer ones are codes, not words."""
KNOWN, LIKELY = 2, 1
"""What a word counts that is known, and one that only looks like others of a language."""
ENOUGH = 2
ENOUGH_OF_OTHERS = 4
SHARE_MIN = 0.2
"""Of the words must be known: two that also exist in English make no English sentence."""
_PREFERENCE: Final = ("arabizi", "fr", "en")
"""Of two that have as much. Who writes Arabic in Latin letters mixes in English and French, hardly ever the reverse."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LATIN_ONLY = re.compile(r"[a-z0-9À-ɏ']+")
_ARABIC = re.compile(r"[ء-ۓﭐ-ﻼ]")
_URDU, _PERSIAN = re.compile(r"[ٹڈڑںےھہ]"), re.compile(r"[یکپژ]")
_NOT_PERSIAN = re.compile(r"[يكةىٱ]")
_SCRIPTS: Final = (
    ("ja", re.compile(r"[぀-ヿ]")),
    ("ko", re.compile(r"[가-힣ᄀ-ᇿ]")),
    ("zh", re.compile(r"[一-鿿]")),
    ("el", re.compile(r"[Ͱ-Ͽἀ-῿]")),
    ("he", re.compile(r"[א-ת]")),
    ("hy", re.compile(r"[Ա-֏]")),
    ("ka", re.compile(r"[Ⴀ-ჿ]")),
    ("th", re.compile(r"[ก-๛]")),
    ("ta", re.compile(r"[஀-௿]")),
    ("te", re.compile(r"[ఀ-౿]")),
    ("bn", re.compile(r"[ঀ-ৡ]")),
    ("gu", re.compile(r"[઀-૿]")),
    ("pa", re.compile(r"[਀-੿]")),
    ("kn", re.compile(r"[ಀ-೿]")),
    ("ml", re.compile(r"[ഀ-ൿ]")),
    ("si", re.compile(r"[඀-෿]")),
    ("km", re.compile(r"[ក-៿]")),
    ("lo", re.compile(r"[ກ-໿]")),
    ("my", re.compile(r"[က-႟]")),
    ("uk", re.compile(r"[іїєґ]")),
    ("ru", re.compile(r"[ыэё]")),
)
"""Letters that only one language of many speakers has; the first one that is found counts. Devanagari is of several."""
_NOT_RUSSIAN = re.compile(r"[ўүөңғқұһәјљњћђџѓќѕ]")

_NUMBER_WITH_UNIT = re.compile(
    r"\d+(?:k?g|gr|m?l|cl|[cmk]?m|x|[ap]m|th|st|nd|rd|h|hrs?|mins?|k|usd|lbp|eur|aed|sar|pcs|px|[gmt]b|er|e|[eè]me|i[eè]me"
    r"|d|w|y|ft|oz|lbs?|pcs|dt|dh|le|da|v|s|star|in|%)"
)
_ARABIZI_DIGITS = re.compile(r"(?=.*[a-z].*)(?:[a-z]*(?:[235679]|8(?=[aeiou]))){1,3}[a-z]*'?")
_CODE = re.compile(r"(?:mp[34]|ps\d|co2|h2o|b2b|b2c|win\d+|[a-z]\d|[b-df-hj-np-tv-z]+\d|4g|5g|.*\d\d.*\d.*)")
_ARABIZI_LIKE = re.compile(
    r".{2,}(?:kon|koun|kun|kom|hon|houn)|b[ty][aeiou]?[^aeiou].{2,}|.*(?:aa|kh.*e|iyy).*|.{2,}[ei]ye"
)
_ENGLISH_LIKE = re.compile(
    r".{3,}(?:ing|ed|ly|ness|ght|ck|ould|ful|less|ee|oo\w)|(?:wh|th|kn|sh).{2,}|.{2,}(?:ee|oo|ea|ck)\w+"
)
_FRENCH_LIKE = re.compile(
    r".{2,}(?:eux|euse|euses|eau|eaux|aux|oirs?|iere|ions|aient|ais|ait|ique|elle|ette|ez|oux|eur|eurs|ement)|qu.{2,}"
)
_FRENCH_LETTERS = re.compile(r"[éèêàâçùûîïôœë]")
_OTHER_LETTERS = re.compile(r"[ñßäöüışğãõąćęłńśźżřčšžåø]")
_ELIDED: Final = frozenset(("l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu"))
_CONTRACTED: Final = frozenset(("s", "t", "m", "re", "ve", "ll", "d"))


def _known() -> dict[str, tuple[str, ...]]:
    lists = {"en": ENGLISH, "fr": FRENCH, "arabizi": ARABIZI, **OTHERS}
    known: dict[str, tuple[str, ...]] = {}
    for language, words in lists.items():
        for word in words.split():
            known[word] = (*known.get(word, ()), language)
    return known


_KNOWN: Final = _known()
_LANGUAGES: Final = (*_PREFERENCE, *OTHERS)
_COUNT_BITS: Final = 12
"""Of each count in a sum of votes: far more than WORDS_READ_MAX words can give."""
_COUNT: Final = (1 << _COUNT_BITS) - 1
_PLACES: Final = {name: _COUNT_BITS * place for place, name in enumerate(_LANGUAGES, start=1)}
"""Where the votes for a language are counted. Below all of them stands how many words there were, without numbers."""


def language_of(text: str) -> str | None:
    """`ar` (Arabic script), `arabizi` (Arabic in Latin letters and digits), `en`, `fr`, another ISO 639-1 code where
    the script gives it away or enough of its words are known, or None when too little is said to tell.

    >>> language_of("sho 3amel?"), language_of("قديش السعر"), language_of("12:30 👍")
    ('arabizi', 'ar', None)
    """
    text = without_links(text[:CHARACTERS_READ_MAX].replace("’", "'").lower())
    words = (_WORD.findall(text) if "'" in text else runs_of_letters(text))[:WORDS_READ_MAX]
    if text.isascii():
        return _latin(words)
    latin = [word for word in words if _LATIN_ONLY.fullmatch(word)]
    if len(latin) == len(words):
        return _latin(latin)
    arabic = [word for word in words if _ARABIC.search(word)]
    written = [word for word in latin if not word.isdigit()]
    if arabic and _outweighs(arabic, written):
        return _arabic(arabic)
    if len(words) > len(latin) + len(arabic) and not _outweighs(written, (word for word in words if word not in latin)):
        return _by_script(text)
    return _latin(latin) or (_arabic(arabic) if arabic else None)


def languages_of_word(word: str) -> tuple[str, ...]:
    """The languages in which a word in Latin letters is one of the common ones."""
    return _KNOWN.get(word, ())


def common_words() -> Collection[str]:
    """All of those."""
    return _KNOWN.keys()


def _outweighs(words: Iterable[str], others: Iterable[str]) -> bool:
    """Whether there are more of the ones; where there are as many, whether they have more letters."""
    words, others = list(words), list(others)
    return (len(words), sum(map(len, words))) >= (len(others), sum(map(len, others)))


def _arabic(words: list[str]) -> str:
    text = "".join(words)
    if len(_URDU.findall(text)) > 1:
        return "ur"
    return "fa" if len(_PERSIAN.findall(text)) > 1 and not _NOT_PERSIAN.search(text) else "ar"


def _by_script(text: str) -> str | None:
    for language, letters in _SCRIPTS:
        if letters.search(text):
            return None if language in ("ru", "uk") and _NOT_RUSSIAN.search(text) else language
    return None


def _latin(words: list[str]) -> str | None:
    total = sum(map(_VOTES_OF.__getitem__, words))
    if not total:
        return None
    counts = [total >> place & _COUNT for place in _PLACES.values()]
    most = max(counts)
    if most < ENOUGH or most < SHARE_MIN * KNOWN * (total & _COUNT):
        return None
    language = _LANGUAGES[counts.index(most)]
    return language if language in _PREFERENCE or most >= ENOUGH_OF_OTHERS else None


def _votes_in_one(word: str) -> int:
    """For which languages a word speaks, as one number: the votes of all words are its sum."""
    if word.isdigit():
        return 0
    return 1 + sum(weight << _PLACES[language] for language, weight in _votes(word))


def _votes(word: str) -> tuple[tuple[str, int], ...]:
    """For which languages a word speaks, and how loudly."""
    if len(word) > WORD_CHARACTERS_MAX:
        return ()
    languages = _KNOWN.get(word) or _KNOWN.get(unstretched(word))
    if languages:
        return tuple((language, KNOWN) for language in languages)
    before, _, after = word.partition("'")
    if after and before in _ELIDED:
        return (("fr", KNOWN), *_votes(after))
    if after in _CONTRACTED:
        return (("en", KNOWN),)
    return _votes_with_digits(word) if any(letter.isdigit() for letter in word) else _votes_by_look(word)


def _votes_by_look(word: str) -> tuple[tuple[str, int], ...]:
    if _OTHER_LETTERS.search(word):
        return ()
    if _FRENCH_LETTERS.search(word):
        return (("fr", KNOWN),)
    looks = (("arabizi", _ARABIZI_LIKE), ("en", _ENGLISH_LIKE), ("fr", _FRENCH_LIKE))
    return tuple((language, LIKELY) for language, pattern in looks if pattern.fullmatch(word))


def _votes_with_digits(word: str) -> tuple[tuple[str, int], ...]:
    if _NUMBER_WITH_UNIT.fullmatch(word) or _CODE.fullmatch(word):
        return ()
    rest = _KNOWN.get(word.lstrip("0123456789"), ())
    if len(word.lstrip("0123456789")) > 2 and rest and "arabizi" not in rest:
        return tuple((language, LIKELY) for language in rest)  # A number that was not set apart: `2days`, `3fois`.
    return (("arabizi", KNOWN),) if _ARABIZI_DIGITS.fullmatch(word) else ()


_VOTES_OF: Final = Remembered(_votes_in_one)
