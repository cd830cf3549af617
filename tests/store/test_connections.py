"""How many connections a node opens, on which the sizing of a PostgreSQL rests."""

import asyncio
from threading import Barrier

import pytest

from wasl.app import build_app
from wasl.limits import CONNECTIONS_PER_NODE, READERS
from wasl.settings import Settings
from wasl.store.open import open_engine
from wasl.store.team import Team


@pytest.mark.anyio
@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
async def test_a_busy_node_opens_no_more_than_it_says(settings: Settings) -> None:
    watcher = open_engine(settings).connect()
    parts = build_app(settings).parts
    parts.journal.start()
    await parts.pulse.start()
    team: Team = parts.team
    await team.create_account("Olive Bakery")
    busy = Barrier(READERS)  # Nobody ends before as many have begun as there may be.
    await asyncio.gather(*(parts.database.read(lambda _: busy.wait()) for _ in range(3 * READERS)))
    sql = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'wasl' AND pid <> pg_backend_pid()"
    )
    assert watcher.rows(sql) == [(CONNECTIONS_PER_NODE,)]
    await parts.journal.close()
    await parts.pulse.close()
    await parts.providers.close()
    parts.database.close()
    watcher.close()
