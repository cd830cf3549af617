"""What a batch looks up, it looks up value by value: on a database that was empty when it planned the statement too."""

import pytest

from wasl.store.database import Engine
from wasl.store.draft import IDENTITIES, KNOWN_IDS, PARKED, SEEN_UPDATES, TARGETS

LOOKUPS = {
    KNOWN_IDS.format("message_id"): "message_id",
    KNOWN_IDS.format("provider_message_id"): "provider_message_id",
    PARKED: "target_id",
    TARGETS.format("message_id"): "message_id",
    TARGETS.format("provider_message_id"): "provider_message_id",
    SEEN_UPDATES: "update_id",
    IDENTITIES: "value",
}


@pytest.mark.parametrize("sql", LOOKUPS)
def test_each_wanted_value_is_found_by_an_index(engine: Engine, sql: str) -> None:
    connection = engine.connect()
    try:
        explain = "EXPLAIN QUERY PLAN " if connection.dialect == "sqlite" else "EXPLAIN "
        scope: object = 1 if sql is IDENTITIES else [1]
        rows = connection.rows(explain + sql, (["one", "two"], scope))
    finally:
        connection.close()
    steps = [str(row[-1]) for row in rows]
    column = LOOKUPS[sql]
    if connection.dialect == "sqlite":
        assert any(step.startswith("SEARCH") and f"{column}=?" in step for step in steps), steps
    else:
        assert any("Index Cond" in step and f"{column} = wanted.value" in step for step in steps), steps
