"""Copilot: what the assistant offers to people who answer themselves. It writes on their screen and sends nothing.

The promise: nobody but the person who asked sees or sends it, no tool is used for it that may change anything, and what
it costs is within the account's limits.
"""

import re
from dataclasses import replace

from wasl.assistant.extract import extract
from wasl.assistant.limits import SUMMARY_CHARACTERS_MAX
from wasl.assistant.models.model import Asked, Model, ModelFailed
from wasl.assistant.talking.answer_form import Malformed
from wasl.assistant.talking.conversing import Bill, ask_once
from wasl.assistant.talking.copilot import Rewriting, rewriting, summarising, text_of
from wasl.clock import monotonic
from wasl.domain.assistant import Answered, Reason
from wasl.domain.assistant_settings import AssistantSettings
from wasl.domain.notes import Note, NoteCode
from wasl.errors import Conflict, Invalid, Unavailable
from wasl.flow.budget import Budget
from wasl.flow.limits import COPILOT_SECONDS_MAX, COPILOT_TEXT_CHARACTERS_MAX
from wasl.flow.models import access_of
from wasl.flow.think import Thinker
from wasl.store.assistants import Assistant
from wasl.store.briefs import Situation, situation_of
from wasl.store.database import Connection, Database
from wasl.store.inbox import conversation_row
from wasl.store.team import Team

_LANGUAGE = re.compile(r"[a-z]{2,3}|arabizi")
_MALFORMED = "The model's answer was not in the form that was asked for."


class Copilot:
    """Suggests, rewrites and sums up. Every call raises Conflict `copilot_off` where the account does not want it, and
    NotFound for a conversation that is not the account's."""

    def __init__(self, database: Database, team: Team, thinker: Thinker, model: Model, budget: Budget) -> None:
        self._database = database
        self._team = team
        self._thinker = thinker
        self._model = model
        self._budget = budget

    async def suggest(self, account_id: int, user_id: str, conversation_id: str) -> Answered:
        """A draft with its sources; its `text` is None where nothing is known that helps, and `note` says why.

        Without a model, and where a limit is used up or the model fails, it is the best match.
        """
        situation, assistant = await self._opened(account_id, user_id, conversation_id)
        if not situation.brief.question:
            return Answered(None, note=Note(NoteCode.WAITS_FOR_NOTHING))
        spent = await self._budget.spent(account_id, assistant.settings)
        if spent is not None:
            assistant = replace(assistant, settings=_without_model(assistant.settings))
        answered = await self._thinker.answer(situation, assistant, rehearsal=True, seconds=COPILOT_SECONDS_MAX)
        await self._budget.count(account_id, assistant.settings, answered.usage)
        if answered.replies:
            return answered
        if answered.reason is Reason.FAILED and answered.text is None:
            raise Unavailable(answered.note, code="model_failed")
        best = answered.matches[0].answer if answered.matches else None
        # What was no answer is no suggestion either.
        text = best if answered.reason is Reason.UNSAFE else answered.text or best
        return replace(answered, text=text, note=spent or answered.note)

    async def rewrite(self, account_id: int, text: str, how: str, language: str | None = None) -> str:
        """A text said otherwise. Raises Invalid, Conflict `no_model` and `budget_spent`, Unavailable `model_failed`."""
        if how not in tuple(Rewriting):
            raise Invalid("A text can be made shorter or friendlier, or be translated.")
        if not text.strip() or len(text) > COPILOT_TEXT_CHARACTERS_MAX:
            raise Invalid(f"The text has between 1 and {COPILOT_TEXT_CHARACTERS_MAX} characters.")
        if how == Rewriting.TRANSLATE and not _LANGUAGE.fullmatch(language or ""):
            raise Invalid("Say into which language: en, fr, ar, arabizi, or another code.")
        assistant = self._team.assistant(account_id)
        _check_wanted(assistant.settings)
        if not access_of(assistant).is_usable:
            raise Conflict("No model is set up, and that takes one.", code="no_model")
        spent = await self._budget.spent(account_id, assistant.settings)
        if spent is not None:
            raise Conflict(spent, code="budget_spent")
        asked = rewriting(text, Rewriting(how), language, COPILOT_TEXT_CHARACTERS_MAX)
        return await self._written(account_id, assistant, asked, COPILOT_TEXT_CHARACTERS_MAX)

    async def summary(self, account_id: int, user_id: str, conversation_id: str, *, language: str = "en") -> str:
        """A conversation in a few lines, in the language of the colleague who takes it over: by a model, and otherwise
        taken from it word for word. Raises Invalid and Unavailable `model_failed`."""
        if not _LANGUAGE.fullmatch(language):
            raise Invalid("Say in which language: en, fr, ar, or another code.")
        situation, assistant = await self._opened(account_id, user_id, conversation_id)
        brief = situation.brief
        spent = await self._budget.spent(account_id, assistant.settings)
        if spent is not None or not access_of(assistant).is_usable:
            return extract(brief, situation.mood, language)
        return await self._written(account_id, assistant, summarising(brief, language), SUMMARY_CHARACTERS_MAX)

    async def _written(self, account_id: int, assistant: Assistant, asked: Asked, characters_max: int) -> str:
        bill, until = Bill(), monotonic() + COPILOT_SECONDS_MAX
        try:
            said = await ask_once(self._model, access_of(assistant), asked, bill, until)
            if said.refusal is not None:
                raise Unavailable("The model refused.", code="model_failed")
            return text_of(said.text, characters_max)
        except ModelFailed as failure:
            raise Unavailable(failure.note, code="model_failed") from failure
        except Malformed as error:
            raise Unavailable(_MALFORMED, code="model_failed") from error
        finally:
            # Also for somebody who has gone away meanwhile.
            self._budget.count_later(account_id, assistant.settings, bill.usage)

    async def _opened(self, account_id: int, user_id: str, conversation_id: str) -> tuple[Situation, Assistant]:
        def read(connection: Connection) -> tuple[Situation, int]:
            conversation, _ = conversation_row(connection, account_id, 0, user_id, conversation_id)
            return situation_of(connection, conversation), conversation.channel.channel_id

        situation, channel_id = await self._database.read(read)
        assistant = self._team.assistant(account_id, channel_id)
        _check_wanted(assistant.settings)
        return situation, assistant


def _check_wanted(settings: AssistantSettings) -> None:
    if not settings.copilot:
        raise Conflict("The copilot is switched off.", code="copilot_off")


def _without_model(settings: AssistantSettings) -> AssistantSettings:
    return replace(settings, model=replace(settings.model, name=""))
