"""After a restore the assistant answers nothing that it may have answered since the backup was made."""

from collections.abc import AsyncIterator

import pytest

from arrivals import ADAM, BISAN, DIMA
from turn_room import AUTO, OFF, SHADOW, TurnRoom
from wasl.flow.restored import settle_restored
from wasl.store.database import Database, Engine
from wasl.store.desk import Move
from wasl.store.secrets import SecretBox

pytestmark = pytest.mark.anyio


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    yield room
    await room.close()


async def test_whom_the_assistant_had_still_to_answer_waits_for_a_person(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?", party=ADAM)
    await room.customer_writes("do you have bread?", party=BISAN)
    await room.change("UPDATE turns SET state = 'thinking' WHERE upto_sequence = 2")  # One was being thought about.
    restored = await settle_restored(room.database, room.journal, room.team)
    assert restored.handed_over == 2
    await room.take()
    for party in (ADAM, BISAN):
        assert (room.chat(party)["status"], room.chat(party)["handover_reason"]) == ("waiting_human", "failed")
        assert room.lines(party)[-1]["handover"]["note_code"] == "backup_restored"
        assert room.said_by("bot", party) == [], "perhaps they have heard it already"
    assert room.answerer.asked == []


async def test_drafts_away_texts_and_what_people_hold_are_only_forgotten(room: TurnRoom) -> None:
    await room.assistant_is(SHADOW)
    await room.customer_writes("when are you open?", party=ADAM)
    await room.assistant_is({**OFF, "hours": {"weekly": {"mon": []}}})
    await room.customer_writes("when are you open?", party=BISAN)
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?", party=DIMA)
    await room.begin()
    await room.moves(Move.TAKE_OVER, DIMA)
    await room.finish()
    restored = await settle_restored(room.database, room.journal, room.team)
    assert (restored.handed_over, room.turns()) == (0, [])
    assert [room.chat(party)["status"] for party in (ADAM, BISAN, DIMA)] == ["waiting_human", "waiting_human", "human"]
