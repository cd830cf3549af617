"""A batch leaves what the same changes leave one by one: a draft in memory says what the database would say."""

import asyncio
from random import Random
from typing import Any

import orjson
import pytest

from arrivals import ADAM, BISAN, DIMA, arrival, echoed, edited, reacted, remembered, revoked, said
from cast import Cast
from wasl.domain.message import Content
from wasl.domain.people import Operator
from wasl.errors import WaslError
from wasl.observe import Metrics
from wasl.store.database import Database, Engine
from wasl.store.desk import HandOver, MarkRead, Move
from wasl.store.journal import Journal
from wasl.store.outbox import QueueMessage
from wasl.store.team import Channel

pytestmark = pytest.mark.anyio

STEPS = 40
PEOPLE = (ADAM, BISAN, DIMA)


class Business:
    """One of two businesses to which the same things happen."""

    def __init__(self, cast: Cast, channel: Channel, operator: Operator) -> None:
        self._cast = cast
        self._channel = channel
        self._operator = operator
        self.account_id = channel.account_id

    def arrives(self, *updates: Any) -> Any:
        return arrival(self._cast, *updates, channel=self._channel)

    def conversation_id(self, place: int) -> str:
        customer = PEOPLE[place].phone or PEOPLE[place].bsuid
        return f"{self.account_id}_{self._channel.phone_number_id}_{customer}"

    def replies(self, place: int, user_id: str, number: int) -> Any:
        return QueueMessage(
            self.account_id,
            self._operator,
            self.conversation_id(place),
            user_id,
            Content.of_text(f"reply {number}"),
            client_message_id=f"draft-{number}",
            force=True,
        )

    def reads(self, place: int, sequence: int) -> Any:
        return MarkRead(self.account_id, self._operator.id, self.conversation_id(place), sequence)

    def moves(self, place: int, user_id: str, move: Move) -> Any:
        return HandOver(self.account_id, self._operator, self.conversation_id(place), user_id, move)


def changes_for(business: Business, seed: int) -> list[Any]:
    """The same random changes for whichever business."""
    chance = Random(seed)
    # First contacts come first and in order, so that everybody knows the ids of the contacts.
    changes = [business.arrives(said(f"wamid.first.{place}", party=party)) for place, party in enumerate(PEOPLE)]
    changes += [any_change(business, chance, number) for number in range(STEPS)]
    return changes


def any_change(business: Business, chance: Random, number: int) -> Any:
    place, at = chance.randrange(3), chance.randrange(60)
    party, user_id = PEOPLE[place], ("1", "3", "5")[place]
    fresh, target = f"wamid.{number}", f"wamid.{chance.randrange(number + 3)}"  # Some of them come only later.
    emoji, move = chance.choice(["a", "b", ""]), chance.choice(list(Move))
    arrivals = [
        (said(fresh, f"said {number}", party=party, at=at, reply_to=target),),
        (said(fresh, party=party, at=at), said(target, party=party, at=at)),
        (echoed(fresh, "echo", party=party, at=at),),
        (remembered(fresh, "past", at=-at, party=party),),
        (edited(target, f"edit {number}", at=at, party=party),),
        (revoked(target, at=at, party=party),),
        (reacted(target, emoji, at=at, party=party),),
    ]
    own = [
        business.replies(place, user_id, number),
        business.replies(place, user_id, max(0, number - 3)),
        business.reads(place, number),
        business.moves(place, user_id, move),
    ]
    return chance.choice([*(business.arrives(*updates) for updates in arrivals), *own])


@pytest.mark.parametrize("seed", range(6))
async def test_a_batch_is_the_same_as_one_by_one(
    seed: int, engine: Engine, database: Database, cast: Cast, anyio_backend: str
) -> None:
    together = Business(cast, cast.olive_number, cast.rana)
    alone = Business(cast, cast.cedar_number, cast.clara)
    journal = Journal(engine, lambda _: None, Metrics())
    journal._loop = asyncio.get_running_loop()
    waiting = [journal.submit(change) for change in changes_for(together, seed)]
    journal._thread.start()
    first = await asyncio.gather(*waiting, return_exceptions=True)
    second: list[Any] = []
    for change in changes_for(alone, seed):
        try:
            second.append(await journal.submit(change))
        except WaslError as refusal:
            second.append(refusal)
    await journal.close()
    assert [type(end) for end in first] == [type(end) for end in second]
    assert not [end for end in first if isinstance(end, Exception) and not isinstance(end, WaslError)]
    assert await told_by(database, together) == await told_by(database, alone)


async def told_by(database: Database, business: Business) -> dict[str, Any]:
    """Everything that the database holds of a business, but for what names it or is random."""
    found: dict[str, Any] = {}
    queries = {
        "messages": "SELECT sequence, coalesce(client_message_id, message_id), version, clock, role, origin, type,"
        " content, status, reactions, edited_ms, deleted_ms FROM messages WHERE account_id = ? ORDER BY sequence",
        "conversations": "SELECT conversation_key, version, last_sequence, status, handover_epoch, clock, reply_floor,"
        " history_clock, first_live_clock, message_count, inbound_count, window_from_ms, search_text"
        " FROM conversations WHERE account_id = ? ORDER BY conversation_key",
        "places": "SELECT conversation_key, last_sequence, status FROM conversation_places WHERE account_id = ?"
        " ORDER BY conversation_key",
        "events": "SELECT sequence, kind FROM events WHERE account_id = ? ORDER BY sequence",
        "markers": "SELECT conversation_key, read_sequence, read_inbound FROM read_markers WHERE account_id = ?"
        " ORDER BY conversation_key",
        "totals": "SELECT status, total FROM conversation_totals WHERE account_id = ? AND total <> 0 ORDER BY status",
        "ledger": "SELECT received, stored, duplicates, quarantined, set_aside FROM ledger WHERE account_id = ?",
        "outbox": "SELECT sequence, state FROM outbox WHERE account_id = ? ORDER BY sequence",
        "parked": "SELECT target_id, body FROM parked_updates WHERE account_id = ? ORDER BY target_id, fingerprint",
        "contacts": "SELECT contact_id, kind, value FROM contact_identities WHERE account_id = ? ORDER BY value",
    }
    for name, sql in queries.items():
        rows = await database.read(lambda connection, sql=sql: connection.rows(sql, (business.account_id,)))  # type: ignore[misc]
        found[name] = [tuple(row) for row in rows]
    sql = "SELECT last_message FROM conversations WHERE account_id = ? ORDER BY conversation_key"
    last = await database.read(lambda connection: connection.rows(sql, (business.account_id,)))
    hidden = {"message_id", "timestamp"}
    assert found["places"] == [(row[0], row[2], row[3]) for row in found["conversations"]]
    found["last"] = [{k: v for k, v in orjson.loads(row[0]).items() if k not in hidden} for row in last]
    return found
