"""The line between a browser and the server, which can be cut, and can fall silent without anybody being told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Line:
    """Relays bytes to a server. Browsers use its address instead of the server's."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.ends: set[_End] = set()
        self.is_silent = False
        self._port = 0
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def mend(self) -> None:
        """Carry again: what was cut off may come back, what was held up arrives."""
        self.is_silent = False
        for end in self.ends:
            # One that has not reached the server yet has nowhere to carry to.
            if end.other is not None:
                end.transport.resume_reading()
        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._listener = await loop.create_server(lambda: _BrowsersEnd(self), "127.0.0.1", self._port)
            self._port = self._listener.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for end in list(self.ends):
            end.transport.abort()

    def fall_silent(self) -> None:
        """Carry nothing any more, yet end nothing: neither side can tell."""
        self.is_silent = True
        for end in self.ends:
            end.transport.pause_reading()


class _End(asyncio.Protocol):
    """One of the two connections that a relayed connection consists of."""

    transport: asyncio.Transport

    def __init__(self, line: Line, other: "_End | None" = None) -> None:
        self.line = line
        self.other = other

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.line.ends.add(self)
        if self.line.is_silent:
            transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        assert self.other is not None
        self.other.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.line.ends.discard(self)
        if self.other is not None:
            self.other.transport.close()


class _BrowsersEnd(_End):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.pause_reading()
        self._reaching = asyncio.ensure_future(self._reach_server())

    async def _reach_server(self) -> None:
        server = _End(self.line, other=self)
        try:
            await asyncio.get_running_loop().create_connection(lambda: server, "127.0.0.1", self.line.server_port)
        except OSError:
            self.transport.abort()
            return
        self.other = server
        if self.transport.is_closing():
            server.transport.abort()
        elif not self.line.is_silent:
            self.transport.resume_reading()


@contextlib.asynccontextmanager
async def line_to(server_port: int) -> AsyncIterator[Line]:
    """A line that carries, cut at the end."""
    line = Line(server_port)
    await line.mend()
    try:
        yield line
    finally:
        line.cut()
