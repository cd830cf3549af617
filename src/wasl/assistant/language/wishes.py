"""What a customer wants of us beside an answer: a person, or only to greet or to thank."""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Final

from wasl.assistant.language import wish_words
from wasl.assistant.language.lexicon import is_common
from wasl.assistant.language.typos import meant_by
from wasl.domain.letters import plain, unstretched, without_links
from wasl.domain.mood import REACH_OF_NOT, SMILED_FROM, smiles_in
from wasl.domain.mood_words import NOT

CHARACTERS_READ_MAX = 1_000
"""Who wants a person says so at the beginning, or says little."""
WORDS_READ_MAX = 160
PHRASE_WORDS_MAX = 4
COURTESY_WORDS_MAX = 14
NEAR = 6
"""Words between talking and whom one wants to talk to."""
CLOSE = 4
BARE_WORDS_MAX = 7

_WORD = re.compile(r"[^\W_]+")
_NOT: Final = frozenset(NOT.split()) | {"nobody", "nobodys", "personne"}


class Courtesy(StrEnum):
    """What somebody says who asks nothing."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ACKNOWLEDGED = "acknowledged"
    """Fine, understood: nothing is left to say."""


def wants_person(text: str) -> bool:
    """Whether a customer asks for a human being, in English, French, Arabic or Arabizi.

    >>> wants_person("can I talk to someone?"), wants_person("are you open for people with kids?")
    (True, False)
    """
    words = _words(text[:CHARACTERS_READ_MAX])
    roles = [_roles(word) for word in words]
    return (
        _is_bare(words, roles)
        or any(_has_role(place, words, "robot") for place in range(len(words)))
        or any(_has_role(place, words, "call") and not _is_denied(place, words) for place in range(len(words)))
        or any(_asks_at(place, words, roles) for place in range(len(words)))
    )


def courtesy_of(text: str) -> Courtesy | None:
    """The courtesy that a text is, if it is nothing else."""
    words = _words(text)
    if not words:
        return Courtesy.ACKNOWLEDGED if smiles_in(text) >= SMILED_FROM else None
    if len(words) > COURTESY_WORDS_MAX:
        return None
    for courtesy, marks, beside in _COURTESIES:
        if _is_made_of(words, marks, beside) and not (courtesy is Courtesy.ACKNOWLEDGED and _asks(text)):
            return courtesy
    return None


def is_greeting(text: str) -> bool:
    """Whether a text only greets."""
    return courtesy_of(text) is Courtesy.GREETING


def is_thanks(text: str) -> bool:
    """Whether a text only thanks."""
    return courtesy_of(text) is Courtesy.THANKS


def _words(text: str) -> list[str]:
    told = without_links(plain(text)).replace("n't", " not")
    return [unstretched(word) for word in _WORD.findall(told)[:WORDS_READ_MAX]]


def _asks(text: str) -> bool:
    return "?" in text or "؟" in text


def _is_bare(words: list[str], roles: list[frozenset[str]]) -> bool:
    """Whether nothing but a person is named: `agent please`."""
    if not 0 < len(words) <= BARE_WORDS_MAX:
        return False
    named = [place for place in range(len(words)) if _has_role(place, words, "person")]
    others = (role for place, role in enumerate(roles) if place not in _covered(named, words))
    return bool(named) and all(role & {"wanted", "person", "someone"} for role in others)


def _covered(named: list[int], words: list[str]) -> set[int]:
    return {place + step for place in named for step in range(_phrase_at(place, words, "person") or 1)}


def _asks_at(place: int, words: list[str], roles: list[frozenset[str]]) -> bool:
    role = roles[place]
    after = range(place + 1, min(len(words), place + 1 + NEAR))
    if "talk" in role:
        return _leads_to_person(after, words, roles)
    if _phrase_at(place, words, "transfer") or "transfer" in role:
        return any(_has_role(other, words, "person") for other in after)
    if _is_somebody(place, words, roles) or "who" in role:
        close = range(place + 1, min(len(words), place + 1 + CLOSE))
        return any(roles[other] & {"answer", "line"} for other in close) or any(
            "talk" in roles[other] and other + 1 < len(words) and "with" in roles[other + 1] for other in after
        )
    return False


def _leads_to_person(after: range, words: list[str], roles: list[frozenset[str]]) -> bool:
    for place in after:
        if roles[place] & {"about", "not ours"}:
            return False
        if _is_somebody(place, words, roles):
            return True
    return False


def _is_somebody(place: int, words: list[str], roles: list[frozenset[str]]) -> bool:
    if words[place] == "personne" and words[place + 1 : place + 2] in (["ne"], ["n"]):
        return False  # Nobody, in French.
    return "someone" in roles[place] or _has_role(place, words, "person")


def _phrase_at(place: int, words: list[str], role: str) -> int:
    """How many words from there belong together in that role; 0 if none do."""
    phrases = _phrases()[role]
    for length in range(PHRASE_WORDS_MAX, 1, -1):
        if " ".join(words[place : place + length]) in phrases:
            return length
    return 0


def _has_role(place: int, words: list[str], role: str) -> bool:
    return role in _roles(words[place]) or _phrase_at(place, words, role) > 0


def _is_denied(place: int, words: list[str]) -> bool:
    return any(before in _NOT for before in words[max(0, place - REACH_OF_NOT) : place])


def _roles(word: str) -> frozenset[str]:
    roles = _single().get(word)
    if roles is None and not is_common(word):
        roles = _single().get(meant_by(word, _single()) or "")
    return roles or frozenset()


def _is_made_of(words: list[str], marks: str, beside: str) -> bool:
    """Whether a text consists of words of two lists, with one of the first at least."""
    place, marked = 0, False
    while place < len(words):
        length = _phrase_at(place, words, marks) or (marks in _plain_roles(words[place]))
        marked = marked or bool(length)
        length = length or _phrase_at(place, words, beside) or (beside in _plain_roles(words[place]))
        if not length:
            return False
        place += int(length)
    return marked


def _plain_roles(word: str) -> frozenset[str]:
    return _single().get(word, frozenset())


_LISTS: Final = {
    "person": wish_words.PERSON,
    "someone": wish_words.SOMEONE,
    "who": "who whom qui مين منو min meen",
    "talk": wish_words.TALK,
    "about": wish_words.ABOUT,
    "with": wish_words.WITH,
    "transfer": wish_words.TRANSFER,
    "call": wish_words.CALL,
    "answer": wish_words.ANSWER,
    "line": wish_words.LINE,
    "wanted": wish_words.WANTED,
    "robot": wish_words.ROBOT,
    "not ours": wish_words.NOT_OURS,
    "greeting": wish_words.GREETING,
    "beside greeting": wish_words.BESIDE_GREETING,
    "thanks": wish_words.THANKS,
    "beside thanks": wish_words.BESIDE_THANKS + wish_words.GREETING + wish_words.BESIDE_GREETING,
    "acknowledged": wish_words.ACKNOWLEDGED,
    "beside acknowledged": wish_words.BESIDE_ACKNOWLEDGED,
    "farewell": wish_words.FAREWELL,
    "beside farewell": wish_words.BESIDE_FAREWELL + wish_words.BESIDE_ACKNOWLEDGED,
}
_COURTESIES: Final = tuple(
    (courtesy, courtesy.value, f"beside {courtesy.value}")
    for courtesy in (Courtesy.THANKS, Courtesy.GREETING, Courtesy.FAREWELL, Courtesy.ACKNOWLEDGED)
)


def _pairs() -> Iterator[tuple[str, str]]:
    return ((role, word.replace("_", " ")) for role, words in _LISTS.items() for word in words.split())


@cache
def _single() -> dict[str, frozenset[str]]:
    """Word → the roles that it can have."""
    roles: dict[str, set[str]] = {}
    for role, word in _pairs():
        if " " not in word:
            roles.setdefault(word, set()).add(role)
    return {word: frozenset(found) for word, found in roles.items()}


@cache
def _phrases() -> dict[str, frozenset[str]]:
    """Role → what has it only as several words."""
    return {name: frozenset(word for role, word in _pairs() if role == name and " " in word) for name in _LISTS}
