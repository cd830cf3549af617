"""What people teach the assistant at a message: kept with who, when and where, and shown to every screen."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from arrivals import BISAN, reported, revoked
from assistants import OPENING, SHADOW, UNSURE, Machine, Seen, match_of, reply_from
from cast import Cast
from inboxes import A, P
from wasl.clock import ms_of
from wasl.domain.assistant import Answered, Reason
from wasl.domain.events import Event, EventKind
from wasl.domain.identity import Party
from wasl.domain.message import MessageStatus
from wasl.domain.people import Operator
from wasl.errors import Conflict, Invalid, NotFound
from wasl.store.database import Database
from wasl.store.entries import AddEntry, ArchiveEntry, ChangeEntry
from wasl.store.journal import Journal
from wasl.store.knowledge import KnowledgeEntry, find_entry
from wasl.store.knowledge_pages import entry_changes
from wasl.store.teaching import CorrectAnswer, JudgeAnswer, Lesson, question_form, read_answer
from wasl.store.unanswered import open_groups

pytestmark = pytest.mark.anyio
LATER = {"en": "From ten to six."}


@pytest.fixture
def machine(journal: Journal, database: Database, cast: Cast) -> Machine:
    return Machine(journal, database, cast)


@pytest.fixture
async def opening(journal: Journal, cast: Cast) -> KnowledgeEntry:
    return await journal.submit(AddEntry(cast.olive.id, cast.rana.id, OPENING))


@pytest.fixture
async def reply(machine: Machine, opening: KnowledgeEntry) -> Seen:
    """The assistant's answer to “opening times??”."""
    return await machine.answers("a1", "opening times??", reply_from(opening.entry_id))


@pytest.fixture
async def line(machine: Machine) -> Seen:
    """The line that called a person for “Do you sell\\ncars?”."""
    return await machine.answers("b1", "Do you sell\ncars?", UNSURE, party=BISAN)


def opened(machine: Machine, seen: Seen, account_id: int | None = None) -> dict[str, Any]:
    account_id = account_id or machine.cast.olive.id
    return machine.database.read_now(
        lambda connection: read_answer(connection, account_id, seen.conversation_id, seen.message_id)
    )


def correction(who: Operator, seen: Seen, lesson: Lesson, **more: Any) -> CorrectAnswer:
    return CorrectAnswer(who.account_id, who.id, seen.conversation_id, seen.user_id, seen.message_id, lesson, **more)


def judgement(who: Operator, seen: Seen, verdict: str | None) -> JudgeAnswer:
    return JudgeAnswer(who.account_id, who.id, seen.conversation_id, seen.message_id, verdict)


async def test_an_answer_opens_with_its_question_and_its_sources(
    machine: Machine, opening: KnowledgeEntry, reply: Seen
) -> None:
    found = opened(machine, reply)
    assert (found["outcome"], found["question"], found["reply"], found["draft"]) == (
        "replied",
        "opening times??",
        "From nine to six.",
        None,
    )
    assert (found["confidence"], found["language"], found["verdict"], found["correction"]) == (91, "en", None, None)
    [source] = found["sources"]
    assert source == {
        "entry_id": str(opening.entry_id),
        "question": OPENING.question,
        "answer": "From nine to six.",
        "score": 91,
        "tier": "strong",
        "topic": "hours",
        "document": None,
        "entry": opening.as_json(),
    }


async def test_a_source_says_what_it_said_then_and_what_it_is_now(
    machine: Machine, opening: KnowledgeEntry, reply: Seen
) -> None:
    olive, rana = machine.cast.olive.id, machine.cast.rana.id
    changed = await machine.journal.submit(
        ChangeEntry(olive, rana, opening.entry_id, replace(OPENING, answers=LATER), opening.version)
    )
    sql = "UPDATE knowledge_changes SET changed_ms = changed_ms + 60000 WHERE version = ?"
    await machine.database.write(lambda connection: connection.run(sql, (changed.version,)))
    [source] = opened(machine, reply)["sources"]
    assert (source["answer"], source["entry"]["answers"]) == ("From nine to six.", LATER)
    await machine.journal.submit(ArchiveEntry(olive, rana, opening.entry_id))
    assert opened(machine, reply)["sources"][0]["entry"]["archived"]


