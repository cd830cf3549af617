"""The assistant's turns: a burst is one turn, only one answer ends it, and nothing newer is ever talked over."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from arrivals import arrival, echoed, remembered, said
from cast import Cast
from inboxes import A, Inbox, P, Q, ids_of
from wasl.clock import now_ms
from wasl.domain.assistant import Answered, AssistantMode, Match, Noted, Reason, Tier, Usage
from wasl.domain.events import Event, EventKind
from wasl.domain.identity import Party
from wasl.domain.message import Content
from wasl.domain.updates import Update
from wasl.store.answers import EndTurn, Outcome
from wasl.store.briefs import Situation, read_situation
from wasl.store.database import Connection, Database, Row
from wasl.store.desk import HandOver, Move
from wasl.store.journal import Journal
from wasl.store.limits import TURN_LEASE_SECONDS
from wasl.store.outbox import QueueMessage
from wasl.store.team import Team
from wasl.store.turn_claims import ClaimTurn, due_turns, forsaken_turns, redate_turns, waiting_accounts
from wasl.store.turns import Terms, Turn

pytestmark = pytest.mark.anyio

AT_ONCE = Terms(AssistantMode.AUTO, quiet_ms=0, burst_ms=0)
LATER = Terms(AssistantMode.AUTO, quiet_ms=60_000, burst_ms=90_000)
SHADOW = Terms(AssistantMode.SHADOW, quiet_ms=0, burst_ms=0)
LINA = Party(phone=P, name="Lina")
OPENING = Match(7, "When are you open?", "From nine to six.", 91, Tier.STRONG, "hours")
ANSWER = Answered("From nine to six.", confidence=91, matches=(OPENING,))


@dataclass
class Desk(Inbox):
    """The inbox with an assistant, whose node is `node`."""

    node: str = "desk:1"
    held: list[tuple[int, int]] = field(default_factory=list)
    """What this node thinks about, by account and conversation."""

    async def asks(self, *updates: Update, terms: Terms = AT_ONCE) -> None:
        for update in updates:
            await self.journal.submit(replace(arrival(self.cast, update, received_ms=now_ms()), assistant=terms))

    async def claims(self, node: str | None = None) -> list[Turn]:
        """Take all that is due, and all that others died with."""

        def look(connection: Connection) -> list[Turn]:
            forsaken = forsaken_turns(connection, node or self.node, self.held, 10)
            return [*forsaken, *due_turns(connection, {one.account_id: 10 for one in waiting_accounts(connection)})]

        found = [await self.journal.submit(ClaimTurn(turn, node or self.node)) for turn in self.database.read_now(look)]
        claimed = [turn for turn in found if turn is not None]
        self.held += [(turn.account_id, turn.conversation_key) for turn in claimed if node in (None, self.node)]
        return claimed

    def due_in_ms(self) -> int:
        """When the first turn is due."""
        return self.database.read_now(waiting_accounts)[0].due_in_ms

    async def runs(self, sql: str, *parameters: object) -> int:
        """Change rows past all rules."""
        return await self.database.write(lambda connection: connection.run(sql, parameters))

    def reads(self, turn: Turn) -> Situation:
        found = self.database.read_now(lambda connection: read_situation(connection, turn))
        assert found is not None
        return found

    async def ends(self, turn: Turn, answered: Answered = ANSWER, *, epoch: int = 0, told: str | None = None) -> object:
        change = EndTurn(turn, epoch, answered, "When do you open?", "en", "2026-11-21", 12, told)
        return await self.journal.submit(change)

    def rows(self, sql: str) -> list[Row]:
        return self.database.read_now(lambda connection: connection.rows(sql))

    def said_by(self, role: str) -> list[str]:
        sql = "SELECT content FROM messages WHERE role = '" + role + "' ORDER BY sequence"
        return [content for (content,) in self.rows(sql)]


@pytest.fixture
async def desk(journal: Journal, database: Database, cast: Cast, team: Team) -> Desk:
    desk = Desk(journal, database, cast, team)
    await desk.runs("INSERT INTO nodes (node, name, seen_ms, ahead_ms) VALUES (?, 'desk', 0, 0)", desk.node)
    return desk


# -- when -----------------------------------------------------------------------------------------------------------


async def test_a_burst_is_one_turn_with_all_of_it(desk: Desk) -> None:
    await desk.asks(said("m1", "hello", party=LINA), said("m2", "when do you", party=LINA, at=1))
    await desk.asks(said("m3", "open?", party=LINA, at=2))
    [turn] = await desk.claims()
    assert [line.text for line in desk.reads(turn).brief.question] == ["hello", "when do you", "open?"]
    assert await desk.claims() == [], "it is claimed once"


async def test_it_waits_for_the_customer_to_be_quiet_but_not_for_ever(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA), terms=LATER)
    assert await desk.claims() == []
    first = desk.due_in_ms()
    assert 50_000 < first <= 60_000
    await desk.runs("UPDATE turns SET since_ms = since_ms - 45000")
    await desk.asks(said("m2", party=LINA, at=1), terms=LATER)
    second = desk.due_in_ms()
    assert 35_000 < second <= 45_000, "90 seconds after the first word, not 60 after the last"


async def test_without_an_assistant_nobody_is_called(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA), terms=Terms())
    assert desk.rows("SELECT * FROM turns") == []
    assert (desk.chat(P)["status"], desk.chat(P)["handover_reason"]) == ("waiting_human", "off")


async def test_whoever_is_with_a_person_is_not_the_assistants(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA), terms=Terms())
    await desk.asks(said("m2", party=LINA, at=1))
    assert desk.rows("SELECT * FROM turns") == []


async def test_history_and_the_business_itself_ask_nothing(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    [turn] = await desk.claims()
    await desk.ends(turn)
    await desk.asks(echoed("m2", "we are here", party=LINA, at=5), remembered("m3", "long ago", at=-500, party=LINA))
    assert desk.rows("SELECT * FROM turns") == []


# -- the answer -----------------------------------------------------------------------------------------------------


async def test_the_answer_stands_in_the_thread_and_leaves(desk: Desk, committed: list[Event]) -> None:
    await desk.asks(said("m1", "when do you open?", party=LINA))
    [turn] = await desk.claims()
    assert await desk.ends(turn) is Outcome.REPLIED
    assert desk.said_by("bot") == ["From nine to six."]
    assert [state for (state,) in desk.rows("SELECT state FROM outbox")] == ["queued"]
    assert desk.rows("SELECT * FROM turns") == []
    last = committed[-1]
    assert last.kind is EventKind.NEW_MESSAGE
    assert b'"sources":[{"entry_id":"7","question":"When are you open?","score":91,"tier":"strong"' in last.payload
    chat = desk.chat(P)
    assert (chat["status"], chat["last_message"]["content"]) == ("bot", "From nine to six.")


async def test_a_second_end_of_the_same_turn_is_none(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    [turn] = await desk.claims()
    assert await desk.ends(turn) is Outcome.REPLIED
    assert await desk.ends(turn) is None
    assert len(desk.said_by("bot")) == 1


async def test_what_the_customer_writes_meanwhile_discards_the_answer(desk: Desk) -> None:
    await desk.asks(said("m1", "when do you open", party=LINA))
    [turn] = await desk.claims()
    await desk.asks(said("m2", "on sundays?", party=LINA, at=1))
    assert await desk.ends(turn) is None
    assert desk.said_by("bot") == []
    [again] = await desk.claims()
    assert [line.text for line in desk.reads(again).brief.question] == ["when do you open", "on sundays?"]
    assert await desk.ends(again) is Outcome.REPLIED


@pytest.mark.parametrize(
    "moves", [[Move.TAKE_OVER], [Move.END], [Move.TAKE_OVER, Move.END], [Move.TAKE_OVER, Move.RELEASE]]
)
async def test_a_move_of_an_operator_discards_the_answer(desk: Desk, moves: Sequence[Move]) -> None:
    await desk.asks(said("m1", party=LINA))
    [turn] = await desk.claims()
    for move in moves:
        await desk.journal.submit(HandOver(desk.cast.olive.id, desk.cast.omar, *ids_of(desk.chat(P)), move))
    assert await desk.ends(turn) is None
    assert desk.said_by("bot") == []


async def test_an_answer_that_is_late_does_not_end_the_turn_that_another_node_has_begun_since(desk: Desk) -> None:
    """Both are a first attempt; only what they answer is another."""
    await desk.asks(said("m1", "when do you open", party=LINA))
    [late] = await desk.claims()
    await desk.asks(said("m2", "on sundays?", party=LINA, at=1))
    [turn] = await desk.claims("desk:2")
    assert (late.attempt, turn.attempt) == (1, 1)
    assert await desk.ends(late) is None
    assert desk.said_by("bot") == []
    assert await desk.ends(turn) is Outcome.REPLIED


async def test_an_answer_from_before_a_takeover_does_not_end_the_turn_that_was_begun_when_it_was_given_back(
    desk: Desk,
) -> None:
    """Both are a first attempt at the same words; only the conversation was somebody else's in between."""
    await desk.asks(said("m1", "when do you open?", party=LINA))
    [late] = await desk.claims()
    about = (desk.cast.olive.id, desk.cast.omar, *ids_of(desk.chat(P)))
    for move in (Move.TAKE_OVER, Move.RELEASE):
        await desk.journal.submit(HandOver(*about, move, lambda _: AT_ONCE))
    [turn] = await desk.claims("desk:2")
    assert (late.upto_sequence, late.attempt) == (turn.upto_sequence, turn.attempt)
    assert await desk.ends(late) is None
    assert desk.said_by("bot") == []
    while turn is not None and await desk.ends(turn, epoch=2) is None:
        [turn] = await desk.claims()  # It may have been begun again; the customer hears one answer in the end.
    assert desk.said_by("bot") == ["From nine to six."]


