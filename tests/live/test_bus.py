"""Nodes hear each other through a real Redis, and notice at once when they cannot."""

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from live.logs import event
from wasl import limits
from wasl.domain.events import Event
from wasl.errors import Misconfigured
from wasl.live import redis_bus, redis_line
from wasl.live.bus import open_bus
from wasl.live.hints import Hint, Speech
from wasl.live.redis_bus import RedisBus, ask_redis
from wasl.observe import Metrics
from wasl.torture.servers import RedisServer, Unavailable, redis_server

pytestmark = pytest.mark.anyio

KEY, ANOTHER_KEY = b"k" * 32, b"x" * 32
LONG_SECONDS = 30.0
SILENT_NODE_SECONDS = 2 * LONG_SECONDS
"""What tests here wait for must come by itself, and not because a node is missed."""


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    try:
        with redis_server() as server:
            yield server
    except Unavailable as missing:
        pytest.skip(str(missing))


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis, or this process, may be held up for a while and is no less there for it: only what broke is lost."""
    monkeypatch.setattr(redis_line, "BUS_ANSWER_SECONDS", LONG_SECONDS)
    monkeypatch.setattr(redis_bus, "BUS_SILENCES_DOUBTED", 1_000)
    monkeypatch.setattr(redis_bus, "BUS_SILENCES_MAX", 2_000)
    monkeypatch.setattr(redis_bus, "BUS_SILENT_NODE_SECONDS", SILENT_NODE_SECONDS)


def as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notice a silence as soon as a node does."""
    monkeypatch.setattr(redis_line, "BUS_ANSWER_SECONDS", limits.BUS_ANSWER_SECONDS)
    for name in ("BUS_SILENCES_DOUBTED", "BUS_SILENCES_MAX"):
        monkeypatch.setattr(redis_bus, name, getattr(limits, name))


class Listener:
    """A node without a hub: it notes what its bus tells."""

    def __init__(self, url: str, key: bytes = KEY) -> None:
        self.metrics = Metrics()
        self.bus = RedisBus(url, key, self.metrics)
        self.heard: list[Event] = []
        self.overheard: list[tuple[int, str, dict[str, Any]]] = []
        self.looked: list[int] = []
        self.looked_everywhere = 0

    def start(self) -> None:
        self.bus.start(self._hear, lambda *whisper: self.overheard.append(whisper), self.looked.append, self._look)

    def _hear(self, events: Sequence[Event]) -> None:
        self.heard.extend(events)

    def _look(self) -> None:
        self.looked_everywhere += 1

    def hints(self, outcome: str) -> float:
        return self.metrics.registry.get_sample_value("wasl_bus_hints_total", {"outcome": outcome}) or 0.0


