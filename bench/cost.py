"""What a message costs: processor time of the server and its database, commits, bytes written, memory, statements."""

import asyncio
import contextlib
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import uvloop

from bench.bodies import PHONE_NUMBER_ID
from bench.client import CONNECTIONS, as_fast_as_answered
from bench.contenders import accepted
from bench.installation import Running, receive
from bench.machine import precise_cpu_seconds
from wasl.flow.receive import Reception
from wasl.memory import open_memory
from wasl.settings import Settings

SECONDS_MAX = 300.0
_CALLS = ("rows", "queries", "run", "send", "insert", "update", "lock_stream", "lock_commons", "commit")
"""Of a connection: each is a statement, or as few as its set of rows needs."""
KIB, MIB = 1024, 1024**2


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a message, over some hundred of them; the memory is the server's own."""

    microseconds: float
    commits: float
    written_kib: float
    resident_mib: float


class Costing:
    """Weighs what happens to a server, and to PostgreSQL behind it if it has one."""

    def __init__(self, running: Running, database_url: str | None) -> None:
        self._running = running
        self._url = database_url
        self._postmaster = _postmaster(database_url) if database_url else None

    def cost_of(self, messages: int, happen: Callable[[], None]) -> Cost:
        """Let so many messages happen; what each of them costs."""
        before, commits, written = self._cpu(), self._commits(), self._written()
        happen()
        after = self._cpu()
        used = sum(now - before.get(pid, 0.0) for pid, now in after.items())
        return Cost(
            used / messages * 1e6,
            (self._commits() - commits) / messages,
            (self._written() - written) / messages / KIB,
            _resident_bytes(self._running.pid) / MIB,
        )

    def _cpu(self) -> dict[int, float]:
        pids = list(self._running.pids())
        if self._postmaster is not None:
            pids += [self._postmaster, *_children(self._postmaster)]
        return {pid: precise_cpu_seconds(pid) for pid in pids if Path(f"/proc/{pid}").exists()}

    def _commits(self) -> float:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._running.port}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("wasl_commits_total "))

    def _written(self) -> float:
        """Bytes: PostgreSQL's log, or everything that the server has written into files, SQLite's log and database."""
        if self._url is None:
            lines = Path(f"/proc/{self._running.pid}/io").read_text().splitlines()
            return next(float(line.split()[1]) for line in lines if line.startswith("write_bytes:"))
        return _log_bytes(self._url)


def write_all(port: int, requests: Sequence[bytes]) -> None:
    """Send them as fast as they are answered. Raises SystemExit when they cannot all be answered in time."""
    if not requests:
        return
    connections = min(CONNECTIONS, len(requests))
    load = accepted("wasl", uvloop.run(as_fast_as_answered(port, iter(requests), SECONDS_MAX, connections)))
    if len(load.latencies) < len(requests):
        raise SystemExit(f"only {len(load.latencies):,} of {len(requests):,} webhooks in {SECONDS_MAX:.0f} s")


def statements_per_commit(settings: Settings, requests: Sequence[bytes]) -> float:
    """The same messages without HTTP, in this process: how many calls to the database each commit needs."""
    return asyncio.run(_counted(settings, [request.partition(b"\r\n\r\n")[2] for request in requests]))


async def _counted(settings: Settings, bodies: Sequence[bytes]) -> float:
    async with open_memory(settings) as memory:
        channel = memory.team.channel_of("meta", PHONE_NUMBER_ID)
        assert channel is not None
        reception = Reception(memory.team, memory.journal)
        with _counting(settings) as calls:
            for first in range(0, len(bodies), CONNECTIONS):
                part = bodies[first : first + CONNECTIONS]
                await asyncio.gather(*(receive(reception, channel, body) for body in part))
    return sum(calls.values()) / calls["commit"]


@contextlib.contextmanager
def _counting(settings: Settings) -> Iterator[dict[str, int]]:
    """Count what is asked of connections, by name."""
    if settings.database_url:
        from wasl.store.postgres import PostgresConnection as Connection
    else:
        from wasl.store.sqlite import SqliteConnection as Connection  # type: ignore[assignment]
    calls, before = dict.fromkeys(_CALLS, 0), {name: getattr(Connection, name) for name in _CALLS}
    try:
        for name, method in before.items():
            setattr(Connection, name, _counted_call(calls, name, method))
        yield calls
    finally:
        for name, method in before.items():
            setattr(Connection, name, method)


def _counted_call(calls: dict[str, int], name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        calls[name] += 1
        return method(*arguments)

    return call


def _resident_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * KIB for line in lines if line.startswith("VmRSS:"))


def _postmaster(url: str) -> int:
    """The process that all of PostgreSQL's others are children of."""
    with psycopg.connect(url) as connection:
        return int(Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()[1])


def _log_bytes(url: str) -> float:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')").fetchone()
        assert row is not None
        return float(row[0])


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