async def test_who_waits_for_a_person_since_the_assistant_was_switched_off_gets_no_answer_of_before(desk: Desk) -> None:
    await desk.asks(said("m1", "when do you open?", party=LINA))
    [turn] = await desk.claims()
    await desk.asks(said("m2", "hello?", party=LINA, at=1), terms=Terms())
    assert await desk.ends(turn) is None
    assert (desk.said_by("bot"), desk.chat(P)["status"]) == ([], "waiting_human")


async def test_an_operators_reply_discards_the_answer(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    [turn] = await desk.claims()
    await desk.writes(desk.chat(P), "I am here")
    assert await desk.ends(turn) is None
    assert (desk.said_by("bot"), desk.chat(P)["status"]) == ([], "human")


async def test_whoever_is_given_back_with_an_open_question_is_answered(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA), terms=Terms())
    place = ids_of(desk.chat(P))
    release = HandOver(desk.cast.olive.id, desk.cast.omar, *place, Move.RELEASE, lambda _: AT_ONCE)
    await desk.journal.submit(release)
    [turn] = await desk.claims()
    assert await desk.ends(turn, epoch=1) is Outcome.REPLIED


async def test_whoever_is_given_back_with_an_answer_is_left_alone(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA), terms=Terms())
    await desk.writes(desk.chat(P), "it is done")
    place = ids_of(desk.chat(P))
    release = HandOver(desk.cast.olive.id, desk.cast.omar, *place, Move.RELEASE, lambda _: AT_ONCE)
    await desk.journal.submit(release)
    assert await desk.claims() == []


