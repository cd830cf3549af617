"""Who is there, where they look and that they type: told to the account's screens in passing, and written nowhere."""

import asyncio
from time import monotonic

import pytest

from story.passing import tell_typing, tell_viewing, there, told, typing
from story.scene import Scene
from story.watcher import Watcher
from story.wire import RANA, JsonObject
from tables import row_counts
from wasl.limits import PRESENCE_GRACE_SECONDS, WHISPERS_BURST, WHISPERS_PER_SECOND
from wasl.memory import open_memory
from wasl.store.database import Connection

pytestmark = pytest.mark.anyio


@pytest.fixture
async def chat(scene: Scene) -> JsonObject:
    """A conversation of Cedar Bakery."""
    await scene.outside.say(scene.bakery, RANA, "hello")
    return await scene.sara.chat()


async def until_there(watcher: Watcher, expected: dict[str, str | None], within_seconds: float = 30.0) -> None:
    await watcher.until(lambda: there(watcher) == expected, within_seconds)


async def test_two_colleagues_see_each_other_come_look_type_and_leave(scene: Scene, chat: JsonObject) -> None:
    sara = await scene.watch(scene.sara)
    await until_there(sara, {"Sara": None})
    omar = await scene.watch(scene.omar)
    await until_there(sara, {"Sara": None, "Omar": None})
    await until_there(omar, {"Sara": None, "Omar": None})

    assert await tell_viewing(scene.omar, chat) == {"success": True, "conversation_id": chat["conversation_id"]}
    for watcher in (sara, omar):
        await until_there(watcher, {"Sara": None, "Omar": chat["conversation_id"]})
    await tell_typing(scene.omar, chat)
    answer = await tell_typing(scene.omar, chat, False)
    assert answer == {"success": True, "conversation_id": chat["conversation_id"], "typing": False}
    for watcher in (sara, omar):  # Every screen of the account, the typist's own too, who leaves it out.
        await watcher.until(lambda heard=watcher: typing(heard) == [("Omar", True), ("Omar", False)])  # type: ignore[misc]
    assert told(sara, "typing")[0] == {
        "conversation_id": chat["conversation_id"],
        "operator_id": scene.omar.id,
        "name": "Omar",
        "typing": True,
    }

    await tell_viewing(scene.omar, None)
    await until_there(sara, {"Sara": None, "Omar": None})
    await omar.cut()
    await until_there(sara, {"Sara": None}, PRESENCE_GRACE_SECONDS + 30)
    sara.check()


async def test_whoever_comes_later_or_again_is_told_everything(scene: Scene, chat: JsonObject) -> None:
    omar = await scene.watch(scene.omar)
    await tell_viewing(scene.omar, chat)
    await until_there(omar, {"Omar": chat["conversation_id"]})
    sara = await scene.watch(scene.sara)
    await sara.until(lambda: told(sara, "presence"))
    # After `connected`, which every stream begins with; and before anything changes.
    kinds = [frame.kind for frame in sara.frames]
    assert kinds.index("connected") < kinds.index("presence")
    first = told(sara, "presence")[0]
    assert first["whole"]
    assert [(face["name"], face["conversation_id"]) for face in first["operators"]] == [
        ("Omar", chat["conversation_id"])
    ]

    await sara.cut()
    await tell_viewing(scene.omar, None)
    told_before = len(told(sara, "presence"))
    await sara.open(by="both")
    await sara.until(lambda: len(told(sara, "presence")) > told_before)
    assert told(sara, "presence")[told_before]["whole"]
    await until_there(sara, {"Sara": None, "Omar": None})
    sara.check()


async def test_a_status_is_told_to_the_colleagues(scene: Scene) -> None:
    sara = await scene.watch(scene.sara)
    await scene.watch(scene.omar)
    await until_there(sara, {"Sara": None, "Omar": None})
    await scene.omar.ask("POST", "/api/live-chat/operator-status", json={"status": "away"})

    def is_away() -> bool:
        faces = [face for data in told(sara, "presence") for face in data["operators"] if face["name"] == "Omar"]
        return bool(faces[-1]["status"] == "away")

    await sara.until(is_away)


