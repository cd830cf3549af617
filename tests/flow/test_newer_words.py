"""What becomes of a turn when what was asked is edited, deleted, or answered on the business's own phone meanwhile."""

from collections.abc import AsyncIterator

import pytest

from arrivals import NOON, echoed, edited, reacted, reported, revoked
from turn_room import AUTO, SHADOW, TurnRoom
from wasl.domain.assistant import Answered, Reason
from wasl.domain.message import MessageStatus
from wasl.store.database import Database, Engine
from wasl.store.desk import MarkRead, Move
from wasl.store.limits import TURN_ATTEMPTS_MAX
from wasl.store.secrets import SecretBox

pytestmark = pytest.mark.anyio
HOURS = "We are open from 9 to 6."


@pytest.fixture(params=[True, False], ids=["on this node", "on another"])
def hears(request: pytest.FixtureRequest) -> bool:
    """Whether the node that makes the answer hears at once of what happens: of another's changes it does not."""
    return bool(request.param)


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    yield room
    await room.close()


def at(room: TurnRoom) -> int:
    return room.clock() // 1000 - NOON


def deafen(room: TurnRoom, hears: bool) -> None:
    if not hears:
        room.heard = 10**9


def steps(room: TurnRoom, message_id: str) -> list[str]:
    return [step["hop"] for step in room.trace(message_id)]


# -- the customer thinks better of it ---------------------------------------------------------------------------------


async def test_what_is_edited_while_the_answer_is_made_is_answered_as_it_reads_now(room: TurnRoom, hears: bool) -> None:
    await room.assistant_is(AUTO)
    asked = await room.customer_writes("when are you closed?")
    await room.begin()
    deafen(room, hears)
    await room.hears(edited(asked, "when are you open?", at=at(room)))
    await room.finish()
    assert room.said_by("bot") == [], "nobody asked that"
    await room.take()
    assert [one.brief.text for one in room.answerer.asked] == ["when are you closed?", "when are you open?"]
    assert room.said_by("bot") == [HOURS]
    assert "discarded" in steps(room, asked)


