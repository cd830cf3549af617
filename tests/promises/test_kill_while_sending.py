"""The server is killed while replies are on their way: the provider takes each at most once, and none is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from promises.oracle import rows
from promises.replies import GUESTS, Replies, check_sent, until_settled
from story.node import Node
from story.people import Business, Outside, open_business
from story.phone import Phones
from story.wire import status
from wasl.emulator.remote import RemoteEmulator
from wasl.settings import Settings
from wasl.torture.process import Emulator

pytestmark = pytest.mark.anyio

REPLIES = 6
KILLS = 3


@pytest.fixture
async def bakery(home: Settings, whatsapp: Emulator) -> Business:
    return await open_business(home, "Cedar Bakery", "Sara", api_base_url=whatsapp.url)


@pytest.fixture
async def phones(mortal: Node, bakery: Business, whatsapp: Emulator) -> AsyncIterator[Phones]:
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
    home: Settings, mortal: Node, outside: Outside, bakery: Business, phones: Phones, seed: int
) -> None:
    chance = Random(seed)
    await phones.behave()
    for guest in GUESTS:
        await phones.write("hello", guest)
    sara = await outside.sign_in(bakery.operators[0])
    chats = [await sara.chat(guest) for guest in GUESTS]
    replies = Replies()
    writing = [asyncio.create_task(replies.write([sara], chat, chance, REPLIES)) for chat in chats]
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.1, 0.6))
        mortal.kill()
        await asyncio.to_thread(mortal.start)
    await asyncio.gather(*writing)
    await until_settled(home, bakery, phones)
    # What was interrupted waits for its lease or a person, and those behind it in line.
    left = frozenset(("sending", "unknown", "queued"))
    print(await check_sent(home, bakery, phones, replies.asked, left))


def account(bakery: Business) -> int:
    return int(bakery.account_id)


async def test_what_was_under_way_is_settled_by_its_status(
    home: Settings, mortal: Node, outside: Outside, bakery: Business, phones: Phones
) -> None:
    """WhatsApp took it and the server died before the answer: it is not sent again, and the status finds it."""
    await phones.behave(sends=[{"ending": "hang", "hold_seconds": 20}], statuses=[])
    await phones.write("hello", GUESTS[0])
    sara = await outside.sign_in(bakery.operators[0])
    chat = await sara.chat(GUESTS[0])
    message = (await sara.send(chat, "on its way"))["message"]
    async with asyncio.timeout(30):
        while not await phones.accepted():
            await asyncio.sleep(0.01)
    mortal.kill()
    found = "SELECT status FROM messages WHERE account_id = ? AND message_id = ?"
    # Durable before the first byte left.
    assert rows(home, found, account(bakery), message["message_id"]) == [("sending",)]
    await asyncio.to_thread(mortal.start)
    [accepted] = await phones.accepted()
    report = status(accepted["message_id"], "delivered", biz_opaque_callback_data=accepted["callback_data"])
    await outside.tell(bakery.number, bakery.number.told([report]))
    watcher = await outside.watcher(sara).open(cursor=(await sara.ask("GET", "/api/live-chat/events/poll"))["cursor"])
    if rows(home, found, account(bakery), message["message_id"]) != [("delivered",)]:
        await watcher.until_message(message["message_id"], status="delivered")
    assert await phones.words_accepted() == ["on its way"]
    assert rows(home, "SELECT state FROM outbox WHERE account_id = ?", account(bakery)) == []
