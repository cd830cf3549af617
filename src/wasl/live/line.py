"""Where a reader's bytes go, whatever carries them.

A line takes writes until it says that it is full, and calls its reader when it has room again. So nothing is ever kept
for a reader who does not read, but what was under way.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from wasl.domain.events import Cursor
from wasl.limits import STREAM_BUFFER_BYTES, STREAM_KERNEL_BYTES, STREAM_STALL_SECONDS, STREAM_WRITE_BYTES
from wasl.live.encoding import Encoding


class Taker(Protocol):
    """Whom a line belongs to: a reader."""

    def go_on(self) -> None:
        """There is room again."""

    def leave(self) -> None:
        """The other side is gone."""


LENDING = "wasl.transport"
"""The key in an ASGI scope's `extensions` of what lends an endpoint its connection: `{"lend": () -> Line | None}`."""


class Line:
    """One reader's way out."""

    __slots__ = ("encoding", "full", "reader")

    write_bytes = STREAM_WRITE_BYTES
    """How much one write should carry at most; a single larger frame still goes whole."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.full = False
        self.reader: Taker | None = None

    def write(self, data: bytes) -> None:
        """Send bytes; nobody calls it while the line is full."""
        raise NotImplementedError

    def note(self, kind: str, data: dict[str, Any], cursor: Cursor | None = None, retry_ms: int | None = None) -> None:
        """Say something that is no event of the log."""
        self.write(self.encoding.note(kind, data, cursor, retry_ms))

    def at_head(self) -> None:
        """Its reader has everything that there is."""

    def waiting_bytes(self) -> int:
        """What was written and not yet taken. While the line is full, less of it is progress."""
        raise NotImplementedError

    def finish(self, last: bytes = b"") -> None:
        """End in order, behind what was written and some last bytes, for which even a full line has room."""
        raise NotImplementedError

    def say_good_bye(self, retry_ms: int) -> None:
        """End with the word to come back."""
        self.finish(self.encoding.note("bye", {}, retry_ms=retry_ms))

    def give_up(self, retry_ms: int) -> None:
        """End because the database does not answer: whoever returns may find it back."""
        self.say_good_bye(retry_ms)

    def cut(self) -> None:
        """End at once; what waits is dropped."""
        raise NotImplementedError

    def has_room(self) -> None:
        """Full no longer: the reader goes on."""
        self.full = False
        if self.reader is not None:
            self.reader.go_on()

    def lost(self) -> None:
        """The other side is gone."""
        if self.reader is not None:
            self.reader.leave()


class TransportLine(Line):
    """Writes straight to a connection's transport: no task, no queue and no copy for the single reader."""

    __slots__ = ("_transport",)

    def __init__(self, encoding: Encoding, transport: asyncio.Transport) -> None:
        super().__init__(encoding)
        self._transport = transport
        transport.set_write_buffer_limits(high=STREAM_BUFFER_BYTES)
        bound_kernel_buffer(transport)

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def waiting_bytes(self) -> int:
        return self._transport.get_write_buffer_size()

    def finish(self, last: bytes = b"") -> None:
        self._transport.write(last + self.encoding.last)
        self._transport.close()

    def cut(self) -> None:
        self._transport.abort()


def bound_kernel_buffer(transport: asyncio.Transport) -> None:
    """Let the kernel hold little of what a reader does not take (it would grow to megabytes by itself), and let it
    notice a peer that vanished without a word."""
    raw = transport.get_extra_info("socket")
    with suppress(OSError, AttributeError):  # Not every transport has a TCP socket below it; then others bound it.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, STREAM_KERNEL_BYTES)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(STREAM_STALL_SECONDS * 2000))


class AsgiLine(Line):
    """The way through any ASGI server: one write at a time, awaited by the endpoint's own task."""

    __slots__ = ("_ended", "_pending", "_wake")

    def __init__(self, encoding: Encoding) -> None:
        super().__init__(encoding)
        self._pending: list[bytes] = []
        self._wake = asyncio.Event()
        self._ended = False

    async def carry(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send what is written until the line ends."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            pending, self._pending = b"".join(self._pending), []
            if pending:
                await send(pending)
            if self._ended and not self._pending:
                return
            self.has_room()

    def write(self, data: bytes) -> None:
        self._pending.append(data)
        self.full = True
        self._wake.set()

    def waiting_bytes(self) -> int:
        return sum(map(len, self._pending))

    def finish(self, last: bytes = b"") -> None:
        self._pending.append(last)
        self._ended = True
        self._wake.set()

    def cut(self) -> None:
        self._pending.clear()
        self.finish()
