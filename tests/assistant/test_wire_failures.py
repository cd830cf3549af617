"""Every way in which a model's server can fail ends soon, in a sentence for operators and one bit: again or never."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from assistant.asking import HELLO, KEY, access_to, ask, failure
from assistant.wire_server import Says, WireServer, fails, says
from wasl.assistant.limits import MODEL_BYTES_MAX
from wasl.assistant.models import openai_chat
from wasl.assistant.models.model import ModelAccess, ModelFailed
from wasl.assistant.models.openai_chat import OpenAiChat
from wasl.domain.assistant_settings import ModelTerms

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("answer", "code", "again", "sentence"),
    [
        (fails(401), "wrong_key", False, "The model's server does not take the key."),
        (fails(403), "wrong_key", False, "The model's server does not allow this key to use the model."),
        (fails(404), "model_unknown", False, "The model's server does not know the model, or its address is wrong."),
        (fails(413), "question_too_long", False, "The conversation is too long for the model's server."),
        (fails(429), "too_many", True, "The model's server got too many requests."),
        (fails(429, "insufficient_quota"), "no_credit", False, "The credit at the model's provider is used up."),
        (fails(500), "server_error", True, "The model's server failed (500)."),
        (fails(503), "server_error", True, "The model's server failed (503)."),
        (Says(resets_after=0), "broke_off", True, "The connection to the model's server broke off."),
        (says("hello " * 50, resets_after=3), "broke_off", True, "The connection to the model's server broke off."),
    ],
)
async def test_a_failure_says_what_it_is_and_whether_it_may_pass(
    model: OpenAiChat, server: WireServer, answer: Says, code: str, again: bool, sentence: str
) -> None:
    server.will(answer)
    problem = await failure(model, server)
    assert (problem.code, problem.again, problem.note) == (code, again, sentence)
    assert len(server.asked) == 1, "whoever asked decides about a second try"


@pytest.mark.parametrize(("asked", "waits"), [("2", 2.0), ("3600", 5.0), ("0", 0.5), ("soon", 0.5), ("-3", 0.5)])
async def test_a_server_may_ask_for_a_pause_but_not_for_ever(
    model: OpenAiChat, server: WireServer, asked: str, waits: float
) -> None:
    server.will(fails(429, Retry_After=asked))
    assert (await failure(model, server)).pause_seconds == waits


async def test_nobody_there(model: OpenAiChat, server: WireServer) -> None:
    gone = ModelAccess(ModelTerms(base_url="http://127.0.0.1:9/v1", name="small"), KEY)
    with pytest.raises(ModelFailed) as raised:
        await model.ask(gone, HELLO, 10.0)
    assert (raised.value.code, raised.value.again) == ("unreachable", True)


@pytest.mark.parametrize("address", ["ftp://example.com/v1", "http://", "127.0.0.1", "http://[::1"])
async def test_an_address_that_is_none(model: OpenAiChat, address: str) -> None:
    with pytest.raises(ModelFailed) as raised:
        await model.ask(ModelAccess(ModelTerms(base_url=address, name="small"), KEY), HELLO, 10.0)
    assert (raised.value.code, raised.value.again) == ("wrong_address", False)


@pytest.mark.parametrize("key", ["sk\r\nX-Other: 1", "sk with spaces", "مفتاح"])
async def test_a_key_that_is_none_is_not_sent(model: OpenAiChat, server: WireServer, key: str) -> None:
    with pytest.raises(ModelFailed) as raised:
        await model.ask(access_to(server, key), HELLO, 10.0)
    assert raised.value.code == "wrong_key"
    assert server.asked == []


async def test_silence_before_the_answer_ends_with_the_time_that_there_is(
    model: OpenAiChat, server: WireServer
) -> None:
    server.will(says("hello", wait_seconds=600))
    problem = await failure(model, server, seconds=0.4)
    assert (problem.code, problem.again) == ("timeout", False)
    assert problem.usage.tokens_in > 0, "it was asked, and may have to be paid for"


@asynccontextmanager
async def dripping(drop: bytes) -> AsyncIterator[tuple[ModelAccess, asyncio.Event, asyncio.Event]]:
    """A model's server that streams a drop again and again. The events: it has begun, and nobody is there any more."""
    began, left = asyncio.Event(), asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        with suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(drop)
                await writer.drain()
                began.set()
                await asyncio.sleep(0.01)
        left.set()
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        yield ModelAccess(ModelTerms(base_url=url, name="small"), KEY), began, left


DROPS = [b"x", b": still there\n\n", b'data: {"choices": [{"index": 0, "delta": {"content": ""}}]}\n\n']


