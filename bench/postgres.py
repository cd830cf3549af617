"""A private PostgreSQL for a run, the one of the tests: on a free port, durable, gone afterwards."""

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.installation import ROOT, NotMeasured
from bench.machine import on_core

if TYPE_CHECKING:
    from wasl.torture.servers import PostgresServer


@contextlib.contextmanager
def postgres(core: int) -> "Iterator[PostgresServer]":
    """Run it on a core: mostly the server's own, for what a database does for a server is a part of its cost.

    Raises NotMeasured when PostgreSQL is not installed.
    """
    sys.path.insert(0, str(ROOT / "tests"))
    from wasl.torture.servers import Unavailable, postgres_server

    with contextlib.ExitStack() as stack:
        try:
            with on_core(core):  # Its processes to come inherit the core from the first one.
                server = stack.enter_context(postgres_server())
        except Unavailable as reason:
            raise NotMeasured(str(reason)) from reason
        yield server


def version_of(url: str) -> str:
    """What the server calls itself."""
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
        assert row is not None
        return str(row[0]).split()[0]
