"""A token bucket: never faster than it may, never slower than it must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasl.domain.pace import Pace


@given(
    st.floats(0.1, 100), st.integers(1, 50), st.lists(st.floats(0, 5, allow_subnormal=False), min_size=1, max_size=100)
)
def test_never_more_than_the_burst_and_the_rate(per_second: float, burst: int, pauses: list[float]) -> None:
    pace, now, taken = Pace.full(per_second, burst, 0.0), 0.0, 0
    for pause in pauses:
        now += pause
        taken += pace.take(now) == 0.0
        assert taken <= burst + now * per_second + 1e-6


@given(st.floats(0.1, 100), st.integers(1, 5))
def test_who_waits_as_long_as_told_gets_a_token(per_second: float, burst: int) -> None:
    pace, now = Pace.full(per_second, burst, 0.0), 0.0
    for _ in range(burst):
        assert pace.take(now) == 0.0
    for _ in range(10):
        missing = pace.take(now)
        assert 0 < missing <= 1 / per_second + 1e-9
        now += missing + 1e-6
        assert pace.take(now) == 0.0


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    pace = Pace.full(1.0, 1.0, 100.0)
    assert pace.take(100.0) == 0.0
    assert pace.take(50.0) == pytest.approx(1.0)
    assert pace.take(50.5) == pytest.approx(0.5)
