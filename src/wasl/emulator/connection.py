"""Lets an answer be late, or be lost: the connection closes although the request was understood."""

import asyncio
from collections.abc import Callable

import httpx2
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_HANG_UP = "wasl.hang_up"


class ReachesConnections(Starlette):
    """An application whose answers can close the connection that they belong to, where the server allows it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # ASGI has no word for «close this now». Under uvicorn `send` belongs to an object that holds the transport,
        # which is seen out here alone: middleware wraps `send`.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if scope["type"] == "http" and transport is not None:
            scope[_HANG_UP] = transport.abort
        await super().__call__(scope, receive, send)


class LostAnswer(Response):
    """Says nothing for a while and closes the connection; ends earlier when the other side goes first."""

    def __init__(self, hold_seconds: float = 0.0) -> None:
        super().__init__()
        self._hold_seconds = hold_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hang_up: Callable[[], None] | None = scope.get(_HANG_UP)
        try:
            async with asyncio.timeout(self._hold_seconds):
                await _until_gone(receive)
        except TimeoutError:
            if hang_up is None:
                # In one process there is no connection: the caller gets the error that a closed one would give.
                raise httpx2.ReadError("The connection was closed without an answer.") from None
            hang_up()
            await _until_gone(receive)


class LateAnswer(Response):
    """An answer that takes its time; what it answers to was taken at once."""

    def __init__(self, answer: Response, hold_seconds: float) -> None:
        super().__init__()
        self._answer = answer
        self._hold_seconds = hold_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self._hold_seconds)
        await self._answer(scope, receive, send)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
