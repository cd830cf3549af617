"""The whole node inside the test's own process: the real application, its real parts, and signed-in clients."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp

from arrivals import arrival
from cast import PASSWORD, Cast, gather_cast
from wasl.app import Parts, build_app
from wasl.clock import now_ms
from wasl.domain.updates import Update
from wasl.settings import Settings
from wasl.web.straight_webhooks import StraightWebhooks

BASE = "http://inbox.example"


@dataclass(frozen=True, slots=True)
class Office:
    """A running node and its people's clients; `nobody` is not signed in."""

    parts: Parts
    asgi: ASGIApp
    cast: Cast
    rana: httpx2.AsyncClient
    omar: httpx2.AsyncClient
    clara: httpx2.AsyncClient
    nobody: httpx2.AsyncClient

    async def arrives(self, *updates: Update, received_ms: int | None = None) -> None:
        """A webhook to Olive Bakery, as the receiving story hands it to the journal; now, if no other time is given."""
        await self.parts.journal.submit(arrival(self.cast, *updates, received_ms=received_ms or now_ms()))

    async def chats(self, **query: Any) -> list[dict[str, Any]]:
        """The first page of Rana's list."""
        answer = await self.rana.get("/api/live-chat/unified-chats", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["chats"])

    async def ids(self, place: int = 0) -> dict[str, str]:
        """What names a conversation in a request: the one at that place of the list."""
        chat = (await self.chats())[place]
        return {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"]}


@pytest.fixture
async def office(settings: Settings, anyio_backend: str) -> AsyncIterator[Office]:
    application = build_app(settings)
    app = application.asgi
    async with living(app):
        cast = await gather_cast(application.parts.team)
        clients = [client_of(app) for _ in range(4)]
        for client, operator in zip(clients, (cast.rana, cast.omar, cast.clara), strict=False):
            answer = await client.post("/api/session", json={"email": operator.email, "password": PASSWORD})
            client.cookies.clear()
            client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield Office(application.parts, app, cast, *clients)
        for client in clients:
            await client.aclose()


def routed(app: ASGIApp) -> Starlette:
    """The application behind the straight way of webhooks."""
    assert isinstance(app, StraightWebhooks)
    assert isinstance(app._app, Starlette)
    return app._app


def living(app: ASGIApp) -> AbstractAsyncContextManager[Any]:
    """From the start of a node to its stop."""
    starlette = routed(app)
    return starlette.router.lifespan_context(starlette)


def client_of(app: ASGIApp) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, client=("192.0.2.1", 1))
    return httpx2.AsyncClient(transport=transport, base_url=BASE)
