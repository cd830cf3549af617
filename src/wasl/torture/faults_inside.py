"""What is done to nodes, and to what they stand on: kills, freezes, wrong clocks, lost connections and hints."""

import asyncio
import socket
from collections.abc import Sequence
from subprocess import TimeoutExpired
from typing import Any

import psycopg

from wasl.torture.crack import BOTH, FROZEN_SECONDS, HELD_SECONDS, SHARED, Crack, Menu
from wasl.torture.history import now
from wasl.torture.installation import Installation
from wasl.torture.nodes import Node
from wasl.torture.query import hold, rows

FAULTS_INSIDE = Menu()
_fault = FAULTS_INSIDE.of

DEAD_SECONDS = (0.0, 2.0)
HINTS_LOST_SHARE = 0.3
HOUR_SECONDS = 3600.0
HELD_FAST_SECONDS = (0.3, 1.0)
"""Shorter than anybody's patience with a lock: it is the death that is tried here."""
HANGS_SECONDS = 8.0
"""A provider that takes a message and says nothing: for longer than anybody waits for its answer."""
TOLD_LATE_SECONDS = 15.0
"""A status that comes after everybody has given an attempt up, also where a node takes ten seconds to start."""
CAUGHT_WITHIN_SECONDS = 5.0
_UNDER_WAY = "SELECT count(*) FROM outbox WHERE state = 'sending' AND node LIKE ?"
LOOK_SECONDS = 0.05


# -- nodes ------------------------------------------------------------------------------------------------------------


@_fault(*BOTH)
async def kill_node(crack: Crack) -> None:
    """kill -9, and an init system that starts it again."""
    node = crack.chance.choice(crack.installation.nodes)
    async with crack.on(node.name):
        await _dead_for_a_while(crack, [node])


@_fault(*SHARED, nodes_min=3)
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


@_fault(*BOTH)
async def kill_waiting_node(crack: Crack) -> None:
    """kill -9 of a node whose database lets it write nothing: what it was told meanwhile it must not have promised."""
    node = crack.chance.choice(crack.installation.nodes)
    async with crack.on("postgres", node.name):
        release = await crack.installation.aside(lambda: hold(crack.installation))
        try:
            await crack.hold(HELD_FAST_SECONDS)
            crack.installation.notice_fall(node)
            node.kill()
        finally:
            release()
        await crack.installation.start_node(node)


@_fault(*BOTH)
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


@_fault(*BOTH)
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


@_fault(*BOTH)
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


@_fault(*BOTH)
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


@_fault(*SHARED)
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


@_fault(*SHARED)
async def freeze_postgres(crack: Crack) -> None:
    server = crack.installation.database
    assert server is not None
    async with crack.on("postgres"):
        await crack.installation.aside(server.freeze)
        try:
            await crack.hold(FROZEN_SECONDS)
        finally:
            await crack.installation.aside(server.thaw)


@_fault(*SHARED)
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


@_fault(*SHARED)
async def kill_redis(crack: Crack) -> None:
    server = crack.installation.redis
    assert server is not None
    async with crack.on("redis"):
        await crack.installation.aside(server.kill)
        try:
            await crack.hold(HELD_SECONDS)
        finally:
            await crack.installation.aside(server.start)


@_fault(*SHARED)
async def freeze_redis(crack: Crack) -> None:
    server = crack.installation.redis
    assert server is not None
    async with crack.on("redis"):
        await crack.installation.aside(server.freeze)
        try:
            await crack.hold(HELD_SECONDS)
        finally:
            await crack.installation.aside(server.thaw)


@_fault(*SHARED)
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


@_fault(*SHARED)
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
