"""How a delivery status may move: by rank, never back, and the end is the same in any order."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.domain.message import DELIVERY_RANK, PROVIDER_STATUSES, MessageStatus, moves_forward
from wasl.domain.sending import callback_data_for, message_of_callback

REPORTS = st.lists(st.sampled_from(sorted(PROVIDER_STATUSES)), max_size=8)


def after(start: MessageStatus, reports: list[MessageStatus]) -> MessageStatus:
    for report in reports:
        start = report if moves_forward(start, report) else start
    return start


@given(st.sampled_from(list(MessageStatus)), REPORTS)
def test_it_never_goes_back(start: MessageStatus, words: list[str]) -> None:
    now = start
    for word in words:
        then = after(now, [PROVIDER_STATUSES[word]])
        assert DELIVERY_RANK[then] >= DELIVERY_RANK[now]
        now = then


@given(st.lists(st.sampled_from(list(MessageStatus)), max_size=5))
def test_the_order_of_the_reports_does_not_matter(reports: list[MessageStatus]) -> None:
    ends = {after(MessageStatus.QUEUED, list(order)) for order in permutations(reports)}
    assert len(ends) == 1


@pytest.mark.parametrize(
    ("now", "told", "then"),
    [
        ("sent", "failed", "failed"),
        ("failed", "sent", "failed"),
        ("delivered", "failed", "delivered"),
        ("failed", "delivered", "delivered"),
        ("unknown", "sent", "sent"),
        ("read", "delivered", "read"),
        ("delivered", "played", "read"),
    ],
)
def test_failed_counts_only_while_nothing_proves_otherwise(now: str, told: str, then: str) -> None:
    assert after(MessageStatus(now), [PROVIDER_STATUSES[told]]) == then


@given(st.text(min_size=1, max_size=100), st.integers(0, 10**6))
def test_callback_data_leads_back_to_its_message(message_id: str, attempt: int) -> None:
    assert message_of_callback(callback_data_for(message_id, attempt)) == message_id


@pytest.mark.parametrize("data", [None, "", "m:", "m:1", "m::1", "x:msg_1:1", "m:msg_1:", "m:msg_1:x", "msg_1"])
def test_other_callback_data_is_nobodys(data: str | None) -> None:
    assert message_of_callback(data) is None
