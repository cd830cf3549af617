"""A server that takes no writes, as a standby does until it is promoted, is as good as none; afterwards all goes on."""

from collections.abc import Callable

import psycopg
import pytest
from psycopg import sql

from arrivals import arrival, said
from cast import Cast
from wasl.errors import Unavailable
from wasl.settings import Settings
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.pulse import Pulse

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("settings", ["postgres"], indirect=True)]


@pytest.fixture
def refuse_writes(settings: Settings) -> Callable[[bool], None]:
    assert settings.database_url is not None
    url = settings.database_url

    def change(refused: bool) -> None:
        """For every connection from now on; those that are open are cut."""
        with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
            name = sql.Identifier(url.rpartition("/")[2])
            setting = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
            connection.execute(setting.format(name, sql.Literal("on" if refused else "off")))
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    return change


async def test_a_change_waits_for_a_server_that_takes_it(
    journal: Journal, database: Database, cast: Cast, refuse_writes: Callable[[bool], None]
) -> None:
    pulse = Pulse(Database(database.engine, readers=1), "n1", alone=False)
    refuse_writes(True)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await journal.submit(arrival(cast, said("m1")))
        with pytest.raises(Unavailable):
            await pulse.beat()
    refuse_writes(False)
    await journal.submit(arrival(cast, said("m1")))
    await pulse.start()
    assert database.read_now(lambda c: c.rows("SELECT message_id FROM messages")) == [("m1",)]
    await pulse.close()
