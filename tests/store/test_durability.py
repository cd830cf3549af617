"""Whether the database answers before the disk has: read from the database, never taken for granted."""

from pathlib import Path

import pytest

from wasl.store.checkup import weak_settings
from wasl.store.database import Engine
from wasl.store.sqlite import SqliteConnection, SqliteEngine


def test_what_we_open_is_durable(engine: Engine) -> None:
    assert weak_settings(engine) == {}


def test_a_weaker_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = SqliteEngine.connect

    def weakened(engine: SqliteEngine) -> SqliteConnection:
        connection = plain(engine)
        connection.run("PRAGMA synchronous = NORMAL")
        return connection

    monkeypatch.setattr(SqliteEngine, "connect", weakened)
    assert weak_settings(SqliteEngine(tmp_path / "weak.db")) == {"synchronous": "normal"}
