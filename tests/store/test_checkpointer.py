"""SQLite's log is copied beside the commits: they never do it, it stays short, and nothing is lost on the way."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from arrivals import arrival, said
from cast import Cast
from wasl.domain.identity import Party
from wasl.observe import Metrics
from wasl.store.checkpointer import Checkpointer
from wasl.store.database import Engine
from wasl.store.journal import Journal
from wasl.store.sqlite import SqliteConnection, SqliteEngine

PAGE = "x" * 4000
WAL_BYTES_MAX = 1_000_000
COMMITS_MAX = 30_000
"""Written in vain before it is said that nobody begins the log anew; a few thousand are enough where somebody does."""
RENEWALS = 3


@pytest.fixture
def file(tmp_path: Path) -> SqliteEngine:
    engine = SqliteEngine(tmp_path / "pages.db")
    connection = engine.connect()
    connection.run("CREATE TABLE pages (number BIGINT PRIMARY KEY, text TEXT NOT NULL)")
    connection.close()
    return engine


@pytest.fixture
def writer(file: SqliteEngine) -> Iterator[SqliteConnection]:
    connection = file.connect()
    yield connection
    connection.close()


def checkpointer_of(file: SqliteEngine) -> Checkpointer:
    return Checkpointer(file.path, file.connect, changes=20, wal_bytes_max=WAL_BYTES_MAX)


def write(writer: SqliteConnection, number: int) -> None:
    writer.begin_write()
    writer.run("INSERT INTO pages VALUES (?, ?)", (number, PAGE))
    writer.commit()


def log_bytes(file: SqliteEngine) -> int:
    return log_of(file).stat().st_size


def renewals(file: SqliteEngine) -> int:
    """How often the log was begun anew; SQLite counts it in the log's header (sqlite.org/fileformat2.html)."""
    with log_of(file).open("rb") as log:
        return int.from_bytes(log.read(32)[12:16])


def log_of(file: SqliteEngine) -> Path:
    return file.path.with_name(file.path.name + "-wal")


def test_no_commit_copies(file: SqliteEngine, writer: SqliteConnection) -> None:
    for number in range(1500):  # SQLite by itself would copy after a thousand pages.
        write(writer, number)
    assert file.path.stat().st_size < 100_000
    assert log_bytes(file) > 1500 * len(PAGE)


def test_the_log_is_begun_anew_under_load_and_nothing_is_lost(file: SqliteEngine, writer: SqliteConnection) -> None:
    # How long it grows until then depends on how threads are scheduled; that it is begun anew time and again does not.
    checkpointer = checkpointer_of(file)
    checkpointer.start()
    stop, counts = threading.Event(), list[int]()
    reading = threading.Thread(target=read_on, args=(file, stop, counts))
    reading.start()
    written, before = 0, renewals(file)
    while renewals(file) < before + RENEWALS and written < COMMITS_MAX:
        write(writer, written)
        checkpointer.committed(1)
        written += 1
    stop.set()
    reading.join()
    checkpointer.close()
    assert renewals(file) >= before + RENEWALS, f"of {written * len(PAGE)} bytes in all"
    assert counts == sorted(counts)
    assert writer.rows("SELECT count(*), min(number), max(number) FROM pages") == [(written, 0, written - 1)]
    assert writer.rows("PRAGMA integrity_check") == [("ok",)]


def read_on(file: SqliteEngine, stop: threading.Event, counts: list[int]) -> None:
    """Read snapshot after snapshot, as somebody with an open list does."""
    connection = file.connect()
    while not stop.is_set():
        connection.begin_snapshot()
        counts.append(connection.rows("SELECT count(*) FROM pages")[0][0])
        connection.rollback()
    connection.close()


def test_a_log_that_nobody_adds_to_is_copied_in_the_end(
    file: SqliteEngine, writer: SqliteConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.store.checkpointer.CHECKPOINT_SECONDS", 0.01)
    checkpointer = checkpointer_of(file)
    checkpointer.start()
    wait_until(lambda: is_copying(checkpointer))
    write(writer, 1)
    wait_until(lambda: file_alone_has(file, rows=1))
    checkpointer.close()


def test_of_two_processes_one_copies_and_the_other_takes_over(
    file: SqliteEngine, writer: SqliteConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.store.checkpointer.CHECKPOINT_SECONDS", 0.01)
    first, second = checkpointer_of(file), checkpointer_of(file)
    first.start()
    wait_until(lambda: is_copying(first))
    second.start()
    write(writer, 1)
    wait_until(lambda: file_alone_has(file, rows=1))
    assert second._lock is None
    first.close()
    wait_until(lambda: is_copying(second))
    write(writer, 2)
    wait_until(lambda: file_alone_has(file, rows=2))
    second.close()


def is_copying(checkpointer: Checkpointer) -> bool:
    """Whether it has the lock, and copies whatever is committed from now on."""
    return checkpointer._lock is not None and checkpointer._left > 0


def file_alone_has(file: SqliteEngine, rows: int) -> bool:
    """Whether so many rows are in the file itself, as if the log had been lost."""
    bare = file.path.with_name("bare.db")
    bare.write_bytes(file.path.read_bytes())
    connection = sqlite3.connect(bare)
    try:
        [(found,)] = connection.execute("SELECT count(*) FROM pages")
        return bool(found == rows)
    except sqlite3.DatabaseError:  # It was read while some of its pages were copied, and others not yet.
        return False
    finally:
        connection.close()


def wait_until(true: object) -> None:
    assert callable(true)
    for _ in range(3000):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("never")


@pytest.mark.anyio
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_the_journal_has_its_log_copied(engine: Engine, cast: Cast) -> None:
    assert isinstance(engine, SqliteEngine)
    before = engine.path.stat().st_size
    journal = Journal(engine, lambda _events: None, Metrics())
    journal.start()
    people = [Party(phone=str(9613000000 + number)) for number in range(700)]
    await asyncio.gather(*(journal.submit(arrival(cast, said(f"m{p.phone}", party=p))) for p in people))
    wait_until(lambda: engine.path.stat().st_size > before + 500_000)
    await journal.close()
