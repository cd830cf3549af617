"""MontyMobile, as the contract of all adapters meets it."""

from channels.contract import Example, knock_of
from channels.meta.example import BODY
from wasl.channels.adapter import Knock
from wasl.domain.channels import Access


def _posted(access: Access) -> Knock:
    return knock_of(BODY, {access["token_header"]: access["webhook_token"]}, "montymobile")


EXAMPLE = Example(
    provider="montymobile",
    values={"api_key": "olive-key", "tenant": "a-tenant", "webhook_token": "olive-secret"},
    key="api_key",
    posted=_posted,
    forged=lambda access: knock_of(BODY, {access["token_header"]: "another"}, "montymobile"),
    takes=b'{"success": true, "data": {"messageId": "a-guid"}}',
)
