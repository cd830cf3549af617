"""The tests' own PostgreSQL and Redis start, hold what was committed through kill -9, and leave nothing behind."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from wasl.torture.servers import PostgresServer, Unavailable, postgres_server, redis_server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    try:
        with postgres_server() as server:
            yield server
    except Unavailable as missing:
        pytest.skip(str(missing))


def count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from notes").fetchone()
    assert row is not None
    return int(row[0])


def write_note(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists notes (body text)")
        connection.execute("insert into notes values ('مرحبا')")


def test_databases_do_not_see_each_other(postgres: PostgresServer) -> None:
    postgres.create_template("prepared", write_note)
    first, second = postgres.create_database("prepared"), postgres.create_database("prepared")
    write_note(first)
    assert (count(first), count(second)) == (2, 1)
    postgres.drop_database(first)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first)


def test_what_was_committed_is_there_after_a_kill(postgres: PostgresServer) -> None:
    url = postgres.create_database()
    write_note(url)
    open_connection = psycopg.connect(url)
    postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        open_connection.execute("select 1")
    open_connection.close()
    postgres.start()
    assert count(url) == 1


def test_a_frozen_postgres_says_nothing_until_it_is_thawed(postgres: PostgresServer) -> None:
    url = postgres.create_database()
    write_note(url)
    with psycopg.connect(url) as connection, ThreadPoolExecutor(1) as aside:
        postgres.freeze()
        answer = aside.submit(lambda: connection.execute("select count(*) from notes").fetchone())
        with pytest.raises(TimeoutError):
            answer.result(0.3)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url, connect_timeout=2)
        postgres.thaw()
        assert answer.result(30.0) == (1,)
    assert count(url) == 1


def test_postgres_is_durable_as_in_production(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url()) as connection:
        shown = [connection.execute(f"show {name}").fetchone() for name in ("fsync", "synchronous_commit")]
    assert shown == [("on",), ("on",)]


def test_redis_answers_and_leaves() -> None:
    try:
        with redis_server() as server:
            first_url = server.url
            assert ask(first_url, b"SET a 1\r\n") == b"+OK\r\n"
            server.kill()
            server.start()
            assert server.url == first_url
            assert ask(first_url, b"GET a\r\n") == b"$-1\r\n"
    except Unavailable as missing:
        pytest.skip(str(missing))
    with pytest.raises(ConnectionRefusedError):
        ask(first_url, b"PING\r\n")


def test_a_frozen_redis_says_nothing_until_it_is_thawed() -> None:
    try:
        with redis_server() as server:
            server.freeze()
            with pytest.raises(TimeoutError):
                ask(server.url, b"PING\r\n", seconds=0.3)
            server.thaw()
            assert ask(server.url, b"PING\r\n") == b"+PONG\r\n"
            server.freeze()  # And it can be stopped like that.
    except Unavailable as missing:
        pytest.skip(str(missing))


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="redis-server"), redis_server():
        pass


def ask(url: str, command: bytes, seconds: float = 30.0) -> bytes:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=seconds) as connection:
        connection.sendall(command)
        return connection.recv(64)
