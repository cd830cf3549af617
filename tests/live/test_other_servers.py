"""Under a server that lends no connection the same events leave through ASGI's `send`, with the same promises."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import websockets

from story.node import Node, environment_of
from story.people import Outside, contents, open_business
from story.scene import settings_of
from story.wire import RANA, text

pytestmark = pytest.mark.anyio

STALLED_SECONDS = 3.0
"""Longer than those who do read are held up as a rule."""
STOP_SECONDS_MAX = 15.0


class PlainNode(Node):
    """Our application under uvicorn as it comes, with its own implementations of HTTP and of WebSockets."""

    def __init__(self, folder: Path, http: str, ws: str) -> None:
        super().__init__(settings_of(folder), folder / "server.log", WASL_HEARTBEAT_SECONDS="0.3")
        program = (
            "import os, uvicorn; from wasl.app import build_app; from wasl.settings import Settings;"
            " from wasl.live import reader;"
            f" reader.STREAM_STALL_SECONDS = {STALLED_SECONDS};"
            " uvicorn.run(build_app(Settings()).asgi, host='127.0.0.1', port=int(os.environ['WASL_PORT']),"
            f" http='{http}', ws='{ws}', log_level='error', timeout_graceful_shutdown=1)"
        )
        self._command = [sys.executable, "-c", program]
        self._environment = {**environment_of(self.settings), "WASL_HEARTBEAT_SECONDS": "0.3"}


@pytest.fixture(params=[("httptools", "websockets-sansio"), ("h11", "wsproto")], ids=["httptools", "h11"])
def plain(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlainNode]:
    """A node without our protocol class."""
    node = PlainNode(tmp_path, *request.param)
    node.start()
    yield node
    node.kill()


@pytest.fixture
async def outside(plain: PlainNode) -> AsyncIterator[Outside]:
    outside = Outside(plain)
    yield outside
    await outside.close()


async def test_everything_comes_once_and_in_order(plain: PlainNode, outside: Outside) -> None:
    bakery = await open_business(plain.settings, "Cedar Bakery", "Sara", "Omar")
    sara, omar = [await outside.sign_in(person) for person in bakery.operators]
    watcher, other = outside.watcher(sara), outside.watcher(omar)
    await watcher.open()
    await other.open()
    await outside.say(bakery, RANA, "one", "two")
    await watcher.until_sequence(3)
    await watcher.cut()
    await outside.say(bakery, RANA, "three", "four")
    await watcher.open()
    await watcher.until_sequence(5)
    assert contents(watcher.arrivals()) == ["one", "two", "three", "four"]
    await other.until_sequence(5)
    assert [frame.raw for frame in other.events] == [frame.raw for frame in watcher.events]
    watcher.check()
    other.check()
    await other.until(lambda: any(frame.kind == "heartbeat" for frame in other.frames))


async def test_a_reader_who_never_reads_is_cut_and_disturbs_nobody(plain: PlainNode, outside: Outside) -> None:
    bakery = await open_business(plain.settings, "Cedar Bakery", "Sara", "Omar")
    sara, omar = [await outside.sign_in(person) for person in bakery.operators]
    watcher = await outside.watcher(omar).open()
    stuck = await outside.wire(sara, receive_bytes=4096)
    for start in range(0, 20_000, 500):
        messages = [text(RANA, "x" * 300, message_id=f"wamid.{start + place}") for place in range(500)]
        await outside.tell(bakery.number, bakery.number.said(messages, RANA))
    await watcher.until_sequence(20_001, 60.0)
    watcher.check()
    async with asyncio.timeout(30):
        while (await asyncio.to_thread(plain.figures))["wasl_stalled_readers_total"] < 1:
            await asyncio.sleep(0.1)
    stuck.cut()


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], None], ids=["websocket", "polling", "upgrade"])
async def test_sockets_bring_the_same(plain: PlainNode, outside: Outside, transports: list[str] | None) -> None:
    bakery = await open_business(plain.settings, "Cedar Bakery", "Sara", "Omar")
    sara, omar = [await outside.sign_in(person) for person in bakery.operators]
    watcher, socket = await outside.watcher(sara).open(), outside.socket(omar)
    await socket.connect(transports)
    await outside.say(bakery, RANA, "one", "two")
    await socket.until_sequence(3)
    await socket.cut()
    await outside.say(bakery, RANA, "three", "x" * 70_000)
    await socket.connect(transports)
    await socket.until_sequence(5)
    await watcher.until_sequence(5)
    socket.check()
    assert [frame.id for frame in socket.events] == [frame.id for frame in watcher.events]
    name = bakery.conversation_id(RANA)
    assert (await socket.call("join_conversation", name))["success"]
    bare = await (await outside.bare_socket()).enter(sara.token)
    await bare.say("42[")
    assert (await bare.refused())[1] == "unreadable_packet"
    large = await (await outside.bare_socket()).enter(sara.token)
    await large.say("42" + "x" * 20_000)
    assert (await large.refused())[0] == 1009
    with pytest.raises(websockets.InvalidStatus):
        await outside.bare_socket("EIO=3&transport=websocket")
    assert (await asyncio.to_thread(plain.stop))[1] < STOP_SECONDS_MAX


async def test_a_socket_that_never_reads_is_cut_and_disturbs_nobody(plain: PlainNode, outside: Outside) -> None:
    bakery = await open_business(plain.settings, "Cedar Bakery", "Sara", "Omar")
    sara, omar = [await outside.sign_in(person) for person in bakery.operators]
    good = await outside.socket(omar).connect(["websocket"])
    await outside.deaf_socket(sara, good.cursor or "")
    for start in range(0, 10_000, 500):
        messages = [text(RANA, "x" * 300, message_id=f"wamid.{start + place}") for place in range(500)]
        await outside.tell(bakery.number, bakery.number.said(messages, RANA))
    await good.until_sequence(10_001, 60.0)
    good.check()
    async with asyncio.timeout(30):
        while (await asyncio.to_thread(plain.figures))["wasl_stalled_readers_total"] < 1:
            await asyncio.sleep(0.1)
    async with asyncio.timeout(30):
        while (await asyncio.to_thread(plain.figures))["wasl_streams"] != 1:
            await asyncio.sleep(0.1)
