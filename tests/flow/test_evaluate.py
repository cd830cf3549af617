"""An evaluation asks what customers asked, holds what comes of it against what was wanted, and leaves no trace."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from arrivals import ADAM, BISAN
from tables import row_counts
from turn_room import AUTO, Dictated, TurnRoom, match, says
from wasl.domain.assistant import Answered, Reason, Usage
from wasl.domain.assistant_settings import settings_of
from wasl.errors import Invalid
from wasl.flow.cases import Case, cases_of, read_cases
from wasl.flow.evaluate import evaluate, summary
from wasl.store.assistants import Assistant
from wasl.store.briefs import Situation
from wasl.store.database import Database, Engine
from wasl.store.desk import Move
from wasl.store.past_bursts import PastBurst, past_bursts
from wasl.store.secrets import SecretBox

pytestmark = pytest.mark.anyio
PLAIN = Assistant(settings_of(AUTO))
UNSURE = Answered(None, Reason.UNSURE, "Nothing fits.")


@dataclass
class ByWords:
    """Answers each question as a test says."""

    answers: dict[str, Answered]

    async def answer(self, situation: Situation, assistant: Assistant) -> Answered:
        answered = self.answers[situation.brief.text]
        if answered.note == "breaks":
            raise RuntimeError
        return answered


def cases(*told: dict[str, Any]) -> list[Case]:
    return read_cases(orjson.dumps(list(told)))


async def figures(answers: dict[str, Answered], asked: Sequence[Case], assistant: Assistant = PLAIN) -> dict[str, Any]:
    return summary(await evaluate(1, asked, assistant, ByWords(answers)))


async def test_what_was_wanted_is_counted() -> None:
    other = match("We deliver.", entry_id=2, topic="delivery")
    hours = match("We are open from 9 to 6.", entry_id=1)
    answers = {
        "when?": Answered(hours.answer, confidence=90, matches=(hours,), usage=Usage("m", 100, 20, 30)),
        "where?": Answered(hours.answer, confidence=90, matches=(hours, other)),
        "how?": UNSURE,
        "who?": Answered(None, Reason.UNSURE, "", 30, (other, hours)),
        "breaks": Answered(None, note="breaks"),
        "like?": says("We are open from 9 to 6."),
        "unlike?": says("We are open from 9 to 6."),
    }
    told: list[dict[str, Any]] = [
        {"text": "when?", "expect": {"entries": ["1"]}, "language": "en"},
        {"text": "where?", "expect": {"entries": [2]}},
        {"text": "how?", "expect": {"handover": True}},
        {"text": "who?", "expect": {"entries": ["when are you OPEN"]}},
        {"text": "breaks"},
        {"text": "like?", "expect": {"reply_like": "Open from 9 to 6."}},
        {"text": "unlike?", "expect": {"reply_like": "Closed for ever."}},
        {"lines": ["hi", "let me talk to a person"], "expect": {"handover": True}},
    ]
    found = await figures(answers, cases(*told))
    assert 40 <= found.pop("agreement") <= 50
    assert {name: found[name] for name in found if name not in ("p50_ms", "topics", "languages")} == {
        "cases": 8,
        "answered": 4,
        "handed_over": 4,
        "silent": 0,
        "kinds": [],
        "entries_expected": 3,
        "entries_found": 3,
        "entries_answered": 1,
        "handovers_due": 2,
        "handovers_made": 2,
        "courtesies": 0,
        "courtesies_kept": 0,
        "confident_wrong": 2,
        "reasons": {"unsure": 2, "failed": 1, "asked": 1},
        "tokens": 120,
        "cost_micros": 30,
    }
    assert [(part["name"], part["cases"], part["confident_wrong"]) for part in found["topics"]] == [
        ("hours", 4, 2),
        ("delivery", 1, 0),
    ]
    assert ("en", 6) in [(part["name"], part["cases"]) for part in found["languages"]]


async def test_who_should_have_been_handed_over_and_was_not_is_confidently_wrong() -> None:
    found = await figures({"why?": says("We are open.")}, cases({"text": "why?", "expect": {"handover": True}}))
    assert (found["handovers_due"], found["handovers_made"], found["confident_wrong"]) == (1, 0, 1)


async def test_who_needs_no_answer_is_not_handed_over() -> None:
    """Silence is no hand-over: where a person was due it counts as missed."""
    silence = Answered(None, note="There is nothing to answer.", confidence=100)
    told: list[dict[str, Any]] = [
        {"text": "ok", "expect": {"courtesy": "acknowledged"}},
        {"text": "hello", "expect": {"courtesy": "greeting"}},
        {"text": "why?", "expect": {"handover": "unknown"}},
        {"text": "when?", "expect": {"handover": "unknown"}},
    ]
    answers = {"ok": silence, "hello": UNSURE, "why?": silence, "when?": UNSURE}
    found = await figures(answers, cases(*told))
    assert (found["answered"], found["handed_over"], found["silent"]) == (0, 2, 2)
    assert (found["courtesies"], found["courtesies_kept"]) == (2, 1)
    assert (found["handovers_due"], found["handovers_made"]) == (2, 1)
    assert found["kinds"] == [{"name": "unknown", "cases": 2, "handed_over": 1}]


async def test_of_several_things_each_needs_its_answer() -> None:
    hours, place = match("From nine.", entry_id=1), match("In Beirut.", entry_id=2)
    told = {"text": "when? where?", "expect": {"entries": [1, 2], "all": True}}
    both = Answered("From nine.\n\nIn Beirut.", confidence=90, matches=(hours, place))
    half = Answered("From nine.", confidence=90, matches=(hours,))
    for answered, counted in ((both, (1, 1, 0)), (half, (0, 0, 1))):
        found = await figures({"when? where?": answered}, cases(told))
        assert (found["entries_found"], found["entries_answered"], found["confident_wrong"]) == counted


async def test_a_file_is_asked_while_somebody_is_there() -> None:
    """What comes of it does not depend on when it is run."""
    closed = settings_of({"hours": {"weekly": {"mon": [["09:00", "09:01"]]}, "assistant_answers": False}})
    found = await figures({"hello": says("Hello.")}, cases({"text": "hello"}), Assistant(closed))
    assert found["answered"] == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "The file of cases is not JSON"),
        (b"{}", "The file of cases holds a list of at least one case."),
        (b"[]", "The file of cases holds a list of at least one case."),
        (b"[5]", "Case 1 of the file: it is no object."),
        (b'[{"text": "a"}, {}]', "Case 2 of the file: it needs a “text”"),
        (b'[{"lines": []}]', "Case 1 of the file: it needs a “text”"),
        (b'[{"lines": [5]}]', "Case 1 of the file: it needs a “text”"),
        (b'[{"text": "a", "expects": {}}]', "Case 1 of the file: “expects” is nothing that a case has."),
        (b'[{"text": "a", "language": 5}]', "Case 1 of the file: “language” is a code"),
        (b'[{"text": "a", "expect": []}]', "Case 1 of the file: “expect” is an object"),
        (b'[{"text": "a", "expect": {"entry": 5}}]', "Case 1 of the file: “expect” is an object"),
        (b'[{"text": "a", "expect": {"entries": "5"}}]', "Case 1 of the file: “entries” is a list"),
        (b'[{"text": "a", "expect": {"handover": 1}}]', "Case 1 of the file: “handover” is true or false"),
        (b'[{"text": "a", "expect": {"handover": ""}}]', "Case 1 of the file: “handover” is true or false"),
        (b'[{"text": "a", "expect": {"all": true}}]', "Case 1 of the file: “all” is true or false"),
        (b'[{"text": "a", "expect": {"entries": [1], "all": 1}}]', "Case 1 of the file: “all” is true or false"),
        (b'[{"text": "a", "expect": {"courtesy": true}}]', "Case 1 of the file: “courtesy” and “reply_like” are"),
        (b'[{"text": "a", "expect": {"reply_like": ["b"]}}]', "Case 1 of the file: “courtesy” and “reply_like” are"),
    ],
)
async def test_a_case_that_is_none_is_named(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_cases(content)
    assert refused.value.message.startswith(sentence)


# -- the past ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    yield room
    await room.close()


def past(room: TurnRoom, hours: float = 48, limit: int = 100) -> list[PastBurst]:
    since_ms, channels = room.clock() - round(hours * 3_600_000), [room.cast.olive_number.id]
    return room.database.read_now(lambda c: past_bursts(c, room.cast.olive.id, channels, since_ms, limit))


async def history(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await room.customer_writes("hi", "when are you open?")
    await room.take()
    room.clock.pass_by(hours=1)
    room.answerer.answered = UNSURE
    await room.customer_writes("do you repair clocks?")
    await room.take()
    await room.operator_writes("We do,")
    await room.operator_writes("bring it along.")
    room.clock.pass_by(hours=1)
    await room.operator_writes("Your clock is ready.")
    await room.customer_writes("thanks")
    await room.moves(Move.END)
    room.clock.pass_by(hours=1)
    room.answerer.answered = says("Yes.")
    await room.customer_writes("do you have bread?", party=BISAN)
    await room.take()


async def test_the_past_is_asked_again_burst_by_burst(room: TurnRoom) -> None:
    await history(room)
    found = past(room)
    assert [([line.text for line in burst.question], burst.sent) for burst in found] == [
        (["do you have bread?"], "Yes."),
        (["do you repair clocks?"], "We do,\nbring it along."),
        (["hi", "when are you open?"], "We are open from 9 to 6."),
    ]
    assert [line.text for line in found[1].history] == ["hi", "when are you open?", "We are open from 9 to 6."]
    assert (found[0].customer, found[1].customer) == (BISAN.name, ADAM.name)
    assert len(past(room, limit=2)) == 2
    assert [burst.sent for burst in past(room, hours=1.5)] == ["Yes."]
    other = [room.cast.cedar_number.id]
    assert room.database.read_now(lambda c: past_bursts(c, room.cast.olive.id, other, 0, 100)) == []
    assert room.database.read_now(lambda c: past_bursts(c, room.cast.cedar.id, other, 0, 100)) == []


async def test_an_evaluation_sends_and_stores_nothing(room: TurnRoom) -> None:
    await history(room)
    before = room.database.read_now(row_counts)
    asked = cases_of(past(room))
    results = await evaluate(room.cast.olive.id, asked, PLAIN, Dictated(says("We do, bring it along.")))
    assert [one.agreement is not None and one.agreement > 90 for one in results] == [False, True, False]
    assert summary(results)["confident_wrong"] == 2
    assert room.database.read_now(row_counts) == before
