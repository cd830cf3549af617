"""A message of which nobody knows whether it went out: after two minutes an operator decides, and what WhatsApp tells
later is what everybody sees."""

import asyncio

import pytest

from story.people import Operator
from story.phone import Phones
from story.scene import Scene
from story.watcher import Watcher
from story.wire import JsonObject, status
from wasl.limits import PAIR_SECONDS_PER_MESSAGE, SEND_UNKNOWN_BLOCKS_SECONDS
from wasl.memory import open_memory
from wasl.settings import Settings

pytestmark = pytest.mark.anyio


async def decide(operator: Operator, call: str, message: JsonObject, expect: int = 200) -> JsonObject:
    asked = {"conversation_id": message["conversation_id"], "message_id": message["message_id"]}
    return await operator.ask("POST", f"/api/live-chat/{call}", expect, json=asked)


async def lost(scene: Scene, phones: Phones, watcher: Watcher, *words: str) -> list[JsonObject]:
    """Messages of which the first one's answer is lost, and nothing is told of it."""
    await phones.behave(sends=[{"ending": "lose_reply"}], statuses=[])
    await phones.write("hello")
    chat = await scene.sara.chat()
    messages = [(await scene.sara.send(chat, one))["message"] for one in words]
    await watcher.until_message(messages[0]["message_id"], status="unknown")
    return messages


async def let_two_minutes_pass(home: Settings) -> None:
    async with open_memory(home) as memory:
        sql = "UPDATE outbox SET due_ms = due_ms - ? WHERE state = 'unknown'"
        await memory.database.write(lambda c: c.run(sql, ((SEND_UNKNOWN_BLOCKS_SECONDS + 1) * 1000,)))


async def tell(scene: Scene, accepted: JsonObject, word: str) -> None:
    number = scene.bakery.number
    report = status(accepted["message_id"], word, biz_opaque_callback_data=accepted["callback_data"])
    await scene.outside.tell(number, number.told([report]))


async def test_sent_again_it_leaves_before_what_waits_and_is_one_message(
    emulated: Scene, phones: Phones, home: Settings
) -> None:
    sara = await emulated.watch(emulated.sara)
    first, second = await lost(emulated, phones, sara, "first", "second")
    too_early = await decide(emulated.sara, "send-again", first, 409)
    assert too_early["code"] == "not_decidable"
    unknown = await sara.until_message(first["message_id"], status="unknown")
    assert unknown["error"]["code"] == "unknown_outcome"
    assert unknown["error"]["decide_after"] > unknown["timestamp"]

    await phones.behave()
    await let_two_minutes_pass(home)
    await sara.until_message(second["message_id"], status="sent")
    again = (await decide(emulated.omar, "send-again", first))["message"]
    assert (again["message_id"], again["sequence"], again["status"]) == (
        first["message_id"],
        first["sequence"],
        "queued",
    )
    assert again["metadata"]["sent_again"] is True
    await sara.until_message(first["message_id"], status="delivered")
    assert (await decide(emulated.sara, "send-again", first, 409))["code"] == "not_decidable"
    assert await phones.words_accepted() == ["first", "second", "first"]
    attempts = {send["callback_data"].rpartition(":")[2] for send in await phones.accepted()}
    assert attempts == {"1", "2"}
    history = await emulated.sara.whole_history(await emulated.sara.chat())
    assert [message["content"] for message in history] == ["hello", "first", "second"]


async def test_what_turns_out_to_have_been_sent_is_not_sent_again(
    emulated: Scene, phones: Phones, home: Settings
) -> None:
    sara = await emulated.watch(emulated.sara)
    # What is refused for now leaves time for the status between the decision and the attempt that is taken.
    [message] = await lost(emulated, phones, sara, "only once")
    await phones.behave(sends=[{"ending": "refuse", "code": 131056, "times": None}], statuses=[])
    await let_two_minutes_pass(home)
    await decide(emulated.sara, "send-again", message)
    [accepted] = await phones.accepted()
    await tell(emulated, accepted, "delivered")
    await sara.until_message(message["message_id"], status="delivered")
    # Longer than the pause that follows a refusal, and a look at the outbox.
    await asyncio.sleep(PAIR_SECONDS_PER_MESSAGE + 1.5)
    assert await phones.words_accepted() == ["only once"]
    history = await emulated.sara.whole_history(await emulated.sara.chat())
    assert history[-1]["status"] == "delivered"


async def test_a_discarded_message_lets_the_others_go_and_is_settled_by_a_late_status(
    emulated: Scene, phones: Phones, home: Settings
) -> None:
    sara = await emulated.watch(emulated.sara)
    first, second = await lost(emulated, phones, sara, "first", "second")
    await phones.behave()
    await let_two_minutes_pass(home)
    await sara.until_message(second["message_id"], status="delivered")
    gone = (await decide(emulated.sara, "discard-message", first))["message"]
    assert (gone["status"], gone["error"]["code"]) == ("failed", "discarded")
    await sara.until_message(first["message_id"], status="failed")
    await tell(emulated, (await phones.accepted())[0], "sent")
    shown = await sara.until_message(first["message_id"], status="sent")
    assert shown["error"] is None
    assert await phones.words_accepted() == ["first", "second"]


async def test_another_account_decides_nothing(emulated: Scene, phones: Phones, home: Settings) -> None:
    sara = await emulated.watch(emulated.sara)
    [message] = await lost(emulated, phones, sara, "ours")
    await let_two_minutes_pass(home)
    for call in ("send-again", "discard-message"):
        await decide(emulated.karim, call, message, 404)
    await decide(emulated.sara, "discard-message", message)
