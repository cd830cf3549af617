"""The real JavaScript client meets what it expects of a Socket.IO server, and misses nothing."""

import asyncio

import pytest

from story.javascript import JavaScriptWatcher, require_javascript
from story.scene import Scene
from story.wire import HADI, RANA

pytestmark = pytest.mark.anyio

WAYS = pytest.mark.parametrize(
    "transports", [["websocket"], ["polling"], None], ids=["websocket", "polling", "upgrade"]
)


@pytest.fixture(autouse=True)
def _javascript() -> None:
    require_javascript()


@WAYS
async def test_it_sees_what_the_stream_shows(scene: Scene, transports: list[str] | None) -> None:
    stream = await scene.watch(scene.sara)
    screen = await scene.javascript(scene.omar).connect(transports)
    await screen.until(lambda: screen.cursor)
    if transports is None:
        assert await screen.until_told("upgraded") == "websocket"
    await scene.outside.say(scene.bakery, RANA, "one", "two \U0001f600")
    chat = await scene.sara.chat()
    await scene.sara.move("takeover", chat)
    await scene.sara.send(chat, "مرحبا")
    await stream.until(lambda: any(frame.kind == "message_updated" for frame in stream.events))
    expected = [(frame.kind, frame.data | {"conversationId": frame.data["conversation_id"]}) for frame in stream.events]
    await screen.until(lambda: len(screen.events) >= len(expected))
    screen.check()
    assert [(frame.kind, frame.data) for frame in screen.events][: len(expected)] == expected
    assert [frame.kind for frame in screen.frames][:2] == ["connected", "conversations"]
    name = chat["conversation_id"]
    done = {"success": True, "conversation_id": name, "conversationId": name}
    assert await screen.call("join_conversation", name) == done
    assert await screen.call("leave_conversation", {"conversationId": name}) == done
    assert (await screen.call("join_conversation", "of nobody"))["code"] == "not_found"
    assert (await screen.call("paint_it_black", 1))["code"] == "unknown_event"


@WAYS
async def test_it_returns_by_itself_with_everything_in_between(scene: Scene, transports: list[str] | None) -> None:
    screen = await scene.javascript(scene.sara).connect(transports)
    await screen.until(lambda: screen.cursor)

    async def write() -> None:
        for place in range(60):
            await scene.outside.say(scene.bakery, (RANA, HADI)[place % 2], f"word {place}")

    writing = asyncio.create_task(write())
    for cuts in range(1, 5):
        await screen.command("cut")
        await screen.until_told("connected", lambda told, cuts=cuts: len(told) > cuts)  # type: ignore[misc]
    await writing
    await screen.until_sequence(62)
    screen.check()
    assert [message["content"] for message in screen.arrivals()] == [f"word {place}" for place in range(60)]


async def test_the_upgrade_in_the_middle_of_messages(scene: Scene) -> None:
    stream = await scene.watch(scene.sara)

    async def write() -> None:
        for place in range(150):
            await scene.outside.say(scene.bakery, RANA, f"word {place}")

    writing = asyncio.create_task(write())
    screens: list[JavaScriptWatcher] = []
    for _ in range(3):
        screens.append(await scene.javascript(scene.omar).connect(cursor=stream.cursor))
        await screens[-1].until_told("upgraded")
    await writing
    for screen in screens:
        await screen.until_sequence(151)
        screen.check()


async def test_a_refusal_tells_it_why(scene: Scene) -> None:
    screen = scene.javascript(scene.omar)
    await scene.omar.ask("DELETE", "/api/session")
    await screen.connect()
    refused = await screen.until_told("refused")
    assert refused == {"code": "not_signed_in", "error": "This session was ended; sign in again."}
    other = await scene.javascript(scene.sara).connect(cursor="yesterday")
    assert (await other.until_told("refused"))["code"] == "bad_cursor"


async def test_a_session_that_ends_sends_it_away_for_good(scene: Scene) -> None:
    screen = await scene.javascript(scene.omar).connect()
    await screen.until(lambda: screen.cursor)
    await scene.omar.ask("DELETE", "/api/session")
    assert await screen.until_told("left") == "transport close"
    assert (await screen.until_told("refused"))["code"] == "not_signed_in"
