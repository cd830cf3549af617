"""An operator's reply: on every colleague's screen at once, at the provider exactly once, its ticks never backwards."""

import asyncio
from typing import Any

import pytest

from story.people import Operator, contents
from story.phone import Phones, in_order
from story.scene import Scene
from story.watcher import Watcher
from story.wire import HADI, RANA, JsonObject, status

pytestmark = pytest.mark.anyio

TICKS = ["queued", "sending", "sent", "delivered", "read"]


class NotNone:
    """Equal to whatever there is."""

    def __eq__(self, other: object) -> bool:
        return other is not None

    def __hash__(self) -> int:
        return 0


def statuses_of(watcher: Watcher, message_id: str) -> list[str]:
    """The states that a message was shown in, in order."""
    shown = (frame.data.get("message") for frame in watcher.events)
    return [message["status"] for message in shown if message and message["message_id"] == message_id]


async def reply(operator: Operator, words: str, **more: Any) -> JsonObject:
    found: JsonObject = (await operator.send(await operator.chat(), words, **more))["message"]
    return found


async def test_a_colleague_sees_it_at_once_and_the_ticks_follow(emulated: Scene, phones: Phones) -> None:
    await phones.write("Are you open?")
    omar = await emulated.watch(emulated.omar)
    message = await reply(emulated.sara, "Until eight")
    await omar.until_message(message["message_id"])
    [arrival] = omar.arrivals()
    assert (arrival["content"], arrival["status"], arrival["operator_name"]) == ("Until eight", "queued", "Sara")
    assert (arrival["role"], arrival["is_user"], arrival["handled_by"]) == ("operator", False, "operator")

    await omar.until_message(message["message_id"], status="delivered")
    await phones.look()
    await omar.until_message(message["message_id"], status="read")
    assert statuses_of(omar, message["message_id"]) in in_order("queued", "sending", "sent", "delivered", "read")
    omar.check()
    assert await phones.words_accepted() == ["Until eight"]
    bubbles = [entry["content"]["body"] for entry in await phones.sees()]
    assert bubbles == ["Are you open?", "Until eight"]
    hops = [hop["hop"] for hop in (await emulated.sara.trace(message["message_id"]))["hops"]]
    assert [hop for hop in hops if hop != "broadcast"] in in_order("saved", "sending", "sent", "delivered", "read")


@pytest.mark.parametrize("told", [["delivered", "sent"], ["read", "delivered", "sent"], ["read"]])
async def test_statuses_out_of_order_never_go_back(emulated: Scene, phones: Phones, told: list[str]) -> None:
    await phones.behave(statuses=told, read_after_seconds=0.06)
    await phones.write("hello")
    sara = await emulated.watch(emulated.sara)
    message = await reply(emulated.sara, "welcome")
    await sara.until_message(message["message_id"], status=told[0])
    await phones.remote.until_quiet(30.0)
    # Each is a webhook of its own, and any of them may overtake the others or the answer to the send.
    shown = [TICKS.index(state) for state in statuses_of(sara, message["message_id"])]
    assert shown == sorted(set(shown))
    [now] = [found for found in await emulated.sara.whole_history(await emulated.sara.chat()) if not found["is_user"]]
    assert now["status"] == told[0]


async def test_a_lost_answer_is_unknown_until_a_status_settles_it(emulated: Scene, phones: Phones) -> None:
    await phones.behave(sends=[{"ending": "lose_reply"}], statuses=["read"])
    await phones.write("hello")
    sara = await emulated.watch(emulated.sara)
    message = await reply(emulated.sara, "once only")
    await sara.until_message(message["message_id"], status="unknown")
    await phones.look()
    await sara.until_message(message["message_id"], status="read")
    assert statuses_of(sara, message["message_id"]) == ["queued", "sending", "unknown", "read"]
    assert await phones.words_accepted() == ["once only"]
    assert message["message_id"] in (await phones.accepted())[0]["callback_data"]


async def test_an_unknown_message_is_never_sent_again_and_holds_the_line(emulated: Scene, phones: Phones) -> None:
    await phones.behave(sends=[{"ending": "lose_reply"}], statuses=[])
    await phones.write("hello")
    sara = await emulated.watch(emulated.sara)
    first = await reply(emulated.sara, "first")
    await sara.until_message(first["message_id"], status="unknown")
    second = await reply(emulated.sara, "second")
    # Long enough for two looks at the outbox.
    await asyncio.sleep(2.2)
    assert statuses_of(sara, first["message_id"])[-1] == "unknown"
    assert statuses_of(sara, second["message_id"]) == ["queued"]
    assert await phones.words_accepted() == ["first"]

    [accepted] = await phones.accepted()
    number = emulated.bakery.number
    report = status(accepted["message_id"], "delivered", biz_opaque_callback_data=accepted["callback_data"])
    await emulated.outside.tell(number, number.told([report]))
    await sara.until_message(first["message_id"], status="delivered")
    await sara.until_message(second["message_id"], status="sent")
    assert await phones.words_accepted() == ["first", "second"]


