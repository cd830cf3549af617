"""Everything that is done to the system: each breaks something by a seeded chance, holds, heals itself, and says so.

Two faults never break the same thing at a time, because each claims what it breaks; different things break together.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from subprocess import TimeoutExpired
from typing import Any

import psycopg

from wasl.torture.crack import Break, Crack, FaultKind
from wasl.torture.doors import Proxy
from wasl.torture.history import now
from wasl.torture.installation import Installation
from wasl.torture.nodes import Node
from wasl.torture.query import rows

MENU: dict[str, FaultKind] = {}
BOTH, SHARED = ("sqlite", "postgres"), ("postgres",)

FROZEN_SECONDS = (3.0, 10.0)
HELD_SECONDS = (2.0, 6.0)
DEAD_SECONDS = (0.0, 2.0)
SHARES = (0.3, 0.6, 1.0)
HINTS_LOST_SHARE = 0.3
HOUR_SECONDS = 3600.0
HANGS_SECONDS = 8.0
"""A provider that takes a message and says nothing: for longer than anybody waits for its answer."""
TOLD_LATE_SECONDS = 10.0
"""A status that comes after everybody has given an attempt up."""
CAUGHT_WITHIN_SECONDS = 5.0
_UNDER_WAY = "SELECT count(*) FROM outbox WHERE state = 'sending' AND node LIKE ?"
LOOK_SECONDS = 0.05


def _menu(*engines: str, nodes_min: int = 1) -> Callable[[Break], Break]:
    def enter(breaks: Break) -> Break:
        name = str(breaks.__name__)
        MENU[name] = FaultKind(name, engines, breaks, nodes_min)
        return breaks

    return enter


# -- nodes ------------------------------------------------------------------------------------------------------------


@_menu(*BOTH)
async def kill_node(crack: Crack) -> None:
    """kill -9, and an init system that starts it again."""
    node = crack.chance.choice(crack.installation.nodes)
    async with crack.on(node.name):
        await _dead_for_a_while(crack, [node])


@_menu(*SHARED, nodes_min=3)
async def kill_two_nodes(crack: Crack) -> None:
    """The same with two at once, of three or more."""
    nodes = crack.chance.sample(crack.installation.nodes, 2)
    async with crack.on(*(node.name for node in nodes)):
        await _dead_for_a_while(crack, nodes)


async def _dead_for_a_while(crack: Crack, nodes: Sequence[Node]) -> None:
    for node in nodes:
        crack.installation.notice_fall(node)
        node.kill()
    try:
        await crack.hold(DEAD_SECONDS)
    finally:
        await asyncio.gather(*(crack.installation.start_node(node) for node in nodes))


@_menu(*BOTH)
async def kill_sender(crack: Crack) -> None:
    """kill -9 of a node whose messages the provider has just taken, without an answer: nobody knows whether they left,
    until another finds them, and WhatsApp tells much later."""
    place = crack.installation
    node = crack.chance.choice(place.nodes)
    behaviour: dict[str, Any] = {
        "sends": [{"ending": "hang", "times": None, "hold_seconds": HANGS_SECONDS}],
        "sent_after_seconds": TOLD_LATE_SECONDS,
        "delivered_after_seconds": TOLD_LATE_SECONDS + 1,
    }
    async with crack.on("emulator's behaviour", "postgres", node.name):
        await place.remote.behave(**behaviour)
        try:
            crack.detail = f"{await _caught(place, node)} under way"
            await _dead_for_a_while(crack, [node])
        finally:
            await place.remote.behave_well()


async def _caught(place: Installation, node: Node) -> int:
    """Wait until a node has sends under way; how many. None, if it has nothing to send for long."""
    ends = now() + CAUGHT_WITHIN_SECONDS
    found = 0
    while not found and now() < ends:
        await asyncio.sleep(LOOK_SECONDS)
        [(found,)] = await asyncio.to_thread(rows, place, _UNDER_WAY, (f"{node.name}:%",))
    return found


@_menu(*BOTH)
async def drain_node(crack: Crack) -> None:
    """SIGTERM, as in every upgrade; the detail is how it ended."""
    node = crack.chance.choice(crack.installation.nodes)
    async with crack.on(node.name):
        crack.installation.notice_fall(node)
        try:
            if node.alive:
                status, seconds = await crack.installation.stop_node(node)
                crack.detail = f"status {status} after {seconds:.1f} s"
        except TimeoutExpired:
            crack.detail = "it did not stop"
        await crack.installation.start_node(node)


@_menu(*BOTH)
async def freeze_node(crack: Crack) -> None:
    """SIGSTOP, longer than anybody's patience."""
    node = crack.chance.choice(crack.installation.nodes)
    async with crack.on(node.name):
        if not node.alive:
            return
        node.freeze()
        try:
            await crack.hold(FROZEN_SECONDS)
        finally:
            node.thaw()


