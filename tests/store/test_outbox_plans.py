"""What every node asks of the outbox once a second costs as much as what is due, however much waits for later."""

from collections.abc import Sequence
from typing import Any

import pytest

from wasl.store.attempts import forsaken_claims
from wasl.store.database import Connection, Database, Engine, Row
from wasl.store.outbox import due_messages

WAITING = 3_000


class Explained:
    """A connection that notes how the database would go about each statement."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.plans: list[str] = []

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        explain = "EXPLAIN QUERY PLAN " if self._connection.dialect == "sqlite" else "EXPLAIN "
        self.plans.append("\n".join(str(row[-1]) for row in self._connection.rows(explain + sql, parameters)))
        return self._connection.rows(sql, parameters)


@pytest.fixture
def explained(engine: Engine, database: Database) -> Any:
    connection = engine.connect()
    connection.begin_write()
    sql = (
        "INSERT INTO outbox (account_id, sequence, channel_id, conversation_key, state, due_ms)"
        " VALUES (1, ?, 1, ?, 'queued', NOW_MS() + ?)"
    )
    for place in range(WAITING):
        connection.send(sql, (place, place, 3_600_000 if place else 0))
    connection.commit()
    if connection.dialect == "postgres":  # By itself it does, SQLite never.
        connection.run("ANALYZE outbox")
    yield Explained(connection)
    connection.close()


def test_what_is_due_is_found_by_its_time(explained: Any) -> None:
    assert [due.sequence for due in due_messages(explained, [], 50)] == [0]
    [plan] = explained.plans
    assert "due_ms<?" in plan or "Index Cond: ((state = 'queued'::text) AND (due_ms <= " in plan, plan
    assert "SCAN" not in plan.replace("LIST SUBQUERY", "").replace("SCAN json_each", ""), plan
    assert "Seq Scan" not in plan, plan


def test_forsaken_attempts_are_found_by_their_state(explained: Any) -> None:
    assert forsaken_claims(explained) == []
    [plan] = explained.plans
    assert "outbox_due" in plan, plan
    assert "Seq Scan on outbox" not in plan, plan
