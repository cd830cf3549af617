"""What is sealed opens only with its key and in its place, and a fingerprint tells nothing of the secret."""

import hashlib

import pytest

from wasl.errors import Misconfigured
from wasl.store.secrets import SecretBox

KEY = b"a key of thirty-two characters..."


def test_what_is_sealed_opens_in_its_place() -> None:
    box = SecretBox(KEY)
    assert SecretBox(KEY).unseal(box.seal(b"token", "1:meta:155501"), "1:meta:155501") == b"token"


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    box = SecretBox(KEY)
    assert box.seal(b"token", "here") != box.seal(b"token", "here")


def test_another_place_another_key_or_a_changed_byte_opens_nothing() -> None:
    sealed = SecretBox(KEY).seal(b"token", "1:meta:155501")
    attempts = [
        (SecretBox(KEY), sealed, "2:meta:155501"),
        (SecretBox(KEY + b"."), sealed, "1:meta:155501"),
        (SecretBox(KEY), sealed[:-1] + bytes([sealed[-1] ^ 1]), "1:meta:155501"),
        (SecretBox(KEY), b"", "1:meta:155501"),
        (SecretBox(KEY), b"\x02" + sealed[1:], "1:meta:155501"),
    ]
    for box, body, place in attempts:
        with pytest.raises(Misconfigured):
            box.unseal(body, place)


def test_every_purpose_has_a_key_of_its_own() -> None:
    box = SecretBox(KEY)
    keys = {box.derive(purpose) for purpose in ("sessions", "proofs", "check")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}


def test_a_fingerprint_is_keyed() -> None:
    fingerprint = SecretBox(KEY).fingerprint(b"app secret")
    assert fingerprint == SecretBox(KEY).fingerprint(b"app secret")
    assert fingerprint != SecretBox(KEY + b".").fingerprint(b"app secret")
    assert fingerprint not in hashlib.sha256(b"app secret").hexdigest()
