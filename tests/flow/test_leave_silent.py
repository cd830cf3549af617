"""What fell silent is ended or given back as the number's rules say, and never while somebody waits for something."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from arrivals import ADAM, BISAN, DIMA, echoed
from turn_room import AUTO, TurnRoom
from wasl.domain.assistant import Answered, Reason
from wasl.domain.identity import Party
from wasl.domain.sending import Accepted
from wasl.flow.leave_silent import SilenceKeeper
from wasl.store.attempts import ClaimMessage, SettleAttempt
from wasl.store.database import Database, Engine
from wasl.store.desk import Move
from wasl.store.outbox import due_messages
from wasl.store.secrets import SecretBox

pytestmark = pytest.mark.anyio
END: dict[str, Any] = {**AUTO, "rules": {"idle_minutes": 1440, "idle_move": "end"}}
RELEASE: dict[str, Any] = {**AUTO, "rules": {"idle_minutes": 90, "idle_move": "release"}}


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    yield room
    await room.close()


@pytest.fixture
def keeper(room: TurnRoom) -> SilenceKeeper:
    return SilenceKeeper(room.database, room.journal, room.team, room.duties, room.clock)


async def send_everything(room: TurnRoom) -> None:
    """What is queued goes out."""
    for due in await room.database.read(lambda connection: due_messages(connection, [], 100)):
        claim = await room.journal.submit(ClaimMessage(due, room.pulse.node))
        assert claim is not None
        await room.journal.submit(SettleAttempt(due, claim.attempt, Accepted(f"wamid.{due.sequence}")))


async def test_an_answered_conversation_ends_after_its_time(room: TurnRoom, keeper: SilenceKeeper) -> None:
    await room.assistant_is(END)
    for party in (ADAM, BISAN):
        await room.customer_writes("when are you open?", party=party)
    await room.take()
    await room.operator_writes("at nine", BISAN)
    await send_everything(room)
    await room.customer_writes("hello", party=DIMA)
    await room.take()
    await send_everything(room)
    order = [chat["conversation_id"] for chat in room.chats()]
    epochs = {party: room.chat(party)["handover_epoch"] for party in (ADAM, BISAN)}
    room.clock.pass_by(hours=23.9)
    await room.customer_writes("still there?", party=DIMA)
    await room.take()
    order = [chat["conversation_id"] for chat in room.chats()]
    assert await keeper.leave_silent() == 0
    room.clock.pass_by(hours=0.2)
    count = len(room.listened)
    assert await keeper.leave_silent() == 2
    assert len(room.listened) - count == 2, "one event for each"
    for data in room.told(count):
        party = ADAM if data["conversation_id"].endswith(ADAM.phone) else BISAN
        shown = {key: value for key, value in room.chat(party).items() if key != "unread_count"}
        assert data["conversation"] == shown
        assert (shown["status"], shown["operator_name"], shown["handover_epoch"]) == (
            "resolved",
            None,
            epochs[party] + 1,
        )
    assert room.thread()[-1] == ("system", "Ended after 24 h without a word.")
    assert room.lines()[-1] == {"idle": {"move": "end", "minutes": 1440}}
    assert [chat["conversation_id"] for chat in room.chats()] == order, "silence is no news"
    assert room.chat(DIMA)["status"] == "bot"
    assert await keeper.leave_silent() == 0


async def test_who_waits_for_an_answer_is_not_left(room: TurnRoom, keeper: SilenceKeeper) -> None:
    await room.assistant_is(END)
    room.answerer.answered = Answered(None, Reason.UNSURE, "Nothing fits.")
    await room.customer_writes("waits for a person", party=ADAM)
    await room.take()
    await room.customer_writes("was taken over, and no more", party=BISAN)
    await room.moves(Move.TAKE_OVER, BISAN)
    await room.customer_writes("was promised one", party=DIMA)
    await room.take()
    await room.moves(Move.TAKE_OVER, DIMA)
    await send_everything(room)
    room.clock.pass_by(hours=100)
    assert await keeper.leave_silent() == 0


async def test_nor_whom_the_assistant_still_has_to_answer(room: TurnRoom, keeper: SilenceKeeper) -> None:
    await room.assistant_is(END)
    await room.customer_writes("hello")
    room.clock.pass_by(hours=100)
    assert await keeper.leave_silent() == 0


async def test_nor_where_something_is_still_to_leave_or_nobody_knows(room: TurnRoom, keeper: SilenceKeeper) -> None:
    await room.assistant_is(END)
    await room.customer_writes("when are you open?")
    await room.take()
    room.clock.pass_by(hours=100)
    for state in ("queued", "sending", "unknown"):
        await room.change("UPDATE outbox SET state = ?", state)
        assert await keeper.leave_silent() == 0
    await room.change("DELETE FROM outbox")
    assert await keeper.leave_silent() == 1


async def test_nor_where_the_answer_did_not_go_out(room: TurnRoom, keeper: SilenceKeeper) -> None:
    await room.assistant_is(END)
    await room.customer_writes("when are you open?")
    await room.take()
    await room.change("DELETE FROM outbox")
    await room.change("UPDATE messages SET status = 'failed' WHERE role = 'bot'")
    room.clock.pass_by(hours=100)
    assert await keeper.leave_silent() == 0


async def test_whoever_has_just_taken_it_over_keeps_it(room: TurnRoom, keeper: SilenceKeeper) -> None:
    await room.assistant_is(END)
    await room.customer_writes("when are you open?")
    await room.take()
    await send_everything(room)
    room.clock.pass_by(hours=100)
    await room.moves(Move.TAKE_OVER)
    assert await keeper.leave_silent() == 0
    room.clock.pass_by(hours=25)
    assert await keeper.leave_silent() == 1


async def test_what_arrives_late_is_news_however_old_it_is(room: TurnRoom, keeper: SilenceKeeper) -> None:
    await room.assistant_is(RELEASE)
    await room.customer_writes("when are you open?")
    await room.moves(Move.TAKE_OVER)
    room.clock.pass_by(hours=10)
    late = room.says_now("on Sundays?")
    room.clock.pass_by(hours=10)
    await room.hears(late)
    room.clock.pass_by(minutes=80)
    assert await keeper.leave_silent() == 0
    await room.change("DELETE FROM events")  # As of what is older than the log reaches back.
    assert await keeper.leave_silent() == 0
    room.clock.pass_by(minutes=11)
    assert await keeper.leave_silent() == 1


async def test_what_a_person_holds_is_given_back(room: TurnRoom, keeper: SilenceKeeper) -> None:
    await room.assistant_is(RELEASE)
    await room.customer_writes("when are you open?", party=ADAM)
    await room.operator_writes("at nine")
    await room.customer_writes("do you have bread?", party=BISAN)
    await room.moves(Move.TAKE_OVER, BISAN)
    await send_everything(room)
    room.clock.pass_by(minutes=91)
    assert await keeper.leave_silent() == 2
    assert room.thread()[-1] == ("system", "Given back to the assistant after 90 min without a word.")
    assert [room.chat(party)["status"] for party in (ADAM, BISAN)] == ["bot", "bot"]
    await room.take()
    assert room.said_by("bot", ADAM) == []
    assert room.said_by("bot", BISAN) == ["We are open from 9 to 6."], "an open question is answered"
    room.clock.pass_by(hours=100)
    assert await keeper.leave_silent() == 0, "what the assistant has is left as it is"


async def test_an_open_question_is_given_back_only_to_an_assistant_that_answers(
    room: TurnRoom, keeper: SilenceKeeper
) -> None:
    for mode in ("off", "shadow"):
        await room.assistant_is({**RELEASE, "mode": mode})
        await room.customer_writes("hello")
        await room.moves(Move.TAKE_OVER)
        room.clock.pass_by(hours=3)
        assert await keeper.leave_silent() == 0


async def test_each_number_has_a_rule_of_its_own(room: TurnRoom, keeper: SilenceKeeper) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    await room.take()
    await send_everything(room)
    room.clock.pass_by(hours=100)
    assert await keeper.leave_silent() == 0
    await room.assistant_is({"rules": {"idle_minutes": 60}}, room.cast.olive_number.id)
    assert await keeper.leave_silent() == 1


async def test_what_cannot_be_left_does_not_stand_in_the_way(
    room: TurnRoom, keeper: SilenceKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.flow.leave_silent.IDLE_LOOKED_AT_ONCE", 2)
    await room.assistant_is({**END, "mode": "off"})
    parties = [Party(phone=f"96130001{number:02}") for number in range(7)]
    for number, party in enumerate(parties):
        await room.customer_writes("hello", party=party)
        await room.operator_writes("yes?", party)
        if number < 4:
            await room.customer_writes("thank you", party=party)
    await send_everything(room)
    room.clock.pass_by(hours=30)
    left = [await keeper.leave_silent() for _ in range(5)]
    assert (sum(left), max(left)) == (3, 2)


async def test_who_wrote_on_the_phone_has_answered(room: TurnRoom, keeper: SilenceKeeper) -> None:
    await room.assistant_is({**END, "mode": "off"})
    await room.customer_writes("hello")
    await room.moves(Move.TAKE_OVER)
    await room.hears(echoed("e1", "come by", at=room.clock() // 1000 - 1_790_000_000))
    room.clock.pass_by(hours=30)
    assert await keeper.leave_silent() == 1
