"""What became of a message: each way a request can end, played by a small server on this machine."""

import asyncio
import json
import socket
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from channels.provider_server import (
    IMPATIENT,
    Answer,
    Provider,
    Writer,
    answering,
    drip,
    endless,
    exchange_for,
    half_an_answer,
    hang_up,
    listening,
    no_http,
    provider,
    reset,
    silence,
)
from wasl import limits
from wasl.channels.download import Downloads
from wasl.channels.exchange import SEND_TIMEOUT, Exchange
from wasl.channels.meta_errors import META_ERRORS, ErrorClass
from wasl.channels.providers.meta import Meta
from wasl.clock import monotonic
from wasl.domain.channels import Access
from wasl.domain.message import Content
from wasl.domain.sending import NOT_BEGUN, Accepted, NotSent, Outgoing, Recipient, Refused, SendOutcome, Unclear

pytestmark = pytest.mark.anyio

TEXT = "ahla w sahla"
OUTGOING = Outgoing(to=Recipient("9613000001"), content=Content.of_text(TEXT), callback_data="m:msg_1:1")
GRAPH = "https://graph.facebook.com"


def refusing(status: int, code: Any, **headers: str) -> Answer:
    error = {"message": "(#x) words", "type": "OAuthException", "code": code, "error_data": {"details": "In detail."}}
    return answering(status, json.dumps({"error": error}).encode(), **headers)


ACCEPTING = answering(200, b'{"messages": [{"id": "wamid.new"}], "contacts": [{"input": "+9613000001"}]}')


def reached_by(url: str, token: str = "a-token", number: str = "550100") -> Access:
    return Access("meta", number, None, url, {"access_token": token, "api_version": "v24.0"})


def meta(exchange: Exchange) -> Meta:
    return Meta(exchange, Downloads())


def saying(text: str) -> Outgoing:
    return replace(OUTGOING, content=Content.of_text(text))


async def send(answer: Answer, outgoing: Outgoing = OUTGOING) -> tuple[SendOutcome, Provider]:
    async with provider(answer) as played, aclosing(exchange_for(answer)) as exchange:
        return await meta(exchange).send(reached_by(played.url), outgoing), played


async def send_with(changed: Access, timeout: aiohttp.ClientTimeout = IMPATIENT) -> SendOutcome:
    async with aclosing(Exchange(timeout)) as exchange:
        return await meta(exchange).send(changed, OUTGOING)


async def test_an_accepted_text() -> None:
    outcome, played = await send(ACCEPTING)
    assert outcome == Accepted("wamid.new")
    ((line, headers, body),) = played.requests
    assert line == "POST /v24.0/550100/messages HTTP/1.1"
    assert (headers["authorization"], headers["content-type"]) == ("Bearer a-token", "application/json")
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+9613000001",
        "type": "text",
        "text": {"body": "ahla w sahla", "preview_url": False},
        "biz_opaque_callback_data": "m:msg_1:1",
    }


async def test_a_reply_to_a_customer_without_a_number() -> None:
    to, content = Recipient(bsuid="LB.44"), Content.of_text("ok \ud800")
    outgoing = replace(OUTGOING, to=to, reply_to="wamid.quoted", content=content)
    outcome, played = await send(ACCEPTING, outgoing)
    assert outcome == Accepted("wamid.new")
    body = played.requests[0][2]
    assert "to" not in body
    assert (body["recipient"], body["context"]) == ("LB.44", {"message_id": "wamid.quoted"})
    assert body["text"]["body"] == "ok \ufffd"


@pytest.mark.parametrize(
    ("outgoing", "code"),
    [
        (replace(OUTGOING, to=Recipient()), "no_recipient"),
        (saying("x" * 4097), "text_too_long"),
        (saying(" \n"), "empty_text"),
    ],
)
async def test_what_never_leaves(outgoing: Outgoing, code: str) -> None:
    outcome, played = await send(ACCEPTING, outgoing)
    assert isinstance(outcome, Refused)
    assert (outcome.code, played.requests) == (code, [])


async def test_the_longest_text_leaves() -> None:
    outcome, _ = await send(ACCEPTING, saying("ش" * 4096))
    assert outcome == Accepted("wamid.new")