@_menu(*BOTH)
async def jump_clock(crack: Crack) -> None:
    """A wall clock that is an hour wrong, and is put right."""
    node = crack.chance.choice(crack.installation.nodes)
    async with crack.on(f"{node.name}'s clock"):
        seconds = crack.chance.choice((-HOUR_SECONDS, HOUR_SECONDS))
        crack.detail = f"{seconds:+.0f} s"
        node.jump_clock(seconds)
        try:
            await crack.hold(FROZEN_SECONDS)
        finally:
            node.jump_clock(0)


# -- PostgreSQL and Redis ---------------------------------------------------------------------------------------------


@_menu(*SHARED)
async def kill_postgres(crack: Crack) -> None:
    """kill -9 with all its children, and a start that recovers."""
    server = crack.installation.database
    assert server is not None
    async with crack.on("postgres"):
        await crack.installation.aside(server.kill)
        try:
            await crack.hold(DEAD_SECONDS)
        finally:
            await crack.installation.aside(server.start)


@_menu(*SHARED)
async def freeze_postgres(crack: Crack) -> None:
    server = crack.installation.database
    assert server is not None
    async with crack.on("postgres"):
        await crack.installation.aside(server.freeze)
        try:
            await crack.hold(FROZEN_SECONDS)
        finally:
            await crack.installation.aside(server.thaw)


@_menu(*SHARED)
async def drop_connections(crack: Crack) -> None:
    """An administrator ends a node's connections in the database, one moment or several."""
    place = crack.chance.randrange(len(crack.installation.nodes))
    door = crack.installation.database_doors[place]
    async with crack.on("postgres", door.name):
        for _ in range(crack.chance.randint(1, 4)):
            ports = await door.ports()
            ended = await crack.installation.aside(lambda ports=ports: _end_backends(crack, ports))  # type: ignore[misc]
            crack.detail = f"{crack.detail} {ended}".strip()
            await crack.hold((0.1, 0.8))


def _end_backends(crack: Crack, ports: list[int]) -> int:
    assert crack.installation.database_url is not None
    sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE client_port = ANY(%s)"
    with psycopg.connect(crack.installation.database_url, connect_timeout=5) as connection:
        row = connection.execute(sql, (ports,)).fetchone()
    return int(row[0]) if row else 0


@_menu(*SHARED)
async def kill_redis(crack: Crack) -> None:
    server = crack.installation.redis
    assert server is not None
    async with crack.on("redis"):
        await crack.installation.aside(server.kill)
        try:
            await crack.hold(HELD_SECONDS)
        finally:
            await crack.installation.aside(server.start)


@_menu(*SHARED)
async def freeze_redis(crack: Crack) -> None:
    server = crack.installation.redis
    assert server is not None
    async with crack.on("redis"):
        await crack.installation.aside(server.freeze)
        try:
            await crack.hold(HELD_SECONDS)
        finally:
            await crack.installation.aside(server.thaw)


@_menu(*SHARED)
async def pause_redis(crack: Crack) -> None:
    """CLIENT PAUSE: connections live, and no command is answered."""
    server = crack.installation.redis
    assert server is not None
    async with crack.on("redis"):
        milliseconds = int(crack.chance.uniform(*HELD_SECONDS) * 1000)

        def pause() -> None:
            with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
                line.sendall(f"CLIENT PAUSE {milliseconds} ALL\r\n".encode())
                line.recv(64)

        await crack.installation.aside(pause)
        await asyncio.sleep(milliseconds / 1000)


@_menu(*SHARED)
async def lose_hints(crack: Crack) -> None:
    """Some of what nodes hear of each other is lost, and nobody is told that anything was."""
    doors = crack.installation.redis_doors
    async with crack.on(*(f"hints of {door.name}" for door in doors)):
        try:
            for door in doors:
                await door.drop_hints(HINTS_LOST_SHARE)
            await crack.hold(FROZEN_SECONDS)
            crack.detail = f"{sum([(await door.count())['dropped'] for door in doors])} so far"
        finally:
            for door in doors:
                await door.drop_hints(0.0)


# -- doors ------------------------------------------------------------------------------------------------------------


async def _spoil(crack: Crack, door: Proxy, *ways: Callable[[Proxy, float], Awaitable[int]]) -> None:
    """Let a share of a door's connections suffer for a while."""
    async with crack.on(door.name):
        share = crack.chance.choice(SHARES)
        try:
            for way in ways:
                met = await way(door, share)
                crack.detail = f"{met} connections"
            await crack.hold(HELD_SECONDS)
        finally:
            await door.heal()