async def test_a_connection_that_closes_before_an_answer_is_not_tried_again(emulated: Scene, phones: Phones) -> None:
    await phones.behave(sends=[{"ending": "drop"}])
    await phones.write("hello")
    sara = await emulated.watch(emulated.sara)
    message = await reply(emulated.sara, "into the dark")
    await sara.until_message(message["message_id"], status="unknown")
    await asyncio.sleep(1.2)
    assert (await sara.until_message(message["message_id"]))["error"]["code"] == "unknown_outcome"
    assert await phones.accepted() == []


async def test_a_refusal_fails_with_a_reason_that_a_person_understands(emulated: Scene, phones: Phones) -> None:
    await phones.behave(sends=[{"ending": "refuse", "code": 131047}])
    await phones.write("hello")
    sara = await emulated.watch(emulated.sara)
    message = await reply(emulated.sara, "too late")
    failed = await sara.until_message(message["message_id"], status="failed")
    assert failed["error"]["code"] == "131047"
    assert "24 hours" in failed["error"]["message"]
    after = await reply(emulated.sara, "the line goes on")
    await sara.until_message(after["message_id"], status="delivered")
    assert await phones.words_accepted() == ["the line goes on"]


async def test_a_failure_that_is_told_later(emulated: Scene, phones: Phones) -> None:
    await phones.behave(sends=[{"ending": "fail_later", "code": 131026}])
    await phones.write("hello")
    sara = await emulated.watch(emulated.sara)
    message = await reply(emulated.sara, "nobody there")
    failed = await sara.until_message(message["message_id"], status="failed")
    assert failed["error"]["code"] == "131026"
    assert statuses_of(sara, message["message_id"]) in in_order("queued", "sending", "sent", "failed")


async def test_a_rate_limit_is_waited_for_and_the_message_leaves_once(emulated: Scene, phones: Phones) -> None:
    await phones.behave(sends=[{"ending": "refuse", "code": 130429}])
    await phones.write("hello")
    sara = await emulated.watch(emulated.sara)
    message = await reply(emulated.sara, "patience")
    await sara.until_message(message["message_id"], status="delivered")
    shown = statuses_of(sara, message["message_id"])
    assert shown in in_order("queued", "sending", "queued", "sending", "sent", "delivered")
    assert await phones.words_accepted() == ["patience"]


async def test_a_token_that_is_refused_loses_nothing_and_says_who_must_act(emulated: Scene, phones: Phones) -> None:
    await phones.behave(sends=[{"ending": "refuse", "code": 190, "times": None}])
    await phones.write("hello")
    await phones.write("hello too", HADI)
    sara = await emulated.watch(emulated.sara)
    message = await reply(emulated.sara, "when there is a new one")
    waiting = await sara.until_message(message["message_id"], status="queued", error=NotNone())
    assert waiting["error"]["code"] == "190"
    assert "administrator" in waiting["error"]["message"]
    # The whole number waits: nothing is asked of WhatsApp with a token that it does not take.
    other = (await emulated.sara.send(await emulated.sara.chat(HADI), "me too"))["message"]
    await asyncio.sleep(1.5)
    assert statuses_of(sara, other["message_id"]) == ["queued"]
    refused = [one for one in await phones.remote.refused() if one["code"] == 190]
    assert len([one for one in refused if one["phone_number_id"] == emulated.bakery.number.phone_number_id]) == 1


@pytest.mark.parametrize("code", [131026, 131051, 132007, 130472, 368])
async def test_what_is_never_taken_fails_at_once_and_what_may_be_later_waits(
    emulated: Scene, phones: Phones, code: int
) -> None:
    await phones.behave(sends=[{"ending": "refuse", "code": code, "times": None}])
    await phones.write("hello")
    sara = await emulated.watch(emulated.sara)
    message = await reply(emulated.sara, "not taken")
    status_then = "queued" if code == 368 else "failed"
    shown = await sara.until_message(message["message_id"], status=status_then, error=NotNone())
    assert shown["error"]["code"] == str(code)
    assert await phones.accepted() == []