async def test_a_verdict_is_kept_and_shown_on_every_screen(
    machine: Machine, reply: Seen, committed: list[Event]
) -> None:
    rana, omar = machine.cast.rana, machine.cast.omar
    for who, verdict, events in ((rana, "up", 1), (rana, "up", 0), (omar, "down", 1), (omar, None, 1), (omar, None, 0)):
        committed.clear()
        judged = await machine.journal.submit(judgement(who, reply, verdict))
        assert (judged.verdict, judged.message["metadata"]["assistant"]["verdict"]) == (verdict, verdict)
        assert judged.message["metadata"]["assistant"]["confidence"] == 91  # The rest of it stays.
        told = [(event.kind, orjson.loads(event.payload)) for event in committed]
        assert [(kind, data["changed"]) for kind, data in told] == [(EventKind.MESSAGE_UPDATED, "teaching")] * events
        assert [data["message"] for _, data in told] == [judged.message] * events
        row = machine.rows("SELECT verdict, verdict_by, verdict_ms IS NOT NULL FROM answers")
        assert [(v, by, bool(known)) for v, by, known in row] == [(verdict, who.id if verdict else None, bool(verdict))]
        assert opened(machine, reply)["verdict"] == verdict


async def test_the_entry_that_was_said_is_changed(machine: Machine, opening: KnowledgeEntry, reply: Seen) -> None:
    omar = machine.cast.omar
    change = correction(omar, reply, Lesson.ENTRY, entry_id=opening.entry_id, version=opening.version, answers=LATER)
    taught = await machine.journal.submit(change)
    assert taught.entry is not None
    assert taught.entry.answers == {**OPENING.answers, **LATER}  # The other languages stay.
    assert (taught.entry.question, taught.entry.topic) == (OPENING.question, "hours")
    [last, _] = machine.database.read_now(lambda c: entry_changes(c, omar.account_id, opening.entry_id))
    assert (last["operator_id"], last["from_message"]) == (str(omar.id), reply.message_id)
    assert (taught.answer["verdict"], taught.answer["correction"]) == ("down", "From ten to six.")
    assert taught.message["metadata"]["assistant"] | {"sources": 0} == {
        "confidence": 91,
        "sources": 0,
        "verdict": "down",
        "corrected": True,
        "taught": "entry",
    }
    assert opened(machine, reply)["sources"][0]["entry"]["answers"]["en"] == "From ten to six."
    with pytest.raises(Conflict) as refused:
        await machine.journal.submit(replace(change, operator_id=machine.cast.rana.id, answers={"en": "From eleven."}))
    assert refused.value.code == "newer_version"
    assert refused.value.details["entry"] == taught.entry.as_json()
    assert opened(machine, reply)["correction"] == "From ten to six."


async def test_a_lesson_that_comes_twice_is_learnt_once(
    machine: Machine, opening: KnowledgeEntry, reply: Seen, line: Seen, committed: list[Event]
) -> None:
    omar = machine.cast.omar
    change = correction(omar, reply, Lesson.ENTRY, entry_id=opening.entry_id, version=opening.version, answers=LATER)
    new = correction(omar, line, Lesson.NEW, answers={"en": "No, bread."})
    first = [await machine.journal.submit(lesson) for lesson in (change, new)]
    committed.clear()
    again = [await machine.journal.submit(lesson) for lesson in (change, new)]
    assert [(one.entry, one.message) for one in again] == [(one.entry, one.message) for one in first]
    assert committed == []
    assert machine.rows("SELECT count(*) FROM knowledge_entries") == [(2,)]
    assert machine.rows("SELECT count(*) FROM knowledge_changes") == [(3,)]


