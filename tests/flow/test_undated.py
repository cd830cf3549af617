"""Messages of which nobody says when they were written, and some of which have no id: shown where they arrived."""

import json
from dataclasses import dataclass
from typing import Any, cast

import pytest

from cast import Cast
from wasl.channels.adapter import Adapter, Knock
from wasl.channels.providers.meta import Meta
from wasl.channels.providers.qiscus import Qiscus
from wasl.flow.receive import Reception
from wasl.flow.replay import replay
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.team import Channel, NewChannel, Team

pytestmark = pytest.mark.anyio

META = Meta(cast(Any, None), cast(Any, None))
QISCUS = Qiscus(cast(Any, None), cast(Any, None))
ARRIVED = 1_790_000_100_000
"""In milliseconds, at the beginning of a stretch within which the same words are the same message."""
SECOND, MINUTE, DAY = 1000, 60_000, 86_400_000


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes bodies in at chosen moments, and reads what stands there."""

    database: Database
    journal: Journal
    team: Team
    cast: Cast

    async def take(self, adapter: Adapter, body: dict[str, Any], channel: Channel, arrived_ms: int = ARRIVED) -> None:
        knock = Knock.kept(json.dumps(body).encode(), arrived_ms)
        await Reception(self.team, self.journal).take(adapter, knock, channel, alone=True)

    async def add_qiscus(self, number: str = "1") -> Channel:
        values = {"app_code": "abcde-xyz123", "secret_key": "a-key"}
        return await self.team.add_channel(self.cast.olive.id, NewChannel("qiscus", number, values))

    async def times(self) -> list[tuple[int, int]]:
        """Of each message when it was written, and since when its conversation's window is open."""
        sql = (
            "SELECT m.timestamp_ms, c.window_from_ms FROM messages m JOIN conversations c"
            " ON c.account_id = m.account_id AND c.channel_id = m.channel_id ORDER BY m.sequence"
        )
        return [tuple(row) for row in await self.database.read(lambda connection: connection.rows(sql))]


@pytest.fixture
def desk(database: Database, journal: Journal, team: Team, cast: Cast) -> Desk:
    return Desk(database, journal, team, cast)


def of_old(number: str = "1", text: str = "ini pesan") -> dict[str, Any]:
    """A body of 2024, which has neither an id nor a time."""
    options = {"source": "wa", "channel_details": {"channel_id": int(number)}}
    who = {"id": 1, "email": "9613000001", "name": "Rami"}
    said = {"type": "text", "text": text, "payload": {}}
    return {"payload": {"from": who, "room": {"id": 1, "options": options}, "message": said}}


def enveloped(number: str, **more: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "9613000100", "phone_number_id": number}
    said = {"from": "9613000001", "type": "text", "text": {"body": "kifak"}, **more}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": [said]}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


async def test_what_does_not_say_when_it_was_written_was_written_when_it_came(desk: Desk) -> None:
    await desk.take(QISCUS, of_old(), await desk.add_qiscus())
    assert await desk.times() == [(ARRIVED, ARRIVED)]


async def test_the_same_in_an_envelope(desk: Desk, cast: Cast) -> None:
    number = cast.olive_number
    await desk.take(META, enveloped(number.phone_number_id, id="wamid.one"), number)
    assert await desk.times() == [(ARRIVED, ARRIVED)]


async def test_it_stands_below_what_was_there_and_above_what_follows_whatever_our_clock_says(
    desk: Desk, cast: Cast
) -> None:
    number = cast.olive_number
    for id_, seconds in (("one", 1_789_000_000), ("two", 0), ("three", 1_789_000_000), ("four", 1_789_000_001)):
        told = {"id": id_, "timestamp": str(seconds)} if seconds else {"id": id_}
        await desk.take(META, enveloped(number.phone_number_id, **told), number)
    sql = "SELECT message_id FROM messages ORDER BY clock, sequence"
    found = await desk.database.read(lambda connection: connection.rows(sql))
    assert [id_ for (id_,) in found] == ["one", "two", "three", "four"]


async def test_without_an_id_a_repetition_is_one_and_the_same_words_later_are_another(desk: Desk, cast: Cast) -> None:
    qiscus = await desk.add_qiscus()
    for later in (0, 15 * SECOND, 2 * MINUTE, DAY, DAY + 15 * SECOND):
        await desk.take(QISCUS, of_old(), qiscus, ARRIVED + later)
    assert [at for at, _ in await desk.times()] == [ARRIVED, ARRIVED + DAY]


async def test_the_same_without_an_id_in_an_envelope(desk: Desk, cast: Cast) -> None:
    number = cast.olive_number
    for later in (0, 15 * SECOND, DAY):
        await desk.take(META, enveloped(number.phone_number_id), number, ARRIVED + later)
        # One with a time is the same however late it is told.
        await desk.take(META, enveloped(number.phone_number_id, timestamp="1790000001"), number, ARRIVED + later)
    assert [at for at, _ in await desk.times()] == [ARRIVED, 1_790_000_001_000, ARRIVED + DAY]


async def test_what_was_kept_meanwhile_is_as_old_as_it_is(desk: Desk) -> None:
    mistyped = await desk.add_qiscus("2")
    await desk.take(QISCUS, of_old("1"), mistyped)
    right = await desk.add_qiscus("1")
    await desk.take(QISCUS, of_old("1"), right, ARRIVED + 15 * SECOND)
    done = await replay(desk.database, desk.journal, desk.team, {"qiscus": QISCUS})
    assert (done.taken, done.messages) == (1, 0)
    assert await desk.times() == [(ARRIVED + 15 * SECOND,) * 2]
