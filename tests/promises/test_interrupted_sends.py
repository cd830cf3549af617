"""A node dies, or stands still, while the provider has its request: the others wait as long as they must, no longer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import orjson
import pytest

from promises.cluster import Cluster, until
from promises.oracle import rows
from story.node import Node
from story.people import Business, open_business
from story.wire import Customer
from wasl.limits import (
    NODE_PULSE_SECONDS,
    NODE_RETURNED_SECONDS,
    NODE_SILENT_SECONDS_MAX,
    OUTBOX_LOOK_SECONDS,
    SETTINGS_LOOK_SECONDS,
)

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("cluster", [2], indirect=True)]
GUEST = Customer("Nour", "96171555001")
SLACK_SECONDS = 2 * NODE_PULSE_SECONDS + 2 * OUTBOX_LOOK_SECONDS + 2.0
"""Between the moment that somebody is silent for too long and the moment that it shows, on a busy machine."""
LATE_SECONDS = SLACK_SECONDS + 20.0
"""The same on one that pauses: an attempt that nobody judged would be waited for a minute and a half."""


@dataclass(slots=True)
class Provider:
    """Takes every request, and answers when it is told to."""

    url: str = ""
    requests: int = 0
    answer: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: list[asyncio.Task[None]] = field(default_factory=list)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.append(asyncio.create_task(self._listen(reader, writer)))

    async def close(self) -> None:
        self.answer.set()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-len"))
        await reader.readexactly(length)
        self.requests += 1
        await self.answer.wait()
        body = orjson.dumps({"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{self.requests}"}]})
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        writer.write(head + body)
        writer.close()
        await writer.wait_closed()


@dataclass(slots=True)
class UnderWay:
    """Karim's reply, which the provider has taken and not answered, and the node that waits for the answer."""

    cluster: Cluster
    garage: Business
    provider: Provider
    message_id: str
    holder: Node

    def status(self) -> str:
        [(status,)] = rows(self.cluster.home, "SELECT status FROM messages WHERE message_id = ?", self.message_id)
        return str(status)

    async def until(self, status: str, within_seconds: float) -> float:
        """Wait until it has a status; the seconds."""
        began = monotonic()
        await until(lambda: self.status() == status, within_seconds)
        return monotonic() - began


@pytest.fixture
async def under_way(cluster: Cluster) -> AsyncIterator[UnderWay]:
    provider = Provider()
    server = await asyncio.start_server(provider.take, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    garage = await open_business(cluster.home, "Blue Garage", "Karim", api_base_url=provider.url)
    await asyncio.sleep(SETTINGS_LOOK_SECONDS + 0.5)  # Now every node knows of it.
    outside = cluster.outsides[0]
    karim = await outside.sign_in(garage.operators[0])
    await outside.say(garage, GUEST, "hello")
    message: Any = (await karim.send(await karim.chat(GUEST), "on its way"))["message"]
    await until(lambda: provider.requests == 1)
    [(holder,)] = rows(cluster.home, "SELECT node FROM outbox WHERE state = 'sending'")
    node = next(node for place, node in enumerate(cluster.nodes) if holder.startswith(f"node-{place}:"))
    yield UnderWay(cluster, garage, provider, message["message_id"], node)
    server.close()
    await provider.close()


async def test_what_a_dead_node_had_under_way_is_unknown_within_seconds(under_way: UnderWay) -> None:
    await asyncio.sleep(NODE_SILENT_SECONDS_MAX)  # The other one has watched it for long enough to judge.
    under_way.holder.kill()
    waited = await under_way.until("unknown", NODE_SILENT_SECONDS_MAX + LATE_SECONDS)
    print(f"unknown after {waited:.1f} s")
    await asyncio.sleep(2 * OUTBOX_LOOK_SECONDS)
    assert under_way.provider.requests == 1


async def test_a_node_that_restarts_tells_what_its_last_life_left(under_way: UnderWay) -> None:
    under_way.holder.kill()
    await asyncio.to_thread(under_way.holder.start)
    waited = await under_way.until("unknown", NODE_RETURNED_SECONDS + LATE_SECONDS)
    print(f"unknown {waited:.1f} s after the restart")
    assert under_way.provider.requests == 1


async def test_a_living_node_is_given_all_the_time_it_needs(under_way: UnderWay) -> None:
    for _ in range(round(NODE_SILENT_SECONDS_MAX + SLACK_SECONDS)):
        await asyncio.sleep(1)
        assert under_way.status() == "sending"
    under_way.provider.answer.set()
    await under_way.until("sent", LATE_SECONDS)


async def test_the_answer_that_a_frozen_node_finds_is_believed(under_way: UnderWay) -> None:
    """The others have called it unknown by then."""
    under_way.holder.freeze()
    try:
        waited = await under_way.until("unknown", NODE_SILENT_SECONDS_MAX + LATE_SECONDS)
        print(f"unknown after {waited:.1f} s")
        under_way.provider.answer.set()
        await asyncio.sleep(1)
        assert under_way.status() == "unknown"
    finally:
        under_way.holder.thaw()
    await under_way.until("sent", LATE_SECONDS)
    assert under_way.provider.requests == 1
    assert rows(under_way.cluster.home, "SELECT state FROM outbox") == []
