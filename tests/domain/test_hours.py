"""When somebody is there: over midnights, holidays, zones, and nights in which the clock is changed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wasl.domain.hours import WEEKDAYS, Hours

BEIRUT = "Asia/Beirut"
SHOP = dict.fromkeys(WEEKDAYS[:5], (("09:00", "13:00"), ("14:00", "18:00")))
BAR = {"fri": (("22:00", "02:30"),), "sat": (("22:00", "02:30"),)}


def at(text: str, zone: str = BEIRUT, fold: int = 0) -> int:
    """A moment as the wall clock of a zone shows it."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1000)


def shown(at_ms: int | None, zone: str = BEIRUT) -> str | None:
    """The other way round."""
    return (
        datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if at_ms is not None else None
    )


@pytest.mark.parametrize(
    ("moment", "is_open", "opens", "closed_since"),
    [
        ("2026-11-23 08:59", False, "2026-11-23 09:00", "2026-11-20 18:00"),
        ("2026-11-23 09:00", True, "2026-11-23 09:00", None),
        ("2026-11-23 12:59", True, "2026-11-23 12:59", None),
        ("2026-11-23 13:00", False, "2026-11-23 14:00", "2026-11-23 13:00"),
        ("2026-11-27 18:00", False, "2026-11-30 09:00", "2026-11-27 18:00"),
        ("2026-12-24 20:00", False, "2026-12-28 09:00", "2026-12-24 18:00"),  # A holiday on a Friday, and the weekend.
        ("2027-01-01 10:00", False, "2027-01-04 09:00", "2026-12-31 18:00"),
    ],
)
def test_a_shop_with_a_break(moment: str, is_open: bool, opens: str, closed_since: str | None) -> None:
    hours = Hours(BEIRUT, SHOP, frozenset({"12-25", "2027-01-01"}))
    now = at(moment)
    assert (hours.is_open(now), shown(hours.opens_at(now)), shown(hours.closed_since(now))) == (
        is_open,
        opens,
        closed_since,
    )


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20 21:59", False),
        ("2026-11-20 22:00", True),
        ("2026-11-21 02:29", True),
        ("2026-11-21 02:30", False),
        ("2026-11-22 00:10", True),
        ("2026-11-23 00:10", False),
    ],
)
def test_a_bar_that_closes_after_midnight(moment: str, is_open: bool) -> None:
    assert Hours(BEIRUT, BAR).is_open(at(moment)) is is_open


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    hours = Hours(BEIRUT, BAR, frozenset({"2026-11-21"}))
    assert hours.is_open(at("2026-11-21 01:00")), "Friday's night reaches into the holiday"
    assert not hours.is_open(at("2026-11-21 23:00"))
    assert not hours.is_open(at("2026-11-22 01:00"))


def test_round_the_clock_and_never() -> None:
    always, whole_week = Hours(BEIRUT), Hours(BEIRUT, dict.fromkeys(WEEKDAYS, (("00:00", "00:00"),)))
    also = Hours(BEIRUT, dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),)))
    never = Hours(BEIRUT, {"mon": ()})
    now = at("2026-11-22 03:00")
    for hours in (always, whole_week, also):
        assert (hours.is_open(now), hours.opens_at(now), hours.closed_since(now)) == (True, now, None)
    assert (never.is_open(now), never.opens_at(now), never.closed_since(now)) == (False, None, None)
    assert [hours.ever_closes for hours in (always, whole_week, never)] == [False, True, True]


def test_holidays_alone_are_whole_days() -> None:
    hours = Hours(BEIRUT, {}, frozenset({"12-25", "12-26"}))
    assert [hours.is_open(at(f"2026-12-{day}")) for day in ("24 23:59", "25 00:00", "26 23:59", "27 00:00")] == [
        True,
        False,
        False,
        True,
    ]
    assert shown(hours.opens_at(at("2026-12-25 12:00"))) == "2026-12-27 00:00"
    assert shown(hours.closed_since(at("2026-12-26 12:00"))) == "2026-12-25 00:00"


