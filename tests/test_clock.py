"""Times as they are written, and read again."""

from hypothesis import given
from hypothesis import strategies as st

from wasl.clock import iso, ms_of

MS_OF_2200 = 7_258_118_400_000


@given(st.integers(0, MS_OF_2200) | st.integers(0, MS_OF_2200 // 1000).map(lambda seconds: seconds * 1000))
def test_a_time_that_was_written_is_read_as_it_was(ms: int) -> None:
    assert ms_of(str(iso(ms))) == ms


def test_times_are_in_order_as_moments_and_not_as_text() -> None:
    whole, later = str(iso(1_763_827_200_000)), str(iso(1_763_827_200_008))
    assert (whole, later) == ("2025-11-22T16:00:00Z", "2025-11-22T16:00:00.008Z")
    assert whole > later
    assert ms_of(whole) < ms_of(later)
