"""What is done to the database from outside: a copy of SQLite's file, and a trace of what is trimmed from the log."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

_TRIMMED = (
    "CREATE TABLE torture_trimmed (account_id BIGINT NOT NULL, sequence BIGINT NOT NULL, tag BIGINT NOT NULL,"
    " kind TEXT NOT NULL, conversation_id TEXT NOT NULL, payload TEXT NOT NULL)"
)
_COLUMNS = ("account_id", "sequence", "tag", "kind", "conversation_id", "payload")
_SQLITE = f"""
{_TRIMMED};
CREATE TRIGGER torture_trims AFTER DELETE ON events BEGIN
  INSERT INTO torture_trimmed VALUES ({", ".join(f"OLD.{column}" for column in _COLUMNS)});
END;
"""
_POSTGRES = f"""
{_TRIMMED};
CREATE FUNCTION torture_trims() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO torture_trimmed SELECT {", ".join(_COLUMNS)} FROM gone;
  RETURN NULL;
END $$;
CREATE TRIGGER torture_trims AFTER DELETE ON events REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION torture_trims();
"""


def watch_trimming(url: str | None, file: Path | None) -> None:
    """Keep every event that is deleted from the log, in the transaction that deletes it: so the whole log of an era is
    known in its end."""
    if url is not None:
        with psycopg.connect(url) as connection:
            connection.execute(_POSTGRES)
        return
    assert file is not None
    with closing(sqlite3.connect(file, timeout=30)) as connection:
        connection.executescript(_SQLITE)


def keep_file(file: Path) -> None:
    """Copy a SQLite database of one moment beside itself, whoever writes to it meanwhile."""
    place = _copy_of(file)
    place.unlink(missing_ok=True)
    with closing(sqlite3.connect(file, timeout=30)) as source, closing(sqlite3.connect(place)) as target:
        source.backup(target)  # In one step: in several, each write of another process would begin it anew.


def put_file_back(file: Path) -> None:
    """Let that copy take the database's place, while nobody has it open."""
    for part in ("-wal", "-shm"):
        file.with_name(file.name + part).unlink(missing_ok=True)
    _copy_of(file).replace(file)


def _copy_of(file: Path) -> Path:
    return file.with_name(file.name + ".copy")
