"""How well an entry of the knowledge fits a question, from 0 to 100.

What counts most is how much of what the question asks is said by one way of asking the entry, each word by what it
tells and by how rare it is in the whole knowledge: a word that is known nowhere speaks against every entry. Then how
much of that way of asking is in the question; and in the end how far the second best entry is behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from wasl.assistant.language.lexicon import is_common
from wasl.assistant.language.words import Term

RARITY_SHARE = 0.5
"""Of a word's weight depends on how rare it is."""
UNHEARD_WEIGHT, UNHEARD_COMMON_WEIGHT = 1.1, 0.8
"""What a word tells that neither the knowledge nor any table of meanings has: mostly it is what the question is about,
unless everybody says it all the time."""
COVERAGE_SHARE = 0.85
"""Of the likeness is how much of the question is covered; the rest is how much of the other wording is used."""
ELSEWHERE_SURE = 0.75
"""What a word counts that another way of asking the entry has."""
ANSWERED_SURE = 0.5
"""What a word counts that only the answer has."""
EVIDENCE_MIN = 0.7
"""So much of telling words must be found before a likeness counts whole."""
MARGIN = 12
"""Points by which the best one must be ahead of the next; else it becomes less sure."""
MARGIN_COST = 3
"""Points for each that is missing: who fits no better than the next is not said, however well both fit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A word of the question: what it may be found by, each with how sure it is, and what it tells here."""

    keys: Mapping[str, float]
    weight: float


@dataclass(frozen=True, slots=True)
class Ways:
    """How an entry may be asked, and what else it says."""

    asked: tuple[tuple[Term, ...], ...]
    said: tuple[str, ...]
    """What the words of its answers are found by."""


def weight_of(term: Term, occurrences: int, entries: int) -> float:
    """What a word tells that so many of so many entries have: all if none has it."""
    if not occurrences and not term.is_meant and not term.kinds and term.weight == 1.0:
        return UNHEARD_COMMON_WEIGHT if is_common(term.word) else UNHEARD_WEIGHT
    most = log((entries + 1) / 1.5)
    rarity = log((entries + 1) / (max(1, occurrences) + 0.5)) / most if entries else 1.0
    return term.weight * (1 - RARITY_SHARE + RARITY_SHARE * max(0.0, rarity))


def likeness(question: Sequence[Asked], ways: Ways) -> float:
    """How well an entry fits, 0 to 100, whatever else there is."""
    total = sum(asked.weight for asked in question)
    if not total:
        return 0.0
    sure = {key: how for asked in question for key, how in asked.keys.items()}
    wordings = [_shared(wording, sure) for wording in ways.asked]
    elsewhere = set().union(*(keys for keys, _ in wordings))
    answered = {key for key in ways.said if key in sure}
    # What a word counts that this wording does not have.
    others = [
        max(ELSEWHERE_SURE * _found(asked, elsewhere), ANSWERED_SURE * _found(asked, answered)) for asked in question
    ]
    best = 0.0
    for keys, used in wordings:
        found = sum(
            asked.weight * max(_found(asked, keys), other) for asked, other in zip(question, others, strict=True)
        )
        alike = COVERAGE_SHARE * found / total + (1 - COVERAGE_SHARE) * used
        best = max(best, alike * min(1.0, found / EVIDENCE_MIN))
    return 100 * best


def with_margin(best: float, second: float) -> float:
    """The score of the best entry once the next one is known: less if that is close behind."""
    return max(0.0, best - MARGIN_COST * max(0.0, MARGIN - (best - second)))


def _shared(terms: Sequence[Term], sure: Mapping[str, float]) -> tuple[set[str], float]:
    """The keys that words share with a question, and how much of the words the question uses, 0 to 1."""
    shared: set[str] = set()
    used = total = 0.0
    for term in terms:
        most = 0.0
        for key in term.known:
            how = sure.get(key)
            if how is not None:
                shared.add(key)
                most = max(most, how)
        used += term.weight * most
        total += term.weight
    return shared, used / total if total else 0.0


def _found(asked: Asked, keys: set[str]) -> float:
    """How sure it is that a word of the question is among them."""
    if keys:
        for key, how in asked.keys.items():
            if key in keys:
                return how
    return 0.0
