"""A turn counts only while nothing newer is said and nobody moves the conversation; its trace tells either way."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from arrivals import remembered
from turn_room import AUTO, OFF, SHADOW, TurnRoom
from wasl.domain.assistant import Answered, Noted, Reason
from wasl.errors import Unavailable
from wasl.store.answers import EndTurn
from wasl.store.database import Connection, Database, Engine
from wasl.store.desk import Move
from wasl.store.message_row import Json
from wasl.store.secrets import SecretBox
from wasl.store.turn_claims import Waiting, waiting_accounts

pytestmark = pytest.mark.anyio


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    yield room
    await room.close()


def hops(trace: list[Json]) -> list[str]:
    return [step["hop"] for step in trace]


async def test_the_trace_of_a_question_tells_its_whole_way(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    first = await room.customer_writes("hello")
    second = await room.customer_writes("when are you open?")
    await room.take()
    way = ["received", "saved", "broadcast", "assistant began", "looked up", "committed", "outbox"]
    for message_id in (first, second):
        trace = room.trace(message_id)
        assert hops(trace) == way
        assert trace[5]["detail"]["outcome"] == "replied"
    [(reply,)] = room.rows("SELECT message_id FROM messages WHERE role = 'bot'")
    assert trace[5]["detail"]["message_id"] == reply
    assert hops(room.trace(reply)) == ["assistant began", "looked up", "committed", "saved", "broadcast", "outbox"]
    await room.change("UPDATE messages SET hops = '[[\"sending\",5,null],[\"sent\",6,null]]' WHERE role = 'bot'")
    assert hops(room.trace(second))[5:] == ["committed", "sending", "sent", "outbox"]


async def test_the_trace_of_a_hand_over_stands_at_all_that_came_of_it(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    room.answerer.answered = Answered(None, Reason.UNSURE, "Nothing fits.")
    asked = await room.customer_writes("do you repair clocks?")
    await room.take()
    assert hops(room.trace(asked))[3:] == ["assistant began", "committed"]
    assert room.trace(asked)[-1]["detail"] == {"outcome": "handed_over", "reason": "unsure"}
    for (message_id,) in room.rows("SELECT message_id FROM messages WHERE role IN ('bot', 'system')"):
        assert hops(room.trace(message_id))[:2] == ["assistant began", "committed"]


async def test_a_question_that_a_person_answered_has_no_later_turn_in_its_trace(room: TurnRoom) -> None:
    await room.assistant_is(OFF)
    asked = await room.customer_writes("do you repair clocks?")
    await room.operator_writes("yes")
    await room.assistant_is(AUTO)
    await room.moves(Move.RELEASE)
    await room.customer_writes("when are you open?")
    await room.take()
    assert hops(room.trace(asked)) == ["received", "saved", "broadcast"]


async def test_what_is_taken_over_while_it_is_thought_about_leaves_no_answer_but_a_trace(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    asked = await room.customer_writes("when are you open?")
    await room.begin()
    await room.moves(Move.TAKE_OVER)
    await room.finish()
    await room.take()
    assert room.said_by("bot") == []
    assert room.answers() == [("discarded", None)]
    assert hops(room.trace(asked))[3:] == ["assistant began", "discarded"]
    assert room.rows("SELECT turns FROM assistant_spending") == [(1,)], "it counts, as it does where it was not noticed"


async def test_a_newer_message_begins_the_answer_again(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    asked = await room.customer_writes("when are you open?")
    await room.begin()
    await room.customer_writes("on Sundays?")
    await room.finish()
    await room.take()
    assert room.said_by("bot") == ["We are open from 9 to 6."]
    assert room.answerer.asked[-1].brief.text == "when are you open?\non Sundays?"
    assert hops(room.trace(asked))[3:] == [
        *("assistant began", "discarded"),
        *("assistant began", "looked up", "committed", "outbox"),
    ]


async def test_an_answer_of_a_node_that_heard_nothing_counts_no_more_either(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    await room.begin()
    heard = room.heard
    room.heard = 10**9  # The hint is lost: this node thinks on.
    await room.moves(Move.TAKE_OVER)
    room.heard = heard
    await room.finish()
    assert room.said_by("bot") == []
    assert room.answers() == [("discarded", None)]


async def test_what_is_taken_and_given_back_meanwhile_is_answered_once(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    await room.begin()
    await room.moves(Move.TAKE_OVER)
    await room.moves(Move.RELEASE)
    await room.finish()
    await room.take()
    assert room.said_by("bot") == ["We are open from 9 to 6."]
    assert room.turns() == []


async def test_what_ends_without_a_word_after_it_was_begun_in_vain_is_told_of(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    room.answerer.answered = Answered(None)
    asked = await room.customer_writes("thank you!")
    await room.begin()
    await room.moves(Move.TAKE_OVER)
    await room.moves(Move.RELEASE)
    await room.finish()
    await room.take()
    assert room.answers() == [("silent", None)]
    assert hops(room.trace(asked))[3:] == ["assistant began", "committed"]


async def test_an_answer_that_could_not_be_written_down_is_made_again_by_the_same_node(
    room: TurnRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was gone for a moment, the node was not: nobody waits for a lease to end."""
    # Longer than this test may be held up.
    monkeypatch.setattr("wasl.store.turn_claims.TURN_BROKEN_SECONDS", 60)
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    plain, gone = room.journal.submit, [True]

    def submit(change: Any) -> Any:
        if isinstance(change, EndTurn) and gone:
            raise Unavailable("The database does not answer.")
        return plain(change)

    room.journal.submit = submit  # type: ignore[method-assign]
    await room.take()
    gone.clear()
    await room.take()
    assert room.said_by("bot") == [], "not at once: it may still be gone"
    await room.change("UPDATE turns SET lease_ms = lease_ms - ?", 60_000)
    await room.take()
    assert room.said_by("bot") == ["We are open from 9 to 6."]


