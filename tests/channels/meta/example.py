"""Meta, as the contract of all adapters meets it."""

import hashlib
import hmac

from channels.bodies import body, change, message
from channels.contract import CUSTOMER, NUMBER, WORDS, Example, knock_of
from wasl.channels.adapter import Knock
from wasl.domain.channels import Access

BODY = body(
    change(
        metadata={"phone_number_id": NUMBER, "display_phone_number": NUMBER},
        messages=[message(sender=CUSTOMER, text={"body": WORDS})],
    )
)


def _signed(secret: str) -> Knock:
    signature = "sha256=" + hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()
    return knock_of(BODY, {"x-hub-signature-256": signature}, "meta")


def _posted(access: Access) -> Knock:
    return _signed(access["app_secret"])


EXAMPLE = Example(
    provider="meta",
    values={"app_secret": "olive-secret", "verify_token": "a-word", "access_token": "olive-token"},
    key="access_token",
    posted=_posted,
    forged=lambda access: _signed(access["app_secret"] + "x"),
    takes=b'{"messages": [{"id": "wamid.new"}]}',
)
