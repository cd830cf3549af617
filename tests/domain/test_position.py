"""Where messages stand, whatever the provider's clock says: the three properties that no shuffling may break."""

from dataclasses import dataclass

from hypothesis import example, given
from hypothesis import strategies as st

from wasl.domain.position import Clocks

KINDS = st.sampled_from(["inbound", "reply", "history"])
STEPS = st.lists(st.tuples(KINDS, st.integers(0, 60) | st.integers(0, 2**40)), max_size=60)


@dataclass(frozen=True, slots=True)
class Placed:
    """A message with the place that it was given."""

    kind: str
    timestamp: int
    clock: int
    sequence: int

    @property
    def position(self) -> tuple[int, int]:
        return (self.clock, self.sequence)


def played(steps: list[tuple[str, int]]) -> list[Placed]:
    """The messages of a conversation in the order they were stored."""
    clocks, placed = Clocks(), []
    places = {"inbound": clocks.place_inbound, "reply": clocks.place_outbound, "history": clocks.place_history}
    for sequence, (kind, timestamp) in enumerate(steps, 1):
        placed.append(Placed(kind, timestamp, places[kind](timestamp), sequence))
    return placed


@given(STEPS)
def test_a_reply_never_stands_above_what_its_author_saw(steps: list[tuple[str, int]]) -> None:
    placed = played(steps)
    for place, reply in enumerate(placed):
        if reply.kind == "reply":
            assert all(seen.position < reply.position for seen in placed[:place])


@given(STEPS)
def test_a_late_message_never_slips_above_an_answer(steps: list[tuple[str, int]]) -> None:
    placed = played(steps)
    for place, late in enumerate(placed):
        if late.kind == "inbound":
            answers = [earlier for earlier in placed[:place] if earlier.kind == "reply"]
            assert all(answer.position < late.position for answer in answers)


@given(STEPS)
def test_messages_without_an_answer_in_between_stand_in_the_customers_own_order(steps: list[tuple[str, int]]) -> None:
    placed = [one for one in played(steps) if one.kind != "history"]
    stretch: list[Placed] = []
    for one in [*placed, Placed("reply", 0, 0, 0)]:
        if one.kind == "reply":
            floor = min((said.clock for said in stretch), default=0)
            free = [said for said in stretch if said.timestamp > floor]
            by_position = sorted(free, key=lambda said: said.position)
            assert by_position == sorted(free, key=lambda said: (said.timestamp, said.sequence))
            stretch = []
        else:
            stretch.append(one)


@example([("inbound", 1), ("inbound", 0), ("history", 0)])
@given(STEPS)
def test_history_stands_wholly_before_what_is_live(steps: list[tuple[str, int]]) -> None:
    placed = played(steps)
    live = [one for one in placed if one.kind != "history"]
    for old in placed:
        if old.kind == "history":
            assert all(old.position < one.position for one in live)


@given(STEPS)
def test_positions_are_unique(steps: list[tuple[str, int]]) -> None:
    placed = played(steps)
    assert len({one.position for one in placed}) == len(placed)


@given(STEPS, st.integers(0, 2**40))
def test_a_clock_far_ahead_only_means_order_of_arrival(steps: list[tuple[str, int]], late: int) -> None:
    clocks = Clocks()
    clocks.place_inbound(2**40)
    clocks.place_outbound(0)
    assert [clocks.place_inbound(timestamp) for _, timestamp in steps] == [2**40] * len(steps)
    assert clocks.place_outbound(late) == 2**40


def test_the_timestamp_of_a_first_reply_places_it() -> None:
    assert Clocks().place_outbound(77) == 77
    clocks = Clocks()
    clocks.place_history(50)
    assert clocks.place_outbound(10) == 50
