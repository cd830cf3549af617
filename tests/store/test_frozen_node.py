"""A node that stands still holds up nobody for long, and when it goes on it acknowledges nothing that is not there."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arrivals import arrival, said
from cast import Cast
from store.freezing import PLACES
from story.node import environment_of
from wasl.errors import Unavailable
from wasl.limits import (
    DATABASE_KEEPALIVE_IDLE_SECONDS,
    DATABASE_LOCK_SECONDS_MAX,
    DATABASE_TRANSACTION_IDLE_SECONDS_MAX,
    DATABASE_UNANSWERED_SECONDS_MAX,
)
from wasl.settings import Settings
from wasl.store import postgres
from wasl.store.database import Database, Engine
from wasl.store.journal import Journal
from wasl.store.pulse import Pulse

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("settings", ["postgres"], indirect=True)]
TESTS = Path(__file__).resolve().parents[1]
PRODUCTION = dict(postgres._SESSION)
"""What a session asks for, before conftest.py gives a test run that is held up more time."""


class Frozen:
    """A node in another process that stands still in the middle of a transaction."""

    def __init__(self, settings: Settings, place: str) -> None:
        environment = {**os.environ, **environment_of(settings), "PYTHONPATH": os.pathsep.join([*sys.path, str(TESTS)])}
        command = [sys.executable, "-m", "store.freezing", place]
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    def wait(self) -> None:
        """Return when it stands still."""
        while self._state() not in "TZ":
            time.sleep(0.01)
        assert self._state() == "T", "it ended"

    def go_on(self) -> str:
        """Let it go on until its end; what its caller was told."""
        self._process.send_signal(signal.SIGCONT)
        told, _ = self._process.communicate(timeout=60)
        return told.splitlines()[-1]

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _state(self) -> str:
        return Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.fixture
async def pulse(engine: Engine, monkeypatch: pytest.MonkeyPatch, anyio_backend: str) -> Any:
    """Another node's sign of life, which ends what the server itself would wait for."""
    wanted = f"interval '{DATABASE_TRANSACTION_IDLE_SECONDS_MAX} seconds'"
    assert wanted in postgres._END_STALLED
    monkeypatch.setattr(postgres, "_END_STALLED", postgres._END_STALLED.replace(wanted, "interval '0.5 seconds'"))
    pulse = Pulse(Database(engine, readers=1), "n2", alone=False)
    await pulse.start()
    yield pulse
    await pulse.close()


@pytest.fixture(params=PLACES)
async def frozen(request: pytest.FixtureRequest, settings: Settings, one_number: Cast) -> Any:
    frozen = Frozen(settings, request.param)
    await asyncio.to_thread(frozen.wait)
    yield frozen
    frozen.kill()


@pytest.fixture
async def one_number(cast: Cast, database: Database, journal: Journal) -> Cast:
    """The cast without Cedar Clinic's number, so that nobody needs to choose one."""
    connection = database.engine.connect()
    connection.run("DELETE FROM channels WHERE id = ?", (cast.cedar_number.id,))
    connection.close()
    return cast


async def test_the_others_write_on_and_the_thawed_node_tells_the_truth(
    frozen: Frozen, pulse: Pulse, journal: Journal, database: Database, one_number: Cast
) -> None:
    began = time.monotonic()
    await journal.submit(arrival(one_number, said("meanwhile")))
    assert time.monotonic() - began < 2 * DATABASE_LOCK_SECONDS_MAX, "a lock that nobody ends is waited for twice"
    told = await asyncio.to_thread(frozen.go_on)
    found = [row[0] for row in database.read_now(lambda c: c.rows("SELECT message_id FROM messages ORDER BY sequence"))]
    assert found == ["before", "meanwhile", *(["frozen"] if told == "stored" else [])]
    log = database.read_now(lambda c: c.rows("SELECT sequence FROM events ORDER BY sequence"))
    assert [row[0] for row in log] == list(range(1, len(found) + 2))
    again = await journal.submit(arrival(one_number, said("frozen")))  # As the provider does.
    assert len(again) == (told == "unavailable")


async def test_a_commit_that_comes_too_late_is_not_acknowledged(
    settings: Settings, database: Database, one_number: Cast
) -> None:
    frozen = Frozen(settings, "before the commit")
    await asyncio.to_thread(frozen.wait)
    held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%'"
    async with asyncio.timeout(30):
        while await database.read(lambda c: c.rows(held)) != [(0,)]:
            await asyncio.sleep(0.05)
    assert await asyncio.to_thread(frozen.go_on) == "unavailable"


async def test_who_waits_for_a_lock_is_told_before_it_gives_up(
    engine: Engine, journal: Journal, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A holder that is neither dead nor frozen: nobody may end its transaction, and nobody waits for ever."""
    monkeypatch.setitem(postgres._SESSION, "lock_timeout", 300)
    monkeypatch.setitem(postgres._SESSION, "idle_in_transaction_session_timeout", 0)
    holder = engine.connect()
    holder.begin_write()
    holder.lock_stream(cast.olive.id)
    journal._drop_connection()
    try:
        with pytest.raises(Unavailable):
            await journal.submit(arrival(cast, said("m1")))
        await journal.submit(arrival(cast, said("m2"), channel=cast.cedar_number))
    finally:
        holder.rollback()
        holder.close()
    await journal.submit(arrival(cast, said("m1")))


@pytest.fixture
def connection(engine: Engine) -> Iterator[Any]:
    connection = engine.connect()
    yield connection
    connection.close()


async def test_a_session_has_all_its_bounds_whatever_the_server_thinks(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_SESSION", PRODUCTION)
    connection: Any = engine.connect()
    shown = {
        name: connection.rows(f"SHOW {name}")[0][0]
        for name in (
            "idle_in_transaction_session_timeout",
            "lock_timeout",
            "tcp_keepalives_idle",
            "tcp_user_timeout",
            "synchronous_commit",
        )
    }
    connection.close()
    assert shown == {
        "idle_in_transaction_session_timeout": f"{DATABASE_TRANSACTION_IDLE_SECONDS_MAX}s",
        "lock_timeout": f"{DATABASE_LOCK_SECONDS_MAX}s",
        "tcp_keepalives_idle": str(DATABASE_KEEPALIVE_IDLE_SECONDS),
        "tcp_user_timeout": str(DATABASE_UNANSWERED_SECONDS_MAX * 1000),
        "synchronous_commit": "on",
    }


async def test_our_side_of_a_connection_notices_too_that_the_other_is_gone(connection: Any) -> None:
    with socket.socket(fileno=os.dup(connection._raw.fileno())) as line:
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == DATABASE_KEEPALIVE_IDLE_SECONDS
        unanswered_ms = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert unanswered_ms == DATABASE_UNANSWERED_SECONDS_MAX * 1000


async def test_every_statement_of_a_transaction_lets_the_server_notice_a_silence(
    engine: Engine, connection: Any, cast: Cast
) -> None:
    """Between any two statements the server waits for the client, and does not count the time as its own work."""
    connection.begin_write()
    connection.lock_stream(cast.olive.id)
    connection.send("UPDATE ledger SET received = received WHERE account_id = ?", (cast.olive.id,))
    watcher = engine.connect()
    about = (connection._raw.info.backend_pid,)
    deadline = time.monotonic() + 30
    while watcher.rows("SELECT state FROM pg_stat_activity WHERE pid = ?", about) != [("idle in transaction",)]:
        assert time.monotonic() < deadline
    watcher.close()
    connection.rollback()
