"""Every screen knows who of its own account is there, on whatever node, and where they look; and nothing else."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from live.nodes import ACCOUNT, KARIM, OMAR, SARA, Town, operator_named
from wasl.domain.people import Availability
from wasl.errors import TooMany
from wasl.limits import (
    PRESENCE_ACCOUNTS_PER_ROUND,
    PRESENCE_BEAT_SECONDS,
    PRESENCE_GRACE_SECONDS,
    PRESENCE_SILENT_SECONDS,
)


def test_screens_of_one_node_see_who_comes_looks_and_leaves() -> None:
    town = Town(1, settle_seconds=0)
    [node] = town.nodes
    node.presence.enter(SARA)
    assert node.presence.whole(ACCOUNT) is None
    node.presence.go_round()
    assert node.shown() == {"Sara": None}
    node.presence.enter(OMAR)
    node.presence.look(ACCOUNT, OMAR.id, "c1")
    town.pass_time(1)
    assert node.shown() == {"Sara": None, "Omar": "c1"}
    node.presence.leave(OMAR)
    town.pass_time(PRESENCE_GRACE_SECONDS + 2)
    assert node.shown() == {"Sara": None}
    assert node.told[-1][1] == {
        "operators": [
            {
                "operator_id": "2",
                "name": "Omar",
                "status": "available",
                "online": False,
                "conversation_id": None,
            }
        ],
        "whole": False,
    }


def test_a_new_screen_is_told_the_whole_state() -> None:
    town = Town(1, settle_seconds=0)
    [node] = town.nodes
    node.presence.enter(OMAR)
    node.presence.go_round()
    node.presence.enter(SARA)
    found = node.presence.whole(ACCOUNT)
    assert found is not None
    assert found["whole"]
    assert [face["name"] for face in found["operators"]] == ["Omar"]
    town.pass_time(1)
    assert node.shown() == {"Omar": None, "Sara": None}


def test_nothing_is_told_while_nothing_changes() -> None:
    town = Town(2)
    for node, person in zip(town.nodes, (SARA, OMAR), strict=True):
        node.presence.enter(person)
    town.pass_time(5)
    told = [len(node.told) for node in town.nodes]
    town.pass_time(60)
    assert [len(node.told) for node in town.nodes] == told


def test_a_stream_that_is_opened_again_is_no_coming_and_going() -> None:
    town = Town(1, settle_seconds=0)
    [node] = town.nodes
    node.presence.enter(SARA)
    node.presence.enter(OMAR)
    node.presence.look(ACCOUNT, OMAR.id, "c1")
    town.pass_time(1)
    told = len(node.told)
    node.presence.leave(OMAR)
    town.pass_time(PRESENCE_GRACE_SECONDS - 2)
    node.presence.enter(OMAR)
    town.pass_time(30)
    assert len(node.told) == told
    assert node.shown()["Omar"] == "c1"


def test_operators_of_different_nodes_see_each_other() -> None:
    town = Town(3)
    north, south, east = town.nodes
    north.presence.enter(SARA)
    south.presence.enter(OMAR)
    town.pass_time(2)
    assert north.shown() == south.shown() == {"Sara": None, "Omar": None}
    # Whichever node a call hits, where somebody looks is known everywhere.
    east.presence.look(ACCOUNT, OMAR.id, "c7")
    town.pass_time(1)
    assert north.shown() == south.shown() == {"Sara": None, "Omar": "c7"}
    assert east.told == []


def test_the_first_screen_of_a_node_does_not_wait_for_the_next_beat_of_the_others() -> None:
    town = Town(2)
    north, south = town.nodes
    north.presence.enter(SARA)
    town.pass_time(PRESENCE_BEAT_SECONDS / 2)
    south.presence.enter(OMAR)
    town.pass_time(1.5)
    # The very first thing that its screens hear is everybody: nobody seems to come who was there all the time.
    assert {face["name"] for face in south.told[0][1]["operators"]} == {"Sara", "Omar"}


def test_who_moves_to_another_node_is_never_gone() -> None:
    town = Town(2)
    north, south = town.nodes
    north.presence.enter(SARA)
    south.presence.enter(OMAR)
    town.pass_time(2)
    south.presence.leave(OMAR)
    town.pass_time(1)
    north.presence.enter(OMAR)
    town.pass_time(60)
    assert not [face for _, data in north.told for face in data["operators"] if not face["online"]]
    assert north.shown() == {"Sara": None, "Omar": None}


def test_a_node_that_falls_silent_takes_its_operators_with_it() -> None:
    town = Town(2)
    north, south = town.nodes
    north.presence.enter(SARA)
    south.presence.enter(OMAR)
    town.pass_time(2)
    town.pass_time(PRESENCE_SILENT_SECONDS - PRESENCE_BEAT_SECONDS, without=south)
    assert "Omar" in north.shown()
    town.pass_time(PRESENCE_BEAT_SECONDS + 2, without=south)
    assert north.shown() == {"Sara": None}
    town.pass_time(PRESENCE_BEAT_SECONDS)
    assert north.shown() == {"Sara": None, "Omar": None}


def test_a_cut_line_leaves_each_node_its_own_and_mends_by_itself() -> None:
    town = Town(2)
    north, south = town.nodes
    north.presence.enter(SARA)
    south.presence.enter(OMAR)
    town.pass_time(2)
    town.line_is_cut = True
    town.pass_time(PRESENCE_SILENT_SECONDS + PRESENCE_BEAT_SECONDS)
    assert north.shown() == {"Sara": None}
    assert south.shown() == {"Omar": None}
    town.line_is_cut = False
    town.pass_time(PRESENCE_BEAT_SECONDS + 1)
    assert north.shown() == south.shown() == {"Sara": None, "Omar": None}


def test_a_status_changed_anywhere_is_shown() -> None:
    town = Town(1, settle_seconds=0)
    [node] = town.nodes
    node.presence.enter(SARA)
    town.pass_time(1)
    town.people[SARA.id] = replace(SARA, status=Availability.BUSY)
    town.pass_time(2)
    assert node.told[-1][1]["operators"][0]["status"] == "busy"


def test_accounts_never_meet() -> None:
    town = Town(2)
    north, south = town.nodes
    north.presence.enter(SARA)
    south.presence.enter(KARIM)
    # Even a node that is wrong about whose operators are at it.
    north.presence.hear(ACCOUNT, {"node": "a", "here": [[KARIM.id, "c9"], [99, None]]})
    north.presence.hear(ACCOUNT, {"look": [KARIM.id, "c9"]})
    town.pass_time(30)
    assert north.shown() == {"Sara": None}
    assert south.shown(KARIM.account_id) == {"Karim": None}
    assert {account_id for account_id, _ in north.told} == {ACCOUNT}
    assert north.presence.whole(KARIM.account_id) is None


def test_a_disabled_operator_is_not_shown() -> None:
    town = Town(1, settle_seconds=0)
    [node] = town.nodes
    node.presence.enter(SARA)
    node.presence.enter(OMAR)
    town.pass_time(1)
    town.people[OMAR.id] = replace(OMAR, disabled=True)
    town.pass_time(2)
    assert node.shown() == {"Sara": None}


@pytest.mark.parametrize(
    "garbage",
    [
        None,
        7,
        "presence",
        [],
        {},
        {"look": None},
        {"look": [1]},
        {"look": ["1", "c1"]},
        {"look": [SARA.id, "x" * 10_000]},
        {"node": 5, "here": []},
        {"node": "a", "here": {"1": None}},
        {"node": "a", "here": [7, None, [1], [1, 2], ["2", None], [2, "x" * 10_000]]},
    ],
)
def test_what_cannot_be_read_changes_nothing(garbage: Any) -> None:
    town = Town(1, settle_seconds=0)
    [node] = town.nodes
    node.presence.enter(SARA)
    town.pass_time(1)
    told = len(node.told)
    node.presence.hear(ACCOUNT, garbage)
    node.presence.hear(99, garbage)
    town.pass_time(3)
    assert len(node.told) == told


def test_looking_without_being_there_shows_nobody() -> None:
    town = Town(2)
    north, south = town.nodes
    north.presence.enter(SARA)
    south.presence.look(ACCOUNT, OMAR.id, "c1")
    town.pass_time(3)
    assert north.shown() == {"Sara": None}


def test_streams_of_one_operator_are_bounded_and_counted() -> None:
    town = Town(1)
    [node] = town.nodes
    for _ in range(3):
        node.presence.enter(SARA)
    with pytest.raises(TooMany) as refused:
        node.presence.enter(SARA)
    assert refused.value.code == "too_many_streams"
    node.presence.enter(OMAR)
    node.presence.leave(SARA)
    node.presence.enter(SARA)
    assert node.presence.streams(SARA) == 3


def test_a_large_team_is_told_in_parts_that_the_bus_can_carry() -> None:
    town = Town(2)
    north, south = town.nodes
    crowd = [operator_named(100 + number, f"Operator {number}") for number in range(130)]
    town.people.update({person.id: person for person in crowd})
    north.presence.enter(SARA)
    for person in crowd:
        south.presence.enter(person)
        south.presence.look(ACCOUNT, person.id, "1_100200300_96130000" + "0" * 100)
    town.pass_time(5)
    assert len(north.shown()) == len(south.shown()) == 131
    assert max(len(orjson.dumps(data)) for _, data in town.whispered) < 8 * 1024
    for person in crowd[5:]:
        south.presence.leave(person)
    town.pass_time(PRESENCE_GRACE_SECONDS + 5)
    assert len(north.shown()) == len(south.shown()) == 6


def test_many_accounts_take_turns_at_the_bus() -> None:
    town = Town(1, settle_seconds=0)
    [node] = town.nodes
    for number in range(1000, 1000 + 3 * PRESENCE_ACCOUNTS_PER_ROUND):
        town.people[number] = operator_named(number, "Somebody", account_id=number)
        node.presence.enter(town.people[number])
    for turn in range(1, 4):
        node.presence.go_round()
        assert len(town.whispered) == turn * PRESENCE_ACCOUNTS_PER_ROUND
    assert {account_id for account_id, _ in town.whispered} == {account_id for account_id, _ in node.told}


def test_an_account_without_streams_is_forgotten() -> None:
    town = Town(2)
    north, south = town.nodes
    north.presence.enter(SARA)
    south.presence.enter(OMAR)
    town.pass_time(2)
    south.presence.leave(OMAR)
    town.pass_time(PRESENCE_GRACE_SECONDS + 1)
    assert north.shown() == {"Sara": None}  # By a farewell, long before the node would be missed.
    whispered = len(town.whispered)
    north.presence.leave(SARA)
    town.pass_time(PRESENCE_GRACE_SECONDS + 1)
    town.pass_time(60)
    assert len(town.whispered) <= whispered + 2
    assert north.presence.whole(ACCOUNT) is None
