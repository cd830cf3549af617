"""What operators do: write, take over, give back, end, read, and say whether they are there."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from starlette.responses import Response

from wasl.domain.people import Operator
from wasl.errors import Invalid
from wasl.limits import CLIENT_MESSAGE_ID_CHARACTERS_MAX
from wasl.observe import log
from wasl.store.desk import HandOver, MarkRead, Move
from wasl.store.journal import Journal
from wasl.store.outbox import QueueMessage
from wasl.store.team import Team
from wasl.web import schemas
from wasl.web.answers import Json
from wasl.web.asked import OneConversation, OperatorStatus, ReadUpTo, SendMessage
from wasl.web.failures import CHANGE_FAILURES, failures
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=CLIENT_MESSAGE_ID_CHARACTERS_MAX,
        description="Stands for a missing `client_message_id`. Proxies that repeat a request set it.",
    ),
]


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
        path, responses = "/send-message", CHANGE_FAILURES | failures(409)
        router.add_api_route(
            path, self.send_message, methods=["POST"], response_model=schemas.Sent, responses=responses
        )

    async def send_message(self, me: Me, asked: SendMessage, idempotency_key: IdempotencyKey = None) -> Response:
        """Queue a reply to the customer; its status follows by events."""
        if not asked.message.strip():
            raise Invalid("An empty message cannot be sent.", code="empty_message")
        message = await self._journal.submit(
            QueueMessage(
                account_id=me.account_id,
                operator=me,
                conversation_id=asked.conversation_id,
                user_id=asked.user_id,
                text=asked.message,
                client_message_id=asked.client_message_id or idempotency_key,
                reply_to=asked.reply_to,
                seen_sequence=asked.seen_sequence,
                force=asked.force,
            )
        )
        log.info(
            "message queued",
            conversation_id=message.conversation_id,
            message_id=message.id,
            sequence=message.sequence,
            operator_id=me.id,
        )
        return Json({"success": True, "message": message.as_json()})

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
        conversation = await self._journal.submit(
            HandOver(me.account_id, me, asked.conversation_id, asked.user_id, move)
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
        """This operator has read the conversation up to a sequence; what was read once stays read."""
        state = await self._journal.submit(MarkRead(me.account_id, me.id, asked.conversation_id, asked.sequence))
        return Json(
            {
                "success": True,
                "conversation_id": state.conversation_id,
                "operator_id": state.operator_id,
                "sequence": state.sequence,
                "unread_count": state.unread_count,
            }
        )

    async def tell_status(self, me: Me, asked: OperatorStatus) -> Response:
        """Say whether this operator is there."""
        await self._team.change_status(me.id, asked.status)
        return Json({"success": True, "operator_id": str(me.id), "status": asked.status.value})
