"""What a message weighs in PostgreSQL: rows, indexes, events and log, for whoever must size disks.

Half of the messages come in, half go out and are reported as sent, delivered and read, as WhatsApp does. They go
through the program's own changes, so updates leave in the files what they leave in life.
"""

import asyncio
import itertools
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.bodies import PHONE_NUMBER_ID, webhooks
from bench.installation import NotMeasured, fresh_folder, furnish, receive, settings_for
from bench.machine import two_cores
from bench.postgres import postgres, version_of
from bench.report import Figure, Report
from wasl.domain.message import Content
from wasl.domain.people import Operator
from wasl.domain.sending import Accepted
from wasl.flow.receive import Reception
from wasl.memory import Memory, open_memory
from wasl.settings import Settings
from wasl.store.attempts import ClaimMessage, SettleAttempt
from wasl.store.database import Connection
from wasl.store.journal import change_of
from wasl.store.message_row import Message
from wasl.store.outbox import Due, QueueMessage
from wasl.store.team import Channel

MESSAGES, MESSAGES_QUICK = 100_000, 10_000
MESSAGES_PER_CUSTOMER = 10
AT_ONCE = 200
NODE = "n1:of the bench"
ANSWER = "Yes, we keep two olive breads and a large jar of the cedar honey for you until seven. See you tomorrow!"
# A conversation comes with its place in the list, its customer, and the words that it is found by.
PARTS = {
    "a message": ("messages",),
    "an event": ("events",),
    "a conversation": (
        "conversations",
        "conversation_places",
        "conversation_words",
        "contacts",
        "contact_identities",
        "read_markers",
    ),
}


def measure_weight(report: Report, quick: bool) -> None:
    """Write the messages into a fresh PostgreSQL and weigh it."""
    messages = MESSAGES_QUICK if quick else MESSAGES
    print(f"what {messages:,} messages weigh in PostgreSQL")
    try:
        with postgres(two_cores().server) as server, fresh_folder("weight") as folder:
            url = server.create_database()
            report.facts |= {
                "postgresql": version_of(server.url()),
                "messages": messages,
                "conversations": messages // MESSAGES_PER_CUSTOMER,
            }
            settings = settings_for(folder, url)
            furnish(settings)
            before = _write_ahead_bytes(url)
            asyncio.run(_fill(settings, messages))
            _weigh(report, url, messages, _write_ahead_bytes(url) - before)
    except NotMeasured as reason:
        print(f"!!! not measured: {reason}")


def _weigh(report: Report, url: str, messages: int, written: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        counts = {name: _one(connection, f"SELECT count(*) FROM {name}") for name in ("events", "conversations")}
        rows = {"a message": messages, "an event": counts["events"], "a conversation": counts["conversations"]}
        connection.execute("VACUUM ANALYZE")
        lying = _sizes(connection)
        connection.execute("VACUUM FULL")
        packed = _sizes(connection)
        for part, count in rows.items():
            for kind in ("rows", "indexes"):
                beside = {"packed": packed[part, kind] / count}
                note = f"{beside['packed']:,.0f} B packed"
                report.add(Figure(f"{part}: {kind}", lying[part, kind] / count, "B", against=note, beside=beside))
        report.add(Figure("events per message", counts["events"] / messages, ""))
    report.add(Figure("write-ahead log per message", written / messages, "B"))


def _sizes(connection: "psycopg.Connection[Any]") -> dict[tuple[str, str], int]:
    """Of each part: the bytes of its tables, and of their indexes."""
    found = {}
    for part, tables in PARTS.items():
        found[part, "rows"] = sum(_one(connection, "SELECT pg_table_size(%s)", table) for table in tables)
        found[part, "indexes"] = sum(_one(connection, "SELECT pg_indexes_size(%s)", table) for table in tables)
    return found


def _one(connection: "psycopg.Connection[Any]", sql: str, *parameters: str) -> int:
    row = connection.execute(sql, parameters or None).fetchone()
    assert row is not None
    return int(row[0])


def _write_ahead_bytes(url: str) -> int:
    with psycopg.connect(url) as connection:
        return _one(connection, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")


@dataclass(frozen=True, slots=True)
class _Shop:
    """The installation as this process works on it, without HTTP."""

    memory: Memory
    reception: Reception
    channel: Channel
    operator: Operator
    wamids: Iterator[str]

    async def hear(self, body: bytes) -> None:
        """A webhook whose signature was checked."""
        await receive(self.reception, self.channel, body)

    async def answer(self, conversation_id: str, user_id: str) -> None:
        """A reply, and all that becomes of it."""
        submit, account = self.memory.journal.submit, self.channel.account_id
        queued = QueueMessage(
            account,
            self.operator,
            conversation_id,
            user_id,
            Content.of_text(ANSWER),
            str(uuid.uuid4()),
            None,
            None,
            True,
        )
        message: Message = await submit(queued)
        due = Due(account, message.sequence, message.channel_id, message.conversation_key)
        claim = await submit(ClaimMessage(due, NODE))
        assert claim is not None
        wamid = next(self.wamids)
        await submit(SettleAttempt(due, claim.attempt, Accepted(wamid)))
        for word in ("sent", "delivered", "read"):
            await self.hear(_status(wamid, word))


async def _fill(settings: Settings, messages: int) -> None:
    async with open_memory(settings) as memory:
        channel = memory.team.channel_of("meta", PHONE_NUMBER_ID)
        assert channel is not None
        [operator] = memory.team.operators(channel.account_id)
        wamids = (f"wamid.HBgMOTYxMzAwMDAwMBUCABEYEj{uuid.uuid4().hex[:24]}AA==" for _ in itertools.count())
        shop = _Shop(memory, Reception(memory.team, memory.journal), channel, operator, wamids)
        sql = "INSERT INTO nodes (node, name, seen_ms, ahead_ms) VALUES (?, 'n1', NOW_MS(), 0)"
        await memory.journal.submit(change_of(0, lambda draft: draft.connection.run(sql, (NODE,))))
        for first in range(0, messages // 2, AT_ONCE):
            requests = webhooks(first, AT_ONCE, customers=messages // MESSAGES_PER_CUSTOMER)
            await asyncio.gather(*(shop.hear(request.partition(b"\r\n\r\n")[2]) for request in requests))
            written = await memory.database.read(lambda c: _newest_conversations(c, channel.account_id))
            await asyncio.gather(*(shop.answer(*ids) for ids in written))


def _newest_conversations(connection: Connection, account_id: int) -> Sequence[tuple[str, str]]:
    sql = (
        "SELECT conversation_id, contact_id FROM conversations WHERE account_id = ? ORDER BY last_sequence DESC LIMIT ?"
    )
    return [(row[0], str(row[1])) for row in connection.rows(sql, (account_id, AT_ONCE))]


def _status(wamid: str, word: str) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550100100", "phone_number_id": PHONE_NUMBER_ID},
        "statuses": [
            {
                "id": wamid,
                "status": word,
                "timestamp": "1795200000",
                "recipient_id": "9613000001",
                "pricing": {"billable": True, "pricing_model": "PMP", "category": "service"},
            }
        ],
    }
    entry = {"id": "700100700100700", "changes": [{"value": value, "field": "messages"}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