async def test_what_is_edited_before_is_read_once(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    asked = await room.customer_writes("when are you closed?")
    await room.hears(edited(asked, "when are you open?", at=at(room)))
    await room.take()
    assert [one.brief.text for one in room.answerer.asked] == ["when are you open?"]


async def test_what_is_edited_after_the_answer_is_not_answered_again(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    asked = await room.customer_writes("when are you open")
    await room.take()
    await room.hears(edited(asked, "when are you open?", at=at(room) + 9))
    await room.take()
    assert room.said_by("bot") == [HOURS]


async def test_what_is_deleted_while_the_answer_is_made_is_not_answered(room: TurnRoom, hears: bool) -> None:
    await room.assistant_is(AUTO)
    asked = await room.customer_writes("when are you open?")
    await room.begin()
    deafen(room, hears)
    await room.hears(revoked(asked, at=at(room)))
    await room.finish()
    await room.take()
    assert room.said_by("bot") == []
    assert (room.chat()["status"], room.lines()) == ("bot", []), "nothing was asked: nobody is called either"
    assert room.turns() == []


async def test_of_a_burst_the_rest_is_answered(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    first = await room.customer_writes("do you have cake?")
    await room.customer_writes("when are you open?")
    await room.begin()
    await room.hears(revoked(first, at=at(room)))
    await room.finish()
    await room.take()
    assert room.answerer.asked[-1].brief.text == "when are you open?"
    assert room.said_by("bot") == [HOURS]


async def test_what_is_deleted_before_anybody_looked_calls_nobody(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    asked = await room.customer_writes("when are you open?")
    await room.hears(revoked(asked, at=at(room)))
    await room.take()
    assert (room.chat()["status"], room.answerer.asked, room.answers()) == ("bot", [], [("silent", None)])


async def test_a_draft_is_of_what_was_asked_in_the_end(room: TurnRoom) -> None:
    await room.assistant_is(SHADOW)
    asked = await room.customer_writes("when are you closed?")
    await room.begin()
    await room.hears(edited(asked, "when are you open?", at=at(room)))
    await room.finish()
    await room.take()
    assert room.answers("outcome, question") == [("drafted", "when are you open?")]


async def test_whoever_edits_again_and_again_gets_one_answer_or_a_person(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    asked = await room.customer_writes("when?")
    for turn in range(TURN_ATTEMPTS_MAX):
        await room.begin()
        await room.hears(edited(asked, f"when are you open{'?' * turn}", at=at(room) + turn))
        await room.finish()
    assert room.said_by("bot") == []
    await room.take()
    assert [role for role, _ in room.thread()] == ["user", "bot", "system"]
    assert room.turns() == []


async def test_what_is_no_word_disturbs_nobody(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    before = await room.customer_writes("hello")
    await room.take()
    await room.customer_writes("when are you open?")
    await room.begin()
    await room.hears(reacted(before, "👍", at=at(room)))
    [(ours,)] = room.rows("SELECT message_id FROM messages WHERE role = 'bot'")
    await room.change("UPDATE messages SET provider_message_id = 'wamid.9' WHERE role = 'bot'")
    await room.hears(reported("wamid.9", MessageStatus.DELIVERED, at=at(room), ours=ours))
    chat = room.chat()
    await room.submit(MarkRead(room.cast.olive.id, room.cast.rana.id, chat["conversation_id"], chat["last_sequence"]))
    await room.finish()
    assert room.said_by("bot") == [HOURS, HOURS]
    assert room.answers() == [("replied", None), ("replied", None)], "nothing was begun in vain"


# -- somebody answers on the phone ------------------------------------------------------------------------------------


async def test_whoever_answers_on_the_phone_is_not_talked_over(room: TurnRoom, hears: bool) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    await room.begin()
    deafen(room, hears)
    await room.hears(echoed("e1", "From nine, my dear", at=at(room)))
    await room.finish()
    await room.take()
    assert room.said_by("bot") == []
    chat = room.chat()
    assert (chat["status"], chat["operator_id"], chat["handover_epoch"]) == ("human", None, 1)
    assert room.told()[-1]["conversation"] == {key: chat[key] for key in chat if key != "unread_count"}


async def test_nor_in_what_follows_until_it_is_given_back(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("is my cake ready?")
    await room.hears(echoed("e1", "Nearly", at=at(room)))
    assert room.turns() == []
    await room.customer_writes("when can I come?")
    await room.take()
    assert room.said_by("bot") == []
    await room.moves(Move.RELEASE)
    await room.take()
    assert room.said_by("bot") == [HOURS]


async def test_whoever_types_here_takes_it_from_the_phone(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("is my cake ready?")
    await room.hears(echoed("e1", "Nearly", at=at(room)))
    await room.operator_writes("It is now")
    assert (room.chat()["status"], room.chat()["operator_id"]) == ("human", str(room.cast.rana.id))


async def test_a_draft_in_the_shadow_is_made_although_somebody_answers_on_the_phone(room: TurnRoom) -> None:
    await room.assistant_is(SHADOW)
    await room.customer_writes("when are you open?")
    await room.begin()
    await room.hears(echoed("e1", "From nine", at=at(room)))
    await room.finish()
    assert [outcome for outcome, _ in room.answers()] == ["drafted"]
    assert room.chat()["status"] == "waiting_human"


# -- what was settled -------------------------------------------------------------------------------------------------


async def test_what_was_ended_is_no_question_any_more(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("I want to talk to a person")
    await room.take()
    assert room.chat()["handover_reason"] == "asked"
    await room.moves(Move.END)  # They have talked on the telephone.
    await room.customer_writes("when are you open?")
    await room.take()
    assert room.answerer.asked[-1].brief.text == "when are you open?"
    assert room.answerer.asked[-1].brief.history[0].text == "I want to talk to a person"
    assert room.said_by("bot")[-1] == HOURS


async def test_whoever_is_handed_over_after_an_end_hears_of_it_again(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    room.answerer.answered = Answered(None, Reason.UNSURE, "Nothing fits.")
    for words in ("do you repair clocks?", "do you repair watches?"):
        await room.customer_writes(words)
        await room.take()
        assert room.chat()["status"] == "waiting_human"
        await room.moves(Move.END)
    assert [role for role, _ in room.thread()] == ["user", "bot", "system"] * 2


async def test_a_late_message_from_before_an_end_is_answered_alone(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    late = room.says_now("when are you open?")
    room.clock.pass_by(minutes=1)
    await room.customer_writes("do you have cake?")
    await room.moves(Move.END)
    await room.hears(late)
    await room.take()
    assert [one.brief.text for one in room.answerer.asked] == ["when are you open?"]
    assert room.said_by("bot") == [HOURS]
