"""What Qiscus is asked, into rooms and to numbers, and what each of its answers means."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from channels.outgoing import CALLBACK, every_kind
from channels.provider_server import (
    Answer,
    Provider,
    answering,
    drip,
    endless,
    exchange_for,
    half_an_answer,
    hang_up,
    no_http,
    provider,
    reset,
    silence,
)
from channels.qiscus.hooks import ADAPTER, APP, CHANNEL, KEY, access
from wasl import limits
from wasl.channels.adapter import NotFetched, Upload
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange, ProviderAway
from wasl.channels.meta_errors import META_ERRORS, ErrorClass
from wasl.channels.providers.qiscus import FORM, Qiscus
from wasl.channels.qiscus_webhooks import room_name
from wasl.clock import monotonic
from wasl.domain.channels import Access, FilesBy, Ticks
from wasl.domain.message import Content, MessageType
from wasl.domain.sending import (
    NOT_BEGUN,
    Accepted,
    NotSent,
    Outgoing,
    Recipient,
    Refused,
    SendOutcome,
    Signal,
    SignalKind,
    Unclear,
)

pytestmark = pytest.mark.anyio

KINDS = every_kind(link=True)
LOST = [reset, hang_up, half_an_answer, no_http, silence, drip, endless]
RAMI = "9613000001"
IN_ROOM = Recipient(
    RAMI, provider_ids=("another", room_name(CHANNEL, "41"), room_name("4500", "9"), room_name(CHANNEL, "42"))
)
BY_NUMBER = KINDS["text"]
TO_ROOM = replace(KINDS["text"], to=IN_ROOM)
CAN = sorted(word for word in KINDS if MessageType(word) in FORM.capabilities.kinds)
FILES = ["audio", "document", "image", "video", "voice"]
BOT, NUMBER = f"POST /{APP}/bot HTTP/1.1", f"POST /whatsapp/v1/{APP}/{CHANNEL}/messages HTTP/1.1"
TAKING = answering(200, b'{"status": 200}')
NAMING = answering(201, b'{"messages": [{"id": "gBEG"}]}')


async def send(
    answer: Answer, outgoing: Outgoing = TO_ROOM, at: Access | None = None, until: float = 1e12
) -> tuple[SendOutcome, Provider]:
    async with provider(answer) as played, aclosing(exchange_for(answer)) as exchange:
        adapter = Qiscus(exchange, Downloads())
        return await adapter.send(replace(at or access(), api_base_url=played.url), outgoing, until), played


def saying(value: Any, status: int = 200, **headers: str) -> Answer:
    return answering(status, json.dumps(value).encode(), **headers)


# -- bodies ----------------------------------------------------------------------------------------------------------


async def test_a_text_goes_into_the_newest_room_of_this_number() -> None:
    outcome, played = await send(TAKING)
    assert outcome == Accepted(f"qiscus:{CALLBACK}")
    ((line, headers, body),) = played.requests
    assert line == BOT
    assert (headers["qiscus_sdk_secret"], headers["qiscus-app-id"]) == (KEY, APP)
    assert body == {
        "sender_email": f"{APP}_admin@qismo.com",
        "room_id": "42",
        "type": "text",
        "message": "*ahla* https://olive.example",
    }


async def test_without_a_room_it_goes_to_the_number() -> None:
    for to in (Recipient(RAMI), Recipient(RAMI, provider_ids=(room_name("4500", "9"),))):
        outcome, played = await send(NAMING, replace(BY_NUMBER, to=to))
        assert outcome == Accepted("gBEG")
        ((line, headers, body),) = played.requests
        assert line == NUMBER
        assert (headers["qiscus-app-id"], headers["qiscus-secret-key"]) == (APP, KEY)
        text = {"body": "*ahla* https://olive.example"}
        assert body == {"recipient_type": "individual", "to": RAMI, "type": "text", "text": text}


async def test_the_bots_header_is_a_setting() -> None:
    _, played = await send(TAKING, at=access(bot_secret_header="X-Bot-Key"))
    assert played.requests[0][1]["x-bot-key"] == KEY


@pytest.mark.parametrize("word", FILES)
async def test_a_file_goes_by_its_link(word: str) -> None:
    outgoing = KINDS[word]
    assert outgoing.file is not None
    link, name, caption = outgoing.file.link, outgoing.file.name, outgoing.content.text
    _, played = await send(TAKING, replace(outgoing, to=IN_ROOM))
    body = played.requests[0][2]
    assert (body["type"], body["message"]) == ("file_attachment", caption or name)
    assert body["payload"] == {"url": link, "caption": caption, "file_name": name}
    _, played = await send(NAMING, outgoing)
    theirs = "audio" if word == "voice" else word
    body = played.requests[0][2]
    assert (body["type"], body[theirs]["link"]) == (theirs, link)
    assert body[theirs].get("caption", "") == caption
    assert body[theirs].get("filename") == (name if word == "document" else None)


async def test_buttons_go_into_the_room_with_all_that_is_around_them() -> None:
    details = {**KINDS["interactive"].content.details["interactive"], "header": {"type": "text", "text": "Bread"}}
    details["footer"] = {"text": "until eight"}
    content = replace(KINDS["interactive"].content, details={"interactive": details})
    _, played = await send(TAKING, replace(TO_ROOM, content=content))
    body = played.requests[0][2]
    assert (body["type"], body["payload"]["text"]) == ("buttons", "Bread\nWhich size?\nuntil eight")
    button = {"label": "Small", "type": "postback", "postback_text": "Small", "payload": {}}
    assert body["payload"]["buttons"] == [button]


@pytest.mark.parametrize(("namespace", "told"), [("a_name", {"namespace": "a_name"}), ("", {})])
async def test_a_template_goes_to_the_number_although_there_is_a_room(namespace: str, told: dict[str, str]) -> None:
    outgoing = replace(KINDS["template"], to=IN_ROOM)
    outcome, played = await send(NAMING, outgoing, access(template_namespace=namespace))
    assert outcome == Accepted("gBEG")
    line, _, body = played.requests[0]
    assert (line, body["type"], body["to"]) == (NUMBER, "template", RAMI)
    part = body["template"]
    assert part["language"] == {"policy": "deterministic", "code": "ar"}
    assert {key: part[key] for key in part if key == "namespace"} == told
    assert part["components"][0]["parameters"] == [
        {"type": "image", "image": {"link": "https://inbox.example/media/t/photo.jpg"}}
    ]
    assert "messaging_product" not in body


def test_what_it_can_is_declared() -> None:
    assert set(CAN) == {*FILES, "interactive", "template", "text"}
    can = FORM.capabilities
    assert (can.files_by, can.ticks, can.interactive) == (FilesBy.LINK, Ticks.NONE, frozenset(("button",)))
    assert not any((can.settles_lost_answers, can.typing, can.read_receipts, can.reactions, can.quotes))


@pytest.mark.parametrize(
    ("outgoing", "code"),
    [
        (replace(TO_ROOM, to=Recipient()), "no_recipient"),
        (replace(TO_ROOM, to=Recipient(bsuid="LB.44")), "no_recipient"),
        (replace(KINDS["template"], to=Recipient(provider_ids=(room_name(CHANNEL, "42"),))), "no_recipient"),
        (KINDS["interactive"], "no_room"),
        (replace(KINDS["image"], file=None), "no_file"),
        (replace(TO_ROOM, content=Content.of_text("\n ")), "empty_text"),
        (replace(TO_ROOM, content=Content.of_text("x" * 4097)), "text_too_long"),
    ],
)
async def test_what_never_leaves(outgoing: Outgoing, code: str) -> None:
    outcome, played = await send(TAKING, outgoing)
    assert isinstance(outcome, Refused)
    assert (outcome.code, played.requests) == (code, [])


# -- answers ---------------------------------------------------------------------------------------------------------

BOTH = pytest.mark.parametrize("outgoing", [TO_ROOM, BY_NUMBER], ids=["room", "number"])


@BOTH
@pytest.mark.parametrize("answer", LOST)
async def test_a_lost_answer_is_unclear_and_never_asked_for_twice(answer: Answer, outgoing: Outgoing) -> None:
    outcome, played = await send(answer, outgoing)
    assert isinstance(outcome, Unclear), outcome
    assert len(played.requests) == 1


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"", f"qiscus:{CALLBACK}"),
        (b"ok", f"qiscus:{CALLBACK}"),
        (b"{}", f"qiscus:{CALLBACK}"),
        (b'{"data": {"comment": {"id": 77}}}', "77"),
        (b'{"results": {"comment": {"id": 77, "unique_temp_id": "t-1"}}}', "t-1"),
    ],
)
async def test_the_rooms_answer_may_say_anything(body: bytes, name: str) -> None:
    outcome, _ = await send(answering(200, body))
    assert outcome == Accepted(name)


@BOTH
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>welcome</html>"),
        (200, b'{"error": "something"}'),
        (200, b'{"errors": [{"title": "something"}]}'),
        (302, b""),
        (400, b"<html>bad request</html>"),
        (404, b"not here"),
        (500, b'{"message": "oops"}'),
        (502, b"<html>bad gateway</html>"),
        (503, b'{"error": {"message": "down"}}'),
    ],
)
async def test_an_answer_that_says_nothing_of_the_message_is_unclear(
    status: int, body: bytes, outgoing: Outgoing
) -> None:
    outcome, played = await send(answering(status, body, Location="/elsewhere"), outgoing)
    assert isinstance(outcome, Unclear), outcome
    assert len(played.requests) == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"ok", b'{"messages": []}', b'{"messages": [{"id": ""}]}'])
async def test_to_a_number_a_message_without_a_name_is_unclear(body: bytes) -> None:
    outcome, _ = await send(answering(200, body), BY_NUMBER)
    assert isinstance(outcome, Unclear)


@BOTH
@pytest.mark.parametrize(
    ("status", "seconds", "counts"),
    [
        (401, limits.SEND_HELD_RETRY_SECONDS, False),
        (403, limits.SEND_HELD_RETRY_SECONDS, False),
        (429, limits.SEND_LIMITED_RETRY_SECONDS, True),
    ],
)
async def test_a_refused_key_and_a_limit_hold_the_channel(
    status: int, seconds: float, counts: bool, outgoing: Outgoing
) -> None:
    outcome, _ = await send(answering(status, b"no"), outgoing)
    assert isinstance(outcome, NotSent)
    assert (outcome.holds, outcome.retry_after_seconds, outcome.counts_as_attempt) == ("channel", seconds, counts)


@BOTH
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"error": {"message": "room is gone."}}, "Qiscus refused the message: room is gone."),
        ({"errors": [{"code": 1013, "title": "not a user"}]}, "Qiscus refused the message: not a user."),
        ({"errors": "bad payload"}, "Qiscus refused the message: bad payload."),
        ({"message": "bad"}, "Qiscus refused the message: bad."),
        ({"status": 400}, "Qiscus refused the message."),
    ],
)
async def test_a_refusal_for_good(said: dict[str, Any], words: str, outgoing: Outgoing) -> None:
    outcome, _ = await send(saying(said, 400), outgoing)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.message) == ("http_400", words)


@pytest.mark.parametrize("code", [470, "470", 131047])
async def test_outside_the_window(code: Any) -> None:
    for said in ({"errors": [{"code": code, "title": "x", "details": "y"}]}, {"error": {"code": code}}):
        outcome, _ = await send(saying(said, 400), BY_NUMBER)
        assert isinstance(outcome, Refused)
        assert (outcome.code, "24 hours" in outcome.message) == ("131047", True)


@pytest.mark.parametrize("code", sorted(META_ERRORS))
async def test_every_code_of_whatsapp_is_understood(code: int) -> None:
    outcome, _ = await send(saying({"errors": [{"code": code, "title": "x"}]}, 400), BY_NUMBER)
    match META_ERRORS[code].error_class:
        case ErrorClass.UNCLEAR:
            assert isinstance(outcome, Unclear)
        case ErrorClass.WINDOW | ErrorClass.TEMPLATE | ErrorClass.PERMANENT:
            assert isinstance(outcome, Refused)
        case _:
            assert isinstance(outcome, NotSent)


async def test_a_secret_that_is_said_back_is_blotted_out() -> None:
    outcome, _ = await send(saying({"message": f"bad key {KEY}"}, 400))
    assert isinstance(outcome, Refused)
    assert KEY not in outcome.message


@BOTH
@pytest.mark.parametrize(
    "changed",
    [
        access(secret_key="a key\nX-Evil: 1"),
        access(secret_key=""),
        access(secret_key="kéy"),
        access(app_code="a/../b"),
        access(app_code=""),
    ],
)
async def test_a_channel_that_is_set_up_wrongly_waits_for_an_administrator(changed: Access, outgoing: Outgoing) -> None:
    outcome, played = await send(TAKING, outgoing, changed)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.counts_as_attempt, played.requests) == ("misconfigured", False, [])


@BOTH
async def test_whoever_stood_still_for_too_long_sends_nothing(outgoing: Outgoing) -> None:
    outcome, played = await send(TAKING, outgoing, until=monotonic())
    assert outcome is NOT_BEGUN
    assert played.requests == []


# -- the rest --------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def speaking(paths: dict[str, Answer]) -> AsyncIterator[tuple[Qiscus, Access, Provider]]:
    async with provider(answering(404, b"{}"), paths) as played, aclosing(Exchange()) as exchange:
        downloads = Downloads()
        yield Qiscus(exchange, downloads), access(api=played.url), played
        await downloads.aclose()


async def test_a_file_is_fetched_without_any_key() -> None:
    async with (
        speaking({"/a.png": answering(200, b"PNG")}) as (adapter, at, played),
        adapter.fetch(at, {"url": f"{played.url}/a.png"}) as download,
    ):
        assert b"".join([chunk async for chunk in download.chunks]) == b"PNG"
    assert KEY not in str(played.requests)


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "http://127.0.0.1:9/x", "http://[::1]/x", "http://10.0.0.1/"]
)
async def test_no_private_address_is_fetched_from(url: str) -> None:
    with pytest.raises(NotFetched) as error:
        async with ADAPTER.fetch(access(), {"url": url}):
            pass
    assert error.value.again_after_seconds is None


@pytest.mark.parametrize("kind", list(SignalKind))
async def test_nothing_is_told_beside_messages(kind: SignalKind) -> None:
    assert isinstance(await ADAPTER.signal(access(), Signal(kind, IN_ROOM, "wa_1")), Refused)


async def test_no_file_is_left_there_and_no_template_listed() -> None:
    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    assert isinstance(await ADAPTER.upload(access(), Upload("a", "image/png", nothing(), 0)), Refused)
    assert await ADAPTER.templates(access()) == []


@pytest.mark.parametrize(("status", "complains"), [(200, False), (401, True), (403, True), (404, False), (500, False)])
async def test_the_key_is_looked_at(status: int, complains: bool) -> None:
    async with speaking({"/api/v2/channels": answering(status, b"{}")}) as (adapter, at, played):
        assert (await adapter.examine(at) is not None) is complains
        with pytest.raises(ProviderAway):
            await adapter.examine(access(api="http://127.0.0.1:9"))
    assert played.requests[0][1]["qiscus-secret-key"] == KEY
    assert "cannot be used" in str(await ADAPTER.examine(access(secret_key="")))
