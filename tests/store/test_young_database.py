"""What a message costs PostgreSQL: no more when its plans were made while the tables were empty, and no index twice.

Plans are kept, and statistics come a minute after the rows. Rows that were read are counted, not seconds.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from arrivals import NOON, arrival, edited, reacted, said
from cast import Cast
from crowd import crowd
from wasl.domain.identity import Party
from wasl.domain.people import Operator
from wasl.store.database import Connection, Engine
from wasl.store.desk import HandOver, MarkRead, Move
from wasl.store.draft import Draft
from wasl.store.journal import Change
from wasl.store.needs import Needs
from wasl.store.recall import Recall
from wasl.store.team import Channel
from wasl.store.write_back import write_back

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("settings", ["postgres"], indirect=True)]

CONVERSATIONS = 3_000
READ_MAX = 20
"""Rows of one table that a batch of a few changes may read."""
COUNTED = "SELECT relname, {} FROM pg_stat_xact_user_tables"


@pytest.fixture
def connection(engine: Engine, cast: Cast) -> Iterator[Connection]:
    connection = engine.connect()
    yield connection
    connection.close()


def write(connection: Connection, changes: Sequence[Change[Any]], counted: str) -> Counter[str]:
    """Run changes as one batch of the journal; what it counted of each table."""
    connection.begin_write()
    before: Counter[str] = Counter(dict(connection.rows(COUNTED.format(counted))))
    draft, needs = Draft(connection, changes[0].account_id, NOON * 1000, Recall()), Needs()
    for change in changes:
        needs.add(change.needs())
    draft.load(needs)
    for change in changes:
        change.apply(draft)
    write_back(draft)
    after: Counter[str] = Counter(dict(connection.rows(COUNTED.format(counted))))
    connection.commit()
    return after - before


def anything(cast: Cast, channel: Channel, operator: Operator, number: int, round_: int) -> list[Change[Any]]:
    """Of every kind of change one, by or about the customer of that number."""
    party = Party(phone=str(9613000000 + number), name=f"Customer {number}")
    conversation_id = f"{channel.account_id}_{channel.phone_number_id}_{party.phone}"
    move = Move.RELEASE if round_ % 2 else Move.TAKE_OVER
    updates = (
        said(f"new-{round_}", party=party, at=round_, number=channel.phone_number_id, reply_to=f"m{number}"),
        edited(f"m{number}", f"edit {round_}", at=round_, party=party),
        reacted(f"m{number + 1}", "a", at=round_, party=party),
    )
    return [
        arrival(cast, *updates, channel=channel),
        HandOver(channel.account_id, operator, conversation_id, str(number), move),
        MarkRead(channel.account_id, operator.id, conversation_id, 2**40),
    ]


async def test_plans_of_empty_tables_read_no_more_when_the_tables_are_large(
    engine: Engine, connection: Connection, cast: Cast
) -> None:
    early = Party(phone="9613000001", name="Customer 1")
    write(connection, [arrival(cast, said("m1", party=early), channel=cast.cedar_number)], "0")
    for round_ in range(12):  # More than it takes until a statement is prepared, and its plan kept.
        write(connection, anything(cast, cast.cedar_number, cast.clara, 1, round_), "0")
    crowd(engine, cast.olive_number, CONVERSATIONS, messages_each=2, analysed=False)
    read = write(connection, anything(cast, cast.olive_number, cast.omar, 77, 0), "seq_tup_read + idx_tup_fetch")
    assert {"conversations", "conversation_places", "messages"} <= read.keys()
    assert max(read.values()) <= READ_MAX, read


async def test_a_message_leaves_the_indexes_of_its_conversation_alone(connection: Connection, cast: Cast) -> None:
    write(connection, [arrival(cast, said("first"))], "0")
    for number in range(8):  # As long as there is room beside the old version; old ones make room.
        hot = write(connection, [arrival(cast, said(f"next-{number}", at=number))], "n_tup_hot_upd")
        assert hot["conversations"] == 1, f"message {number}: {hot}"
