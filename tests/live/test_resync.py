"""When continuity cannot be proven the client is told so, with the reason, and goes on without a new stream."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from story.node import Node
from story.people import Outside, contents, open_business
from story.scene import Scene, settings_of
from story.watcher import Watcher
from story.wire import RANA, text
from wasl.domain.events import Cursor
from wasl.memory import open_memory
from wasl.store.database import Connection
from wasl.store.event_log import RenewTags, TrimLog
from wasl.store.journal import change_of
from wasl.store.open import DATABASE_FILE

pytestmark = pytest.mark.anyio


async def goes_on(scene: Scene, watcher: Watcher, reason: str, head: int, words: str) -> None:
    """The watcher was told to fetch again, once, and sees what comes next without a gap."""
    await watcher.until(lambda: watcher.resyncs)
    assert [resync["reason"] for resync in watcher.resyncs] == [reason]
    assert watcher.resyncs[0]["sequence"] == head
    await scene.outside.say(scene.bakery, RANA, words, at=500)
    await watcher.until_sequence(head + 1)
    assert watcher.arrivals()[-1]["content"] == words
    assert (watcher.gaps, watcher.doubles) == ([], [])


async def poll(scene: Scene, cursor: str) -> dict[str, object]:
    return await scene.sara.ask("GET", "/api/live-chat/events/poll", params={"after": cursor})


async def test_trimmed(scene: Scene) -> None:
    cursors = []
    for place in range(12):
        await scene.outside.say(scene.bakery, RANA, f"line {place}")
        cursors.append(str((await scene.sara.chats())["as_of"]))
    async with open_memory(scene.node.settings) as memory:
        await memory.journal.submit(TrimLog(int(scene.bakery.account_id), older_than_ms=1 << 60, kept_min=5))
    for cursor in cursors:
        watcher = await scene.outside.watcher(scene.sara).open(cursor=cursor)
        page = await poll(scene, cursor)
        if int(cursor.partition("-")[0]) < 8:  # Of the thirteen events eight are gone, whose last one is the edge.
            await watcher.until(lambda mine=watcher: mine.resyncs)  # type: ignore[misc]
            assert page["resync"] == watcher.resyncs[0]
            assert watcher.resyncs[0]["reason"] == "trimmed"
        else:
            await watcher.until_sequence(13)
            watcher.check()
            assert page["resync"] is None
    late = await scene.outside.watcher(scene.sara).open(cursor=cursors[0])
    await goes_on(scene, late, "trimmed", 13, "after all")


async def test_a_cursor_that_the_log_never_gave(scene: Scene) -> None:
    await scene.outside.say(scene.bakery, RANA, "one", "two", "three")
    for sequence, reason in ((2, "tag"), (4, "tag"), (40, "ahead")):
        cursor = str(Cursor(sequence, 1))
        watcher = await scene.outside.watcher(scene.sara).open(cursor=cursor)
        await watcher.until(lambda mine=watcher: mine.resyncs)  # type: ignore[misc]
        assert watcher.resyncs[0]["reason"] == reason
        page = await poll(scene, cursor)
        assert page["resync"] == watcher.resyncs[0]
        assert page["events"] == []
    head = int(watcher.resyncs[0]["sequence"])
    await goes_on(scene, watcher, "ahead", head, "four")


async def test_far(scene: Scene) -> None:
    sara = await scene.watch(scene.sara)
    await scene.outside.say(scene.bakery, RANA, "here")
    await sara.until_sequence(2)
    await sara.cut()
    number = scene.bakery.number
    for start in range(0, 5_001, 700):
        messages = [text(RANA, f"{place}", at=1) for place in range(start, min(start + 700, 5_001))]
        await scene.outside.tell(number, number.said(messages, RANA))
    polled = await poll(scene, str(sara.cursor))
    assert polled["resync"] is not None
    await sara.open()
    await goes_on(scene, sara, "far", 5_003, "and on")


async def lose_the_tail(scene: Scene, keep: int) -> None:
    """What an older copy of the database would hold: the log, and nothing else, ends earlier."""
    account = int(scene.bakery.account_id)

    def forget(connection: Connection) -> None:
        connection.run("DELETE FROM events WHERE account_id = ? AND sequence > ?", (account, keep))
        connection.run("DELETE FROM messages WHERE account_id = ? AND sequence > ?", (account, keep))
        [(tag,)] = connection.rows("SELECT tag FROM events WHERE account_id = ? AND sequence = ?", (account, keep))
        sql = "UPDATE account_stream SET head_sequence = ?, head_tag = ? WHERE account_id = ?"
        connection.run(sql, (keep, tag, account))

    async with open_memory(scene.node.settings) as memory:
        await memory.journal.submit(change_of(0, lambda draft: forget(draft.connection)))


async def test_a_lost_tail_is_told_to_open_streams_and_to_who_comes_back(scene: Scene) -> None:
    open_one, gone = await scene.watch(scene.sara), await scene.watch(scene.omar)
    await scene.outside.say(scene.bakery, RANA, *(f"line {place}" for place in range(6)))
    await open_one.until_sequence(7)
    await gone.until_sequence(7)
    await gone.cut()
    await lose_the_tail(scene, keep=4)
    await open_one.until(lambda: open_one.resyncs)
    assert open_one.resyncs == [{"reason": "ahead", "sequence": 4, "tag": open_one.events[3].data["tag"]}]
    await scene.outside.say(scene.bakery, RANA, "other 1", "other 2", "other 3", "other 4", at=50)
    await open_one.until_sequence(8)
    assert contents(open_one.arrivals())[-4:] == ["other 1", "other 2", "other 3", "other 4"]
    assert (await poll(scene, str(gone.cursor)))["resync"] is not None
    await gone.open()
    await gone.until(lambda: gone.resyncs)
    assert gone.resyncs[0]["reason"] == "tag"


async def test_after_wasl_restored_no_cursor_of_before_is_good(scene: Scene) -> None:
    sara = await scene.watch(scene.sara)
    await scene.outside.say(scene.bakery, RANA, *(f"line {place}" for place in range(6)))
    await sara.until_sequence(7)
    before = [str(sara.frames[0].id), *(str(frame.id) for frame in sara.events)]
    account = int(scene.bakery.account_id)
    async with open_memory(scene.node.settings) as memory:
        after: int | None = 0
        while after is not None:
            after = await memory.journal.submit(RenewTags(account, shift=2**31 - 1, after=after, events_max=3))
    await sara.until(lambda: sara.resyncs)
    assert [resync["reason"] for resync in sara.resyncs] == ["tag"]
    for cursor in before:
        assert (await poll(scene, cursor))["resync"] == sara.resyncs[0]
    await goes_on(scene, sara, "tag", 7, "and on")
    again = await scene.outside.watcher(scene.omar).open(cursor=str(Cursor(7, int(sara.resyncs[0]["tag"], 16))))
    await again.until_sequence(8)
    again.check()


async def test_a_lost_tail_is_told_to_a_poll_that_waits(scene: Scene) -> None:
    sara = await scene.watch(scene.sara)
    await scene.outside.say(scene.bakery, RANA, *(f"line {place}" for place in range(6)))
    await sara.until_sequence(7)
    query = {"after": str(sara.cursor), "wait": 10}
    waiting = asyncio.create_task(scene.sara.ask("GET", "/api/live-chat/events/poll", params=query))
    await asyncio.sleep(0.1)
    await lose_the_tail(scene, keep=4)
    await sara.until(lambda: sara.resyncs)
    await scene.outside.say(scene.bakery, RANA, "other 1", "other 2", "other 3", "other 4", at=50)
    page = await waiting
    assert page["events"] == []
    assert page["resync"]["reason"] in ("ahead", "tag")


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Node]:
    node = Node(settings_of(tmp_path), tmp_path / "server.log", WASL_HEARTBEAT_SECONDS="0.5")
    node.start()
    yield node
    node.kill()


@pytest.fixture
async def beside(mortal: Node) -> AsyncIterator[Outside]:
    outside = Outside(mortal)
    yield outside
    await outside.close()


def copy_database(source: Path, target: Path) -> None:
    """Copy a live database as a backup tool does, page by page."""
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        old.backup(new)


async def test_an_older_copy_is_restored_while_a_stream_is_open(mortal: Node, beside: Outside, tmp_path: Path) -> None:
    database, kept, outside = tmp_path / DATABASE_FILE, tmp_path / "backup.db", beside
    bakery = await open_business(mortal.settings, "Cedar Bakery", "Sara")
    sara = await outside.sign_in(bakery.operators[0])
    watcher = await outside.watcher(sara).open()
    await outside.say(bakery, RANA, "one", "two")
    copy_database(database, kept)
    await outside.say(bakery, RANA, "three", "four")
    await watcher.until_sequence(5)
    copy_database(kept, database)
    await watcher.until(lambda: watcher.resyncs)
    assert watcher.resyncs[0]["reason"] == "ahead"
    assert watcher.resyncs[0]["sequence"] == 3
    [chat] = (await sara.chats())["chats"]
    assert contents(await sara.whole_history(chat)) == ["one", "two"]
    await outside.say(bakery, RANA, "three again", "four again")
    await watcher.until_sequence(5)
    assert contents(watcher.arrivals()) == ["one", "two", "three", "four", "three again", "four again"]
    assert contents(await sara.whole_history(chat)) == ["one", "two", "three again", "four again"]
    [chat] = (await sara.chats())["chats"]
    assert chat["last_message"]["content"] == "four again"
    assert chat["message_count"] == 4


async def test_a_page_of_the_list_from_before_a_restore_is_not_shown_after_it(
    mortal: Node, beside: Outside, tmp_path: Path
) -> None:
    database, kept = tmp_path / DATABASE_FILE, tmp_path / "backup.db"
    bakery = await open_business(mortal.settings, "Cedar Bakery", "Sara")
    sara = await beside.sign_in(bakery.operators[0])
    watcher = await beside.watcher(sara).open()
    await beside.say(bakery, RANA, "one", "two")
    copy_database(database, kept)
    await beside.say(bakery, RANA, "three", "four")
    await watcher.until_sequence(5)
    assert (await sara.chats())["chats"][0]["last_message"]["content"] == "four"
    copy_database(kept, database)
    await watcher.until(lambda: watcher.resyncs)
    await beside.say(bakery, RANA, "three again", "four again")
    await watcher.until_sequence(5)
    assert (await sara.chats())["chats"][0]["last_message"]["content"] == "four again"


async def test_the_very_first_cursor_resumes_when_memory_no_longer_reaches_back(mortal: Node, beside: Outside) -> None:
    bakery = await open_business(mortal.settings, "Cedar Bakery", "Sara")
    sara = await beside.sign_in(bakery.operators[0])
    watcher = await beside.watcher(sara).open()
    await watcher.cut()
    await beside.say(bakery, RANA, "one", "two")
    mortal.kill()
    mortal.start()
    await watcher.open()
    await watcher.until_sequence(3)
    watcher.check()
