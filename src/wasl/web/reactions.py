"""Operators react to messages."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from wasl.domain.channels import Capabilities
from wasl.domain.people import Operator
from wasl.store.journal import Journal
from wasl.store.reactions import React
from wasl.store.team import Team
from wasl.web import schemas
from wasl.web.answers import Json
from wasl.web.asked import Reacting
from wasl.web.failures import CHANGE_FAILURES, NOT_REACTED
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]


class Reactions:
    """The one call. It is one change of the journal; the customer is told afterwards."""

    def __init__(self, journal: Journal, team: Team) -> None:
        self._journal = journal
        self._team = team

    def router(self) -> APIRouter:
        """To be put below `/api/live-chat`."""
        router = APIRouter(tags=["live chat"], responses=CHANGE_FAILURES | NOT_REACTED)
        router.add_api_route("/react", self.react, methods=["POST"], response_model=schemas.Sent)
        return router

    async def react(self, me: Me, asked: Reacting) -> Response:
        """React to a message in the business's name; an empty `emoji` takes the reaction away. Should WhatsApp refuse
        it later, it is taken back by an event, and `metadata.reaction_error` says why."""
        change = React(me.account_id, asked.conversation_id, asked.message_id, asked.emoji, self._able)
        message = await self._journal.submit(change)
        return Json({"success": True, "message": message.as_json()})

    def _able(self, channel_id: int) -> Capabilities | None:
        channel = self._team.channel(channel_id)
        return channel.capabilities if channel else None
