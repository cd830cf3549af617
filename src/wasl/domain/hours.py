"""When somebody of the team is there: by the wall clock of a zone, over midnights, holidays and changes of that clock.

A time of day is the first moment at which the wall clock has reached it: one that a change of the clock leaves out is
the moment of that change, and of one that comes twice it is the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_LOOKED_MAX = 400
"""How far ahead or back an opening is looked for: every day of a year has come by then, leap days aside."""
_WHOLE_DAY = (("00:00", "24:00"),)


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody of the team is there. Without a day in `weekly` it is always, but for holidays."""

    zone: str = "UTC"
    """As the IANA database names it: `Asia/Beirut`."""
    weekly: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """`mon` to `sun` → spans of `HH:MM` to `HH:MM`; a span that ends at or before it begins ends the next day, and
    belongs to the day on which it begins."""
    holidays: frozenset[str] = frozenset()
    """Days on which no span begins: `2026-12-25`, or `12-25` for every year."""
    assistant_answers: bool = True
    """Whether the assistant goes on answering when nobody is there."""

    @property
    def ever_closes(self) -> bool:
        """Whether there is anything to ask a clock for."""
        return bool(self.weekly or self.holidays)

    def is_open(self, at_ms: int) -> bool:
        """Whether somebody is there at a moment, in milliseconds since 1970."""
        today = self.day_of(at_ms)
        days = (today, today - timedelta(days=1))
        return any(start <= at_ms < end for day in days for start, end in self._spans(day))

    def opens_at(self, at_ms: int) -> int | None:
        """The first moment from `at_ms` on at which somebody is there: `at_ms` itself if it is open, None if it never
        will be."""
        first = self.day_of(at_ms) - timedelta(days=1)
        for days in range(DAYS_LOOKED_MAX + 2):
            spans = self._spans(first + timedelta(days=days))
            moments = [max(start, at_ms) for start, end in spans if end > at_ms]
            if moments:
                return min(moments)
        return None

    def closed_since(self, at_ms: int) -> int | None:
        """Since when nobody has been there; None while somebody is, or if nobody ever was."""
        if self.is_open(at_ms):
            return None
        today, last = self.day_of(at_ms), None
        for days in range(DAYS_LOOKED_MAX + 2):
            ends = [end for _, end in self._spans(today - timedelta(days=days)) if end <= at_ms]
            found = last is not None
            last = max([*ends, *([last] if last is not None else [])], default=None)
            if found:
                break  # The day before it was looked at too: its last span may have ended later.
        return last

    def day_of(self, at_ms: int) -> date:
        """The day that it is then where the team is."""
        return self.wall_clock(at_ms).date()

    def wall_clock(self, at_ms: int) -> datetime:
        """What the clock shows then where the team is."""
        return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.zone))

    def _is_holiday(self, day: date) -> bool:
        return day.isoformat() in self.holidays or day.isoformat()[5:] in self.holidays

    def _spans(self, day: date) -> list[tuple[int, int]]:
        """The spans that begin on a day, in milliseconds since 1970; one that the clock leaves out is none."""
        if self._is_holiday(day):
            return []
        spans = self.weekly.get(WEEKDAYS[day.weekday()], ()) if self.weekly else _WHOLE_DAY
        minutes = [(_minutes(begins), _minutes(ends)) for begins, ends in spans]
        reached = (
            (_reached(self.zone, day, begins), _reached(self.zone, day + timedelta(days=ends <= begins), ends))
            for begins, ends in minutes
        )
        return [(start, end) for start, end in reached if end > start]


def _minutes(time_of_day: str) -> int:
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)


@lru_cache(maxsize=4096)  # The same few times of the same few days are asked for again and again.
def _reached(zone: str, day: date, minutes: int) -> int:
    """When the wall clock of a zone reaches so many minutes after the midnight with which a day begins."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - no moment yet
    place = ZoneInfo(zone)
    moment = round(wall.replace(tzinfo=place).timestamp())
    if _shown(place, moment) == wall:
        return moment * 1000
    # It is left out. One reading of it lies before the change of the clock, the other one after it.
    before, after = round(wall.replace(tzinfo=place, fold=1).timestamp()), moment
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _shown(place, middle) >= wall else (middle, after)
    return after * 1000


def _shown(place: ZoneInfo, moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC).astimezone(place).replace(tzinfo=None)