@pytest.mark.parametrize("answer", [reset, hang_up, half_an_answer, no_http, silence, drip, endless])
async def test_a_lost_answer_is_unclear_and_never_asked_for_twice(answer: Answer) -> None:
    outcome, played = await send(answer)
    assert isinstance(outcome, Unclear), outcome
    assert len(played.requests) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"messages": []}'),
        (200, b'{"messages": [{"id": ""}]}'),
        (200, b'{"messages": "none"}'),
        (201, b'{"success": true}'),
        (302, b""),
        (400, b"<html>bad request</html>"),
        (404, b""),
        (429, b"slow down"),
        (500, b"oops"),
        (502, b"<html>bad gateway</html>"),
        (503, b'{"error": "down"}'),
        (504, b'{"error": {"message": "no code"}}'),
        (500, b'{"error": {"code": "many"}}'),
    ],
)
async def test_an_answer_that_is_not_metas_own_is_unclear(status: int, body: bytes) -> None:
    outcome, played = await send(answering(status, body, Location="/elsewhere"))
    assert isinstance(outcome, Unclear)
    assert len(played.requests) == 1


@pytest.mark.parametrize(
    ("status", "code", "holds", "seconds", "counts"),
    [
        (400, 131056, "recipient", limits.SEND_PAIR_RETRY_SECONDS, True),
        (429, 131056, "recipient", limits.SEND_PAIR_RETRY_SECONDS, True),
        (400, 130429, "channel", limits.SEND_BUSY_RETRY_SECONDS, True),
        (400, 80007, "channel", limits.SEND_LIMITED_RETRY_SECONDS, True),
        (400, 4, "channel", limits.SEND_LIMITED_RETRY_SECONDS, True),
        (500, 131057, "channel", limits.SEND_LIMITED_RETRY_SECONDS, True),
        (429, 100, "channel", limits.SEND_LIMITED_RETRY_SECONDS, True),
        (429, 424242, "channel", limits.SEND_LIMITED_RETRY_SECONDS, True),
        (500, 131016, "channel", limits.SEND_BUSY_RETRY_SECONDS, True),
        (503, "2", "channel", limits.SEND_BUSY_RETRY_SECONDS, True),
        (500, 424242, "channel", limits.SEND_BUSY_RETRY_SECONDS, True),
        (401, 190, "channel", limits.SEND_HELD_RETRY_SECONDS, False),
        (401, 0, "channel", limits.SEND_HELD_RETRY_SECONDS, False),
        (403, 299, "channel", limits.SEND_HELD_RETRY_SECONDS, False),
        (403, 424242, "channel", limits.SEND_HELD_RETRY_SECONDS, False),
        (403, 131031, "channel", limits.SEND_HELD_RETRY_SECONDS, False),
        (400, 131042, "channel", limits.SEND_HELD_RETRY_SECONDS, False),
    ],
)
async def test_a_refusal_for_now(status: int, code: Any, holds: str, seconds: float, counts: bool) -> None:
    outcome, _ = await send(refusing(status, code))
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.holds, outcome.counts_as_attempt) == (str(code), holds, counts)
    assert outcome.retry_after_seconds == seconds
    assert outcome.message


@pytest.mark.parametrize(("asked", "seconds"), [("90", 90), ("1", 60), ("999999999", 3600), ("soon", 60), ("-5", 60)])
async def test_the_provider_may_ask_for_a_longer_pause(asked: str, seconds: float) -> None:
    outcome, _ = await send(refusing(429, 80007, Retry_After=asked))
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("status", "code"), [(400, 131047), (400, 131026), (400, 100), (404, 132001), (400, 132015), (418, 77)]
)
async def test_a_refusal_for_good(status: int, code: int) -> None:
    outcome, _ = await send(refusing(status, code))
    assert isinstance(outcome, Refused)
    assert outcome.code == str(code)
    assert "In detail." in outcome.message or code == 131047


async def test_a_failure_that_meta_cannot_explain_is_unclear() -> None:
    for status in (400, 500):
        outcome, _ = await send(refusing(status, 131000))
        assert isinstance(outcome, Unclear)


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = await send_with(reached_by(f"http://127.0.0.1:{taken.getsockname()[1]}"))
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.holds) == ("connect_error", "channel")


