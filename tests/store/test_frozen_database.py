"""A database that stands still keeps nobody waiting for long, and once it goes on everything goes on by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from arrivals import arrival, said
from cast import Cast
from wasl.domain.events import Event
from wasl.errors import Unavailable
from wasl.observe import Metrics
from wasl.store.database import Connection, Database, Engine
from wasl.store.journal import Journal
from wasl.torture.servers import PostgresServer

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("settings", ["postgres"], indirect=True)]
PATIENCE_SECONDS = 0.3
SOON_SECONDS = 10.0
"""Long after this patience, and long before whoever has none gives up."""
LONG_SECONDS = 30.0
READERS = 2


@pytest.fixture
def thawed(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """The server, which goes on in the end whatever the test did."""
    yield postgres
    postgres.thaw()


@pytest.fixture
def quick(engine: Engine, thawed: PostgresServer) -> Iterator[Database]:
    quick = Database(engine, READERS, seconds_max=PATIENCE_SECONDS)
    yield quick
    thawed.thaw()
    quick.close()


@pytest.fixture
async def writer(
    engine: Engine, committed: list[Event], thawed: PostgresServer, anyio_backend: str
) -> AsyncIterator[Journal]:
    writer = Journal(engine, committed.extend, Metrics(), answer_seconds_max=PATIENCE_SECONDS)
    writer.start()
    yield writer
    thawed.thaw()
    await writer.close()


def one(connection: Connection) -> int:
    return int(connection.rows("SELECT 1")[0][0])


async def message_ids(database: Database) -> list[str]:
    rows = await database.read(lambda c: c.rows("SELECT message_id FROM messages ORDER BY sequence"))
    return [row[0] for row in rows]


async def test_reads_end_in_time_and_their_threads_come_back(quick: Database, thawed: PostgresServer) -> None:
    await until_answered(quick)
    thawed.freeze()
    began = time.monotonic()
    ends = await asyncio.gather(*(quick.read(one) for _ in range(3 * READERS)), return_exceptions=True)
    assert all(isinstance(end, Unavailable) for end in ends)
    assert time.monotonic() - began < SOON_SECONDS
    thawed.thaw()
    await until_answered(quick)


async def test_no_more_than_a_bounded_number_waits(
    quick: Database, thawed: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.store.database.READS_WAITING_MAX", 5)
    thawed.freeze()
    waiting = [asyncio.ensure_future(quick.read(one)) for _ in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="Too many"):
        await quick.read(one)
    assert not any(one_waiting.done() for one_waiting in waiting), "it is refused before anybody else gives up"
    await asyncio.gather(*waiting, return_exceptions=True)
    with pytest.raises(Unavailable, match="Too many"):  # Nobody waits for them any more, but the threads still do.
        await quick.read(one)
    thawed.thaw()
    await until_answered(quick)


async def test_a_read_that_nobody_waits_for_is_not_made(quick: Database, thawed: PostgresServer) -> None:
    asked: list[str] = []

    def noted(connection: Connection) -> int:
        asked.append("noted")
        return one(connection)

    thawed.freeze()
    hanging = [asyncio.ensure_future(quick.read(one)) for _ in range(READERS)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await quick.read(noted)
    await asyncio.gather(*hanging, return_exceptions=True)
    thawed.thaw()
    await until_answered(quick)
    assert asked == []


async def test_a_change_is_confirmed_in_time_or_not_at_all(
    writer: Journal, database: Database, cast: Cast, committed: list[Event], thawed: PostgresServer
) -> None:
    await until_written(writer, arrival(cast, said("before")))
    thawed.freeze()
    began = time.monotonic()
    writer._answer_seconds_max = LONG_SECONDS
    late = writer.submit(arrival(cast, said("late")))
    await until(lambda: writer._busy_since is not None)  # The writer has begun with it, and not with the others.
    writer._answer_seconds_max = PATIENCE_SECONDS
    behind = [writer.submit(arrival(cast, said(f"behind {place}"))) for place in range(3)]
    ends = await asyncio.gather(late, *behind, return_exceptions=True)
    assert all(isinstance(end, Unavailable) for end in ends)
    assert time.monotonic() - began < SOON_SECONDS
    writer._answer_seconds_max = LONG_SECONDS
    thawed.thaw()
    await until_written(writer, arrival(cast, said("after")))
    # What was begun may have happened, what was not begun has not; and whoever watches is told of all that has.
    assert await message_ids(database) == ["before", "late", "after"]
    assert [event.sequence for event in committed] == [1, 2, 3, 4]
    assert await writer.submit(arrival(cast, said("late"))) == []  # As the provider does.
    assert len(await writer.submit(arrival(cast, said("behind 0")))) == 1


async def test_a_silence_that_is_too_long_to_be_one_is_ended(
    writer: Journal, quick: Database, cast: Cast, thawed: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A living server ends a statement long before; who says nothing for longer has forgotten this connection."""
    await until_written(writer, arrival(cast, said("before")))
    await until_answered(quick)
    for module in ("journal", "database"):
        monkeypatch.setattr(f"wasl.store.{module}.DATABASE_SILENT_SECONDS_MAX", PATIENCE_SECONDS)
    monkeypatch.setattr("wasl.store.postgres.DATABASE_CONNECT_SECONDS", 1)
    hung = writer._connection
    thawed.freeze()
    for _ in range(3):
        with pytest.raises(Unavailable):
            await writer.submit(arrival(cast, said("meanwhile")))
        with pytest.raises(Unavailable):
            await quick.read(one)
    await until(lambda: writer._connection is not hung)
    thawed.thaw()
    await until_written(writer, arrival(cast, said("after")))
    await until_answered(quick)


async def test_a_stop_does_not_wait_for_it(
    writer: Journal, quick: Database, cast: Cast, thawed: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.store.journal.JOURNAL_STOP_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr("wasl.store.database.READ_STOP_SECONDS", PATIENCE_SECONDS)
    await until_written(writer, arrival(cast, said("before")))
    await until_answered(quick)
    thawed.freeze()
    waiting = [writer.submit(arrival(cast, said(f"m{place}"))) for place in range(3)]
    with pytest.raises(Unavailable):
        await quick.read(one)
    began = time.monotonic()
    await writer.close()
    quick.close()
    assert time.monotonic() - began < SOON_SECONDS
    await until(lambda: not writer._thread.is_alive())
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(end, Unavailable) for end in ends)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG_SECONDS):
        while not holds():
            await asyncio.sleep(0.01)


async def until_answered(database: Database) -> None:
    """Return when every thread answers again. Raises TimeoutError."""
    async with asyncio.timeout(LONG_SECONDS):
        while True:
            ends = await asyncio.gather(*(database.read(one) for _ in range(READERS)), return_exceptions=True)
            if ends == [1] * READERS:
                return
            await asyncio.sleep(0.02)


async def until_written(journal: Journal, change: object) -> None:
    """Return when a change was committed. Raises TimeoutError."""
    async with asyncio.timeout(LONG_SECONDS):
        while True:
            try:
                await journal.submit(change)  # type: ignore[arg-type]
            except Unavailable:
                await asyncio.sleep(0.02)
            else:
                return
