"""The server is killed while replies are on their way: the provider takes each at most once, and none is forgotten."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from random import Random

import httpx2
import pytest

from promises.oracle import rows
from story.node import Node, WhatsApp
from story.people import Business, Operator, Outside, open_business
from story.phone import Phones
from story.wire import Customer, JsonObject
from wasl.emulator.remote import RemoteEmulator
from wasl.settings import Settings

pytestmark = pytest.mark.anyio

GUESTS = [Customer(f"Guest {place}", f"96170{place:06d}") for place in range(12)]
REPLIES = 6
KILLS = 3


@pytest.fixture
async def bakery(home: Settings, whatsapp: WhatsApp) -> Business:
    return await open_business(home, "Cedar Bakery", "Sara", api_base_url=whatsapp.url)


@pytest.fixture
async def phones(mortal: Node, bakery: Business, whatsapp: WhatsApp) -> AsyncIterator[Phones]:
    async with RemoteEmulator(whatsapp.url) as remote:
        await remote.add_number(
            bakery.number.phone_number_id,
            f"{mortal.url}/webhooks/meta",
            display_phone_number=bakery.number.display,
            access_token=bakery.access_token,
            app_secret=bakery.number.secret,
        )
        yield Phones(remote, bakery)


async def test_replies_under_kills(
    home: Settings, mortal: Node, outside: Outside, bakery: Business, phones: Phones
) -> None:
    seed = int(os.environ.get("WASL_TEST_SEED", Random().randrange(1 << 32)))
    print(f"seed {seed}")
    chance = Random(seed)
    await phones.behave()
    for guest in GUESTS:
        await phones.write("hello", guest)
    sara = await outside.sign_in(bakery.operators[0])
    chats = [await sara.chat(guest) for guest in GUESTS]
    writing = [asyncio.create_task(write_all(sara, chat, chance)) for chat in chats]
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.1, 0.6))
        mortal.kill()
        await asyncio.to_thread(mortal.start)
    await asyncio.gather(*writing)
    await all_settled(home, bakery, phones)

    accepted = Counter(await phones.words_accepted())
    assert max(accepted.values()) == 1
    sql = "SELECT content, status FROM messages WHERE account_id = ? AND role = 'operator'"
    stored: dict[str, str] = dict(rows(home, sql, account(bakery)))
    assert stored.keys() == {words_of(chat, place) for chat in chats for place in range(REPLIES)}
    assert {words for words, status in stored.items() if status == "delivered"} == accepted.keys()
    assert set(stored.values()) <= {"delivered", "sending", "unknown", "queued"}
    print(f"{len(accepted)} of {len(stored)} accepted; {Counter(stored.values())}")
    in_order = [sent["body"]["text"]["body"] for sent in await phones.accepted()]
    for chat in chats:
        mine = [words for words in in_order if words.startswith(chat["user_id"] + ":")]
        assert mine == sorted(mine)


def account(bakery: Business) -> int:
    return int(bakery.account_id)


def words_of(chat: JsonObject, place: int) -> str:
    return f"{chat['user_id']}: part {place}"


async def write_all(sara: Operator, chat: JsonObject, chance: Random) -> None:
    """Write several replies, each repeated under its id until the server says that it has it."""
    for place in range(REPLIES):
        while True:
            try:
                words = words_of(chat, place)
                await sara.send(chat, words, client_message_id=words)
                break
            except httpx2.HTTPError:
                await asyncio.sleep(0.05)
        await asyncio.sleep(chance.uniform(0.05, 0.3))


async def all_settled(home: Settings, bakery: Business, phones: Phones) -> None:
    """Wait until every reply that can still move has moved: what was interrupted waits for its lease or a person."""
    movable = (
        "SELECT count(*) FROM outbox o WHERE o.account_id = ? AND o.state = 'queued' AND NOT EXISTS (SELECT 1"
        " FROM outbox e WHERE e.account_id = o.account_id AND e.conversation_key = o.conversation_key"
        " AND e.sequence < o.sequence)"
    )
    async with asyncio.timeout(20):
        while True:
            await phones.remote.until_quiet()
            if rows(home, movable, account(bakery)) == [(0,)]:
                await asyncio.sleep(0.3)
                await phones.remote.until_quiet()
                if rows(home, movable, account(bakery)) == [(0,)]:
                    return
            await asyncio.sleep(0.1)


async def test_what_was_under_way_is_settled_by_its_status(
    home: Settings, mortal: Node, outside: Outside, bakery: Business, phones: Phones
) -> None:
    """WhatsApp took it and the server died before the answer: it is not sent again, and the status finds it."""
    await phones.behave(
        sends=[{"ending": "hang", "hold_seconds": 20}], statuses=["delivered"], delivered_after_seconds=0.6
    )
    await phones.write("hello", GUESTS[0])
    sara = await outside.sign_in(bakery.operators[0])
    chat = await sara.chat(GUESTS[0])
    message = (await sara.send(chat, "on its way"))["message"]
    async with asyncio.timeout(5):
        while not await phones.accepted():
            await asyncio.sleep(0.01)
    mortal.kill()
    found = "SELECT status FROM messages WHERE account_id = ? AND message_id = ?"
    # Durable before the first byte left.
    assert rows(home, found, account(bakery), message["message_id"]) == [("sending",)]
    await asyncio.to_thread(mortal.start)
    watcher = await outside.watcher(sara).open(cursor=(await sara.ask("GET", "/api/live-chat/events/poll"))["cursor"])
    if rows(home, found, account(bakery), message["message_id"]) != [("delivered",)]:
        await watcher.until_message(message["message_id"], status="delivered")
    assert await phones.words_accepted() == ["on its way"]
    assert rows(home, "SELECT state FROM outbox WHERE account_id = ?", account(bakery)) == []
