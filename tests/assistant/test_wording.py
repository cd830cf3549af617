"""What a customer hears when a person is called: in their language, and with the hour at which somebody is there."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wasl.assistant.opening_words import opening_in_words
from wasl.assistant.wording import AWAY_TEXTS, BACK_TEXTS, HANDOVER_TEXTS, OPENS, away_text, told_to_customer
from wasl.domain.assistant import Reason
from wasl.domain.assistant_settings import settings_of
from wasl.domain.hours import WEEKDAYS

ZONE = "Asia/Beirut"
SHOP = {"zone": ZONE, "weekly": {day: [["09:00", "18:30"]] for day in WEEKDAYS[:5]}, "holidays": ["12-25"]}


def at(text: str, zone: str = ZONE) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "english", "french", "arabic"),
    [
        ("2026-11-23 07:00", "today at 9:00", "aujourd’hui à 9 h", "اليوم عند الساعة 9:00"),
        ("2026-11-23 23:00", "tomorrow at 9:00", "demain à 9 h", "غداً عند الساعة 9:00"),
        ("2026-11-27 20:00", "on Monday at 9:00", "lundi à 9 h", "يوم الاثنين عند الساعة 9:00"),
        ("2026-12-24 20:00", "on Monday at 9:00", "lundi à 9 h", "يوم الاثنين عند الساعة 9:00"),
    ],
)
def test_the_next_opening_in_words(now: str, english: str, french: str, arabic: str) -> None:
    hours = settings_of({"hours": SHOP}).hours
    assert [opening_in_words(hours, at(now), language) for language in ("en", "fr", "ar")] == [english, french, arabic]


def test_an_opening_far_away_is_told_by_its_date() -> None:
    hours = settings_of({"hours": {"zone": ZONE, "weekly": {"thu": [["08:05", "09:00"]]}, "holidays": ["12-24"]}}).hours
    now = at("2026-12-24 08:00")  # A Thursday: the next one is a week later, and has today's name.
    assert [opening_in_words(hours, now, language) for language in ("en", "fr", "ar")] == [
        "on 31 December at 8:05",
        "le 31 décembre à 8 h 05",
        "يوم 31 ديسمبر عند الساعة 8:05",
    ]
    first = settings_of({"hours": {"zone": ZONE, "weekly": {"fri": [["10:00", "12:00"]]}, "holidays": ["2026-12-25"]}})
    assert opening_in_words(first.hours, at("2026-12-20 08:00"), "fr") == "le 1er janvier à 10 h"


def test_it_is_told_by_the_teams_clock() -> None:
    hours = settings_of({"hours": {**SHOP, "zone": "America/New_York"}}).hours
    now = at("2026-11-23 07:00", "America/New_York")
    assert opening_in_words(hours, now, "en") == "today at 9:00"


def test_who_is_handed_over_in_open_hours_hears_of_a_colleague() -> None:
    settings, now = settings_of({"hours": SHOP}), at("2026-11-23 10:00")
    assert told_to_customer(None, settings, "en", now) is None
    for language, text in HANDOVER_TEXTS.items():
        assert told_to_customer(Reason.UNSURE, settings, language, now) == text
    assert told_to_customer(Reason.UNSURE, settings, "arabizi", now) == HANDOVER_TEXTS["ar"]
    assert told_to_customer(Reason.UNSURE, settings, None, now) == HANDOVER_TEXTS["en"]
    assert told_to_customer(Reason.UNSURE, settings, "ja", now) == HANDOVER_TEXTS["en"]


def test_who_is_handed_over_while_it_is_closed_hears_of_the_hours() -> None:
    settings, now = settings_of({"hours": SHOP}), at("2026-11-23 20:00")
    assert told_to_customer(Reason.CLOSED, settings, "en", now) == (
        "Thank you for your message. We are closed right now; we are back tomorrow at 9:00 and will answer you here."
    )
    assert "غداً عند الساعة 9:00" in away_text(settings, "arabizi", now)
    assert "demain à 9 h" in away_text(settings, "fr", now)


@pytest.mark.parametrize(
    ("own", "language", "said"),
    [
        ({"en": "Zzz. Back {opens}."}, "en", "Zzz. Back tomorrow at 9:00."),
        ({"en": "Zzz."}, "en", "Zzz."),
        ({"ar": "نعود {opens}."}, "arabizi", "نعود غداً عند الساعة 9:00."),
        ({"de": "Bis {opens}!", "en": "Until {opens}!"}, "de", "Bis tomorrow at 9:00!"),
        ({"de": "Zu."}, "es", "Zu."),
        ({"en": "{0} {closes} {opens}"}, "en", "{0} {closes} tomorrow at 9:00"),
    ],
)
def test_an_accounts_own_words_come_first(own: dict[str, str], language: str, said: str) -> None:
    settings = settings_of({"hours": SHOP, "away_texts": own})
    assert away_text(settings, language, at("2026-11-23 20:00")) == said


def test_where_nobody_will_ever_be_there_no_hour_is_told() -> None:
    never: dict[str, Any] = {"hours": {"weekly": {"mon": []}}}
    assert away_text(settings_of(never), "fr", 0) == AWAY_TEXTS["fr"]
    assert away_text(settings_of({**never, "away_texts": {"en": "Back {opens}."}}), "en", 0) == AWAY_TEXTS["en"]


def test_every_built_in_text_is_there_in_all_built_in_languages() -> None:
    for texts in (HANDOVER_TEXTS, AWAY_TEXTS, BACK_TEXTS):
        assert set(texts) == {"en", "fr", "ar"}
    assert all(OPENS in text for text in BACK_TEXTS.values())
