"""What operators do beside writing: take over, give back, end, read, and say whether they are there."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from wasl.domain.people import Operator
from wasl.observe import log
from wasl.store.desk import HandOver, MarkRead, Move
from wasl.store.journal import Journal
from wasl.store.team import Team
from wasl.store.turns import Terms
from wasl.web import schemas
from wasl.web.answers import Json
from wasl.web.asked import OneConversation, OperatorStatus, ReadUpTo
from wasl.web.failures import CHANGE_FAILURES
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]


class Desk:
    """The calls that change something. Each is one change of the journal: committed before it is answered."""

    def __init__(self, journal: Journal, team: Team) -> None:
        self._journal = journal
        self._team = team

    def add_routes(self, router: APIRouter) -> None:
        """Put them on a router."""
        for path, endpoint, model in (
            ("/takeover", self.take_over, schemas.HandedOver),
            ("/release", self.release, schemas.HandedOver),
            ("/end-conversation", self.end_conversation, schemas.HandedOver),
            ("/read", self.mark_read, schemas.ReadMarker),
            ("/operator-status", self.tell_status, schemas.OperatorPresence),
        ):
            router.add_api_route(path, endpoint, methods=["POST"], response_model=model, responses=CHANGE_FAILURES)

    async def take_over(self, me: Me, asked: OneConversation) -> Response:
        """Answer this conversation from now on."""
        return await self._hand_over(me, asked, Move.TAKE_OVER)

    async def release(self, me: Me, asked: OneConversation) -> Response:
        """Give the conversation back to the assistant."""
        return await self._hand_over(me, asked, Move.RELEASE)

    async def end_conversation(self, me: Me, asked: OneConversation) -> Response:
        """The matter is settled, until the customer writes again."""
        return await self._hand_over(me, asked, Move.END)

    async def _hand_over(self, me: Operator, asked: OneConversation, move: Move) -> Response:
        def terms(channel_id: int) -> Terms:
            return self._team.assistant(me.account_id, channel_id).terms

        conversation = await self._journal.submit(
            HandOver(me.account_id, me, asked.conversation_id, asked.user_id, move, terms)
        )
        log.info(
            "handover",
            move=move.value,
            conversation_id=asked.conversation_id,
            operator_id=me.id,
            status=conversation["status"],
        )
        return Json(
            {
                "success": True,
                "conversation_id": conversation["conversation_id"],
                "operator_id": conversation["operator_id"],
                "status": conversation["status"],
                "conversation": conversation,
            }
        )

    async def mark_read(self, me: Me, asked: ReadUpTo) -> Response:
        """This operator has read the conversation up to a sequence; what was read once stays read. Where the channel
        can tell, the customer sees it too."""
        reading = MarkRead(me.account_id, me.id, asked.conversation_id, asked.sequence, self._tells_reading)
        state = await self._journal.submit(reading)
        return Json(
            {
                "success": True,
                "conversation_id": state.conversation_id,
                "operator_id": state.operator_id,
                "sequence": state.sequence,
                "unread_count": state.unread_count,
            }
        )

    def _tells_reading(self, channel_id: int) -> bool:
        channel = self._team.channel(channel_id)
        return channel is not None and channel.capabilities.read_receipts

    async def tell_status(self, me: Me, asked: OperatorStatus) -> Response:
        """Say whether this operator is there."""
        await self._team.change_status(me.id, asked.status)
        return Json({"success": True, "operator_id": str(me.id), "status": asked.status.value})
