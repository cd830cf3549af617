"""Who waits while their window runs out moves up in the queue, each step by one event, and is never overtaken by it."""

from collections.abc import AsyncIterator

import orjson
import pytest

from arrivals import ADAM, BISAN, DIMA
from turn_room import AUTO, OFF, TurnRoom
from wasl.domain.assistant import Answered, Reason
from wasl.domain.identity import Party
from wasl.flow.weigh_windows import WindowKeeper
from wasl.store.database import Database, Engine
from wasl.store.desk import Move
from wasl.store.duties import Duties
from wasl.store.inbox import waiting_queue
from wasl.store.secrets import SecretBox

pytestmark = pytest.mark.anyio


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    yield room
    await room.close()


def keeper(room: TurnRoom) -> WindowKeeper:
    return WindowKeeper(room.database, room.journal, room.team, room.duties, room.clock)


def queue(room: TurnRoom) -> list[tuple[str, int]]:
    found = room.database.read_now(lambda c: waiting_queue(c, room.cast.olive.id, room.cast.rana.id))
    return [(chat["user_name"], chat["priority"]) for chat in found.conversations]


async def test_a_window_that_runs_out_raises_who_waits_step_by_step(room: TurnRoom) -> None:
    windows = keeper(room)
    await room.customer_writes("hello", party=BISAN)
    room.clock.pass_by(hours=1)
    await room.customer_writes("hello", party=ADAM)
    seen = []
    for hours in (18, 0.99, 0.02, 0.98, 1.99, 0.03, 0.96, 0.5, 40):
        room.clock.pass_by(hours=hours)
        if hours == 40:
            windows = keeper(room)  # Nobody was there for days.
        count = len(room.listened)
        changed = await windows.weigh()
        assert len(room.listened) - count == changed, "one event for each"
        for event in room.listened[count:]:
            data = orjson.loads(event.payload)
            shown = {key: value for key, value in room.chat(_named(data)).items() if key != "unread_count"}
            assert (data["changed"], data["conversation"]) == ("priority", shown)
        assert await windows.weigh() == 0, "looked at twice it is the same"
        seen.append(queue(room))
    assert seen == [
        [("Bisan", 0), ("Adam", 0)],
        [("Bisan", 0), ("Adam", 0)],
        [("Bisan", 10), ("Adam", 0)],
        [("Bisan", 10), ("Adam", 0)],
        [("Bisan", 10), ("Adam", 10)],
        [("Bisan", 30), ("Adam", 10)],
        [("Bisan", 30), ("Adam", 10)],
        [("Adam", 30), ("Bisan", 0)],
        [("Bisan", 0), ("Adam", 0)],
    ]


def _named(data: dict[str, object]) -> Party:
    return BISAN if str(data["conversation_id"]).endswith(str(BISAN.phone)) else ADAM


async def test_what_is_raised_stays_until_the_customer_writes_again(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    room.answerer.answered = Answered(None, Reason.ASKED, "They want a person.")
    await room.customer_writes("a person please")
    await room.take()
    room.clock.pass_by(hours=23.5)
    await keeper(room).weigh()
    assert room.chat()["priority"] == 50
    await room.moves(Move.RELEASE)
    assert room.chat()["priority"] == 0, "nobody waits"
    await room.take()
    assert room.chat()["priority"] == 50, "the window is still as short"
    await room.customer_writes("thanks")
    assert room.chat()["priority"] == 20
    assert await keeper(room).weigh() == 0


async def test_only_those_who_wait_are_raised(room: TurnRoom) -> None:
    for party, move in ((ADAM, Move.TAKE_OVER), (BISAN, Move.END), (DIMA, Move.RELEASE)):
        await room.customer_writes("hello", party=party)
        await room.moves(move, party)
    room.clock.pass_by(hours=23.5)
    assert await keeper(room).weigh() == 0
    room.clock.pass_by(hours=300)
    await room.customer_writes("hello", party=ADAM)
    assert await keeper(room).weigh() == 0


async def test_a_clock_of_ours_that_is_wrong_by_hours_raises_nobody(room: TurnRoom) -> None:
    """WhatsApp's time counts, as its last messages told it."""
    await room.hears(*(room.says_now("hello", party) for party in (ADAM, BISAN)))
    await room.change("UPDATE messages SET received_ms = received_ms + ?", 23 * 3_600_000)
    room.clock.pass_by(hours=23)  # It was ahead all the time.
    assert await keeper(room).weigh() == 0
    room.clock.pass_by(hours=23.5)
    assert await keeper(room).weigh() == 2


@pytest.mark.parametrize("events", [200, 0], ids=["a busy number", "a quiet number"])
async def test_nor_does_one_that_is_behind_forget_anybody(
    room: TurnRoom, monkeypatch: pytest.MonkeyPatch, events: int
) -> None:
    monkeypatch.setattr("wasl.store.window._LAST_EVENTS", events)
    await room.customer_writes("hello")
    await room.change("UPDATE messages SET received_ms = received_ms - ?", 23 * 3_600_000)
    room.clock.pass_by(hours=-23)
    assert await keeper(room).weigh() == 0
    room.clock.pass_by(hours=23.5)
    assert await keeper(room).weigh() == 1


async def test_one_node_looks(room: TurnRoom) -> None:
    await room.customer_writes("hello")
    room.clock.pass_by(hours=23.5)
    others = Duties(room.database, "n2:another")
    assert await others.claim("weigh windows")
    assert await keeper(room).weigh() == 0


async def test_of_many_who_wait_all_are_seen(room: TurnRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasl.flow.weigh_windows.WAITING_LOOKED_AT_ONCE", 2)
    await room.assistant_is(OFF)
    for number in range(5):
        await room.customer_writes("hello", party=Party(phone=f"96130001{number:02}"))
    room.clock.pass_by(hours=21)
    assert await keeper(room).weigh() == 5
