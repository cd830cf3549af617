"""What a number's provider can do, and the templates it may send."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from wasl.clock import iso
from wasl.domain.people import Operator
from wasl.domain.templates import Template, described
from wasl.errors import NotFound
from wasl.flow.sync_templates import TemplateKeeper
from wasl.limits import ID_CHARACTERS_MAX
from wasl.store.database import Connection, Database
from wasl.store.inbox import channel_of_conversation
from wasl.store.team import Channel, Team
from wasl.store.templates import channel_templates, synced_ms
from wasl.web import channel_schemas as schemas
from wasl.web.answers import Json
from wasl.web.asked import OneChannel
from wasl.web.failures import CHANGE_FAILURES, NOT_LISTED, READ_FAILURES
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]
ConversationId = Annotated[str, Query(min_length=1, max_length=ID_CHARACTERS_MAX)]


class ChannelCalls:
    """The calls of a dashboard that wants to offer what can be done, and nothing else."""

    def __init__(self, database: Database, team: Team, keeper: TemplateKeeper) -> None:
        self._database = database
        self._team = team
        self._keeper = keeper

    def router(self) -> APIRouter:
        """What stands below `/api/live-chat`."""
        router = APIRouter(tags=["live chat"], responses=READ_FAILURES)
        router.add_api_route("/channels", self.channels, methods=["GET"], response_model=schemas.Channels)
        router.add_api_route("/templates", self.templates, methods=["GET"], response_model=schemas.Templates)
        responses = CHANGE_FAILURES | NOT_LISTED
        router.add_api_route(
            "/templates/refresh",
            self.refresh,
            methods=["POST"],
            response_model=schemas.TemplatesListed,
            responses=responses,
        )
        return router

    async def channels(self, me: Me) -> Response:
        """The numbers of the account, and what can be done through each one's provider."""
        found = [self._described(channel) for channel in self._team.channels(me.account_id)]
        return Json({"success": True, "channels": found})

    async def templates(self, me: Me, conversation_id: ConversationId) -> Response:
        """The templates of a conversation's number, those that cannot be sent now too."""

        def read(connection: Connection) -> tuple[list[Template], int | None]:
            channel_id = channel_of_conversation(connection, me.account_id, conversation_id)
            return channel_templates(connection, me.account_id, channel_id), synced_ms(connection, channel_id)

        found, at_ms = await self._database.read(read)
        return Json({"success": True, "templates": [described(one) for one in found], "synced_at": iso(at_ms)})

    async def refresh(self, me: Me, asked: OneChannel) -> Response:
        """Ask the provider for a number's templates now."""
        channel = next((one for one in self._team.channels(me.account_id) if str(one.id) == asked.channel_id), None)
        if channel is None:
            raise NotFound("There is no such channel.")
        await self._keeper.refresh(channel)
        at_ms = await self._database.read(lambda connection: synced_ms(connection, channel.id))
        return Json({"success": True, "channel_id": str(channel.id), "synced_at": iso(at_ms)})

    def _described(self, channel: Channel) -> dict[str, object]:
        form = self._team.form_of(channel)
        return {**channel.face.as_json(), "title": form.title, "capabilities": channel.capabilities.as_json()}
