"""One connection through a door: what comes in on one side goes out on the other, late, slowly or not at all."""

import asyncio
import itertools
import socket
import struct
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import cast

from wasl.torture.hints import HintDropper

KERNEL_BYTES = 128 * 1024
"""What the kernel is asked to hold on the way to a reader, and what waits in here at most before we stop reading."""
QUEUED_BYTES_MAX = 256 * 1024
PIECES_PER_SECOND = 20
"""Of a slow line, so that it trickles."""
FIN_SECONDS = 1.0
"""A connection that ends in order still reads for so long what nobody wants: to close it at once would reset it."""
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Shape:
    """How a connection is slowed down or held: up is towards the server."""

    delay_seconds: float = 0.0
    jitter_seconds: float = 0.0
    bytes_per_second: float = 0.0
    holds_up: bool = False
    holds_down: bool = False

    @property
    def slows(self) -> bool:
        """Whether anything has to wait."""
        return bool(self.delay_seconds or self.jitter_seconds or self.bytes_per_second)


@dataclass(slots=True)
class Early:
    """What somebody said before there was anybody to tell it."""

    said: list[bytes] = field(default_factory=list)
    ended: bool = False


class Relay:
    """Both directions of a connection. It enters itself in `among` once both sides are there, and leaves with them."""

    def __init__(
        self,
        front: asyncio.Transport,
        early: Early,
        dropper: HintDropper | None,
        chance: Random,
        among: set["Relay"],
    ) -> None:
        self.number = next(_numbers)
        self.dropper = dropper
        self._among = among
        self._shape = Shape()
        self._up, self._down = _Way(chance, None), _Way(chance, dropper)
        self._front = front
        self._early = early
        self._ended = False
        self.back = _End(self, self._down, self._up)

    def joined(self, back: asyncio.Transport) -> None:
        """The other side is there: begin."""
        front, self._back = self._front, back
        if front.is_closing():
            back.abort()
            return
        for line in (front, back):
            line.set_write_buffer_limits(high=KERNEL_BYTES)
        self._up.join(front, back)
        self._down.join(back, front)
        self._among.add(self)
        front.set_protocol(_End(self, self._up, self._down))
        for said in self._early.said:
            self._up.heard(said)
        if self._early.ended:
            self._up.heard_last()
        self.take(self._shape)

    @property
    def port_behind(self) -> int:
        """Where the server sees it come from."""
        return int(self._back.get_extra_info("sockname")[1])

    def take(self, shape: Shape) -> None:
        """Be slowed down or held like this from now on."""
        self._shape = shape
        self._up.take(shape, held=shape.holds_up)
        self._down.take(shape, held=shape.holds_down)

    def ended(self) -> None:
        """One direction has said everything."""
        if self._up.over and self._down.over:
            self._front.close()
            self._back.close()

    def cut(self, *, reset: bool) -> None:
        """End it for both sides."""
        for way in (self._up, self._down):
            way.swallow()
        for line in (self._front, self._back):
            if reset:
                shut_down(line, reset=True)
                continue
            with suppress(OSError, RuntimeError):
                line.write_eof()
            asyncio.get_running_loop().call_later(FIN_SECONDS, line.close)

    def lost(self, error: Exception | None) -> None:
        """A side is gone, and the other one is told as it was."""
        if self._ended:
            return
        self._ended = True
        self._among.discard(self)
        for line in (self._front, self._back):
            shut_down(line, reset=error is not None)


