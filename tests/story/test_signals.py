"""What operators do beside writing reaches the customer: reactions, that they have read, and that they type."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import pytest

from story.people import Business, Operator, Outside
from story.phone import Phones
from story.scene import Scene
from story.shops import open_shop, twilio
from story.wire import RANA, Customer, JsonObject
from wasl.memory import open_memory
from wasl.settings import Settings

pytestmark = pytest.mark.anyio

HOLD_SECONDS = 0.5


async def react(operator: Operator, chat: JsonObject, message_id: str, emoji: str, expect: int = 200) -> JsonObject:
    asked = {"conversation_id": chat["conversation_id"], "message_id": message_id, "emoji": emoji}
    return await operator.ask("POST", "/api/live-chat/react", expect, json=asked)


async def type_there(operator: Operator, chat: JsonObject, typing: bool = True) -> None:
    asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"], "typing": typing}
    await operator.ask("POST", "/api/live-chat/typing", json=asked)


def shown(message: JsonObject) -> list[tuple[str, str]]:
    return [(reaction["from"], reaction["emoji"]) for reaction in message["reactions"]]


async def until(true: Callable[[], Awaitable[Any]], within_seconds: float = 30.0) -> None:
    async with asyncio.timeout(within_seconds):
        while not await true():
            await asyncio.sleep(0.02)


async def on_the_phone(phones: Phones, message_id: str) -> dict[str, str]:
    """The reactions that the customer sees on a message."""
    [entry] = [entry for entry in await phones.sees() if entry["message_id"] == message_id]
    return dict(entry["reactions"])


async def told(phones: Phones) -> list[str]:
    """The reactions that WhatsApp took of this business, in order."""
    sends = [send["body"] for send in await phones.accepted()]
    return [body["reaction"]["emoji"] for body in sends if body["type"] == "reaction"]


async def receipts(phones: Phones, scene: Scene) -> list[tuple[str, bool]]:
    """What WhatsApp was told to be read, and whether it was the sign of typing."""
    number = scene.bakery.number.phone_number_id
    found = [one for one in await phones.remote.receipts() if one["phone_number_id"] == number]
    return [(one["message_id"], one["typing"]) for one in found]


async def waiting(home: Settings, business: Business) -> int:
    """Signs that are still to be told for a business."""
    async with open_memory(home) as memory:
        sql = "SELECT count(*) FROM signals WHERE due_ms IS NOT NULL AND account_id = ?"
        return int((await memory.database.read(lambda c: c.rows(sql, (int(business.account_id),))))[0][0])


# -- reactions --------------------------------------------------------------------------------------------------------


async def test_a_reaction_is_on_every_screen_and_on_the_customers_phone(emulated: Scene, phones: Phones) -> None:
    message_id = await phones.write("thank you!")
    chat = await emulated.sara.chat()
    omar = await emulated.watch(emulated.omar)
    answer = (await react(emulated.sara, chat, message_id, "❤️"))["message"]
    assert shown(answer) == [("business", "❤️")]
    assert set(answer["reactions"][0]) == {"emoji", "from", "timestamp"}
    assert await omar.until_message(message_id, reactions=answer["reactions"]) == answer
    await until(lambda: has(phones, message_id, "❤️"))

    await react(emulated.omar, chat, message_id, "")
    await until(lambda: has(phones, message_id, ""))
    await omar.until_message(message_id, reactions=[])
    history = await emulated.sara.whole_history(chat)
    assert shown(history[-1]) == []
    assert await told(phones) == ["❤️", ""]
    omar.check()


async def has(phones: Phones, message_id: str, emoji: str) -> bool:
    return (await on_the_phone(phones, message_id)).get("business") == emoji


async def test_our_own_message_is_named_as_whatsapp_knows_it(emulated: Scene, phones: Phones) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    sara = await emulated.watch(emulated.sara)
    message_id = (await emulated.sara.send(chat, "ours"))["message"]["message_id"]
    await sara.until_message(message_id, status="delivered")
    await react(emulated.sara, chat, message_id, "👍")
    [ours] = [send for send in await phones.accepted() if send["body"]["type"] == "text"]
    await until(lambda: has(phones, ours["message_id"], "👍"))


async def test_of_many_clicks_the_newest_is_told_and_none_overtakes_it(emulated: Scene, phones: Phones) -> None:
    message_id = await phones.write("which one?")
    chat = await emulated.sara.chat()
    # The answer to the first is late: what comes meanwhile waits for it.
    await phones.behave(sends=[{"ending": "accept", "hold_seconds": HOLD_SECONDS}])
    clicks = ["👍", "❤️", "😂", "😮", "😢", "🙏"]
    began = monotonic()
    for emoji in clicks:
        await react(emulated.sara, chat, message_id, emoji)
        if emoji == "👍":
            await until(lambda: told(phones))
    clicked_in_time = monotonic() - began < HOLD_SECONDS
    await until(lambda: has(phones, message_id, "🙏"))
    found = await told(phones)
    assert found == [emoji for emoji in clicks if emoji in found]
    # Where the machine paused between two clicks, the answer may have come in between.
    assert found == ["👍", "🙏"] or not clicked_in_time


async def test_the_same_reaction_once_more_is_no_news(emulated: Scene, phones: Phones) -> None:
    message_id = await phones.write("hi")
    chat = await emulated.sara.chat()
    first = (await react(emulated.sara, chat, message_id, "👍"))["message"]
    await until(lambda: has(phones, message_id, "👍"))
    assert (await react(emulated.omar, chat, message_id, "👍"))["message"] == first
    assert (await react(emulated.sara, chat, await phones.write("and this"), ""))["message"]["reactions"] == []
    await asyncio.sleep(0.3)
    assert await told(phones) == ["👍"]


async def test_a_refused_reaction_is_taken_back_and_says_why(emulated: Scene, phones: Phones, home: Settings) -> None:
    message_id = await phones.write("hi")
    chat = await emulated.sara.chat()
    sara = await emulated.watch(emulated.sara)
    await react(emulated.sara, chat, message_id, "👍")
    await until(lambda: has(phones, message_id, "👍"))
    await phones.behave(sends=[{"ending": "refuse", "code": 131009}])
    changed = (await react(emulated.sara, chat, message_id, "😂"))["message"]
    assert shown(changed) == [("business", "😂")]
    # Back to what the customer sees.
    await sara.until(lambda: "reaction_error" in sara.messages()[message_id]["metadata"])
    taken_back = sara.messages()[message_id]
    assert shown(taken_back) == [("business", "👍")]
    error = taken_back["metadata"]["reaction_error"]
    assert (error["emoji"], error["code"]) == ("😂", "131009")
    assert error["message"]
    assert (await emulated.omar.whole_history(chat))[-1] == taken_back
    assert await waiting(home, emulated.bakery) == 0

    again = (await react(emulated.sara, chat, message_id, "😂"))["message"]
    assert "reaction_error" not in again["metadata"]
    await until(lambda: has(phones, message_id, "😂"))


async def test_a_reaction_that_fails_after_it_was_taken_is_taken_back(emulated: Scene, phones: Phones) -> None:
    message_id = await phones.write("hi")
    chat = await emulated.sara.chat()
    sara = await emulated.watch(emulated.sara)
    before = emulated.node.ledger()
    await phones.behave(sends=[{"ending": "fail_later", "code": 131026}], sent_after_seconds=0.3)
    await react(emulated.sara, chat, message_id, "👍")
    await sara.until(lambda: "reaction_error" in sara.messages().get(message_id, {}).get("metadata", {}))
    assert shown(sara.messages()[message_id]) == []
    await react(emulated.sara, chat, message_id, "❤️")
    await until(lambda: has(phones, message_id, "❤️"))
    await phones.remote.until_quiet(30.0)
    # Its statuses are of no message, and wait for none.
    after = emulated.node.ledger()
    assert after["set_aside"] == before["set_aside"]
    assert after["duplicates"] > before["duplicates"]


async def test_a_busy_whatsapp_is_told_later(emulated: Scene, phones: Phones) -> None:
    message_id = await phones.write("hi")
    chat = await emulated.sara.chat()
    await phones.behave(sends=[{"ending": "refuse", "code": 131016}, {"ending": "drop"}])
    await react(emulated.sara, chat, message_id, "👍")
    await until(lambda: has(phones, message_id, "👍"))
    assert shown((await emulated.sara.whole_history(chat))[-1]) == [("business", "👍")]


async def test_the_phone_and_operators_have_one_reaction_together(emulated: Scene, phones: Phones) -> None:
    message_id = await phones.write("hi")
    chat = await emulated.sara.chat()
    await react(emulated.sara, chat, message_id, "👍")
    await until(lambda: has(phones, message_id, "👍"))
    sara = await emulated.watch(emulated.sara)
    await asyncio.sleep(1)  # WhatsApp's times are whole seconds.
    await phones.send("reaction", message_id=message_id, emoji="👍", echo=True)
    await phones.send("reaction", message_id=message_id, emoji="🙏", echo=True)
    await phones.send("reaction", message_id=message_id, emoji="😂")
    await sara.until(lambda: len(sara.messages().get(message_id, {}).get("reactions", ())) == 2)
    assert sorted(shown(sara.messages()[message_id])) == [("business", "🙏"), ("user", "😂")]
    assert len([frame for frame in sara.events if frame.kind == "message_updated"]) == 2
    assert await told(phones) == ["👍"]


async def test_what_cannot_be_reacted_to(emulated: Scene, phones: Phones) -> None:
    message_id = await phones.write("hi")
    chat = await emulated.sara.chat()
    for word in ("fine", "👍 ok", " ", "<b>", "٣", "👍" * 17):
        answer = await react(emulated.sara, chat, message_id, word, 422)
        assert answer["code"] in ("unfit_content", "invalid_request"), word
    assert (await react(emulated.sara, chat, "wamid.nothing", "👍", 404))["code"] == "not_found"
    await react(emulated.karim, chat, message_id, "👍", 404)
    await phones.behave(sends=[{"ending": "refuse", "code": 131026}])
    sara = await emulated.watch(emulated.sara)
    failed = (await emulated.sara.send(chat, "never there"))["message"]["message_id"]
    await sara.until_message(failed, status="failed")
    assert (await react(emulated.sara, chat, failed, "👍", 409))["code"] == "not_at_whatsapp"
    await phones.remote.delete(f"+{RANA.phone}", message_id, phone_number_id=chat_number(emulated), wait=True)
    assert (await react(emulated.sara, chat, message_id, "👍", 409))["code"] == "not_at_whatsapp"
    assert await told(phones) == []


def chat_number(scene: Scene) -> str:
    return scene.bakery.number.phone_number_id


async def test_nobody_reacts_when_the_window_is_closed(scene: Scene) -> None:
    [message_id] = await scene.outside.say(scene.bakery, RANA, "long ago", at=-25 * 3600)
    await scene.outside.say(scene.bakery, Customer("Nour", "96171555009"), "now")
    chat = await scene.sara.chat()
    answer = await react(scene.sara, chat, message_id, "👍", 409)
    assert answer["code"] == "window_closed"
    assert answer["window_expires_at"] == chat["window_expires_at"]


# -- read receipts and typing -----------------------------------------------------------------------------------------


async def test_the_newest_message_is_told_to_be_read_once(emulated: Scene, phones: Phones) -> None:
    ids = [await phones.write(words) for words in ("one", "two", "three")]
    chat = await emulated.sara.chat()
    history = await emulated.sara.whole_history(chat)
    # Somebody else answers meanwhile: what we write is nothing that we read.
    await emulated.omar.send(chat, "ours")
    await emulated.sara.read(chat, history[1]["sequence"])
    await until(lambda: receipts(phones, emulated))
    last = (await emulated.sara.chat())["last_sequence"]
    await emulated.sara.read(chat, last)
    await until(lambda: count_receipts(phones, emulated, 2))
    for operator, sequence in ((emulated.omar, history[0]["sequence"]), (emulated.omar, last), (emulated.sara, last)):
        await operator.read(chat, sequence)
    await asyncio.sleep(0.5)
    assert await receipts(phones, emulated) == [(ids[1], False), (ids[2], False)]
    assert [entry["status"] for entry in await phones.sees() if entry["author"] == "customer"] == ["read"] * 3

    newest = await phones.write("four")
    await emulated.omar.read(chat, (await emulated.omar.chat())["last_sequence"])
    await until(lambda: count_receipts(phones, emulated, 3))
    assert (await receipts(phones, emulated))[-1] == (newest, False)


async def count_receipts(phones: Phones, scene: Scene, count: int) -> bool:
    return len(await receipts(phones, scene)) == count


async def test_typing_is_told_once_in_twenty_seconds_whoever_types(emulated: Scene, phones: Phones) -> None:
    message_id = await phones.write("anybody there?")
    chat = await emulated.sara.chat()
    await type_there(emulated.sara, chat, typing=False)
    for operator in (emulated.sara, emulated.omar, emulated.sara):
        await type_there(operator, chat)
    await until(lambda: receipts(phones, emulated))
    # It says that the message was read, which is not said again.
    await emulated.sara.read(chat, chat["last_sequence"])
    await asyncio.sleep(0.5)
    assert await receipts(phones, emulated) == [(message_id, True)]


async def test_a_provider_is_asked_only_for_what_it_can(
    outside: Outside, home: Settings, emulated: Scene, phones: Phones
) -> None:
    shop = await open_shop(home, outside, emulated.node, phones.remote, twilio)
    message_id = await shop.phones.write("hi")
    chat = await shop.sara.chat()
    history = await shop.sara.whole_history(chat)
    answer = await react(shop.sara, chat, history[0]["message_id"], "👍", 422)
    assert answer["code"] == "not_supported"
    await shop.sara.read(chat, chat["last_sequence"])
    assert message_id
    assert await waiting(home, shop.business) == 0
