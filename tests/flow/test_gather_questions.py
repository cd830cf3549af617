"""Questions that mean the same stand together, whoever looks first."""

import pytest

from assistants import UNSURE, Machine
from cast import Cast
from wasl.assistant.language.words import index_words
from wasl.domain.identity import Party
from wasl.flow.gather_questions import QuestionGatherer, likeness
from wasl.store import unanswered
from wasl.store.database import Database
from wasl.store.duties import Duties
from wasl.store.journal import Journal
from wasl.store.unanswered import DismissGroup, open_groups

pytestmark = pytest.mark.anyio


@pytest.fixture
def machine(journal: Journal, database: Database, cast: Cast) -> Machine:
    return Machine(journal, database, cast)


def gatherer(machine: Machine, node: str = "n1") -> QuestionGatherer:
    return QuestionGatherer(machine.database, machine.journal, Duties(machine.database, node))


async def ask_in_vain(machine: Machine, *questions: str) -> None:
    for question in questions:
        number = len(machine.rows("SELECT 1 FROM answers"))
        party = Party(phone=f"96130002{number:02}", name=f"Customer {number}")
        await machine.answers(f"q{number}", question, UNSURE, party=party)


def counted(machine: Machine) -> list[tuple[str, int]]:
    found = machine.database.read_now(lambda connection: open_groups(connection, machine.cast.olive.id))
    return [(group.question, group.count) for group in found]


async def test_what_means_the_same_stands_together(machine: Machine) -> None:
    await ask_in_vain(
        machine,
        "Do you sell gift cards?",
        "Is there parking near the shop?",
        "gift cards",
        "hello, do you have GIFT CARDS please",
        "هل عندكم بطاقات هدايا؟",
        "parking near you?",
        "vous avez des cartes cadeaux ?",
        "fi mawaf?",
        "???",
        "!!!",
    )
    await gatherer(machine).gather(machine.cast.olive.id)
    assert counted(machine) == [
        ("Do you sell gift cards?", 5),
        ("Is there parking near the shop?", 3),
        ("!!!", 1),
        ("???", 1),
    ]


async def test_what_comes_later_joins_what_is_there(machine: Machine) -> None:
    await ask_in_vain(machine, "Do you sell gift cards?")
    await gatherer(machine).gather(machine.cast.olive.id)
    await ask_in_vain(machine, "any gift cards?", "boats?")
    await gatherer(machine, "n2").gather(machine.cast.olive.id)
    assert counted(machine) == [("Do you sell gift cards?", 2), ("boats?", 1)]
    group_id = machine.rows("SELECT MIN(group_id) FROM unanswered_questions")[0][0]
    await machine.journal.submit(DismissGroup(machine.cast.olive.id, group_id))
    await ask_in_vain(machine, "gift cards??")
    await gatherer(machine).gather(machine.cast.olive.id)
    assert counted(machine) == [("boats?", 1)]  # Nobody wants to see it again so soon.


async def test_all_of_many_are_placed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "UNGROUPED_PER_GATHERING", 2)
    await ask_in_vain(machine, *(f"word{number} thing{number}" for number in range(5)), "word0 thing0")
    await gatherer(machine).gather_all()
    assert sorted(count for _, count in counted(machine)) == [1, 1, 1, 1, 2]
    assert machine.rows("SELECT count(*) FROM unanswered_questions WHERE terms = ''") == [(0,)]


async def test_one_node_gathers_for_all(machine: Machine) -> None:
    await ask_in_vain(machine, "cars?", "cars")
    mine, other = gatherer(machine), gatherer(machine, "n2")
    assert await mine._duties.claim("gather questions")
    await other.gather_all()
    assert counted(machine) == [("cars", 1), ("cars?", 1)]
    await mine.gather_all()
    assert counted(machine) == [("cars?", 2)]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("gift cards", "gift cards", True),
        ("gift cards", "do you sell gift cards for children", True),
        ("do you deliver on Sunday", "livrez-vous le dimanche ?", True),
        ("do you repair lamps", "btsal7o lambet?", True),
        ("fi 3andkon sham3?", "عندكن شمع؟", True),
        ("do you sell trucks", "any truck for sale?", True),
        ("cards", "do you sell gift cards for children", False),
        ("delivery to Tripoli", "delivery to Beirut", False),
        ("how much is the bread", "how much is the cake", False),
        ("where is your shop", "where is my order", False),
        ("opening hours", "parking", False),
    ],
)
def test_what_is_alike(one: str, other: str, alike: bool) -> None:
    words = [frozenset(index_words(text)) for text in (one, other)]
    assert (likeness(*words) > 0) == alike, words
    assert likeness(*words) == likeness(*reversed(words))
