"""When a person is called whatever the assistant could say: in the order of the reasons, a sentence for each."""

from dataclasses import replace
from typing import Any

import pytest

from wasl.assistant.talking.rules import call_for_person, still_learning
from wasl.domain.assistant import Brief, Line, Reason
from wasl.domain.assistant_settings import AssistantSettings, settings_of
from wasl.domain.message import MessageType
from wasl.domain.mood import UPSET_BELOW

NOW = 1_790_000_000_000
PLAIN = settings_of({"rules": {"keywords": ["refund", "avocat", "محامي"], "vip_tags": ["VIP", "Grand compte"]}})
CLOSED = {"hours": {"weekly": {"mon": []}, "assistant_answers": False}}
SEES = {"model": {"base_url": "http://127.0.0.1:9", "name": "m", "sees": True}}
HEARS = {"model": {"base_url": "http://127.0.0.1:9", "transcription": "t"}}


def brief(*lines: str | Line, tags: tuple[str, ...] = ()) -> Brief:
    question = tuple(line if isinstance(line, Line) else Line("user", line) for line in lines)
    return Brief(1, question, tags=tags)


def called(asked: Brief, settings: AssistantSettings = PLAIN, mood: int = 0) -> Reason | None:
    found = call_for_person(asked, mood, settings, NOW)
    assert found is None or (found.text is None and found.note.endswith("."))
    return found.reason if found else None


def test_what_is_plainly_asked_is_the_assistants() -> None:
    assert called(brief("when are you open?")) is None
    assert called(brief("9?")) is None, "a number is a word"


def test_a_thumb_after_an_answer_is_no_riddle() -> None:
    thumb = brief("👍")
    assert called(thumb) is Reason.UNREADABLE
    assert called(replace(thumb, history=(Line("bot", "We open at nine."),))) is None


def test_the_first_reason_counts() -> None:
    everything = settings_of({"rules": {"keywords": ["refund"]}, **CLOSED})
    words = brief("refund! let me talk to a person", tags=("vip",))
    assert called(words, everything, mood=UPSET_BELOW) is Reason.UPSET
    assert called(words, everything) is Reason.ASKED
    assert called(brief("refund!", tags=("vip",)), everything) is Reason.VIP
    assert called(brief("refund!"), everything) is Reason.KEYWORD
    assert called(brief("hello"), everything) is Reason.CLOSED
    assert called(brief("👍")) is Reason.UNREADABLE


def test_anger_calls_a_person_unless_an_account_says_otherwise() -> None:
    assert called(brief("hello"), mood=UPSET_BELOW + 1) is None
    assert called(brief("hello"), settings_of({"rules": {"upset": False}}), mood=-100) is None


@pytest.mark.parametrize(
    "words", ["talk to a person", "je veux parler à un humain", "بدي احكي مع حدا", "badde e7ke ma3 7ada"]
)
def test_a_wish_for_a_person_is_heard(words: str) -> None:
    assert called(brief("hi", words)) is Reason.ASKED


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("I want my REFUND.", Reason.KEYWORD),
        ("mon Avocat écrira", Reason.KEYWORD),
        ("رح احكي مع المحامي", Reason.KEYWORD),
        ("the avocado is good", None),
        ("refunding", None),
    ],
)
def test_named_words_are_whole_words_of_any_script(words: str, reason: Reason | None) -> None:
    assert called(brief(words)) is reason


def test_the_sentence_names_what_called() -> None:
    found = call_for_person(brief("a refund please"), 0, PLAIN, NOW)
    assert found is not None
    assert found.note == "The customer wrote “refund”."
    tagged = call_for_person(brief("hello", tags=("old", "grand-compte")), 0, PLAIN, NOW)
    assert tagged is not None
    assert (tagged.reason, tagged.note) == (Reason.VIP, "The conversation is tagged “grand-compte”.")


def test_closed_hours_call_only_where_the_assistant_may_not_answer_then() -> None:
    assert called(brief("hello"), settings_of({"hours": {"weekly": {"mon": []}}})) is None
    assert called(brief("hello"), settings_of(CLOSED)) is Reason.CLOSED
    assert called(brief("hello"), settings_of({"hours": {"assistant_answers": False}})) is None, "it never closes"


def line(kind: MessageType, text: str = "") -> Line:
    return Line("user", text, kind)


@pytest.mark.parametrize(
    ("lines", "told", "reason"),
    [
        ([line(MessageType.IMAGE)], {}, Reason.UNREADABLE),
        ([line(MessageType.IMAGE, "is this in stock?")], {}, None),
        ([line(MessageType.IMAGE)], SEES, None),
        ([line(MessageType.IMAGE)], {"model": {"sees": True}}, Reason.UNREADABLE),
        ([line(MessageType.VOICE)], SEES, Reason.UNREADABLE),
        ([line(MessageType.VOICE)], HEARS, None),
        ([line(MessageType.VOICE, "when are you open")], {}, None),
        ([line(MessageType.STICKER)], SEES, Reason.UNREADABLE),
        ([line(MessageType.LOCATION, "Hamra, Beirut")], {}, Reason.UNREADABLE),
        ([line(MessageType.CONTACTS, "Lina: +961 3 000 011")], {}, Reason.UNREADABLE),
        ([line(MessageType.UNSUPPORTED, "Unsupported message: poll")], {}, Reason.UNREADABLE),
        ([line(MessageType.TEXT, "😀😀 ❤️")], {}, Reason.UNREADABLE),
        ([line(MessageType.TEXT, "??")], {}, Reason.UNREADABLE),
        ([], {}, Reason.UNREADABLE),
        ([line(MessageType.IMAGE), line(MessageType.TEXT, "how much?")], {}, None),
        ([line(MessageType.INTERACTIVE, "Opening hours")], {}, None),
        ([line(MessageType.TEXT, "x" * 100_000)], {}, None),
    ],
)
def test_a_burst_without_a_word_is_for_a_person(lines: list[Line], told: dict[str, Any], reason: Reason | None) -> None:
    assert called(brief(*lines), settings_of(told)) is reason


@pytest.mark.parametrize(
    ("told", "agreement", "comparisons", "learns"),
    [
        ({}, 0, 0, False),
        ({"agreement_from": 80}, 0, 0, True),
        ({"agreement_from": 80}, 100, 19, True),
        ({"agreement_from": 80}, 79, 20, True),
        ({"agreement_from": 80}, 80, 20, False),
        ({"agreement_from": 80, "agreement_samples": 0}, 0, 0, True),
        ({"agreement_from": 80, "agreement_samples": 0}, 90, 1, False),
    ],
)
def test_a_topic_is_learnt_until_it_agrees_often_enough(
    told: dict[str, Any], agreement: int, comparisons: int, learns: bool
) -> None:
    assert (still_learning(settings_of(told), agreement, comparisons) is not None) is learns
