"""What the assistant has still to answer is not lost where two customers turn out to be one, or one to be two."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from arrivals import NOON, moved, reported
from inboxes import A, B, P, Q
from turn_room import AUTO, OFF, TurnRoom
from wasl.domain.assistant import Answered, Noted, Reason
from wasl.domain.identity import Party
from wasl.domain.message import MessageStatus
from wasl.errors import NotFound
from wasl.limits import CONTACT_FACTS_MAX
from wasl.store.database import Database, Engine
from wasl.store.desk import Move
from wasl.store.facts import ForgetFact, facts_shown
from wasl.store.merge_contacts import MergeContacts, UnmergeContacts
from wasl.store.secrets import SecretBox

pytestmark = pytest.mark.anyio
LINA, HER_ID = Party(phone=P, name="Lina"), Party(bsuid=A, name="Lina")


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    await room.assistant_is(AUTO)
    yield room
    await room.close()


async def two_conversations(room: TurnRoom) -> None:
    """Lina's older one is answered; she asks in a younger one, whose id nobody knows to be hers."""
    await room.customer_writes("when are you open?", party=LINA)
    await room.take()
    await room.customer_writes("do you have bread?", party=HER_ID)


async def join(room: TurnRoom) -> None:
    """A status of something else tells that both are hers."""
    told = reported("wamid.77", MessageStatus.SENT, at=room.clock() // 1000 - NOON)
    await room.hears(replace(told, recipient=Party(phone=P, bsuid=A)))
    assert room.chat(HER_ID)["continued_in"] == room.chat(LINA)["conversation_id"]


async def unjoin(room: TurnRoom) -> None:
    [(merge_id,)] = room.rows("SELECT max(merge_id) FROM contact_merges")
    await room.submit(UnmergeContacts(room.cast.olive.id, room.cast.rana, str(merge_id)))


async def test_a_question_that_waits_while_contacts_become_one_calls_a_person(room: TurnRoom) -> None:
    await two_conversations(room)
    await join(room)
    asked = len(room.answerer.asked)
    await room.take()
    assert len(room.answerer.asked) == asked, "nobody thinks about half a conversation"
    older = room.chat(LINA)
    assert (older["status"], older["handover_reason"]) == ("waiting_human", "unreadable")
    assert room.lines(LINA)[-1]["handover"]["note_code"] == "asked_elsewhere"
    assert room.said_by("bot", HER_ID) == []
    assert room.said_by("bot", LINA)[-1].startswith("Thank you. A colleague")
    assert room.turns() == []


async def test_a_question_that_is_thought_about_while_contacts_become_one_calls_a_person(room: TurnRoom) -> None:
    await two_conversations(room)
    await room.begin()
    await join(room)
    await room.finish()
    assert room.chat(LINA)["status"] == "waiting_human"
    assert room.lines(LINA)[-1]["handover"]["draft"] == "We are open from 9 to 6.", "what it would have said is shown"
    assert room.said_by("bot", HER_ID) == []


async def test_both_had_a_question(room: TurnRoom) -> None:
    await two_conversations(room)
    await room.customer_writes("and cake?", party=LINA)
    await join(room)
    await room.take()
    await room.take()
    assert room.chat(LINA)["status"] == "waiting_human"
    assert room.turns() == []


async def test_it_is_followed_through_several_joins(room: TurnRoom) -> None:
    """The younger conversation goes on in one that goes on in a third."""
    await room.customer_writes("hello", party=Party(phone=Q))
    await two_conversations(room)
    await join(room)
    await room.hears(moved(Party(phone=Q), Party(phone=P, bsuid=A), at=room.clock() // 1000 - NOON))
    assert room.chat(LINA)["continued_in"] == room.chat(Party(phone=Q))["conversation_id"]
    await room.take()
    assert room.chat(Party(phone=Q))["status"] == "waiting_human"


async def test_a_customers_new_number_is_joined_to_the_old_one(room: TurnRoom) -> None:
    await room.customer_writes("when are you open?", party=LINA)
    await room.take()
    await room.customer_writes("do you have bread?", party=Party(phone=Q, bsuid=B))
    await room.begin()
    await room.hears(moved(LINA, Party(phone=Q, bsuid=B), at=room.clock() // 1000 - NOON + 1))
    await room.finish()
    waiting = [chat for chat in room.chats() if chat["status"] == "waiting_human"]
    assert [chat["continued_in"] for chat in waiting] == [None]
    assert room.turns() == []


async def test_whoever_answers_already_is_not_called_again(room: TurnRoom) -> None:
    await two_conversations(room)
    await room.moves(Move.TAKE_OVER, LINA)
    await join(room)
    await room.take()
    assert (room.chat(LINA)["status"], room.lines(LINA)) == ("human", [])
    assert ("discarded", "unreadable") in room.answers()


async def test_who_waited_goes_on_waiting_as_urgently_as_before(room: TurnRoom) -> None:
    await two_conversations(room)
    room.answerer.answered = Answered(None, Reason.VIP, "A good customer.")
    await room.take()
    priority = room.chat(HER_ID)["priority"]
    assert priority > 0
    await join(room)
    older, younger = room.chat(LINA), room.chat(HER_ID)
    assert (older["priority"], older["handover_reason"], younger["priority"]) == (priority, "vip", 0)
    await unjoin(room)
    older, younger = room.chat(LINA), room.chat(HER_ID)
    assert (younger["priority"], younger["handover_reason"], younger["status"]) == (priority, "vip", "waiting_human")
    assert (older["priority"], older["status"]) == (0, "bot")


async def test_a_merge_that_is_taken_back_before_the_turn_leaves_it_as_it_was(room: TurnRoom) -> None:
    await two_conversations(room)
    await join(room)
    await unjoin(room)
    await room.take()
    assert room.said_by("bot", HER_ID) == ["We are open from 9 to 6."]
    assert room.chat(LINA)["status"] == room.chat(HER_ID)["status"] == "bot"


async def test_one_that_is_taken_back_while_the_answer_is_made_loses_nothing(room: TurnRoom) -> None:
    await two_conversations(room)
    await room.begin()
    await join(room)
    await unjoin(room)
    await room.finish()
    assert room.said_by("bot", HER_ID) == [], "it was begun before somebody else had the conversation"
    await room.take()
    assert room.said_by("bot", HER_ID) == ["We are open from 9 to 6."]


async def test_one_that_is_taken_back_after_the_turn_calls_a_person_where_the_question_is(room: TurnRoom) -> None:
    await two_conversations(room)
    await join(room)
    await room.take()
    await unjoin(room)
    younger = room.chat(HER_ID)
    assert (younger["status"], younger["continued_in"]) == ("waiting_human", None)
    assert room.lines(HER_ID)[-1]["handover"]["note_code"] == "apart_again"


async def test_an_operators_merge_changes_nothing_for_the_assistant(room: TurnRoom) -> None:
    await two_conversations(room)
    users = (room.chat(LINA)["user_id"], room.chat(HER_ID)["user_id"])
    await room.begin()
    await room.submit(MergeContacts(room.cast.olive.id, room.cast.rana, *users))
    await room.finish()
    assert room.said_by("bot", HER_ID) == ["We are open from 9 to 6."]


async def test_who_was_told_of_closed_hours_under_one_name_is_not_told_under_the_other(room: TurnRoom) -> None:
    await room.assistant_is({**OFF, "hours": {"weekly": {"mon": []}}})
    await room.customer_writes("hello", party=LINA)
    await room.customer_writes("hello", party=HER_ID)
    await room.take()
    await join(room)
    await room.customer_writes("anybody?", party=LINA)
    await room.take()
    assert len(room.said_by("bot", LINA)) == 1


# -- what is known of them --------------------------------------------------------------------------------------------


async def learns(room: TurnRoom, party: Party, words: str, *noted: Noted) -> None:
    room.answerer.answered = Answered("I see.", noted=noted)
    await room.customer_writes(words, party=party)
    await room.take()


async def known_facts(room: TurnRoom, party: Party) -> tuple[str, ...]:
    """What the assistant is told of a customer who writes."""
    room.answerer.answered = Answered("Hello.")
    await room.customer_writes("hello", party=party)
    await room.take()
    return room.answerer.asked[-1].brief.facts


async def test_facts_go_along_with_their_customer_and_come_apart_with_them(room: TurnRoom) -> None:
    await learns(room, LINA, "no nuts please", Noted("fact", "Allergic to nuts"))
    await learns(room, HER_ID, "I live in Saida", Noted("fact", "Lives in Saida"))
    assert await known_facts(room, LINA) == ("Allergic to nuts",)
    await join(room)
    assert await known_facts(room, LINA) == ("Lives in Saida", "Allergic to nuts")
    await learns(room, LINA, "at nine, as always", Noted("fact", "Comes at nine"), Noted("fact", "Lives in Saida"))
    await unjoin(room)
    assert await known_facts(room, LINA) == ("Comes at nine", "Allergic to nuts")
    assert await known_facts(room, HER_ID) == ("Lives in Saida",)


async def test_so_they_do_when_an_operator_says_that_two_are_one(room: TurnRoom) -> None:
    await learns(room, LINA, "no nuts please", Noted("fact", "Allergic to nuts"))
    await learns(room, HER_ID, "I live in Saida", Noted("fact", "Lives in Saida"))
    users = (room.chat(LINA)["user_id"], room.chat(HER_ID)["user_id"])
    await room.submit(MergeContacts(room.cast.olive.id, room.cast.rana, *users))
    for party in (LINA, HER_ID):
        assert set(await known_facts(room, party)) == {"Allergic to nuts", "Lives in Saida"}
    await unjoin(room)
    assert await known_facts(room, LINA) == ("Allergic to nuts",)
    assert await known_facts(room, HER_ID) == ("Lives in Saida",)


async def test_a_fact_is_noted_once_and_of_very_many_the_oldest_are_forgotten(room: TurnRoom) -> None:
    for number in range(CONTACT_FACTS_MAX + 5):
        noted = Noted("fact", f"Has {number} cats")
        await learns(room, LINA, "one more cat", noted, noted)
    facts = await known_facts(room, LINA)
    assert (len(facts), facts[0]) == (CONTACT_FACTS_MAX, f"Has {CONTACT_FACTS_MAX + 4} cats")
    assert room.rows("SELECT count(*) FROM contact_facts") == [(CONTACT_FACTS_MAX,)]


async def test_what_an_operator_takes_back_is_known_no_more_of_the_whole_person(room: TurnRoom) -> None:
    await learns(room, LINA, "no nuts please", Noted("fact", "Allergic to nuts"), Noted("fact", "Has a dog"))
    await learns(room, HER_ID, "no nuts", Noted("fact", "Allergic to nuts"))
    users = (room.chat(LINA)["user_id"], room.chat(HER_ID)["user_id"])
    await room.submit(MergeContacts(room.cast.olive.id, room.cast.rana, *users))
    account_id, user_id = room.cast.olive.id, room.chat(LINA)["user_id"]

    def known() -> dict[str, str]:
        shown = room.database.read_now(lambda connection: facts_shown(connection, account_id, user_id))
        return {one["fact"]: one["fact_id"] for one in shown}

    nuts = known()["Allergic to nuts"]
    assert list(known()) == ["Allergic to nuts", "Has a dog"]
    assert await room.submit(ForgetFact(account_id, user_id, nuts))
    assert [data["changed"] for data in room.told()[-2:]] == ["facts", "facts"]
    assert list(known()) == ["Has a dog"]
    assert await known_facts(room, HER_ID) == ("Has a dog",)
    assert not await room.submit(ForgetFact(account_id, user_id, nuts))
    with pytest.raises(NotFound):
        await room.submit(ForgetFact(room.cast.cedar.id, user_id, known()["Has a dog"]))
    assert await known_facts(room, LINA) == ("Has a dog",)


async def test_tags_language_and_mood_of_another_are_not_kept_when_they_are_two_again(room: TurnRoom) -> None:
    await learns(room, LINA, "when are you open, please?", Noted("tag", "regular"))
    before = room.chat(LINA)
    room.clock.pass_by(minutes=1)
    await learns(room, HER_ID, "do you have bread?", Noted("tag", "wholesale"))
    await room.customer_writes("هذا أسوأ محل في البلد، أنا غاضبة جداً!!!", party=HER_ID)
    await room.take()
    await join(room)
    older = room.chat(LINA)
    assert (older["tags"], older["language"], older["sentiment"]) == (["regular", "wholesale"], "ar", "negative")
    assert older["status"] == "waiting_human"
    await unjoin(room)
    for name in ("tags", "language", "sentiment", "status", "priority"):
        assert room.chat(LINA)[name] == before[name], name
    newest = [data["conversation"] for data in room.told() if data["conversation"]["user_name"] == "Lina"]
    shown = {key: value for key, value in room.chat(LINA).items() if key != "unread_count"}
    assert [one for one in newest if one["conversation_id"] == shown["conversation_id"]][-1] == shown


async def test_what_was_learnt_since_they_were_one_stays(room: TurnRoom) -> None:
    await learns(room, LINA, "when are you open, please?")
    await learns(room, HER_ID, "do you have bread?", Noted("tag", "wholesale"))
    await join(room)
    await learns(room, LINA, "merci beaucoup, à quelle heure ouvrez-vous ?", Noted("tag", "french"))
    await unjoin(room)
    assert (room.chat(LINA)["tags"], room.chat(LINA)["language"]) == (["french"], "fr")
