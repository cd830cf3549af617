"""Writing a population straight into the tables, in minutes: without indexes first, which are made at the end.

SQLite's files are kept under var/bench and used again for as long as neither the schema nor the population changes;
PostgreSQL's live as long as the run.
"""

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import bench.population
from bench.installation import WORKSHOP, furnish, settings_for
from bench.population import ACCOUNT, Population
from wasl.settings import Settings
from wasl.store.conversation_row import CONVERSATIONS, PLACES
from wasl.store.database import Row
from wasl.store.message_row import MESSAGES
from wasl.store.migrate import known_migrations
from wasl.store.open import DATABASE_FILE
from wasl.store.search import CONVERSATION_WORDS

if TYPE_CHECKING:
    import psycopg

BYTES_PER_CONVERSATION = 4_000
"""What one takes on the disk with its five messages and all indexes; twice that while it is being built."""
_ROWS_AT_ONCE = 20_000
_HEAD_TAG = 7
_ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t"})


def sqlite_installation(size: int) -> tuple[Settings, Population]:
    """An installation of that size in a file; built now unless an earlier run left it."""
    population = Population(size)
    folder = WORKSHOP / f"inbox-{size}-{_fingerprint()}"
    if not folder.exists():
        for outdated in WORKSHOP.glob(f"inbox-{size}-*"):
            shutil.rmtree(outdated)
        draft = WORKSHOP / f"inbox-{size}-draft"
        _need_room(size)
        started = time.monotonic()
        furnish(settings_for(draft, None))
        _fill_sqlite(draft / DATABASE_FILE, population)
        draft.rename(folder)
        _tell(size, (folder / DATABASE_FILE).stat().st_size, started)
    return settings_for(folder, None), population


def postgres_installation(size: int, url: str, folder: Path) -> tuple[Settings, Population]:
    """An installation of that size in an empty database."""
    import psycopg

    population, settings = Population(size), settings_for(folder, url)
    _need_room(size)
    started = time.monotonic()
    furnish(settings)
    with psycopg.connect(url, autocommit=True) as connection:
        _fill_postgres(connection, population)
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    _tell(size, row[0] if row else 0, started)
    return settings, population


def _tables(population: Population) -> Iterator[tuple[str, Sequence[str], Iterable[Row]]]:
    """Name, columns and rows of what is written, in an order in which everything is known when its turn comes."""
    yield "messages", tuple(MESSAGES.columns), population.messages()
    yield "contacts", ("account_id", "contact_id", "name", "language", "created_ms"), population.contacts()
    yield "contact_identities", ("account_id", "kind", "value", "contact_id"), population.identities()
    yield "conversations", tuple(CONVERSATIONS.columns), population.conversations()
    yield "conversation_places", tuple(PLACES.columns), population.places()
    columns = ("account_id", "operator_id", "conversation_key", "read_sequence", "read_inbound")
    yield "read_markers", columns, population.read_markers()
    yield "conversation_words", tuple(CONVERSATION_WORDS.columns), population.words()
    yield "conversation_totals", ("account_id", "status", "total"), population.totals()


def _after(population: Population) -> Iterator[str]:
    """What else a change would have written: the end of the log, whose events are long trimmed, and the ledger."""
    head = population.head
    edge = f"head_sequence = {head}, trim_sequence = {head}, head_tag = {_HEAD_TAG}, trim_tag = {_HEAD_TAG}"
    yield f"UPDATE account_stream SET {edge} WHERE account_id = {ACCOUNT}"
    inbound = sum(population.kept.inbound)
    yield f"UPDATE ledger SET received = {inbound}, stored = {inbound} WHERE account_id = {ACCOUNT}"


def _fill_sqlite(path: Path, population: Population) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -524288", "temp_store = FILE"):
        connection.execute(f"PRAGMA {pragma}")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    connection.execute("BEGIN")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    for table, columns, rows in _tables(population):
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        connection.executemany(sql, rows)
    for statement in (*(sql for _, sql in indexes), *_after(population)):
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()


def _fill_postgres(connection: "psycopg.Connection[Row]", population: Population) -> None:
    indexes = connection.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i LEFT JOIN pg_constraint c ON c.conname = i.indexname"
        " WHERE i.schemaname = 'public' AND c.oid IS NULL"
    ).fetchall()
    connection.execute("SET synchronous_commit = off")
    connection.execute("SET maintenance_work_mem = '512MB'")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    for table, columns, rows in _tables(population):
        with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            lines = (_copy_line(row) for row in rows)
            while part := "".join(islice(lines, _ROWS_AT_ONCE)):
                copy.write(part)
    for statement in (*(sql for _, sql in indexes), *_after(population)):
        connection.execute(statement)
    # What autovacuum would have done in a year.
    connection.execute("VACUUM ANALYZE")


def _copy_line(row: Row) -> str:
    """A row in the text format of COPY."""
    return "\t".join("\\N" if value is None else str(value).translate(_ESCAPED) for value in row) + "\n"


def _need_room(size: int) -> None:
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    needed, free = 2 * size * BYTES_PER_CONVERSATION, shutil.disk_usage(WORKSHOP).free
    if free < needed:
        raise SystemExit(f"{size:,} conversations need {needed / 2**30:.0f} GiB of disk; {free / 2**30:.0f} are free.")
    if size >= 100_000:
        print(f"    building {size:,} conversations, about {size * BYTES_PER_CONVERSATION / 2**30:.1f} GiB", flush=True)


def _tell(size: int, byte_count: int, started: float) -> None:
    seconds = time.monotonic() - started
    print(f"    built {size:,} conversations: {byte_count / 2**20:,.0f} MiB in {seconds:.0f} s", flush=True)


def _fingerprint() -> str:
    sources = [Path(__file__).read_text(), Path(str(bench.population.__file__)).read_text()]
    sources += [sql for _, sql in known_migrations().values()]
    return hashlib.sha256("\n".join(sources).encode()).hexdigest()[:8]
