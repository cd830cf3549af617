"""Twilio, as the contract of all adapters meets it."""

from channels.contract import CUSTOMER, NUMBER, WORDS, Example
from channels.twilio.forms import message, signed_knock
from wasl.channels.adapter import Knock
from wasl.domain.channels import Access

FORM = message(From=f"whatsapp:+{CUSTOMER}", To=f"whatsapp:+{NUMBER}", Body=WORDS)


def _posted(access: Access) -> Knock:
    return signed_knock(FORM, access.webhook_url or "", token=access["auth_token"])


EXAMPLE = Example(
    provider="twilio",
    values={"account_sid": "AC0123", "auth_token": "olive-token"},
    key="auth_token",
    posted=_posted,
    forged=lambda access: signed_knock(FORM, access.webhook_url or "", token="another"),
    takes=b'{"sid": "SM123"}',
)
