"""Each promise, broken in several ways by a little change of a right history: its verdict finds it, and no other."""

from collections import Counter
from pathlib import Path

import pytest

from torture.judged import spoilt_log, spoilt_screens
from torture.judged.case import CASES, Case
from torture.judged.tale import Tale, broken
from torture.judged.tales import restored, right
from wasl.torture.judge.verdict import TITLES

ENTERED = (spoilt_log, spoilt_screens)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number}-{case.name}")
def test_what_is_broken_is_found_and_nothing_else_is_blamed(case: Case, tmp_path: Path) -> None:
    tale = case.make()
    case.spoil(tale)
    judgement = tale.judged(tmp_path)
    found = broken(judgement)
    assert set(found) == {case.number, *case.also}, found
    assert not judgement.green


@pytest.mark.parametrize("number", TITLES)
def test_each_promise_is_broken_in_at_least_two_ways(number: int) -> None:
    assert Counter(case.number for case in CASES)[number] >= 2


@pytest.mark.parametrize("make", [right, restored, spoilt_screens.busy])
def test_what_they_were_before_they_were_spoilt_is_right(make: type[Tale], tmp_path: Path) -> None:
    judgement = make().judged(tmp_path)
    assert broken(judgement) == {}
    assert judgement.green, [verdict for verdict in judgement.verdicts if not verdict.green]
