"""A client that costs little beside any server: raw HTTP/1.1 on keep-alive connections, requests written beforehand."""

import asyncio
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from wasl.torture.history import now


class BrokenAnswer(Exception):
    """A server closed a connection with a request open, or answered what this client cannot read."""


class Line(asyncio.Protocol):
    """One connection, one request at a time. `on_answer(line, status)` is called when an answer is here whole; the
    status is 0 when the connection broke first."""

    def __init__(self, on_answer: "Callable[[Line, int], None]", *, skims: bool = True) -> None:
        self.sent_at = 0.0
        """When the open request was written, in seconds of `history.now`."""
        self.closed = False
        self.number = 0
        """Which request is open."""
        self.body = b""
        self._on_answer = on_answer
        self._skims = skims
        self._parts = b""
        self._usual_length = 0
        self._transport: asyncio.Transport | None = None
        self._open = False

    def send(self, request: bytes) -> None:
        """Write a request."""
        assert self._transport is not None
        self._open = True
        self.sent_at = now()
        self._transport.write(request)

    def close(self) -> None:
        """Hang up; nobody is told."""
        self._open = False
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but its ancestry.

    def data_received(self, data: bytes) -> None:
        # The answers of one server to one kind of request are as long as one another: those need no reading.
        if not self._parts and len(data) == self._usual_length and data.startswith(b"HTTP/1.1 200"):
            self._answered(200)
            return
        self._parts += data
        head_ends = self._parts.find(b"\r\n\r\n")
        if head_ends < 0:
            return
        head = self._parts[:head_ends].lower()
        whole = head_ends + 4 + _content_length(head)
        if len(self._parts) < whole:
            return
        answer, self._parts = self._parts[:whole], b""
        self.body = answer[head_ends + 4 :]
        self.closed = b"\r\nconnection: close" in head
        status = int(answer[9:12])
        if status == 200 and self._skims and not self.closed:
            self._usual_length = len(answer)
        self._answered(status)

    def _answered(self, status: int) -> None:
        if self._open:
            self._open = False
            self._on_answer(self, status)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self._open:
            self._open = False
            self._on_answer(self, 0)


class Caller:
    """Asks one thing after the other of one server, on a connection that is made anew when it is gone."""

    def __init__(self, url: str) -> None:
        self._address = address_of(url)
        self._line: Line | None = None
        self._answer: asyncio.Future[int] | None = None

    async def ask(self, request: bytes, within_seconds: float) -> tuple[int, bytes]:
        """Status and body of the answer. Raises OSError, BrokenAnswer or TimeoutError when there is none."""
        try:
            async with asyncio.timeout(within_seconds):
                return await self._ask(request)
        except BaseException:
            self.close()  # An answer that comes later must not be taken for the next one's.
            raise

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        loop = asyncio.get_running_loop()
        if self._line is None or self._line.closed:
            self.close()
            _, self._line = await loop.create_connection(lambda: Line(self._take, skims=False), *self._address)
        self._answer = loop.create_future()
        self._line.body = b""
        self._line.send(request)
        status = await self._answer
        if not status:
            raise BrokenAnswer(f"no answer to {request[:80].splitlines()[0]!r}")
        return status, self._line.body

    def _take(self, _line: Line, status: int) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)


def request_of(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A whole request; underscores in the headers' names stand for hyphens."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def address_of(url: str) -> tuple[str, int]:
    """Host and port of an address."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


def _content_length(head: bytes) -> int:
    _, _, rest = head.partition(b"\r\ncontent-length:")
    if not rest:
        raise BrokenAnswer(f"an answer without a length: {head[:200]!r}")
    return int(rest.partition(b"\r\n")[0])