async def until(holds: Callable[[], object], seconds: float = LONG_SECONDS) -> None:
    """Wait until something holds."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds, "it did not happen in time"
        await asyncio.sleep(0.005)


@asynccontextmanager
async def listeners(url: str, count: int = 2, key: bytes = KEY) -> AsyncIterator[list[Listener]]:
    """So many nodes of one installation that all know of each other."""
    nodes = [Listener(url, key) for _ in range(count)]
    for node in nodes:
        node.start()
    await until(lambda: all(node.bus.healthy and node.bus.nodes() == count for node in nodes))
    try:
        yield nodes
    finally:
        for node in nodes:
            await node.bus.close()


def command(url: str, *words: bytes) -> bytes:
    """Ask Redis something, past everything of ours."""
    address = urlsplit(url)
    packed = b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)
    with socket.create_connection((address.hostname, address.port), timeout=LONG_SECONDS) as connection:
        connection.sendall(packed)
        return connection.recv(65_536)


async def test_the_others_hear_in_order_and_nobody_hears_themselves(server: RedisServer) -> None:
    async with listeners(server.url, 3) as (alice, bob, charlie):
        for sequence in range(1, 101):
            alice.bus.publish([event(sequence)])
            await asyncio.sleep(0)
        await until(lambda: len(bob.heard) == len(charlie.heard) == 100)
        assert bob.heard == charlie.heard == [event(sequence) for sequence in range(1, 101)]
        assert alice.heard == []
        # What waits while something leaves is joined: fewer hints than events.
        await until(lambda: bob.hints("heard") == alice.hints("sent") <= 100)


async def test_accounts_are_told_apart(server: RedisServer) -> None:
    async with listeners(server.url) as (alice, bob):
        alice.bus.publish([event(5, account_id=account) for account in range(1, 40)])
        await until(lambda: len(bob.heard) == 39)
        assert sorted(e.account_id for e in bob.heard) == list(range(1, 40))


async def test_large_events_make_the_others_look(server: RedisServer) -> None:
    async with listeners(server.url) as (alice, bob):
        alice.bus.publish([event(1, size=50_000, account_id=9)])
        await until(lambda: bob.looked)
        assert (bob.looked, bob.heard) == ([9], [])


async def test_a_whisper_is_overheard(server: RedisServer) -> None:
    async with listeners(server.url) as (alice, bob):
        alice.bus.whisper(7, "typing", {"conversation_id": "c", "operator_id": "3"})
        await until(lambda: bob.overheard)
        assert bob.overheard == [(7, "typing", {"conversation_id": "c", "operator_id": "3"})]
        alice.bus.whisper(7, "typing", {"words": "x" * 10_000})  # Nobody types so much; it is not said.
        alice.bus.whisper(7, "presence", {})
        await until(lambda: len(bob.overheard) == 2)
        assert bob.overheard[1] == (7, "presence", {})
        assert alice.overheard == []


async def test_two_installations_on_one_redis_do_not_hear_each_other(server: RedisServer) -> None:
    async with listeners(server.url) as (alice, bob), listeners(server.url, 1, ANOTHER_KEY) as (eve,):
        alice.bus.publish([event(1)])
        alice.bus.whisper(1, "typing", {})
        eve.bus.publish([event(2)])
        await until(lambda: bob.heard and bob.overheard and eve.hints("sent"))
        await asyncio.sleep(0.05)
        assert [e.sequence for e in bob.heard] == [1]
        assert (eve.heard, eve.overheard, eve.bus.nodes(), eve.hints("garbage")) == ([], [], 1, 0)


async def test_garbage_is_counted_and_does_no_harm(server: RedisServer) -> None:
    async with listeners(server.url) as (alice, bob):
        speech, forger = Speech(KEY), Speech(ANOTHER_KEY)
        good = speech.encode(Hint.of([event(1)]))
        rubbish = [b"", b"secret words", good[:-3], b"x" + good, forger.encode(Hint.of([event(9)]))]
        with capture_logs() as lines:
            for one in rubbish:
                for channel in (speech.channels()[1], speech.channels()[-1]):
                    command(server.url, b"PUBLISH", channel.encode(), one)
            await until(lambda: bob.hints("garbage") == 10)
        assert "secret words" not in str(lines)
        assert len([line for line in lines if "no node of ours" in line["event"]]) == 2  # One from each, not ten.
        alice.bus.publish([event(1)])
        await until(lambda: bob.heard)
        assert bob.heard == [event(1)]
        assert bob.bus.healthy


async def test_a_killed_redis_is_noticed_at_once_and_its_return_too(server: RedisServer) -> None:
    async with listeners(server.url) as nodes:
        alice, bob = nodes
        looked = bob.looked_everywhere
        server.kill()
        try:
            await until(lambda: not any(node.bus.healthy for node in nodes))  # By its end: none doubts a silence here.
            assert bob.bus.state == "redis: unreachable"
            assert bob.bus.heads_poll_seconds() <= 0.25
            assert bob.looked_everywhere == looked + 1
            assert bob.bus.nodes() == 2  # It still sends, as far as anybody knows.
            for sequence in range(1, 4):
                alice.bus.publish([event(sequence)])
            alice.bus.whisper(1, "typing", {})
        finally:
            server.start()
        await until(lambda: all(node.bus.healthy for node in nodes))
        assert bob.bus.state == "redis"
        assert bob.looked_everywhere == looked + 2
        # What waited is told by number alone, to whom it may concern: who was back later has looked anyway.
        await until(lambda: alice.hints("sent") == 1)
        assert (bob.heard, bob.overheard) == ([], [])
        assert bob.looked in ([], [1])
        alice.bus.publish([event(4)])
        await until(lambda: bob.heard)
        assert bob.heard == [event(4)]


@pytest.mark.parametrize("seconds", [0.2, 3.0])
async def test_a_frozen_redis_is_noticed_by_its_silence(
    server: RedisServer, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_in_production(monkeypatch)
    assert limits.BUS_PING_SECONDS * limits.BUS_SILENCES_DOUBTED < 1.0, "within a second"
    if seconds < limits.BUS_PING_SECONDS * limits.BUS_SILENCES_MAX:
        monkeypatch.setattr(redis_bus, "BUS_SILENCES_MAX", 2_000)  # It is noticed before the connection is given up.
    async with listeners(server.url) as nodes:
        alice, bob = nodes
        await asyncio.sleep(0.3)
        looked = bob.looked_everywhere
        server.freeze()
        try:
            await until(lambda: not any(node.bus.healthy for node in nodes))
            assert bob.bus.state == "redis: does not answer"
            assert bob.looked_everywhere == looked + 1
            alice.bus.publish([event(1)])
            await asyncio.sleep(seconds)
            assert not bob.bus.healthy
        finally:
            server.thaw()
        await until(lambda: all(node.bus.healthy for node in nodes))
        assert bob.looked_everywhere >= looked + 2
        assert bob.bus.nodes() == 2


async def test_a_hint_that_was_under_way_when_the_connection_broke_is_said_again(server: RedisServer) -> None:
    async with listeners(server.url) as (alice, bob):
        command(server.url, b"CLIENT", b"KILL", b"TYPE", b"normal")
        alice.bus.publish([event(1)])
        await until(lambda: bob.heard)
        assert alice.bus.healthy
        looked = bob.looked_everywhere
        command(server.url, b"CLIENT", b"KILL", b"TYPE", b"pubsub")
        await until(lambda: bob.looked_everywhere >= looked + 2)  # When it was lost, and when it was there again.
        await until(lambda: bob.bus.healthy and alice.bus.healthy)


async def test_publishing_never_waits_and_the_queue_is_bounded(server: RedisServer) -> None:
    alice = Listener("redis://127.0.0.1:1/0")
    alice.start()
    await until(lambda: alice.bus.state == "redis: unreachable")
    started = time.monotonic()
    for account in range(1, 1_101):
        alice.bus.publish([event(1, account_id=account), event(2, account_id=account)])
    assert time.monotonic() - started < LONG_SECONDS  # Each of them once would be a second and more.
    assert alice.hints("dropped") == 100
    await alice.bus.close()


async def test_a_node_that_leaves_is_missed_at_once_and_one_that_died_soon(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listeners(server.url, 3) as (alice, bob, charlie):
        with monkeypatch.context() as patch:
            patch.setattr(redis_bus, "BUS_STOP_SECONDS", LONG_SECONDS)
            await bob.bus.close()
        await until(lambda: alice.bus.nodes() == charlie.bus.nodes() == 2)
        for task in charlie.bus._tasks:
            task.cancel()
        await asyncio.sleep(0.05)
        assert alice.bus.nodes() == 2
        later = time.monotonic() + SILENT_NODE_SECONDS + 1.0
        monkeypatch.setattr(redis_bus, "monotonic", lambda: later)
        assert alice.bus.nodes() == 1
        assert alice.metrics.registry.get_sample_value("wasl_nodes") == 1


async def test_after_an_outage_the_others_get_time_to_say_hello(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listeners(server.url) as (alice, _):
        server.kill()
        await until(lambda: not alice.bus.healthy)
        moved = time.monotonic() + 10 * SILENT_NODE_SECONDS
        monkeypatch.setattr(redis_bus, "monotonic", lambda: moved)
        assert alice.bus.nodes() == 2
        server.start()
        await until(lambda: alice.bus.healthy)
        assert alice.bus.nodes() == 2


async def test_neither_the_password_nor_a_message_is_ever_logged(server: RedisServer) -> None:
    url = server.url.replace("redis://", "redis://:the-password@")
    command(server.url, b"CONFIG", b"SET", b"requirepass", b"the-password")
    try:
        with capture_logs() as lines:
            async with listeners(url) as (alice, bob):
                alice.bus.publish([event(1), event(2)])
                await until(lambda: len(bob.heard) == 2)
                wrong = Listener(url.replace("the-password", "another-password"))
                wrong.start()
                await until(lambda: wrong.bus.state == "redis: refuses the login")
                await wrong.bus.close()
                assert await ask_redis(url, KEY) is None
                assert await ask_redis(server.url, KEY) == "refuses the login"
                server.kill()
                await until(lambda: not bob.bus.healthy)
            assert await ask_redis(url, KEY) == "unreachable"
    finally:
        server.kill()
        server.start()
    told = str(lines)
    assert "bus joined" in told
    assert "bus lost" in told
    assert [word for word in ("password", "xxxxx", "words") if word in told] == []


async def test_a_user_who_may_not_subscribe_is_found_out(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    command(server.url, b"ACL", b"SETUSER", b"wasl", b"on", b">p", b"+@all", b"resetchannels")
    url = server.url.replace("redis://", "redis://wasl:p@")
    assert await ask_redis(url, KEY) == "does not permit this user to publish and subscribe"
    as_in_production(monkeypatch)
    server.freeze()
    try:
        assert await ask_redis(server.url, KEY) == "does not answer"
    finally:
        server.thaw()


async def test_without_redis_the_database_is_asked_often_enough() -> None:
    alone, shared = (open_bus(None, KEY, Metrics(), alone=alone) for alone in (True, False))
    for bus, seconds in ((alone, 1.0), (shared, 0.2)):
        assert (bus.healthy, bus.state, bus.nodes()) == (True, "memory", 1)
        assert 0.79 * seconds < bus.heads_poll_seconds() < 1.21 * seconds
        bus.publish([event(1)])
        await bus.close()


async def test_with_sqlite_redis_is_not_used() -> None:
    with capture_logs() as lines:
        assert open_bus("redis://127.0.0.1:1", KEY, Metrics(), alone=True).state == "memory"
    assert [line["event"] for line in lines] == ["redis not used: with SQLite there is one node"]


async def test_with_redis_heads_are_looked_at_all_the_same(server: RedisServer) -> None:
    async with listeners(server.url, 1) as (alice,):
        waits = [alice.bus.heads_poll_seconds() for _ in range(50)]
        assert 0.5 <= min(waits) < max(waits) < 1.0  # A hint that nobody sent costs less than a second too.


@pytest.mark.parametrize(
    "url", ["http://x:secret@y", "redis", "redis://u:secret@h/0?socket_timeout=x", "redis://h?a=b"]
)
async def test_an_address_that_cannot_be_used_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(Misconfigured, match="WASL_REDIS_URL cannot be read") as refused:
        open_bus(url, KEY, Metrics(), alone=False)
    assert "secret" not in refused.value.message


async def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wasl.live.redis_bus", None)
    with pytest.raises(Misconfigured, match=r"pip install 'wasl\[redis\]'"):
        open_bus("redis://127.0.0.1:1", KEY, Metrics(), alone=False)
