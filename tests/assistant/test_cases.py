"""The assistant without a model keeps its bounds on our own cases of customers of two invented shops."""

from collections import Counter
from itertools import takewhile

import pytest
from bench.assistant import FOUND_MIN, HANDED_OVER_MIN, LANGUAGES, SETS, WRONG_MAX, cases_of, knowledge_of
from bench.cases import Tally, tally_of
from bench.overlap import WordOverlap

from wasl.assistant.knowledge.keyless import answer_from, asked_in, questions_of
from wasl.assistant.knowledge.search import KnowledgeBase
from wasl.assistant.language.words import said_plainly
from wasl.assistant.talking.rules import call_for_person
from wasl.demo_knowledge import demo_entries
from wasl.domain.assistant import Answered, Brief, Line, Match, Reason, Tier
from wasl.domain.assistant_settings import AssistantSettings
from wasl.domain.language import language_of
from wasl.domain.letters import plain
from wasl.domain.mood import feeling_of, mood_after
from wasl.emulator.cast import CAST, CUSTOMER
from wasl.flow.cases import Case, Expected
from wasl.flow.evaluate import judged

HANDOVERS = {"unknown", "person", "hostile", "injected"}


def answered(name: str) -> Tally:
    """What comes of the cases of a set."""
    return tally_of(cases_of(name), KnowledgeBase(knowledge_of(name)).search)


@pytest.mark.parametrize("name", SETS)
def test_the_bounds_are_kept(name: str) -> None:
    tally = answered(name)
    missed = [one.case.text for one in tally.answerable if not one.found]
    wrong = [one.case.text for one in tally.judged if one.confident_wrong]
    kept = [one.case.text for one in tally.due if not one.handed_over_as_due]
    assert tally.found >= FOUND_MIN, missed
    assert tally.wrong <= WRONG_MAX, wrong
    assert tally.handed_over >= HANDED_OVER_MIN, kept
    assert tally.kept == 1.0


@pytest.mark.parametrize("name", SETS)
def test_most_of_what_is_known_is_answered_without_a_person(name: str) -> None:
    # Of what strangers write less: it is known, but not for sure.
    assert answered(name).answered >= (0.5 if name == "later" else 0.6)


@pytest.mark.parametrize("name", SETS)
def test_plain_word_overlap_finds_less_than_we_do(name: str) -> None:
    ours, plainly = answered(name), tally_of(cases_of(name), WordOverlap(knowledge_of(name)).search)
    assert plainly.found < ours.found
    assert plainly.answered < ours.answered


@pytest.mark.parametrize("kind", ["person", "hostile", "injected"])
def test_who_wants_a_person_is_angry_or_gives_orders_always_gets_one(kind: str) -> None:
    for name in SETS:
        due = [one for one in answered(name).due if one.case.expected.why == kind]
        assert [one.case.text for one in due if not one.handed_over_as_due] == []
        if kind != "injected":
            reason = {"person": Reason.ASKED, "hostile": Reason.UPSET}[kind]
            assert {one.answered.reason for one in due} <= {reason}


def test_there_are_enough_cases_of_every_kind() -> None:
    cases = {name: cases_of(name) for name in SETS}
    assert len(cases["held"]) >= 60
    assert sum(map(len, cases.values())) >= 140
    for name in ("held", "later", "known"):
        assert {case.expected.why for case in cases[name]} - {None} == HANDOVERS
        languages = Counter(case.language for case in cases[name])
        assert all(languages[language] >= 20 for language in LANGUAGES)
    every = [case for some in cases.values() for case in some]
    kinds = {(case.language, case.expected.why) for case in every}
    assert {(language, kind) for language in LANGUAGES for kind in (*HANDOVERS, None)} <= kinds
    assert len(every) == len({case.text for case in every})
    for case in every:
        expected = case.expected
        wanted = [bool(expected.entries), expected.handover, expected.courtesy is not None]
        assert wanted.count(True) == 1, case.text


@pytest.mark.parametrize("name", SETS)
def test_no_case_is_a_copy_of_a_way_of_asking(name: str) -> None:
    entries = knowledge_of(name)
    asked = {said_plainly(text) for entry in entries for text in (entry.question, *entry.phrasings)}
    cases = [case for case in cases_of(name) if case.expected.entries and "\n" not in case.text]
    assert [case.text for case in cases if said_plainly(case.text) in asked and len(plain(case.text)) > 14] == []


