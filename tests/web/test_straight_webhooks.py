"""The straight way of a webhook says what the routes' way says, and meets none of the layers in between."""

import asyncio

import orjson
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from cast import OLIVE_SECRET
from story.wire import RANA, Number, envelope, text
from wasl.store.journal import Journal
from web.conftest import Office, client_of, routed

pytestmark = pytest.mark.anyio
OLIVE = Number("155501", "+961 3 000 100", OLIVE_SECRET)


def signed(body: bytes) -> dict[str, str]:
    return {"X-Hub-Signature-256": OLIVE.sign(body), "Content-Type": "application/json"}


async def test_a_webhook_does_not_meet_the_application(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise AssertionError("it was asked")

    body = envelope(OLIVE.said([text(RANA, "hello")], RANA))
    with monkeypatch.context() as patch:
        patch.setattr(Starlette, "__call__", refuse)
        answer = await office.nobody.post("/webhooks/meta", content=body, headers=signed(body))
    assert (answer.status_code, answer.text) == (200, "EVENT_RECEIVED")
    assert [chat["last_message"]["content"] for chat in await office.chats()] == ["hello"]


@pytest.mark.parametrize(
    "path",
    [
        "meta",
        "meta/",
        "/meta",
        "meta/key",
        "meta/key/",
        "meta/key/more",
        "twilio",
        "dialog360",
        "nobody",
        "nobody/key",
        "",
        "meta%0A",
        "me%2Fta",
    ],
)
@pytest.mark.parametrize("body", [b"{}", envelope(OLIVE.said([text(RANA, "hi")], RANA))], ids=["nothing", "words"])
async def test_both_ways_answer_alike(office: Office, path: str, body: bytes) -> None:
    async with client_of(routed(office.asgi)) as roundabout:
        ways = [
            await way.post(f"/webhooks/{path}", content=body, headers=signed(body))
            for way in (office.nobody, roundabout)
        ]
    straight, routed_way = ((way.status_code, sorted(way.headers.multi_items()), way.content) for way in ways)
    assert straight == routed_way


async def test_a_key_is_found_on_both_ways(office: Office) -> None:
    key = office.cast.olive_number.channel_key
    body = envelope(OLIVE.said([text(RANA, "by key")], RANA))
    for client in (office.nobody, client_of(routed(office.asgi))):
        answer = await client.post(f"/webhooks/meta/{key}", content=body, headers=signed(body))
        assert (answer.status_code, answer.text) == (200, "EVENT_RECEIVED")
    assert len(await office.chats()) == 1


async def test_what_is_cut_off_by_a_stop_hears_that_nothing_was_promised(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, told = asyncio.Event(), list[Message]()

    async def stuck(*_: object) -> None:
        waiting.set()
        await asyncio.Event().wait()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    monkeypatch.setattr(Journal, "submit", stuck)
    body = envelope(OLIVE.said([text(RANA, "cut off")], RANA))
    headers = [(name.lower().encode(), value.encode()) for name, value in signed(body).items()]
    scope = {"type": "http", "method": "POST", "path": "/webhooks/meta", "query_string": b"", "headers": headers}
    request = asyncio.ensure_future(office.asgi(scope, receive, send))
    await waiting.wait()
    request.cancel()
    await request
    assert told[0]["status"] == 503
    assert (b"x-content-type-options", b"nosniff") in told[0]["headers"]
    assert orjson.loads(told[1]["body"])["retry_after_seconds"] == 1
