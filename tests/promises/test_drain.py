"""A stop with 500 open streams: everybody is told, nobody waits, and nothing is lost."""

import asyncio
from dataclasses import dataclass, field

import httpx2
import pytest

from promises.load import PEOPLE
from promises.oracle import check_log, head_sequence, rows
from story.node import Node
from story.people import Business, Outside, open_business
from story.watcher import DURABLE, Wire
from story.wire import envelope, text
from wasl.settings import Settings

pytestmark = pytest.mark.anyio

STOP_SECONDS_MAX = 12.0
"""Some four seconds, and a pause of the machine; whoever waited for a reader that has stalled would wait for thirty."""
QUICK_SECONDS_MAX = 2.0


@dataclass(slots=True)
class Reader:
    """An open stream: up to where it read, and how it ended."""

    wire: Wire
    sequences: list[int] = field(default_factory=list)
    cursor: str = ""
    said_bye: bool = False
    ended: str = ""

    async def read(self) -> None:
        try:
            async for frame in self.wire.frames():
                if frame.kind in DURABLE:
                    self.sequences.append(int((frame.id or "").partition("-")[0]))
                self.said_bye = self.said_bye or frame.kind == "bye"
                self.cursor = frame.id or self.cursor
            self.ended = "in order"
        except (OSError, EOFError) as error:
            self.ended = type(error).__name__


async def trickle(node: Node, business: Business, acknowledged: set[str]) -> None:
    """Deliver a webhook every few milliseconds until nobody answers any more."""
    async with httpx2.AsyncClient(base_url=node.url, timeout=5.0, trust_env=False) as client:
        for place in range(100_000):
            person = PEOPLE[place % len(PEOPLE)]
            message = text(person, f"drop {place}", message_id=f"wamid.drop.{place}")
            body = envelope(business.number.said([message], person))
            headers = {"X-Hub-Signature-256": business.number.sign(body)}
            try:
                answer = await client.post("/webhooks/meta", content=body, headers=headers)
            except httpx2.HTTPError:
                return
            if answer.status_code == 200:
                acknowledged.add(str(message["id"]))
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(("streams", "stalled"), [(500, 0), (60, 10)], ids=["everyone reads", "some have stalled"])
async def test_a_stop_under_open_streams(
    home: Settings, mortal: Node, outside: Outside, streams: int, stalled: int
) -> None:
    bakery = await open_business(home, "Cedar Bakery", "Sara", "Omar", "Lina", "Jad")
    operators = [await outside.sign_in(person) for person in bakery.operators]
    await outside.say(bakery, PEOPLE[0], "the first of all")
    start = (await operators[0].ask("GET", "/api/live-chat/events/poll"))["cursor"]
    wires = []
    for place in range(streams):
        query = f"?cursor={start}"
        receive_bytes = 4096 if place < stalled else None
        wires.append(await outside.wire(operators[place % 4], query, receive_bytes))
    readers = [Reader(wire) for wire in wires[stalled:]]
    reading = [asyncio.create_task(reader.read()) for reader in readers]
    acknowledged: set[str] = set()
    if stalled:
        await fill_buffers(outside, bakery, acknowledged)
    writing = asyncio.create_task(trickle(mortal, bakery, acknowledged))
    await asyncio.sleep(1.0)

    status, seconds = await asyncio.to_thread(mortal.stop)
    await asyncio.gather(writing, *reading)
    print(f"stopped in {seconds:.2f} s with {streams} streams, {len(acknowledged)} messages acknowledged")
    assert status == 0
    assert seconds < STOP_SECONDS_MAX
    assert [reader.ended for reader in readers if not reader.said_bye] == []
    assert {reader.ended for reader in readers} == {"in order"}
    assert acknowledged <= stored_ids(home, bakery)
    assert len(stored_ids(home, bakery) - acknowledged) <= 2  # The first of all, and one whose answer was cut off.
    check_log(home, bakery)

    await asyncio.to_thread(mortal.start)
    head = head_sequence(home, bakery)
    for reader in readers[:: streams // 20]:
        later = await outside.watcher(operators[0]).open(cursor=reader.cursor)
        await later.until_sequence(head)
        later.check()
        seen = reader.sequences + [int(frame.data["sequence"]) for frame in later.events]
        assert seen == list(range(3, head + 1))
    mortal.check_ledger()


async def fill_buffers(outside: Outside, bakery: Business, acknowledged: set[str]) -> None:
    """Send so much that what a stalled reader's sockets hold is full."""
    for start in range(0, 3_000, 500):
        messages = [text(PEOPLE[0], "x" * 500, message_id=f"wamid.fill.{start + place}") for place in range(500)]
        await outside.tell(bakery.number, bakery.number.said(messages, PEOPLE[0]))
        acknowledged.update(str(message["id"]) for message in messages)


def stored_ids(home: Settings, bakery: Business) -> set[str]:
    return {
        row[0] for row in rows(home, "SELECT message_id FROM messages WHERE account_id = ?", int(bakery.account_id))
    }


async def test_a_stop_without_anybody_is_quick(home: Settings, mortal: Node, outside: Outside) -> None:
    took = []
    for _ in range(3):  # A machine pauses now and then, and not each time.
        status, seconds = await asyncio.to_thread(mortal.stop)
        assert status == 0
        took.append(seconds)
        if seconds < QUICK_SECONDS_MAX:
            return
        await asyncio.to_thread(mortal.start)
    raise AssertionError(took)
