"""Thinking: what is known is looked up, and a model makes an answer of it; without one the best match is the answer.

The promise: there is always an end. A model that fails, and a tool that hangs, become a hand-over with a reason.
"""

import asyncio
from dataclasses import replace

from wasl.assistant.knowledge.keyless import answer_from, asked_in, questions_of
from wasl.assistant.models.model import Model
from wasl.assistant.talking.conversing import Bill, converse
from wasl.assistant.talking.rules import still_learning
from wasl.assistant.tools.http_tool import HttpTools
from wasl.assistant.tools.toolbox import Toolbox
from wasl.clock import monotonic, now_ms
from wasl.domain.assistant import Answered, AssistantMode, Brief, Match
from wasl.domain.conversation import ConversationStatus
from wasl.flow.budget import Budget
from wasl.flow.limits import THINK_SECONDS_MAX
from wasl.flow.models import access_of, tools_of
from wasl.flow.shelf import Shelf
from wasl.limits import QUESTION_CHARACTERS_MAX
from wasl.store.agreement import agreement_on
from wasl.store.assistants import Assistant
from wasl.store.briefs import Situation
from wasl.store.database import Database


class Thinker:
    """Makes answers of questions."""

    def __init__(self, database: Database, shelf: Shelf, model: Model, tools: HttpTools, budget: Budget) -> None:
        self._database = database
        self._shelf = shelf
        self._model = model
        self._tools = tools
        self._budget = budget

    async def answer(
        self,
        situation: Situation,
        assistant: Assistant,
        *,
        rehearsal: bool = False,
        seconds: float = THINK_SECONDS_MAX,
    ) -> Answered:
        """An answer, or a reason to call a person. No tool is called that may change anything in a rehearsal, for what
        is only drafted, and where no customer has written at all, but somebody tries it out. Raises Unavailable."""
        brief = situation.brief
        matches = await self._look_up(brief, asked_in(brief.text))
        looked_up = ("looked up", now_ms(), {"matches": len(matches), "best": matches[0].score if matches else None})
        if access_of(assistant).is_usable:
            acts = not rehearsal and await self._is_trusted(situation, assistant, matches)
            answered = await self._converse(situation, assistant, matches, monotonic() + seconds, reads_only=not acts)
        else:
            parts = [await self._look_up(brief, question) for question in questions_of(brief.text)]
            answered = answer_from(matches, brief, assistant.settings, parts)
        return replace(answered, steps=(looked_up, *answered.steps))

    async def _is_trusted(self, situation: Situation, assistant: Assistant, matches: list[Match]) -> bool:
        """Whether what is made will be said to a customer, as far as that is known before it is made."""
        settings, account_id = assistant.settings, situation.brief.account_id
        is_bots = situation.handover.status is ConversationStatus.BOT and settings.mode is AssistantMode.AUTO
        if not (is_bots and situation.messages):
            return False
        if not settings.agreement_from:
            return True
        topic, samples = matches[0].topic if matches else None, settings.agreement_samples
        standing = await self._database.read(lambda c: agreement_on(c, account_id, topic, samples))
        return still_learning(settings, *standing) is None

    async def _look_up(self, brief: Brief, text: str) -> list[Match]:
        return await self._shelf.search(brief.account_id, text[:QUESTION_CHARACTERS_MAX], brief.language)

    async def _converse(
        self, situation: Situation, assistant: Assistant, matches: list[Match], until: float, *, reads_only: bool
    ) -> Answered:
        brief, settings, bill = situation.brief, assistant.settings, Bill()

        async def search(text: str, language: str | None) -> list[Match]:
            return await self._shelf.search(brief.account_id, text, language)

        # Whoever begins a turn again does the same things for the same message.
        deed = f"{brief.account_id} {situation.messages[0].id if situation.messages else situation.conversation_id}"
        toolbox = Toolbox(
            search,
            self._tools,
            tools_of(assistant, brief.account_id),
            deed=deed,
            reserved_tags=settings.rules.vip_tags,
            reads_only=reads_only,
        )
        model, access = self._model, access_of(assistant)
        try:
            return await converse(model, access, brief, matches, settings, toolbox, until=until, bill=bill)
        except asyncio.CancelledError:
            # Something newer made it vain, or it took too long: what it has used counts all the same.
            self._budget.count_later(brief.account_id, settings, bill.usage)
            raise


class Rehearsal:
    """Answers as a thinker would, and changes nothing anywhere."""

    def __init__(self, thinker: Thinker) -> None:
        self._thinker = thinker

    async def answer(self, situation: Situation, assistant: Assistant) -> Answered:
        """See `Thinker.answer`. Raises Unavailable."""
        return await self._thinker.answer(situation, assistant, rehearsal=True)
