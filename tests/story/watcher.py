"""Someone who watches the event stream: what arrived, in which order, and whether anything was missing or doubled.

On a socket of its own, so that it can be cut at any byte, and many can be open at little cost.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from typing import Any

from story.wire import JsonObject
from wasl.torture.reading import DURABLE, Frame, frame_of_block

__all__ = ["DURABLE", "Frame", "StreamRefused", "Watcher", "Wire"]
from wasl.torture.process import Process

EVENTS_PATH = "/api/live-chat/events"
WITHIN_SECONDS = 30.0


class StreamRefused(Exception):
    """The server did not open a stream; says its status and body."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body[:300]!r}")
        self.status = status
        self.body = body


class Wire:
    """One connection to the stream, read block by block."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.headers: dict[str, str] = {}
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(
        cls,
        port: int,
        headers: dict[str, str],
        query: str = "",
        receive_bytes: int | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> "Wire":
        """Connect and ask for the stream. Raises StreamRefused, or OSError when nobody answers."""
        raw = socket.socket()
        if receive_bytes is not None:  # Must be chosen before the connection is made.
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        raw.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
            name = "localhost" if tls else None
            wire = cls(*await asyncio.open_connection(sock=raw, limit=1 << 22, ssl=tls, server_hostname=name))
        except BaseException:  # Whoever gives up waiting leaves nothing open either.
            raw.close()
            raise
        try:
            await wire._ask(headers, query)
        except BaseException:
            wire.cut()
            raise
        return wire

    async def _ask(self, headers: dict[str, str], query: str) -> None:
        lines = [f"GET {EVENTS_PATH}{query} HTTP/1.1", "Host: localhost", "Accept: text/event-stream"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in head[1:] if line)
        self.headers = {name.lower(): value.strip() for name, _, value in pairs}
        status = int(head[0].split()[1])
        if status != 200:
            raise StreamRefused(status, await self._reader.readexactly(int(self.headers.get("content-length", 0))))

    async def frames(self) -> AsyncIterator[Frame]:
        """Every block until the server ends the stream; raises OSError or EOFError when it is cut off."""
        pending = b""
        async for chunk in self._chunks():
            *blocks, pending = (pending + chunk).split(b"\n\n")
            for block in blocks:
                yield frame_of_block(block)

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            chunk = await self._reader.readexactly(size + 2)
            if size == 0:
                return
            yield chunk[:-2]

    def say(self, data: bytes) -> None:
        """Send bytes that nobody asked for."""
        self._writer.write(data)

    def cut(self) -> None:
        """Break the connection off without a word, as a lost network does."""
        raw = self._writer.get_extra_info("socket")
        with contextlib.suppress(OSError, AttributeError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


class Watcher:
    """Keeps what one dashboard would have received, through cuts, and applies the client's rule to each frame."""

    def __init__(self, node: Process, headers: dict[str, str]) -> None:
        self.frames: list[Frame] = []
        self.cursor: str | None = None
        self.gaps: list[Frame] = []
        self.doubles: list[Frame] = []
        self.resyncs: list[JsonObject] = []
        self.said_bye = False
        self._node = node
        self._headers = headers
        self._wire: Wire | None = None
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    @property
    def events(self) -> list[Frame]:
        """The durable events, in the order they came."""
        return [frame for frame in self.frames if frame.kind in DURABLE]

    @property
    def sequence(self) -> int:
        return int(self.cursor.partition("-")[0]) if self.cursor else 0

    def messages(self) -> dict[str, JsonObject]:
        """Every message that was shown, as it was shown last, by id."""
        found: dict[str, JsonObject] = {}
        for frame in self.events:
            message = frame.data.get("message")
            if message and message["version"] > found.get(message["message_id"], {}).get("version", 0):
                found[message["message_id"]] = message
        return found

    def arrivals(self) -> list[JsonObject]:
        """The new messages, in the order they were announced."""
        return [frame.data["message"] for frame in self.events if frame.kind == "new_message"]

    async def open(self, *, by: str = "header", cursor: str | None = None) -> "Watcher":
        """Connect; with a cursor go on from there, told by the `header`, the `query`, or `both` (an older one)."""
        cursor = cursor or self.cursor
        headers, query = dict(self._headers), ""
        if cursor is not None and by in ("header", "both"):
            headers["Last-Event-ID"] = cursor
        if cursor is not None and by in ("query", "both"):
            query = f"?cursor={cursor if by == 'query' else '0-00000000'}"
        self._wire = await Wire.open(self._node.port, headers, query)
        self._task = asyncio.create_task(self._listen(self._wire))
        await self.until(lambda: any(frame.kind == "connected" for frame in self.frames))
        return self

    async def cut(self) -> None:
        """Lose the connection; nothing happens when there is none."""
        if self._wire is not None and self._task is not None:
            self._wire.cut()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._wire = self._task = None

    async def ended(self) -> None:
        """Wait until the server has ended the stream."""
        assert self._task is not None
        async with asyncio.timeout(WITHIN_SECONDS):
            await self._task

    async def until(self, true: Callable[[], Any], within_seconds: float = WITHIN_SECONDS) -> None:
        """Wait until what was received fulfils something."""
        async with asyncio.timeout(within_seconds):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def until_sequence(self, sequence: int, within_seconds: float = WITHIN_SECONDS) -> None:
        await self.until(lambda: self.sequence >= sequence, within_seconds)

    async def until_message(self, message_id: str, **fields: Any) -> JsonObject:
        """Wait until a message is shown with these fields."""

        def shown() -> bool:
            message = self.messages().get(message_id, {})
            return bool(message) and all(message[name] == value for name, value in fields.items())

        await self.until(shown)
        return self.messages()[message_id]

    def check(self) -> None:
        """Nothing was missing, doubled, or said to be unprovable."""
        assert (self.gaps, self.doubles, self.resyncs) == ([], [], [])

    async def _listen(self, wire: Wire) -> None:
        async for frame in wire.frames():
            self._take(frame)
            self._news.set()

    def _take(self, frame: Frame) -> None:
        self.frames.append(frame)
        if frame.kind in DURABLE:
            data = frame.data
            assert frame.id == f"{data['sequence']}-{data['tag']}"
            if data["sequence"] <= self.sequence:
                self.doubles.append(frame)
                return
            if data["previous"] != self.sequence:
                self.gaps.append(frame)
        elif frame.kind == "resync":
            self.resyncs.append(frame.data)
        elif frame.kind == "bye":
            self.said_bye = True
        self.cursor = frame.id or self.cursor