async def test_another_account_sees_nothing_and_reaches_nothing(scene: Scene, chat: JsonObject) -> None:
    karim = await scene.watch(scene.karim)
    sara = await scene.watch(scene.sara)
    await tell_viewing(scene.sara, chat)
    await tell_typing(scene.sara, chat)
    unknown = {**chat, "conversation_id": chat["conversation_id"] + "9"}
    for call in (tell_typing(scene.karim, chat, expect=404), tell_typing(scene.karim, unknown, expect=404)):
        assert await call == {"success": False, "error": "There is no such conversation.", "code": "not_found"}
    for call in (tell_viewing(scene.karim, chat, expect=404), tell_viewing(scene.sara, unknown, expect=404)):
        assert (await call)["code"] == "not_found"
    await tell_typing(scene.sara, {**chat, "user_id": "999999"}, expect=404)
    await sara.until(lambda: typing(sara) == [("Sara", True)])
    await until_there(karim, {"Karim": None})
    await asyncio.sleep(0.3)
    assert typing(karim) == []
    names = {face["name"] for data in told(karim, "presence") for face in data["operators"]}
    assert names == {"Karim"}


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("typing", {}),
        ("typing", {"conversation_id": "c", "user_id": "1"}),
        ("typing", {"conversation_id": "c", "user_id": "1", "typing": "perhaps"}),
        ("typing", {"conversation_id": "c\x00", "user_id": "1", "typing": True}),
        ("typing", {"conversation_id": "x" * 600, "user_id": "1", "typing": True}),
        ("typing", ["typing"]),
        ("viewing", {}),
        ("viewing", {"conversation_id": 7}),
        ("viewing", {"conversation_id": ""}),
        ("viewing", None),
    ],
)
async def test_garbage_is_refused_with_a_word(scene: Scene, call: str, body: object) -> None:
    answer = await scene.sara.ask("POST", f"/api/live-chat/{call}", 422, json=body)
    assert answer["code"] == "invalid_request"


async def test_nobody_says_anything_without_a_session(scene: Scene, chat: JsonObject) -> None:
    for call, body in (("typing", {**chat, "typing": True}), ("viewing", {"conversation_id": None})):
        answer = await scene.outside.client.post(f"/api/live-chat/{call}", json=body)
        assert answer.status_code == 401


async def test_of_a_flood_little_is_passed_on_and_nothing_is_refused(scene: Scene, chat: JsonObject) -> None:
    sara = await scene.watch(scene.sara)
    began = monotonic()
    for turn in range(10):
        await asyncio.gather(
            *(tell_typing(scene.omar, chat, number % 2 == 0) for number in range(20)),
            *(tell_viewing(scene.omar, chat if number % 2 else None) for number in range(20)),
        )
        await asyncio.sleep(0.05 * (turn == 9))
    await tell_typing(scene.omar, chat, False)
    await sara.until(lambda: typing(sara)[-1:] == [("Omar", False)])
    await asyncio.sleep(1.5)
    seconds = monotonic() - began
    assert len(typing(sara)) <= WHISPERS_BURST + WHISPERS_PER_SECOND * seconds + 1
    await sara.until(lambda: typing(sara)[-1] == ("Omar", False))
    sara.check()


async def test_nothing_of_it_is_written(scene: Scene, chat: JsonObject) -> None:
    sara = await scene.watch(scene.sara)
    omar = await scene.watch(scene.omar)
    await until_there(sara, {"Sara": None, "Omar": None})
    async with open_memory(scene.node.settings) as memory:
        before = await memory.database.read(_kept)
        for operator in (scene.sara, scene.omar):
            await tell_viewing(operator, chat)
            await tell_typing(operator, chat)
            await tell_typing(operator, chat, False)
            await tell_viewing(operator, None)
        await sara.until(lambda: len(typing(sara)) == 4)
        await until_there(omar, {"Sara": None, "Omar": None})
        assert await memory.database.read(_kept) == before
    page = await scene.sara.chats()
    assert page["as_of"] == sara.cursor
    assert sara.events == omar.events == []


def _kept(connection: Connection) -> dict[str, int]:
    # One row of a conversation says when its customer was last told, so that two nodes do not tell them twice.
    return {table: rows for table, rows in row_counts(connection).items() if table != "signals"}
