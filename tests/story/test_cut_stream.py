"""The stream is cut and comes back with everything in between, however the client says where it was."""

import asyncio

import pytest

from story.people import contents
from story.scene import Scene
from story.watcher import StreamRefused, Wire
from story.wire import HADI, RANA, text

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("by", ["header", "query", "both"])
async def test_everything_in_between_comes(scene: Scene, by: str) -> None:
    await scene.outside.say(scene.bakery, RANA, "before")
    sara = await scene.watch(scene.sara)
    await scene.outside.say(scene.bakery, RANA, "seen")
    await sara.until_sequence(3)
    await sara.cut()
    await scene.outside.say(scene.bakery, RANA, "missed 1", "missed 2")
    await scene.outside.say(scene.bakery, HADI, "missed 3")
    await scene.sara.move("takeover", await scene.sara.chat())
    await sara.open(by=by)
    await scene.outside.say(scene.bakery, HADI, "after")
    await sara.until_sequence(9)
    assert contents(sara.arrivals()) == ["seen", "missed 1", "missed 2", "missed 3", "after"]
    kinds = [frame.kind for frame in sara.events]
    assert kinds[1:] == ["new_message"] * 2 + ["new_conversation", "new_message", "conversation_updated", "new_message"]
    assert sum(frame.kind == "conversations" for frame in sara.frames) == 1
    sara.check()


async def test_cut_at_every_moment_of_a_busy_minute(scene: Scene) -> None:
    """Two watchers are cut over and over, one while many others are served from memory, and miss nothing."""
    steady = await scene.watch(scene.sara)
    restless = await scene.watch(scene.omar)
    poll = asyncio.create_task(poll_until(scene, steady.cursor or "", 121))
    for place in range(40):
        if place % 4 == 0:
            await restless.cut()
        await scene.outside.say(scene.bakery, RANA, *(f"{place}.{part}" for part in range(3)))
        if place % 4 == 3:
            await restless.open(by=("header", "query", "both")[place % 3])
    for watcher in (steady, restless):
        await watcher.until_sequence(121)
        watcher.check()
    assert [frame.raw for frame in steady.events] == [frame.raw for frame in restless.events]
    assert [frame.id for frame in steady.events] == await poll


async def poll_until(scene: Scene, cursor: str, sequence: int) -> list[str]:
    """Read the log by long-poll up to a sequence; the events' ids."""
    found: list[str] = []
    while int(cursor.partition("-")[0]) < sequence:
        page = await scene.sara.ask("GET", "/api/live-chat/events/poll", params={"after": cursor, "wait": 5})
        assert page["resync"] is None
        assert page["cursor"] == (page["events"][-1]["id"] if page["events"] else cursor)
        found += [event["id"] for event in page["events"]]
        cursor = page["cursor"]
    return found


async def test_the_poll_tells_the_same_as_the_stream(scene: Scene) -> None:
    sara = await scene.watch(scene.sara)
    cursor = sara.cursor or ""
    await scene.outside.say(scene.bakery, RANA, "one", "two", "three")
    await sara.until_sequence(4)
    page = await scene.sara.ask("GET", "/api/live-chat/events/poll", params={"after": cursor})
    assert [(event["id"], event["event"], event["data"]) for event in page["events"]] == [
        (frame.id, frame.kind, frame.data) for frame in sara.events
    ]
    waiting = asyncio.create_task(
        scene.sara.ask("GET", "/api/live-chat/events/poll", params={"after": page["cursor"], "wait": 20})
    )
    await asyncio.sleep(0.1)
    await scene.outside.say(scene.bakery, RANA, "four")
    async with asyncio.timeout(15):  # Who is not woken hears nothing for twenty seconds.
        assert [event["data"]["message"]["content"] for event in (await waiting)["events"]] == ["four"]
    here = await scene.sara.ask("GET", "/api/live-chat/events/poll")
    assert here["cursor"].startswith("5-")


async def test_a_snapshot_and_the_stream_from_it_leave_no_gap(scene: Scene) -> None:
    begun = asyncio.Event()

    async def write() -> None:
        for place in range(30):
            await scene.outside.say(scene.bakery, RANA, f"word {place}")
            begun.set()

    writing = asyncio.create_task(write())
    await begun.wait()
    chats = await scene.sara.chats()
    page = await scene.sara.history(chats["chats"][0])
    later = await scene.watch(scene.sara, by="query", cursor=page["as_of"])
    await writing
    await later.until_sequence(31)
    shown = contents(page["messages"]) + contents(later.arrivals())
    assert shown == [f"word {place}" for place in range(30)]
    later.check()


async def test_headers_of_the_stream(scene: Scene) -> None:
    wire = await Wire.open(scene.node.port, {**scene.sara.headers, "Accept-Encoding": "gzip, br"})
    wire.cut()
    assert wire.headers["content-type"].startswith("text/event-stream")
    for word in ("no-cache", "no-store", "must-revalidate"):
        assert word in wire.headers["cache-control"]
    assert wire.headers["pragma"] == "no-cache"
    assert wire.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in wire.headers


async def test_heartbeats_move_nobody_past_what_they_saw(scene: Scene) -> None:
    sara = await scene.watch(scene.sara)
    await scene.outside.say(scene.bakery, RANA, "hi")
    await sara.until(lambda: sum(frame.kind == "heartbeat" for frame in sara.frames) >= 2)
    covered = 0
    for frame in sara.frames:
        if frame.kind == "heartbeat":
            data = frame.data
            assert data["sequence"] == data["previous"] == covered
            assert frame.id == f"{covered}-{data['tag']}"
        elif frame.id is not None:
            covered = int(frame.id.partition("-")[0])
    assert covered == 2


async def test_a_session_that_ends_closes_its_stream(scene: Scene) -> None:
    omar = await scene.watch(scene.omar)
    await scene.omar.ask("DELETE", "/api/session")
    await omar.ended()
    with pytest.raises(StreamRefused) as refused:
        await omar.open()
    assert refused.value.status == 401


async def test_a_late_message_never_stands_above_an_answer(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "first", at=0)
    await scene.outside.say(scene.bakery, RANA, "second", at=50)
    sara = await scene.watch(scene.sara)
    chat = await scene.sara.chat()
    await scene.sara.send(chat, "the answer")
    late = text(RANA, "late", at=10)
    await scene.outside.tell(scene.bakery.number, scene.bakery.number.said([late], RANA))
    await scene.sara.send(chat, "another answer")
    await sara.until_message(str(late["id"]))
    shown = sorted(sara.messages().values(), key=lambda message: (message["clock"], message["sequence"]))
    assert contents(shown) == ["the answer", "late", "another answer"]
    assert contents(await scene.sara.whole_history(chat)) == ["first", "second", *contents(shown)]
