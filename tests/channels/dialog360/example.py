"""360dialog, as the contract of all adapters meets it."""

from channels.contract import Example, knock_of
from channels.meta.example import BODY
from wasl.channels.adapter import Knock
from wasl.domain.channels import Access


def _posted(access: Access) -> Knock:
    return knock_of(BODY, {access["webhook_header"]: access["webhook_secret"]}, "dialog360")


EXAMPLE = Example(
    provider="dialog360",
    values={"api_key": "olive-key", "webhook_secret": "olive-secret"},
    key="api_key",
    posted=_posted,
    forged=lambda access: knock_of(BODY, {access["webhook_header"]: "another"}, "dialog360"),
    takes=b'{"messages": [{"id": "wamid.new"}]}',
)
