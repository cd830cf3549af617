"""The proof of a webhook that Meta signs, and the answer to its question whether an address is ours."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_SIGNATURE = re.compile(r"sha256=([0-9a-fA-F]{64})", re.ASCII)
_CHALLENGE_CHARACTERS_MAX = 256


def signature_is_valid(body: bytes, header: str | None, secret: bytes) -> bool:
    """Check `X-Hub-Signature-256` (`sha256=<hex>`) against the raw bytes of a body, in constant time.

    An empty secret proves nothing and is never valid.
    """
    match = _SIGNATURE.fullmatch(header or "")
    if not match or not secret:
        return False
    made = _keyed(secret).copy()
    made.update(body)
    return hmac.compare_digest(made.hexdigest(), match[1].lower())


@lru_cache(maxsize=256)
def _keyed(secret: bytes) -> hmac.HMAC:
    """An HMAC that has taken its key. `hmac.digest` would give up the interpreter for a microsecond's work, and wait
    to get it back from a busy writer."""
    return hmac.new(secret, digestmod=hashlib.sha256)


def verify_subscription(query: Mapping[str, str], tokens: Iterable[str]) -> str | None:
    """Answer Meta's question whether this address is ours: the challenge to send back, or None to refuse."""
    challenge, asked = query.get("hub.challenge", ""), query.get("hub.verify_token", "")
    # Every token is compared, so that the time taken does not tell which one came close.
    fits = [same_text(token, asked) for token in tokens if token]
    if query.get("hub.mode") != "subscribe" or not any(fits):
        return None
    return challenge if 0 < len(challenge) <= _CHALLENGE_CHARACTERS_MAX else None


def same_text(one: str, other: str) -> bool:
    """Compare two secrets in constant time; an empty one is like none."""
    return bool(one) and hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )
