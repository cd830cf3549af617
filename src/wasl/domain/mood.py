"""In what mood a customer writes, told from words alone, and how urgent that makes an answer."""

import re
from itertools import pairwise
from string import ascii_letters, ascii_lowercase
from typing import Final

from wasl.domain.assistant import URGENCY, Reason
from wasl.domain.letters import Remembered, plain, runs_of_letters, unstretched
from wasl.domain.mood_words import FELT, NOT, SMILES, STRONGER, THANKED, WEAKER

UPSET_BELOW = -60
"""The mood of somebody who should not be left to a machine."""
CHARACTERS_READ_MAX = 1_000
"""Of a message: this runs while a transaction is open."""
WORDS_READ_MAX = 120
PHRASE_WORDS_MAX = 3
REACH_OF_NOT = 2
"""So many words before a word a `not` still turns it round."""
MORE, LESS = 1.3, 0.6
REVERSED_PRAISE, REVERSED_BLAME = -1.2, -0.4
"""What is not good is rather bad; what is not bad is only a little good."""
OTHERS_COUNT = 0.3
"""What each further word of the same kind adds to the strongest one."""
PRAISE_BESIDE_BLAME = 0.4
"""Whoever complains politely complains."""
BLAMED_FROM = -30
SHOUTED, CRIED_OUT = 1.25, 1.15
SHOUTED_LETTERS_MIN = 8
SHOUTED_SHARE = 0.7
IMPATIENT, SHOUTED_AND_IMPATIENT = -20, -40
SMILED_FROM = 20
"""A smile from which on somebody is content."""
PRAISE_IN_A_QUESTION = 0.5
"""Who asks whether something is good does not praise it."""

_INSISTING: Final = tuple(
    re.compile(pattern) for pattern in (r"\?(?:!|\s*[?؟!]\s*[?؟!])", r"؟(?:!|\s*[?؟!]\s*[?؟!])", r"!\s*[?؟]")
)
"""Each begins with a sign of its own: such an expression is looked for ten times as fast as one with a choice."""
_SMALL_LETTERS: Final = ascii_lowercase.encode()
_NO_LETTERS: Final = bytes(set(range(128)) - set(ascii_letters.encode()))
_ARTICLES: Final = ("وال", "بال", "فال", "ال", "و", "ف", "ب")


def _table() -> tuple[dict[str, int], dict[str, int], frozenset[tuple[str, ...]]]:
    whole: dict[str, int] = {}
    beginnings: dict[str, int] = {}
    for value, words in FELT:
        for word in words.split():
            if word.endswith("*"):
                beginnings[word[:-1]] = value
            else:
                whole[word.replace("_", " ")] = value
    return whole, beginnings, frozenset(tuple(phrase.split(" ")[:2]) for phrase in whole if " " in phrase)


_WHOLE, _BEGINNINGS, _OPENINGS = _table()
_SMILES: Final = {smile: value for value, smiles in SMILES.items() for smile in smiles}
_SMILE = re.compile("[" + "".join(_SMILES) + "]")
_STRONGER, _WEAKER = frozenset(STRONGER.split()), frozenset(WEAKER.split())
_NOT, _THANKED = frozenset(NOT.split()), frozenset(THANKED.split())
_SHORTEST = min(map(len, _BEGINNINGS))


def feeling_of(text: str) -> int | None:
    """What a message says of its writer's mood, from -100 to 100; None when it says nothing of it.

    >>> feeling_of("thanks!"), feeling_of("what time do you open?")
    (25, None)
    """
    text = text[:CHARACTERS_READ_MAX]
    told = plain(text)
    words = runs_of_letters(told.replace("n't", " not"))[:WORDS_READ_MAX]
    felt = _felt(words)
    if not text.isascii() and not _SMILES.keys().isdisjoint(told):
        felt += [_SMILES[smile] for smile in dict.fromkeys(_SMILE.findall(told))]
    insisting = ("?" in told or "؟" in told) and any(pattern.search(text) for pattern in _INSISTING)
    cried_out = insisting or "!!" in text
    if not felt:
        return _impatience(insisting, _is_shouted(text)) if words and cried_out else None
    praise = _together([value for value in felt if value > 0])
    blame = _together([value for value in felt if value < 0])
    if "?" in told or "؟" in told:
        praise *= PRAISE_IN_A_QUESTION
    if blame < 0:
        blame *= (SHOUTED if _is_shouted(text) else 1) * (CRIED_OUT if cried_out else 1)
    return max(-100, min(100, round(blame + praise * (PRAISE_BESIDE_BLAME if blame <= BLAMED_FROM else 1))))


def smiles_in(text: str) -> int:
    """What the smiles of a text say, the saddest one of them; 0 if there are none."""
    smiles = _SMILE.findall(plain(text[:CHARACTERS_READ_MAX]))
    return min((_SMILES[smile] for smile in smiles), default=0)


def mood_after(mood: int, feeling: int | None) -> int:
    """The mood of a conversation once something more was said: the newest words weigh more than all before."""
    if feeling is None:
        return mood * 3 // 4 if mood > 0 else -(-mood * 3 // 4)
    return max(-100, min(100, round(0.4 * mood + 0.6 * feeling) if abs(feeling) < abs(mood) else feeling))


def sentiment_of(mood: int) -> str:
    """The word for a mood that lists and figures show."""
    if mood <= -20:
        return "negative"
    return "positive" if mood >= 20 else "neutral"


WINDOW_URGENCY = (0, 10, 30)
"""What a window that runs out adds to the priority, by its level: in its last hour as much as the best reason there is,
since nothing but a template can be sent afterwards."""


def urgency(reason: Reason | None, mood: int, window_level: int = 0) -> int:
    """The priority of whoever waits: why, how upset they are, and how soon their window closes."""
    return (URGENCY[reason] if reason is not None else 0) + max(0, -mood) // 5 + WINDOW_URGENCY[window_level]


def _felt(words: list[str]) -> list[float]:
    """What each word or phrase that says something says, with regard to what stands before it."""
    values = _values_of(words)
    if not any(values):
        return []
    return [value * _turned(words, place, value) for place, value in enumerate(values) if value]


def _values_of(words: list[str]) -> list[int]:
    """What each word says; what a phrase says stands at its first word, and the others of it say nothing."""
    values = list(map(_VALUES.__getitem__, words))
    if not _OPENINGS.isdisjoint(pairwise(words)):
        past = 0
        for place, pair in enumerate(pairwise(words)):
            if place >= past and pair in _OPENINGS:
                length, value = _phrase(words, place)
                values[place : place + length] = value, *[0] * (length - 1)
                past = place + length
    return values


def _phrase(words: list[str], place: int) -> tuple[int, int]:
    for length in range(PHRASE_WORDS_MAX, 1, -1):
        value = _WHOLE.get(" ".join(words[place : place + length]))
        if value is not None:
            return length, value
    return 1, _VALUES[words[place]]


def _turned(words: list[str], place: int, value: int) -> float:
    """What the words before it make of a word: stronger, weaker, or the contrary."""
    factor = 1.0
    for before in words[max(0, place - REACH_OF_NOT) : place]:
        if before in _STRONGER:
            factor *= MORE
        elif before in _WEAKER:
            factor *= LESS
        elif before in _NOT and words[place] not in _THANKED:
            factor *= REVERSED_PRAISE if value > 0 else REVERSED_BLAME
    return factor


def _together(values: list[float]) -> float:
    """Several words of one kind: the strongest, and a little of the others."""
    if not values:
        return 0
    ordered = sorted(values, key=abs)
    return ordered[-1] + OTHERS_COUNT * sum(ordered[:-1])


def _impatience(insisting: bool, shouted: bool) -> int | None:
    """The mood of an outcry that has no word for one. Some write in capitals because their keyboard does."""
    if shouted:
        return SHOUTED_AND_IMPATIENT
    return IMPATIENT if insisting else None


def _is_shouted(text: str) -> bool:
    if text.islower():
        return False
    letters = text.encode("ascii", "ignore").translate(None, _NO_LETTERS)
    capitals = len(letters.translate(None, _SMALL_LETTERS))
    return len(letters) >= SHOUTED_LETTERS_MIN and capitals >= SHOUTED_SHARE * len(letters)


def _value_of(word: str) -> int:
    if word in _WHOLE:
        return _WHOLE[word]
    if word.isdigit():
        return 0
    short = unstretched(word)
    if short in _WHOLE:
        return _WHOLE[short]
    for length in range(len(short), _SHORTEST - 1, -1):
        if short[:length] in _BEGINNINGS:
            return _BEGINNINGS[short[:length]]
    for article in _ARTICLES:
        if short.startswith(article) and len(short) > len(article) + 2:
            return _value_of(short[len(article) :])
    return 0


_VALUES: Final = Remembered(_value_of)
