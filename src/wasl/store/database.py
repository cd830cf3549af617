"""One door to SQLite and PostgreSQL: a connection that writes, a few that read, each on a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from wasl.clock import monotonic
from wasl.errors import Unavailable
from wasl.limits import (
    DATABASE_SILENT_SECONDS_MAX,
    READ_SECONDS_MAX,
    READ_STOP_SECONDS,
    READERS,
    READS_WAITING_MAX,
)

T = TypeVar("T")
Row = tuple[Any, ...]
_SILENT = "The database does not answer; nothing was changed. Try again in a moment."


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is written in sets: its columns with their types (`int`, `text`, `long` for texts of kilobytes) and
    its key."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]


class Connection(Protocol):
    """What the store asks of a database. SQL is the common subset: `?` for parameters, `= ANY(?)` for lists,
    `UNNEST(?) AS wanted` for a list of texts as rows (`wanted.value`), `NOW_MS()` for the database's own clock, the one
    clock that all nodes share."""

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
        """Update rows with one statement; each row holds the named columns and then the key that it has so far."""
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

    def lock_commons(self) -> None:
        """Lock what belongs to no account, before any account is locked."""
        ...

    def end_stalled(self) -> int:
        """End transactions of other nodes that stand still where the server itself would wait; how many there were."""
        ...

    def be_patient(self) -> None:
        """Wait for locks and answers as long as they take: for what nobody waits for at a screen."""
        ...

    def cut(self) -> None:
        """Make a call that another thread waits in fail soon. The connection is of no use afterwards."""
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

    def upkeep(self) -> "Upkeep | None":
        """What has to be done beside the journal's writer, if anything."""
        ...


class Upkeep(Protocol):
    """Work that a database leaves to whoever uses it."""

    def start(self) -> None:
        """Begin."""
        ...

    def committed(self, changes: int) -> None:
        """Hear from the writer, on its thread, what it has committed."""
        ...

    def close(self) -> None:
        """Stop."""
        ...


class Database:
    """Reads for everyone above the store, and the few writes that belong to no account. All others are the journal's,
    on a connection that it opens itself.

    A database that does not answer keeps at most the reading threads, and a bounded number of callers for a bounded
    time. The threads wait on: a frozen server answers on the same connections once it goes on, and new ones would only
    wait with them. `patient` is for whoever asks what takes minutes.
    """

    def __init__(
        self, engine: Engine, readers: int = READERS, *, seconds_max: float = READ_SECONDS_MAX, patient: bool = False
    ) -> None:
        self.engine = engine
        self._seconds_max = seconds_max
        self._patient = patient
        self._pool = ThreadPoolExecutor(readers, thread_name_prefix="wasl-read")
        self._local = threading.local()
        self._open: list[Connection] = []
        self._asked = 0
        """What the threads have not answered yet, be anybody waiting for it or not."""
        self._busy: dict[Connection, float] = {}
        """Connections that are in use, and since when by the monotonic clock."""
        self._closing = False

    async def read(self, query: Callable[[Connection], T], seconds: float | None = None) -> T:
        """Run `query` inside one snapshot on a reading thread, within `seconds`.

        Raises Unavailable when the database does not answer in time, or too many wait for it already.
        """
        return await self._ask(self.read_now, query, seconds)

    async def write(self, change: Callable[[Connection], T]) -> T:
        """Run `change` in a transaction of its own on a reading thread. It must bear being committed although this
        raises Unavailable."""
        return await self._ask(self._write_now, change, None)

    async def _ask(self, work: "Callable[[Callable[[Connection], T]], T]", query: Any, seconds: float | None) -> T:
        if self._closing or self._asked >= READS_WAITING_MAX:
            raise Unavailable("Too many wait for the database; nothing was changed. Try again in a moment.")
        question = _Question(query)
        answer = asyncio.get_running_loop().run_in_executor(self._pool, self._answer, work, question)
        self._asked += 1
        answer.add_done_callback(self._answered)
        try:
            await asyncio.wait((answer,), timeout=self._seconds_max if seconds is None else seconds)
        finally:
            question.given_up = not answer.done()
        if question.given_up:
            self._cut_silent()
            raise Unavailable(_SILENT)
        return answer.result()

    def _answer(self, work: "Callable[[Callable[[Connection], T]], T]", question: "_Question") -> T:
        if question.given_up or self._closing:
            raise Unavailable(_SILENT)
        return work(question.query)

    def _answered(self, answer: "asyncio.Future[Any]") -> None:
        self._asked -= 1
        if not answer.cancelled():
            answer.exception()  # Perhaps nobody waits for it any more.

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
            raise Unavailable(_SILENT) from error

    def _write_now(self, change: Callable[[Connection], T]) -> T:
        try:
            return self._in_transaction(self._connection(), change)
        except self.engine.failures as error:
            self._forget_connection()
            raise Unavailable(_SILENT) from error

    def _in_snapshot(self, connection: Connection, query: Callable[[Connection], T]) -> T:
        with self._using(connection):
            connection.begin_snapshot()
            try:
                return query(connection)
            finally:
                connection.rollback()

    def _in_transaction(self, connection: Connection, change: Callable[[Connection], T]) -> T:
        with self._using(connection):
            connection.begin_write()
            try:
                result = change(connection)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
        return result

    @contextmanager
    def _using(self, connection: Connection) -> Iterator[None]:
        self._busy[connection] = monotonic()
        try:
            yield
        finally:
            del self._busy[connection]

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            if self._closing:
                raise Unavailable(_SILENT)
            connection = self._local.connection = self.engine.connect()
            self._open.append(connection)
            if self._patient:
                connection.be_patient()
        return connection

    def _forget_connection(self) -> None:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            self._open.remove(connection)
            connection.close()

    def _cut_silent(self) -> None:
        too_old = monotonic() - DATABASE_SILENT_SECONDS_MAX
        for connection, since in list(self._busy.items()):
            if since < too_old and not self._patient:
                connection.cut()

    def close(self) -> None:
        """Wait a moment for the reads under way, end those that hang, and close every connection."""
        self._closing = True
        deadline = monotonic() + READ_STOP_SECONDS
        while self._busy and monotonic() < deadline:
            time.sleep(0.01)
        for connection in list(self._busy):
            connection.cut()
        self._pool.shutdown(wait=True)
        for connection in self._open:
            connection.close()
        self._open.clear()


@dataclass(slots=True)
class _Question:
    query: Callable[[Connection], Any]
    given_up: bool = False
    """Nobody waits for the answer any more, so nobody needs to ask."""


def by_fours(sql: str, account_id: int, keys: Sequence[int]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A query with its parameters for every four of these keys, the last ones repeated.

    Of a list of unknown length PostgreSQL expects ten, for which it reads a young table as a whole; and the plan that
    it makes then is kept when the table is large.
    """
    for start in range(0, len(keys), 4):
        some = keys[start : start + 4]
        yield sql, (account_id, *some, *[some[-1]] * (4 - len(some)))
