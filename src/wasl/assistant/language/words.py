"""Words as the index knows them: what each may be found by, and how much it tells of what is asked."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from wasl.assistant.language.lexicon import ARABIC, KINDS, SKELETON_MIN, STAND_FOR, courtesies, lexicon, little_words
from wasl.assistant.language.skeleton import skeleton_of_arabic, skeletons_of_latin, without_verb_marks
from wasl.assistant.language.stems import arabic_forms, stem_of, without_article
from wasl.domain.language import language_of, languages_of_word
from wasl.domain.letters import plain, unstretched, without_links

WORDS_READ_MAX = 400
"""Of a text. A passage has two hundred; of WhatsApp's longest message this is the first half."""
WORD_CHARACTERS_MAX = 40
TERMS_REMEMBERED_MAX = 65_536
PHRASE_WORDS_MAX = 3
NUMBER_WEIGHT, PLACE_WEIGHT, LITTLE_WEIGHT = 0.2, 0.4, 0.3
LETTERS_MIN = 2
TELLING_MIN = 0.35
"""What a word must tell for two questions to be the same because of it: to have, to sell and tomorrow do not."""

# How sure it is that two words mean the same that share a key of this kind.
WRITTEN, STEMMED, MEANT, SOUNDED, OVERHEARD, BARED = 1.0, 0.97, 0.9, 0.85, 0.75, 0.7
ONE_OF: Final = {
    "town": 0.75,
    "country": 0.75,
    "thing": 0.6,
    "colour": 0.6,
    "size": 0.6,
    "carriage": 0.6,
    "moment": 0.75,
    "spot": 0.75,
}
"""The same of what is only one of those that a word stands for, by their kind."""