def _any_door(crack: Crack) -> Proxy:
    return crack.chance.choice(list(crack.installation.all_doors()))


@_menu(*BOTH)
async def cut_door(crack: Crack) -> None:
    """Connections are reset several times within a moment."""
    door = _any_door(crack)
    async with crack.on(door.name):
        for _ in range(crack.chance.randint(1, 4)):
            crack.detail = f"{crack.detail} {await door.cut_rst(crack.chance.choice(SHARES))}".strip()
            await crack.hold((0.05, 0.8))


@_menu(*BOTH)
async def end_door(crack: Crack) -> None:
    """Connections end in order, in the middle of what they carry."""
    door = _any_door(crack)
    async with crack.on(door.name):
        crack.detail = f"{await door.cut_fin(crack.chance.choice(SHARES))}"


@_menu(*BOTH)
async def refuse_at_door(crack: Crack) -> None:
    async def refuse(door: Proxy, share: float) -> int:
        await door.refuse()
        return await door.cut_rst(share)

    await _spoil(crack, _any_door(crack), refuse)


@_menu(*BOTH)
async def blackhole_door(crack: Crack) -> None:
    await _spoil(crack, _any_door(crack), lambda door, share: door.blackhole(share))


@_menu(*BOTH)
async def delay_door(crack: Crack) -> None:
    ms = crack.chance.uniform(20, 400)
    await _spoil(crack, _any_door(crack), lambda door, share: door.delay(ms, ms / 2, share))


@_menu(*BOTH)
async def slow_door(crack: Crack) -> None:
    bytes_per_second = crack.chance.choice((2_000, 20_000, 100_000))
    await _spoil(crack, _any_door(crack), lambda door, share: door.bandwidth(bytes_per_second, share))


@_menu(*BOTH)
async def half_open_door(crack: Crack) -> None:
    up = crack.chance.random() < 0.5
    await _spoil(crack, _any_door(crack), lambda door, share: door.half_open(up=up, share=share))


@_menu(*SHARED)
async def partition_database(crack: Crack) -> None:
    """A node that reaches everything but the database, for long enough that the others bury it."""
    door = crack.chance.choice(crack.installation.database_doors)
    async with crack.on(door.name):
        try:
            await door.blackhole()
            await crack.hold(FROZEN_SECONDS)
        finally:
            await door.heal()


# -- the provider -----------------------------------------------------------------------------------------------------


async def _misbehave(crack: Crack, **behaviour: Any) -> None:
    async with crack.on("emulator's behaviour"):
        crack.detail = str(behaviour)
        try:
            await crack.installation.remote.behave(**behaviour)
            await crack.hold(FROZEN_SECONDS)
        finally:
            await crack.installation.remote.behave_well()


@_menu(*BOTH)
async def provider_says_nothing(crack: Crack) -> None:
    """Sends that get no answer: dropped, or taken first."""
    ending = crack.chance.choice(("drop", "lose_reply", "hang"))
    await _misbehave(crack, sends=[{"ending": ending, "times": None, "chance": 0.4, "hold_seconds": 8.0}])


@_menu(*BOTH)
async def provider_fails(crack: Crack) -> None:
    """5xx: of something in between, or the provider's own."""
    bare = {"ending": "bare", "status": crack.chance.choice((500, 502, 503, 504))}
    own = {"ending": "refuse", "code": crack.chance.choice((131000, 131016, 133004, 2))}
    await _misbehave(crack, sends=[{"times": None, "chance": 0.3} | way for way in (bare, own)])


@_menu(*BOTH)
async def provider_limits(crack: Crack) -> None:
    """429 and the codes of rates that were exceeded."""
    codes = [{"ending": "refuse", "code": code, "status": 429} for code in (80007, 130429, 131056)]
    await _misbehave(crack, sends=[{"times": None, "chance": 0.25} | way for way in codes])


@_menu(*BOTH)
async def provider_stutters(crack: Crack) -> None:
    """Statuses that come twice, late, and in another order."""
    mixed = {"duplicate": 2, "reorder": 6, "gather_seconds": 0.3, "delay_spread_seconds": 1.0}
    await _misbehave(crack, **mixed, batch=crack.chance.choice((1, 4)), batch_style="entries")


@_menu(*BOTH)
async def freeze_provider(crack: Crack) -> None:
    async with crack.on("emulator"):
        crack.installation.emulator.freeze()
        try:
            await crack.hold(FROZEN_SECONDS)
        finally:
            crack.installation.emulator.thaw()
