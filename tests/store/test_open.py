"""A database opens with its own key only, and a data directory serves one server."""

import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from wasl.errors import Misconfigured
from wasl.memory import open_memory
from wasl.settings import Settings
from wasl.store.open import ServerLock, open_engine, prepare
from wasl.store.secrets import SecretBox


def test_another_secret_key_is_told_in_one_sentence(settings: Settings) -> None:
    engine = open_engine(settings)
    assert prepare(engine, SecretBox(settings.key())) == []
    with pytest.raises(Misconfigured, match="WASL_SECRET_KEY is not the one"):
        prepare(engine, SecretBox(b"another key of thirty-two characters"))


def test_a_short_secret_key_is_refused() -> None:
    with pytest.raises(Misconfigured, match="32"):
        Settings(secret_key=SecretStr("short")).key()


def test_a_key_is_made_once_for_an_embedded_installation(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first, second = Settings(data_dir=folder).key(), Settings(data_dir=folder).key()
    assert first == second
    assert len(first) >= 32
    assert (folder / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["mysql://127.0.0.1/wasl", "sqlite:///wasl.db", "wasl.db"])
def test_an_unknown_database_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="postgresql://"):
        open_engine(Settings(database_url=url))


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "wasl.store.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Misconfigured, match=r"wasl\[postgres\]"):
        open_engine(Settings(database_url="postgresql://127.0.0.1/wasl"))


@pytest.mark.anyio
async def test_a_database_that_does_not_answer_is_told_in_one_sentence(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://127.0.0.1:1/wasl", secret_key=SecretStr("k" * 32))
    with pytest.raises(Misconfigured, match="cannot be opened"):
        async with open_memory(settings):
            pass


def test_a_second_server_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    with ServerLock(tmp_path), pytest.raises(Misconfigured, match="Another Wasl server"), ServerLock(tmp_path):
        pass
    with ServerLock(tmp_path):
        pass  # It is free again once the first has gone.


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Misconfigured, match="Cannot write"), ServerLock(tmp_path / "file" / "data"):
        pass
