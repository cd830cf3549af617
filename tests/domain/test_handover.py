"""Who answers a conversation, after anything that may happen in any order."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.domain.conversation import ConversationStatus as Status
from wasl.domain.handover import (
    Handover,
    customer_wrote,
    end,
    first_contact,
    operator_wrote,
    release,
    take_over,
)

Move = Callable[[Handover], Handover]
MOVES: dict[str, Move] = {
    "sara takes over": lambda now: take_over(now, 1),
    "omar takes over": lambda now: take_over(now, 2),
    "sara writes": lambda now: operator_wrote(now, 1),
    "release": release,
    "end": end,
    "customer, no assistant": lambda now: customer_wrote(now, 5_000, assistant_on=False),
    "customer, assistant": lambda now: customer_wrote(now, 6_000, assistant_on=True),
}


@given(st.booleans(), st.lists(st.sampled_from(sorted(MOVES)), max_size=20))
def test_whatever_happens_the_state_makes_sense(assistant_on: bool, moves: list[str]) -> None:
    now = first_contact(1_000, assistant_on=assistant_on)
    for name in moves:
        then = MOVES[name](now)
        assert (then.operator_id is not None) == (then.status is Status.HUMAN)
        assert (then.waiting_since_ms is not None) == (then.status is Status.WAITING_HUMAN)
        decided = name in ("sara takes over", "omar takes over", "release", "end", "sara writes")
        assert then.epoch == now.epoch + (decided and then != now)
        assert MOVES[name](then) == then, "told twice, it is the same"
        now = then


def test_a_first_message_waits_for_a_person_only_without_an_assistant() -> None:
    assert first_contact(7, assistant_on=False) == Handover(Status.WAITING_HUMAN, None, 0, 7)
    assert first_contact(7, assistant_on=True) == Handover(Status.BOT)


def test_a_colleagues_conversation_is_taken_only_on_purpose() -> None:
    omars = take_over(Handover(Status.BOT), 2)
    assert operator_wrote(omars, 1) == omars
    assert take_over(omars, 1) == Handover(Status.HUMAN, 1, 2)


@pytest.mark.parametrize("status", [Status.HUMAN, Status.WAITING_HUMAN])
def test_a_customer_who_writes_again_keeps_the_place(status: Status) -> None:
    now = Handover(status, 1 if status is Status.HUMAN else None, 3, 500 if status is Status.WAITING_HUMAN else None)
    assert customer_wrote(now, 9_000, assistant_on=False) == now


def test_an_ended_conversation_opens_again() -> None:
    ended = end(take_over(Handover(Status.BOT), 1))
    assert customer_wrote(ended, 9, assistant_on=False) == Handover(Status.WAITING_HUMAN, None, 2, 9)
    assert customer_wrote(ended, 9, assistant_on=True) == Handover(Status.BOT, None, 2)
