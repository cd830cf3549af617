"""What every node asks of files once a second costs as much as what is due, however much waits for later or failed."""

from typing import Any

import pytest

from store.test_outbox_plans import WAITING, Explained
from wasl.store.database import Engine
from wasl.store.media_jobs import claim_files, redate_files
from wasl.store.unused_files import old_files


@pytest.fixture
def explained(engine: Engine) -> Any:
    connection = engine.connect()
    connection.begin_write()
    sql = (
        "INSERT INTO media_jobs (account_id, sequence, channel_id, media, state, due_ms, since_ms)"
        " VALUES (1, ?, 1, '{}', ?, NOW_MS() + ?, NOW_MS())"
    )
    for place in range(WAITING):
        connection.send(sql, (place, "failed" if place % 2 else "waiting", 3_600_000 if place else 0))
    file = "INSERT INTO files (account_id, sha256, mime_type, bytes, created_ms) VALUES (1, ?, 'a/b', 1, ?)"
    for place in range(WAITING):
        connection.send(file, (f"{place:064x}", place))
    connection.commit()
    if connection.dialect == "postgres":  # By itself it does, SQLite never.
        connection.run("ANALYZE media_jobs")
        connection.run("ANALYZE files")
    yield Explained(connection)
    connection.close()


def test_what_is_due_is_found_by_its_time(explained: Any) -> None:
    explained.run = explained._connection.run
    assert [wanted.sequence for wanted in claim_files(explained, "n1", 5)] == [0]
    assert len(explained.plans) == 2
    for plan in explained.plans:
        assert "media_jobs_due" in plan, plan
        assert "SCAN media_jobs" not in plan, plan
        assert "Seq Scan on media_jobs" not in plan, plan


def test_a_clock_that_is_put_back_holds_no_file_for_an_hour(engine: Engine) -> None:
    connection = engine.connect()
    connection.begin_write()
    hour = 3_600_000
    connection.run(
        "INSERT INTO media_jobs (account_id, sequence, channel_id, media, state, due_ms, since_ms)"
        " VALUES (1, 1, 1, '{}', 'waiting', NOW_MS() + ?, NOW_MS() + ?)",
        (hour, hour),
    )
    assert claim_files(connection, "n1", 5) == []
    assert redate_files(connection) == 1
    assert [wanted.sequence for wanted in claim_files(connection, "n1", 5)] == [1]
    assert redate_files(connection) == 0
    connection.rollback()
    connection.close()


def test_old_files_are_gone_round_by_their_age(explained: Any) -> None:
    found = old_files(explained, (1_000, 0, ""), 60, 10)
    assert [file.created_ms for file in found] == list(range(1_000, 1_010))
    [plan] = explained.plans
    assert "files_created" in plan, plan
    assert "SCAN f" not in plan, plan
    assert "Seq Scan on files f" not in plan, plan
