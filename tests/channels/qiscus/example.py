"""Qiscus, as the contract of all adapters meets it."""

from channels.contract import CUSTOMER, NUMBER, WORDS, Example, knock_of
from channels.qiscus.hooks import hook, knock, message, room
from wasl.channels.adapter import Knock
from wasl.channels.qiscus_webhooks import room_name
from wasl.domain.channels import Access
from wasl.domain.sending import Recipient


def _posted(access: Access) -> Knock:
    del access
    body = knock(hook(message(text=WORDS), room(NUMBER), **{"from": {"email": CUSTOMER, "name": "Rami"}})).body
    return knock_of(body, {}, "qiscus")


EXAMPLE = Example(
    provider="qiscus",
    values={"app_code": "olive-1x", "secret_key": "olive-key"},
    key="secret_key",
    posted=_posted,
    forged=None,
    takes=b'{"messages": [{"id": "gBEG"}]}',
    to=Recipient(CUSTOMER, provider_ids=(room_name(NUMBER, "42"),)),
)
