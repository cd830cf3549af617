"""Comparing: the assistant's drafts are held against what people sent in their place, by one node of the installation.

The promise: a draft counts once, against what a person wrote to the very question that it answers, or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from wasl.assistant.agreement import agreement_of
from wasl.assistant.talking.rules import claims_something
from wasl.clock import now_ms
from wasl.flow.limits import DRAFT_KEPT_SECONDS, DRAFTS_LOOKED_AT_ONCE, REPLY_SETTLED_SECONDS
from wasl.flow.together import submit_together
from wasl.observe import log
from wasl.store.agreement import (
    Said,
    SettleComparison,
    Uncompared,
    answers_of_entries,
    is_superseded,
    said_since,
    uncompared_drafts,
)
from wasl.store.database import Connection, Database
from wasl.store.duties import Duties
from wasl.store.journal import Journal
from wasl.store.last_words import TOLD

_DUTY = "compare drafts"
_START = (0, 0, 0)


class _State(StrEnum):
    WAITING = "waiting"
    """Nobody has answered, or they may still say more."""
    ANSWERED = "answered"
    OVER = "over"
    """What comes now answers something else."""


@dataclass(frozen=True, slots=True)
class Instead:
    """What people sent in the place of a draft, as far as it has come."""

    state: _State
    text: str = ""
    first_sequence: int | None = None


class DraftComparer:
    """Goes round the drafts, some at each turn: many wait for somebody to answer."""

    def __init__(self, database: Database, journal: Journal, duties: Duties, clock: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._journal = journal
        self._duties = duties
        self._clock = clock
        self._place = _START

    async def compare(self) -> int:
        """Compare what can be, unless another node does; how many drafts were. Raises Unavailable."""
        if not await self._duties.claim(_DUTY):
            return 0
        asked = partial(uncompared_drafts, after=self._place, limit=DRAFTS_LOOKED_AT_ONCE)
        drafts = await self._database.read(asked)
        self._place = drafts[-1].place if len(drafts) == DRAFTS_LOOKED_AT_ONCE else _START
        settled = [await self._database.read(partial(_settled, draft=draft, at_ms=self._clock())) for draft in drafts]
        compared = sum(await submit_together(self._journal, [one for one in settled if one is not None]))
        if compared:
            log.info("drafts compared", count=compared)
        return compared


def _settled(connection: Connection, draft: Uncompared, at_ms: int) -> SettleComparison | None:
    """What came of a draft; None while that is open."""
    instead = sent_instead(said_since(connection, draft), at_ms)
    nothing = SettleComparison(draft.account_id, draft.answer_id)
    if not claims_something(draft.reply, draft.question, draft.entries):
        return nothing
    if is_superseded(connection, draft, instead.first_sequence):
        return nothing
    match instead.state:
        case _State.WAITING:
            is_old = draft.created_ms <= at_ms - DRAFT_KEPT_SECONDS * 1000
            return nothing if is_old and instead.first_sequence is None else None
        case _State.OVER:
            return nothing
        case _State.ANSWERED:
            versions = answers_of_entries(connection, draft.account_id, draft.entries[:1])
            agreement = agreement_of(draft.reply, instead.text, versions)
            return SettleComparison(draft.account_id, draft.answer_id, agreement, instead.first_sequence)


def sent_instead(said: list[Said], at_ms: int) -> Instead:
    """What people sent until the customer wrote again, or for long enough nobody said more. Of a customer who wrote on
    before anybody answered nobody can tell which of their words the answer is to."""
    sent: list[Said] = []
    for message in said:
        if message.role == "operator":
            sent.append(message)
        elif sent:
            return _answered(sent)
        elif TOLD not in message.metadata:
            return Instead(_State.OVER)
    if not sent:
        return Instead(_State.WAITING)
    is_settled = sent[-1].saved_ms <= at_ms - REPLY_SETTLED_SECONDS * 1000
    return _answered(sent) if is_settled else Instead(_State.WAITING, first_sequence=sent[0].sequence)


def _answered(sent: list[Said]) -> Instead:
    text = "\n".join(message.text for message in sent if message.text)
    return Instead(_State.ANSWERED, text, sent[0].sequence)
