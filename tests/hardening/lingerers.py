"""Clients that keep a server waiting: they open, say a little now and then, and never come to an end."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from time import perf_counter


class Lingerer:
    """One connection: what it says at first, what it drips afterwards, and when the server had enough."""

    def __init__(self, port: int, first: bytes, drip: bytes = b"", pause_seconds: float = 0.25) -> None:
        self._port = port
        self._first = first
        self._drip = drip
        self._pause_seconds = pause_seconds
        self.heard = b""
        self.seconds = 0.0
        """How long it was let be."""

    async def run(self) -> None:
        """Go on until the server ends it."""
        loop, line = asyncio.get_running_loop(), socket.socket()
        line.setblocking(False)
        await loop.sock_connect(line, ("127.0.0.1", self._port))
        started = perf_counter()
        dripping = asyncio.ensure_future(self._say(line))
        try:
            # By a socket of its own: a stream whose writing fails forgets what was there to be read.
            while piece := await loop.sock_recv(line, 65_536):
                self.heard += piece
        except ConnectionError:
            pass
        finally:
            self.seconds = perf_counter() - started
            dripping.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await dripping
            line.close()

    async def _say(self, line: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(line, self._first)
        while self._drip:
            await asyncio.sleep(self._pause_seconds)
            await loop.sock_sendall(line, self._drip)


class DeafReader:
    """Asks for much, reads nothing of it for a while, and then looks what is there."""

    def __init__(self, port: int, asked: bytes, deaf_seconds: float) -> None:
        self._port = port
        self._asked = asked
        self._deaf_seconds = deaf_seconds
        self.heard_bytes = 0
        """What the kernels had taken in the meantime, if the server gave up; all that was asked for otherwise."""

    async def run(self) -> None:
        """Ask, be deaf, and read until there is no more."""
        loop = asyncio.get_running_loop()
        transport, ears = await loop.create_connection(_Ears, "127.0.0.1", self._port)
        transport.pause_reading()
        transport.write(self._asked)
        await asyncio.sleep(self._deaf_seconds)
        transport.resume_reading()
        heard = -1
        while heard != ears.heard_bytes:
            heard = ears.heard_bytes
            await asyncio.sleep(1)
        self.heard_bytes = heard
        transport.abort()


class _Ears(asyncio.Protocol):
    def __init__(self) -> None:
        self.heard_bytes = 0

    def data_received(self, data: bytes) -> None:
        self.heard_bytes += len(data)


@contextlib.asynccontextmanager
async def lingering(clients: list[Lingerer | DeafReader]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Let all of them run beside what the caller does."""
    tasks = [asyncio.ensure_future(client.run()) for client in clients]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def post(path: str, *headers: str) -> bytes:
    """The head of a request with a body."""
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def chunks(piece: bytes, count: int) -> Iterator[bytes]:
    """A body in chunks."""
    for _ in range(count):
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
