"""WhatsApp takes each message at most once, unless a person asks again, however a request ends and whoever stops.

Words and pictures take turns, so that files on their way neither double nor overtake anything. Each test ends with a
person who decides about what nobody knows; then everything has arrived and nothing is left in the outbox.

WASL_TEST_SEED repeats a run: the seed that it used is printed.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from promises.cluster import Cluster, telephony
from promises.mixed import (
    Mixed,
    check_once_and_in_order,
    end_all_leases,
    end_waits,
    send_all_again,
    until_at_rest,
)
from promises.observers import end
from promises.oracle import rows
from promises.replies import GUESTS
from story.node import Node
from story.people import Business, Operator, Outside, open_business
from story.phone import Phones
from wasl.emulator.remote import RemoteEmulator
from wasl.limits import NODE_SILENT_SECONDS_MAX, SEND_READ_SECONDS_MAX, SETTINGS_LOOK_SECONDS
from wasl.settings import Settings
from wasl.torture.doors import Doors, Proxy
from wasl.torture.process import Emulator

pytestmark = pytest.mark.anyio

LOST: list[dict[str, Any]] = [
    {"ending": "lose_reply", "times": None, "chance": 0.08},
    {"ending": "drop", "times": 3, "chance": 0.08},
    {"ending": "bare", "status": 502, "times": 2, "chance": 0.08},
    {"ending": "bare", "status": 503, "times": 2, "chance": 0.08},
    {"ending": "refuse", "code": 131000, "status": 500, "times": 2, "chance": 0.08},
]
"""Nobody can know from these whether it was taken; only the first one was."""
LIMITED: list[dict[str, Any]] = [
    {"ending": "refuse", "code": 130429, "status": 429, "to": GUESTS[0].phone},
    {"ending": "refuse", "code": 131016, "status": 503, "to": GUESTS[1].phone},
    {"ending": "refuse", "code": 131056, "status": 400, "to": GUESTS[2].phone},
]
"""Not taken, and WhatsApp says so: tried again, by itself."""
BARE: dict[str, Any] = {"ending": "bare", "status": 502, "to": GUESTS[3].phone}
"""One of those that tell nothing for certain: chance alone may spare all messages."""
LATE = {"sent_after_seconds": 2.0, "delivered_after_seconds": 2.1}
"""Statuses that come when whoever would try again by itself has done it."""
SLOW: dict[str, Any] = {"ending": "accept", "hold_seconds": 0.4, "times": None, "chance": 0.4}


@pytest.fixture
async def door(whatsapp: Emulator, tmp_path: Path, seed: int) -> AsyncIterator[Callable[[], Awaitable[Proxy]]]:
    """Makes doors before WhatsApp, each of its own."""
    doors = Doors()
    await doors.start(tmp_path / "doors.log")
    chance = Random(seed)
    yield lambda: doors.add("whatsapp", [whatsapp.port], chance)
    await doors.close()


@asynccontextmanager
async def shop(
    home: Settings, node: Node, outside: Outside, whatsapp: Emulator, base: str
) -> AsyncIterator[tuple[Phones, Business, Operator]]:
    """A bakery whose number is reached at some address, and Sara who answers there."""
    bakery = await open_business(home, "Cedar Bakery", "Sara", api_base_url=base)
    async with RemoteEmulator(whatsapp.url) as remote:
        await remote.add_number(
            bakery.number.phone_number_id,
            f"{node.url}/webhooks/meta",
            display_phone_number=bakery.number.display,
            access_token=bakery.access_token,
            app_secret=bakery.number.secret,
        )
        yield Phones(remote, bakery), bakery, await outside.sign_in(bakery.operators[0])


async def let_minutes_pass(home: Settings, bakery: Business) -> None:
    """What is unknown holds its conversation back for two minutes; here they pass at once."""
    while True:
        await asyncio.to_thread(end_waits, home, bakery)
        await asyncio.sleep(0.3)


async def finish(home: Settings, bakery: Business, phones: Phones, sara: Operator, mixed: Mixed) -> None:
    """Everything that moves by itself has moved; then a person decides, and all of it is there."""
    passing = asyncio.create_task(let_minutes_pass(home, bakery))
    await until_at_rest(home, bakery, phones, within_seconds=60)
    await end([passing])
    print(await check_once_and_in_order(home, bakery, phones, mixed))
    await phones.behave()
    decided = await send_all_again(home, bakery, sara, mixed)
    await until_at_rest(home, bakery, phones, within_seconds=60)
    states = await check_once_and_in_order(home, bakery, phones, mixed)
    print(f"{decided} sent again by a person, then {states}")
    assert set(states) == {"delivered"}
    assert rows(home, "SELECT count(*) FROM outbox WHERE account_id = ?", int(bakery.account_id)) == [(0,)]


async def test_however_whatsapp_answers(
    home: Settings, mortal: Node, outside: Outside, whatsapp: Emulator, seed: int
) -> None:
    guests, mixed = GUESTS[:8], Mixed()
    async with shop(home, mortal, outside, whatsapp, whatsapp.url) as (phones, bakery, sara):
        for guest in guests:
            await phones.write("hello", guest)
        chats = [await sara.chat(guest) for guest in guests]
        # More than this in a second is refused too.
        await phones.behave(sends=[*LIMITED, BARE, *LOST], per_second=30, **LATE)
        passing = asyncio.create_task(let_minutes_pass(home, bakery))
        await asyncio.gather(*(mixed.write([sara], chat, 6) for chat in chats))
        await end([passing])
        await finish(home, bakery, phones, sara, mixed)
        refused = [one for one in await phones.remote.refused() if one["phone_number_id"] == phones.number]
        assert {0, 130429, 131016, 131056} <= {one["code"] for one in refused}


async def test_requests_that_time_out_before_during_and_after(
    home: Settings, mortal: Node, outside: Outside, whatsapp: Emulator, door: Callable[[], Awaitable[Proxy]]
) -> None:
    """Nothing gets through at all; the request stands still; only the answer does."""

    async def before(proxy: Proxy) -> None:
        await proxy.blackhole()

    async def during(proxy: Proxy) -> None:
        await proxy.half_open(up=True)

    async def after(proxy: Proxy) -> None:
        await proxy.half_open(up=False)

    async def suffer(fault: Callable[[Proxy], Awaitable[None]]) -> None:
        proxy, mixed = await door(), Mixed()
        async with shop(home, mortal, outside, whatsapp, proxy.url) as (phones, bakery, sara):
            await phones.behave()
            for guest in GUESTS[:2]:
                await phones.write("hello", guest)
            chats = [await sara.chat(guest) for guest in GUESTS[:2]]
            await asyncio.gather(*(mixed.write([sara], chat, 2) for chat in chats))
            await until_at_rest(home, bakery, phones, within_seconds=60)
            # Its status comes when the request has been given up, and nothing that is sent next will be as late.
            late = SEND_READ_SECONDS_MAX + 4
            await phones.behave(sent_after_seconds=late, delivered_after_seconds=late)
            await fault(proxy)
            await asyncio.gather(*(mixed.write([sara], chat, 3) for chat in chats))
            # In the log, which keeps what a status may settle a moment later.
            sql = "SELECT count(DISTINCT conversation_id) FROM events WHERE account_id = ? AND payload LIKE ?"
            async with asyncio.timeout(SEND_READ_SECONDS_MAX + 40):
                while rows(home, sql, int(bakery.account_id), "%unknown_outcome%") != [(2,)]:
                    await asyncio.sleep(0.1)
            await phones.behave()
            await proxy.heal()
            await finish(home, bakery, phones, sara, mixed)

    await asyncio.gather(suffer(before), suffer(during), suffer(after))


async def test_a_node_that_stands_still_past_its_lease(
    home: Settings, mortal: Node, outside: Outside, whatsapp: Emulator, seed: int
) -> None:
    chance, guests, mixed = Random(seed), GUESTS[:6], Mixed()
    async with shop(home, mortal, outside, whatsapp, whatsapp.url) as (phones, bakery, sara):
        for guest in guests:
            await phones.write("hello", guest)
        chats = [await sara.chat(guest) for guest in guests]
        await phones.behave(sends=[SLOW])
        writing = [asyncio.create_task(mixed.write([sara], chat, 9, 0.1)) for chat in chats]
        for _ in range(3):
            await asyncio.sleep(chance.uniform(0.2, 0.8))
            mortal.freeze()
            try:
                await asyncio.sleep(0.6)
                await pass_leases(home, bakery)
            finally:
                mortal.thaw()
        await asyncio.gather(*writing)
        await finish(home, bakery, phones, sara, mixed)


async def pass_leases(home: Settings, bakery: Business) -> None:
    """On SQLite a node may have been frozen while it wrote: then its lease stays as it is."""
    with suppress(sqlite3.OperationalError):
        await asyncio.to_thread(end_all_leases, home, bakery)


async def test_three_nodes_of_which_one_dies_and_one_stands_still(
    cluster: Cluster, door: Callable[[], Awaitable[Proxy]], seed: int
) -> None:
    chance, mixed, proxy, guests = Random(seed), Mixed(), await door(), GUESTS[:8]
    bakery = await open_business(cluster.home, "Cedar Bakery", "Sara", "Omar", api_base_url=proxy.url)
    await asyncio.sleep(SETTINGS_LOOK_SECONDS + 0.5)  # Now every node knows of it.
    await cluster.close()
    cluster.bakery, cluster.sara, cluster.omar = bakery, [], []
    await cluster.sign_in()
    home, desks = cluster.home, [*cluster.sara, *cluster.omar]
    async with telephony(cluster) as phones:
        for guest in guests:
            await phones.write("hello", guest)
        chats = [await cluster.sara[0].chat(guest) for guest in guests]
        await phones.behave(sends=[*LIMITED, *LOST, SLOW], **LATE)
        passing = asyncio.create_task(let_minutes_pass(home, bakery))
        writing = [asyncio.create_task(mixed.write(desks, chat, 6, 0.2)) for chat in chats]
        still, dying = chance.sample(cluster.nodes, 2)
        still.freeze()
        freezing = asyncio.create_task(asyncio.sleep(NODE_SILENT_SECONDS_MAX + 2))
        try:
            for fault in (proxy.cut_rst, proxy.blackhole, proxy.cut_fin, proxy.refuse):
                await fault()
                await asyncio.sleep(chance.uniform(0.2, 0.5))
                await proxy.heal()
            dying.kill()
            await asyncio.to_thread(dying.start)
            await freezing
        finally:
            still.thaw()
        await asyncio.gather(*writing)
        await asyncio.to_thread(end_all_leases, home, bakery)
        await end([passing])
        await finish(home, bakery, phones, cluster.sara[0], mixed)
