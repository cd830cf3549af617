"""Ten quick messages of one second appear once each, in order, everywhere, however often they are delivered."""

import asyncio

import pytest

from story.people import contents
from story.scene import Scene
from story.wire import HADI, RANA, JsonObject, envelope, text

pytestmark = pytest.mark.anyio

QUICK = ["hi", "kifak", "sho", "3amel", "marhaba", "test1", "test2", "test3", "test4", "test5"]


def quick_messages() -> list[JsonObject]:
    return [text(RANA, words) for words in QUICK]


async def bodies_of(scene: Scene, how: str) -> list[bytes]:
    number, messages = scene.bakery.number, quick_messages()
    if how == "one batch":
        return [envelope(number.said(messages, RANA))]
    if how == "ten changes of one body":
        return [envelope(*(number.said([message], RANA) for message in messages))]
    return [envelope(number.said([message], RANA)) for message in messages]


@pytest.mark.parametrize("how", ["ten webhooks", "one batch", "ten changes of one body"])
async def test_each_appears_once_and_in_order(scene: Scene, how: str) -> None:
    sara, before = await scene.watch(scene.sara), scene.node.ledger()
    for body in await bodies_of(scene, how):
        for _ in range(2):
            assert (await scene.outside.deliver(scene.bakery.number, body)).status_code == 200
    counted = {entry: count - before[entry] for entry, count in scene.node.ledger().items()}
    assert counted == {"received": 20, "stored": 10, "duplicates": 10, "quarantined": 0, "set_aside": 0}

    chat = await scene.sara.chat()
    await sara.until_sequence(chat["version"])
    assert contents(sara.arrivals()) == QUICK
    assert [frame.kind for frame in sara.events] == ["new_conversation"] + ["new_message"] * 10
    sara.check()
    history = await scene.sara.history(chat)
    assert contents(history["messages"]) == QUICK
    assert history["messages"] == sara.arrivals()
    assert history["total_messages"] == history["returned_messages"] == 10
    assert (chat["message_count"], chat["unread_count"]) == (10, 10)
    assert chat["last_message"]["content"] == "test5"


async def test_a_reload_changes_nothing(scene: Scene) -> None:
    for body in await bodies_of(scene, "ten webhooks") * 2:
        await scene.outside.deliver(scene.bakery.number, body)
    first, again = await scene.watch(scene.sara), await scene.watch(scene.sara)
    chats, chats_again = await scene.sara.chats(), await scene.sara.chats()
    assert chats == chats_again
    for watcher in (first, again):
        page = watcher.frames[1]
        assert (page.kind, page.id) == ("conversations", chats["as_of"])
        assert page.data["conversations"] == chats["chats"]
    [chat] = chats["chats"]
    history = await scene.sara.history(chat)
    assert contents(history["messages"]) == QUICK
    assert await scene.sara.history(chat) == history
    assert await scene.omar.history(chat) == history


@pytest.mark.parametrize("how", ["ten webhooks", "one batch"])
async def test_deliveries_at_the_same_moment_are_one(scene: Scene, how: str) -> None:
    sara = await scene.watch(scene.sara)
    bodies = await bodies_of(scene, how)
    number = scene.bakery.number
    answers = await asyncio.gather(*(scene.outside.deliver(number, body) for body in bodies * 4))
    assert {answer.status_code for answer in answers} == {200}

    chat = await scene.sara.chat()
    await sara.until_sequence(chat["version"])
    sara.check()
    shown = contents(await scene.sara.whole_history(chat, limit=3))
    assert sorted(shown) == sorted(QUICK)
    assert contents(sorted(sara.arrivals(), key=lambda message: (message["clock"], message["sequence"]))) == shown
    if how == "one batch":
        assert shown == QUICK


async def test_two_customers_of_one_body_do_not_mix(scene: Scene) -> None:
    number = scene.bakery.number
    messages = [text(person, f"{person.name} {place}") for place in range(5) for person in (RANA, HADI)]
    body = envelope(number.said(messages, RANA, HADI))
    await asyncio.gather(*(scene.outside.deliver(number, body) for _ in range(3)))
    for person in (RANA, HADI):
        chat = await scene.sara.chat(person)
        assert contents(await scene.sara.whole_history(chat)) == [f"{person.name} {place}" for place in range(5)]
        assert chat["user_name"] == person.name
