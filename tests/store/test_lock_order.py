"""Two nodes that change the same accounts in any order wait for each other, and never in a circle."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from arrivals import arrival, said
from cast import Cast
from wasl.clock import now_ms
from wasl.domain.people import Availability
from wasl.observe import Metrics
from wasl.store.database import Connection, Database, Engine
from wasl.store.directory import raise_settings_version
from wasl.store.draft import Draft
from wasl.store.journal import Change, Journal, change_of
from wasl.store.raw import KeepRaw, RawBody, kept_bodies
from wasl.store.replayed import Relabel, SplitBody

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("settings", ["postgres"], indirect=True)]
ROUNDS = 30
CHANGES = 4


@pytest.fixture
async def journals(engine: Engine, anyio_backend: str) -> AsyncIterator[list[Journal]]:
    journals = [Journal(engine, lambda _: None, Metrics()) for _ in range(2)]
    for journal in journals:
        journal.start()
    yield journals
    for journal in journals:
        await journal.close()


def switch(operator_id: int) -> Change[None]:
    """What an operator's own change does: rows of nobody's account, and the version that all nodes look at."""

    def update(draft: Draft) -> None:
        sql = "UPDATE operators SET status = ? WHERE id = ?"
        draft.connection.run(sql, (Availability.AVAILABLE.value, operator_id))
        raise_settings_version(draft.connection)

    return change_of(0, update)


def keep(name: str) -> KeepRaw:
    return KeepRaw((RawBody("meta", None, "proof", "quarantined", "unknown_channel", name.encode(), now_ms()),))


async def split(database: Database, chance: Random) -> list[Change[Any]]:
    """What a replay does with a kept body: nobody's rows again, and an account's."""
    kept = await database.read(lambda c: kept_bodies(c, ["quarantined"], 0, 100))
    return [SplitBody(body, ()) for body in chance.sample(kept, min(2, len(kept)))]


@pytest.mark.parametrize("of_accounts", ["both", "one each", "none"])
async def test_no_order_of_changes_is_a_deadlock(
    journals: list[Journal], engine: Engine, database: Database, cast: Cast, of_accounts: str
) -> None:
    before, chance = deadlocks(engine), Random(7)
    for turn in range(ROUNDS):
        waiting = []
        for place, journal in enumerate(journals):
            changes = nobodys(turn, cast, chance)
            if of_accounts == "both" or (of_accounts == "one each" and place == 0):
                changes += [arrival(cast, said(f"o{turn}.{place}.{n}")) for n in range(CHANGES)]
            if of_accounts == "both" or (of_accounts == "one each" and place == 1):
                number = cast.cedar_number
                changes += [arrival(cast, said(f"c{turn}.{place}.{n}"), channel=number) for n in range(CHANGES)]
            changes += await split(database, chance)
            chance.shuffle(changes)
            waiting += [journal.submit(change) for change in changes]
        await asyncio.gather(*waiting)
    assert deadlocks(engine) == before
    counted = "SELECT count(*) FROM messages"
    each = {"both": 4, "one each": 2, "none": 0}[of_accounts]
    assert database.read_now(lambda c: c.rows(counted)) == [(each * ROUNDS * CHANGES,)]
    sums = "SELECT received, stored + duplicates + quarantined + set_aside FROM ledger"
    assert all(received == sum_ for received, sum_ in database.read_now(lambda c: c.rows(sums)))


async def test_two_replays_at_once_are_no_deadlock(
    journals: list[Journal], engine: Engine, database: Database, cast: Cast
) -> None:
    """Each gives kept bodies to an account of its own; all of them were nobody's."""
    before, chance = deadlocks(engine), Random(7)
    for turn in range(ROUNDS):
        await journals[0].submit(KeepRaw(tuple(body for n in range(CHANGES) for body in keep(f"{turn}.{n}").bodies)))
        kept = await database.read(lambda c: kept_bodies(c, ["quarantined"], 0, 100))
        waiting = []
        for journal, account in zip(journals, (cast.olive, cast.cedar), strict=True):
            changes = [Relabel(body, account.id, "known") for body in chance.sample(kept, len(kept))]
            waiting += [journal.submit(change) for change in changes]
        assert (await asyncio.gather(*waiting)).count(True) == CHANGES
    assert deadlocks(engine) == before


def nobodys(turn: int, cast: Cast, chance: Random) -> list[Any]:
    people = [cast.rana.id, cast.omar.id, cast.clara.id]
    return [
        *(switch(chance.choice(people)) for _ in range(CHANGES)),
        *(keep(f"{turn}.{chance.randrange(CHANGES)}") for _ in range(CHANGES)),
    ]


def deadlocks(engine: Engine) -> int:
    connection: Connection = engine.connect()
    connection.run("SELECT pg_stat_force_next_flush()")
    [(count,)] = connection.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    connection.close()
    return int(count)
