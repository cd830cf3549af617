"""Doors that fail on demand: `python -m wasl.torture.proxy` holds all of an installation, in a process of its own.

A door is a port that leads to one of several ports behind it. It is told what to do by JSON lines over a socket pair
(see doors.py, the other side). While nothing is wrong a chunk that came in on one side is written to the other at once.
"""

import asyncio
import socket
import sys
from collections.abc import Callable
from random import Random
from typing import Any, cast

import orjson
import uvloop

from wasl.torture.hints import HintDropper
from wasl.torture.relay import KERNEL_BYTES, Early, Relay, Shape, shut_down

LISTEN_BACKLOG = 1024
CONNECT_SECONDS_MAX = 5.0
COMMAND_BYTES_MAX = 64 * 1024


class Door:
    """One door. What is done to it holds for a share of its connections, chosen anew each time, until `heal`."""

    def __init__(self, behind: list[int], chance: Random, redis: bool) -> None:
        self.behind = behind
        self.relays: set[Relay] = set()
        self.port = 0
        self._chance = chance
        self._redis = redis
        self._shape, self._share, self._swallows = Shape(), 1.0, False
        self._hints_dropped_share = 0.0
        self._swallowed: set[_Front] = set()
        self._bound: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._turn = 0
        self._opening: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen, on the port of before if there was one."""
        if self._server is not None:
            return
        bound, self._bound = self._bound or _bound(self.port), None
        self.port = bound.getsockname()[1]
        factory: Callable[[], asyncio.Protocol] = lambda: _Front(self)  # noqa: E731
        self._server = await asyncio.get_running_loop().create_server(factory, sock=bound, backlog=LISTEN_BACKLOG)

    def refuse(self) -> None:
        """Refuse new connections, as a machine does on which nobody listens. The port stays ours."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._bound = _bound(self.port)

    def cut(self, *, share: float, reset: bool) -> int:
        """End connections of now, with a reset or in order; how many."""
        chosen = self._some(share)
        for relay in chosen:
            relay.cut(reset=reset)
        return len(chosen)

    def shape(self, shape: Shape, share: float) -> int:
        """Slow down, hold or starve connections of now, and new ones; how many of now."""
        self._shape, self._share, chosen = shape, share, self._some(share)
        for relay in chosen:
            relay.take(shape)
        return len(chosen)

    def blackhole(self, share: float) -> int:
        """Let nothing through any more: connections of now stand still and go on when it is over, as when a cable was
        out; new ones are let in, and nobody is there."""
        self._swallows = True
        return self.shape(Shape(holds_up=True, holds_down=True), share)

    def drop_hints(self, share: float) -> None:
        """Leave out this share of Redis' pushed messages."""
        self._hints_dropped_share = share
        for relay in self.relays:
            if relay.dropper is not None:
                relay.dropper.share = share

    async def heal(self) -> None:
        """Let everything through again, and everybody in."""
        self._shape, self._share, self._swallows = Shape(), 1.0, False
        self.drop_hints(0.0)
        for relay in list(self.relays):
            relay.take(self._shape)
        for lost in list(self._swallowed):
            shut_down(lost.transport, reset=True)
        self._swallowed.clear()
        await self.open()

    def _some(self, share: float) -> list[Relay]:
        # In the order of their making, so that the same seed finds the same ones.
        relays = sorted(self.relays, key=lambda relay: relay.number)
        return [relay for relay in relays if self._chance.random() < share]

    def let_in(self, front: "_Front") -> None:
        """Somebody came."""
        chosen = self._chance.random() < self._share
        if self._swallows and chosen:
            front.swallowed = True
            self._swallowed.add(front)
            return
        task = asyncio.get_running_loop().create_task(self._connect(front, chosen))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    def let_go(self, front: "_Front") -> None:
        """Somebody left whom nobody was found for."""
        self._swallowed.discard(front)

    async def _connect(self, front: "_Front", chosen: bool) -> None:
        loop = asyncio.get_running_loop()
        for _ in self.behind:
            port = self.behind[self._turn % len(self.behind)]
            self._turn += 1
            line = socket.socket()
            line.setblocking(False)
            # Little waits in here: a reader who does not read must be felt by who writes to them.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BYTES)
            try:
                async with asyncio.timeout(CONNECT_SECONDS_MAX):
                    await loop.sock_connect(line, ("127.0.0.1", port))
            except OSError:
                line.close()
                continue
            dropper = HintDropper(Random(self._chance.random())) if self._redis else None
            if dropper is not None:
                dropper.share = self._hints_dropped_share
            relay = Relay(front.transport, front.early, dropper, Random(self._chance.random()), self.relays)
            await loop.create_connection(lambda relay=relay: relay.back, sock=line)  # type: ignore[misc]
            if chosen and relay in self.relays:
                relay.take(self._shape)
            return
        shut_down(front.transport, reset=True)


class _Front(asyncio.Protocol):
    """A connection that was let in, until a relay takes it over with what it said so far, or swallowed for good."""

    def __init__(self, door: Door) -> None:
        self.early = Early()
        self.swallowed = False
        self._door = door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._door.let_in(self)

    def data_received(self, data: bytes) -> None:
        if not self.swallowed:
            self.early.said.append(data)
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        self.early.ended = True
        return not self.swallowed

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.let_go(self)


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # The listener that it takes the place of is closed a moment later.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Who is let in inherits it.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
    bound.bind(("127.0.0.1", port))
    return bound


class Gatekeeper:
    """Does what it is told, one command after another."""

    def __init__(self) -> None:
        self._doors: list[Door] = []

    async def obey(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Do one thing; the answer."""
        what = asked.pop("what")
        if what == "add":
            door = Door(asked["behind"], Random(asked["seed"]), asked["redis"])
            await door.open()
            self._doors.append(door)
            return {"door": len(self._doors) - 1, "port": door.port}
        door, share = self._doors[asked.pop("door")], asked.pop("share", 1.0)
        match what:
            case "heal":
                await door.heal()
            case "refuse":
                door.refuse()
            case "cut":
                return {"count": door.cut(share=share, reset=asked["reset"])}
            case "shape":
                return {"count": door.shape(Shape(**asked), share)}
            case "blackhole":
                return {"count": door.blackhole(share)}
            case "drop_hints":
                door.drop_hints(share)
            case "lead":
                door.behind = asked["behind"]
            case "count":
                dropped = sum(relay.dropper.dropped for relay in door.relays if relay.dropper is not None)
                ports = sorted(relay.port_behind for relay in door.relays)
                return {"count": len(ports), "dropped": dropped, "ports": ports}
            case _:
                raise ValueError(f"Nobody knows how to {what}.")
        return {}


async def keep_gates(descriptor: int) -> None:
    """Obey whoever holds the other end of a socket pair, until they let go of it."""
    keeper = Gatekeeper()
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=descriptor), limit=COMMAND_BYTES_MAX)
    while line := await reader.readline():
        try:
            answer = await keeper.obey(orjson.loads(line))
        except (ValueError, LookupError, TypeError, OSError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        writer.write(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    uvloop.run(keep_gates(int(sys.argv[1])))
