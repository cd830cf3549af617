"""The database at the end of an era, read with SQL of our own, and what the provider took: written down row by row.

Nothing is kept in memory but the conversations' names, so a million messages are a matter of a minute.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from wasl.emulator.remote import JsonObject, RemoteEmulator
from wasl.torture.history import (
    Accepted,
    Acknowledged,
    ConversationRow,
    EraEnds,
    LedgerRow,
    LogEnds,
    LogRow,
    MarkerRow,
    MessageRow,
    OutboxRow,
    Posted,
    RawRow,
    Record,
    Writer,
    digest,
    now,
)
from wasl.torture.stage import Stage

ROWS_AT_ONCE = 5_000


async def write_evidence(stage: Stage, writer: Writer, era: int) -> None:
    """Write the end of an era: EraEnds, and then every row of the database as of one moment.

    Works in a thread, which alone uses the writer meanwhile. Nodes may run or not. What the provider took is written
    by `write_told`.
    """
    await asyncio.to_thread(_write_rows, stage, writer, era)


async def write_told(stage: Stage, writer: Writer) -> None:
    """Write what the provider took of us, and which statuses of that it told and had acknowledged.

    Once in a run, at its very end, because the emulator remembers everything from the beginning on.
    """
    # The emulator's records are by the wall clock.
    behind = now() - time.time()
    accounts = {account.phone_number_id: account.id for account in stage.accounts}
    async with RemoteEmulator(stage.emulator_url) as remote:
        for item in await remote.accepted():
            writer.write(_accepted(item, behind))
        for item in await remote.deliveries():
            ids = [name for name in item["provider_ids"] if ":" not in name]
            statuses = [name for name in item["provider_ids"] if ":" in name]
            account = accounts[item["phone_number_id"]]
            writer.write(Posted(item["begun_at"] + behind, account, ids, statuses))
            if item["acknowledged_at"] is not None:
                writer.write(Acknowledged(item["acknowledged_at"] + behind, "emulator", ids, statuses))


def _accepted(item: JsonObject, behind: float) -> Accepted:
    text = _words(item["body"])
    return Accepted(
        item["index"],
        item["at"] + behind,
        item["message_id"],
        item["callback_data"] or "",
        item["recipient"],
        digest(text.encode()) if text else "",
        item["answered"],
    )


def _words(body: JsonObject) -> str:
    """What a message says, whatever stands beside it."""
    match body["type"]:
        case "image":
            return str(body["image"].get("caption", ""))
        case "interactive":
            return str(body["interactive"]["body"]["text"])
        case _:
            return str(body.get("text", {}).get("body", ""))


# -- the database -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asking:
    """A database: `rows` yields what it answers row by row, and `as_bytes` makes a text bytes in its dialect, because
    what is only digested should never become a text of ours."""

    rows: Callable[[LiteralString], Iterator[tuple[Any, ...]]]
    as_bytes: LiteralString


_CONVERSATIONS = (
    "SELECT account_id, conversation_id, last_sequence, status, version, message_count, inbound_count, clock"
    " FROM conversations ORDER BY account_id, conversation_key"
)
_NAMES = "SELECT account_id, conversation_key, conversation_id FROM conversations"
_MESSAGES = (
    "SELECT account_id, conversation_key, message_id, role, origin, clock, sequence, version, status,"
    " provider_message_id, client_message_id, {} FROM messages ORDER BY account_id, sequence"
)
_LOG = "SELECT account_id, sequence, tag, kind, conversation_id, {} FROM {} ORDER BY account_id, sequence"
_ENDS = "SELECT account_id, head_sequence, head_tag, trim_sequence FROM account_stream ORDER BY account_id"
_MARKERS = "SELECT account_id, operator_id, conversation_key, read_sequence FROM read_markers"
_OUTBOX = "SELECT account_id, conversation_key, sequence, state, attempt FROM outbox ORDER BY account_id, sequence"
_RAW = "SELECT outcome, reason, count(*) FROM webhook_raw GROUP BY outcome, reason ORDER BY outcome, reason"
_LEDGER = "SELECT account_id, received, stored, duplicates, quarantined, set_aside FROM ledger ORDER BY account_id"


def _write_rows(stage: Stage, writer: Writer, era: int) -> None:
    writer.write(EraEnds(era, now()))
    asked = _postgres(stage.database_url) if stage.database_url else _sqlite(stage.database_file)
    with asked as asking:
        for record in _records(asking):
            writer.write(record)


def _records(asking: _Asking) -> Iterator[Record]:
    rows = asking.rows
    names = {(account, key): name for account, key, name in rows(_NAMES)}
    for row in rows(_ENDS):
        yield LogEnds(row[0], row[1], _tag(row[2]), row[3])
    for table in ("torture_trimmed", "events"):
        for account, sequence, tag, kind, name, payload in rows(_LOG.format(asking.as_bytes.format("payload"), table)):
            yield LogRow(account, sequence, _tag(tag), kind, name, digest(payload), table == "torture_trimmed")
    for row in rows(_CONVERSATIONS):
        yield ConversationRow(*row)
    for account, key, *values, content in rows(_MESSAGES.format(asking.as_bytes.format("content"))):
        values[6] = values[6] or ""  # A customer's message has no status.
        yield MessageRow(*(account, names.get((account, key), f"?{key}"), *values, digest(content)))
    for account, operator, key, sequence in rows(_MARKERS):
        yield MarkerRow(account, operator, names.get((account, key), f"?{key}"), sequence)
    for account, key, sequence, state, attempt in rows(_OUTBOX):
        yield OutboxRow(account, names.get((account, key), f"?{key}"), sequence, state, attempt)
    for row in rows(_RAW):
        yield RawRow(*row)
    for row in rows(_LEDGER):
        yield LedgerRow(*row)


@contextlib.contextmanager
def _sqlite(file: Path | None) -> Iterator[_Asking]:
    assert file is not None, "an installation has a database"
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("BEGIN")
        _require_trimmed(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'torture_trimmed'").fetchall())
        yield _Asking(connection.execute, "CAST({} AS BLOB)")
    finally:
        connection.close()


@contextlib.contextmanager
def _postgres(url: str) -> Iterator[_Asking]:
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True

        def rows(sql: LiteralString) -> Iterator[tuple[Any, ...]]:
            with connection.cursor("rows", binary=True) as cursor:
                cursor.itersize = ROWS_AT_ONCE
                cursor.execute(sql)
                yield from cursor

        _require_trimmed(connection.execute("SELECT 1 FROM pg_tables WHERE tablename = 'torture_trimmed'").fetchall())
        yield _Asking(rows, "convert_to({}, 'UTF8')")


def _require_trimmed(found: list[Any]) -> None:
    assert found, "this database does not keep what is trimmed: installation.py adds that to it"


def _tag(tag: int) -> str:
    return f"{tag:08x}"
