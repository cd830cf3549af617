"""Trying the assistant out: the same rules and the same mind, but nothing is stored and nothing is sent."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from arrivals import arrival, said
from assistants import OPENING, reply_from
from cast import Cast
from tables import rows_of_account
from wasl.domain.assistant import Answered, Reason, Usage
from wasl.errors import Unavailable
from wasl.flow import try_it
from wasl.flow.try_it import Trial
from wasl.store.assistants import WHOLE_ACCOUNT, Assistant, ToldAssistant
from wasl.store.briefs import Situation
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.team import Team

pytestmark = pytest.mark.anyio


class Mind:
    """Answers what it is told to; remembers what it was asked."""

    def __init__(self, answer: Callable[[], Answered]) -> None:
        self._answer = answer
        self.asked: list[Situation] = []

    async def answer(self, situation: Situation, assistant: Assistant) -> Answered:
        self.asked.append(situation)
        await asyncio.sleep(0)
        return self._answer()


def failing(error: Exception) -> Callable[[], Answered]:
    def fail() -> Answered:
        raise error

    return fail


@pytest.fixture
def told(team: Team, cast: Cast) -> Callable[..., Awaitable[None]]:
    async def change(**settings: object) -> None:
        version = team.assistant(cast.olive.id).version
        await team.change_assistant(ToldAssistant(cast.olive.id, WHOLE_ACCOUNT, version, None, settings=settings))

    return change


async def test_nothing_is_stored(database: Database, journal: Journal, team: Team, cast: Cast) -> None:
    await journal.submit(arrival(cast, said("a1", "hello")))
    before = database.read_now(lambda connection: rows_of_account(connection, cast.olive.id))
    mind = Mind(lambda: reply_from(7))
    tried = await Trial(database, journal, team, mind).ask(cast.olive.id, cast.olive_number.id, "When are you open?")
    assert (tried.answered.text, tried.answered.replies, tried.told) == ("From nine to six.", True, None)
    assert [step for step, _, _ in tried.answered.steps] == ["began"]
    assert mind.asked[0].brief.text == "When are you open?"
    assert database.read_now(lambda connection: rows_of_account(connection, cast.olive.id)) == before


async def test_what_a_model_costs_is_counted(database: Database, journal: Journal, team: Team, cast: Cast) -> None:
    mind = Mind(lambda: Answered("From nine.", usage=Usage("small", 90, 10, 5)))
    trial = Trial(database, journal, team, mind)
    for _ in range(2):
        await trial.ask(cast.olive.id, WHOLE_ACCOUNT, "hours?")
    sql = "SELECT account_id, turns, tokens, cost_micros FROM assistant_spending"
    assert database.read_now(lambda connection: connection.rows(sql)) == [(cast.olive.id, 0, 200, 10)]


async def test_a_used_up_budget_asks_no_model(
    database: Database, journal: Journal, team: Team, cast: Cast, told: Callable[..., Awaitable[None]]
) -> None:
    await told(limits={"tokens_per_day": 100})
    mind = Mind(lambda: Answered("From nine.", usage=Usage("small", 90, 10, 5)))
    trial = Trial(database, journal, team, mind)
    assert (await trial.ask(cast.olive.id, WHOLE_ACCOUNT, "hours?")).answered.replies
    spent = await trial.ask(cast.olive.id, WHOLE_ACCOUNT, "hours?")
    assert (spent.answered.reason, len(mind.asked)) == (Reason.BUDGET, 1)
    assert spent.told


async def test_rules_come_first(
    database: Database, journal: Journal, team: Team, cast: Cast, told: Callable[..., Awaitable[None]]
) -> None:
    closed = {"hours": {"weekly": {"mon": []}, "assistant_answers": False}, "away_texts": {"en": "We are away."}}
    await told(**closed)
    mind = Mind(lambda: reply_from(7))
    tried = await Trial(database, journal, team, mind).ask(cast.olive.id, WHOLE_ACCOUNT, "When are you open?")
    assert (tried.answered.reason, tried.told, mind.asked) == (Reason.CLOSED, "We are away.", [])


async def test_what_may_not_be_said_is_not(
    database: Database, journal: Journal, team: Team, cast: Cast, told: Callable[..., Awaitable[None]]
) -> None:
    await told(answer_characters_max=100)
    trial = Trial(database, journal, team, Mind(lambda: Answered("long " * 50)))
    tried = await trial.ask(cast.olive.id, WHOLE_ACCOUNT, "hours?")
    assert (tried.answered.replies, tried.answered.reason) == (False, Reason.UNSAFE)


async def test_a_mind_that_fails_or_hangs_calls_a_person(
    database: Database, journal: Journal, team: Team, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = await Trial(database, journal, team, Mind(failing(KeyError("x")))).ask(cast.olive.id, WHOLE_ACCOUNT, "x")
    assert (broken.answered.reason, "log" in broken.answered.note) == (Reason.FAILED, True)
    with pytest.raises(Unavailable):
        await Trial(database, journal, team, Mind(failing(Unavailable("gone")))).ask(cast.olive.id, WHOLE_ACCOUNT, "x")
    monkeypatch.setattr(try_it, "TRY_SECONDS_MAX", 0.01)

    class Hanging(Mind):
        async def answer(self, situation: Situation, assistant: Assistant) -> Answered:
            await asyncio.Event().wait()
            return Answered(None)

    slow = Trial(database, journal, team, Hanging(lambda: Answered(None)))
    tried = await slow.ask(cast.olive.id, WHOLE_ACCOUNT, OPENING.question)
    assert (tried.answered.reason, tried.answered.note) == (Reason.FAILED, "The assistant took too long.")