class _Way:
    """One direction."""

    def __init__(self, chance: Random, dropper: HintDropper | None) -> None:
        self.over = False
        self._chance = chance
        self._dropper = dropper
        self._source: asyncio.Transport | None = None
        self._sink: asyncio.Transport | None = None
        self._shape = Shape()
        self._swallows = False
        self._reasons = {"joining"}
        """Why nothing is read."""
        self._queue: deque[tuple[float, bytes | None]] = deque()
        self._queued_bytes = 0
        self._free_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def join(self, source: asyncio.Transport, sink: asyncio.Transport) -> None:
        self._source, self._sink = source, sink
        self._reasons.clear()

    def heard(self, said: bytes) -> None:
        """A chunk came."""
        if self._dropper is not None:
            said = self._dropper.feed(said)
            if not said:
                return
        if self._swallows or self._sink is None:
            return
        if self._queue or self._shape.slows:
            self._wait_with(said)
        else:
            self._sink.write(said)

    def heard_last(self) -> None:
        """No more will come."""
        if self._dropper is not None and (rest := self._dropper.rest()) and self._sink is not None:
            self._sink.write(rest)
        if self._queue:
            self._queue.append((self._free_at, None))
        else:
            self._finish()

    def swallow(self) -> None:
        """Pass nothing on any more."""
        self._swallows = True
        self._queue.clear()

    def take(self, shape: Shape, *, held: bool) -> None:
        self._shape = shape
        if held:
            self.pause("held")
        else:
            self.resume("held")
        if not shape.slows and self._queue:
            # What waited goes first, at once.
            self._queue = deque((0.0, said) for _, said in self._queue)
            self._flush()

    def pause(self, reason: str) -> None:
        if not self._reasons and self._source is not None and not self._source.is_closing():
            self._source.pause_reading()
        self._reasons.add(reason)

    def resume(self, reason: str) -> None:
        self._reasons.discard(reason)
        if not self._reasons and self._source is not None and not self._source.is_closing():
            self._source.resume_reading()

    def _wait_with(self, said: bytes) -> None:
        shape, now = self._shape, asyncio.get_running_loop().time()
        size = max(1, int(shape.bytes_per_second / PIECES_PER_SECOND)) if shape.bytes_per_second else len(said)
        due = now + shape.delay_seconds + shape.jitter_seconds * self._chance.random()
        for at in range(0, len(said), size):
            piece = said[at : at + size]
            due = max(due, self._free_at)
            self._queue.append((due, piece))
            self._free_at = due + (len(piece) / shape.bytes_per_second if shape.bytes_per_second else 0.0)
        self._queued_bytes += len(said)
        if self._queued_bytes > QUEUED_BYTES_MAX:
            self.pause("queued")
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(self._queue[0][0], self._flush)

    def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = loop.time()
        while self._queue and self._queue[0][0] <= now:
            _, said = self._queue.popleft()
            if said is None:
                self._finish()
            elif self._sink is not None and not self._sink.is_closing():
                self._queued_bytes -= len(said)
                self._sink.write(said)
        if self._queue:
            self._timer = loop.call_at(self._queue[0][0], self._flush)
        if self._queued_bytes <= QUEUED_BYTES_MAX // 2:
            self.resume("queued")

    def _finish(self) -> None:
        self.over = True
        if self._sink is not None and not self._sink.is_closing():
            with suppress(OSError, RuntimeError):
                self._sink.write_eof()


class _End(asyncio.Protocol):
    """One side: what it says goes one way, and what it cannot take holds up the other."""

    def __init__(self, relay: Relay, outward: _Way, inward: _Way) -> None:
        self._relay = relay
        self._outward = outward
        self._inward = inward
        # Nothing stands between: this carries all load.
        self.data_received = outward.heard  # type: ignore[method-assign, assignment]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._relay.joined(cast(asyncio.Transport, transport))

    def eof_received(self) -> bool:
        self._outward.heard_last()
        self._relay.ended()
        return True

    def pause_writing(self) -> None:
        self._inward.pause("full")

    def resume_writing(self) -> None:
        self._inward.resume("full")

    def connection_lost(self, exc: Exception | None) -> None:
        self._relay.lost(exc)


def shut_down(line: asyncio.Transport, *, reset: bool) -> None:
    """Close a connection: with a reset, or in order once everything written has left."""
    if line.is_closing():
        return
    if not reset:
        line.close()
        return
    found = line.get_extra_info("socket")
    with suppress(OSError):
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.abort()
