"""Those who watch by Socket.IO: with python-socketio's client, and on a bare WebSocket that may say anything."""

import asyncio
import base64
import contextlib
import gc
import os
import socket
import warnings
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import orjson
import socketio
from websockets.asyncio.client import ClientConnection, connect

from story.watcher import DURABLE, WITHIN_SECONDS, Frame, Watcher
from story.wire import JsonObject
from wasl.torture.process import Process


class SocketRefused(Exception):
    """The server did not let a socket in; `data` is what it said: `{code, error}`."""

    def __init__(self, data: JsonObject) -> None:
        super().__init__(str(data))
        self.data = data


def frame_of(kind: str, data: JsonObject) -> Frame:
    """An event of Socket.IO as the stream would have brought it."""
    place = f"{data['sequence']}-{data['tag']}" if "tag" in data else data.get("cursor")
    return Frame(kind, place, orjson.dumps(data))


class SocketWatcher(Watcher):
    """Watches with python-socketio's own client, and applies the same rules to what comes."""

    def __init__(self, node: Process, token: str) -> None:
        super().__init__(node, {})
        self.token = token
        self.client: Any = None
        self._http: aiohttp.ClientSession | None = None

    async def connect(
        self,
        transports: Sequence[str] | None = None,
        *,
        cursor: str | None = None,
        headers: dict[str, str] | None = None,
        **auth: Any,
    ) -> "SocketWatcher":
        """Connect, first by long-poll unless told otherwise; with a cursor, or one from before, go on from there.

        Raises SocketRefused.
        """
        cursor = cursor or self.cursor
        sent = {"token": self.token, **({"cursor": cursor} if cursor else {}), **auth}
        self._http = aiohttp.ClientSession()
        self.client = socketio.AsyncClient(reconnection=False, http_session=self._http)
        self.client.on("*", self._hear)
        refusals: list[Any] = []
        self.client.on("connect_error", refusals.append)
        try:
            await self.client.connect(self._node.url, headers or {}, auth=sent, transports=transports)
        except socketio.exceptions.ConnectionError as error:
            await self.cut()
            told = refusals[-1] if refusals else None  # Words of the client itself when nobody was there.
            raise SocketRefused(told["data"] if isinstance(told, dict) else {"error": str(error)}) from error
        await self.until(lambda: any(frame.kind == "connected" for frame in self.frames))
        return self

    async def _hear(self, kind: str, data: JsonObject) -> None:
        self._take(frame_of(kind, data))
        self._news.set()

    async def call(self, name: str, *arguments: Any) -> JsonObject:
        """Emit an event and wait for its acknowledgement."""
        answer: JsonObject = await self.client.call(name, *arguments, timeout=WITHIN_SECONDS)
        return answer

    async def cut(self) -> None:
        """Lose the connection without a word."""
        client, self.client = self.client, None
        if client is None or self._http is None:
            return
        assert self._http.connector is not None
        reading = client.eio.read_loop_task
        while reading is not None and not reading.done():  # Between two polls there is no connection to break.
            for protocol in list(self._http.connector._acquired):
                if protocol.transport is not None:
                    protocol.transport.abort()
            await asyncio.wait([reading], timeout=0.01)
        await self._http.close()
        self._http = client = reading = None
        with warnings.catch_warnings():  # The client forgets to give back the connections that broke.
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


class BareSocket:
    """A WebSocket that speaks Engine.IO by hand."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[str] = []

    @classmethod
    async def open(cls, port: int, query: str = "EIO=4&transport=websocket", **options: Any) -> "BareSocket":
        """Connect; the first packet is the server's."""
        url = f"ws://127.0.0.1:{port}/socket.io/?{query}"
        connection = await connect(url, compression=None, max_size=None, proxy=None, **options)
        return cls(connection)

    async def enter(self, token: str, cursor: str | None = None) -> "BareSocket":
        """Be let in with the token of a session."""
        auth = {"token": token, **({"cursor": cursor} if cursor else {})}
        await self.say("40" + orjson.dumps(auth).decode())
        await self.until("40")
        return self

    async def cut(self) -> None:
        """Lose the connection without a word."""
        self.connection.transport.abort()
        await self.connection.wait_closed()

    async def say(self, packet: str | bytes) -> None:
        await self.connection.send(packet)

    async def until(self, start: str, within_seconds: float = WITHIN_SECONDS) -> str:
        """Read until a packet begins so; pings are answered."""
        async with asyncio.timeout(within_seconds):
            async for packet in self.packets():
                if packet.startswith(start):
                    return packet
        raise AssertionError(f"closed before {start}: {self.connection.close_code} {self.connection.close_reason}")

    async def packets(self) -> AsyncIterator[str]:
        """Everything that comes until the connection ends."""
        async for packet in self.connection:
            assert isinstance(packet, str)
            self.heard.append(packet)
            if packet == "2":
                await self.say("3")
            yield packet

    async def refused(self, within_seconds: float = WITHIN_SECONDS) -> tuple[int | None, str | None]:
        """Read until the server closes; its code and word."""
        async with asyncio.timeout(within_seconds):
            with contextlib.suppress(Exception):
                async for _ in self.packets():
                    pass
            await self.connection.wait_closed()
        return self.connection.close_code, self.connection.close_reason

    def events(self) -> list[tuple[str, bytes]]:
        """Every durable event that came: its kind, and its JSON as it came."""
        found = []
        for packet in self.heard:
            if packet.startswith('42["'):
                kind, _, data = packet[4:].partition('",')
                if kind in DURABLE:
                    found.append((kind, data[:-1].encode()))
        return found


async def deaf_socket(port: int, token: str, cursor: str, receive_bytes: int = 4096) -> asyncio.StreamWriter:
    """Somebody who is let in by a WebSocket, and then never reads again."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=receive_bytes)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = ["GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", "Host: 127.0.0.1", "Connection: Upgrade"]
    lines += ["Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", "", ""]
    writer.write("\r\n".join(lines).encode())
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    packet = b"40" + orjson.dumps({"token": token, "cursor": cursor})
    # A client masks what it sends; a mask of zeros leaves it as it is.
    writer.write(b"\x81\xfe" + len(packet).to_bytes(2, "big") + bytes(4) + packet)
    await reader.readuntil(b'42["connected"')
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    return writer