@pytest.mark.parametrize("name", SETS)
def test_the_language_of_every_case_is_told(name: str) -> None:
    told = [(case.text, language_of(case.text)) for case in cases_of(name)]
    wanted = [(case.text, case.language) for case in cases_of(name)]
    assert told == wanted


def test_every_entry_that_a_case_names_is_there() -> None:
    for name in SETS:
        known = {str(entry.entry_id) for entry in knowledge_of(name)}
        assert {entry for case in cases_of(name) for entry in case.expected.entries} <= known


def match(entry_id: int, answer: str) -> Match:
    return Match(entry_id, "?", answer, 90, Tier.STRONG)


def test_an_outcome_is_judged_by_what_was_said() -> None:
    def came(expected: Expected, answered: Answered) -> tuple[bool | None, bool | None, bool]:
        one = judged(Case("1", (Line("user", "two things"),), expected), answered, 0)
        return one.found, one.answered_rightly, one.confident_wrong

    two_things, either = Expected(("1", "2"), needs_all=True), Expected(("1", "2"))
    both = Answered("one\n\ntwo", matches=(match(1, "one"), match(2, "two"), match(3, "three")))
    half = Answered("one", matches=(match(1, "one"), match(2, "two")))
    other = Answered("nine", matches=(match(9, "nine"), match(1, "one")))
    assert came(two_things, both) == (True, True, False)
    assert came(two_things, half) == (True, False, True)
    assert came(either, half) == (True, True, False)
    assert came(either, other) == (True, False, True)
    assert came(either, Answered(None, Reason.UNSURE, matches=other.matches)) == (True, False, False)
    # A courtesy answers no question, and a model puts what it knows into words of its own.
    assert came(either, Answered("You're welcome!")) == (False, False, True)
    assert came(either, Answered("Two or one.", matches=half.matches)) == (True, True, False)
    unanswerable, greeting = Expected(handover=True, why="unknown"), Expected(courtesy="greeting")
    assert came(unanswerable, half) == (None, None, True)
    assert came(unanswerable, Answered(None, Reason.UNSURE)) == (None, None, False)
    assert came(greeting, Answered("Hello!")) == (None, None, False)
    assert came(greeting, half) == (None, None, True)
    assert Tally([]).found == 1.0


def test_the_demos_shop_answers_what_its_cast_asks() -> None:
    base = KnowledgeBase(knowledge_of("cedar"))
    questions = [question for person in CAST for question in person.questions]
    found = [base.search(question, language_of(question)) for question in questions]
    answered = [matches for matches in found if matches and matches[0].score >= 65]
    assert len(answered) >= 0.6 * len(questions)


def test_the_demo_begins_with_all_that_an_assistant_does() -> None:
    """Whoever opens its inbox sees answers in four languages, people who are called, and an answer worth correcting."""
    base, settings = KnowledgeBase(knowledge_of("cedar")), AssistantSettings()
    answered: dict[str, tuple[str | None, Answered]] = {}
    for person in CAST:
        asked = [line.text for line in takewhile(lambda line: line.author == CUSTOMER, person.past[::-1])][::-1]
        brief = Brief(1, tuple(Line("user", text) for text in asked), language=language_of("\n".join(asked)))
        mood = mood_after(0, feeling_of(asked[-1]))
        made = call_for_person(brief, mood, settings, 0)
        if made is None:
            parts = [base.search(question, brief.language) for question in questions_of(brief.text)]
            made = answer_from(base.search(asked_in(brief.text), brief.language), brief, settings, parts)
        answered[person.name] = (brief.language, made)
    assert {language for language, made in answered.values() if made.replies} == {"en", "fr", "ar", "arabizi"}
    assert sum(made.replies for _, made in answered.values()) >= 6
    reasons = {made.reason for _, made in answered.values() if not made.replies}
    assert reasons == {Reason.ASKED, Reason.UPSET, Reason.UNSURE}
    [sofia] = [person for person in CAST if person.name == "Sofia Marin"]
    assert "1,000 boxes" in sofia.past[-1].text
    assert "200 boxes" in str(answered["Sofia Marin"][1].text), "it says nothing of 1,000"


def test_every_entry_of_the_demo_has_three_languages_and_a_topic() -> None:
    entries = list(demo_entries())
    assert len(entries) >= 25
    assert [entry.question for entry in entries if list(entry.answers) != ["en", "fr", "ar"]] == []
    assert all(entry.topic and entry.phrasings for entry in entries)
    assert all(
        language_of(entry.answers["ar"]) == "ar" and language_of(entry.answers["fr"]) == "fr" for entry in entries
    )
    assert all(questions_of(entry.question) == () for entry in entries)
