"""The copilot of a person who answers: suggestions, other words, summaries. Nothing of it is sent by itself."""

from typing import Annotated, Protocol

from fastapi import APIRouter, Depends
from starlette.responses import Response

from wasl.domain.assistant import Answered
from wasl.domain.language import language_of
from wasl.domain.notes import note_parts
from wasl.domain.people import Operator
from wasl.errors import Conflict, Invalid
from wasl.store.assistants import WHOLE_ACCOUNT
from wasl.store.database import Database
from wasl.store.inbox import channel_of_conversation
from wasl.store.team import Team
from wasl.web import knowledge_schemas as schemas
from wasl.web.answers import Json
from wasl.web.asked import OneConversation
from wasl.web.asking import Asking
from wasl.web.failures import CHANGE_FAILURES, NO_MODEL, failures
from wasl.web.knowledge_faces import match_face
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]


class Copilot(Protocol):
    """Whatever helps. Each may raise Conflict `no_model` where it needs one and none is set, and Unavailable
    `model_failed`; NotFound for a conversation of nobody."""

    async def suggest(self, account_id: int, user_id: str, conversation_id: str) -> Answered: ...
    async def rewrite(self, account_id: int, text: str, how: str, language: str | None) -> str: ...
    async def summary(self, account_id: int, user_id: str, conversation_id: str, *, language: str) -> str: ...


class CopilotCalls:
    """The three calls."""

    def __init__(self, copilot: Copilot, database: Database, team: Team, asking: Asking) -> None:
        self._copilot = copilot
        self._database = database
        self._team = team
        self._asking = asking

    def router(self) -> APIRouter:
        """What stands below `/api/live-chat`."""
        router = APIRouter(tags=["copilot"], responses=CHANGE_FAILURES | failures(429) | NO_MODEL)
        for path, endpoint, model in (
            ("/copilot/suggest", self.suggest, schemas.Suggested),
            ("/copilot/rewrite", self.rewrite, schemas.Written),
            ("/copilot/summary", self.summary, schemas.Written),
        ):
            router.add_api_route(path, endpoint, methods=["POST"], response_model=model)
        return router

    async def suggest(self, me: Me, asked: OneConversation) -> Response:
        """A reply to what the customer said last, with what it stands on."""
        self._refuse_unwanted(me, await self._channel_of(me, asked))
        with self._asking.place_for(me):
            answered = await self._copilot.suggest(me.account_id, asked.user_id, asked.conversation_id)
        return Json(
            {
                "success": True,
                "text": answered.text,
                "confidence": answered.confidence,
                "language": language_of(answered.text or ""),
                "sources": [match_face(match) for match in answered.matches],
                **note_parts(answered.note),
            }
        )

    async def rewrite(self, me: Me, asked: schemas.Rewriting) -> Response:
        """The same in other words."""
        self._refuse_unwanted(me, WHOLE_ACCOUNT)
        if asked.how == "translate" and asked.language is None:
            raise Invalid("Say into which language.", code="language_needed")
        with self._asking.place_for(me):
            text = await self._copilot.rewrite(me.account_id, asked.text, asked.how, asked.language)
        return Json({"success": True, "text": text})

    async def summary(self, me: Me, asked: schemas.Summarising) -> Response:
        """What a colleague has to know who takes over."""
        self._refuse_unwanted(me, await self._channel_of(me, asked))
        with self._asking.place_for(me):
            text = await self._copilot.summary(
                me.account_id, asked.user_id, asked.conversation_id, language=asked.language
            )
        return Json({"success": True, "text": text})

    async def _channel_of(self, me: Operator, asked: OneConversation) -> int:
        """Over which number a conversation runs. Raises NotFound."""
        return await self._database.read(
            lambda connection: channel_of_conversation(connection, me.account_id, asked.conversation_id)
        )

    def _refuse_unwanted(self, me: Operator, channel_id: int) -> None:
        if not self._team.assistant(me.account_id, channel_id).settings.copilot:
            raise Conflict("The copilot is switched off here.", code="copilot_off")
