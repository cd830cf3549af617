"""Every statement that reads the inbox goes by an index, on both databases: what it costs does not grow."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from cast import Cast
from crowd import crowd
from wasl.domain.conversation import ConversationStatus
from wasl.store.database import Connection, Engine, Row
from wasl.store.desk import MarkRead
from wasl.store.draft import Draft
from wasl.store.history import HistoryQuery, history_page, trace_of
from wasl.store.inbox import (
    PageQuery,
    active_conversations,
    client_conversations,
    conversation_page,
    waiting_queue,
)
from wasl.store.recall import Recall
from wasl.store.reports import live_metrics

CONVERSATIONS = 4_000
# Their size is that of the team, or the number of accounts, not that of the inbox.
SMALL_TABLES = {"ch", "channels", "operators", "conversation_totals", "json_each", "account_stream", "r", "waiting"}
NOW_MS = 1_790_000_100_000


class Explained:
    """A connection that remembers how the database went about each statement."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect
        self.plans: dict[str, str] = {}

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        explain = "EXPLAIN QUERY PLAN " if self.dialect == "sqlite" else "EXPLAIN "
        plan = self._connection.rows(explain + sql, parameters)
        self.plans[sql] = "\n".join(str(row[-1]) for row in plan)
        return self._connection.rows(sql, parameters)

    def queries(self, asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Row]]:
        return [self.rows(sql, parameters) for sql, parameters in asked]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.fixture
def explained(engine: Engine, cast: Cast) -> Iterator[Any]:
    crowd(engine, cast.olive_number, CONVERSATIONS, messages_each=2)
    crowd_of_another(engine, cast)
    connection = engine.connect()
    connection.begin_write()
    if connection.dialect == "postgres":
        connection.run("SET LOCAL enable_seqscan = off")  # A table of a test is small enough to be read whole.
    yield Explained(connection)
    connection.rollback()
    connection.close()


def crowd_of_another(engine: Engine, cast: Cast) -> None:
    """Two accounts, or the account would be no condition to the planner."""
    crowd(engine, cast.cedar_number, 500)


Read = Callable[[Any, Cast], object]


def page(**query: Any) -> Read:
    return lambda connection, cast: conversation_page(connection, cast.olive.id, cast.rana.id, PageQuery(**query))


READS: dict[str, Read] = {
    "the first page": page(),
    "a page by cursor": page(cursor="1500"),
    "a page by number": page(page=40),
    "a page of one status": page(status=ConversationStatus.HUMAN),
    "a page of one status by number": page(status=ConversationStatus.HUMAN, page=10),
    "a search by name": page(search="Customer 1234"),
    "a search by phone": page(search="+961 300 1234"),
    "a search for a common word": page(search="customer"),
    "a search for a common word, deep": page(search="customer", cursor="900"),
    "a search for a common word in one status": page(search="customer", status=ConversationStatus.BOT),
    "a search for one letter": page(search="7"),
    "a search for what is nowhere": page(search="zz"),
    "active conversations": lambda c, cast: active_conversations(c, cast.olive.id, cast.rana.id),
    "active conversations by name": lambda c, cast: active_conversations(c, cast.olive.id, cast.rana.id, "customer 77"),
    "the queue": lambda c, cast: waiting_queue(c, cast.olive.id, cast.rana.id),
    "a contact's conversations": lambda c, cast: client_conversations(c, cast.olive.id, cast.rana.id, "77"),
    "history": lambda c, cast: history(c, cast, days=None),
    "history by cursor": lambda c, cast: history(c, cast, before="1790000100-4000"),
    "history by time": lambda c, cast: history(c, cast, before="2026-09-22T00:00:00Z", days=3),
    "a trace": lambda c, cast: trace_of(c, cast.olive.id, "m77"),
    "the figures": lambda c, cast: live_metrics(c, cast.olive.id, NOW_MS),
    "a read marker": lambda c, cast: mark_read(c, cast, 76),
}


def history(connection: Any, cast: Cast, **query: Any) -> object:
    conversation_id = f"{cast.olive.id}_{cast.olive_number.phone_number_id}_9613000077"
    asked = HistoryQuery("77", conversation_id, limit=50, **query)
    return history_page(connection, cast.olive.id, cast.rana.id, asked, NOW_MS // 1000)


def mark_read(connection: Any, cast: Cast, sequence: int) -> object:
    conversation_id = f"{cast.olive.id}_{cast.olive_number.phone_number_id}_9613000077"
    draft = Draft(connection, cast.olive.id, NOW_MS, Recall())
    return MarkRead(cast.olive.id, cast.rana.id, conversation_id, sequence).apply(draft)


@pytest.mark.anyio
async def test_every_read_goes_by_an_index(explained: Explained, cast: Cast) -> None:
    found: list[str] = []
    for name, read in READS.items():
        explained.plans.clear()
        read(explained, cast)
        found += [f"{name}: {sql}\n{plan}" for sql, plan in explained.plans.items() if complaints(plan)]
        found += [f"{name} sorts: {sql}\n{plan}" for sql, plan in explained.plans.items() if sorts_too_much(sql, plan)]
    assert not found, "\n\n".join(found)


def complaints(plan: str) -> list[str]:
    """What a plan reads whole although it grows."""
    scans = re.findall(r"\bSCAN (\w+)\b(?! VIRTUAL TABLE INDEX)", plan) + re.findall(r"Seq Scan on (\w+)", plan)
    return [table for table in scans if table not in SMALL_TABLES]


def sorts_too_much(sql: str, plan: str) -> bool:
    """A page that is cut out of a sorted whole: its cost grows with the whole."""
    return " LIMIT ?" in sql and ("USE TEMP B-TREE FOR ORDER BY" in plan or re.search(r"\bSort\b", plan) is not None)


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("SCAN c", ["c"]),
        ("SCAN p USING COVERING INDEX conversation_places_by_status", ["p"]),
        ("SEARCH conversation_words USING PRIMARY KEY (account_id=? AND word>? AND word<?)", []),
        ("SEARCH p USING PRIMARY KEY (account_id=? AND last_sequence<?)", []),
        ("  ->  Seq Scan on messages m", ["messages"]),
        ("SCAN json_each VIRTUAL TABLE INDEX 1:", []),
    ],
)
def test_a_full_scan_is_noticed(plan: str, expected: list[str]) -> None:
    assert complaints(plan) == expected
