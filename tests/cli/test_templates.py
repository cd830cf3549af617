"""Templates of a provider that does not list them are entered by hand."""

import io
import json
import sys
from pathlib import Path

import pytest

from cli.conftest import Wasl

ONE = {"name": "HX0123", "language": "en", "components": [{"type": "BODY", "text": "Hello {{1}}"}]}
NUMBER = ("--account", "1", "--phone-number-id", "+15550001000")


@pytest.fixture
def twilio(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> Wasl:
    """Olive Bakery with a number at a provider that lists nothing."""
    monkeypatch.setenv("WASL_CHANNEL_AUTH_TOKEN", "a-token")
    said = olive("channel", "add", *NUMBER, "--provider", "twilio", "--account-sid", "AC1")
    assert said.status == 0, said.err
    return olive


def test_templates_are_entered_shown_and_taken_away(twilio: Wasl, tmp_path: Path) -> None:
    file = tmp_path / "templates.json"
    file.write_text(json.dumps([ONE, {**ONE, "language": "ar", "status": "PAUSED"}]))
    said = twilio("template", "add", *NUMBER, str(file))
    assert (said.status, said.out) == (0, "Template HX0123 (en): approved\nTemplate HX0123 (ar): paused\n")
    lines = twilio("template", "list", *NUMBER).out.splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["HX0123", "ar", "utility", "paused", "-", "no"],
        ["HX0123", "en", "utility", "approved", "-", "yes"],
    ]
    file.write_text(json.dumps({**ONE, "category": "MARKETING"}))
    assert twilio("template", "add", *NUMBER, str(file)).status == 0
    assert "marketing" in twilio("template", "list", *NUMBER).out
    assert twilio("template", "remove", *NUMBER, "HX0123", "en").out == "Template HX0123 (en) is gone.\n"
    again = twilio("template", "remove", *NUMBER, "HX0123", "en")
    assert (again.status, again.err) == (1, "wasl: This number has no such template in this language.\n")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is not JSON"),
        ("3", "one template, or a list"),
        ("[]", "needs a name and a language"),
        ('[{"name": "x"}]', "needs a name and a language"),
        ('{"name": "x", "language": "en"}', "no component of the type BODY"),
    ],
)
def test_files_that_are_none(twilio: Wasl, monkeypatch: pytest.MonkeyPatch, content: str, complaint: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    said = twilio("template", "add", *NUMBER, "-")
    assert said.status == 1
    assert complaint in said.err


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_the_provider_lists_nobody_enters(olive: Wasl, tmp_path: Path) -> None:
    file = tmp_path / "templates.json"
    file.write_text(json.dumps(ONE))
    said = olive("template", "add", "--account", "1", "--phone-number-id", "155501", str(file))
    assert (said.status, "lists this number's templates itself" in said.err) == (1, True)
    said = olive("template", "add", "--account", "1", "--phone-number-id", "999", str(file))
    assert "has no number 999" in said.err
    said = olive("template", "add", "--account", "1", "--phone-number-id", "155501", str(tmp_path / "nothing"))
    assert "cannot be read" in said.err
