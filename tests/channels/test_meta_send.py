"""What became of a message: each way a request can end, played by a small server on this machine."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from wasl import limits
from wasl.channels.meta import SEND_TIMEOUT, MetaChannel, MetaCredentials
from wasl.channels.meta_errors import META_ERRORS, ErrorClass
from wasl.clock import monotonic
from wasl.domain.sending import NOT_BEGUN, Accepted, NotSent, Outgoing, Refused, SendOutcome, Unclear

pytestmark = pytest.mark.anyio

OUTGOING = Outgoing(to_phone="9613000001", to_bsuid=None, text="ahla w sahla", reply_to=None, callback_data="m:msg_1:1")
IMPATIENT = httpx2.Timeout(connect=1.0, read=0.2, write=0.2, pool=0.2)
Writer = asyncio.StreamWriter
Answer = Callable[[Writer], Awaitable[None]]


class Provider:
    """A server that notes each request and then does what the test wants."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {key.lower(): value for key, _, value in (line.partition(": ") for line in head[1:] if line)}
        content = await reader.readexactly(int(headers["content-length"]))
        self.requests.append((head[0], headers, json.loads(content)))
        await self.answer(writer)


@asynccontextmanager
async def provider(answer: Answer) -> AsyncIterator[Provider]:
    played = Provider(answer)
    async with listening(played.serve) as port:
        played.url = f"http://127.0.0.1:{port}"
        yield played


