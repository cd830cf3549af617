"""The server dies, or WhatsApp is away, while reactions and read receipts are on their way: in the end the customer
sees the newest of what operators did."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from promises.cluster import Cluster, telephony
from promises.oracle import rows
from promises.replies import GUESTS
from story.node import Node
from story.people import Business, Operator, Outside, open_business
from story.phone import Phones
from story.wire import JsonObject
from wasl.emulator.remote import RemoteEmulator
from wasl.settings import Settings
from wasl.torture.doors import Doors, Proxy
from wasl.torture.process import Emulator

pytestmark = pytest.mark.anyio

SLOW = {"ending": "accept", "hold_seconds": 0.3, "times": None, "chance": 0.5}
EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"]


@pytest.fixture
async def door(whatsapp: Emulator, tmp_path: Path, seed: int) -> AsyncIterator[Proxy]:
    """Before WhatsApp."""
    doors = Doors()
    await doors.start(tmp_path / "doors.log")
    yield await doors.add("whatsapp", [whatsapp.port], Random(seed))
    await doors.close()


@pytest.fixture
async def bakery(home: Settings, door: Proxy) -> Business:
    return await open_business(home, "Cedar Bakery", "Sara", api_base_url=door.url)


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


async def react(desk: Operator, chat: JsonObject, message_id: str, emoji: str) -> None:
    asked = {"conversation_id": chat["conversation_id"], "message_id": message_id, "emoji": emoji}
    await desk.ask("POST", "/api/live-chat/react", json=asked)


async def told(phones: Phones, message_id: str) -> list[str]:
    """The reactions to a message that WhatsApp took, in order, repetitions left out."""
    bodies = [send["body"] for send in await phones.accepted() if send["body"]["type"] == "reaction"]
    found = [body["reaction"]["emoji"] for body in bodies if body["reaction"]["message_id"] == message_id]
    return [emoji for place, emoji in enumerate(found) if place == 0 or found[place - 1] != emoji]


async def until_told(home: Settings, bakery: Business, within_seconds: float = 60.0) -> None:
    sql = "SELECT count(*) FROM signals WHERE account_id = ? AND due_ms IS NOT NULL"
    async with asyncio.timeout(within_seconds):
        while rows(home, sql, int(bakery.account_id)) != [(0,)]:
            await asyncio.sleep(0.1)


async def check_in_order(phones: Phones, clicks: dict[str, list[str]]) -> None:
    """Of each message the newest click was told last, and the others, as far as they were told, in their order."""
    for message_id, mine in clicks.items():
        found = await told(phones, message_id)
        assert found[-1] == mine[-1]
        assert found == [emoji for emoji in mine if emoji in found]


async def receipts(phones: Phones) -> list[str]:
    found = await phones.remote.receipts()
    return [one["message_id"] for one in found if one["phone_number_id"] == phones.number]


async def test_killed_while_it_tells(
    home: Settings, mortal: Node, outside: Outside, bakery: Business, phones: Phones, seed: int
) -> None:
    chance, clicks = Random(seed), dict[str, list[str]]()
    messages = {await phones.write("hello", guest): guest for guest in GUESTS[:5]}
    sara = await outside.sign_in(bakery.operators[0])
    chats = {message_id: await sara.chat(guest) for message_id, guest in messages.items()}
    await phones.behave(sends=[SLOW])
    for emoji in EMOJI[:3]:
        for message_id, chat in chats.items():
            await react(sara, chat, message_id, emoji)
            clicks.setdefault(message_id, []).append(emoji)
        if emoji == EMOJI[1]:
            for chat in chats.values():
                await sara.read(chat, chat["last_sequence"])
        await asyncio.sleep(chance.uniform(0.0, 0.4))
        mortal.kill()
        await asyncio.to_thread(mortal.start)
    await until_told(home, bakery)
    await check_in_order(phones, clicks)
    assert set(await receipts(phones)) == set(messages)


async def test_whatsapp_is_away_and_comes_back(
    home: Settings, outside: Outside, bakery: Business, phones: Phones, door: Proxy
) -> None:
    older = await phones.write("one", GUESTS[6])
    message_id = await phones.write("two", GUESTS[6])
    sara = await outside.sign_in(bakery.operators[0])
    chat = await sara.chat(GUESTS[6])
    history = await sara.whole_history(chat)
    await door.refuse()
    await door.cut_rst()
    await sara.read(chat, history[0]["sequence"])
    for emoji in EMOJI:
        await react(sara, chat, message_id, emoji)
    await asyncio.sleep(2.5)
    await sara.read(chat, chat["last_sequence"])
    assert await told(phones, message_id) == []
    shown = (await sara.whole_history(chat))[-1]
    assert [one["emoji"] for one in shown["reactions"]] == EMOJI[-1:]
    await door.heal()
    await until_told(home, bakery)
    assert await told(phones, message_id) == EMOJI[-1:]
    # The older one was never told: the newer one says it too.
    assert (await receipts(phones), older in await receipts(phones)) == ([message_id], False)


async def test_three_nodes_tell_in_order_and_type_once(cluster: Cluster, seed: int) -> None:
    chance, clicks = Random(seed), dict[str, list[str]]()
    async with telephony(cluster) as phones:
        messages = {await phones.write("hello", guest): guest for guest in GUESTS[:6]}
        chats = {message_id: await cluster.sara[0].chat(guest) for message_id, guest in messages.items()}
        await phones.behave(sends=[SLOW])
        desks = [*cluster.sara, *cluster.omar]
        for emoji in EMOJI:
            for message_id, chat in chats.items():
                await react(chance.choice(desks), chat, message_id, emoji)
                clicks.setdefault(message_id, []).append(emoji)
            await asyncio.sleep(chance.uniform(0.0, 0.3))
        chat = next(iter(chats.values()))
        asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"], "typing": True}
        await asyncio.gather(*(desk.ask("POST", "/api/live-chat/typing", json=asked) for desk in desks))
        async with asyncio.timeout(60):
            while not await receipts(phones):
                await asyncio.sleep(0.05)
        await until_told(cluster.home, cluster.bakery)  # And that it was told is written down.
        reading = (desk.read(one, one["last_sequence"]) for one in chats.values() for desk in desks)
        await asyncio.gather(*reading)
        await until_told(cluster.home, cluster.bakery)
        await check_in_order(phones, clicks)
        # Each was told to be read once, one of them by the sign of typing.
        assert sorted(await receipts(phones)) == sorted(messages)
