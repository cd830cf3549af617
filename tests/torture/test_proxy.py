"""A door passes everything on, and fails in each of the ways that a network does."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from wasl.torture.doors import Doors, Misled, Proxy

pytestmark = pytest.mark.anyio


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    doors = Doors()
    await doors.start(tmp_path / "doors.log")
    yield doors
    await doors.close()
    assert (tmp_path / "doors.log").read_text() == ""


@pytest.fixture
async def echo(doors: Doors) -> AsyncIterator[int]:
    """A server that says everything again; its port."""

    speaking: set[asyncio.Task[None] | None] = set()

    async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        speaking.add(asyncio.current_task())
        try:
            while said := await reader.read(1 << 16):
                writer.write(said)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(repeat, "127.0.0.1", 0)
    yield int(server.sockets[0].getsockname()[1])
    server.close()
    for task in speaking:
        assert task is not None
        task.cancel()
    await asyncio.gather(*(task for task in speaking if task is not None), return_exceptions=True)
    await asyncio.sleep(0.05)


class Caller:
    """Somebody who says something and hears it again."""

    def __init__(self, door: Proxy) -> None:
        self._door = door

    async def __aenter__(self) -> "Caller":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._door.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()
        with suppress(OSError):
            await self.writer.wait_closed()

    async def say(self, said: bytes, within_seconds: float = 30.0) -> None:
        self.writer.write(said)
        async with asyncio.timeout(within_seconds):
            assert await self.reader.readexactly(len(said)) == said

    async def ended(self) -> bytes:
        async with asyncio.timeout(30):
            return await self.reader.read()


@pytest.fixture
async def door(doors: Doors, echo: int) -> Proxy:
    return await doors.add("door", [echo], Random(1))


async def test_everything_comes_through(door: Proxy) -> None:
    async with Caller(door) as caller:
        await caller.say(b"x" * 3_000_000)
        caller.writer.write_eof()
        assert await caller.ended() == b""
    async with asyncio.timeout(30):
        while (await door.count())["count"]:
            await asyncio.sleep(0.01)


async def test_a_reset(door: Proxy) -> None:
    async with Caller(door) as caller:
        await caller.say(b"hello")
        assert await door.cut_rst() == 1
        with pytest.raises(ConnectionResetError):
            await caller.ended()
    async with Caller(door) as caller:
        await caller.say(b"again")


async def test_an_orderly_end(door: Proxy) -> None:
    async with Caller(door) as caller:
        await caller.say(b"hello")
        assert await door.cut_fin() == 1
        assert await caller.ended() == b""


async def test_a_refusal(door: Proxy) -> None:
    async with Caller(door) as caller:
        await caller.say(b"hello")
        await door.refuse()
        await asyncio.sleep(0.05)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", door.port)
        await caller.say(b"those within stay")
    await door.heal()
    async with Caller(door) as caller:
        await caller.say(b"again")


async def test_a_black_hole_keeps_what_was_said_and_lets_nobody_answer(door: Proxy) -> None:
    async with Caller(door) as caller, Caller(door) as other:
        await caller.say(b"hello")
        await other.say(b"hello")
        assert await door.blackhole() == 2
        async with Caller(door) as lost:
            for one in (caller, lost):
                with pytest.raises(TimeoutError):
                    await one.say(b"is anybody there?", 0.2)
            await door.heal()
            with pytest.raises(ConnectionResetError):
                await lost.ended()
        async with asyncio.timeout(30):
            assert await caller.reader.readexactly(17) == b"is anybody there?"
        await other.say(b"hello")


@pytest.mark.parametrize("up", [True, False])
async def test_one_direction_stands_still(door: Proxy, up: bool) -> None:
    async with Caller(door) as caller:
        await caller.say(b"hello")
        await door.half_open(up=up)
        with pytest.raises(TimeoutError):
            await caller.say(b"later", 0.2)
        await door.heal()
        async with asyncio.timeout(30):
            assert await caller.reader.readexactly(5) == b"later"


async def quickest(caller: Caller) -> float:
    """How long it takes to hear a word again, of twenty the shortest: a machine may stand still in any of them."""
    took = []
    for _ in range(20):
        begun = time.monotonic()
        await caller.say(b"hello")
        took.append(time.monotonic() - begun)
    return min(took)


async def test_a_delay(door: Proxy) -> None:
    async with Caller(door) as caller:
        await caller.say(b"hello")
        await door.delay(60, 30)
        begun = time.monotonic()
        await caller.say(b"x" * 200_000)
        assert time.monotonic() - begun >= 0.12
        await door.heal()
        assert await quickest(caller) < 0.06, "twice the least delay"


async def test_a_slow_line(door: Proxy) -> None:
    async with Caller(door) as caller:
        await caller.say(b"hello")
        await door.bandwidth(100_000)
        begun = time.monotonic()
        await caller.say(b"x" * 50_000)
        assert 0.4 <= time.monotonic() - begun < 20


async def test_a_share_of_the_connections(door: Proxy) -> None:
    async with asyncio.timeout(60):
        callers = [await Caller(door).__aenter__() for _ in range(40)]
        for caller in callers:
            await caller.say(b"hello")
        assert 10 < await door.cut_rst(0.5) < 30
        for caller in callers:
            await caller.__aexit__()


async def test_a_door_leads_to_whoever_is_there(doors: Doors, door: Proxy, echo: int) -> None:
    await door.refuse()
    either = await doors.add("either", [door.port, echo], Random(1))
    for _ in range(4):
        async with Caller(either) as caller:
            await caller.say(b"hello")


async def test_what_nobody_knows_is_said(doors: Doors, door: Proxy) -> None:
    with pytest.raises(Misled, match="Nobody knows how to dance"):
        await doors.tell({"what": "dance", "door": 0})
    async with Caller(door) as caller:
        await caller.say(b"hello")
