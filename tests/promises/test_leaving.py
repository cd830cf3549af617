"""A node that stops breaks nothing off, also for those who have no proxy to try again for them."""

import asyncio
from collections import Counter
from time import monotonic

import pytest

from promises.cluster import Pulse
from story.node import Node
from wasl.server import STOP_NOTICE_SECONDS

pytestmark = pytest.mark.anyio

CLIENTS = 24
REQUEST = b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Client:
    """Asks again and again, on one connection for as long as the server lets it, until nobody listens any more."""

    def __init__(self, node: Node, path: bytes) -> None:
        self.answers: list[tuple[float, int]] = []
        self.cut = 0
        """Requests that got no answer, or not all of it."""
        self.connections = 0
        self._node = node
        self._request = REQUEST % path

    async def ask_until_refused(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._node.port)
            except ConnectionRefusedError:
                return
            self.connections += 1
            try:
                while await self._answered(reader, writer):
                    await asyncio.sleep(0.002)
            except (OSError, EOFError):
                self.cut += 1
            finally:
                writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Ask once; whether the server lets us ask again on this connection."""
        writer.write(self._request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        [length] = [int(line.partition(":")[2]) for line in head.splitlines() if line.startswith("content-length:")]
        await reader.readexactly(length)
        self.answers.append((monotonic(), int(head.split()[1])))
        return "connection: close" not in head


async def test_every_request_is_answered_or_never_let_in(mortal: Node) -> None:
    clients = [Client(mortal, b"/health") for _ in range(CLIENTS)]
    watcher = Client(mortal, b"/ready")
    asking = [asyncio.create_task(client.ask_until_refused()) for client in (*clients, watcher)]
    pulse = Pulse()
    await asyncio.sleep(0.5)
    status, _ = await asyncio.to_thread(mortal.stop)
    await asyncio.gather(*asking)
    late = await pulse.end()
    assert status == 0
    assert Counter(status for client in clients for _, status in client.answers).keys() == {200}
    assert sum(client.cut for client in (*clients, watcher)) == 0
    # Nobody's connection was kept once the node was leaving, and a balancer was told in time.
    told = [at for at, status in watcher.answers if status == 503]
    in_time = bool(told) and all(client.connections > 1 for client in clients)
    assert in_time or late > STOP_NOTICE_SECONDS / 2, "unless this process slept through it"
    before = max(at for at, status in watcher.answers if status == 200)
    last = max(at for client in clients for at, _ in client.answers)
    assert last - before > STOP_NOTICE_SECONDS * 0.8 - late