async def test_the_same_client_message_id_is_one_message(emulated: Scene, phones: Phones) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    asked = [emulated.sara.send(chat, "only once", client_message_id="draft-1") for _ in range(6)]
    answers = await asyncio.gather(*asked)
    again = await emulated.sara.send(chat, "only once", client_message_id="draft-1")
    assert {answer["message"]["message_id"] for answer in [*answers, again]} == {again["message"]["message_id"]}
    sara = await emulated.watch(emulated.sara)
    if again["message"]["status"] != "delivered":
        await sara.until_message(again["message"]["message_id"], status="delivered")
    assert contents(await emulated.sara.whole_history(chat)) == ["hello", "only once"]
    assert await phones.words_accepted() == ["only once"]

    await phones.write("hello too", HADI)
    refused = await emulated.sara.send(await emulated.sara.chat(HADI), "x", expect=409, client_message_id="draft-1")
    assert refused["code"] == "client_message_id_used"
    assert (await emulated.sara.chat(HADI))["message_count"] == 1


async def test_replies_leave_in_the_order_they_were_written(emulated: Scene, phones: Phones) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    words = [f"part {place}" for place in range(12)]
    for place, part in enumerate(words):
        await (emulated.sara, emulated.omar)[place % 2].send(chat, part)
    await phones.remote.until_accepted(len(await phones.accepted()))
    async with asyncio.timeout(30):
        while len(await phones.accepted()) < len(words):
            await asyncio.sleep(0.05)
    assert await phones.words_accepted() == words
    assert contents(await emulated.sara.whole_history(chat)) == ["hello", *words]


async def test_a_reply_quotes_what_the_customer_wrote(emulated: Scene, phones: Phones) -> None:
    asked = await phones.write("How much?")
    sara = await emulated.watch(emulated.sara)
    message = await reply(emulated.sara, "Five dollars", reply_to=asked)
    await sara.until_message(message["message_id"], status="delivered")
    assert message["reply_preview"]["content"] == "How much?"
    assert (await phones.accepted())[0]["body"]["context"] == {"message_id": asked}
    quoting = await phones.write("Too much", reply_to=(await phones.accepted())[0]["message_id"])
    shown = await sara.until_message(quoting)
    assert shown["reply_to"] == message["message_id"]
    assert shown["reply_preview"]["content"] == "Five dollars"


async def test_the_guard_holds_back_what_was_written_past_somebody(emulated: Scene, phones: Phones) -> None:
    await phones.write("Is it ready?")
    chat = await emulated.sara.chat()
    seen = chat["last_sequence"]
    late = await phones.write("Never mind, I came by.")
    refused = await emulated.sara.send(chat, "Not yet", expect=409, seen_sequence=seen)
    assert (refused["code"], contents(refused["newer"])) == ("newer_message", ["Never mind, I came by."])
    assert refused["newer"][0]["message_id"] == late
    assert refused["last_sequence"] > seen
    assert await phones.accepted() == []
    await emulated.sara.send(chat, "Good", seen_sequence=refused["last_sequence"])
    again = await emulated.omar.send(chat, "Mine too", expect=409, seen_sequence=refused["last_sequence"])
    assert contents(again["newer"]) == ["Good"]
    await emulated.sara.send(chat, "And more", seen_sequence=refused["last_sequence"])  # Her own words are no news.
    await emulated.omar.send(chat, "Anyway", seen_sequence=seen, force=True)
    shown = contents(await emulated.sara.whole_history(chat))
    assert shown == ["Is it ready?", "Never mind, I came by.", "Good", "And more", "Anyway"]


async def test_a_guard_at_the_same_moment_lets_one_through(emulated: Scene, phones: Phones) -> None:
    await phones.write("Who answers?")
    chat = await emulated.sara.chat()

    async def answer(operator: Operator) -> bool:
        asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"], "message": operator.name}
        path = "/api/live-chat/send-message"
        asked["seen_sequence"] = chat["last_sequence"]
        response = await emulated.outside.client.post(path, json=asked, headers=operator.headers)
        return response.status_code == 200

    won = await asyncio.gather(*(answer(operator) for operator in (emulated.sara, emulated.omar)))
    assert sorted(won) == [False, True]
    assert len(await emulated.sara.whole_history(chat)) == 2


async def test_a_foreign_garage_cannot_answer_for_the_bakery(emulated: Scene, phones: Phones) -> None:
    await phones.write("hello")
    refused = await emulated.karim.send(await emulated.sara.chat(), "we repair cars", expect=404)
    assert refused["code"] == "not_found"
    assert (await emulated.sara.chat(RANA))["message_count"] == 1
