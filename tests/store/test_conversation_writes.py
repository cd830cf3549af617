"""What a message writes of its conversation: what moves, and the rest only when it is another."""

import re
from collections.abc import Sequence

import pytest

from arrivals import arrival, said
from cast import Cast
from wasl.store.conversation_row import CONVERSATIONS, MOVING_UPDATES, STANDING_UPDATES
from wasl.store.database import Connection, Database, Engine, Row, Table
from wasl.store.journal import Journal

pytestmark = pytest.mark.anyio


@pytest.fixture
def updates(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The columns of each update of conversations, as they are written."""
    probe = engine.connect()
    connection_class = type(probe)
    probe.close()
    plain, seen = connection_class.update, list[tuple[str, ...]]()

    def noting(self: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
        if table is CONVERSATIONS:
            seen.append(tuple(columns))
        plain(self, table, columns, rows)

    monkeypatch.setattr(connection_class, "update", noting)
    return seen


async def test_one_more_message_writes_only_what_moves(
    journal: Journal, cast: Cast, updates: list[tuple[str, ...]]
) -> None:
    await journal.submit(arrival(cast, said("a1", "what time do you open?")))
    await journal.submit(arrival(cast, said("a2", "and when do you close?", at=1)))
    assert updates == [MOVING_UPDATES]


async def test_what_a_writer_finds_in_the_database_is_not_written_again_either(
    journal: Journal, cast: Cast, engine: Engine, updates: list[tuple[str, ...]], database: Database
) -> None:
    await journal.submit(arrival(cast, said("a1", "I want my money back, this is a scandal!!")))
    before = database.read_now(lambda connection: standing_of(connection, cast.olive.id))
    journal._recall._accounts.clear()  # As after a start.
    await journal.submit(arrival(cast, said("a2", "I want my money back, this is a scandal!!", at=1)))
    assert updates == [MOVING_UPDATES]
    assert database.read_now(lambda connection: standing_of(connection, cast.olive.id)) == before


async def test_a_mood_that_turns_is_written(
    journal: Journal, cast: Cast, database: Database, updates: list[tuple[str, ...]]
) -> None:
    await journal.submit(arrival(cast, said("a1", "what time do you open?")))
    await journal.submit(arrival(cast, said("a2", "this is terrible, I am very angry!!", at=1)))
    assert updates == [MOVING_UPDATES, STANDING_UPDATES]
    sql = "SELECT sentiment, language, message_count FROM conversations WHERE account_id = ?"
    found = database.read_now(lambda connection: connection.rows(sql, (cast.olive.id,)))
    assert found == [("negative", "en", 2)]


async def test_no_index_names_what_every_message_changes(database: Database, engine: Engine) -> None:
    sql = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'conversations' AND sql > ''",
        "postgres": "SELECT indexdef FROM pg_indexes WHERE tablename = 'conversations'",
    }[engine.dialect]
    indexes = [text for (text,) in database.read_now(lambda connection: connection.rows(sql))]
    assert any("sentiment" in text for text in indexes)
    for text in indexes:
        assert not set(re.findall(r"\w+", text)) & set(MOVING_UPDATES), text


def standing_of(connection: Connection, account_id: int) -> list[Row]:
    columns = ", ".join(STANDING_UPDATES)
    return connection.rows(f"SELECT {columns} FROM conversations WHERE account_id = ?", (account_id,))
