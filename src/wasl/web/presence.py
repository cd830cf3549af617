"""What operators let their colleagues know in passing: that they type, and where they look. Nothing of it is stored."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from wasl.domain.people import Operator
from wasl.live.whispers import Whispers
from wasl.web import schemas
from wasl.web.answers import Json
from wasl.web.asked import Typing, Viewing
from wasl.web.failures import CHANGE_FAILURES
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]


class PresenceCalls:
    """The calls that only colleagues' screens hear of."""

    def __init__(self, whispers: Whispers) -> None:
        self._whispers = whispers

    def router(self) -> APIRouter:
        """To be put below `/api/live-chat`."""
        router = APIRouter(tags=["presence"], responses=CHANGE_FAILURES)
        router.add_api_route("/typing", self.tell_typing, methods=["POST"], response_model=schemas.TypingTold)
        router.add_api_route("/viewing", self.tell_viewing, methods=["POST"], response_model=schemas.ViewingTold)
        return router

    async def tell_typing(self, me: Me, asked: Typing) -> Response:
        """Let colleagues see that this operator types an answer, or stopped. Say it again every few seconds while it
        goes on: screens forget it after six. Where the channel can tell, the customer sees it too."""
        await self._whispers.tell_typing(me, asked.conversation_id, asked.typing, asked.user_id)
        return Json({"success": True, "conversation_id": asked.conversation_id, "typing": asked.typing})

    async def tell_viewing(self, me: Me, asked: Viewing) -> Response:
        """Let colleagues see which conversation this operator looks at, or that it is none. It holds until it is said
        anew, or until the operator's last stream has ended."""
        await self._whispers.tell_viewing(me, asked.conversation_id)
        return Json({"success": True, "conversation_id": asked.conversation_id})
