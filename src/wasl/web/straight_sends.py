"""The straight way of a plain `/send-message`: what FastAPI does around a call costs more than the call.

Whatever is not plain takes the documented way, which also tells what is wrong with it: so nothing is said twice.
"""

from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wasl.errors import WaslError
from wasl.web.answers import Replay, failure, note_failure
from wasl.web.asked_sends import SendMessage
from wasl.web.sends import Sends
from wasl.web.session import Sessions

PATH = "/api/live-chat/send-message"


class StraightSends:
    """Stands before an application, behind the limit of bodies, which hands each out in one piece."""

    def __init__(self, app: ASGIApp, sends: Sends, sessions: Sessions) -> None:
        self._app = app
        self._sends = sends
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        message = await receive()
        answer = await self._answer(scope, message)
        if answer is None:
            await self._app(scope, Replay(message.get("body", b""), receive), send)
        else:
            await answer(scope, receive, send)

    async def _answer(self, scope: Scope, message: Message) -> Response | None:
        """None when it is not for us."""
        headers = Headers(scope=scope)
        if headers.get("content-type") != "application/json" or "idempotency-key" in headers:
            return None
        try:
            operator = self._sessions.authenticate(scope)
            asked = SendMessage.model_validate_json(message.get("body", b""))
        except (WaslError, ValidationError):
            return None
        try:
            return await self._sends.send_message(operator, asked)
        except WaslError as error:
            note_failure(PATH, error)
            return failure(error)
