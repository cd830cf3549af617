"""Every call of the OpenAPI document does what the document says: no 5xx, and no answer that it does not tell of."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from hardening.busy_shop import BusyShop, open_busy_shop
from hardening.documented import Document
from story.node import Node
from story.people import PASSWORD, Outside
from story.scene import settings_of
from wasl.app import build_app
from wasl.domain.people import OperatorRole
from wasl.torture.servers import PostgresServer
from wasl.web.answers import BodyLimit, Unbroken
from wasl.web.straight_sends import StraightSends
from wasl.web.straight_webhooks import StraightWebhooks

EXAMPLES = 12
"""Invented calls for each operation, as many right as wrong ones, beside the edges of each of its fields."""
SELDOM_LET_IN = {
    f"POST /api/live-chat/{call}"
    for call in (
        "fetch-media",
        "send-again",
        "discard-message",
        "templates/refresh",
        "contacts/merge",
        "contacts/unmerge",
        "copilot/rewrite",
        "edit-message",
    )
} | {f"PUT /api/live-chat/{call}" for call in ("assistant/settings", "assistant/tools", "knowledge/entries/{entry_id}")}
"""Only what was tried in vain is fetched once more; what became of every message is known; the provider is nowhere;
two who are one are not merged, and only what was merged is told apart; there is no model; what a
lesson needs is seldom guessed; an operator does not set the assistant; and nobody guesses the version of an entry."""
NO_CALLS = {"/openapi.json", "/docs", "/{path:path}"}


@pytest.fixture(params=["sqlite", "postgres"])
def own_node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    """A node that nobody else uses: so many wrong logins may shut its door for minutes."""
    server: PostgresServer | None = request.getfixturevalue("postgres") if request.param == "postgres" else None
    url = server.create_database() if server else None
    node = Node(settings_of(tmp_path, url), tmp_path / "server.log")
    node.start()
    try:
        yield node
        assert node.stop()[0] == 0
    finally:
        node.kill()
        if server and url:
            server.drop_database(url)


async def busy_shop(node: Node) -> BusyShop:
    outside = Outside(node)
    try:
        return await open_busy_shop(node.settings, outside, "qxmarker", "7123987")
    finally:
        await outside.close()


def document_of(node: Node, shop: BusyShop) -> Document:
    """The document as an operator of the shop gets it, who knows the ids of what is there."""
    chats = [*shop.chats, shop.chat]
    known = {
        "entry_id": shop.knows.entry_ids,
        "document_id": shop.knows.document_ids,
        "group_id": [shop.knows.group_id],
        "conversation_id": [chat["conversation_id"] for chat in chats],
        "user_id": [chat["user_id"] for chat in chats],
        "other_user_id": [chat["user_id"] for chat in shop.chats],
        # At these places it is named together with its conversation.
        "message_id": [shop.knows.line_id if at in (3, 6, 7) else one for at, one in enumerate(shop.message_ids)],
        "reply_to": shop.message_ids,
        "message_type": ["text"],
        "message": ["Good morning"],
        "hub.mode": ["subscribe"],
        "hub.verify_token": [shop.business.access_token.replace("token", "verify")],
        "channel_key": [shop.channel_key],
        "email": [f"{shop.word}.admin@story.example"],
        "password": [PASSWORD],
        "emoji": ["👍", ""],
        "upload_id": shop.upload_ids,
        "sha256": [shop.sha256],
        "token": [shop.link_token],
    }
    headers = shop.people[OperatorRole.OPERATOR].headers
    return Document(node.url, headers, known, shop.business.number.sign)


def test_every_call_is_answered_as_documented(own_node: Node) -> None:
    document = document_of(own_node, asyncio.run(busy_shop(own_node)))
    document.try_everything(EXAMPLES)
    asked = sum(tried.statuses.total() for tried in document.tried.values())
    print(f"{len(document.tried)} operations, {asked} calls")
    assert set(document.tried) == document.operations()
    complaints = [(name, *found) for name, tried in document.tried.items() for found in tried.complaints.items()]
    assert not complaints, "\n\n".join("\n".join(complaint) for complaint in complaints)
    statuses = {name: tried.statuses for name, tried in document.tried.items()}
    never = {name for name, found in statuses.items() if not found[200] + found[302]}
    assert never <= SELDOM_LET_IN, "never let in, so hardly tried"
    assert [name for name, found in statuses.items() if max(found) >= 500] == []
    assert [line for line in own_node.lines() if line["level"] == "error"] == []
    own_node.check_ledger()


def test_the_document_tells_of_every_door(tmp_path: Path) -> None:
    """Whatever is served beside what FastAPI documents by itself must be described by hand."""
    asgi = build_app(settings_of(tmp_path)).asgi
    assert isinstance(asgi, StraightWebhooks)
    asgi = asgi._app
    assert isinstance(asgi, Starlette)
    raw = {route.path for route in asgi.routes if isinstance(route, Route)}
    [api] = [route.app for route in asgi.routes if isinstance(route, Mount) and route.path == ""]
    while isinstance(api, BodyLimit | Unbroken | StraightSends):
        api = api._app
    assert isinstance(api, FastAPI)
    own = {route.path for route in api.routes if isinstance(route, Route)}
    paths = set(api.openapi()["paths"])
    assert {path.replace(":path}", "}") for path in raw} <= paths
    assert own - paths == NO_CALLS
