"""Gathering what customers asked in vain: questions that mean the same stand together.

The promise: each question is looked at once, and belongs to one group, whoever looks. Its words are those by which the
knowledge is searched, so that the same question in another language or script is the same here too.
"""

import asyncio
from collections.abc import Sequence

from wasl.assistant.language.words import index_words
from wasl.clock import now_ms
from wasl.store.database import Database
from wasl.store.duties import Duties
from wasl.store.journal import Journal
from wasl.store.unanswered import (
    GroupQuestions,
    Head,
    Placed,
    Ungrouped,
    accounts_to_gather,
    heads,
    ungrouped,
)

ALIKE_FROM = 0.5
"""What two questions have in common, of all their words."""
WITHIN_FROM = 0.8
"""How much of the shorter one stands in the longer one, if it has words enough to say anything."""
_WITHIN_WORDS_MIN = 2
_NO_WORDS = "-"
"""The terms of a question without any: it stands alone."""


class QuestionGatherer:
    """Puts questions into groups: before they are listed, and by the clock for whoever does not look."""

    def __init__(self, database: Database, journal: Journal, duties: Duties) -> None:
        self._database = database
        self._journal = journal
        self._duties = duties

    async def gather_all(self) -> None:
        """Gather those of every account, unless another node does. Raises Unavailable."""
        if await self._duties.claim("gather questions"):
            for account_id in await self._database.read(accounts_to_gather):
                await self.gather(account_id)

    async def gather(self, account_id: int) -> None:
        """Place every question of an account that is new. Raises Unavailable."""
        at_ms = now_ms()
        while fresh := await self._database.read(lambda connection: ungrouped(connection, account_id)):
            known = await self._database.read(lambda connection: heads(connection, account_id, at_ms))
            # Thousands may have to be compared.
            grouped = await asyncio.to_thread(self._grouped, account_id, fresh, known)
            await self._journal.submit(grouped)

    def _grouped(self, account_id: int, fresh: Sequence[Ungrouped], known: Sequence[Head]) -> GroupQuestions:
        compared = [(head, frozenset(head.terms.split())) for head in known]
        placed: list[Placed] = []
        terms: dict[int, str] = {}
        for question in fresh:
            words = frozenset(index_words(question.question, question.language))
            terms[question.answer_id] = " ".join(sorted(words)) or _NO_WORDS
            head = nearest(words, compared)
            if head is None:
                head = Head(question.answer_id, terms[question.answer_id])
                if words:
                    compared.append((head, words))
            placed.append(Placed(question.answer_id, head))
        return GroupQuestions(account_id, placed, terms)


def nearest(words: frozenset[str], heads: Sequence[tuple[Head, frozenset[str]]]) -> Head | None:
    """The group that is most like a question, if any is like it."""
    best, found = 0.0, None
    for head, theirs in heads:
        if (score := likeness(words, theirs)) > best:
            best, found = score, head
    return found


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0 to 1; 0 when two questions are not alike enough to be the same."""
    common = len(one & other)
    if not common:
        return 0.0
    jaccard = common / len(one | other)
    shorter = min(len(one), len(other))
    within = common / shorter if shorter >= _WITHIN_WORDS_MIN else 0.0
    return max(jaccard, within * WITHIN_FROM) if jaccard >= ALIKE_FROM or within >= WITHIN_FROM else 0.0