def test_one_moment_is_different_hours_in_different_places() -> None:
    now = at("2026-11-23 08:30", "UTC")
    monday_to_friday = dict.fromkeys(WEEKDAYS[:5], (("09:00", "17:00"),))
    zones = ("UTC", "Europe/Paris", "Asia/Beirut", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu")
    assert [Hours(zone, monday_to_friday).is_open(now) for zone in zones] == [False, True, True, False, False, True]


def test_a_time_that_the_clock_leaves_out_is_the_moment_of_its_change() -> None:
    """Beirut, 29 March 2026: after 23:59:59 comes 01:00. Paris, the same night: after 01:59:59 comes 03:00."""
    assert at("2026-03-29 01:00") - at("2026-03-28 23:00") == 3_600_000
    midnight = Hours(BEIRUT, {"sun": (("00:00", "06:00"),)})
    assert shown(midnight.opens_at(at("2026-03-28 12:00"))) == "2026-03-29 01:00"
    paris = "Europe/Paris"
    left_out = Hours(paris, {"sun": (("02:30", "05:00"),), "sat": (("20:00", "02:15"),)})
    change = at("2026-03-29 03:00", paris)
    assert [left_out.is_open(moment) for moment in (change - 1, change, change + 7_199_999, change + 7_200_000)] == [
        True,  # Saturday's night ends at the change.
        True,
        True,
        False,
    ]


def test_a_time_that_comes_twice_is_the_first_of_the_two() -> None:
    """Paris, 25 October 2026: after 02:59:59 comes 02:00 again."""
    paris = "Europe/Paris"
    night = Hours(paris, {"sat": (("22:00", "02:30"),)})
    assert night.is_open(at("2026-10-25 02:29", paris))
    assert not night.is_open(at("2026-10-25 02:10", paris, fold=1)), "what closed at 02:30 does not open again"
    early = Hours(paris, {"sun": (("02:30", "03:30"),)})
    assert early.is_open(at("2026-10-25 02:10", paris, fold=1)), "nor close again what opened at 02:30"


def test_a_day_that_a_place_leaves_out_is_no_day() -> None:
    """Apia had no 30 December 2011."""
    apia = "Pacific/Apia"
    hours = Hours(apia, {"fri": (("09:00", "17:00"),)})
    assert shown(hours.opens_at(at("2011-12-29 12:00", apia)), apia) == "2012-01-06 09:00"


TIMES = st.integers(0, 24 * 4 - 1).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
WEEKS = st.dictionaries(
    st.sampled_from(WEEKDAYS), st.lists(st.tuples(TIMES, TIMES), max_size=3).map(tuple), min_size=1, max_size=7
)
ZONES = st.sampled_from(
    ("UTC", BEIRUT, "Europe/Paris", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu")
)
FIRST, LAST = datetime.fromisoformat("2026-03-01"), datetime.fromisoformat("2026-12-31")
DAYS = st.dates(FIRST.date(), LAST.date())
HOLIDAYS = st.frozensets(DAYS.map(lambda day: day.isoformat()) | DAYS.map(lambda day: day.isoformat()[5:]), max_size=5)
MOMENTS = st.datetimes(FIRST, LAST).map(lambda day: at(day.isoformat(), "UTC"))


@settings(deadline=None)
@given(ZONES, WEEKS, HOLIDAYS, MOMENTS)
@example("Europe/Paris", {"sun": (("02:30", "02:30"),)}, frozenset(), at("2026-10-25 01:30", "UTC"))
def test_openings_and_closings_are_where_it_changes(
    zone: str, weekly: dict[str, tuple[tuple[str, str], ...]], holidays: frozenset[str], now: int
) -> None:
    hours = Hours(zone, weekly, holidays)
    opens = hours.opens_at(now)
    if hours.is_open(now):
        assert (opens, hours.closed_since(now)) == (now, None)
        return
    if opens is not None:
        assert opens > now
        assert hours.is_open(opens)
        assert not hours.is_open(opens - 1)
        assert hours.opens_at(opens - 1) == opens
        for part in range(1, 20):  # Nobody is there in between.
            assert not hours.is_open(now + (opens - now) * part // 20)
    closed = hours.closed_since(now)
    if closed is not None:
        assert closed <= now
        assert not hours.is_open(closed)
        assert hours.is_open(closed - 1)


@settings(deadline=None)
@given(ZONES, WEEKS, MOMENTS)
def test_where_no_clock_is_changed_the_wall_clock_alone_decides(
    zone: str, weekly: dict[str, tuple[tuple[str, str], ...]], now: int
) -> None:
    place = ZoneInfo(zone)
    wall = datetime.fromtimestamp(now / 1000, place)
    offsets = {(wall + timedelta(days=days)).astimezone(place).utcoffset() for days in (-2, -1, 0, 1, 2)}
    if len(offsets) > 1:
        return
    minute = wall.hour * 60 + wall.minute
    plain = False
    for days in (0, 1):
        for begins, ends in weekly.get(WEEKDAYS[(wall.weekday() - days) % 7], ()):
            start, end = (int(text[:2]) * 60 + int(text[3:]) for text in (begins, ends))
            end += 24 * 60 if end <= start else 0
            plain = plain or start <= minute + days * 24 * 60 < end
    assert Hours(zone, weekly).is_open(now) is plain
