"""Readers that never read cost bounded memory and delay nobody."""

import asyncio
from functools import partial
from statistics import median
from time import perf_counter

import pytest

from promises.load import PEOPLE
from promises.oracle import head_sequence
from story.node import Node
from story.people import Business, Outside, open_business
from story.watcher import Watcher
from story.wire import text
from wasl.settings import Settings

pytestmark = pytest.mark.anyio

STALLED = 20
BODIES, PER_BODY, CHARACTERS = 60, 50, 1_000
GROWTH_BYTES_MAX = 96 * 1024 * 1024
"""For the ring (1 MB), at most a few hundred KB for each stalled reader, and the database's own page caches; what the
readers did not take is more than twice as much."""
DELAY_SECONDS_MAX = 0.5
PAUSE_SECONDS_MAX = 15.0
"""A machine may pause; whoever waits for a stalled reader waits until that is cut, twice as long."""


async def test_stalled_readers_cost_little_and_delay_nobody(home: Settings, mortal: Node, outside: Outside) -> None:
    bakery = await open_business(home, "Cedar Bakery", "Sara", "Omar")
    sara, omar = [await outside.sign_in(person) for person in bakery.operators]
    good = await outside.watcher(omar).open()
    await write(outside, bakery, 0, bodies=4)
    await good.until_sequence(1 + 4 * PER_BODY)
    alone = await delays(outside, bakery, good, "alone")
    before = mortal.resident_bytes()
    stalled = [await outside.wire(sara, receive_bytes=4096) for _ in range(STALLED)]
    await write(outside, bakery, 4, bodies=BODIES)
    await good.until_sequence(head_sequence(home, bakery))
    crowded = await delays(outside, bakery, good, "crowded")

    growth, streamed = mortal.resident_bytes() - before, sum(len(frame.raw) for frame in good.frames)
    print(
        f"{STALLED} stalled readers: +{growth / 1e6:.1f} MB while {streamed / 1e6:.1f} MB went to each reader;"
        f" worst delay of the good one {max(alone) * 1000:.1f} ms alone, {max(crowded) * 1000:.1f} ms beside them"
    )
    assert streamed * STALLED > 2 * GROWTH_BYTES_MAX
    assert growth < GROWTH_BYTES_MAX
    assert median(crowded) < DELAY_SECONDS_MAX
    assert max(crowded) < PAUSE_SECONDS_MAX
    good.check()
    for wire in stalled:
        wire.cut()
    await until_streams(mortal, 1)


async def write(outside: Outside, bakery: Business, start: int, bodies: int) -> None:
    for place in range(start, start + bodies):
        person = PEOPLE[place % len(PEOPLE)]
        messages = [text(person, "x" * CHARACTERS, message_id=f"wamid.{place}.{part}") for part in range(PER_BODY)]
        await outside.tell(bakery.number, bakery.number.said(messages, person))


async def delays(outside: Outside, bakery: Business, good: Watcher, name: str) -> list[float]:
    """How long messages take from the webhook to the good reader, one after the other, in seconds."""
    found = []
    for place in range(40):
        message = text(PEOPLE[0], "hi", message_id=f"wamid.{name}.{place}")
        started = perf_counter()
        await outside.tell(bakery.number, bakery.number.said([message], PEOPLE[0]))
        await good.until(partial(arrived, good, message["id"].encode()))
        found.append(perf_counter() - started)
    return found


def arrived(good: Watcher, message_id: bytes) -> bool:
    return any(message_id in frame.raw for frame in good.frames[-10:])


async def until_streams(node: Node, count: int) -> None:
    """Wait until the server has noticed who left."""
    async with asyncio.timeout(30):
        while (await asyncio.to_thread(node.figures))["wasl_streams"] != count:
            await asyncio.sleep(0.1)
