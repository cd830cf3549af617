"""What looks wrong and is right is not blamed, and what was met is counted."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from torture.judged import suspicious
from torture.judged.suspicious import TALES
from torture.judged.tale import BEGAN, Tale, broken
from torture.judged.tales import STREAM, restored, right
from wasl.torture import history
from wasl.torture.judge import judge


@pytest.mark.parametrize("make", TALES, ids=lambda make: make.__name__)
def test_what_only_looks_wrong_is_not_blamed(make: Callable[[], Tale], tmp_path: Path) -> None:
    judgement = make().judged(tmp_path)
    assert broken(judgement) == {}
    assert judgement.green, [verdict for verdict in judgement.verdicts if not verdict.green]


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (suspicious.too_far_behind, "resync: far"),
        (suspicious.behind_what_was_trimmed, "resync: trimmed"),
        (restored, "resync: ahead"),
        (restored, "resync: tag"),
        (right, "a cursor behind the ring, the log read instead"),
        (right, "duplicates absorbed"),
        (right, "several changes in a transaction"),
        (right, "readers cut that did not read"),
        (right, "a late message held below a reply"),
        (right, "a cursor brought to a node after another was killed"),
        (right, "fault: kill_node"),
        (suspicious.unknown_settled_by_a_status, "unknown settled by a status"),
        (suspicious.a_reply_sent_twice_and_answered_with_one_message, "a reply sent twice, stored once"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_dangerous_state_that_was_met_is_counted(make: Callable[[], Tale], state: str, tmp_path: Path) -> None:
    judgement = make().judged(tmp_path)
    assert judgement.reached[state] > 0
    assert state not in judgement.unreached


def test_without_a_restore_its_resyncs_are_not_applicable(tmp_path: Path) -> None:
    judgement = right().judged(tmp_path)
    assert {"resync: ahead", "resync: tag", "resync: scope"} <= judgement.not_applicable.keys()
    assert "resync: far" in judgement.unreached
    assert not judgement.not_applicable.keys() & set(judgement.unreached)


def test_with_a_restore_its_resyncs_must_be_met(tmp_path: Path) -> None:
    tale = restored()
    tale.drop(history.Told, kind="resync", detail="tag")
    judgement = tale.judged(tmp_path)
    assert "resync: tag" in judgement.unreached
    assert "resync: ahead" not in judgement.unreached


def test_what_takes_several_nodes_is_not_asked_of_one(tmp_path: Path) -> None:
    states = {"a hint lost, the log read instead"}
    tale = right()
    tale.change(history.Sampled, figures={})
    assert states <= tale.judged(tmp_path / "one").not_applicable.keys()
    tale.did(history.Sampled(BEGAN, "node-1", 8, 1, {}))
    judgement = tale.judged(tmp_path / "two")
    assert not states & judgement.not_applicable.keys()
    assert states <= set(judgement.unreached)


def test_a_verdict_over_nothing_is_not_green(tmp_path: Path) -> None:
    judgement = judge(tmp_path)
    assert not judgement.green
    assert not any(verdict.green for verdict in judgement.verdicts if not verdict.waived)


def test_a_verdict_whose_subject_never_occurred_is_not_green(tmp_path: Path) -> None:
    tale = right()
    tale.drop(history.Paged)
    judgement = tale.judged(tmp_path)
    assert [verdict.number for verdict in judgement.verdicts if not verdict.green] == [11]
    assert not judgement.green


def test_only_where_nobody_was_slow_is_their_memory_waived(tmp_path: Path) -> None:
    tale = right()
    tale.change(history.Watcher, habit="steady")
    [verdict] = [verdict for verdict in tale.judged(tmp_path).verdicts if verdict.number == 18]
    assert verdict.green
    assert verdict.waived


def test_a_violation_names_who_and_what_and_the_fault_around_it(tmp_path: Path) -> None:
    tale = right()
    tale.drop(history.Shown, who=STREAM, sequence=9)
    [violation] = [each for verdict in tale.judged(tmp_path).verdicts for each in verdict.violations]
    assert STREAM in violation.sentence
    assert STREAM in violation.excerpt
    assert "kill_node" in violation.excerpt
    assert "sequence=10" in violation.excerpt
    assert len(violation.excerpt.splitlines()) <= 60


def test_an_excerpt_is_short_however_much_was_written(tmp_path: Path) -> None:
    tale = right()
    lost = tale.find(history.Posted, ids=["wamid.A1"])
    tale.did(replace(lost, ids=["wamid.X"]))
    for attempt in range(200):
        tale.did(history.Acknowledged(lost.at + attempt / 100, "node-0", ["wamid.X"], []))
        tale.did(history.Fault(lost.at + attempt / 100, lost.at + attempt, "cut_door", "node-0", ""))
    [verdict] = [verdict for verdict in tale.judged(tmp_path).verdicts if verdict.total]
    [violation] = verdict.violations
    assert "wamid.X" in violation.sentence
    assert "wamid.X" in violation.excerpt
    assert len(violation.excerpt.splitlines()) <= 60


def test_many_violations_are_counted_and_some_are_kept(tmp_path: Path) -> None:
    tale = right()
    tale.did(*(history.Acknowledged(BEGAN, "node-0", [f"wamid.X{n}"], []) for n in range(100)))
    [verdict] = [verdict for verdict in tale.judged(tmp_path).verdicts if verdict.total]
    assert verdict.total == 100
    assert len(verdict.violations) == 20


def test_latencies_are_from_the_acknowledgement_to_screens(tmp_path: Path) -> None:
    """Each message that was acknowledged, for each who was shown it: 5 to three watchers, 2 to the slow one. Of those
    five, two were acknowledged amid a kill or came after it began."""
    tale = right()
    judgement = tale.judged(tmp_path)
    by_name = {latency.name: latency for latency in judgement.latencies}
    everybody = [latency for name, latency in by_name.items() if name.startswith("everybody")]
    assert sum(latency.count for latency in everybody) == 5 * 3 + 2
    quiet = by_name["everybody, nothing broken"]
    assert quiet.most == pytest.approx(1.0, abs=0.001)
    steady = by_name["steady watchers, nothing broken"]
    assert steady.p50 == pytest.approx(0.02, abs=0.001)
    assert steady.most == pytest.approx(0.05, abs=0.001)
    faulty = by_name["everybody, under faults"]
    assert faulty.count == 6
    assert faulty.most <= 0.051


def test_what_was_never_acknowledged_has_no_latency(tmp_path: Path) -> None:
    tale = right()
    tale.drop(history.Acknowledged, node="node-0")
    assert sum(latency.count for latency in tale.judged(tmp_path).latencies) == 0