@asynccontextmanager
async def listening(serve: Callable[[asyncio.StreamReader, Writer], Awaitable[None]]) -> AsyncIterator[int]:
    """Serve on a free port; at the end every connection is closed, also those that still hang."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        with suppress(asyncio.CancelledError, ConnectionError):
            await serve(reader, writer)
            writer.close()
            await writer.wait_closed()
        writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections)


def answering(status: int, body: bytes, **headers: str) -> Answer:
    async def answer(writer: Writer) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return answer


def refusing(status: int, code: Any, **headers: str) -> Answer:
    error = {"message": "(#x) words", "type": "OAuthException", "code": code, "error_data": {"details": "In detail."}}
    return answering(status, json.dumps({"error": error}).encode(), **headers)


async def reset(writer: Writer) -> None:
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()


async def hang_up(writer: Writer) -> None:
    writer.close()


async def half_an_answer(writer: Writer) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"messages": [')
    await writer.drain()


async def no_http(writer: Writer) -> None:
    writer.write(b"SSH-2.0-hello\r\n\r\n")
    await writer.drain()


async def silence(_writer: Writer) -> None:
    await asyncio.sleep(3)


async def drip(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    for _ in range(30):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n")
    for _ in range(limits.SEND_ANSWER_BYTES_MAX // 10_000 + 2):
        writer.write(b" " * 10_000)
    await writer.drain()
    await asyncio.sleep(3)


ACCEPTING = answering(200, b'{"messages": [{"id": "wamid.new"}], "contacts": [{"input": "+9613000001"}]}')


def credentials(url: str) -> MetaCredentials:
    return MetaCredentials("550100", "a-token", api_base_url=url, api_version="v24.0")


async def send(answer: Answer, outgoing: Outgoing = OUTGOING) -> tuple[SendOutcome, Provider]:
    async with provider(answer) as played, httpx2.AsyncClient() as client:
        return await MetaChannel(client, IMPATIENT, 0.5).send(credentials(played.url), outgoing), played


async def send_with(changed: MetaCredentials, timeout: httpx2.Timeout = IMPATIENT) -> SendOutcome:
    async with httpx2.AsyncClient() as client:
        return await MetaChannel(client, timeout).send(changed, OUTGOING)


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
    outgoing = replace(OUTGOING, to_phone=None, to_bsuid="LB.44", reply_to="wamid.quoted", text="ok \ud800")
    outcome, played = await send(ACCEPTING, outgoing)
    assert outcome == Accepted("wamid.new")
    body = played.requests[0][2]
    assert "to" not in body
    assert (body["recipient"], body["context"]) == ("LB.44", {"message_id": "wamid.quoted"})
    assert body["text"]["body"] == "ok \ufffd"


@pytest.mark.parametrize(
    ("outgoing", "code"),
    [
        (replace(OUTGOING, to_phone=None), "no_recipient"),
        (replace(OUTGOING, text="x" * 4097), "text_too_long"),
        (replace(OUTGOING, text=" \n"), "empty_text"),
    ],
)
async def test_what_never_leaves(outgoing: Outgoing, code: str) -> None:
    outcome, played = await send(ACCEPTING, outgoing)
    assert isinstance(outcome, Refused)
    assert (outcome.code, played.requests) == (code, [])


async def test_the_longest_text_leaves() -> None:
    outcome, _ = await send(ACCEPTING, replace(OUTGOING, text="ش" * 4096))
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
        outcome = await send_with(credentials(f"http://127.0.0.1:{taken.getsockname()[1]}"))
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.holds) == ("connect_error", "channel")


async def test_a_name_that_does_not_exist() -> None:
    outcome = await send_with(credentials("http://nowhere.invalid"), SEND_TIMEOUT)
    assert isinstance(outcome, NotSent)


async def test_a_connection_that_never_gets_through() -> None:
    """TLS is asked of a server that never speaks: the request cannot have been written."""

    async def mute(_reader: asyncio.StreamReader, _writer: Writer) -> None:
        await asyncio.sleep(3)

    async with listening(mute) as port:
        outcome = await send_with(credentials(f"https://127.0.0.1:{port}"), httpx2.Timeout(1.0, connect=0.2))
    assert isinstance(outcome, NotSent)
    assert outcome.code == "connect_timeout"


async def test_a_certificate_that_is_not_there() -> None:
    async def plain(reader: asyncio.StreamReader, writer: Writer) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 This is no TLS\r\n\r\n")
        await writer.drain()
        await reader.read()

    async with listening(plain) as port:
        outcome = await send_with(credentials(f"https://127.0.0.1:{port}"))
    assert isinstance(outcome, NotSent)
    assert outcome.code == "connect_error"


async def test_no_free_connection() -> None:
    async with (
        provider(silence) as played,
        httpx2.AsyncClient(limits=httpx2.Limits(max_connections=1), verify=ssl.create_default_context()) as client,
    ):
        channel = MetaChannel(client, httpx2.Timeout(0.5, pool=0.1))
        first, second = await asyncio.gather(
            channel.send(credentials(played.url), OUTGOING), channel.send(credentials(played.url), OUTGOING)
        )
    outcomes = {type(first), type(second)}
    assert outcomes == {Unclear, NotSent}
    assert len(played.requests) == 1


@pytest.mark.parametrize(
    "changed",
    [
        credentials("ftp://127.0.0.1"),
        credentials("graph.facebook.com"),
        credentials("http://127.0.0.1:port"),
        MetaCredentials("550100", "a token\nX-Evil: 1"),
        MetaCredentials("550100", "a-token\n"),
        MetaCredentials("550100", ""),
        MetaCredentials("550100", "töken"),
        MetaCredentials("55 01/..", "a-token"),
    ],
)
async def test_a_channel_that_is_set_up_wrongly_waits_for_an_administrator(changed: MetaCredentials) -> None:
    outcome = await send_with(changed)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.holds, outcome.counts_as_attempt) == ("misconfigured", "channel", False)


async def test_a_send_may_be_cancelled() -> None:
    async with provider(silence) as played, httpx2.AsyncClient() as client:
        sending = asyncio.ensure_future(MetaChannel(client).send(credentials(played.url), OUTGOING))
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

    async with listening(listen) as port, httpx2.AsyncClient() as client:
        channel, url = MetaChannel(client, IMPATIENT, 0.5), f"http://127.0.0.1:{port}"
        assert await channel.send(credentials(url), OUTGOING, until=monotonic()) is NOT_BEGUN
        while not heard:
            await asyncio.sleep(0.01)
        assert OUTGOING.text.encode() not in heard[0]
        assert isinstance(await channel.send(credentials(url), OUTGOING, until=monotonic() + 5), Unclear)
        while len(heard) < 2:
            await asyncio.sleep(0.01)
    assert OUTGOING.text.encode() in heard[1]


def test_an_access_token_is_never_printed() -> None:
    assert "a-token" not in repr(credentials("https://graph.example"))


def test_every_code_has_a_sentence_that_ends() -> None:
    assert {error.error_class for error in META_ERRORS.values()} == set(ErrorClass)
    assert [code for code, error in META_ERRORS.items() if not error.sentence.endswith(".")] == []


def test_a_request_ends_before_its_lease() -> None:
    steps = (SEND_TIMEOUT.connect, SEND_TIMEOUT.pool, SEND_TIMEOUT.write, SEND_TIMEOUT.read)
    assert sum(step or 0 for step in steps) <= limits.SEND_TOTAL_SECONDS_MAX < limits.SEND_LEASE_SECONDS
