"""What a database says of its own health, read in one snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wasl.store.database import Connection, Engine, Row
from wasl.store.migrate import known_migrations

_ANSWERED_LATE_MS = 5 * 60_000

_DURABLE = {"synchronous": ("full", "extra"), "journal_mode": ("wal",), "fsync": ("on",), "full_page_writes": ("on",)}


@dataclass(frozen=True, slots=True)
class Schema:
    """Which migrations it has: `missing` are known to this version and not applied, `unknown` the other way round."""

    missing: Sequence[str]
    unknown: Sequence[int]


@dataclass(frozen=True, slots=True)
class Checkup:
    """Facts; whoever reads them judges."""

    durability: dict[str, str]
    """The settings of the database that decide whether a commit survives a power cut, as they are now."""
    database_ms: int | None
    """The server's clock; None for SQLite, which has none of its own."""
    newest_event_ms: int | None
    secret_check: str | None
    unbalanced: Sequence[Row]
    """Accounts whose ledger does not balance: (account_id, received, sum of what became of it)."""
    gaps: Sequence[Row]
    """Accounts whose log is not dense: (account_id, events there should be, events there are)."""
    kept: Sequence[Row]
    """(outcome, reason, how many bodies), most first."""
    strangers: list[Row]
    """Numbers that webhooks name and that are no channels, at most five: (provider, phone_number_id)."""
    undecided: int
    """Messages of which nobody knows whether they were sent."""
    overdue: int
    """Messages that should have left, or been settled, minutes ago."""
    files_late: int
    """Files of customers that should have been fetched minutes ago."""
    files_missing: int
    """Files of customers that could not be had."""
    turns_late: int
    """Customers whom the assistant should have answered minutes ago."""
    known_entries: Mapping[int, int]
    """How many entries and passages each account has in use."""
    without_operators: Sequence[str]
    """Names of accounts that nobody can answer for."""
    nodes: Sequence[Row]
    """Nodes that live: (name, milliseconds that its clock is ahead of the database's)."""
    connections: tuple[int, int] | None
    """How many connections the server allows to us, and how many are in use by anybody; None for SQLite."""


def read_schema(connection: Connection) -> Schema:
    """Compare the migrations of the database with those of this version."""
    known = known_migrations()
    sql = {
        "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'migrations'",
        "postgres": "SELECT 1 WHERE to_regclass('migrations') IS NOT NULL",
    }[connection.dialect]
    rows = connection.rows("SELECT number FROM migrations") if connection.rows(sql) else []
    applied = {number for (number,) in rows}
    missing = [name for number, (name, _) in known.items() if number not in applied]
    return Schema(missing, sorted(applied - known.keys()))


def check_up(connection: Connection) -> Checkup:
    """Read everything. The schema must be this version's."""
    sums = "stored + duplicates + quarantined + set_aside"
    newest = connection.rows(
        "SELECT max(e.created_ms) FROM account_stream s"
        " JOIN events e ON e.account_id = s.account_id AND e.sequence = s.head_sequence"
    )
    checks = connection.rows("SELECT secret_check FROM installation")
    late = f"NOW_MS() - {_ANSWERED_LATE_MS}"
    waits = f"state = 'waiting' AND due_ms < {late}"
    overdue = f"(state = 'queued' AND due_ms < {late}) OR (state = 'sending' AND lease_ms < {late})"
    return Checkup(
        durability=_durability(connection),
        database_ms=_server_clock_ms(connection),
        newest_event_ms=newest[0][0],
        secret_check=checks[0][0] if checks else None,
        unbalanced=connection.rows(f"SELECT account_id, received, {sums} FROM ledger WHERE received <> {sums}"),
        gaps=_gaps(connection),
        kept=connection.rows(
            "SELECT outcome, reason, count(*) FROM webhook_raw WHERE done_ms IS NULL"
            " GROUP BY outcome, reason ORDER BY count(*) DESC"
        ),
        strangers=connection.rows(
            "SELECT DISTINCT provider, phone_number_id FROM webhook_raw WHERE done_ms IS NULL"
            " AND outcome = 'quarantined' AND reason = 'unknown_channel' AND phone_number_id IS NOT NULL"
            " ORDER BY provider, phone_number_id LIMIT 5"
        ),
        undecided=connection.rows("SELECT count(*) FROM outbox WHERE state = 'unknown'")[0][0],
        overdue=connection.rows(f"SELECT count(*) FROM outbox WHERE {overdue}")[0][0],
        files_late=connection.rows(f"SELECT count(*) FROM media_jobs WHERE {waits}")[0][0],
        files_missing=connection.rows("SELECT count(*) FROM media_jobs WHERE state = 'failed'")[0][0],
        turns_late=connection.rows(f"SELECT count(*) FROM turns WHERE {waits}")[0][0],
        known_entries=dict(
            connection.rows("SELECT account_id, count(*) FROM knowledge_entries WHERE archived = 0 GROUP BY account_id")
        ),
        without_operators=[
            name
            for (name,) in connection.rows(
                "SELECT a.name FROM accounts a WHERE NOT EXISTS"
                " (SELECT 1 FROM operators o WHERE o.account_id = a.id AND o.disabled = 0) ORDER BY a.id"
            )
        ],
        nodes=connection.rows("SELECT name, ahead_ms FROM nodes ORDER BY name"),
        connections=_connections(connection),
    )


def weak_settings(engine: Engine) -> dict[str, str]:
    """The database's settings under which a power cut could take back a commit, by name; empty when there are none."""
    connection = engine.connect()
    try:
        return {name: value for name, value in _durability(connection).items() if is_weak(name, value)}
    finally:
        connection.close()


def is_weak(name: str, value: str) -> bool:
    """Whether a setting lets the database answer before the disk has."""
    return value in ("off", "local") if name == "synchronous_commit" else value not in _DURABLE[name]


def _durability(connection: Connection) -> dict[str, str]:
    if connection.dialect == "sqlite":
        [(synchronous,)] = connection.rows("PRAGMA synchronous")
        [(journal_mode,)] = connection.rows("PRAGMA journal_mode")
        words = {0: "off", 1: "normal", 2: "full", 3: "extra"}
        return {"synchronous": words[synchronous], "journal_mode": journal_mode}
    names = ("fsync", "synchronous_commit", "full_page_writes")
    return {name: connection.rows(f"SHOW {name}")[0][0] for name in names}


def _server_clock_ms(connection: Connection) -> int | None:
    if connection.dialect == "sqlite":
        return None
    return int(connection.rows("SELECT NOW_MS()")[0][0])


def _connections(connection: Connection) -> tuple[int, int] | None:
    if connection.dialect == "sqlite":
        return None
    sql = (
        "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,"
        " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')"
    )
    [(allowed, used)] = connection.rows(sql)
    return int(allowed), int(used)


def _gaps(connection: Connection) -> Sequence[Row]:
    sql = (
        "SELECT s.account_id, s.head_sequence - s.trim_sequence, (SELECT count(*) FROM events e"
        " WHERE e.account_id = s.account_id AND e.sequence > s.trim_sequence) FROM account_stream s"
    )
    return [row for row in connection.rows(sql) if row[1] != row[2]]
