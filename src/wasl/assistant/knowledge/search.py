"""What an account knows, held in memory and searched: questions with their answers, and passages of documents.

SQLite's full-text index finds the candidates by BM25 over normalised words; `likeness` then says how well each fits.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wasl.assistant.knowledge.likeness import Asked, Ways, likeness, weight_of, with_margin
from wasl.assistant.language.lexicon import is_common, words_shaped
from wasl.assistant.language.typos import LETTERS_MIN_SWAPPED, meant_by
from wasl.assistant.language.words import (
    MEANT,
    keys_of,
    said_plainly,
    term_of,
    terms_among,
    terms_of,
    words_of,
)
from wasl.domain.assistant import Match, Tier
from wasl.domain.language import language_of

LOOKED_UP_CHARACTERS_MAX = 2_000
"""Of a question that is looked up: who writes more has a story to tell, not a question to be looked up."""
TERMS_MAX = 32
"""Different words of a question that are looked up, the first ones."""
TYPOS_MAX = 6
"""Words of a question that are taken for mistyped ones: each costs a look through the index."""
CANDIDATES_MAX = 32
"""Entries that BM25 puts first; the right one is among the first few."""
ROWS_MAX = 1_000
"""Entries that are weighed against each other, about: common words are left out when rarer ones are there."""
STRONG_FROM = 50
"""Points from which on an entry may be said where an account asks for no more."""
SHOWN_FROM = 8
"""Points below which an entry has nothing to do with the question."""
MISTYPED_SURE = 0.85
"""How sure it is that a mistyped word was recognised."""
OPTIMIZED_FROM = 1_000
"""Entries that are taken up at once, after which an index is to be put in order."""

_SCHEMA: Final = (
    "CREATE VIRTUAL TABLE entries USING fts5(asked, said, content = '',"
    " tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\")",
    "INSERT INTO entries (entries, rank) VALUES ('rank', 'bm25(4.0, 1.0)')",
    "CREATE VIRTUAL TABLE vocabulary USING fts5vocab(entries, 'row')",
)
_SENTENCE = re.compile(r"[^.!?؟。\n]+[.!?؟。\n]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its answer, or a passage of a document under its heading."""

    entry_id: int
    question: str
    answers: Mapping[str, str]
    """Language (`en`, `fr`, `ar`, …) → answer; the first one is the entry's own."""
    phrasings: tuple[str, ...] = ()
    """Other ways to ask the same, in any language."""
    topic: str | None = None
    document: str | None = None

    def answer_in(self, language: str | None) -> str:
        """The answer in a language, or else the entry's own."""
        wanted = "ar" if language == "arabizi" else language
        return self.answers.get(wanted or "") or next(iter(self.answers.values()))


@dataclass(frozen=True, slots=True)
class _Known:
    """An entry as it stands in the index."""

    entry: Entry
    ways: Ways

    def columns(self) -> tuple[str, str]:
        asked = " ".join(key for wording in self.ways.asked for key in keys_of(wording))
        return asked, " ".join(self.ways.said)