async def test_who_judged_and_who_corrected_is_told(machine: Machine, reply: Seen) -> None:
    rana, omar = machine.cast.rana, machine.cast.omar
    found = opened(machine, reply)
    assert [found[name] for name in ("verdict_by", "verdict_at", "corrected_by", "corrected_at")] == [None] * 4
    await machine.journal.submit(correction(omar, reply, Lesson.MESSAGE, correction="From ten, in June."))
    await machine.journal.submit(judgement(rana, reply, "up"))
    found = opened(machine, reply)
    assert (found["verdict_by"], found["corrected_by"]) == (str(rana.id), str(omar.id))
    assert ms_of(found["corrected_at"]) <= ms_of(found["verdict_at"])


async def test_all_answers_can_be_told_anew(machine: Machine, opening: KnowledgeEntry, reply: Seen) -> None:
    omar = machine.cast.omar
    change = correction(omar, reply, Lesson.ENTRY, entry_id=opening.entry_id, answers=LATER, whole=True)
    taught = await machine.journal.submit(replace(change, question="Hours?", phrasings=(), topic="times"))
    assert taught.entry is not None
    assert (taught.entry.question, taught.entry.answers, taught.entry.phrasings, taught.entry.topic) == (
        "Hours?",
        LATER,
        (),
        "times",
    )


async def test_no_entry_answers_in_ever_more_languages(machine: Machine, opening: KnowledgeEntry, reply: Seen) -> None:
    change = correction(machine.cast.omar, reply, Lesson.ENTRY, entry_id=opening.entry_id)
    for language in ("ar", "de", "es", "it", "pt", "tr", "ru", "fa"):
        await machine.journal.submit(replace(change, answers={language: "9-18"}))
    with pytest.raises(Invalid) as refused:
        await machine.journal.submit(replace(change, answers={"nl": "9-18"}))
    assert refused.value.code == "too_many_languages"
    assert (await machine.journal.submit(replace(change, answers={"fa": "10-18"}))).entry is not None


async def test_a_new_entry_is_made_of_what_the_customer_asked(machine: Machine, line: Seen) -> None:
    omar = machine.cast.omar
    assert opened(machine, line)["question"] == "Do you sell\ncars?"
    taught = await machine.journal.submit(correction(omar, line, Lesson.NEW, answers={"en": "No, bread."}))
    assert taught.entry is not None
    assert (taught.entry.question, taught.entry.phrasings) == ("Do you sell cars?", ())
    assert (taught.entry.hands.origin, taught.entry.hands.from_message) == ("taught", line.message_id)
    assert machine.database.read_now(lambda c: open_groups(c, omar.account_id)) == []  # It has its answer.
    shown = taught.message["metadata"]["handover"]
    assert (shown["reason"], shown["verdict"], shown["corrected"], shown["taught"]) == ("unsure", "down", True, "new")
    again = correction(omar, line, Lesson.NEW, answers={"en": "No."}, question="Is this a garage?", topic="cars")
    taught = await machine.journal.submit(again)
    assert taught.entry is not None
    assert (taught.entry.question, taught.entry.phrasings) == ("Is this a garage?", ("Do you sell cars?",))


async def test_a_correction_of_one_message_teaches_nothing(
    machine: Machine, opening: KnowledgeEntry, reply: Seen
) -> None:
    omar = machine.cast.omar
    taught = await machine.journal.submit(correction(omar, reply, Lesson.MESSAGE, correction="From ten, in June."))
    assert taught.entry is None
    assert opened(machine, reply)["correction"] == "From ten, in June."
    entry = machine.database.read_now(lambda c: find_entry(c, omar.account_id, opening.entry_id))
    assert entry == opening
    # A verdict that comes later takes nothing of it away.
    await machine.journal.submit(judgement(omar, reply, "up"))
    assert (opened(machine, reply)["verdict"], opened(machine, reply)["correction"]) == ("up", "From ten, in June.")