async def test_a_name_that_does_not_exist() -> None:
    outcome = await send_with(reached_by("http://nowhere.invalid"), SEND_TIMEOUT)
    assert isinstance(outcome, NotSent)


async def test_a_connection_that_never_gets_through() -> None:
    """TLS is asked of a server that never speaks: the request cannot have been written."""

    async def mute(_reader: asyncio.StreamReader, _writer: Writer) -> None:
        await asyncio.sleep(3)

    async with listening(mute) as port:
        outcome = await send_with(reached_by(f"https://127.0.0.1:{port}"), aiohttp.ClientTimeout(sock_connect=0.2))
    assert isinstance(outcome, NotSent)
    assert outcome.code == "connect_timeout"


async def test_a_certificate_that_is_not_there() -> None:
    async def plain(reader: asyncio.StreamReader, writer: Writer) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 This is no TLS\r\n\r\n")
        await writer.drain()
        await reader.read()

    async with listening(plain) as port:
        outcome = await send_with(reached_by(f"https://127.0.0.1:{port}"))
    assert isinstance(outcome, NotSent)
    assert outcome.code == "connect_error"


async def test_no_free_connection() -> None:
    scarce = Exchange(aiohttp.ClientTimeout(connect=0.1, sock_read=0.5), connections_max=1)
    async with provider(silence) as played, aclosing(scarce) as exchange:
        channel = meta(exchange)
        first, second = await asyncio.gather(
            channel.send(reached_by(played.url), OUTGOING), channel.send(reached_by(played.url), OUTGOING)
        )
    outcomes = {type(first), type(second)}
    assert outcomes == {Unclear, NotSent}
    assert len(played.requests) == 1


@pytest.mark.parametrize(
    "changed",
    [
        reached_by("ftp://127.0.0.1"),
        reached_by("graph.facebook.com"),
        reached_by("http://127.0.0.1:port"),
        reached_by(GRAPH, "a token\nX-Evil: 1"),
        reached_by(GRAPH, "a-token\n"),
        reached_by(GRAPH, ""),
        reached_by(GRAPH, "töken"),
        reached_by(GRAPH, number="55 01/.."),
    ],
)
async def test_a_channel_that_is_set_up_wrongly_waits_for_an_administrator(changed: Access) -> None:
    outcome = await send_with(changed)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.holds, outcome.counts_as_attempt) == ("misconfigured", "channel", False)


async def test_a_send_may_be_cancelled() -> None:
    async with provider(silence) as played, aclosing(Exchange()) as exchange:
        sending = asyncio.ensure_future(meta(exchange).send(reached_by(played.url), OUTGOING))
        while not played.requests:
            await asyncio.sleep(0.01)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


async def test_whoever_stood_still_before_it_was_on_its_way_sends_nothing() -> None:
    """The connection is there, the head of the request has left, and the time is over: nobody can take it."""
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, _: Writer) -> None:
        heard.append(await reader.read())

    async with listening(listen) as port, aclosing(Exchange(IMPATIENT, 0.5)) as exchange:
        channel, url = meta(exchange), f"http://127.0.0.1:{port}"
        assert await channel.send(reached_by(url), OUTGOING, until=monotonic()) is NOT_BEGUN
        while not heard:
            await asyncio.sleep(0.01)
        assert TEXT.encode() not in heard[0]
        assert isinstance(await channel.send(reached_by(url), OUTGOING, until=monotonic() + 5), Unclear)
        while len(heard) < 2:
            await asyncio.sleep(0.01)
    assert TEXT.encode() in heard[1]


def test_an_access_token_is_never_printed() -> None:
    assert "a-token" not in repr(reached_by("https://graph.example"))


def test_every_code_has_a_sentence_that_ends() -> None:
    assert {error.error_class for error in META_ERRORS.values()} == set(ErrorClass)
    assert [code for code, error in META_ERRORS.items() if not error.sentence.endswith(".")] == []


def test_a_request_ends_before_its_lease() -> None:
    steps = (SEND_TIMEOUT.connect, SEND_TIMEOUT.sock_read)
    assert sum(step or 0 for step in steps) <= limits.SEND_TOTAL_SECONDS_MAX < limits.SEND_LEASE_SECONDS