class KnowledgeBase:
    """One account's entries and their index. Not for several threads at once."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._known: dict[int, _Known] = {}
        self._phrasings: dict[str, list[int]] = {}
        """What entries say they may be asked by, word for word."""
        self._index = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        for statement in _SCHEMA:
            self._index.execute(statement)
        self.change(entries)
        if len(self) >= OPTIMIZED_FROM:
            self.put_in_order()

    def __len__(self) -> int:
        return len(self._known)

    def change(self, changed: Iterable[Entry], gone: Iterable[int] = ()) -> None:
        """Take up entries that are new or different, and forget others."""
        fresh = {entry.entry_id: _Known(entry, _ways_of(entry)) for entry in changed}
        self._index.execute("BEGIN")
        for entry_id in {*fresh, *gone}:
            self._forget(entry_id)
        for known in fresh.values():
            self._learn(known)
        self._index.execute("COMMIT")

    def put_in_order(self) -> None:
        """Make what was taken up in many parts one: worth its while after thousands of entries."""
        self._index.execute("INSERT INTO entries (entries) VALUES ('optimize')")

    def search(self, text: str, language: str | None = None, limit: int = 5) -> list[Match]:
        """The entries that answer a question best, the best first. Empty text finds nothing."""
        text = text[:LOOKED_UP_CHARACTERS_MAX]
        question = self._asked(text, language_of(text) or language)
        exact = self._word_for_word(text)
        scores = {entry_id: likeness(question, self._known[entry_id].ways) for entry_id in self._candidates(question)}
        scores |= dict.fromkeys(exact, 100.0)
        # Of two that are asked by the very same words the newer one was written to be said instead.
        ranked = sorted(scores, key=lambda one: (-scores[one], *((0, -one) if one in exact else (1, one))))
        shown = [entry_id for entry_id in ranked[:limit] if scores[entry_id] >= SHOWN_FROM]
        # Of two that fit as well neither is sure, unless they say the same.
        rival = next(
            (other for other in ranked if self._answer(other, language) != self._answer(ranked[0], language)), None
        )
        most = 100.0 if rival is None or exact else with_margin(scores[ranked[0]], scores[rival])
        return [
            _match(self._known[entry_id].entry, round(min(most, scores[entry_id])), entry_id in exact, language)
            for entry_id in shown
        ]

    def close(self) -> None:
        """Let the index go."""
        self._index.close()
        self._known.clear()

    def _word_for_word(self, text: str) -> list[int]:
        """The entries that say of themselves that they may be asked like this, and not only as a part of a document
        under a heading that it shares with others."""
        found = self._phrasings.get(said_plainly(text), [])
        written = [entry_id for entry_id in found if self._known[entry_id].entry.document is None]
        return written or (found if len(found) == 1 else [])

    def _answer(self, entry_id: int, language: str | None) -> str:
        return self._known[entry_id].entry.answer_in(language)

    def _learn(self, known: _Known) -> None:
        entry_id = known.entry.entry_id
        self._known[entry_id] = known
        sql = "INSERT INTO entries (rowid, asked, said) VALUES (?, ?, ?)"
        self._index.execute(sql, (entry_id, *known.columns()))
        for phrasing in _phrasings_of(known.entry):
            self._phrasings.setdefault(phrasing, []).append(entry_id)

    def _forget(self, entry_id: int) -> None:
        known = self._known.pop(entry_id, None)
        if known is None:
            return
        sql = "INSERT INTO entries (entries, rowid, asked, said) VALUES ('delete', ?, ?, ?)"
        self._index.execute(sql, (entry_id, *known.columns()))
        for phrasing in _phrasings_of(known.entry):
            self._phrasings[phrasing].remove(entry_id)
            if not self._phrasings[phrasing]:
                del self._phrasings[phrasing]

    def _asked(self, text: str, language: str | None) -> list[Asked]:
        """The words of a question with what they tell here, mistyped ones recognised."""
        words = words_of(text)
        meant = self._recognised(words, language)
        terms = terms_among([meant.get(word, word) for word in words], language)
        counts = self._counts(key for term in terms for key in term.asked_keys())
        recognised = set(meant.values())
        asked = []
        for term in list({term.keys: term for term in terms}.values())[:TERMS_MAX]:
            sure = MISTYPED_SURE if term.word in recognised else 1.0
            # By what only sounds like it a word is not known yet.
            occurrences = max((counts.get(key, 0) for key, how in term.keys if how >= MEANT), default=0)
            keys = {key: how * sure for key, how in term.asked_keys().items()}
            asked.append(Asked(keys, weight_of(term, occurrences, len(self))))
        return asked

    def _recognised(self, words: Sequence[str], language: str | None) -> dict[str, str]:
        """What words that nobody knows may have been meant to be."""
        strange = {
            word: term
            for word in words
            if len(word) >= LETTERS_MIN_SWAPPED
            and not is_common(word)
            and (term := term_of(word, language)) is not None
        }
        counts = self._counts(keys_of(strange.values()))
        meant: dict[str, str] = {}
        for word, term in list(strange.items()):
            if (
                len(meant) < TYPOS_MAX
                and not (term.is_meant or term.kinds)
                and not any(key in counts for key, _ in term.keys)
            ):
                found = meant_by(word, self._words_like(word))
                if found is not None:
                    meant[word] = found
        return meant

    def _words_like(self, word: str) -> Iterator[str]:
        """Words that begin like one and are about as long: those of the knowledge first."""
        sql = "SELECT substr(term, 2) FROM vocabulary WHERE term >= ? AND term < ?"
        start = f"w{word[:2]}"
        yield from (found for (found,) in self._index.execute(sql, (start, start[:-1] + chr(ord(start[-1]) + 1))))
        for length in (len(word), len(word) - 1, len(word) + 1):
            yield from words_shaped(word[0], length)

    def _counts(self, keys: Iterable[str]) -> dict[str, int]:
        """In how many entries each of the keys stands; those that stand in none are left out."""
        wanted = tuple(dict.fromkeys(keys))
        marks = ", ".join("?" * len(wanted))
        return dict(self._index.execute(f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})", wanted).fetchall())

    def _candidates(self, question: Sequence[Asked]) -> Iterator[int]:
        """The entries that are worth comparing."""
        counts = self._counts(key for asked in question for key in asked.keys)
        # Of each word the rarest key at least: what is rare finds a name, but what is asked about it is often common.
        chosen = {
            min(found, key=lambda key: (counts[key], key))
            for asked in question
            if (found := asked.keys & counts.keys())
        }
        rows = sum(counts[key] for key in chosen)
        for key in sorted(counts.keys() - chosen, key=lambda key: (counts[key], key)):
            rows += counts[key]
            if rows > ROWS_MAX:
                break
            chosen.add(key)
        if chosen:
            # What nearly every answer says is looked for among the questions alone.
            words = [f'"{key}"' if counts[key] <= ROWS_MAX else f'{{asked}} : "{key}"' for key in sorted(chosen)]
            sql = "SELECT rowid FROM entries WHERE entries MATCH ? ORDER BY rank LIMIT ?"
            for (entry_id,) in self._index.execute(sql, (" OR ".join(words), CANDIDATES_MAX)):
                yield entry_id


def _ways_of(entry: Entry) -> Ways:
    asked = [entry.question, *entry.phrasings]
    if entry.document is not None:
        # A passage is asked by what it says: sentence by sentence, or a long one would fit every question a little.
        asked += [sentence for answer in entry.answers.values() for sentence in _SENTENCE.findall(answer)]
    wordings = tuple(dict.fromkeys(filter(None, map(terms_of, asked))))
    answers = () if entry.document is not None else entry.answers.items()
    said = [term for language, answer in answers for term in terms_of(answer, language)]
    topic = terms_of(entry.topic) if entry.topic else ()
    # By what only sounds like it or is a part of it no word of an answer is found: answers are long.
    keys = dict.fromkeys(key for key in keys_of((*said, *topic)) if key[0] not in "at")
    return Ways(wordings, tuple(keys))


def _phrasings_of(entry: Entry) -> list[str]:
    said = dict.fromkeys(said_plainly(asked) for asked in (entry.question, *entry.phrasings))
    return [phrasing for phrasing in said if phrasing]


def _match(entry: Entry, score: int, is_exact: bool, language: str | None) -> Match:
    tier = Tier.EXACT if is_exact else Tier.STRONG if score >= STRONG_FROM else Tier.WEAK
    answer = entry.answer_in(language)
    return Match(entry.entry_id, entry.question, answer, score, tier, entry.topic, entry.document)
