"""A single door without a system behind it, for what can be tried without one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from wasl.torture.furnish import Account, Person

BAKERY = Account(
    1, "Cedar Bakery", "1555010001", "+9611000100", "first", "token", (Person(1, "Sara", "sara@bakery.example", ""),)
)
GARAGE = Account(2, "Blue Garage", "1555010002", "+9611000101", "second", "token", ())


@dataclass(frozen=True, slots=True)
class Bare:
    """A node without a process."""

    name: str
    url: str
    pid = 1
    alive = True

    @property
    def direct_url(self) -> str:
        return self.url

    def resident_bytes(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class OneDoor:
    """What those who act see of an installation."""

    nodes: Sequence[Bare]
    accounts: Sequence[Account] = (BAKERY,)
    emulator_url = ""
    database_url = None
    database_file = None

    @classmethod
    def at(cls, port: int) -> "OneDoor":
        return cls([Bare("node-0", f"http://127.0.0.1:{port}")])


@asynccontextmanager
async def answering(answer: Callable[[bytes], bytes | None]) -> AsyncIterator[OneDoor]:
    """Somebody who answers each request, which comes in one piece, with a body, or by hanging up; status 401 is told by
    a body that begins with it."""
    server = await asyncio.get_running_loop().create_server(lambda: _Canned(answer), "127.0.0.1", 0)
    async with server:
        yield OneDoor.at(server.sockets[0].getsockname()[1])
    await asyncio.sleep(0.01)  # Until everybody has noticed.


class _Canned(asyncio.Protocol):
    def __init__(self, answer: Callable[[bytes], bytes | None]) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        body = self._answer(data)
        if body is None:
            self._transport.abort()
            return
        status = 401 if body.startswith(b"401") else 200
        self._transport.write(b"HTTP/1.1 %d Word\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))
