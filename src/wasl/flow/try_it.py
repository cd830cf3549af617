"""Trying the assistant out: what it would answer to a question, by the same rules and the same mind as a customer's.

The promise: nothing is stored and nothing is sent; only what a model costs is counted, as it always is.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Protocol

from wasl.assistant.talking.rules import call_for_person
from wasl.assistant.wording import told_to_customer, unfit
from wasl.clock import now_ms
from wasl.domain.assistant import Answered, Brief, Line, Reason
from wasl.domain.conversation import ConversationStatus
from wasl.domain.handover import Handover
from wasl.domain.language import language_of
from wasl.domain.mood import feeling_of, mood_after
from wasl.domain.notes import Note, NoteCode
from wasl.errors import WaslError
from wasl.flow.budget import day_of
from wasl.flow.limits import TRY_SECONDS_MAX
from wasl.observe import log
from wasl.store.assistants import Assistant
from wasl.store.briefs import Situation
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.spending import CountUse, is_spent
from wasl.store.team import Team


class Answerer(Protocol):
    """Whatever makes an answer of a question."""

    async def answer(self, situation: Situation, assistant: Assistant) -> Answered: ...


@dataclass(frozen=True, slots=True)
class Tried:
    """What it came to. `told` is what a customer would hear if a person is called."""

    answered: Answered
    language: str | None
    told: str | None


class Trial:
    """Asks the assistant of an account as a stranger would who writes for the first time."""

    def __init__(self, database: Database, journal: Journal, team: Team, answerer: Answerer) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._answerer = answerer

    async def ask(self, account_id: int, channel_id: int, text: str) -> Tried:
        """Ask as on one of the account's numbers, or on any. Raises Unavailable."""
        assistant = self._team.assistant(account_id, channel_id)
        situation, at_ms = _situation(account_id, text), now_ms()
        answered = await self._answered(situation, assistant, at_ms)
        if answered.usage.model is not None:
            await self._journal.submit(CountUse(account_id, day_of(assistant.settings), answered.usage))
        language = situation.brief.language
        told = told_to_customer(answered.reason, assistant.settings, language, at_ms)
        return Tried(answered, language, told)

    async def _answered(self, situation: Situation, assistant: Assistant, at_ms: int) -> Answered:
        settings, brief = assistant.settings, situation.brief
        called = call_for_person(brief, situation.mood, settings, at_ms)
        if called is not None:
            return called
        day = day_of(settings)
        spent = await self._database.read(lambda c: is_spent(c, brief.account_id, day, settings.limits))
        if spent is not None:
            return Answered(None, Reason.BUDGET, spent)
        began = ("began", at_ms, None)
        try:
            async with asyncio.timeout(TRY_SECONDS_MAX):
                answered = await self._answerer.answer(situation, assistant)
        except TimeoutError:
            return Answered(None, Reason.FAILED, Note(NoteCode.TOOK_TOO_LONG), steps=(began,))
        except WaslError:
            raise
        except Exception as error:
            log.error("trial failed", account_id=brief.account_id, error=type(error).__name__)
            return Answered(None, Reason.FAILED, Note(NoteCode.ASSISTANT_FAILED), steps=(began,))
        return unfit(replace(answered, steps=(began, *answered.steps)), brief, settings)


def _situation(account_id: int, text: str) -> Situation:
    return Situation(
        conversation_id="",
        user_id="",
        handover=Handover(ConversationStatus.BOT),
        mood=mood_after(0, feeling_of(text)),
        continued=False,
        brief=Brief(account_id, (Line("user", text, at_ms=now_ms()),), language=language_of(text)),
        told=False,
        messages=(),
    )
