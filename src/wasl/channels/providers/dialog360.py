"""360dialog: Meta's Cloud API on a base of its own, with a key for each number (docs.360dialog.com)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from wasl import limits
from wasl.channels.adapter import Knock, NotFetched, Thanks
from wasl.channels.cloud_answers import page_of, templates_of
from wasl.channels.cloud_api import CloudApi, complaint_of, plain_header
from wasl.channels.cloud_limits import CLOUD_CAPABILITIES
from wasl.channels.cloud_webhooks import same_text
from wasl.channels.download import Downloads
from wasl.channels.envelope import of_channel, read_document
from wasl.channels.exchange import Answer, Exchange, ProviderAway, pause_of
from wasl.channels.fields import list_of, object_of, text_of
from wasl.channels.json_body import read_json
from wasl.channels.limits import TEMPLATE_PAGES_MAX
from wasl.domain.channels import Access, ChannelForm, Field
from wasl.domain.sending import NotSent, Refused
from wasl.domain.templates import Template
from wasl.domain.updates import Update
from wasl.errors import UnreadableBody
from wasl.public_address import origin_of

_META_FILES = "lookaside.fbsbx.com"
_LEGACY = ("messages", "statuses", "errors")
_TEMPLATES_AT_ONCE = 100
"""As Meta lists them: a page of them all could be longer than what is read of an answer."""

FORM = ChannelForm(
    provider="dialog360",
    title="360dialog",
    api_base_url="https://waba-v2.360dialog.io",
    fields=(
        Field("api_key", "the number's D360-API-KEY", secret=True),
        Field(
            "webhook_secret",
            "what you let 360dialog send along in the webhook's header; without one the address alone proves it",
            secret=True,
            default="",
        ),
        Field(
            "webhook_header", "the header of the webhook's secret", default="X-Wasl-Secret", pattern=r"[A-Za-z0-9-]+"
        ),
    ),
    capabilities=CLOUD_CAPABILITIES,
)


class Dialog360(CloudApi):
    """See `Adapter`."""

    form = FORM
    thanks = Thanks(b"")

    def proves(self, knock: Knock, access: Access) -> bool:
        """No signature is documented: the unguessable address, and a header of one's own if there is one."""
        wanted = access["webhook_secret"]
        return not wanted or same_text(wanted, knock.header(access["webhook_header"].lower()))

    def verify(self, knock: Knock, tokens: Sequence[str]) -> str | None:
        """Never asked."""
        del knock, tokens
        return None

    def read(self, knock: Knock, access: Access | None) -> Sequence[Update]:
        """Meta's envelope, an event of a partner's around Meta's value, or a body of the on-premise API of old."""
        try:
            document = read_json(knock.body)
        except ValueError as error:
            raise UnreadableBody(f"The body is not JSON that can be read: {error}") from error
        return of_channel(read_document(_as_envelope(document), knock.arrived_ms), access)

    async def templates(self, access: Access) -> list[Template]:
        """All pages of `/v1/configs/templates`, which tells how many there are; else up to one that holds none."""
        found: list[Template] = []
        before: list[Any] = []
        listed = 0
        for _ in range(TEMPLATE_PAGES_MAX):
            asked = f"limit={_TEMPLATES_AT_ONCE}&offset={listed}"
            answer = await self._examined(access, f"{access.api_base_url}/v1/configs/templates?{asked}")
            page = page_of(answer, "waba_templates", "data")
            found += templates_of(page)
            listed += len(page)
            total = text_of(answer.json().get("total"))
            if not page or (total is not None and total.isdecimal() and listed >= int(total)):
                break
            if page == before:  # Who does not know offsets tells the same again.
                if len(page) == _TEMPLATES_AT_ONCE:
                    raise ProviderAway(NotSent("same_page", "360dialog lists its first templates only.", 60.0))
                break
            before = page
        return found

    async def examine(self, access: Access) -> str | None:
        """Asked for where the number's webhooks go, which only its key may know; 404 says that they go nowhere."""
        answer = await self._examined(access, f"{access.api_base_url}/v1/configs/webhook")
        if answer.status != 404 and not answer.ok:
            return complaint_of(answer)
        told = text_of(answer.json().get("url"))
        if answer.status == 404 or told is None:
            return (
                "360dialog has no webhook address for this number; nothing arrives. Enter the channel's address there."
            )
        if access.webhook_url and told.rstrip("/") != access.webhook_url:
            return "360dialog has another webhook address for this number than the channel's; nothing arrives here."
        return None

    def _own_refusal(self, answer: Answer) -> NotSent | Refused | None:
        return _own_refusal(answer)

    def _url(self, access: Access, what: str) -> str:
        return f"{access.api_base_url}/{what}"

    def _file_url(self, access: Access, media_id: str) -> str:
        return f"{access.api_base_url}/{media_id}"

    def _headers(self, access: Access) -> dict[str, str]:
        return {"D360-API-KEY": plain_header(access["api_key"])}

    def _secret(self, access: Access) -> str:
        return access["api_key"]

    def _download_url(self, access: Access, url: str) -> str:
        """Meta's address under 360dialog's host, which passes the key on (seen in production code)."""
        parts = urlsplit(url)
        if parts.scheme == "https" and parts.hostname == _META_FILES:
            return f"{access.api_base_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        if origin_of(url) != origin_of(access.api_base_url):
            raise NotFetched("address_refused", "360dialog named an address for the file that is not its own.", None)
        return url


def _as_envelope(document: Any) -> Any:
    """The same updates as Meta would deliver them; what is none of the other two shapes stays as it is."""
    body = object_of(document)
    if body is None or "entry" in body:
        return document
    data = object_of(body.get("data"))
    if data is not None and isinstance(body.get("event"), str):
        return _enveloped(body["event"], data)
    if any(key in body for key in _LEGACY):
        return _enveloped(
            "messages", {**body, "messages": [_as_now(message) for message in list_of(body.get("messages"))]}
        )
    return document


def _as_now(message: Any) -> Any:
    """A message of the API of old, whose voice notes were a type of their own."""
    raw = object_of(message)
    if raw is None or raw.get("type") != "voice":
        return message
    voice = {**(object_of(raw.get("voice")) or {}), "voice": True}
    return {**{key: part for key, part in raw.items() if key != "voice"}, "type": "audio", "audio": voice}


def _enveloped(field: str, value: Mapping[str, Any]) -> dict[str, Any]:
    change = {"field": field, "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"changes": [change]}]}


def _own_refusal(answer: Answer) -> NotSent | Refused | None:
    """What 360dialog itself refuses, before anything reaches WhatsApp: its own body, without Meta's `error`
    (docs.360dialog.com, "Error Code Reference"). Of its 5xx nobody knows how far the message came."""
    meta = object_of(answer.json().get("meta"))
    if meta is None or answer.ok or answer.status >= 500:
        return None
    words = text_of(meta.get("developer_message"))
    code = f"http_{answer.status}"
    if answer.status == 429:
        pause = pause_of(limits.SEND_LIMITED_RETRY_SECONDS, answer.headers)
        return NotSent(code, "360dialog takes no more messages at the moment.", pause, holds="channel")
    if answer.status in (401, 403):
        sentence = "360dialog refuses the channel's key. An administrator must enter a new one."
        pause = limits.SEND_HELD_RETRY_SECONDS
        return NotSent(code, sentence, pause, holds="channel", counts_as_attempt=False)
    return Refused(code, "360dialog refused it" + (f": {words}" if words else "."))


def adapter(exchange: Exchange, downloads: Downloads) -> Dialog360:
    """What `registry.py` looks for."""
    return Dialog360(exchange, downloads)
