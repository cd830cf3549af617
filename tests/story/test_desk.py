"""Who answers whom: taking over, giving back, ending, the waiting queue, and what each operator has read."""

import pytest

from story.people import Operator
from story.scene import Scene
from story.wire import HADI, NOUR, RANA, JsonObject

pytestmark = pytest.mark.anyio


async def test_taken_given_back_ended_and_opened_again(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "hello")
    chat = await scene.sara.chat()
    assert (chat["status"], chat["operator_id"], chat["handover_epoch"]) == ("waiting_human", None, 0)
    omar = await scene.watch(scene.omar)
    moves = [
        (scene.sara, "takeover", "human", scene.sara.id),
        (scene.omar, "takeover", "human", scene.omar.id),
        (scene.omar, "release", "bot", None),
        (scene.sara, "end-conversation", "resolved", None),
    ]
    for epoch, (operator, call, status, holder) in enumerate(moves, 1):
        answer = await operator.move(call, chat)
        assert (answer["status"], answer["operator_id"]) == (status, holder)
        assert answer["conversation"]["handover_epoch"] == epoch
        again = await operator.move(call, chat)
        assert again["conversation"]["version"] == answer["conversation"]["version"]
        await omar.until(lambda done=epoch: len(omar.events) == done)  # type: ignore[misc]
        shown = omar.events[-1].data["conversation"]
        assert (shown["status"], shown["operator_id"], shown["version"]) == (
            status,
            holder,
            answer["conversation"]["version"],
        )
        assert shown["operator_name"] == (operator.name if holder else None)
    assert [frame.data["changed"] for frame in omar.events] == ["status", "operator", "status", "status"]
    assert (await scene.sara.chat())["is_live"] is False

    await scene.outside.say(scene.bakery, RANA, "one more thing")
    chat = await scene.sara.chat()
    assert (chat["status"], chat["is_live"]) == ("waiting_human", True)
    assert chat["waiting_since"] is not None
    omar.check()


async def test_a_reply_takes_what_nobody_holds_and_nothing_from_a_colleague(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "hello")
    chat = await scene.sara.chat()
    await scene.sara.send(chat, "I am here")
    assert (await scene.omar.chat())["operator_id"] == scene.sara.id
    await scene.omar.send(chat, "and so am I")
    assert (await scene.omar.chat())["operator_id"] == scene.sara.id


async def test_the_queue_is_served_by_who_waits_longest(scene: Scene) -> None:
    for person in (RANA, HADI, NOUR):
        await scene.outside.say(scene.bakery, person, "hello")
    await scene.outside.say(scene.bakery, RANA, "are you there?")  # Writing again neither loses nor wins a place.

    async def queue() -> list[str]:
        return [chat["user_name"] for chat in await scene.omar.queue()]

    assert await queue() == ["Rana", "Hadi", "Nour"]
    await scene.sara.move("takeover", await scene.sara.chat(HADI))
    assert await queue() == ["Rana", "Nour"]
    await scene.sara.move("end-conversation", await scene.sara.chat(RANA))
    assert await queue() == ["Nour"]
    await scene.outside.say(scene.bakery, RANA, "back again")
    assert await queue() == ["Nour", "Rana"]
    assert await scene.karim.queue() == []
    figures = (await scene.sara.ask("GET", "/api/live-chat/metrics"))["metrics"]
    assert (figures["waiting_conversations"], figures["human_conversations"]) == (2, 1)


async def unread_of(operator: Operator) -> int:
    found: int = (await operator.chat())["unread_count"]
    return found


async def test_each_operator_has_read_for_oneself(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "one", "two", "three")
    chat = await scene.sara.chat()
    messages = await scene.sara.whole_history(chat)
    sara, omar = await scene.watch(scene.sara), await scene.watch(scene.omar)
    answer = await scene.sara.read(chat, messages[1]["sequence"])
    assert answer["unread_count"] == 1
    assert (await unread_of(scene.sara), await unread_of(scene.omar)) == (1, 3)
    for watcher in (sara, omar):  # Her other screens learn of it; his knows that it is not about him.
        await watcher.until_sequence(5)
        read = watcher.events[-1].data["read"]
        assert (read["operator_id"], read["unread_count"]) == (scene.sara.id, 1)

    back = await scene.sara.read(chat, messages[0]["sequence"])
    assert (back["unread_count"], back["sequence"]) == (1, messages[1]["sequence"])
    beyond = await scene.sara.read(chat, 10**9)
    assert beyond["unread_count"] == 0
    await scene.outside.say(scene.bakery, RANA, "four")
    assert (await unread_of(scene.sara), await unread_of(scene.omar)) == (1, 4)
    await scene.sara.send(chat, "an answer")
    assert await unread_of(scene.omar) == 4  # A colleague's answer is nothing unread.


async def test_a_late_message_is_unread_wherever_it_stands(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "one", "two", at=100)
    chat = await scene.sara.chat()
    await scene.sara.read(chat, chat["last_sequence"])
    await scene.outside.say(scene.bakery, RANA, "late", at=5)
    assert await unread_of(scene.sara) == 1
    messages: list[JsonObject] = await scene.sara.whole_history(chat)
    assert messages[0]["content"] == "late"


async def test_a_contact_has_one_page_for_all_conversations(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "hello")
    chat = await scene.sara.chat()
    found = await scene.sara.ask("GET", f"/api/live-chat/client/{chat['user_id']}/conversations")
    assert [row["conversation_id"] for row in found["conversations"]] == [chat["conversation_id"]]
    active = await scene.sara.ask("GET", "/api/live-chat/active-conversations")
    assert [row["conversation_id"] for row in active["conversations"]] == [chat["conversation_id"]]


async def test_who_is_there(scene: Scene) -> None:
    for status in ("busy", "away", "available"):
        answer = await scene.sara.ask("POST", "/api/live-chat/operator-status", json={"status": status})
        assert (answer["operator_id"], answer["status"]) == (scene.sara.id, status)
        session = await scene.sara.ask("GET", "/api/session")
        assert session["operator"]["status"] == status
