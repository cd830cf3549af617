"""Edits, deletions, reactions, quotations, echoes of the business's own phone and its history, by real webhooks."""

import pytest

from story.people import contents
from story.phone import Phones
from story.scene import Scene
from story.wire import NOON, RANA, Customer, JsonObject, envelope, status, text

pytestmark = pytest.mark.anyio


async def test_an_edit_a_reaction_and_a_deletion(emulated: Scene, phones: Phones) -> None:
    message_id = await phones.write("helo")
    sara = await emulated.watch(emulated.sara)
    await phones.send("edit", message_id=message_id, text="hello")
    edited = await sara.until_message(message_id, content="hello")
    assert edited["edited_at"] is not None
    await phones.send("reaction", message_id=message_id, emoji="🌲")
    await sara.until(lambda: sara.messages()[message_id]["reactions"])
    assert [(found["emoji"], found["from"]) for found in sara.messages()[message_id]["reactions"]] == [("🌲", "user")]
    await phones.send("reaction", message_id=message_id, emoji="")
    await sara.until(lambda: not sara.messages()[message_id]["reactions"])
    await phones.send("revoke", message_id=message_id)
    gone = await sara.until_message(message_id, content="")
    assert gone["deleted_at"] is not None
    assert [frame.data["changed"] for frame in sara.events] == ["edit", "reaction", "reaction", "deletion"]
    sara.check()
    assert await emulated.sara.whole_history(await emulated.sara.chat()) == [gone]


async def test_each_of_them_delivered_twice_happens_once(emulated: Scene, phones: Phones) -> None:
    await phones.behave(duplicate=3)
    message_id = await phones.write("helo")
    sara = await emulated.watch(emulated.sara)
    await phones.send("edit", message_id=message_id, text="hello")
    await phones.send("reaction", message_id=message_id, emoji="🌲")
    await phones.send("revoke", message_id=message_id)
    await phones.remote.until_quiet(30.0)
    assert [frame.data["changed"] for frame in sara.events] == ["edit", "reaction", "deletion"]


async def test_news_of_a_message_that_comes_before_it(scene: Scene) -> None:
    """Parked, and applied as soon as the message is there, in the order that their times say."""
    number, message_id = scene.bakery.number, "wamid.late.one"
    about = {"from": RANA.phone, "timestamp": str(NOON + 5)}
    words = {"message": {"type": "text", "text": {"body": "corrected"}}}
    edit = about | {"id": "wamid.e", "type": "edit", "edit": {"original_message_id": message_id, **words}}
    reaction = about | {"id": "wamid.r", "type": "reaction", "reaction": {"message_id": message_id, "emoji": "🌲"}}
    aside = scene.node.ledger()["set_aside"]
    for _ in range(2):
        await scene.outside.tell(number, number.said([reaction, edit], RANA))
    assert scene.node.ledger()["set_aside"] == aside + 2
    await scene.outside.tell(number, number.said([text(RANA, "wrong", message_id=message_id)], RANA))
    [message] = await scene.sara.whole_history(await scene.sara.chat())
    assert (message["content"], message["reactions"][0]["emoji"]) == ("corrected", "🌲")
    assert scene.node.ledger()["set_aside"] == aside
    scene.node.check_ledger()


async def test_news_of_a_message_that_stands_before_it_in_the_same_body(scene: Scene) -> None:
    number, message_id = scene.bakery.number, "wamid.same.body"
    about = {"from": RANA.phone, "timestamp": str(NOON + 5)}
    reaction = about | {"id": "wamid.sr", "type": "reaction", "reaction": {"message_id": message_id, "emoji": "🌲"}}
    aside = scene.node.ledger()["set_aside"]
    await scene.outside.tell(number, number.said([reaction, text(RANA, "hello", message_id=message_id)], RANA))
    [message] = await scene.sara.whole_history(await scene.sara.chat())
    assert [found["emoji"] for found in message["reactions"]] == ["🌲"]
    assert scene.node.ledger()["set_aside"] == aside
    scene.node.check_ledger()