@pytest.mark.parametrize("drop", DROPS)
async def test_an_answer_that_drips_has_no_more_time_than_silence(model: OpenAiChat, drop: bytes) -> None:
    async with dripping(drop) as (access, _, left), asyncio.timeout(30):
        with pytest.raises(ModelFailed) as raised:
            await model.ask(access, HELLO, 0.5)
        assert raised.value.code == "timeout"
        await left.wait()


async def test_whoever_gives_an_answer_up_closes_its_connection(model: OpenAiChat) -> None:
    """So that the model's server stops writing, and nobody pays for the rest."""
    async with dripping(DROPS[2]) as (access, began, left), asyncio.timeout(30):
        asking = asyncio.create_task(model.ask(access, HELLO, 60.0))
        await began.wait()
        assert not left.is_set()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await left.wait()


async def test_a_stream_that_stalls_is_noticed_long_before_the_time_is_over(
    model: OpenAiChat, server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_chat, "MODEL_STALL_SECONDS_MAX", 0.3)
    server.will(says("hello " * 50, stalls_after=4))
    problem = await failure(model, server, seconds=60.0)
    assert (problem.code, problem.again) == ("stalled", False)
    assert problem.usage.tokens_out > 0


async def test_an_answer_without_end_is_left(model: OpenAiChat, server: WireServer) -> None:
    """It is not read to its end: that never comes."""
    server.will(says("ha" * 100_000, stalls_after=1_000))
    said = await ask(model, server, replace(HELLO, characters_max=1_000))
    assert said.cut
    assert len(said.text) <= 1_000


async def test_an_answer_that_its_own_limit_has_cut_says_so(model: OpenAiChat, server: WireServer) -> None:
    server.will(says("half an ans", finish="length"))
    assert (await ask(model, server)).cut


async def test_bytes_without_end_are_left(model: OpenAiChat, server: WireServer) -> None:
    piece = b'data: {"choices": [], "of": "' + b"x" * 4_000 + b'"}\n\n'
    flood = piece * (MODEL_BYTES_MAX // 4_000 + 1)
    for kind in ("text/event-stream", "application/json"):
        server.will(Says(raw=flood, content_type=kind))
        assert (await failure(model, server, seconds=60.0)).code == "broke_off"
    server.will(Says(raw=b"data: " + b"x" * (MODEL_BYTES_MAX + 10)))
    assert (await failure(model, server, seconds=60.0)).code == "broke_off"
    server.will(Says(status=500, raw=flood, content_type="application/json"))
    assert (await failure(model, server, seconds=60.0)).code in ("broke_off", "server_error")


async def test_what_comes_packed_is_not_unpacked(model: OpenAiChat, server: WireServer) -> None:
    import gzip

    server.will(Says(raw=gzip.compress(b" " * 10**8), headers={"Content-Encoding": "gzip"}))
    assert (await failure(model, server)).code == "broke_off"
    assert server.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome to our portal</html>",
        b"",
        b"data: {\n\n",
        b"data: [1, 2]\n\n",
        b'data: "words"\n\n',
        b'data: {"choices": 7}\n\n',
        b"data: \xff\xfe\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
        b"data: [DONE]\n\n",
    ],
)
@pytest.mark.parametrize("kind", ["text/event-stream", "application/json", "text/html"])
async def test_what_is_not_the_wire_is_a_failure(model: OpenAiChat, server: WireServer, body: bytes, kind: str) -> None:
    server.will(Says(raw=body, content_type=kind))
    problem = await failure(model, server)
    assert (problem.code, problem.again) == ("no_wire", False)


@pytest.mark.parametrize(
    "choice",
    [
        {"delta": {"content": {"not": "words"}}},
        {"delta": {"content": 7, "tool_calls": {"not": "a list"}}},
        {"delta": {"tool_calls": [None, 7, {"index": "x"}, {"function": 3}, {"function": {"name": 3}}]}},
        {"delta": None, "finish_reason": 7},
        {"message": "words"},
    ],
)
async def test_pieces_of_the_wrong_shape_say_nothing(model: OpenAiChat, server: WireServer, choice: Any) -> None:
    import json

    server.will(Says(raw=f"data: {json.dumps({'choices': [choice]})}\n\ndata: [DONE]\n\n".encode()))
    said = await ask(model, server)
    assert (said.text, said.calls) == ("", ())


async def test_an_error_within_the_stream_is_one(model: OpenAiChat, server: WireServer) -> None:
    server.will(Says(raw=b'data: {"error": {"message": "overloaded"}}\n\n'))
    problem = await failure(model, server)
    assert (problem.code, problem.again) == ("broke_off", True)