async def test_what_was_only_drafted_opens_at_its_question(machine: Machine, opening: KnowledgeEntry) -> None:
    await machine.is_asked("a1", "opening times??", terms=SHADOW)
    await machine.ends(reply_from(opening.entry_id), "opening times??")
    question = machine.last("user")
    found = opened(machine, question)
    assert (found["outcome"], found["reply"], found["draft"]) == ("drafted", None, "From nine to six.")
    judged = await machine.journal.submit(judgement(machine.cast.omar, question, "up"))
    assert "assistant" not in judged.message["metadata"]  # It is the customer's message.
    assert opened(machine, question)["verdict"] == "up"


async def test_a_line_without_a_turn_opens_with_what_was_said_before(machine: Machine) -> None:
    """A rule may call a person before the assistant has looked at anything."""
    line = await machine.answers("a1", "my order\nis late", Answered(None, Reason.KEYWORD, "“late”"))
    await machine.database.write(lambda connection: connection.run("DELETE FROM answers"))
    found = opened(machine, line)
    assert (found["answer_id"], found["outcome"], found["reason"], found["note"]) == (
        None,
        "handed_over",
        "keyword",
        "“late”",
    )
    assert found["question"] == "my order\nis late"
    taught = await machine.journal.submit(
        correction(machine.cast.omar, line, Lesson.NEW, answers={"en": "It comes."}, question="Where is my order?")
    )
    assert taught.entry is not None
    assert taught.entry.phrasings == ("my order is late",)
    found = opened(machine, line)
    assert (found["verdict"], found["correction"], found["corrected_by"], found["reason"]) == (
        "down",
        "It comes.",
        str(machine.cast.omar.id),
        "keyword",
    )


async def test_a_draft_that_was_not_said_is_shown(machine: Machine, opening: KnowledgeEntry) -> None:
    doubtful = Answered("Perhaps from nine.", Reason.UNSURE, "Not sure.", 40, (match_of(opening.entry_id),))
    line = await machine.answers("a1", "hours?", doubtful)
    found = opened(machine, line)
    assert (found["reply"], found["draft"], found["note"], found["reason"]) == (
        None,
        "Perhaps from nine.",
        "Not sure.",
        "unsure",
    )


async def test_where_the_assistant_said_nothing_there_is_nothing_to_teach(machine: Machine, reply: Seen) -> None:
    await machine.is_asked("a2", "and on Sunday?")
    question = machine.last("user")
    omar = machine.cast.omar
    with pytest.raises(NotFound) as refused:
        opened(machine, question)
    assert refused.value.code == "no_answer"
    for change in (judgement(omar, question, "up"), correction(omar, question, Lesson.MESSAGE, correction="x")):
        with pytest.raises(NotFound) as refused:
            await machine.journal.submit(change)
        assert refused.value.code == "no_answer"


@pytest.mark.parametrize(
    ("made", "outcome", "draft"),
    [
        (Answered(None, note="There is nothing to answer."), "silent", None),
        (reply_from(7), "discarded", "From nine to six."),
    ],
)
async def test_what_said_nothing_in_the_end_opens_at_its_question(
    machine: Machine, made: Answered, outcome: str, draft: str | None
) -> None:
    await machine.is_asked("a1", "opening times??")
    if outcome == "discarded":
        await machine.is_left_off(made, "opening times??")
    else:
        await machine.ends(made, "opening times??")
    question, omar = machine.last("user"), machine.cast.omar
    found = opened(machine, question)
    assert (found["outcome"], found["question"], found["reply"], found["draft"]) == (
        outcome,
        "opening times??",
        None,
        draft,
    )
    taught = await machine.journal.submit(correction(omar, question, Lesson.NEW, answers=LATER))
    assert taught.entry is not None
    assert (taught.entry.question, taught.answer["verdict"]) == ("opening times??", "down")
    assert "taught" not in taught.message["metadata"]


