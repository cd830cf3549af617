"""Settings as they are told: what cannot be read is said in one sentence, and what can be read is."""

from typing import Any

import pytest

from wasl.domain.assistant import AssistantMode
from wasl.domain.assistant_settings import AssistantSettings, overlaid, settings_of
from wasl.domain.hours import Hours
from wasl.domain.told_settings import complaint_about

WHOLE: dict[str, Any] = {
    "mode": "auto",
    "quiet_seconds": 1,
    "persona": "Friendly.",
    "copilot": False,
    "away_texts": {"en": "Back {opens}."},
    "tools": [],
    "hours": {"zone": "Asia/Beirut", "weekly": {"mon": [["09:00", "24:00"]]}, "holidays": ["12-25", "2027-01-01"]},
    "model": {"sees": True, "timeout_seconds": 2.5},
    "rules": {"keywords": ["refund"], "idle_minutes": 60, "idle_move": "release"},
}


def test_what_is_told_well_is_read() -> None:
    assert complaint_about(WHOLE) is None
    assert complaint_about({}) is None
    read = settings_of(WHOLE)
    assert (read.mode, read.hours.zone, read.rules.keywords) == (AssistantMode.AUTO, "Asia/Beirut", ("refund",))
    assert read.hours == Hours("Asia/Beirut", {"mon": (("09:00", "24:00"),)}, frozenset({"12-25", "2027-01-01"}))
    assert settings_of({}) == AssistantSettings()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ([], "Settings are an object."),
        ({"moode": "auto"}, "“moode” is no setting."),
        ({"mode": "bold"}, "“mode” is off, shadow or auto."),
        ({"mode": []}, "“mode” is off, shadow or auto."),
        ({"confident_from": "60"}, "“confident_from” is a number, and not less than 0."),
        ({"confident_from": True}, "“confident_from” is a number, and not less than 0."),
        ({"confident_from": 60.5}, "“confident_from” is a number, and not less than 0."),
        ({"quiet_seconds": -1}, "“quiet_seconds” is a number, and not less than 0."),
        ({"copilot": 1}, "“copilot” is true or false."),
        ({"persona": None}, "“persona” is a text."),
        ({"away_texts": "closed"}, "“away_texts” is an object of texts by language."),
        ({"hours": 9}, "“hours” is an object."),
        ({"hours": {"zone": "Asia/Nowhere"}}, "“hours.zone” is a time zone such as Asia/Beirut."),
        ({"hours": {"zone": "../etc/passwd"}}, "“hours.zone” is a time zone such as Asia/Beirut."),
        ({"hours": {"weekly": {"monday": []}}}, "“hours.weekly” is an object: mon to sun,"),
        ({"hours": {"weekly": {"mon": [["9:00", "18:00"]]}}}, "“hours.weekly” is an object: mon to sun,"),
        ({"hours": {"weekly": {"mon": [["09:00"]]}}}, "“hours.weekly” is an object: mon to sun,"),
        ({"hours": {"holidays": ["25.12."]}}, "“hours.holidays” is a list of days"),
        ({"rules": {"keywords": "refund"}}, "“rules.keywords” is a list of texts."),
        ({"rules": {"idle_move": "sleep"}}, "“rules.idle_move” is end or release."),
        ({"rules": {"idle": 5}}, "“rules.idle” is no setting."),
    ],
)
def test_what_is_wrong_is_one_sentence(told: Any, sentence: str) -> None:
    complaint = complaint_about(told)
    assert complaint is not None
    assert complaint.startswith(sentence)


def test_a_numbers_settings_lie_over_the_accounts_key_by_key() -> None:
    merged = overlaid(WHOLE, {"mode": "off", "rules": {"idle_minutes": 5}})
    assert (merged["mode"], merged["rules"]["idle_minutes"], merged["rules"]["idle_move"]) == ("off", 5, "release")
