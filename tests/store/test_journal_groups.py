"""Group commit: one transaction for all who wait, a poisonous change alone in its failure, and answers only after."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from arrivals import ADAM, BISAN, arrival, said
from cast import Cast
from wasl.domain.events import Event
from wasl.errors import Conflict, NotFound, Unavailable
from wasl.observe import Metrics
from wasl.store.database import Connection, Database, Engine
from wasl.store.draft import Draft
from wasl.store.intake import Intake
from wasl.store.journal import Journal, change_of
from wasl.store.needs import Needs

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Spoken:
    """An intake that does something of its own when it is applied."""

    intake: Intake
    also: Callable[[Draft], object]
    times: list[int] = field(default_factory=list)

    @property
    def account_id(self) -> int:
        return self.intake.account_id

    def needs(self) -> Needs:
        return self.intake.needs()

    def apply(self, draft: Draft) -> object:
        self.times.append(1)
        self.also(draft)
        return self.intake.apply(draft)


def poison(_: Draft) -> None:
    raise ZeroDivisionError("a mistake of the program")


def broken_sql(draft: Draft) -> None:
    draft.connection.run("INSERT INTO messages (account_id) VALUES (NULL)")


def numbers_of(events: list[Event]) -> list[int]:
    return [event.sequence for event in events]


async def ids_of(database: Database) -> list[str]:
    rows = await database.read(lambda connection: connection.rows("SELECT message_id FROM messages ORDER BY sequence"))
    return [row[0] for row in rows]


async def test_changes_that_wait_together_are_one_transaction(
    engine: Engine, database: Database, cast: Cast, anyio_backend: str
) -> None:
    metrics, heard = Metrics(), list[Event]()
    journal = Journal(engine, heard.extend, metrics)
    journal._loop = asyncio.get_running_loop()
    waiting = [journal.submit(arrival(cast, said(f"wamid.{place}", at=place))) for place in range(100)]
    journal._thread.start()
    saved = await asyncio.gather(*waiting)
    assert [found[0].message_id for found in saved] == [f"wamid.{place}" for place in range(100)]
    assert metrics.registry.get_sample_value("wasl_commits_total") == 1
    assert metrics.registry.get_sample_value("wasl_changes_total") == 100
    assert numbers_of(heard) == list(range(1, 102))
    assert await ids_of(database) == [f"wamid.{place}" for place in range(100)]
    await journal.close()


@pytest.mark.parametrize("bad", [poison, broken_sql])
async def test_a_poisonous_change_fails_alone(
    bad: Callable[[Draft], object], engine: Engine, database: Database, cast: Cast, anyio_backend: str
) -> None:
    heard = list[Event]()
    journal = Journal(engine, heard.extend, Metrics())
    journal._loop = asyncio.get_running_loop()
    good = [arrival(cast, said(f"wamid.{place}", party=(ADAM, BISAN)[place % 2])) for place in range(6)]
    changes: list[Any] = [*good[:3], Spoken(arrival(cast, said("wamid.poison")), bad), *good[3:]]
    waiting = [journal.submit(change) for change in changes]
    journal._thread.start()
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(end, Exception) for end in ends] == [False] * 3 + [True] + [False] * 3
    assert not isinstance(ends[3], Unavailable)
    assert await ids_of(database) == [f"wamid.{place}" for place in range(6)]
    assert numbers_of(heard) == list(range(1, 9))
    log = await database.read(lambda c: c.rows("SELECT sequence, tag FROM events ORDER BY sequence"))
    assert log == [(event.sequence, event.tag) for event in heard]
    await journal.close()


async def test_a_refusal_is_the_callers_alone_and_costs_nobody_a_second_try(
    journal: Journal, database: Database, cast: Cast
) -> None:
    def refuse(_: Draft) -> None:
        raise Conflict("no")

    neighbour = Spoken(arrival(cast, said("wamid.1")), lambda _: None)
    waiting = [journal.submit(neighbour), journal.submit(Spoken(arrival(cast, said("wamid.2")), refuse))]
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(ends[1], Conflict)
    assert neighbour.times == [1]
    assert await ids_of(database) == ["wamid.1"]


async def test_an_account_that_is_not_there(journal: Journal, database: Database, cast: Cast) -> None:
    ends = await asyncio.gather(
        journal.submit(change_of(999, lambda draft: None)),
        journal.submit(arrival(cast, said("wamid.1"))),
        return_exceptions=True,
    )
    assert isinstance(ends[0], NotFound)
    assert await ids_of(database) == ["wamid.1"]


async def test_events_are_heard_before_the_caller_is_answered_and_after_the_commit(
    engine: Engine, database: Database, cast: Cast, anyio_backend: str
) -> None:
    told: list[str] = []

    def listen(events: Any) -> None:
        # On the event loop; by now another connection sees what was committed.
        stored = database.read_now(lambda c: c.rows("SELECT max(sequence) FROM events"))
        told.append(f"heard {events[-1].sequence}, stored {stored[0][0]}")

    journal = Journal(engine, listen, Metrics())
    journal.start()
    await journal.submit(arrival(cast, said("wamid.1")))
    told.append("answered")
    assert told == ["heard 2, stored 2", "answered"]
    await journal.close()


async def test_a_closing_journal_finishes_what_waits_and_takes_nothing_more(
    engine: Engine, database: Database, cast: Cast, anyio_backend: str
) -> None:
    journal = Journal(engine, lambda _: None, Metrics())
    journal.start()
    waiting = [journal.submit(arrival(cast, said(f"wamid.{place}"))) for place in range(20)]
    closing = asyncio.ensure_future(journal.close())
    await asyncio.gather(*waiting)
    await closing
    with pytest.raises(Unavailable):
        await journal.submit(arrival(cast, said("wamid.late")))
    assert len(await ids_of(database)) == 20


class Breaking:
    """An engine whose connections break on demand: at the commit itself, or for as long as the database is away."""

    def __init__(self, engine: Engine) -> None:
        self.dialect = engine.dialect
        self.failures = (*engine.failures, ConnectionError)
        self.commits_to_break = 0
        self.away = False
        self.lose_after_commit = False
        self._engine = engine

    def upkeep(self) -> None:
        pass

    def connect(self) -> Connection:
        if self.away:
            raise ConnectionError("away")
        connection = self._engine.connect()
        real = connection.commit

        def commit() -> None:
            if self.commits_to_break:
                self.commits_to_break -= 1
                if self.lose_after_commit:
                    real()
                raise ConnectionError("cut")
            real()

        connection.commit = commit  # type: ignore[method-assign]
        return connection


@pytest.mark.parametrize("lose_after_commit", [False, True], ids=["before the commit", "after the commit"])
async def test_a_lost_commit_is_confirmed_to_nobody_and_doubles_nothing(
    engine: Engine, database: Database, cast: Cast, anyio_backend: str, lose_after_commit: bool
) -> None:
    breaking, heard = Breaking(engine), list[Event]()
    journal = Journal(breaking, heard.extend, Metrics())
    journal.start()
    await journal.submit(arrival(cast, said("wamid.0")))
    breaking.commits_to_break, breaking.lose_after_commit = 1, lose_after_commit
    with pytest.raises(Unavailable):
        await journal.submit(arrival(cast, said("wamid.1")))
    stored = ["wamid.0", "wamid.1"][: 1 + lose_after_commit]
    assert await ids_of(database) == stored
    again = await journal.submit(arrival(cast, said("wamid.1")))  # As the provider does.
    assert len(again) == (not lose_after_commit)
    await journal.submit(arrival(cast, said("wamid.2")))
    assert await ids_of(database) == ["wamid.0", "wamid.1", "wamid.2"]
    log = await database.read(lambda c: c.rows("SELECT sequence FROM events ORDER BY sequence"))
    assert [row[0] for row in log] == [1, 2, 3, 4]
    assert {1, 2, 4} <= set(numbers_of(heard)) <= {1, 2, 3, 4}
    await journal.close()


async def test_a_database_that_is_away_changes_nothing_and_comes_back(
    engine: Engine, database: Database, cast: Cast, anyio_backend: str
) -> None:
    breaking = Breaking(engine)
    journal = Journal(breaking, lambda _: None, Metrics())
    journal.start()
    breaking.away = True
    ends = await asyncio.gather(
        *(journal.submit(arrival(cast, said(f"wamid.{place}"))) for place in range(5)), return_exceptions=True
    )
    assert all(isinstance(end, Unavailable) for end in ends)
    assert await ids_of(database) == []
    breaking.away = False
    await journal.submit(arrival(cast, said("wamid.0")))
    assert await ids_of(database) == ["wamid.0"]
    await journal.close()


async def test_a_caller_who_left_stops_nobody(journal: Journal, database: Database, cast: Cast) -> None:
    first = journal.submit(arrival(cast, said("wamid.1")))
    second = journal.submit(arrival(cast, said("wamid.2")))
    first.cancel()
    await second
    assert await ids_of(database) == ["wamid.1", "wamid.2"]


async def test_two_writers_on_one_log_leave_no_hole(
    engine: Engine, database: Database, cast: Cast, anyio_backend: str
) -> None:
    """What one of them remembers of an account counts for nothing once the other has written."""
    journals = [Journal(engine, lambda _: None, Metrics()) for _ in range(2)]
    for journal in journals:
        journal.start()
    for turn in range(10):
        changes = [arrival(cast, said(f"wamid.{turn}.{place}", at=turn)) for place in range(6)]
        both = [change for change in changes for _ in range(2)]
        await asyncio.gather(*(journals[place % 2].submit(change) for place, change in enumerate(both)))
    assert sorted(await ids_of(database)) == sorted(f"wamid.{turn}.{place}" for turn in range(10) for place in range(6))
    log = await database.read(lambda c: c.rows("SELECT sequence FROM events ORDER BY sequence"))
    assert [row[0] for row in log] == list(range(1, 62))
    counted = "SELECT message_count, inbound_count FROM conversations"
    assert await database.read(lambda c: c.rows(counted)) == [(60, 60)]
    ledger = "SELECT received, stored, duplicates FROM ledger WHERE account_id <> 0 ORDER BY received DESC LIMIT 1"
    assert await database.read(lambda c: c.rows(ledger)) == [(120, 60, 60)]
    for journal in journals:
        await journal.close()