# -- nodes that die ---------------------------------------------------------------------------------------------------


async def test_a_dead_nodes_turn_is_anothers(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    [lost] = await desk.claims("ghost:1")
    [turn] = await desk.claims()
    assert (turn.attempt, lost.attempt) == (2, 1)
    assert await desk.ends(lost) is None, "it comes back, and is too late"
    assert await desk.ends(turn) is Outcome.REPLIED
    assert len(desk.said_by("bot")) == 1


async def test_a_turn_that_takes_too_long_is_anothers(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    await desk.claims()
    await desk.runs("UPDATE turns SET lease_ms = 1")
    assert [turn.attempt for turn in await desk.claims()] == [2]


async def test_what_broke_off_here_is_taken_again_soon_and_not_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the database was gone for a moment: the node lives, and nobody waits for its lease to end."""
    # Longer than this test may be held up.
    monkeypatch.setattr("wasl.store.turn_claims.TURN_BROKEN_SECONDS", 60)
    await desk.asks(said("m1", party=LINA))
    await desk.claims()
    assert await desk.claims() == [], "it is under way"
    desk.held.clear()
    assert await desk.claims() == [], "whatever broke it off may do so again"
    await desk.runs("UPDATE turns SET lease_ms = lease_ms - ?", 60_000)
    assert await desk.claims("desk:2") == [], "another node cannot know, and waits for the lease"
    [turn] = await desk.claims()
    assert turn.attempt == 2


async def test_what_is_thought_about_for_too_long_is_taken_again_here_too(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    await desk.claims()
    await desk.runs("UPDATE turns SET lease_ms = lease_ms - ?", TURN_LEASE_SECONDS * 1000)
    assert [turn.attempt for turn in await desk.claims()] == [2]


async def test_a_turn_that_two_nodes_have_seen_is_taken_by_one(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    [seen] = desk.database.read_now(lambda c: due_turns(c, {desk.cast.olive.id: 5}))
    [turn] = await desk.claims("desk:2")
    assert await desk.journal.submit(ClaimTurn(seen, desk.node)) is None
    assert turn.attempt == 1


async def test_a_clock_that_is_put_back_lets_nobody_wait_for_its_old_hour(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    await desk.runs("UPDATE turns SET since_ms = since_ms + 7200000, due_ms = due_ms + 7200000")
    assert await desk.claims() == []
    assert await desk.database.write(redate_turns) == 1
    assert len(await desk.claims()) == 1


# -- a person is called -----------------------------------------------------------------------------------------------


async def test_a_person_is_called_with_the_reason_and_the_customer_is_told(desk: Desk) -> None:
    await desk.asks(said("m1", "where is my cake?!", party=LINA))
    [turn] = await desk.claims()
    unsure = Answered("Perhaps tomorrow?", Reason.UNSURE, "Nothing fits well enough.", 31, (OPENING,))
    assert await desk.ends(turn, unsure, told="A colleague will answer you.") is Outcome.HANDED_OVER
    chat = desk.chat(P)
    assert (chat["status"], chat["handover_reason"], chat["handover_epoch"]) == ("waiting_human", "unsure", 1)
    assert chat["priority"] >= 10
    assert chat["last_message"]["content"] == "A colleague will answer you."
    assert desk.said_by("bot") == ["A colleague will answer you."]
    [(metadata,)] = desk.rows("SELECT metadata FROM messages WHERE role = 'system'")
    assert '"draft":"Perhaps tomorrow?"' in metadata, "what was not said is there for operators"
    assert [row[0] for row in desk.rows("SELECT count(*) FROM outbox")] == [1], "and only what is told leaves"
    assert desk.rows("SELECT question, state FROM unanswered_questions") == [("When do you open?", "open")]


async def test_a_line_of_our_own_stops_nobodys_reply(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    seen = desk.chat(P)["last_sequence"]
    [turn] = await desk.claims()
    await desk.ends(turn, Answered(None, Reason.FAILED, "It did not answer."))
    reply = QueueMessage(
        desk.cast.olive.id, desk.cast.rana, *ids_of(desk.chat(P)), Content.of_text("hello"), seen_sequence=seen
    )
    await desk.journal.submit(reply)
    assert desk.said_by("operator") == ["hello"]


async def test_an_answer_that_comes_after_the_window_calls_a_person(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    [turn] = await desk.claims()
    await desk.asks(said("m2", party=Party(phone=Q), at=25 * 3600))  # That is what time it is now.
    assert await desk.ends(turn, told="A colleague will answer you.") is Outcome.HANDED_OVER
    assert (desk.chat(P)["handover_reason"], desk.said_by("bot")) == ("window", [])


async def test_facts_and_tags_are_kept_with_the_answer(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    [turn] = await desk.claims()
    noted = (Noted("fact", "is allergic to nuts"), Noted("tag", "cakes"), Noted("tag", "cakes"))
    await desk.ends(turn, replace(ANSWER, noted=noted))
    assert desk.chat(P)["tags"] == ["cakes"]
    await desk.asks(said("m2", party=LINA, at=9))
    [again] = await desk.claims()
    assert desk.reads(again).brief.facts == ("is allergic to nuts",)


# -- shadow, and what it costs ----------------------------------------------------------------------------------------


async def test_in_the_shadow_nothing_is_said(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA), terms=SHADOW)
    assert desk.chat(P)["status"] == "waiting_human"
    [turn] = await desk.claims()
    assert turn.shadow
    await desk.writes(desk.chat(P), "we open at nine")
    assert await desk.ends(turn) is Outcome.DRAFTED
    assert (desk.said_by("bot"), desk.rows("SELECT reply FROM answers")) == ([], [("From nine to six.",)])


async def test_what_it_costs_is_counted_also_in_vain(desk: Desk) -> None:
    await desk.asks(said("m1", party=LINA))
    [turn] = await desk.claims()
    dear = replace(ANSWER, usage=Usage("invented-1", 1_000, 50, 420))
    await desk.asks(said("m2", party=LINA, at=1))
    assert await desk.ends(turn, dear) is None
    [again] = await desk.claims()
    await desk.ends(again, dear)
    assert desk.rows("SELECT turns, tokens, cost_micros FROM assistant_spending") == [(2, 2_100, 840)]


async def test_a_turn_of_a_conversation_that_went_on_in_another_calls_a_person_there(desk: Desk) -> None:
    await desk.asks(said("m1", party=Party(phone=P)), said("m2", party=Party(bsuid=A), at=1))
    turns = await desk.claims()
    assert len(turns) == 2
    await desk.asks(said("m3", party=Party(phone=P, bsuid=A), at=2))
    outcomes = [await desk.ends(turn) for turn in turns]
    assert Outcome.HANDED_OVER in outcomes
    assert (desk.chat(P)["status"], desk.said_by("bot")) == ("waiting_human", [])
