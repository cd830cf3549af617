"""How near two answers to one question come to each other: what a draft said, and what a person sent in its place."""

import math
import re
from collections.abc import Sequence

from wasl.assistant.facts import contradictions, facts_of
from wasl.domain.language import language_of
from wasl.domain.plain_words import folded, plain_words

WORDS_COMPARED_MAX = 300
"""Of each text; a longer answer says what it has to say in these."""
_POLITE = (
    "a an the is are was were be been to of in on at from for by and or but we you i it this that these with our your"
    " my will would can could do does did have has had if so as us me there here yes please thank thanks hello hi hey"
    " dear le la les l un une des de du d et ou mais est sont etait nous vous je il elle on ce cet cette ces avec notre"
    " nos votre vos mon ma mes pour par dans sur que qui qu si oui y en au aux bonjour salut merci s plait"
    " في من على الي عن و او هذا هذه ذلك مع نحن انت انا هو هي ما ان قد كل اذا نعم مرحبا اهلا شكرا لك لكم"
)
"""What says nothing of its own, in the three languages that are built in."""
_SMALL_WORDS = frozenset(_POLITE.split())
_SMALL = 0.1
_STEM_LETTERS_MIN = 4
_STEM_SHARE_MIN = 0.7
"""So much of the longer of two words must be the beginning of both: "opens" and "opened", not "price" and "prince"."""
_DRAFT_SHARE = 0.8
"""What a draft says and the person did not counts more than what the person added: a greeting, a wish."""
_FACTS_MISSING = 0.5
"""What is left of the agreement where only one of the two commits to something."""
_FACTS_CONTRADICT = 0.2
"""The same where they say different things: another price is another answer, however alike the words."""
_DENIED = 0.4
"""The same where one of the two says that it is not so."""
_DENIAL = re.compile(r"\b(?:not?|never|cannot|ne|pas|jamais|aucune?|non|لا|ليس|لن|لم|مش|غير)\b|n['’]t\b")


def agreement_of(said: str, sent: str, versions: Sequence[str] = ()) -> int | None:
    """From 0 to 100, or None where it cannot be told: nothing was written, or in a language in which neither the draft
    nor one of the `versions` of its source is."""
    language = language_of(sent)
    texts = [text for text in (said, *versions) if _are_same(language, language_of(text))]
    if not texts or not plain_words(sent):
        return None
    likeness = max(_likeness(_words_of(text), _words_of(sent)) for text in texts)
    missing, extra = contradictions(facts_of(said), facts_of(sent))
    if missing and extra:
        likeness *= _FACTS_CONTRADICT
    elif missing or extra:
        likeness *= _FACTS_MISSING
    if bool(_DENIAL.search(folded(said))) is not bool(_DENIAL.search(folded(sent))):
        likeness *= _DENIED
    return round(100 * likeness)


def _words_of(text: str) -> dict[str, float]:
    """The words of a text that are no numbers, each with its weight."""
    words = [word for word in plain_words(text) if word.isalpha()]
    return {word: _SMALL if word in _SMALL_WORDS else 1.0 for word in words[:WORDS_COMPARED_MAX]}


def _likeness(said: dict[str, float], sent: dict[str, float]) -> float:
    if not said or not sent:
        return 1.0 if not said and not sent else 0.0
    return _DRAFT_SHARE * _covered(said, sent) + (1 - _DRAFT_SHARE) * _covered(sent, said)


def _covered(words: dict[str, float], by: dict[str, float]) -> float:
    alike: dict[str, list[str]] = {}
    for word in by:
        alike.setdefault(word[:_STEM_LETTERS_MIN], []).append(word)
    found = sum(
        weight
        for word, weight in words.items()
        if word in by or any(_is_same_word(word, one) for one in alike.get(word[:_STEM_LETTERS_MIN], ()))
    )
    return found / sum(words.values())


def _is_same_word(one: str, other: str) -> bool:
    stem = max(_STEM_LETTERS_MIN, math.ceil(_STEM_SHARE_MIN * max(len(one), len(other))))
    return min(len(one), len(other)) >= stem and one[:stem] == other[:stem]


def _are_same(one: str | None, other: str | None) -> bool:
    # Arabic in Latin letters has no word in common with Arabic.
    return one is None or other is None or one == other
