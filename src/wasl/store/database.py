"""One door to SQLite and PostgreSQL: a connection that writes, a few that read, each on a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from wasl.errors import Unavailable
from wasl.limits import READERS

T = TypeVar("T")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is written in sets: its columns with their types (`int`, `text`) and its key."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]


class Connection(Protocol):
    """What the store asks of a database. SQL is the common subset: `?` for parameters, `= ANY(?)` for lists,
    `UNNEST(?) AS wanted` for a list of texts as rows (`wanted.value`)."""

    dialect: str

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Run a query and fetch all of its rows."""
        ...

    def queries(self, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Row]]:
        """Run several queries, in one exchange with the server where there is one; the rows of each."""
        ...

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; the number of rows that it changed."""
        ...

    def send(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement whose count nobody asks for. A failure may show itself as late as at the commit."""
        ...

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows, in the order of the table's columns, with one statement."""
        ...

    def update(self, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Update rows with one statement; each row holds the named columns and then the key."""
        ...

    def script(self, sql: str) -> None:
        """Run the statements of a migration inside the open transaction."""
        ...

    def begin_write(self) -> None:
        """Open a transaction that may write."""
        ...

    def begin_snapshot(self) -> None:
        """Open a read-only transaction that sees one moment of the database."""
        ...

    def commit(self) -> None:
        """Make the open transaction durable; when this returns, no crash takes it back."""
        ...

    def rollback(self) -> None:
        """Give up the open transaction."""
        ...

    def lock_stream(self, account_id: int) -> Row | None:
        """Lock an account's log and read `(head_sequence, head_tag)`. A statement of its own, so that whatever is
        read next sees everything that the previous holder committed."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class Engine(Protocol):
    """One of the two databases."""

    dialect: str
    failures: tuple[type[Exception], ...]
    """What the driver raises when the database does not answer."""

    def connect(self) -> Connection:
        """Open a connection."""
        ...


class Database:
    """Reads for everyone above the store. The journal alone writes, on a connection that it opens itself."""

    def __init__(self, engine: Engine, readers: int = READERS) -> None:
        self.engine = engine
        self._pool = ThreadPoolExecutor(readers, thread_name_prefix="wasl-read")
        self._local = threading.local()
        self._open: list[Connection] = []

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run `query` inside one snapshot on a reading thread. Raises Unavailable when the database does not answer."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.read_now, query)

    def read_now(self, query: Callable[[Connection], T]) -> T:
        """Run `query` inside one snapshot on this thread."""
        try:
            return self._in_snapshot(self._connection(), query)
        except self.engine.failures:
            self._forget_connection()
        try:  # A restarted server leaves dead connections behind: one fresh one tells whether it is back.
            return self._in_snapshot(self._connection(), query)
        except self.engine.failures as error:
            self._forget_connection()
            raise Unavailable("The database does not answer; nothing was changed. Try again in a moment.") from error

    def _in_snapshot(self, connection: Connection, query: Callable[[Connection], T]) -> T:
        connection.begin_snapshot()
        try:
            return query(connection)
        finally:
            connection.rollback()

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self.engine.connect()
            self._open.append(connection)
        return connection

    def _forget_connection(self) -> None:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            self._open.remove(connection)
            connection.close()

    def close(self) -> None:
        """Wait for the reads under way and close every connection."""
        self._pool.shutdown(wait=True)
        for connection in self._open:
            connection.close()
        self._open.clear()
