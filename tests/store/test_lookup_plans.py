"""What a batch looks up, it looks up value by value, however many messages the channel has."""

import pytest

from cast import Cast
from crowd import crowd
from wasl.store.database import Engine
from wasl.store.needs import IDENTITIES, KNOWN_IDS, PARKED, SEEN_UPDATES, TARGETS, TWINS

pytestmark = pytest.mark.anyio

LOOKUPS = {
    KNOWN_IDS.format("message_id"): "message_id",
    KNOWN_IDS.format("provider_message_id"): "provider_message_id",
    PARKED: "target_id",
    TARGETS.format("message_id"): "message_id",
    TARGETS.format("provider_message_id"): "provider_message_id",
    SEEN_UPDATES: "update_id",
    IDENTITIES: "value",
    TWINS: "client_message_id",
}


@pytest.mark.parametrize("sql", LOOKUPS)
async def test_each_wanted_value_is_found_by_an_index(engine: Engine, cast: Cast, sql: str) -> None:
    crowd(engine, cast.olive_number, 2_000, messages_each=2)
    if engine.dialect == "postgres" and "messages" not in sql:
        return  # Its planner rightly reads a table without rows as it comes.
    connection = engine.connect()
    try:
        connection.run("ANALYZE")
        explain = "EXPLAIN QUERY PLAN " if connection.dialect == "sqlite" else "EXPLAIN "
        scope: object = 1 if sql in (IDENTITIES, TWINS) else [1]
        rows = connection.rows(explain + sql, (["one", "two"], scope))
    finally:
        connection.close()
    steps = [str(row[-1]) for row in rows]
    column = LOOKUPS[sql]
    if connection.dialect == "sqlite":
        assert any(step.startswith("SEARCH") and f"{column}=?" in step for step in steps), steps
    else:
        assert any("Index Cond" in step and f"{column} = wanted.value" in step for step in steps), steps
