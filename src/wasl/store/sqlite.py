"""SQLite: everything in one file, every commit on the disk."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import compress
from pathlib import Path
from typing import Any

import orjson

from wasl.clock import now_ms
from wasl.limits import WAL_BYTES_MAX
from wasl.store.checkpointer import Checkpointer
from wasl.store.database import Row, Table

_ANY = re.compile(r"(<>|=) ANY\(\?\)")
_WANTED = "UNNEST(?) AS wanted JOIN"
"""A CROSS JOIN keeps its order: each wanted value is looked up, not each row of the table compared."""
_PLACEHOLDERS = {
    "{{id}}": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "{{bytes}}": "BLOB",
    "{{hot_row}}": "",
    "{{changing_rows}}": "",
    "{{whole_rows}}": "",
    "{{clustered}}": "WITHOUT ROWID",
    "{{bytewise}}": "",
}
BUSY_MILLISECONDS = 10_000
PAGE_BYTES = 8192
"""Of a new file. An event takes some 2.4 KB: of the usual 4096 nearly half would stay empty, and be written anyway."""
CACHE_KIB = 64 * 1024
ROWS_PER_STATEMENT_MAX = 256
MAPPED_BYTES = 8 << 30
"""How much of the file is read through the page cache without a system call per page; address space, not memory."""


class SqliteEngine:
    """A database file and how connections to it are opened. `clock` is what `NOW_MS()` tells: a file has none."""

    dialect = "sqlite"
    failures: tuple[type[Exception], ...] = (sqlite3.OperationalError,)

    def __init__(self, path: Path, clock: Callable[[], int] = now_ms) -> None:
        self.path = path
        self._clock = clock

    def connect(self) -> "SqliteConnection":
        """Open a connection with WAL and `synchronous=FULL`: NORMAL may lose a commit at a power cut."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        raw = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, cached_statements=512)
        raw.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        raw.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        _keep_a_log(raw)
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        raw.execute("PRAGMA wal_autocheckpoint = 0")  # It would stop a commit to copy; see `upkeep`.
        raw.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_MAX}")
        raw.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
        raw.execute("PRAGMA temp_store = MEMORY")
        raw.create_function("NOW_MS", 0, self._clock)
        return SqliteConnection(raw)

    def upkeep(self) -> Checkpointer:
        """Copying the log into the file."""
        return Checkpointer(self.path, self.connect)


class SqliteConnection:
    """One connection; see `Connection`. `rows` and `run` use SQLite's own prepared-statement cache."""

    dialect = "sqlite"

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return self._raw.execute(_translated(sql), _adapted(parameters)).fetchall()

    def queries(self, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Row]]:
        return [self.rows(sql, parameters) for sql, parameters in asked]

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        return self._raw.execute(_translated(sql), _adapted(parameters)).rowcount

    def send(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._raw.execute(_translated(sql), _adapted(parameters))

    # Many rows go into one statement, not into `executemany`: that one gives up the interpreter at every row, and
    # waits to get it back while the event loop is busy.

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        for part in _parts(rows):
            filled = _filled_columns(part)
            sql = _insert_sql(table.name, tuple(table.columns), filled, len(part))
            self._raw.execute(sql, _flat(part, filled))

    def update(self, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
        for part in _parts(rows):
            filled = _filled_columns(part)
            sql = _update_sql(table.name, tuple(columns), table.key, filled, len(part))
            self._raw.execute(sql, _flat(part, filled))

    def script(self, sql: str) -> None:
        for mark, text in _PLACEHOLDERS.items():
            sql = sql.replace(mark, text)
        statement = ""
        for line in sql.splitlines():
            statement += line + "\n"
            if sqlite3.complete_statement(statement):
                self._raw.execute(statement)
                statement = ""

    def begin_write(self) -> None:
        self._raw.execute("BEGIN IMMEDIATE")

    def begin_snapshot(self) -> None:
        self._raw.execute("BEGIN")

    def commit(self) -> None:
        self._raw.execute("COMMIT")

    def rollback(self) -> None:
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")

    def lock_stream(self, account_id: int) -> Row | None:
        # BEGIN IMMEDIATE already keeps every other writer out.
        found = self.rows("SELECT head_sequence, head_tag FROM account_stream WHERE account_id = ?", (account_id,))
        return found[0] if found else None

    def lock_commons(self) -> None:
        pass  # As above.

    def end_stalled(self) -> int:
        return 0  # The operating system gives back the locks of a process that ends; there is no other node.

    def be_patient(self) -> None:
        pass  # Nothing but the wait for the lock has a bound here.

    def cut(self) -> None:
        self._raw.interrupt()

    def close(self) -> None:
        self._raw.close()


def _keep_a_log(raw: sqlite3.Connection) -> None:
    """Switch the log on. When several do so with a new file at once, SQLite refuses all but one without waiting."""
    deadline = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


@lru_cache(maxsize=1024)
def _translated(sql: str) -> str:
    def membership(match: re.Match[str]) -> str:
        return ("IN" if match[1] == "=" else "NOT IN") + " (SELECT value FROM json_each(?))"

    return _ANY.sub(membership, sql).replace(_WANTED, "json_each(?) AS wanted CROSS JOIN")


def _adapted(parameters: Sequence[Any]) -> Sequence[Any]:
    if any(type(value) is list for value in parameters):
        return [orjson.dumps(value).decode() if type(value) is list else value for value in parameters]
    return parameters


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Cut rows into parts whose lengths are powers of two: few enough statements to stay prepared."""
    start = 0
    while start < len(rows):
        length = min(1 << (len(rows) - start).bit_length() - 1, ROWS_PER_STATEMENT_MAX)
        yield rows[start : start + length]
        start += length


def _filled_columns(rows: Sequence[Row]) -> tuple[bool, ...]:
    """Which columns hold anything in any of the rows. The others are written as NULL in the statement itself: the
    driver takes ten times longer to bind a None than a number."""
    return tuple(column.count(None) < len(rows) for column in zip(*rows, strict=True))


def _flat(rows: Sequence[Row], filled: tuple[bool, ...]) -> list[Any]:
    values: list[Any] = []
    for row in rows:
        values.extend(compress(row, filled))
    return values


@lru_cache(maxsize=512)
def _insert_sql(table: str, columns: tuple[str, ...], filled: tuple[bool, ...], rows: int) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {_values(filled, rows)}"


@lru_cache(maxsize=512)
def _update_sql(table: str, columns: tuple[str, ...], key: tuple[str, ...], filled: tuple[bool, ...], rows: int) -> str:
    names = ", ".join((*columns, *(f"old_{column}" for column in key)))
    assignments = ", ".join(f"{column} = r.{column}" for column in columns)
    match = " AND ".join(f"{table}.{column} = r.old_{column}" for column in key)
    return f"WITH r ({names}) AS (VALUES {_values(filled, rows)}) UPDATE {table} SET {assignments} FROM r WHERE {match}"


def _values(filled: tuple[bool, ...], rows: int) -> str:
    one = f"({', '.join('?' if holds else 'NULL' for holds in filled)})"
    return ", ".join([one] * rows)