async def test_an_answer_is_taught_at_where_its_conversation_goes_on_in_another(
    machine: Machine, opening: KnowledgeEntry
) -> None:
    """Her number and her id turn out to be one person: her younger conversation goes on in the older one."""
    await machine.answers("a1", "opening times??", reply_from(opening.entry_id), party=Party(phone=P))
    younger = await machine.answers("b1", "opening times??", reply_from(opening.entry_id), party=Party(bsuid=A))
    told = reported("wamid.77", MessageStatus.SENT, at=60)
    await machine.hears(replace(told, recipient=Party(phone=P, bsuid=A)))
    sql = "SELECT user_id FROM conversations WHERE conversation_id = ? AND continued_in IS NOT NULL"
    [(user_id,)] = machine.rows(sql, younger.conversation_id)
    assert str(user_id) != younger.user_id
    omar = machine.cast.omar
    for seen in (younger, replace(younger, user_id=str(user_id))):
        assert opened(machine, seen)["reply"] == "From nine to six."
        taught = await machine.journal.submit(correction(omar, seen, Lesson.MESSAGE, correction="x"))
        assert taught.message["conversation_id"] == younger.conversation_id
    assert (await machine.journal.submit(judgement(omar, younger, "up"))).verdict == "up"


async def test_what_a_customer_deleted_is_no_question_any_more(machine: Machine) -> None:
    asked, burst = ("My name is Adam.", "Do you sell\nboats?", "Or a car?"), []
    for number, text in enumerate(asked):
        await machine.is_asked(f"a{number}", text)
        burst.append(text)
    await machine.ends(UNSURE, "\n".join(burst))
    line, olive = machine.last("system"), machine.cast.olive.id
    for deleted, left in ((1, "My name is Adam.\nOr a car?"), (0, "Or a car?"), (2, "")):
        await machine.hears(revoked(f"a{deleted}", at=60))
        assert opened(machine, line)["question"] == left
        found = machine.database.read_now(lambda c: open_groups(c, olive))
        assert [one.question for one in found] == ([left] if left else [])


async def test_nobody_else_opens_judges_or_corrects(machine: Machine, reply: Seen, line: Seen, cast: Cast) -> None:
    elsewhere = [replace(reply, conversation_id=line.conversation_id), replace(reply, message_id="nothing")]
    for who, seen in ((cast.clara, reply), *((cast.omar, one) for one in elsewhere)):
        with pytest.raises(NotFound):
            opened(machine, seen, who.account_id)
        with pytest.raises(NotFound):
            await machine.journal.submit(judgement(who, seen, "down"))
        for lesson in Lesson:
            with pytest.raises(NotFound):
                await machine.journal.submit(correction(who, seen, lesson, entry_id=1, answers=LATER, correction="x"))
    stranger = replace(reply, user_id="999")
    with pytest.raises(NotFound):
        await machine.journal.submit(correction(cast.omar, stranger, Lesson.MESSAGE, correction="x"))
    assert opened(machine, reply)["verdict"] is None
    assert machine.rows("SELECT count(*) FROM knowledge_entries") == [(1,)]


async def test_an_entry_of_nobody_and_a_question_without_words(
    machine: Machine, reply: Seen, committed: list[Event]
) -> None:
    silent = await machine.answers("b1", "👍", Answered(None, Reason.UNREADABLE, ""), party=BISAN)
    await machine.database.write(lambda c: c.run("UPDATE answers SET question = ' ' WHERE reason = 'unreadable'"))
    committed.clear()
    omar = machine.cast.omar
    with pytest.raises(NotFound):
        await machine.journal.submit(correction(omar, reply, Lesson.ENTRY, entry_id=999, answers=LATER))
    with pytest.raises(Invalid) as refused:
        await machine.journal.submit(correction(omar, silent, Lesson.NEW, answers=LATER))
    assert refused.value.code == "question_needed"
    assert (committed, opened(machine, reply)["verdict"]) == ([], None)


@pytest.mark.parametrize(
    ("asked", "form"),
    [
        ("  one\n two ", "one two"),
        ("word " * 200, ("word " * 100).strip()),
        ("x" * 600, "x" * 500),
        ("", ""),
    ],
)
def test_a_question_fits_into_an_entry(asked: str, form: str) -> None:
    assert question_form(asked) == form
