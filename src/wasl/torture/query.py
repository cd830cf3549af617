"""Questions to an installation's database, past the product."""

import sqlite3
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
