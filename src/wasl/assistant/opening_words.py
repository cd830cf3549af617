"""When the team is back, in the words of a language: "tomorrow at 9:00"."""

from datetime import datetime, timedelta

from wasl.domain.hours import Hours

_WEEK_DAYS = 7
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FRENCH_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_ARABIC_DAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_FRENCH_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
_ARABIC_MONTHS = (
    *("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو"),
    *("أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
)


def opening_in_words(hours: Hours, at_ms: int, language: str) -> str | None:
    """When somebody is there next, by the team's clock, as somebody says it at `at_ms`; None if nobody ever will be.
    A language other than `fr` and `ar` is taken for English."""
    opens_ms = hours.opens_at(at_ms)
    if opens_ms is None:
        return None
    now, then = hours.wall_clock(at_ms), hours.wall_clock(opens_ms)
    match language:
        case "fr":
            return f"{_french_day(now, then)} à {then.hour} h{f' {then.minute:02}' if then.minute else ''}"
        case "ar":
            return f"{_arabic_day(now, then)} عند الساعة {_clock(then)}"
        case _:
            return f"{_english_day(now, then)} at {_clock(then)}"


def _clock(then: datetime) -> str:
    return f"{then.hour}:{then.minute:02}"


def _english_day(now: datetime, then: datetime) -> str:
    near = _near(now, then, ("today", "tomorrow"), [f"on {day}" for day in _ENGLISH_DAYS])
    return near or f"on {then.day} {_ENGLISH_MONTHS[then.month - 1]}"


def _french_day(now: datetime, then: datetime) -> str:
    near = _near(now, then, ("aujourd’hui", "demain"), list(_FRENCH_DAYS))
    return near or f"le {'1er' if then.day == 1 else then.day} {_FRENCH_MONTHS[then.month - 1]}"


def _arabic_day(now: datetime, then: datetime) -> str:
    near = _near(now, then, ("اليوم", "غداً"), [f"يوم {day}" for day in _ARABIC_DAYS])
    return near or f"يوم {then.day} {_ARABIC_MONTHS[then.month - 1]}"


def _near(now: datetime, then: datetime, next_days: tuple[str, str], weekdays: list[str]) -> str | None:
    """A day of this week by its name. The same weekday of next week would be taken for today's."""
    days = (then.date() - now.date()) // timedelta(days=1)
    if days < len(next_days):
        return next_days[days]
    return weekdays[then.weekday()] if days < _WEEK_DAYS else None
