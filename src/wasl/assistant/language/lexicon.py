"""What is known of words before anybody has written one: the tables of meanings, and the words that tell nothing."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from wasl.assistant.language.little_words import COURTESIES, LITTLE_WORDS
from wasl.assistant.language.meanings import MEANINGS
from wasl.assistant.language.skeleton import skeleton_of_arabic
from wasl.assistant.language.stems import arabic_forms, stem_of
from wasl.assistant.language.things import COLOURS, COUNTRIES, GOODS, SIZES, THINGS, TOWNS
from wasl.domain.language import common_words, languages_of_word

SKELETON_MIN = 2
"""Consonants of a word, below which too many words have the same."""
ARABIC = re.compile(r"[ء-ۓ]")
_COLUMNS: Final = ("en", "fr", "ar", "arabizi")
KINDS: Final = {
    **dict.fromkeys(GOODS.split(), "thing"),
    **dict.fromkeys(COLOURS.split(), "colour"),
    **dict.fromkeys(SIZES.split(), "size"),
    "driver": "carriage",
    "when": "moment",
    "where": "spot",
}
"""Name of a meaning → what it is one of."""
STAND_FOR: Final = {
    "area": "town",
    "abroad": "country",
    "item": "thing",
    "colour": "colour",
    "size": "size",
    "deliver": "carriage",
    **dict.fromkeys(("open", "howlong", "hour", "date"), "moment"),
    **dict.fromkeys(("address", "branch"), "spot"),
}
"""Name of a meaning → the kind all of which it means."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The tables of meanings, turned round: from words to what they mean."""

    weights: dict[str, float]
    words: dict[str, dict[str, tuple[str, ...]]]
    """Language → word → names of meanings."""
    stems: dict[str, dict[str, tuple[str, ...]]]
    sounds: dict[str, tuple[str, ...]]
    openings: frozenset[str]
    """The first words of those that belong together."""
    places: dict[str, str]
    """Name of a place, or its consonants → the key that it shares with its kind."""

    def meanings_of(self, word: str, language: str) -> tuple[str, ...]:
        """The meanings of a word: in the text's own language before any other."""
        own = self.words.get(language, {}).get(word)
        return own or next((self.words[name][word] for name in _COLUMNS if word in self.words[name]), ())

    def meanings_of_stem(self, stem: str, language: str) -> tuple[str, ...]:
        """The same of a stem, in one language."""
        return self.stems[language].get(stem, ())

    def weight_of(self, names: tuple[str, ...]) -> float:
        """What a word of these meanings tells of a question."""
        return max(self.weights[name] for name in names)


def is_common(word: str) -> bool:
    """Whether a word is none that somebody has mistyped: it is known in some language."""
    known = bool(languages_of_word(word)) or word in lexicon().openings
    return known or any(word in little for little in little_words().values())


def words_shaped(first_letter: str, length: int) -> tuple[str, ...]:
    """The words that any customer may use, those with a meaning first, by their first letter and their length."""
    return _by_shape().get((first_letter, length), ())


@cache
def courtesies() -> frozenset[str]:
    """What is said around a question, in any language."""
    return frozenset(COURTESIES.split())


@cache
def little_words() -> dict[str, frozenset[str]]:
    """Language → the words that no question is told apart by."""
    return {language: frozenset(words.split()) for language, words in LITTLE_WORDS.items()}


@cache
def _by_shape() -> dict[tuple[str, int], tuple[str, ...]]:
    meant = (word for words in lexicon().words.values() for word in words if " " not in word)
    shapes: dict[tuple[str, int], dict[str, None]] = {}
    for word in itertools.chain(meant, *little_words().values(), common_words()):
        shapes.setdefault((word[0], len(word)), {})[word] = None
    return {shape: tuple(words) for shape, words in shapes.items()}


@cache
def lexicon() -> Lexicon:
    """The tables, read when they are needed first: it takes a tenth of a second."""
    weights: dict[str, float] = {}
    words: dict[str, dict[str, tuple[str, ...]]] = {language: {} for language in _COLUMNS}
    stems: dict[str, dict[str, tuple[str, ...]]] = {language: {} for language in _COLUMNS}
    sounds: dict[str, tuple[str, ...]] = {}
    for name, weight, columns in _rows():
        weights[name] = weight
        for language, column in zip(_COLUMNS, columns, strict=True):
            for word in column:
                words[language][word] = (*words[language].get(word, ()), name)
                if " " not in word:
                    _learn(stems[language], sounds, word, language, name)
    openings = frozenset(word.partition(" ")[0] for known in words.values() for word in known if " " in word)
    return Lexicon(weights, words, stems, sounds, openings, _places())


def _rows() -> Iterator[tuple[str, float, list[list[str]]]]:
    for row in re.split(r"\n(?=\S)", (MEANINGS + THINGS).strip().replace("\n\n", "\n")):
        head, _, columns = row.partition(":")
        name, weight = head.split()
        yield (
            name,
            float(weight),
            [[word.replace("_", " ") for word in column.split()] for column in columns.split("|")],
        )


def _learn(
    stems: dict[str, tuple[str, ...]], sounds: dict[str, tuple[str, ...]], word: str, language: str, name: str
) -> None:
    if language == "arabizi":
        return
    for form in arabic_forms(word) if language == "ar" else (stem_of(word, language),):
        stems[form] = tuple(dict.fromkeys((*stems.get(form, ()), name)))
        sound = skeleton_of_arabic(form) if language == "ar" else ""
        if len(sound) > SKELETON_MIN:
            sounds[sound] = tuple(dict.fromkeys((*sounds.get(sound, ()), name)))


def _places() -> dict[str, str]:
    places: dict[str, str] = {}
    for key, names in (("country", COUNTRIES), ("town", TOWNS)):
        for name in names.split():
            places[name] = key
            if ARABIC.match(name):
                places |= dict.fromkeys(arabic_forms(name), key)
    return places
