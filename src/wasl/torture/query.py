"""Questions to an installation's database, past the product, and a hand that holds it fast."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any, LiteralString

import psycopg

from wasl.torture.installation import Installation

CONNECT_SECONDS_MAX = 10


def rows(place: Installation, sql: LiteralString, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """What one SELECT finds; `?` stands for a value. Raises psycopg.OperationalError while PostgreSQL is away."""
    if place.database_url is not None:
        with psycopg.connect(place.database_url, connect_timeout=CONNECT_SECONDS_MAX) as connection:
            return connection.execute(sql.replace("?", "%s"), values).fetchall()
    assert place.database_file is not None
    with closing(sqlite3.connect(f"file:{place.database_file}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(sql, values).fetchall()


def hold(place: Installation) -> Callable[[], None]:
    """Let nothing be written into any log until the result is called, as an administrator's forgotten transaction
    does. May wait for the nodes; raises what the database's driver does."""
    if place.database_url is not None:
        held = psycopg.connect(place.database_url, connect_timeout=CONNECT_SECONDS_MAX)
        held.execute("LOCK TABLE account_stream IN EXCLUSIVE MODE")  # Row by row it and the nodes could deadlock.
        return held.close
    assert place.database_file is not None
    connection = sqlite3.connect(
        place.database_file, timeout=CONNECT_SECONDS_MAX, isolation_level=None, check_same_thread=False
    )
    connection.execute("BEGIN IMMEDIATE")
    return connection.close
