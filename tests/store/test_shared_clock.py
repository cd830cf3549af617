"""Nodes whose clocks are an hour apart agree about what is due and whose lease has ended, by the database's clock."""

from collections.abc import AsyncIterator, Callable

import pytest

from arrivals import arrival, said
from attempts import claimed, due_of
from cast import Cast
from wasl.clock import now_ms
from wasl.domain.message import Content
from wasl.domain.sending import NotSent, Unclear
from wasl.limits import SEND_LEASE_SECONDS, SEND_UNKNOWN_BLOCKS_SECONDS
from wasl.observe import Metrics
from wasl.settings import Settings
from wasl.store.attempts import SettleAttempt, forsaken_claims
from wasl.store.database import Connection, Database, Engine
from wasl.store.journal import Journal
from wasl.store.message_row import Message
from wasl.store.outbox import QueueMessage, RedateOutbox, due_messages, misdated_accounts
from wasl.store.sqlite import SqliteEngine

pytestmark = pytest.mark.anyio
HOUR_MS = 3_600_000


@pytest.fixture
async def early(engine: Engine, anyio_backend: str) -> AsyncIterator[Journal]:
    """A node that is an hour behind."""
    async for journal in journal_with(engine, lambda: now_ms() - HOUR_MS):
        yield journal


@pytest.fixture
async def late(engine: Engine, anyio_backend: str) -> AsyncIterator[Journal]:
    """A node that is an hour ahead."""
    async for journal in journal_with(engine, lambda: now_ms() + HOUR_MS):
        yield journal


async def journal_with(engine: Engine, clock: Callable[[], int]) -> AsyncIterator[Journal]:
    journal = Journal(engine, lambda _: None, Metrics(), clock=clock)
    journal.start()
    yield journal
    await journal.close()


async def reply(journal: Journal, database: Database, cast: Cast) -> Message:
    await journal.submit(arrival(cast, said("hello")))
    [(conversation_id, contact_id)] = database.read_now(
        lambda c: c.rows("SELECT conversation_id, contact_id FROM conversations")
    )
    return await journal.submit(
        QueueMessage(cast.olive.id, cast.rana, conversation_id, str(contact_id), Content.of_text("hi"))
    )


def due(connection: Connection) -> list[int]:
    return [due.sequence for due in due_messages(connection, [], 50)]


async def test_what_one_queues_is_due_at_the_other(late: Journal, database: Database, cast: Cast) -> None:
    message = await reply(late, database, cast)
    assert database.read_now(due) == [message.sequence]


@pytest.mark.parametrize("pause_seconds", [0.0, 600.0])
async def test_a_pause_is_as_long_for_everybody(
    early: Journal, late: Journal, database: Database, cast: Cast, pause_seconds: float
) -> None:
    message = await reply(late, database, cast)
    for journal in (early, late):
        claim = await claimed(journal, message)
        await journal.submit(SettleAttempt(due_of(message), claim.attempt, NotSent("busy", "Busy.", pause_seconds)))
        assert database.read_now(due) == ([] if pause_seconds else [message.sequence])
        if pause_seconds:
            break


async def test_nobody_gives_up_an_attempt_because_of_its_own_clock(
    early: Journal, late: Journal, database: Database, cast: Cast
) -> None:
    message = await reply(early, database, cast)
    await claimed(early, message)
    assert database.read_now(forsaken_claims) == []
    [(lease_ms, now)] = database.read_now(lambda c: c.rows("SELECT lease_ms, NOW_MS() FROM outbox"))
    assert 0 < lease_ms - now <= SEND_LEASE_SECONDS * 1000


async def test_what_waited_for_an_hour_that_was_never_to_come_waits_as_long_as_was_meant(
    early: Journal, database: Database, cast: Cast
) -> None:
    sure, unsure = [await reply(early, database, cast) for _ in range(2)]
    claim = await claimed(early, unsure)
    await early.submit(SettleAttempt(claim.due, claim.attempt, Unclear("no answer")))
    put_back = "UPDATE outbox SET due_ms = due_ms + ?, lease_ms = lease_ms + ?, since_ms = since_ms + ?"
    await database.write(lambda c: c.run(put_back, (HOUR_MS,) * 3))
    assert database.read_now(due) == []
    assert database.read_now(misdated_accounts) == [cast.olive.id]
    assert await early.submit(RedateOutbox(cast.olive.id)) == 2
    assert database.read_now(due) == [sure.sequence]
    [(held_ms,)] = database.read_now(
        lambda c: c.rows("SELECT due_ms - NOW_MS() FROM outbox WHERE sequence = ?", (unsure.sequence,))
    )
    assert SEND_UNKNOWN_BLOCKS_SECONDS * 1000 - 30_000 < held_ms <= SEND_UNKNOWN_BLOCKS_SECONDS * 1000
    assert database.read_now(misdated_accounts) == []


async def test_what_waits_long_by_a_right_clock_is_left_alone(early: Journal, database: Database, cast: Cast) -> None:
    claim = await claimed(early, await reply(early, database, cast))
    await early.submit(SettleAttempt(claim.due, claim.attempt, NotSent("limited", "Slow down.", 3000.0)))
    assert database.read_now(misdated_accounts) == []
    assert await early.submit(RedateOutbox(cast.olive.id)) == 0


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_file_has_the_clock_of_whoever_opened_it(
    settings: Settings, journal: Journal, database: Database, cast: Cast
) -> None:
    message = await reply(journal, database, cast)
    await claimed(journal, message)
    later = SqliteEngine(settings.data_dir / "wasl.db", clock=lambda: now_ms() + HOUR_MS).connect()
    assert [due for due, _ in forsaken_claims(later)] == [due_of(message)]
    later.close()
