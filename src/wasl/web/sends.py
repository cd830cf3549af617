"""What operators send, and what they decide about a message of which nobody knows whether it went out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from starlette.responses import Response

from wasl.domain.people import Operator
from wasl.flow.compose import Composer, Place
from wasl.limits import CLIENT_MESSAGE_ID_CHARACTERS_MAX
from wasl.observe import log
from wasl.store.decide import Decide
from wasl.store.journal import Journal
from wasl.store.message_row import Message
from wasl.store.outbox import QueueMessage
from wasl.web import schemas
from wasl.web.answers import Json
from wasl.web.asked import OneMessage
from wasl.web.asked_sends import SendMessage
from wasl.web.failures import CHANGE_FAILURES, NOT_DECIDABLE, NOT_SENT
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


class Sends:
    """Each call is one change of the journal: committed before it is answered."""

    def __init__(self, journal: Journal, composer: Composer) -> None:
        self._journal = journal
        self._composer = composer

    def router(self) -> APIRouter:
        """What stands below `/api/live-chat`."""
        router = APIRouter(tags=["live chat"], responses=CHANGE_FAILURES)
        for path, endpoint, responses in (
            ("/send-message", self.send_message, NOT_SENT),
            ("/send-again", self.send_again, NOT_DECIDABLE),
            ("/discard-message", self.discard_message, NOT_DECIDABLE),
        ):
            router.add_api_route(path, endpoint, methods=["POST"], response_model=schemas.Sent, responses=responses)
        return router

    async def send_message(self, me: Me, asked: SendMessage, idempotency_key: IdempotencyKey = None) -> Response:
        """Queue a message to the customer; its status follows by events. What WhatsApp would refuse is refused here,
        before anything is queued."""
        client_message_id = asked.client_message_id or idempotency_key
        place = Place(me.account_id, asked.conversation_id, asked.user_id, client_message_id)
        composed = await self._composer.compose(place, asked.wanted())
        if isinstance(composed, Message):
            return _shown(composed)
        message = await self._journal.submit(
            QueueMessage(
                account_id=me.account_id,
                operator=me,
                conversation_id=asked.conversation_id,
                user_id=asked.user_id,
                content=composed.content,
                client_message_id=client_message_id,
                reply_to=asked.reply_to,
                seen_sequence=asked.seen_sequence,
                force=asked.force,
                windowed=composed.windowed,
                upload_id=composed.upload_id,
            )
        )
        log.info(
            "message queued",
            conversation_id=message.conversation_id,
            message_id=message.id,
            sequence=message.sequence,
            operator_id=me.id,
        )
        return _shown(message)

    async def send_again(self, me: Me, asked: OneMessage) -> Response:
        """Let a message of which nobody knows whether it went out leave once more: the customer may get it twice."""
        return await self._decide(me, asked, again=True)

    async def discard_message(self, me: Me, asked: OneMessage) -> Response:
        """Give such a message up. Should WhatsApp tell later that it went out, that is what it shows."""
        return await self._decide(me, asked, again=False)

    async def _decide(self, me: Operator, asked: OneMessage, *, again: bool) -> Response:
        change = Decide(me.account_id, me.id, asked.conversation_id, asked.message_id, again)
        message = await self._journal.submit(change)
        log.info(
            "message sent again" if again else "message discarded",
            conversation_id=message.conversation_id,
            message_id=message.id,
            operator_id=me.id,
        )
        return _shown(message)


def _shown(message: Message) -> Response:
    return Json({"success": True, "message": message.as_json()})
