"""A run is decided by its seed."""

from itertools import islice

import pytest

from wasl.torture.plan import Asked, Plan

NAMES = ["cut", "freeze", "kill", "slow"]


def plan(seed: int = 7, webhooks: int | None = None) -> Plan:
    return Plan(Asked("postgres", seed, 100.0, webhooks))


def test_the_same_seed_makes_the_same_plan() -> None:
    assert plan().limits() == plan().limits()
    assert list(islice(plan().faults(NAMES), 20)) == list(islice(plan().faults(NAMES[::-1]), 20))
    assert plan().chance("provider").random() == plan().chance("provider").random()


def test_another_seed_makes_another_plan() -> None:
    plans = {tuple(name for _, name in islice(plan(seed).faults(NAMES), 20)) for seed in range(5)}
    assert len(plans) == 5
    assert len({tuple(plan(seed).limits().items()) for seed in range(20)}) > 1


def test_parts_do_not_move_each_other() -> None:
    assert plan().chance("provider").random() != plan().chance("desks").random()


def test_everything_is_broken_once_before_anything_is_broken_again() -> None:
    names = [name for _, name in islice(plan().faults(NAMES), 12)]
    assert [sorted(names[at : at + 4]) for at in (0, 4, 8)] == [NAMES] * 3


def test_without_faults_nothing_is_planned() -> None:
    assert list(plan().faults([])) == []


def test_the_copy_is_made_before_it_is_restored_and_both_within_the_run() -> None:
    made = plan()
    assert 0 < made.copied_at < made.copied_at + made.outgrown_within < 100


@pytest.mark.parametrize(("webhooks", "long"), [(None, False), (1000, True)])
def test_a_run_of_so_many_webhooks_is_a_long_one(webhooks: int | None, long: bool) -> None:
    assert plan(webhooks=webhooks).asked.long is long


def test_sqlite_has_one_node_and_postgres_several() -> None:
    assert Plan(Asked("sqlite", 1, 1.0)).nodes == 1
    assert plan().nodes > 1
