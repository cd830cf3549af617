"""A number is set up by its provider's form, whichever provider that is, and its address can be read again."""

import re
from pathlib import Path

import pytest

from cli.conftest import Wasl
from wasl.channels.registry import forms

ADD = ("channel", "add", "--account", "1", "--provider")
ADDRESS = re.compile(r"^  (https://inbox\.example/webhooks/(\w+)/[\w-]{32})   \(of this number alone", re.MULTILINE)

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASL_PUBLIC_URL", "https://inbox.example/")
    for name in ("API_KEY", "WEBHOOK_TOKEN", "WEBHOOK_SECRET", "SIGNATURE_KEY", "AUTH_TOKEN", "SECRET_KEY"):
        monkeypatch.setenv(f"WASL_CHANNEL_{name}", f"secret-{name.lower()}")


@pytest.mark.parametrize(
    ("provider", "more", "page"),
    [
        ("dialog360", (), "docs/channels/360dialog.md"),
        ("montymobile", ("--tenant", "a-tenant"), "docs/channels/montymobile.md"),
        ("qiscus", ("--app-code", "olive-1x"), "docs/channels/qiscus.md"),
        ("twilio", ("--account-sid", "AC0123"), "docs/channels/twilio.md"),
    ],
)
def test_a_number_says_which_address_to_enter_and_no_secret(
    olive: Wasl, provider: str, more: tuple[str, ...], page: str
) -> None:
    said = olive(*ADD, provider, "--phone-number-id", "77001", "--display-phone-number", "+961 1 000 100", *more)
    assert said.status == 0, said.err
    match = ADDRESS.search(said.out)
    assert match is not None, said.out
    assert match[2] == provider
    assert page in said.out
    assert f"https://inbox.example/webhooks/{provider}\n" not in said.out  # Numbers share no address here.
    shown = olive("channel", "show", "77001")
    assert match[1] in shown.out
    assert page in shown.out
    assert "secret-" not in said.out + shown.out
    assert re.search(r"^  (api key|auth token|secret key) +set$", shown.out, re.MULTILINE)


def test_what_was_set_and_what_is_usual_is_shown(olive: Wasl) -> None:
    told = ("--tenant", "a-tenant", "--send-path", "/v3/say", "--signature-mode", "none", "--switch-on", "video")
    assert olive(*ADD, "montymobile", "--phone-number-id", "77001", *told).status == 0
    shown = olive("channel", "show", "77001").out
    for name, value in (
        ("tenant", "a-tenant"),
        ("send path", "/v3/say"),
        ("signature mode", "none"),
        ("token header", "x-webhook-token"),
        ("media path", "/api/v2/WhatsappApi/get-media"),
        ("api base url", "https://whatsapp-notification.montymobile.com"),
        ("can send", "document, image, template, text, video"),
    ):
        assert re.search(rf"^  {name} +{re.escape(value)}$", shown, re.MULTILINE), (name, shown)


@pytest.mark.parametrize(
    ("provider", "more", "complaint"),
    [
        ("montymobile", (), "The tenant is missing: the tenant's id (a UUID)."),
        ("montymobile", ("--tenant", "t", "--signature-mode", "hmac-md5"), "signature mode has characters"),
        ("montymobile", ("--tenant", "t", "--send-path", "no-slash"), "send path has characters"),
        ("montymobile", ("--tenant", "t", "--token-header", "x: y"), "token header has characters"),
        ("montymobile", ("--tenant", "t", "--switch-on", "calls"), "“calls” cannot be switched on with MontyMobile"),
        ("dialog360", ("--switch-on", "video"), "what can be is nothing"),
        ("dialog360", ("--tenant", "t"), "360dialog has no setting tenant"),
        ("dialog360", ("--webhook-header", "two words"), "webhook header has characters"),
        ("twilio", (), "The account sid is missing: the account's SID (AC…)."),
        ("twilio", ("--account-sid", "AC/1"), "account sid has characters"),
        ("twilio", ("--account-sid", "AC1", "--signed-url", "inbox.example"), "signed url has characters"),
        ("twilio", ("--account-sid", "AC1", "--switch-on", "location"), "what can be is nothing"),
        ("qiscus", (), "The app code is missing"),
        ("qiscus", ("--app-code", "a/b"), "app code has characters"),
        ("qiscus", ("--app-code", "a", "--bot-secret-header", "x y"), "bot secret header has characters"),
    ],
)
def test_what_does_not_fit_the_form_is_one_sentence(
    olive: Wasl, provider: str, more: tuple[str, ...], complaint: str
) -> None:
    said = olive(*ADD, provider, "--phone-number-id", "77001", *more)
    assert (said.status, said.out) == (1, "")
    assert complaint in said.err
    assert said.err.count("\n") == 1
    assert "77001" not in olive("channel", "list").out


def test_a_secret_that_is_needed_is_asked_for_and_another_is_not(olive: Wasl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WASL_CHANNEL_WEBHOOK_SECRET")
    assert olive(*ADD, "dialog360", "--phone-number-id", "77001").status == 0
    assert re.search(r"^  webhook secret +-$", olive("channel", "show", "77001").out, re.MULTILINE)
    monkeypatch.delenv("WASL_CHANNEL_API_KEY")
    said = olive(*ADD, "dialog360", "--phone-number-id", "77002")
    assert said.status == 1
    assert "Give the api key in WASL_CHANNEL_API_KEY" in said.err


def test_a_number_that_is_not_there_is_not_shown(olive: Wasl) -> None:
    said = olive("channel", "show", "9")
    assert (said.status, said.out) == (1, "")
    assert "There is no number “9”" in said.err


def test_every_setting_of_every_provider_can_be_told(olive: Wasl) -> None:
    helped = olive("channel", "add", "--help").out
    for form in forms().values():
        for known in form.fields:
            option = known.name.replace("_", "-")
            assert f"--{option}-stdin" in helped if known.secret else f"--{option} " in helped


def test_every_provider_but_meta_has_the_page_that_the_command_names(olive: Wasl) -> None:
    del olive
    root = Path(__file__).resolve().parents[2]
    missing = [form.page for form in forms().values() if form.provider != "meta" and not (root / form.page).exists()]
    assert missing == []
