"""Drafts are held against what people send, and until they come near enough a topic is not the assistant's own."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from arrivals import ADAM, echoed
from turn_room import AUTO, SHADOW, TurnRoom, says
from wasl.domain.assistant import Answered, Reason
from wasl.domain.identity import Party
from wasl.domain.message import MessageType
from wasl.flow.compare import DraftComparer
from wasl.store.agreement import agreement_on
from wasl.store.database import Database, Engine
from wasl.store.desk import Move
from wasl.store.duties import Duties
from wasl.store.secrets import SecretBox

pytestmark = pytest.mark.anyio
COMPARED = "compared, agreement, sent_by_person IS NOT NULL"


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    await room.assistant_is(SHADOW)
    yield room
    await room.close()


@pytest.fixture
def comparer(room: TurnRoom) -> DraftComparer:
    return DraftComparer(room.database, room.journal, room.duties, room.clock)


async def test_a_draft_counts_against_what_a_person_sent(room: TurnRoom, comparer: DraftComparer) -> None:
    await room.customer_writes("when are you open?")
    await room.take()
    await room.operator_writes("We are open")
    assert await comparer.compare() == 0, "they may say more"
    sent = await room.operator_writes("from 9 to 6 :)")
    room.clock.pass_by(minutes=11)
    assert await comparer.compare() == 1
    assert room.answers(COMPARED) == [(1, 100, True)]
    assert room.rows("SELECT sent_by_person FROM answers") == [(sent.sequence - 1,)]
    assert await comparer.compare() == 0, "once"


async def test_it_need_not_wait_once_the_customer_writes_on(room: TurnRoom, comparer: DraftComparer) -> None:
    await room.customer_writes("when are you open?")
    await room.take()
    await room.operator_writes("Sorry, we only take orders by phone today.")
    await room.customer_writes("ok, thanks")
    assert await comparer.compare() == 1
    [(_, agreement, _)] = room.answers(COMPARED)
    assert agreement < 30


async def test_what_the_business_typed_on_its_phone_is_a_persons_word(room: TurnRoom, comparer: DraftComparer) -> None:
    await room.customer_writes("when are you open?")
    await room.take()
    await room.hears(echoed("e1", "We are open from 9 to 6.", at=room.clock() // 1000 - 1_790_000_000))
    room.clock.pass_by(minutes=11)
    await comparer.compare()
    assert room.answers(COMPARED) == [(1, 100, True)]


async def test_of_a_burst_only_the_draft_that_answers_all_of_it_counts(room: TurnRoom, comparer: DraftComparer) -> None:
    room.answerer.answered = says("Yes.")
    await room.customer_writes("do you have bread?")
    await room.take()
    room.answerer.answered = says("We have bread, and we are open from 9 to 6.")
    await room.customer_writes("and when are you open?")
    await room.take()
    await room.operator_writes("We have bread, we are open from 9 to 6")
    room.clock.pass_by(minutes=11)
    assert await comparer.compare() == 2
    assert [row[:2] for row in room.answers(COMPARED)] == [(1, None), (1, 97)]


async def test_whoever_asked_more_meanwhile_is_answered_all_of_it(room: TurnRoom, comparer: DraftComparer) -> None:
    """While somebody waits for a person no further draft is made: what is sent then answers more than the first one."""
    await room.assistant_is({**AUTO, "agreement_from": 80, "agreement_samples": 2})
    await room.customer_writes("when are you open?")
    await room.take()
    await room.customer_writes("and do you have a car park?")
    await room.operator_writes("There is a car park behind the house, the first hour is free.")
    room.clock.pass_by(minutes=11)
    assert await comparer.compare() == 1
    assert room.answers(COMPARED) == [(1, None, False)]


async def test_a_courtesy_is_held_against_nothing(room: TurnRoom, comparer: DraftComparer) -> None:
    room.answerer.answered = Answered("Hello! How can we help you?", confidence=100)
    await room.customer_writes("hi")
    await room.take()
    await room.operator_writes("Good morning, Rana speaking")
    room.clock.pass_by(minutes=11)
    await comparer.compare()
    assert room.answers(COMPARED) == [(1, None, False)]


async def test_what_nobody_answers_is_given_up_in_the_end(room: TurnRoom, comparer: DraftComparer) -> None:
    await room.customer_writes("when are you open?")
    await room.take()
    room.clock.pass_by(hours=24 * 6)
    assert await comparer.compare() == 0
    room.clock.pass_by(hours=25)
    assert await comparer.compare() == 1
    assert room.answers(COMPARED) == [(1, None, False)]


async def test_a_picture_or_another_language_tells_nothing(room: TurnRoom, comparer: DraftComparer) -> None:
    await room.customer_writes("when are you open?")
    await room.take()
    await room.operator_writes("x")
    await room.change("UPDATE messages SET content = '', type = ? WHERE role = 'operator'", MessageType.IMAGE.value)
    room.clock.pass_by(minutes=11)
    await comparer.compare()
    assert room.answers(COMPARED) == [(1, None, True)]


async def test_what_would_have_been_handed_over_is_no_draft(room: TurnRoom, comparer: DraftComparer) -> None:
    room.answerer.answered = Answered("Perhaps at 9.", Reason.UNSURE, "Nothing fits well enough.", 40)
    await room.customer_writes("when are you open?")
    await room.take()
    await room.operator_writes("Perhaps at 9.")
    room.clock.pass_by(minutes=11)
    assert await comparer.compare() == 0
    assert room.answers("outcome, compared, agreement") == [("drafted", 1, None)]


async def test_one_node_compares_and_goes_round_all_drafts(
    room: TurnRoom, comparer: DraftComparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.flow.compare.DRAFTS_LOOKED_AT_ONCE", 2)
    parties = [Party(phone=f"96130001{number:02}") for number in range(5)]
    for number, party in enumerate(parties):
        await room.customer_writes("when are you open?", party=party)
        await room.take()
        if number > 2:
            await room.operator_writes("We are open from 9 to 6.", party)
    room.clock.pass_by(minutes=11)
    others = Duties(room.database, "n2:another")
    assert await others.claim("compare drafts")
    assert await comparer.compare() == 0
    await room.change("DELETE FROM duties")
    assert sorted([await comparer.compare() for _ in range(3)]) == [0, 1, 1]


# -- earned autonomy --------------------------------------------------------------------------------------------------

LEARNING: dict[str, Any] = {**AUTO, "agreement_from": 80, "agreement_samples": 2}


async def test_a_topic_that_is_still_being_learnt_is_drafted_and_handed_over(room: TurnRoom) -> None:
    await room.assistant_is(LEARNING)
    await room.customer_writes("when are you open?")
    await room.take()
    assert (room.chat()["status"], room.chat()["handover_reason"]) == ("waiting_human", "unsure")
    assert room.lines()[-1]["handover"] == {
        "reason": "unsure",
        "note": "This topic is still being learnt: 0 of 2 drafts compared.",
        "note_code": "still_learning",
        "note_values": {"compared": 0, "wanted": 2},
        "draft": "We are open from 9 to 6.",
    }
    assert room.said_by("bot") == ["Thank you. A colleague of ours will answer you here."]
    assert room.answers("outcome, reason, topic, compared") == [("drafted", "unsure", "hours", 0)]
    assert room.rows("SELECT count(*) FROM unanswered_questions") == [(0,)], "what is known is nothing to teach"


async def test_a_courtesy_need_not_be_earned(room: TurnRoom) -> None:
    await room.assistant_is(LEARNING)
    room.answerer.answered = Answered("Ahla w sahla! Kif fina nse3ed?", confidence=100)
    await room.customer_writes("marhaba")
    await room.take()
    assert (room.chat()["status"], room.said_by("bot")) == ("bot", ["Ahla w sahla! Kif fina nse3ed?"])
    # What claims something has to be, whatever it stands on.
    room.answerer.answered = Answered("Your order has left.", confidence=90)
    await room.customer_writes("where is my order?")
    await room.take()
    assert (room.chat()["status"], room.answers("outcome")) == ("waiting_human", [("replied",), ("drafted",)])


async def test_it_is_the_assistants_once_it_agreed_often_enough(room: TurnRoom, comparer: DraftComparer) -> None:
    await room.assistant_is(LEARNING)
    said = ["We are open from 9 to 7.", "We are open from 9 to 6.", "We are open, 9 to 6!", "Open from 9 to 6."]
    notes = []
    for words in said:
        await room.customer_writes("when are you open?")
        await room.take()
        notes.append(room.lines()[-1]["handover"]["note"])
        await room.operator_writes(words)
        room.clock.pass_by(minutes=11)
        await comparer.compare()
        await room.moves(Move.END)
    assert [note.partition(": ")[2] for note in notes[:3]] == [
        "0 of 2 drafts compared.",
        "1 of 2 drafts compared, agreement 20 where 80 is asked for.",
        "2 of 2 drafts compared, agreement 60 where 80 is asked for.",
    ]
    assert len(room.lines()) == 3, "the fourth it answers by itself"
    assert "We are open from 9 to 6." in room.said_by("bot")
    assert room.database.read_now(lambda c: agreement_on(c, room.cast.olive.id, "hours", 2)) == (97, 2)


async def test_each_topic_is_earned_by_itself(room: TurnRoom, comparer: DraftComparer) -> None:
    await room.assistant_is({**LEARNING, "agreement_samples": 1})
    for topic in ("hours", None):
        room.answerer.answered = says("We are open from 9 to 6.", topic)
        for party in (ADAM, Party(phone="9613000177")):
            await room.customer_writes("when are you open?", party=party)
            await room.take()
            if room.chat(party)["status"] == "waiting_human":
                await room.operator_writes("We are open from 9 to 6.", party)
                room.clock.pass_by(minutes=11)
                await comparer.compare()
            await room.moves(Move.END, party)
    assert room.answers("outcome, topic") == [
        ("drafted", "hours"),
        ("replied", "hours"),
        ("drafted", None),
        ("replied", None),
    ]
    figures = room.database.read_now(lambda c: agreement_on(c, room.cast.cedar.id, "hours", 20))
    assert figures == (0, 0), "no account learns from another"
