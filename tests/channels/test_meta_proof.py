"""Who may speak to the webhook: the signature over the raw bytes, and the question whether the address is ours."""

import hashlib
import hmac

import pytest

from wasl.channels.cloud_webhooks import signature_is_valid, verify_subscription

SECRET = b"a-secret-of-the-app"
BODY = b'{"object": "whatsapp_business_account", "entry": []}'
SIGNATURE = "sha256=" + hmac.new(SECRET, BODY, hashlib.sha256).hexdigest()


def test_the_right_signature() -> None:
    assert signature_is_valid(BODY, SIGNATURE, SECRET)
    assert signature_is_valid(BODY, SIGNATURE.upper().replace("SHA", "sha"), SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        SIGNATURE.removeprefix("sha256="),
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE + "\n",
        " " + SIGNATURE,
        "sha1=" + SIGNATURE.removeprefix("sha256="),
        SIGNATURE[:-1] + "é",
        SIGNATURE[:-1] + "٣",
        "sha256=" + "0" * 64,
    ],
)
def test_a_wrong_or_broken_header(header: str | None) -> None:
    assert not signature_is_valid(BODY, header, SECRET)


def test_the_signature_is_of_these_bytes_and_this_secret() -> None:
    assert not signature_is_valid(BODY + b" ", SIGNATURE, SECRET)
    assert not signature_is_valid(BODY, SIGNATURE, b"another")


def test_an_empty_secret_proves_nothing() -> None:
    signed_with_nothing = "sha256=" + hmac.new(b"", BODY, hashlib.sha256).hexdigest()
    assert not signature_is_valid(BODY, signed_with_nothing, b"")


def asked(**changes: str) -> dict[str, str]:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "ours"}
    return query | {key.replace("_", ".", 1): value for key, value in changes.items()}


def test_a_subscription_with_one_of_our_tokens() -> None:
    assert verify_subscription(asked(), ["other", "ours"]) == "1158201444"


@pytest.mark.parametrize(
    ("query", "tokens"),
    [
        (asked(), []),
        (asked(), ["other"]),
        (asked(hub_mode="unsubscribe"), ["ours"]),
        (asked(hub_verify_token=""), [""]),
        (asked(hub_verify_token="öurs\ud800"), ["ours", "öurs"]),
        (asked(hub_challenge=""), ["ours"]),
        (asked(hub_challenge="1" * 1000), ["ours"]),
        ({}, ["ours"]),
    ],
)
def test_a_subscription_that_is_refused(query: dict[str, str], tokens: list[str]) -> None:
    assert verify_subscription(query, tokens) is None
