"""A customer hears once what happens: that a person will answer, or that nobody is there until some hour."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from arrivals import ADAM, BISAN, echoed
from turn_room import AUTO, DAYS, NEVER_OPEN, OFF, SHADOW, TurnRoom, says
from wasl.domain.assistant import Answered, Reason
from wasl.store.database import Database, Engine
from wasl.store.desk import Move
from wasl.store.secrets import SecretBox

pytestmark = pytest.mark.anyio
UNSURE = Answered(None, Reason.UNSURE, "Nothing fits.")
HANDED_OVER = "Thank you. A colleague of ours will answer you here."


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    yield room
    await room.close()


def open_from(room: TurnRoom, begins: float, ends: float, **more: Any) -> dict[str, Any]:
    """Hours, told as how many hours from now they begin and end, every day."""
    spans = [(_clock_after(room, begins), _clock_after(room, ends))]
    return {"hours": {"zone": "UTC", "weekly": dict.fromkeys(DAYS, spans), **more}}


def _clock_after(room: TurnRoom, hours: float) -> str:
    minutes = (room.clock() // 60_000 + round(hours * 60)) % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


async def test_who_is_handed_over_is_told_so_in_their_language(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    room.answerer.answered = UNSURE
    await room.customer_writes("do you repair clocks?")
    await room.take()
    assert room.thread() == [("user", "do you repair clocks?"), ("bot", HANDED_OVER), ("system", "")]
    assert room.lines()[0]["handover"] == {
        "reason": "unsure",
        "note": "Nothing fits.",
        "note_code": None,
        "note_values": {},
        "draft": None,
    }
    assert (room.chat()["status"], room.chat()["handover_reason"]) == ("waiting_human", "unsure")


async def test_of_one_wait_a_customer_hears_once(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    room.answerer.answered = UNSURE
    await room.customer_writes("do you repair clocks?")
    await room.take()
    await room.customer_writes("hello?")
    await room.take()
    await room.moves(Move.RELEASE)  # Nobody has answered them yet, and another node asks the assistant again.
    await room.take(room.another_node())
    assert room.answerer.asked[-1].brief.text == "do you repair clocks?\nhello?", "a promise is no answer"
    assert room.said_by("bot") == [HANDED_OVER]
    assert room.chat()["status"] == "waiting_human"


async def test_who_was_told_and_then_wrote_very_much_is_not_told_again(room: TurnRoom) -> None:
    """What was said lies further back than a turn reads."""
    await room.assistant_is(AUTO)
    room.answerer.answered = UNSURE
    await room.customer_writes("do you repair clocks?")
    await room.take()
    await room.customer_writes(*(f"word {number}" for number in range(60)))
    await room.moves(Move.RELEASE)
    await room.take()
    assert room.said_by("bot") == [HANDED_OVER]


async def test_whoever_was_answered_since_is_told_the_next_time(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    room.answerer.answered = UNSURE
    await room.customer_writes("do you repair clocks?")
    await room.take()
    await room.operator_writes("yes")
    await room.moves(Move.RELEASE)
    await room.customer_writes("and watches?")
    await room.take()
    assert room.said_by("bot") == [HANDED_OVER, HANDED_OVER]


async def test_who_could_not_be_told_is_told_the_next_time(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    room.answerer.answered = UNSURE
    await room.customer_writes("do you repair clocks?")
    await room.take()
    await room.change("UPDATE messages SET status = 'failed' WHERE role = 'bot'")
    await room.moves(Move.RELEASE)
    await room.take()
    assert len(room.said_by("bot")) == 2


async def test_nobody_is_told_through_a_closed_window(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("do you repair clocks?")
    room.clock.pass_by(hours=30)
    await room.take()
    assert room.said_by("bot") == []
    assert (room.chat()["status"], room.chat()["handover_reason"]) == ("waiting_human", "window")


async def test_out_of_hours_a_customer_hears_when_somebody_is_there(room: TurnRoom) -> None:
    hours = open_from(room, 2, 4, assistant_answers=False)
    await room.assistant_is({**AUTO, **hours})
    await room.customer_writes("are you there?")
    await room.take()
    [told] = room.said_by("bot")
    assert "we are back to" in told  # day, or tomorrow if it is late here.
    assert room.chat()["handover_reason"] == "closed"
    assert room.answerer.asked == []


async def test_an_assistant_that_answers_at_night_says_nothing_of_hours(room: TurnRoom) -> None:
    await room.assistant_is({**AUTO, **open_from(room, 2, 4)})
    await room.customer_writes("are you there?")
    await room.take()
    assert room.said_by("bot") == ["We are open from 9 to 6."]


@pytest.mark.parametrize("mode", [OFF, SHADOW], ids=["off", "shadow"])
async def test_without_an_assistant_a_customer_hears_once_while_it_is_closed(
    room: TurnRoom, mode: dict[str, Any]
) -> None:
    await room.assistant_is({**mode, **open_from(room, 3, 5), "away_texts": {"en": "Closed. Back {opens}!"}})
    await room.customer_writes("hello")
    await room.take()
    [told] = room.said_by("bot")
    assert told.startswith("Closed. Back to")
    for words in ("are you there?", "please"):
        await room.customer_writes(words)
        await room.take(room.another_node())
    assert room.said_by("bot") == [told]
    assert room.turns() == []
    assert (room.chat()["status"], room.chat()["handover_reason"]) == ("waiting_human", "off")

    room.clock.pass_by(hours=4)  # Open now.
    await room.customer_writes("still nobody?")
    await room.take()
    assert room.said_by("bot") == [told]
    room.clock.pass_by(hours=4)  # And closed once more.
    await room.customer_writes("good night")
    await room.take()
    assert len(room.said_by("bot")) == 2


async def test_in_the_shadow_the_draft_is_made_beside_it(room: TurnRoom) -> None:
    await room.assistant_is({**SHADOW, **open_from(room, 3, 5)})
    await room.customer_writes("when are you open?")
    await room.take()
    assert [row[0] for row in room.answers()] == ["drafted"]
    assert len(room.said_by("bot")) == 1


async def test_while_somebody_is_there_nobody_hears_of_hours(room: TurnRoom) -> None:
    await room.assistant_is({**OFF, **open_from(room, -1, 2)})
    await room.customer_writes("hello")
    assert room.turns() == []
    await room.take()
    assert room.said_by("bot") == []


async def test_whoever_opens_meanwhile_says_nothing(room: TurnRoom) -> None:
    await room.assistant_is({**OFF, **open_from(room, 1, 5)})
    await room.customer_writes("hello")
    room.clock.pass_by(hours=2)
    await room.take()
    assert (room.said_by("bot"), room.turns()) == ([], [])


async def test_a_person_who_works_late_is_not_talked_over(room: TurnRoom) -> None:
    await room.assistant_is({**OFF, **open_from(room, -3, -1)})
    await room.customer_writes("hello", party=BISAN)
    await room.customer_writes("hello")
    await room.operator_writes("still here, what is it?")
    await room.take()
    await room.customer_writes("my order")
    await room.take()
    assert room.said_by("bot") == []
    assert len(room.said_by("bot", BISAN)) == 1

    room.clock.pass_by(hours=24)  # The next night nobody has written.
    await room.customer_writes("and the other one")
    await room.take()
    assert len(room.said_by("bot")) == 1


async def test_where_it_is_always_closed_who_worked_late_some_days_ago_is_not_there(room: TurnRoom) -> None:
    await room.assistant_is({**OFF, "hours": NEVER_OPEN})
    await room.customer_writes("hello")
    await room.operator_writes("still here, what is it?")
    await room.take()
    room.clock.pass_by(hours=20)
    await room.customer_writes("my order")
    await room.take()
    assert room.said_by("bot") == []
    room.clock.pass_by(hours=10)
    await room.customer_writes("and the other one")
    await room.take()
    assert len(room.said_by("bot")) == 1


async def test_nor_is_one_who_answers_on_the_phone(room: TurnRoom) -> None:
    await room.assistant_is({**OFF, **open_from(room, -3, -1)})
    await room.customer_writes("hello")
    await room.hears(echoed("e1", "I am at the shop", at=room.clock() // 1000 - 1_790_000_000))
    await room.take()
    assert room.said_by("bot") == []


async def test_whoever_takes_it_over_first_says_what_is_to_be_said(room: TurnRoom) -> None:
    for mode in (OFF, SHADOW):
        await room.assistant_is({**mode, **open_from(room, 3, 5)})
        await room.customer_writes("hello")
        await room.moves(Move.TAKE_OVER)
        await room.take()
        await room.moves(Move.END)
    assert room.said_by("bot") == []


async def test_whoever_was_handed_over_hears_no_more_when_it_closes(room: TurnRoom) -> None:
    await room.assistant_is({**AUTO, **open_from(room, -1, 1)})
    room.answerer.answered = UNSURE
    await room.customer_writes("do you repair clocks?")
    await room.take()
    room.clock.pass_by(hours=3)
    await room.customer_writes("anybody?")
    await room.take()
    assert room.said_by("bot") == [HANDED_OVER]


async def test_hours_of_one_number_are_not_another_ones(room: TurnRoom) -> None:
    await room.assistant_is({**OFF, **open_from(room, 3, 5)}, room.cast.olive_number.id + 10)
    await room.customer_writes("hello")
    assert room.turns() == []


async def test_the_event_and_the_row_agree_about_what_was_told(room: TurnRoom) -> None:
    await room.assistant_is({**AUTO, "mode": "auto"})
    room.answerer.answered = says("At nine.")
    await room.customer_writes("when?", party=ADAM)
    await room.take()
    [newest] = [data["conversation"] for data in room.told()[-1:]]
    shown = {key: value for key, value in room.chat().items() if key != "unread_count"}
    assert newest == shown
