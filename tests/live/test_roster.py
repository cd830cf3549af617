"""What each node says of its own operators, put together: the newest place counts, and a silent node is forgotten."""

from wasl.limits import PRESENCE_NODES_MAX, PRESENCE_SILENT_SECONDS
from wasl.live.roster import Roster

SARA, OMAR = 1, 2


def test_everyone_at_any_node_is_there() -> None:
    roster = Roster()
    assert roster.hear("north", {SARA: None}, 0)
    assert roster.hear("south", {OMAR: "c1"}, 0)
    assert roster.places() == {SARA: None, OMAR: "c1"}


def test_a_node_says_everything_anew() -> None:
    roster = Roster()
    roster.hear("north", {SARA: None, OMAR: "c1"}, 0)
    assert not roster.hear("north", {OMAR: "c1", SARA: None}, 1)
    assert roster.hear("north", {SARA: None}, 2)
    assert roster.places() == {SARA: None}
    assert roster.hear("north", {}, 3)
    assert roster.places() == {}
    assert not roster.hear("north", {}, 4)


def test_whoever_is_at_two_nodes_looks_where_they_turned_to_last() -> None:
    roster = Roster()
    roster.hear("north", {SARA: "c1"}, 0)
    roster.hear("south", {SARA: "c2"}, 1)
    roster.hear("north", {SARA: "c1"}, 2)  # A beat, which changes nothing.
    assert roster.places() == {SARA: "c2"}
    roster.hear("north", {SARA: None}, 3)
    assert roster.places() == {SARA: None}
    roster.hear("north", {}, 4)
    assert roster.places() == {SARA: "c2"}


def test_a_silent_node_is_forgotten_and_no_other() -> None:
    roster = Roster()
    roster.hear("north", {SARA: None}, 0)
    roster.hear("south", {OMAR: None}, 10)
    roster.expire(PRESENCE_SILENT_SECONDS)
    assert roster.places() == {SARA: None, OMAR: None}
    roster.expire(PRESENCE_SILENT_SECONDS + 0.1)
    assert roster.places() == {OMAR: None}


def test_only_so_many_nodes_are_remembered() -> None:
    roster = Roster()
    for number in range(PRESENCE_NODES_MAX + 10):
        roster.hear(f"node {number}", {number: None}, 0)
    assert len(roster.places()) == PRESENCE_NODES_MAX
    assert roster.hear("node 0", {0: "c1"}, 1)  # Those who are known go on.
    assert roster.places()[0] == "c1"
