"""Whatever happens to hints, and to Redis itself: who reads on one node sees everything that another commits, in order.

The hubs and the bus are real, and so is Redis; the log is one that all nodes share.
"""

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from live.lines import KeptLine
from live.logs import ACCOUNT, Log, LogDatabase
from wasl.domain.events import Event
from wasl.live.hints import Hint, Speech
from wasl.live.hub import Hub
from wasl.live.redis_bus import RedisBus
from wasl.observe import Metrics
from wasl.torture.servers import RedisServer, Unavailable, redis_server

pytestmark = pytest.mark.anyio

KEY = b"k" * 32
SEEN_SECONDS = 1.0
"""A message of another node is seen within so long, with Redis or without."""
LONG_SECONDS = 30.0


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    try:
        with redis_server() as server:
            yield server
    except Unavailable as missing:
        pytest.skip(str(missing))


class Node:
    """A hub and a bus, joined as app.py joins them, with somebody who reads."""

    def __init__(self, url: str, log: Log) -> None:
        self.log = log
        self.metrics = Metrics()
        self.bus = RedisBus(url, KEY, self.metrics)
        self.hub = Hub(
            LogDatabase(log).as_database(), self.metrics, "n", 60.0, head_poll_seconds=self.bus.heads_poll_seconds
        )
        self.line = KeptLine()

    async def start(self) -> None:
        self.hub.start()
        self.bus.start(self.hub.publish, self.hub.whisper, self.hub.look, self.hub.look_everywhere)
        feed = await self.hub.feed(ACCOUNT)
        self.hub.join(feed, self.line, self.log.head, proven=True, allowed=lambda: True, left=lambda: None)

    def commit(self, count: int = 1) -> Sequence[Event]:
        """What a journal does; nobody is told yet."""
        return self.log.append(count)

    def tell(self, events: Sequence[Event]) -> None:
        self.hub.publish(events)
        self.bus.publish(events)

    async def stop(self) -> None:
        await self.bus.close()
        await self.hub.stop()


@asynccontextmanager
async def nodes(url: str, log: Log, count: int = 2) -> AsyncIterator[list[Node]]:
    all_nodes = [Node(url, log) for _ in range(count)]
    for node in all_nodes:
        await node.start()
    try:
        await until(lambda: all(node.bus.nodes() == count for node in all_nodes))
        yield all_nodes
    finally:
        for node in all_nodes:
            await node.stop()


async def until(holds: Callable[[], object], seconds: float = LONG_SECONDS) -> float:
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds, "it did not happen in time"
        await asyncio.sleep(0.005)
    return time.monotonic() - started


async def seen_after(node: Node, log: Log) -> float:
    """Wait until a node's reader has everything; how long that took, and whether it was all, once and in order."""
    took = await until(lambda: node.line.seen and node.line.seen[-1] == log.head.sequence)
    assert node.line.seen == list(range(1, log.head.sequence + 1))
    assert node.line.resyncs == []
    return took


async def usual_wait(teller: Node, reader: Node, log: Log) -> float:
    """How long messages of one node take to another one's reader: of five times the middle one, since a machine that
    stands still for a moment makes any single one long."""
    took = []
    for _ in range(5):
        teller.tell(teller.commit(2))
        took.append(await seen_after(reader, log))
    return statistics.median(took)


@pytest.mark.parametrize("seed", range(5))
async def test_hints_that_are_lost_doubled_swapped_or_nonsense_cost_nobody_an_event(
    server: RedisServer, seed: int
) -> None:
    chance = random.Random(seed)
    log, kept, liar = Log(), [], Speech(KEY)
    async with nodes(server.url, log, 3) as everybody:
        for _ in range(150):
            node = chance.choice(everybody)
            events = node.commit(chance.randint(1, 4))
            fate = chance.choice(
                ["told", "told", "lost", "doubled", "kept", "known only here", "by number", "nonsense"]
            )
            if fate in ("told", "doubled"):
                node.tell(events)
            if fate in ("doubled", "kept"):
                kept.append((node, events))
            if fate == "known only here":
                node.hub.publish(events)
            if fate == "by number":
                node.bus._outgoing.add_events(events, inline=False)
            if fate == "nonsense":
                node.bus._outgoing.add_aside(liar.channel(Hint.of(events)), chance.randbytes(80))
            if kept and chance.random() < 0.3:
                late, old = kept.pop(chance.randrange(len(kept)))
                late.tell(old)
            await asyncio.sleep(chance.choice([0, 0, 0.002]))
        everybody[0].tell(everybody[0].commit())
        for node in everybody:
            await seen_after(node, log)


async def test_a_hint_of_another_history_changes_nothing(server: RedisServer) -> None:
    log, elsewhere = Log(), Log()
    async with nodes(server.url, log) as (alice, bob):
        alice.tell(alice.commit(3))
        await seen_after(bob, log)
        elsewhere.append(3)
        alice.bus.publish([replace(elsewhere.events[-1], tag=99)])
        alice.bus.publish([alice.log.events[0]])
        alice.tell(alice.commit())
        await seen_after(bob, log)


async def test_without_hints_everything_is_seen_when_the_heads_are_looked_at(server: RedisServer) -> None:
    log = Log()
    async with nodes(server.url, log) as (alice, bob):
        alice.hub.publish(alice.commit())  # As when a node dies between its commit and its hint.
        await seen_after(bob, log)


async def test_while_redis_is_gone_messages_are_seen_within_a_second(server: RedisServer) -> None:
    log = Log()
    async with nodes(server.url, log) as (alice, bob):
        alice.tell(alice.commit())
        await seen_after(bob, log)
        server.kill()
        try:
            assert await usual_wait(alice, bob, log) < SEEN_SECONDS
        finally:
            server.start()
        await until(lambda: alice.bus.healthy and bob.bus.healthy)
        assert await usual_wait(alice, bob, log) < SEEN_SECONDS


@pytest.mark.parametrize("frozen_seconds", [0.0, 2.5])
async def test_while_redis_is_frozen_they_are_too_as_soon_as_that_is_known(
    server: RedisServer, frozen_seconds: float
) -> None:
    log = Log()
    async with nodes(server.url, log) as (alice, bob):
        server.freeze()
        try:
            alice.tell(alice.commit())
            await seen_after(bob, log)  # In the moment when Redis freezes nobody knows yet; see test_bus.py.
            assert await usual_wait(alice, bob, log) < SEEN_SECONDS
            await asyncio.sleep(frozen_seconds)
        finally:
            server.thaw()
        await until(lambda: alice.bus.healthy and bob.bus.healthy)
        assert await usual_wait(bob, alice, log) < SEEN_SECONDS


async def test_what_was_committed_before_the_subscription_stands_is_found_by_the_look_after_it(
    server: RedisServer,
) -> None:
    log = Log()
    server.kill()
    try:
        alice, bob = Node(server.url, log), Node(server.url, log)
        await alice.start()
        await bob.start()
    finally:
        server.start()
    for _ in range(100):  # Before, while and after both come back.
        alice.tell(alice.commit())
        await asyncio.sleep(0.01)
    await seen_after(bob, log)
    await alice.stop()
    await bob.stop()
