"""Who may speak for Twilio: the signature over the public address and the form, whatever proxies made of either."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest

from channels.twilio.forms import ADAPTER, TOKEN, URL, access, body_of, knock, message, signed_knock
from wasl.domain.channels import Access

FORM = message(Body="Marhaba & kifak? ÿ 👍 +1 = ok", Empty="")


def test_the_right_signature() -> None:
    assert ADAPTER.proves(signed_knock(FORM), access())


def test_the_rule_is_the_documents() -> None:
    """Made here by hand, step by step, as Twilio's documentation tells it."""
    text = "https://inbox.example/hook?a=1" + "Body" + "hi" + "From" + "whatsapp:+1"
    made = base64.b64encode(hmac.new(b"12345", text.encode(), hashlib.sha1).digest()).decode()
    knocked = knock(b"From=whatsapp%3A%2B1&Body=hi", query="a=1", x_twilio_signature=made)
    assert ADAPTER.proves(knocked, access(signed_url="https://inbox.example/hook", auth_token="12345"))


@pytest.mark.parametrize(
    "changed",
    [
        message(Body="kifak", To="whatsapp:+15550100101"),
        message(),
        FORM | {"Brand": "new"},
        {name: value for name, value in FORM.items() if name != "Empty"} | {"Emptx": ""},
        {},
    ],
)
def test_any_change_of_the_form_breaks_it(changed: dict[str, str]) -> None:
    signature = signed_knock(FORM).header("x-twilio-signature")
    assert not ADAPTER.proves(knock(body_of(changed), x_twilio_signature=signature), access())


def test_parameters_that_nobody_announced_are_signed_over() -> None:
    assert ADAPTER.proves(signed_knock(FORM | {"ChannelMetadata": '{"type":"whatsapp"}', "Zzz": "1"}), access())


def test_a_parameter_that_comes_twice_counts_once_for_each_value() -> None:
    text = URL + "A1" + "A2" + "B3"
    made = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()
    assert ADAPTER.proves(knock(b"B=3&A=2&A=1&A=2", x_twilio_signature=made), access())


@pytest.mark.parametrize("signature", ["", "x", "AAAA", "é", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "\n"])
def test_a_wrong_or_broken_signature(signature: str) -> None:
    assert not ADAPTER.proves(knock(body_of(FORM), x_twilio_signature=signature), access())
    assert not ADAPTER.proves(knock(body_of(FORM)), access())


def test_another_token_and_an_empty_one() -> None:
    assert not ADAPTER.proves(signed_knock(FORM, token="another"), access())
    assert not ADAPTER.proves(signed_knock(FORM, token=""), access(auth_token=""))
    unkeyed = base64.b64encode(hmac.new(b"", (URL + "A1").encode(), hashlib.sha1).digest()).decode()
    assert not ADAPTER.proves(knock(b"A=1", x_twilio_signature=unkeyed), access(auth_token=""))


@pytest.mark.parametrize(
    ("known", "called", "believed"),
    [
        ("https://inbox.example/hook", "https://inbox.example/hook", True),
        ("https://inbox.example/hook", "https://inbox.example:443/hook", True),
        ("https://inbox.example:443/hook", "https://inbox.example/hook", True),
        ("http://inbox.example/hook", "http://inbox.example:80/hook", True),
        ("https://inbox.example:8443/hook", "https://inbox.example:8443/hook", True),
        ("https://inbox.example:8443/hook", "https://inbox.example/hook", True),
        ("https://me:pass@inbox.example/hook", "https://me:pass@inbox.example/hook", True),
        ("https://inbox.example/hook?tenant=1", "https://inbox.example/hook", True),
        ("https://inbox.example/hook", "http://inbox.example/hook", False),
        ("https://inbox.example/hook", "https://inbox.example/hook/", False),
        ("https://inbox.example/hook", "https://evil.example/hook", False),
        ("https://inbox.example:port/hook", "https://inbox.example/hook", False),
    ],
)
def test_the_address_is_the_public_one_with_and_without_its_usual_port(known: str, called: str, believed: bool) -> None:
    knocked = signed_knock(FORM, called)
    assert ADAPTER.proves(knocked, access(signed_url=known)) is believed
    assert ADAPTER.proves(knocked, access(webhook_url=known)) is believed


def test_what_is_told_of_the_address_goes_before_what_is_known() -> None:
    told = access(signed_url="https://other.example/x")
    assert ADAPTER.proves(signed_knock(FORM, "https://other.example/x"), told)
    assert not ADAPTER.proves(signed_knock(FORM, URL), told)


def test_without_a_public_address_it_is_the_one_that_was_asked_for() -> None:
    nowhere = access(webhook_url=None)
    good = signed_knock(FORM, "https://shop.example/webhooks/twilio/key").header("x-twilio-signature")
    asked = knock(body_of(FORM), x_twilio_signature=good, host="shop.example")
    assert ADAPTER.proves(asked, nowhere)
    assert not ADAPTER.proves(knock(body_of(FORM), x_twilio_signature=good, host="evil.example"), nowhere)


def test_what_proxies_say_of_themselves_is_not_believed() -> None:
    good = signed_knock(FORM, "https://evil.example/webhooks/twilio/key").header("x-twilio-signature")
    said = {"host": "inside:8000", "x_forwarded_host": "evil.example", "x_forwarded_proto": "https"}
    assert not ADAPTER.proves(knock(body_of(FORM), x_twilio_signature=good, **said), access())


def test_the_query_of_a_status_address_is_signed_too() -> None:
    query = urlencode({"m": "m:msg_1:1"})
    good = signed_knock(FORM, query=query)
    assert ADAPTER.proves(good, access())
    signature = good.header("x-twilio-signature")
    other = knock(body_of(FORM), query=urlencode({"m": "m:msg_2:1"}), x_twilio_signature=signature)
    assert not ADAPTER.proves(other, access())


def test_a_body_that_is_no_form_is_named_by_its_hash() -> None:
    body = b'{"some": "event"}'
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    made = base64.b64encode(hmac.new(TOKEN.encode(), f"{URL}?{query}".encode(), hashlib.sha1).digest()).decode()
    assert ADAPTER.proves(knock(body, query=query, x_twilio_signature=made), access())
    assert not ADAPTER.proves(knock(body + b" ", query=query, x_twilio_signature=made), access())
    # A form that is smuggled in beside a hash is covered by no signature.
    assert not ADAPTER.proves(knock(body_of(FORM), query=query, x_twilio_signature=made), access())


@pytest.mark.parametrize("body", [b"", b"\xff\xfe=\x00", b"&&&", b"=", b"%", b"a=%zz&b=%C3"])
def test_any_bytes_are_judged_without_a_fuss(body: bytes) -> None:
    assert not ADAPTER.proves(knock(body, x_twilio_signature="x"), access())


def test_nobody_asks_whether_the_address_is_ours() -> None:
    assert ADAPTER.verify(knock(b"", query="hub.mode=subscribe&hub.challenge=1"), [""]) is None


def test_the_answer_is_an_empty_twiml() -> None:
    assert (ADAPTER.thanks.body, ADAPTER.thanks.content_type) == (b"<Response/>", "text/xml; charset=utf-8")


def test_a_token_is_never_printed() -> None:
    shown: Access = access()
    assert TOKEN not in repr(shown)