_WORD = re.compile(r"[^\W_](?:[^\W_]|[ऀ-෿ัิ-ฺ็-๎ັິ-ໍက-႟ា-៓])*")
_UNSPACED = re.compile(r"[぀-ヿ一-鿿ก-๛ກ-໿က-႟ក-៿]")
_PAIRED = 2
"""Letters that make a word of a script without spaces."""
_AND: Final = "و"
"""Is written onto the word after it."""
_LATIN: Final = ("en", "fr", "arabizi")


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that belong together, with what it may be found by and how sure each of that is, the surest
    first. `weight` is what it tells of a question, 0 to about 1."""

    word: str
    keys: tuple[tuple[str, float], ...]
    weight: float
    is_meant: bool = False
    """Whether it has a meaning of those that are known in any business."""
    kinds: tuple[str, ...] = ()
    """What it is one of: who asks for a lamp asks for an item, who asks for an item for no lamp."""
    known: tuple[str, ...] = ()
    """All that it is found by in the knowledge: its keys, and that of the kind of which it means all."""

    def asked_keys(self) -> dict[str, float]:
        """What it is looked up by in a question."""
        return dict(self.keys) | {f"r{kind}": ONE_OF[kind] for kind in self.kinds}


def terms_of(text: str, language: str | None = None) -> tuple[Term, ...]:
    """The words of a text that tell something, in their order; if none does, all of them. `language` is what it is in
    if it does not tell."""
    return terms_among(words_of(text), language_of(text) or language)


def terms_among(words: list[str], language: str | None) -> tuple[Term, ...]:
    """The same of words that were told apart already, in a language."""
    spoken = language or ""
    return _informative(words, spoken) or tuple(filter(None, (_term(word, spoken, little=True) for word in words)))


def _informative(words: list[str], spoken: str) -> tuple[Term, ...]:
    known = lexicon()
    found: list[Term] = []
    place = 0
    while place < len(words):
        length, term = 1, None
        if words[place] in known.openings:
            length, term = _phrase(words, place, spoken)
        term = term or _term(words[place], spoken)
        if term is not None:
            found.append(term)
        place += length
    return tuple(found)


def words_of(text: str) -> list[str]:
    """The words of a text, plain; those of a script without spaces in pairs of letters."""
    words = _WORD.findall(without_links(plain(text)).replace("n't", " not"))[:WORDS_READ_MAX]
    if text.isascii():
        return words
    if _UNSPACED.search(text):
        words = [pair for word in words for pair in _pairs(word)]
    return [word[1:] if word[0] == _AND and _is_known(word[1:]) else word for word in words]


def said_plainly(text: str) -> str:
    """A question word for word, without the courtesies around it if there is anything else."""
    words = [unstretched(word) for word in words_of(text)]
    return " ".join([word for word in words if word not in courtesies()] or words)


def keys_of(terms: Iterable[Term]) -> Iterator[str]:
    """Everything that the words may be found by, as the index takes it."""
    return (key for term in terms for key in term.known)


def index_words(text: str, language: str | None = None) -> list[str]:
    """The telling words of a text, each in one form: its meaning where it has one that is known, so that questions in
    several languages can be told to be the same; else its consonants or its stem."""
    spoken = language_of(text) or language
    terms = terms_among(words_of(text), spoken)
    telling = [term for term in terms if term.weight >= TELLING_MIN]
    return [_form(term, spoken) for term in telling or terms]


def term_of(word: str, language: str | None) -> Term | None:
    """A single plain word in a text of that language; None if it tells nothing."""
    return _term(word, language or "")


def _form(term: Term, language: str | None) -> str:
    # Of a name, and between two ways to write Arabic, only the consonants are the same.
    kinds = "cef" if language in ("en", "fr") and not term.kinds else "csef"
    return next((key for kind in kinds for key in term.known if key[0] == kind), term.known[0])


@lru_cache(TERMS_REMEMBERED_MAX)
def _is_known(word: str) -> bool:
    """Whether it is an Arabic word of those that everybody uses."""
    return word in little_words()["ar"] or word in lexicon().words["ar"] or word in lexicon().openings


def _pairs(word: str) -> list[str]:
    if not _UNSPACED.match(word) or len(word) <= _PAIRED:
        return [word]
    return [word[start : start + _PAIRED] for start in range(len(word) - 1)]


def _phrase(words: list[str], place: int, language: str) -> tuple[int, Term | None]:
    for length in range(PHRASE_WORDS_MAX, 1, -1):
        term = _meant_phrase(" ".join(words[place : place + length]), language)
        if term is not None and place + length <= len(words):
            return length, term
    return 1, None


@lru_cache(TERMS_REMEMBERED_MAX)
def _meant_phrase(phrase: str, language: str) -> Term | None:
    names = lexicon().meanings_of(phrase, language)
    if not names or " " not in phrase:
        return None
    return _made(phrase, [(f"c{name}", MEANT) for name in names], lexicon().weight_of(names), names)


@lru_cache(TERMS_REMEMBERED_MAX)
def _term(word: str, language: str, little: bool = False) -> Term | None:
    """What a single word is found by; None if it tells nothing, unless `little` words are wanted too."""
    word = unstretched(word[:WORD_CHARACTERS_MAX])
    if word.isdigit():
        return _made(word, [(f"w{word}", WRITTEN)], NUMBER_WEIGHT)
    if not little and _is_little(word, language):
        return None
    term = _arabic(word) if ARABIC.match(word) else _latin(word, language)
    return replace(term, weight=LITTLE_WEIGHT) if little else term


def _is_little(word: str, language: str) -> bool:
    little = little_words()
    if len(word) < LETTERS_MIN and not _UNSPACED.match(word):
        return True
    if ARABIC.match(word):
        return word in little["ar"]
    return word in little[language] if language in _LATIN else any(word in little[name] for name in _LATIN)


def _arabic(word: str) -> Term:
    forms = arabic_forms(word)
    stem = stem_of(word, "ar")
    sounds = _long_enough(map(skeleton_of_arabic, forms), SKELETON_MIN + 1)
    sounds += _long_enough([skeleton_of_arabic(without_article(word))], SKELETON_MIN)
    names = lexicon().meanings_of(word, "ar") or next(filter(None, map(_meant_by_arabic_stem, (*forms, stem))), ())
    keys = [
        (f"w{word}", WRITTEN),
        *((f"a{form}", STEMMED) for form in forms),
        (f"b{stem}", STEMMED),
        *((f"c{name}", MEANT) for name in names),
        *_sound_keys(sounds),
    ]
    return _weighed(word, keys, names, [word, *forms, *sounds])


def _latin(word: str, language: str) -> Term:
    if not word.isascii():
        return _made(word, [(f"w{word}", WRITTEN)], 1.0)
    own = language if language in _LATIN else ""
    stems = _STEMMED_IN.get(own, (("e", "en"), ("f", "fr")))
    keys = [(f"w{word}", WRITTEN), *((f"{kind}{stem_of(word, name)}", STEMMED) for kind, name in stems)]
    names = lexicon().meanings_of(word, own or "en") or _meant_by_stem(word, own)
    sounds, sure = [], MEANT
    if own not in ("en", "fr") or not languages_of_word(word):
        sounds = _long_enough(skeletons_of_latin(word), SKELETON_MIN + (own in ("en", "fr")))
        if not names and own not in ("en", "fr"):
            # Other words have the same consonants.
            sure = OVERHEARD
            names = next((lexicon().sounds[sound] for sound in sounds if sound in lexicon().sounds), ())
    keys += [(f"c{name}", sure) for name in names]
    return _weighed(word, keys + _sound_keys(sounds), names, [word, *sounds])


def _long_enough(sounds: Iterable[str], least: int) -> list[str]:
    return [sound for sound in dict.fromkeys(sounds) if len(sound) >= least]


def _sound_keys(sounds: list[str]) -> list[tuple[str, float]]:
    bare = [without_verb_marks(sound) for sound in sounds]
    return [
        *((f"s{sound}", SOUNDED if len(sound) > SKELETON_MIN else BARED) for sound in sounds),
        *((f"t{sound}", BARED) for sound in bare if len(sound) > SKELETON_MIN),
    ]


def _weighed(word: str, keys: list[tuple[str, float]], names: tuple[str, ...], written: list[str]) -> Term:
    places = lexicon().places
    kinds = dict.fromkeys(places[name] for name in written if name in places)
    kinds |= dict.fromkeys(KINDS[name] for name in names if name in KINDS)
    stands_for = next((STAND_FOR[name] for name in names if name in STAND_FOR), None)
    weight = lexicon().weight_of(names) if names else PLACE_WEIGHT if kinds else 1.0
    if names:  # Another word of the same meaning says as much as the word itself.
        keys = [(key, min(how, MEANT)) for key, how in keys]
    return _made(word, keys, weight, names, tuple(kinds), stands_for)


def _made(
    word: str,
    keys: Sequence[tuple[str, float]],
    weight: float,
    names: Sequence[str] = (),
    kinds: tuple[str, ...] = (),
    stands_for: str | None = None,
) -> Term:
    found = dict(sorted(keys, key=lambda key: -key[1]))
    known = tuple(found) if stands_for is None else (*found, f"r{stands_for}")
    return Term(word, tuple(found.items()), weight, bool(names), kinds, known)


_STEMMED_IN: Final = {"en": (("e", "en"),), "fr": (("f", "fr"),), "arabizi": (("e", "en"),)}
"""The stems that a word gets, and their kinds of keys: Arabic in Latin letters borrows from English."""


def _meant_by_arabic_stem(stem: str) -> tuple[str, ...]:
    return lexicon().meanings_of_stem(stem, "ar")


def _meant_by_stem(word: str, language: str) -> tuple[str, ...]:
    for name in (language, "en", "fr"):
        if name in ("en", "fr") and (found := lexicon().meanings_of_stem(stem_of(word, name), name)):
            return found
    return ()
