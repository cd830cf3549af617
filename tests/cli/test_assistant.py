"""The assistant is set by the command line: mode, model and key, which nobody sees again."""

import io
import json
import sys
from pathlib import Path

import pytest

from cli.conftest import Wasl

OLIVE = ("--account", "Olive Bakery")
MODEL = ("--base-url", "https://models.example/v1", "--model", "small")
KEY = "sk-olives-and-cedars"


def shown(wasl: Wasl, *place: str) -> dict[str, object]:
    said = wasl("assistant", "show", *OLIVE, *place)
    assert said.status == 0, said.err
    assert KEY not in said.out
    return dict(json.loads(said.out))


def test_mode_model_and_key_are_set_one_after_the_other(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    said = olive("assistant", "set", *OLIVE, "--mode", "auto", "--confident-from", "75")
    assert said.out == "The assistant is auto; it answers by the knowledge alone.\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{KEY}\n"))
    said = olive("assistant", "set", *OLIVE, *MODEL, "--key-stdin")
    assert said.out == "The assistant is auto; it answers by small at https://models.example/v1, with a key.\n"
    found = shown(olive)
    assert (found["mode"], found["confident_from"], found["has_model_key"]) == ("auto", 75, True)
    said = olive("assistant", "set", *OLIVE, "--no-key")
    assert said.out.endswith("without a key.\n")
    monkeypatch.setenv("WASL_ASSISTANT_KEY", KEY)
    assert olive("assistant", "set", *OLIVE).out.endswith("with a key.\n")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_model_inside_the_network_has_to_be_allowed(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = ("--base-url", "http://localhost:11434/v1", "--model", "small")
    hint = "asked only if WASL_MODEL_ORIGINS names it: http://localhost:11434\n"
    assert olive("assistant", "set", *OLIVE, *beside).out.endswith(hint)
    monkeypatch.setenv("WASL_MODEL_ORIGINS", "http://localhost:11434")
    assert hint not in olive("assistant", "set", *OLIVE, *beside, "--mode", "auto").out


def test_one_number_may_be_otherwise(olive: Wasl) -> None:
    number = ("--phone-number-id", "155501")
    assert olive("assistant", "set", *OLIVE, "--mode", "auto").status == 0
    assert olive("assistant", "set", *OLIVE, *number, "--mode", "shadow").status == 0
    assert (shown(olive)["mode"], shown(olive, *number)["mode"]) == ("auto", "shadow")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "Say what is to be set"),
        (("--confident-from", "101"), "confident from:"),
        (("--base-url", "models.example"), "model base url:"),
        (("--ask-key",), "with --key-stdin"),
        (("--mode", "auto", "--phone-number-id", "999"), "has no number 999"),
    ],
)
def test_what_makes_no_sense(
    olive: Wasl, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], complaint: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    said = olive("assistant", "set", *OLIVE, *arguments)
    assert (said.status, said.out) == (1, "")
    assert complaint in said.err
    assert shown(olive)["mode"] == "off"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_keys_that_are_none(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASL_ASSISTANT_KEY", "a\tb")
    said = olive("assistant", "set", *OLIVE, *MODEL)
    assert (said.status, "That is no key" in said.err) == (1, True)
    assert "a\tb" not in said.err
    monkeypatch.setenv("WASL_ASSISTANT_KEY", KEY)
    said = olive("assistant", "set", *OLIVE, "--mode", "auto")
    assert (said.status, "tell the model's base_url with it" in said.err) == (1, True)
    assert shown(olive)["mode"] == "off"


TOOL = {
    "name": "order_status",
    "description": "How an order stands.",
    "url": "https://shop.example/orders",
    "method": "GET",
    "parameters": {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
}


def test_tools_are_set_shown_and_set_again(olive: Wasl, tmp_path: Path) -> None:
    file, secret = tmp_path / "tools.json", "shop-secret-of-olives"
    assert olive("assistant", "tools", *OLIVE).out == "[]\n"
    file.write_text(json.dumps([{**TOOL, "secret": secret}]))
    said = olive("assistant", "tools", *OLIVE, "--set", str(file))
    assert (said.status, secret in said.out) == (0, False), said.err
    [shown_tool] = json.loads(olive("assistant", "tools", *OLIVE).out)
    assert (shown_tool["name"], shown_tool["has_secret"]) == ("order_status", True)
    file.write_text(json.dumps([shown_tool, {**TOOL, "name": "stock"}]))
    again = json.loads(olive("assistant", "tools", *OLIVE, "--set", str(file)).out)
    assert [(tool["name"], tool["has_secret"]) for tool in again] == [("order_status", True), ("stock", False)]
    file.write_text("[]")
    assert olive("assistant", "tools", *OLIVE, "--set", str(file)).out == "[]\n"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ([{**TOOL, "name": "hand_over"}], "The assistant has a tool of its own called hand_over"),
        ([TOOL, TOOL], "Two tools have the same name."),
        ([{**TOOL, "secret": "a\nb-secret"}], "tools 0 secret:"),
        ([{**TOOL, "url": "file:///etc/passwd"}], "tools 0 url: An address of the web begins with"),
        ({"tools": []}, "tools:"),
        (None, "tools:"),
    ],
)
def test_tools_that_are_none(olive: Wasl, tmp_path: Path, told: object, complaint: str) -> None:
    file = tmp_path / "tools.json"
    file.write_text(json.dumps(told))
    said = olive("assistant", "tools", *OLIVE, "--set", str(file))
    assert (said.status, said.out) == (1, "")
    assert complaint in said.err
    assert "b-secret" not in said.err
    assert olive("assistant", "tools", *OLIVE).out == "[]\n"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_files_of_tools_that_are_none(olive: Wasl, tmp_path: Path) -> None:
    file = tmp_path / "tools.json"
    said = olive("assistant", "tools", *OLIVE, "--set", str(file))
    assert (said.status, "cannot be read" in said.err) == (1, True)
    file.write_text("{")
    said = olive("assistant", "tools", *OLIVE, "--set", str(file))
    assert (said.status, "is not JSON" in said.err) == (1, True)
