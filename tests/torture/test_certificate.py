"""A run is green only if it was judged right, ended well, and met what it is for."""

from dataclasses import replace
from pathlib import Path

import pytest

from wasl.torture.certificate import Done, command_of, is_green, page, wrong
from wasl.torture.judge import Judgement, Verdict, Violation, judge
from wasl.torture.plan import Asked

RIGHT = Verdict(1, "No loss", 10, 0, [])
WRONG = Verdict(9, "Shown once", 10, 2, [Violation("Message X was shown twice.", {}, "+1.000 s  Shown X")])
EMPTY = Verdict(9, "Shown once", 0, 0, [])
JUDGED = Judgement([RIGHT], {"resync: far": 3})
DONE = Done(
    Asked("sqlite", 7, 60.0), 61.0, 1, "SQLite 3", 1234, 2345, 3456, 12, {"kill_node": 2}, {"sse": 4}, troubles=()
)


def test_what_was_judged_right_and_ended_well_and_met_everything_is_green() -> None:
    assert is_green(DONE, JUDGED)
    said = page(DONE, JUDGED)
    assert said.startswith("# sqlite, seed 7: green\n")
    assert "1,234 webhooks acknowledged in 61 s: **0 lost**, **0 doubled**, **0 reordered**." in said


@pytest.mark.parametrize("verdict", [WRONG, EMPTY])
def test_a_violation_and_a_verdict_over_nothing_are_not(verdict: Verdict) -> None:
    assert not is_green(DONE, replace(JUDGED, verdicts=[RIGHT, verdict]))


def test_what_is_wrong_is_said_in_a_sentence_each() -> None:
    done = replace(DONE, troubles=("node-0 ended by itself",), faults={"kill_node": 2, "jump_clock": 0})
    judged = replace(JUDGED, verdicts=[RIGHT, WRONG, replace(EMPTY, number=10)], reached={"resync: tag": 0})
    assert list(wrong(done, judged)) == [
        "(9) Shown once: 2 violations.",
        "(9) Message X was shown twice.",
        "(10) Shown once: nothing was compared.",
        "node-0 ended by itself",
        "Never reached: resync: tag.",
        "Never broken: jump_clock.",
    ]
    assert list(wrong(DONE, Judgement([], {}))) == ["Nothing was judged."]
    assert list(wrong(DONE, JUDGED)) == []


def test_violations_that_were_only_counted_are_violations() -> None:
    assert not is_green(DONE, replace(JUDGED, verdicts=[RIGHT, replace(WRONG, violations=[])]))


def test_what_did_not_end_in_order_is_not() -> None:
    done = replace(DONE, troubles=("node-0 ended by itself",))
    assert not is_green(done, JUDGED)
    assert "- node-0 ended by itself" in page(done, JUDGED)
    assert "NOT green" in page(done, JUDGED)


def test_a_danger_that_was_not_met_is_not_unless_it_could_not_be() -> None:
    unmet = replace(JUDGED, reached={"resync: tag": 0})
    assert not is_green(DONE, unmet)
    assert is_green(DONE, replace(unmet, not_applicable={"resync: tag": "no older copy was restored"}))


def test_a_fault_that_was_never_done_is_not_and_stands_there() -> None:
    done = replace(DONE, faults={"kill_node": 2, "jump_clock": 0})
    assert not is_green(done, JUDGED)
    assert "| jump_clock | 0 |" in page(done, JUDGED)


def test_a_long_run_need_not_meet_every_danger() -> None:
    done = replace(DONE, asked=replace(DONE.asked, webhooks=1000))
    assert is_green(done, replace(JUDGED, reached={"resync: tag": 0}))
    assert not is_green(done, replace(JUDGED, verdicts=[WRONG]))


def test_nothing_judged_is_not_green(tmp_path: Path) -> None:
    assert not is_green(DONE, judge(tmp_path))
    assert not is_green(DONE, Judgement([], {}))


def test_the_page_shows_what_was_violated() -> None:
    said = page(DONE, replace(JUDGED, verdicts=[RIGHT, WRONG]))
    assert "**2 doubled**" in said
    assert "Message X was shown twice." in said
    assert "+1.000 s  Shown X" in said
    assert "| kill_node | 2 |" in said


def test_the_command_repeats_the_run() -> None:
    assert command_of(DONE.asked) == "wasl torture --engine sqlite --seed 7 --seconds 60 --rate 40"
    long = replace(DONE.asked, webhooks=1000)
    assert command_of(long) == "wasl torture --engine sqlite --seed 7 --seconds 60 --webhooks 1000"