async def test_the_sign_of_typing_is_renewed_as_long_as_the_answer_takes(
    room: TurnRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.flow.reply.TYPING_EVERY_SECONDS", 0.01)
    told: list[tuple[int, str]] = []
    room.replier._tell_typing = lambda *place: told.append(place)
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    await room.begin()
    async with asyncio.timeout(30):
        while len(told) < 3:
            await asyncio.sleep(0.01)
    await room.finish()
    count = len(told)
    await asyncio.sleep(0.05)
    assert told == [(room.cast.olive.id, room.chat()["conversation_id"])] * count, "and no longer"


async def test_a_look_that_fails_is_followed_by_another(room: TurnRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasl.flow.reply.TURN_LOOK_SECONDS", 0.02)
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    looks: list[int] = []

    def look(connection: Connection) -> list[Waiting]:
        looks.append(1)
        if len(looks) == 1:
            raise ValueError("Nobody has thought of this.")
        return waiting_accounts(connection)

    monkeypatch.setattr("wasl.flow.reply.waiting_accounts", look)
    room.replier.start()
    async with asyncio.timeout(30):
        while room.said_by("bot") == []:
            await asyncio.sleep(0.02)
    await room.replier.close()


async def test_a_draft_in_the_shadow_is_made_although_somebody_takes_over(room: TurnRoom) -> None:
    await room.assistant_is(SHADOW)
    await room.customer_writes("when are you open?")
    await room.begin()
    await room.moves(Move.TAKE_OVER)
    await room.finish()
    assert room.answers("outcome, reply, compared") == [("drafted", "We are open from 9 to 6.", 0)]


async def test_a_message_of_the_past_disturbs_nobody(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    await room.begin()
    await room.hears(remembered("h1", "years ago", at=-10_000_000))
    await room.finish()
    assert room.said_by("bot") == ["We are open from 9 to 6."]


async def test_an_assistant_that_is_switched_off_meanwhile_hands_over(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    await room.assistant_is(OFF)
    await room.take()
    assert (room.chat()["status"], room.chat()["handover_reason"]) == ("waiting_human", "off")
    assert room.answerer.asked == []


async def test_nobody_thinks_about_what_waits_for_a_person_already(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    await room.assistant_is(OFF)
    await room.customer_writes("hello?")
    await room.assistant_is(AUTO)
    await room.take()
    assert (room.answerer.asked, room.said_by("bot"), room.turns()) == ([], [], [])
    assert room.chat()["status"] == "waiting_human"


async def test_two_nodes_make_one_answer(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    await asyncio.gather(*(room.take(node) for node in (room.replier, room.another_node(), room.another_node())))
    assert len(room.said_by("bot")) == 1


async def test_an_answer_whose_commit_nobody_heard_of_is_not_given_twice(room: TurnRoom) -> None:
    """The turn is ended by the transaction that queues the answer: whoever ends it once more ends nothing."""
    await room.assistant_is(AUTO)
    await room.customer_writes("when are you open?")
    ended: list[EndTurn] = []
    plain = room.journal.submit

    def submit(change: Any) -> Any:
        ended.extend([change] if isinstance(change, EndTurn) else [])
        return plain(change)

    room.journal.submit = submit  # type: ignore[method-assign]
    await room.take()
    assert await plain(ended[0]) is None
    assert len(room.said_by("bot")) == 1


async def test_what_the_assistant_tags_is_in_the_event_as_it_is_in_the_row(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    for answered in (
        Answered(None, Reason.JUDGEMENT, "A complaint.", noted=(Noted("tag", "complaint"), Noted("fact", "Has a dog"))),
        Answered("At nine.", noted=(Noted("tag", "hours"),)),
    ):
        room.answerer.answered = answered
        await room.customer_writes("hello")
        await room.take()
        shown = {key: value for key, value in room.chat().items() if key != "unread_count"}
        assert room.told()[-1]["conversation"] == shown
        await room.moves(Move.END)
    assert shown["tags"] == ["complaint", "hours"]
    assert room.rows("SELECT fact FROM contact_facts") == [("Has a dog",)]
