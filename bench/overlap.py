"""What anybody would write first: entries by how many of the question's words they have. The peer of the assistant."""

import re
from collections.abc import Sequence

from wasl.assistant.knowledge.search import Entry
from wasl.domain.assistant import Match, Tier

STRONG_SHARE = 0.5
"""Of the question's words, from which on an entry is no weak match. What is said is decided as the assistant does."""
_WORD = re.compile(r"\w+")


class WordOverlap:
    """Entries, and the words that each has anywhere."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._words = [
            (entry, _words(" ".join((entry.question, *entry.phrasings, *entry.answers.values())))) for entry in entries
        ]

    def search(self, text: str, language: str | None, limit: int = 5) -> list[Match]:
        """The entries with the most of the question's words; of as many the one with the fewest of its own."""
        asked = _words(text)
        shared = [(len(asked & words), -len(words), entry) for entry, words in self._words]
        ranked = sorted(shared, key=lambda one: (one[0], one[1]), reverse=True)[:limit]
        return [_match(entry, count / len(asked), language) for count, _, entry in ranked if count]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _match(entry: Entry, share: float, language: str | None) -> Match:
    tier = Tier.STRONG if share >= STRONG_SHARE else Tier.WEAK
    return Match(entry.entry_id, entry.question, entry.answer_in(language), round(100 * share), tier)
