"""An installation is set up with three commands, and none of them shows a secret."""

import io
import re
import sys

import pytest

from cli.conftest import Wasl
from wasl import __version__


def test_three_commands_set_up_an_installation(olive: Wasl) -> None:
    assert olive("account", "list").out == "ID  NAME\n1   Olive Bakery\n"
    assert "rana@olive.example  Rana  owner  available  1\n" in olive("operator", "list", "--account", "1").out
    shown = olive("channel", "list", "--account", "Olive Bakery").out
    assert re.search(r"1 +meta +155501 +\+961 3 000 100 +Shop +http://127\.0\.0\.1:9 +1\n", shown)


def test_the_new_channel_says_where_webhooks_go_and_shows_no_secret(
    olive: Wasl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WASL_PUBLIC_URL", "https://inbox.example/")
    said = olive("channel", "add", "--account", "1", "--phone-number-id", "155502")
    assert said.status == 0
    assert "  https://inbox.example/webhooks/meta\n" in said.out
    assert re.search(r"  https://inbox\.example/webhooks/meta/[\w-]{32} ", said.out)
    everything = said.out + said.err + olive("channel", "list").out + olive("doctor").out
    assert [
        secret for secret in ("app-secret", "verify-token", "access-token") if f"olive-{secret}" in everything
    ] == []


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_secrets_come_from_standard_input_line_by_line(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("first secret\nsecond token\n"))
    said = olive(
        *("channel", "add", "--account", "1", "--phone-number-id", "155502"),
        *("--app-secret-stdin", "--access-token-stdin"),
    )
    assert said.status == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    said = olive("operator", "add", "omar@olive.example", "--account", "1", "--password-stdin")
    assert (said.status, said.err) == (1, "wasl: Standard input holds no password.\n")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_password_is_asked_for_twice(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WASL_OPERATOR_PASSWORD")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter(["olives and cedars", "something else", "olives and cedars", "olives and cedars"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    add = ("operator", "add", "omar@olive.example", "--account", "1")
    assert "two different ones" in olive(*add).err
    assert olive(*add).status == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("account", "create", "Olive Bakery"), "There is an account “Olive Bakery” already."),
        (("account", "create", " "), "The name of an account has 1 to 100 printable characters."),
        (("operator", "add", "rana@olive.example", "--account", "1"), "already"),
        (("operator", "add", "rana", "--account", "1"), "That is no e-mail address."),
        (("operator", "add", "a@b.example", "--account", "Cedar"), "There is no account “Cedar”"),
        (("channel", "add", "--account", "1", "--phone-number-id", "155501"), "is a channel of an account already"),
        (("channel", "add", "--account", "1", "--phone-number-id", "1/2"), "1 to 64 letters and digits"),
        (("channel", "list", "--account", "9"), "There is no account “9”"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(olive: Wasl, arguments: tuple[str, ...], complaint: str) -> None:
    said = olive(*arguments)
    assert said.status == 1
    assert said.out == ""
    assert said.err.startswith("wasl: ")
    assert said.err.count("\n") == 1
    assert complaint in said.err


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "arguments",
    [(), ("fly",), ("account",), ("account", "create"), ("operator", "add", "a@b", "--account", "1", "--role", "king")],
)
def test_what_is_not_understood_has_status_2(wasl: Wasl, arguments: tuple[str, ...]) -> None:
    said = wasl(*arguments)
    assert said.status == 2
    assert "--help" in said.err


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_every_command_has_help(wasl: Wasl) -> None:
    assert wasl("--version").out == f"wasl {__version__}\n"
    commands = [
        (),
        *((name,) for name in ("serve", "demo", "emulator", "import", "replay", "doctor")),
        *(tuple(words.split()) for words in ("account create", "operator add", "channel add", "channel list")),
    ]
    for command in commands:
        said = wasl(*command, "--help")
        assert said.status == 0
        assert said.out.startswith("usage: wasl")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_wrong_settings_are_named_without_their_values(wasl: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASL_PORT", "eight thousand")
    monkeypatch.setenv("WASL_LOG_LEVEL", "loud")
    said = wasl("account", "list")
    assert said.status == 1
    assert "WASL_PORT: " in said.err
    assert "WASL_LOG_LEVEL: " in said.err
    assert "eight thousand" not in said.err


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_place_that_cannot_be_used_is_one_sentence(wasl: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASL_DATA_DIR", "/proc/nobody")
    assert wasl("account", "list").err.startswith("wasl: The database cannot be opened")
    monkeypatch.delenv("WASL_SECRET_KEY")
    assert wasl("account", "list").err.startswith("wasl: Cannot keep the secret key")


def test_a_numbers_rate_is_told(olive: Wasl) -> None:
    number = ("--account", "1", "--phone-number-id", "155501")
    assert olive("channel", "pace", *number, "1000").out == "155501 may send 1000 messages a second.\n"
    assert re.search(r"messages a second +1000\n", olive("channel", "show", "155501").out)
    assert olive("channel", "pace", *number, "20").out == "155501 may send 20 messages a second.\n"
    for wrong in ("0", "1001", "-5", "fast", "1.5"):
        assert olive("channel", "pace", *number, wrong).status != 0
    assert olive("channel", "pace", *number, "usual").out == "155501 may send 80 messages a second.\n"
    missing = olive("channel", "pace", "--account", "1", "--phone-number-id", "9", "20")
    assert "has no number 9" in missing.err
    said = olive("channel", "add", "--account", "1", "--phone-number-id", "155503", "--per-second", "5000")
    assert "1 to 1000 messages a second" in said.err