async def test_a_customer_quotes(emulated: Scene, phones: Phones) -> None:
    first = await phones.write("Do you have manakish?")
    second = await phones.write("this one", reply_to=first)
    [_, quoting] = await emulated.sara.whole_history(await emulated.sara.chat())
    assert (quoting["message_id"], quoting["reply_to"]) == (second, first)
    assert quoting["reply_preview"]["content"] == "Do you have manakish?"


async def test_an_echo_is_an_answer_and_counts_as_one(emulated: Scene, phones: Phones) -> None:
    await phones.write("hello", timestamp=NOON + 50)
    sara = await emulated.watch(emulated.sara)
    echo = await phones.send("text", text="from the shop's own phone", echo=True, timestamp=NOON)
    shown = await sara.until_message(echo)
    assert (shown["role"], shown["handled_by"], shown["origin"]) == ("operator", "phone", "echo")
    assert (shown["is_user"], shown["status"]) == (False, "sent")
    late = await phones.write("late", timestamp=NOON + 1)
    await sara.until_message(late)
    chat = await emulated.sara.chat()
    assert contents(await emulated.sara.whole_history(chat)) == ["hello", "from the shop's own phone", "late"]
    assert (chat["message_count"], chat["inbound_count"]) == (3, 2)


def history(scene: Scene, person: Customer, lines: list[tuple[str, bool, int]]) -> bytes:
    """A chunk of the past: what was said, whether the business said it, and when, in seconds before noon."""
    number = scene.bakery.number
    messages: list[JsonObject] = []
    for place, (words, ours, before) in enumerate(lines):
        ends = {"from": number.display, "to": person.phone} if ours else {"from": person.phone}
        about = {"id": f"wamid.past.{place}", "timestamp": str(NOON - before), "type": "text", "text": {"body": words}}
        messages.append(ends | about | {"history_context": {"status": "READ"}})
    chunk = {"metadata": {"phase": 0, "chunk_order": 1, "progress": 100}}
    chunk["threads"] = [{"id": person.phone, "messages": messages}]  # type: ignore[assignment]
    return envelope({"field": "history", "value": number.value(history=[chunk])})


async def test_the_past_stands_before_the_present_and_is_no_news(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "now", at=0)
    chat = await scene.sara.chat()
    await scene.sara.read(chat, chat["last_sequence"])
    past = [("long ago", False, 5_000), ("an old answer", True, 4_000), ("clock gone wrong", False, -9_000)]
    for _ in range(2):
        assert (await scene.outside.deliver(scene.bakery.number, history(scene, RANA, past))).status_code == 200
    after = await scene.sara.chat()
    shown = contents(await scene.sara.whole_history(chat))
    assert shown == ["long ago", "an old answer", "clock gone wrong", "now"]
    assert (after["unread_count"], after["message_count"]) == (0, 4)
    assert (after["last_sequence"], after["last_message"]["content"]) == (chat["last_sequence"], "now")


async def test_statuses_of_messages_that_nobody_knows_wait(scene: Scene) -> None:
    number = scene.bakery.number
    aside = scene.node.ledger()["set_aside"]
    report = status("wamid.unknown.one", "delivered")
    for _ in range(3):
        await scene.outside.tell(number, number.told([report]))
    assert scene.node.ledger()["set_aside"] == aside + 1
    echo = {"from": number.display, "to": RANA.phone, "id": "wamid.unknown.one", "timestamp": str(NOON)}
    echo |= {"type": "text", "text": {"body": "by phone"}}  # type: ignore[dict-item]
    echoes = {"field": "smb_message_echoes", "value": number.value(message_echoes=[echo])}
    await scene.outside.tell(number, echoes)
    [message] = await scene.sara.whole_history(await scene.sara.chat())
    assert (message["content"], message["status"]) == ("by phone", "delivered")
    assert scene.node.ledger()["set_aside"] == aside
