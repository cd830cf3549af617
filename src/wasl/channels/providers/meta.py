"""Meta's WhatsApp Cloud API: https://developers.facebook.com/docs/whatsapp/cloud-api."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from wasl.channels.adapter import Knock, NotFetched, Thanks
from wasl.channels.cloud_answers import page_of, templates_of
from wasl.channels.cloud_api import CloudApi, complaint_of, plain_header, plain_part
from wasl.channels.cloud_limits import CLOUD_CAPABILITIES
from wasl.channels.cloud_webhooks import signature_is_valid, verify_subscription
from wasl.channels.download import Downloads
from wasl.channels.envelope import read_envelope
from wasl.channels.exchange import Exchange, ProviderAway
from wasl.channels.fields import object_of, text_of
from wasl.channels.limits import TEMPLATE_PAGES_MAX
from wasl.domain.channels import Access, ChannelForm, Field
from wasl.domain.sending import NotSent
from wasl.domain.templates import Template
from wasl.domain.updates import Update
from wasl.public_address import origin_of

_FILE_HOSTS = (".fbsbx.com", ".facebook.com", ".fbcdn.net", ".whatsapp.net")
"""Where Meta keeps files: nobody else is shown the access token."""
_TEMPLATE_FIELDS = "name,language,category,status,quality_score,components"

FORM = ChannelForm(
    provider="meta",
    title="Meta (WhatsApp Cloud API)",
    api_base_url="https://graph.facebook.com",
    fields=(
        Field("app_secret", "the secret of Meta's app, which signs webhooks", secret=True),
        Field("verify_token", "a word of your own that Meta says when it verifies the webhook address", secret=True),
        Field("access_token", "the system user's token, which may send", secret=True),
        Field("api_version", "the Graph API's version", default="v24.0", pattern=r"v\d{1,3}\.\d{1,3}"),
        Field("business_account_id", "the WhatsApp Business account (WABA), for its templates", default=""),
    ),
    capabilities=CLOUD_CAPABILITIES,
    proof="app_secret",
    app_level_url=True,
)


class Meta(CloudApi):
    """See `Adapter`."""

    form = FORM
    thanks = Thanks()

    def proves(self, knock: Knock, access: Access) -> bool:
        """By the app's signature over the raw bytes (Meta, "Validating payloads")."""
        return signature_is_valid(knock.body, knock.header("x-hub-signature-256"), access["app_secret"].encode())

    def verify(self, knock: Knock, tokens: Sequence[str]) -> str | None:
        """Meta asks with GET whether the address is ours, and names the verify token."""
        return verify_subscription(dict(parse_qsl(knock.query)), tokens)

    def read(self, knock: Knock, access: Access | None) -> Sequence[Update]:
        """The envelope names the number itself."""
        del access
        return read_envelope(knock.body, knock.arrived_ms)

    async def templates(self, access: Access) -> list[Template]:
        """All pages of `/<business account>/message_templates`."""
        if not access["business_account_id"]:
            raise ProviderAway(NotSent("no_business_account", "The channel does not say its business account.", 0.0))
        found: list[Template] = []
        after = ""
        for _ in range(TEMPLATE_PAGES_MAX):
            asked = {"fields": _TEMPLATE_FIELDS, "limit": "100", **({"after": after} if after else {})}
            base = f"{access.api_base_url}/{access['api_version']}/{access['business_account_id']}"
            answer = await self._examined(access, f"{base}/message_templates?{urlencode(asked)}")
            page = page_of(answer, "data")
            found += templates_of(page)
            cursors = object_of((object_of(answer.json().get("paging")) or {}).get("cursors")) or {}
            after = text_of(cursors.get("after")) or ""
            if not after or not page:
                break
        return found

    async def examine(self, access: Access) -> str | None:
        """Asked about the number with the channel's own token, which must be allowed to see it."""
        return complaint_of(await self._examined(access, self._url(access, "").rstrip("/")))

    def _url(self, access: Access, what: str) -> str:
        return f"{access.api_base_url}/{access['api_version']}/{plain_part(access.phone_number_id)}/{what}"

    def _file_url(self, access: Access, media_id: str) -> str:
        return f"{access.api_base_url}/{access['api_version']}/{media_id}"

    def _headers(self, access: Access) -> dict[str, str]:
        return {"Authorization": f"Bearer {plain_header(access['access_token'])}"}

    def _secret(self, access: Access) -> str:
        return access["access_token"]

    def _download_url(self, access: Access, url: str) -> str:
        ours = origin_of(url) == origin_of(access.api_base_url)
        if not ours and not (urlsplit(url).hostname or "").endswith(_FILE_HOSTS):
            raise NotFetched("address_refused", "WhatsApp named an address for the file that is not its own.", None)
        return url


def adapter(exchange: Exchange, downloads: Downloads) -> Meta:
    """What `registry.py` looks for."""
    return Meta(exchange, downloads)
