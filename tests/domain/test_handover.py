"""Who answers a conversation, after anything that may happen in any order."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.domain.assistant import Reason
from wasl.domain.conversation import ConversationStatus as Status
from wasl.domain.handover import (
    Handover,
    answered_on_phone,
    call_person,
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
    "phone": answered_on_phone,
    "called for": lambda now: call_person(now, 4_000, Reason.ASKED),
    "customer, no assistant": lambda now: customer_wrote(now, 5_000, assistant_on=False),
    "customer, assistant": lambda now: customer_wrote(now, 6_000, assistant_on=True),
}


@given(st.booleans(), st.lists(st.sampled_from(sorted(MOVES)), max_size=20))
def test_whatever_happens_the_state_makes_sense(assistant_on: bool, moves: list[str]) -> None:
    now, on_phone = first_contact(1_000, assistant_on=assistant_on), False
    for name in moves:
        then = MOVES[name](now)
        on_phone = name == "phone" or (on_phone and then.operator_id is None)
        assert then.operator_id is None or then.status is Status.HUMAN
        assert then.operator_id is not None or then.status is not Status.HUMAN or on_phone
        assert (then.waiting_since_ms is not None) == (then.status is Status.WAITING_HUMAN)
        decided = name not in ("customer, no assistant", "customer, assistant")
        assert then.reason is None or then.status in (Status.WAITING_HUMAN, Status.HUMAN)
        assert then.reason is not None or then.status is not Status.WAITING_HUMAN
        assert then.epoch == now.epoch + (decided and then != now)
        assert MOVES[name](then) == then, "told twice, it is the same"
        now = then


def test_a_first_message_waits_for_a_person_only_without_an_assistant() -> None:
    assert first_contact(7, assistant_on=False) == Handover(Status.WAITING_HUMAN, None, 0, 7, Reason.OFF)
    assert first_contact(7, assistant_on=True) == Handover(Status.BOT)


def test_whoever_answers_on_the_phone_is_nobody_who_is_known_until_somebody_writes_here() -> None:
    phone = answered_on_phone(Handover(Status.BOT, epoch=3))
    assert phone == Handover(Status.HUMAN, None, 4)
    assert operator_wrote(phone, 2) == Handover(Status.HUMAN, 2, 5)
    for status in (Status.WAITING_HUMAN, Status.HUMAN, Status.RESOLVED):
        assert answered_on_phone(Handover(status)) == Handover(status)


def test_whoever_takes_over_still_sees_why_they_were_called_until_it_is_given_back() -> None:
    called = call_person(Handover(Status.BOT, epoch=3), 7, Reason.UPSET)
    assert called == Handover(Status.WAITING_HUMAN, None, 4, 7, Reason.UPSET)
    taken = take_over(called, 1)
    assert (taken.reason, taken.waiting_since_ms) == (Reason.UPSET, None)
    assert call_person(taken, 9, Reason.ASKED) == taken
    assert (release(taken).reason, end(taken).reason) == (None, None)


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
    assert customer_wrote(ended, 9, assistant_on=False) == Handover(Status.WAITING_HUMAN, None, 2, 9, Reason.OFF)
    assert customer_wrote(ended, 9, assistant_on=True) == Handover(Status.BOT, None, 2)
