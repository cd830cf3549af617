"""The journal: all or nothing, alone in one's failure, and a log without holes whoever fails."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from arrivals import arrival, said
from cast import Cast
from wasl.domain.events import Event
from wasl.errors import Conflict, NotFound, Unavailable
from wasl.observe import Metrics
from wasl.store.database import Connection, Database, Engine
from wasl.store.draft import Draft
from wasl.store.event_log import head_of
from wasl.store.journal import Journal, change_of

pytestmark = pytest.mark.anyio


def ids_of(connection: Connection, account_id: int) -> list[str]:
    sql = "SELECT message_id FROM messages WHERE account_id = ? ORDER BY sequence"
    return [row[0] for row in connection.rows(sql, (account_id,))]


def sequences_of(connection: Connection, account_id: int) -> list[int]:
    sql = "SELECT sequence FROM events WHERE account_id = ? ORDER BY sequence"
    return [row[0] for row in connection.rows(sql, (account_id,))]


def _break_in_python(draft: Draft) -> None:
    raise ZeroDivisionError


def _break_in_sql(draft: Draft) -> None:
    draft.connection.send("INSERT INTO ledger (account_id) VALUES (?)", (draft.account_id,))


def _refuse(draft: Draft) -> None:
    raise Conflict("No.")


async def test_what_is_remembered_of_a_lost_history_is_not_used(
    journal: Journal, cast: Cast, database: Database
) -> None:
    """A standby took over that had not heard of the last event, and as many others were written there since."""
    account_id = cast.olive.id
    await journal.submit(arrival(cast, said("a1")))

    def diverge(draft: Draft) -> None:
        for sql in (
            "UPDATE events SET tag = 7 WHERE account_id = ? AND sequence = 2",
            "UPDATE account_stream SET head_tag = 7 WHERE account_id = ?",
            "UPDATE conversations SET message_count = 41 WHERE account_id = ?",
        ):
            draft.connection.run(sql, (account_id,))

    await journal.submit(change_of(0, diverge))
    await journal.submit(arrival(cast, said("a2")))
    sql = "SELECT message_count FROM conversations WHERE account_id = ?"
    assert database.read_now(lambda connection: connection.rows(sql, (account_id,))) == [(42,)]


async def test_a_poisonous_change_fails_alone(
    journal: Journal, cast: Cast, database: Database, committed: list[Event]
) -> None:
    account_id = cast.olive.id
    changes: list[asyncio.Future[Any]] = [
        journal.submit(arrival(cast, said("a1"))),
        journal.submit(change_of(account_id, _break_in_python)),
        journal.submit(arrival(cast, said("a2"))),
        journal.submit(change_of(account_id, _break_in_sql)),
        journal.submit(change_of(account_id, _refuse)),
        journal.submit(change_of(987_654, _refuse)),
        journal.submit(arrival(cast, said("a3"))),
    ]
    ended = await asyncio.gather(*changes, return_exceptions=True)

    assert isinstance(ended[1], ZeroDivisionError)
    assert isinstance(ended[3], Exception)
    assert isinstance(ended[4], Conflict)
    assert isinstance(ended[5], NotFound)
    assert database.read_now(lambda c: ids_of(c, account_id)) == ["a1", "a2", "a3"]
    assert database.read_now(lambda c: sequences_of(c, account_id)) == [1, 2, 3, 4]
    assert [event.sequence for event in committed] == [1, 2, 3, 4]


async def test_a_failed_transaction_is_forgotten_whole(journal: Journal, cast: Cast, database: Database) -> None:
    """What a rolled back change did to the remembered conversation must not reach the next transaction."""
    await journal.submit(arrival(cast, said("a1")))

    def rename_and_break(draft: Draft) -> None:
        conversation = draft.conversation(1)
        conversation.customer["name"] = "Somebody else"
        conversation.message_count = 99
        _break_in_sql(draft)

    with pytest.raises(Exception, match=r"(?i)unique"):
        await journal.submit(change_of(cast.olive.id, rename_and_break))
    await journal.submit(arrival(cast, said("a2")))

    sql = "SELECT message_count, customer FROM conversations WHERE account_id = ?"
    ((count, customer),) = database.read_now(lambda c: c.rows(sql, (cast.olive.id,)))
    assert count == 2
    assert "Somebody else" not in customer


async def test_a_batch_of_a_thousand_costs_as_many_statements_as_one(
    journal: Journal, cast: Cast, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    probe = engine.connect()
    connection_class = type(probe)
    probe.close()
    counted: list[str] = []
    for name in ("rows", "run", "send", "insert", "update"):
        plain = getattr(connection_class, name)

        def counting(self: Connection, *asked: object, _plain: object = plain, _name: str = name) -> object:
            if threading.current_thread().name == "wasl-write":
                counted.append(_name)
            return _plain(self, *asked)  # type: ignore[operator]

        monkeypatch.setattr(connection_class, name, counting)
    await journal.submit(arrival(cast, said("first")))
    counted.clear()
    await journal.submit(arrival(cast, said("one")))
    for_one = len(counted)
    counted.clear()
    await journal.submit(arrival(cast, *(said(f"m{number}", at=number) for number in range(1000))))
    assert len(counted) == for_one


async def test_two_writers_make_one_dense_log(
    journal: Journal, cast: Cast, database: Database, engine: Engine, committed: list[Event]
) -> None:
    """What one writer remembers of a customer is worth nothing once another has written."""

    def listen(events: Sequence[Event]) -> None:
        committed.extend(events)

    other = Journal(engine, listen, Metrics())
    other.start()
    try:
        for turn in range(20):
            writers = (journal, other) if turn % 2 else (other, journal)
            arrivals = [writer.submit(arrival(cast, said(f"t{turn}-{place}"))) for place, writer in enumerate(writers)]
            await asyncio.gather(*arrivals)
    finally:
        await other.close()

    head = database.read_now(lambda c: head_of(c, cast.olive.id)).sequence
    assert head == 41
    assert database.read_now(lambda c: sequences_of(c, cast.olive.id)) == list(range(1, 42))
    assert sorted(event.sequence for event in committed) == list(range(1, 42))
    sql = "SELECT message_count, inbound_count, version FROM conversations WHERE account_id = ?"
    assert database.read_now(lambda c: c.rows(sql, (cast.olive.id,))) == [(40, 40, 41)]


async def test_after_the_end_nothing_is_taken(engine: Engine, cast: Cast) -> None:
    journal = Journal(engine, lambda _: None, Metrics())
    journal.start()
    last = journal.submit(arrival(cast, said("last")))
    await journal.close()
    assert len(await last) == 1
    with pytest.raises(Unavailable):
        await journal.submit(arrival(cast, said("too late")))
