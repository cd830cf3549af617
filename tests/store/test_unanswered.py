"""Questions that nothing known answers are noted with their turn, counted in groups, and settled together."""

import pytest

from arrivals import BISAN
from assistants import OPENING, UNSURE, Machine, reply_from
from cast import Cast
from wasl.clock import now_ms
from wasl.domain.assistant import Answered, Reason
from wasl.domain.identity import Party
from wasl.errors import Conflict, NotFound
from wasl.store import unanswered
from wasl.store.database import Database
from wasl.store.entries import AddEntry
from wasl.store.journal import Journal
from wasl.store.limits import GROUP_REST_DAYS
from wasl.store.unanswered import (
    DismissGroup,
    Group,
    GroupQuestions,
    Head,
    Placed,
    accounts_to_gather,
    heads,
    open_groups,
    ungrouped,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def machine(journal: Journal, database: Database, cast: Cast) -> Machine:
    return Machine(journal, database, cast)


async def ask_in_vain(machine: Machine, *questions: str) -> list[int]:
    """Each of another customer; the answers' ids."""
    for question in questions:
        number = len(machine.rows("SELECT 1 FROM answers"))
        party = Party(phone=f"96130001{number:02}", name=f"Customer {number}")
        await machine.answers(f"q{number}", question, UNSURE, party=party)
    return [answer_id for (answer_id,) in machine.rows("SELECT answer_id FROM unanswered_questions ORDER BY answer_id")]


async def group(machine: Machine, placed: dict[int, Head]) -> None:
    change = GroupQuestions(
        machine.cast.olive.id,
        [Placed(answer_id, head) for answer_id, head in placed.items()],
        {answer_id: head.terms for answer_id, head in placed.items()},
    )
    await machine.journal.submit(change)


def groups(machine: Machine, account_id: int | None = None) -> list[Group]:
    account_id = account_id or machine.cast.olive.id
    return machine.database.read_now(lambda connection: open_groups(connection, account_id))


async def test_only_what_nothing_known_answers_is_noted(machine: Machine) -> None:
    await machine.answers("a1", "When are you open?", reply_from(1))
    await machine.is_asked("a2", "I want a person")
    await machine.ends(Answered(None, Reason.ASKED, "They want a person."), "I want a person")
    await machine.answers("b1", "Do you sell cars?", UNSURE, party=BISAN)
    [found] = machine.database.read_now(lambda c: ungrouped(c, machine.cast.olive.id))
    assert (found.question, found.language) == ("Do you sell cars?", "en")
    assert machine.rows("SELECT answer_id FROM answers WHERE reason = 'unsure'") == [(found.answer_id,)]
    assert machine.database.read_now(accounts_to_gather) == [machine.cast.olive.id]


async def test_groups_are_counted_the_largest_first(machine: Machine) -> None:
    first, second, third, alone = await ask_in_vain(machine, "cars?", "a car?", "any cars", "boats?")
    cars, boats = Head(first, "car"), Head(alone, "boat")
    await group(machine, {first: cars, second: cars, third: cars, alone: boats})
    found = groups(machine)
    assert [(one.question, one.count) for one in found] == [("cars?", 3), ("boats?", 1)]
    assert [example["question"] for example in found[0].examples] == ["any cars", "a car?", "cars?"]
    for example in found[0].examples:
        assert example["conversation_id"].startswith(f"{machine.cast.olive.id}_155501_96130001")
    assert groups(machine, machine.cast.cedar.id) == []
    assert machine.database.read_now(accounts_to_gather) == []


async def test_a_question_is_placed_once(machine: Machine) -> None:
    """Two nodes may look at the same time."""
    first, second = await ask_in_vain(machine, "cars?", "boats?")
    cars = Head(first, "car")
    await group(machine, {first: cars, second: cars})
    await group(machine, {second: Head(second, "boat")})
    assert [one.count for one in groups(machine)] == [2]


async def test_an_entry_settles_its_group(machine: Machine) -> None:
    first, second, other = await ask_in_vain(machine, "cars?", "a car?", "boats?")
    cars = Head(first, "car")
    await group(machine, {first: cars, second: cars, other: Head(other, "boat")})
    olive, omar = machine.cast.olive.id, machine.cast.omar.id
    await machine.journal.submit(AddEntry(olive, omar, OPENING, answers_group=first))
    assert [one.question for one in groups(machine)] == ["boats?"]
    await machine.journal.submit(AddEntry(olive, omar, OPENING, answers_group=first))  # The same request once more.
    with pytest.raises(Conflict) as refused:
        await machine.journal.submit(AddEntry(olive, machine.cast.rana.id, OPENING, answers_group=first))
    assert refused.value.code == "group_settled"
    with pytest.raises(Conflict) as refused:
        await machine.journal.submit(DismissGroup(olive, first))
    assert refused.value.code == "group_settled"
    for account_id, number in ((olive, 999), (machine.cast.cedar.id, other)):
        with pytest.raises(NotFound):
            await machine.journal.submit(AddEntry(account_id, omar, OPENING, answers_group=number))
        with pytest.raises(NotFound):
            await machine.journal.submit(DismissGroup(account_id, number))
    assert machine.rows("SELECT count(*) FROM knowledge_entries") == [(1,)]  # Nothing of what was refused.


async def test_what_was_dismissed_rests_for_a_while(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    [first] = await ask_in_vain(machine, "tell me a joke")
    await group(machine, {first: Head(first, "joke")})
    olive, at_ms = machine.cast.olive.id, now_ms()
    for _ in range(2):
        await machine.journal.submit(DismissGroup(olive, first))
    assert groups(machine) == []
    [head] = machine.database.read_now(lambda connection: heads(connection, olive, at_ms))
    assert head == Head(first, "joke", rests=True)
    second = (await ask_in_vain(machine, "another joke please"))[-1]
    await group(machine, {second: head})
    assert groups(machine) == []
    later_ms = at_ms + (GROUP_REST_DAYS + 1) * 24 * 3600 * 1000
    assert machine.database.read_now(lambda connection: heads(connection, olive, later_ms)) == []


async def test_a_page_shows_so_many_groups(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "GROUPS_LISTED_MAX", 2)
    monkeypatch.setattr(unanswered, "GROUP_EXAMPLES_MAX", 1)
    asked = await ask_in_vain(machine, "one", "two", "three", "three again")
    placed = {answer_id: Head(answer_id, str(answer_id)) for answer_id in asked[:3]}
    await group(machine, {**placed, asked[3]: placed[asked[2]]})
    assert [(one.question, one.count, len(one.examples)) for one in groups(machine)] == [("three", 2, 1), ("two", 1, 1)]
