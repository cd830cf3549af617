"""Loading more, of a conversation or of the list, while new messages arrive: nothing reordered, dropped or doubled."""

import asyncio

import pytest

from story.people import contents
from story.scene import Scene
from story.wire import NOON, RANA, Customer, JsonObject, text

pytestmark = pytest.mark.anyio


async def fill(scene: Scene, count: int) -> list[str]:
    number = scene.bakery.number
    messages = [text(RANA, f"line {place}", at=place // 3) for place in range(count)]
    await scene.outside.tell(number, number.said(messages, RANA))
    return contents([{"content": message["text"]["body"]} for message in messages])


async def test_sixty_and_more_messages_page_by_page(scene: Scene) -> None:
    words = await fill(scene, 65)
    chat = await scene.sara.chat()
    for limit in (1, 7, 30, 64, 65, 100):
        history = await scene.sara.whole_history(chat, limit)
        assert contents(history) == words
    assert history == sorted(history, key=lambda message: (message["clock"], message["sequence"]))


@pytest.mark.parametrize("limit", [5, 20])
async def test_pages_and_events_are_the_whole_history(scene: Scene, limit: int) -> None:
    words = await fill(scene, 70)
    sara = await scene.watch(scene.sara)
    chat = await scene.sara.chat()
    newest = await scene.sara.history(chat, limit=limit)
    seen: dict[str, JsonObject] = {message["message_id"]: message for message in newest["messages"]}
    loaded, before = list(newest["messages"]), newest["next_before"]
    place = 0
    while before is not None:
        await scene.outside.say(scene.bakery, RANA, f"new {place}", at=100 + place)
        place += 1
        page = await scene.sara.history(chat, limit=limit, before=before)
        assert not seen.keys() & {message["message_id"] for message in page["messages"]}
        seen |= {message["message_id"]: message for message in page["messages"]}
        loaded[:0] = page["messages"]
        before = page["next_before"]
    assert contents(loaded) == words

    chat = await scene.sara.chat()
    await sara.until_sequence(chat["version"])
    sara.check()
    seen |= {message["message_id"]: message for message in sara.arrivals()}
    shown = sorted(seen.values(), key=lambda message: (message["clock"], message["sequence"]))
    assert contents(shown) == words + [f"new {number}" for number in range(place)]
    assert shown == await scene.sara.whole_history(chat)


async def test_a_late_message_is_inserted_where_it_belongs_and_moves_nothing(scene: Scene) -> None:
    await fill(scene, 30)
    chat = await scene.sara.chat()
    before = [message["message_id"] for message in await scene.sara.whole_history(chat)]
    [late] = await scene.outside.say(scene.bakery, RANA, "late", at=2)
    after = [message["message_id"] for message in await scene.sara.whole_history(chat, limit=4)]
    assert after.index(late) == 9  # Behind the three of its second.
    assert [message_id for message_id in after if message_id != late] == before


async def test_the_list_is_walked_while_conversations_rise(scene: Scene) -> None:
    number = scene.bakery.number
    people = [Customer(f"Guest {place}", f"96170{place:06d}") for place in range(75)]
    for start in range(0, 75, 25):
        batch = people[start : start + 25]
        await scene.outside.tell(number, number.said([text(person, "marhaba") for person in batch], *batch))
    sara = await scene.watch(scene.sara)
    page = await scene.sara.chats(page_size=10)
    rows: dict[str, JsonObject] = {}
    rising = iter(people)
    while True:
        for chat in page["chats"]:
            assert chat["conversation_id"] not in rows
            rows[chat["conversation_id"]] = chat
        sequences = [chat["last_sequence"] for chat in page["chats"]]
        assert sequences == sorted(sequences, reverse=True)
        if not page["has_more"]:
            break
        await scene.outside.say(scene.bakery, next(rising), "again")
        people.append(Customer("Late", f"96171{len(people):06d}"))
        await scene.outside.say(scene.bakery, people[-1], "new here")
        page = await scene.sara.chats(page_size=10, cursor=page["next_cursor"])

    fresh = await scene.sara.chats(page_size=100)
    await sara.until_sequence(int(fresh["as_of"].partition("-")[0]))
    for frame in sara.events:
        row = frame.data.get("conversation")
        if row and row["version"] > rows.get(row["conversation_id"], {"version": 0})["version"]:
            rows[row["conversation_id"]] = row
    shown = sorted(rows.values(), key=lambda row: -row["last_sequence"])
    assert [row["conversation_id"] for row in shown] == [row["conversation_id"] for row in fresh["chats"]]
    assert [row["version"] for row in shown] == [row["version"] for row in fresh["chats"]]
    assert fresh["total"] == len(rows) == len(people) > 75


async def test_a_page_of_an_instant_and_of_days(scene: Scene) -> None:
    await fill(scene, 9)
    chat = await scene.sara.chat()
    page = await scene.sara.history(chat, before="2026-09-21T14:13:22Z")
    assert {message["clock"] for message in page["messages"]} == {NOON, NOON + 1}
    everything = await scene.sara.history(chat, days=3650)
    assert len(everything["messages"]) == 9


async def test_two_operators_load_at_once_while_customers_write(scene: Scene) -> None:
    await fill(scene, 60)
    chat = await scene.sara.chat()

    async def write() -> None:
        for place in range(12):
            await scene.outside.say(scene.bakery, RANA, f"meanwhile {place}", at=200 + place)

    async def load(operator: int) -> list[str]:
        return contents(await (scene.sara, scene.omar)[operator].whole_history(chat, limit=9))

    _, first, second = await asyncio.gather(write(), load(0), load(1))
    final = contents(await scene.sara.whole_history(chat))
    for seen in (first, second):
        assert seen == final[: len(seen)]
        assert len(seen) >= 60
