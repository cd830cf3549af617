"""The client of the control API, and a connection that is closed while it is used again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from wasl.emulator.remote import RemoteEmulator, RemoteFailure

pytestmark = pytest.mark.anyio
_ANSWER = b'{"success": true, "items": [], "next_after": 0, "total": 0, "waiting": 3, "number": {}}'


class Closing:
    """Closes the first connection that asks something, and answers all others."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.split(b" ")[0])
        if len(self.asked) > 1:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(_ANSWER))
            writer.write(_ANSWER)
            await writer.drain()
        writer.close()


@pytest.fixture
async def closing(anyio_backend: str) -> AsyncIterator[Closing]:
    closing = Closing()
    server = await asyncio.start_server(closing.serve, "127.0.0.1", 0)
    closing.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield closing
    server.close()


async def test_what_may_be_asked_twice_is(closing: Closing) -> None:
    async with RemoteEmulator(closing.url) as remote:
        assert await remote.waiting() == 3
        await remote.behave(sends=[])
    assert closing.asked == [b"GET", b"GET", b"PUT"]


async def test_what_may_not_be_done_twice_is_not(closing: Closing) -> None:
    async with RemoteEmulator(closing.url) as remote:
        with pytest.raises(RemoteFailure, match="did not answer"):
            await remote.add_number("1", "http://127.0.0.1:9")
    assert closing.asked == [b"POST"]
