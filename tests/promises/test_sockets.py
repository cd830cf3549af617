"""Sockets of Socket.IO that stall or stand in the way of a stop cost as little as streams do."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from promises.load import PEOPLE
from promises.oracle import head_sequence
from promises.test_drain import STOP_SECONDS_MAX, fill_buffers, trickle
from story.node import Node
from story.people import Business, Outside, open_business
from story.sockets import BareSocket, SocketWatcher
from story.wire import text
from wasl.settings import Settings

pytestmark = pytest.mark.anyio

STALL_SECONDS = 5.0
"""Longer than this process pauses: whoever reads here may not be taken for one who does not."""
STALLED = 100
STALLED_BYTES_MAX = 128 * 1024
SEQUENCE = re.compile(r'42\["(?:new|message|conversation)_\w+",{"sequence":(\d+),"previous":')
SOCKETS, POLLING, DEAF, STRANGERS = 100, 10, 5, 5


class HurriedNode(Node):
    """A server that loses patience with stalled readers sooner."""

    def __init__(self, home: Settings) -> None:
        many = {"WASL_STREAMS_PER_OPERATOR": "1000"}
        super().__init__(home, home.data_dir / "hurried.log", WASL_HEARTBEAT_SECONDS="0.5", **many)
        program = (
            f"import sys; from wasl.live import reader; reader.STREAM_STALL_SECONDS = {STALL_SECONDS};"
            " from wasl.server import serve; from wasl.settings import Settings; sys.exit(serve(Settings()))"
        )
        self._command = [sys.executable, "-c", program]


@pytest.fixture
def mortal(home: Settings) -> Iterator[Node]:
    node = HurriedNode(home)
    node.start()
    yield node
    node.kill()


@pytest.fixture
async def outside(mortal: Node) -> AsyncIterator[Outside]:
    outside = Outside(mortal)
    yield outside
    await outside.close()


async def test_deaf_sockets_cost_little_and_are_cut(home: Settings, mortal: Node, outside: Outside) -> None:
    bakery = await open_business(home, "Cedar Bakery", "Sara", "Omar")
    sara, omar = [await outside.sign_in(person) for person in bakery.operators]
    good = await outside.socket(omar).connect(["websocket"])
    # What the ring and the database's own page caches come to hold is nothing that a deaf socket costs.
    for name in ("before", "again", "once more"):
        await write(outside, bakery, name)
    await good.until_sequence(head_sequence(home, bakery))
    before = mortal.resident_bytes()
    for _ in range(STALLED):
        await outside.deaf_socket(sara, good.cursor or "")
    await write(outside, bakery, "beside")
    await good.until_sequence(head_sequence(home, bakery))
    growth = (mortal.resident_bytes() - before) / STALLED
    print(f"{growth / 1024:.0f} KB for each deaf socket")
    assert growth <= STALLED_BYTES_MAX
    good.check()
    async with asyncio.timeout(STALL_SECONDS + 30):
        while (await asyncio.to_thread(mortal.figures))["wasl_streams"] != 1:
            await asyncio.sleep(0.1)
    assert (await asyncio.to_thread(mortal.figures))["wasl_stalled_readers_total"] == STALLED
    assert mortal.stop()[0] == 0


async def write(outside: Outside, bakery: Business, name: str) -> None:
    """2 MB of messages, far more than everything between the server and a deaf socket holds."""
    for place in range(20):
        messages = [text(PEOPLE[0], "x" * 1_000, message_id=f"wamid.{name}.{place}.{part}") for part in range(50)]
        await outside.tell(bakery.number, bakery.number.said(messages, PEOPLE[0]))


@dataclass(slots=True)
class Ending:
    """A bare socket, read until it ends."""

    bare: BareSocket
    said_bye: bool = False
    sequence: int = 2

    async def read(self) -> None:
        async for packet in self.bare.packets():
            self.said_bye = self.said_bye or packet.startswith('42["bye",{"retry_ms":')
            self.bare.heard.clear()
            if found := SEQUENCE.match(packet):
                assert int(found[1]) == self.sequence + 1
                self.sequence += 1


async def test_a_stop_under_open_sockets(home: Settings, mortal: Node, outside: Outside) -> None:
    bakery = await open_business(home, "Cedar Bakery", "Sara", "Omar")
    sara, omar = [await outside.sign_in(person) for person in bakery.operators]
    await outside.say(bakery, PEOPLE[0], "the first of all")
    start = (await sara.ask("GET", "/api/live-chat/events/poll"))["cursor"]
    endings = [Ending(await (await outside.bare_socket()).enter(sara.token, start)) for _ in range(SOCKETS)]
    reading = [asyncio.create_task(ending.read()) for ending in endings]
    polling = [await outside.socket(omar).connect(["polling"], cursor=start) for _ in range(POLLING)]
    for _ in range(DEAF):
        await outside.deaf_socket(omar, start)
    acknowledged: set[str] = set()
    await fill_buffers(outside, bakery, acknowledged)
    head = head_sequence(home, bakery)
    for socket in polling:
        await socket.until_sequence(head, 60.0)
    async with asyncio.timeout(60):
        while not all(ending.sequence >= head for ending in endings):
            await asyncio.sleep(0.1)
    strangers = [await outside.bare_socket() for _ in range(STRANGERS)]
    writing = asyncio.create_task(trickle(mortal, bakery, acknowledged))
    await asyncio.sleep(1.0)

    status, seconds = await asyncio.to_thread(mortal.stop)
    await asyncio.gather(writing, *reading)
    print(f"stopped in {seconds:.2f} s with {SOCKETS} sockets, {POLLING} polling, {DEAF} deaf")
    assert (status, seconds < STOP_SECONDS_MAX) == (0, True), seconds
    assert all(ending.said_bye for ending in endings)
    assert {ending.bare.connection.close_code for ending in endings} == {1001}
    for stranger in strangers:
        assert (await stranger.refused())[0] in (1001, 1012)

    await asyncio.to_thread(mortal.start)
    head = head_sequence(home, bakery)
    for socket in polling:
        await returned(socket, head)
    mortal.check_ledger()


async def returned(socket: SocketWatcher, head: int) -> None:
    await socket.cut()
    await socket.connect(["websocket"])
    await socket.until_sequence(head)
    socket.check()
