"""Streams are bounded for each person, end with the session, and what a client says on one is of no account."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from story.node import Node
from story.people import Business, Operator, Outside, open_business
from story.watcher import StreamRefused, Wire
from story.wire import RANA
from wasl.settings import Settings

pytestmark = pytest.mark.anyio

MOST = 3


@pytest.fixture
def strict(request: pytest.FixtureRequest, home: Settings) -> Iterator[Node]:
    """A node that allows few streams, and ends them soon if a test says so."""
    age_seconds = getattr(request, "param", "600")
    environment = {"WASL_STREAMS_PER_OPERATOR": str(MOST), "WASL_STREAM_AGE_SECONDS": age_seconds}
    node = Node(home, home.data_dir / "strict.log", WASL_HEARTBEAT_SECONDS="0.3", **environment)
    node.start()
    yield node
    node.kill()


@pytest.fixture
async def outside(strict: Node) -> AsyncIterator[Outside]:
    outside = Outside(strict)
    yield outside
    await outside.close()


@pytest.fixture
async def bakery(home: Settings) -> Business:
    return await open_business(home, "Cedar Bakery", "Sara", "Omar")


async def signed_in(outside: Outside, bakery: Business) -> list[Operator]:
    return [await outside.sign_in(person) for person in bakery.operators]


async def test_one_too_many_is_refused_with_a_word(outside: Outside, bakery: Business, strict: Node) -> None:
    sara, omar = await signed_in(outside, bakery)
    wires = [await outside.wire(sara) for _ in range(MOST)]
    with pytest.raises(StreamRefused, match="too_many_streams") as refused:
        await outside.wire(sara)
    assert refused.value.status == 429
    await outside.wire(omar)  # Others are not concerned.
    wires[0].cut()
    async with asyncio.timeout(30):
        while (await asyncio.to_thread(strict.figures))["wasl_streams"] != MOST:
            await asyncio.sleep(0.05)
    await outside.wire(sara)


@pytest.mark.parametrize("strict", ["2"], indirect=True)
async def test_an_old_stream_is_asked_to_come_back_and_misses_nothing(outside: Outside, bakery: Business) -> None:
    sara, _ = await signed_in(outside, bakery)
    watcher = await outside.watcher(sara).open()
    for place in range(200):
        await outside.say(bakery, RANA, f"line {place}")
        if watcher.said_bye:
            await watcher.cut()
            await watcher.open()
            break
        await asyncio.sleep(0.15)
    else:
        pytest.fail("the stream never said good-bye")
    await watcher.until_sequence(place + 2)
    watcher.check()


async def test_a_stream_ends_with_its_session(outside: Outside, bakery: Business) -> None:
    sara, omar = await signed_in(outside, bakery)
    ended, other = await outside.wire(sara), await outside.wire(omar)
    await sara.ask("DELETE", "/api/session")
    async with asyncio.timeout(30):
        assert [frame.kind async for frame in ended.frames()][-1] != "bye"
    with pytest.raises(StreamRefused, match="401"):
        await outside.wire(sara)
    other.cut()


async def test_what_is_said_on_a_stream_is_not_heard(outside: Outside, bakery: Business, strict: Node) -> None:
    sara, omar = await signed_in(outside, bakery)
    wire = await outside.wire(sara)
    watcher = await outside.watcher(omar).open()
    for rubbish in (b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 100_000, b"not HTTP at all\r\n\r\n"):
        wire.say(rubbish)
    await outside.say(bakery, RANA, "hello")
    await watcher.until_sequence(2)
    assert await first_of(wire, "new_message")
    watcher.check()


async def first_of(wire: Wire, kind: str) -> bool:
    async with asyncio.timeout(30):
        async for frame in wire.frames():
            if frame.kind == kind:
                return True
    return False
