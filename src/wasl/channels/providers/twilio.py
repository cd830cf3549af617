"""Twilio: form posts both ways (twilio.com/docs: "Webhooks security", "Messages resource", "Typing Indicators")."""

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from wasl.channels.adapter import Download, Knock, NotFetched, Thanks
from wasl.channels.cloud_api import UNUSABLE, complaint_of
from wasl.channels.cloud_limits import CLOUD_FILES
from wasl.channels.denials import Denials
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.fields import text_of
from wasl.channels.limits import SEND_ANSWER_BYTES_MAX, TWILIO_FILE_BYTES_MAX
from wasl.channels.twilio_sends import account_url, basic, done_or_not, message_form, outcome_of, refusal_of_ours
from wasl.channels.twilio_webhooks import is_signed, read_forms
from wasl.domain.channels import Access, Capabilities, ChannelForm, Field, FileLimit, FilesBy
from wasl.domain.message import MessageType
from wasl.domain.sending import Outgoing, Refused, SendOutcome, Signal, SignalKind
from wasl.domain.updates import Update
from wasl.public_address import origin_of

_FILE_HOST = ".twilio.com"
_FILES = {
    kind: FileLimit(min(CLOUD_FILES[kind].bytes_max, TWILIO_FILE_BYTES_MAX), CLOUD_FILES[kind].mime_types)
    for kind in (
        MessageType.IMAGE,
        MessageType.VIDEO,
        MessageType.AUDIO,
        MessageType.VOICE,
        MessageType.DOCUMENT,
    )
}

FORM = ChannelForm(
    provider="twilio",
    title="Twilio",
    api_base_url="https://api.twilio.com",
    fields=(
        Field("account_sid", "the account's SID (AC…)", pattern=r"[A-Za-z0-9]+"),
        Field("auth_token", "the account's auth token, which also signs webhooks", secret=True),
        Field(
            "typing_url",
            "where the sign of typing goes",
            default="https://messaging.twilio.com",
            pattern=r"https?://[^\s?#]+",
        ),
        Field(
            "signed_url",
            "the webhook's address as Twilio calls it, where it differs from WASL_PUBLIC_URL's",
            default="",
            pattern=r"https?://[^\s#]+",
        ),
    ),
    capabilities=Capabilities(
        kinds=frozenset((MessageType.TEXT, *_FILES, MessageType.TEMPLATE)),
        files=_FILES,
        files_by=FilesBy.LINK,
        typing=True,
        settles_lost_answers=True,
    ),
    proof="auth_token",
)


class Twilio(Denials):
    """See `Adapter`. A number's `phone_number_id` is the number itself, with or without a plus sign."""

    form = FORM
    thanks = Thanks(b"<Response/>", "text/xml; charset=utf-8")

    def __init__(self, exchange: Exchange, downloads: Downloads) -> None:
        self._exchange = exchange
        self._downloads = downloads

    def proves(self, knock: Knock, access: Access) -> bool:
        """By the account's signature over the exact public address and the form."""
        return is_signed(knock, access)

    def read(self, knock: Knock, access: Access | None) -> Sequence[Update]:
        """A message or a status in each post."""
        return read_forms(knock, access)

    async def send(self, access: Access, outgoing: Outgoing, until: float = math.inf) -> SendOutcome:
        """One form post."""
        problem = refusal_of_ours(outgoing)
        if problem is not None:
            return problem
        try:
            url = f"{account_url(access)}/Messages.json"
            request = self._exchange.request("POST", url, basic(access), form=message_form(access, outgoing))
        except ValueError:
            return UNUSABLE
        return await self._exchange.post(request, outcome_of, until=until, hide=(access["auth_token"],))

    async def signal(self, access: Access, signal: Signal, until: float = math.inf) -> SendOutcome:
        """Typing only (public beta); it marks the message as read too."""
        if signal.kind is not SignalKind.TYPING:
            return Refused("not_supported", "Twilio does not take this.")
        try:
            url = f"{access['typing_url'].rstrip('/')}/v2/Indicators/Typing.json"
            form = {"messageId": signal.message_id, "channel": "whatsapp"}
            request = self._exchange.request("POST", url, basic(access), form=form)
        except ValueError:
            return UNUSABLE
        return await self._exchange.post(request, done_or_not, until=until, hide=(access["auth_token"],))

    @asynccontextmanager
    async def fetch(self, access: Access, media: Mapping[str, Any]) -> AsyncIterator[Download]:
        """An address at Twilio, asked with the account's token, which leads on to where the bytes are."""
        url = text_of(media.get("url")) or ""
        theirs = url.startswith("https://") and (urlsplit(url).hostname or "").endswith(_FILE_HOST)
        if not theirs and origin_of(url) != origin_of(access.api_base_url):
            raise NotFetched("address_refused", "The file's address is not one of Twilio's.", None)
        try:
            headers = basic(access)
        except ValueError as error:
            raise NotFetched(UNUSABLE.code, UNUSABLE.message, UNUSABLE.retry_after_seconds) from error
        async with self._downloads.open(url, headers, access.api_base_url) as download:
            yield download

    async def examine(self, access: Access) -> str | None:
        """Asked about the account, which only its token may see."""
        try:
            request = self._exchange.request("GET", f"{account_url(access)}.json", basic(access))
        except ValueError:
            return UNUSABLE.message
        hide = (access["auth_token"],)
        return complaint_of(await self._exchange.ask(request, SEND_ANSWER_BYTES_MAX, hide=hide))


def adapter(exchange: Exchange, downloads: Downloads) -> Twilio:
    """What `registry.py` looks for."""
    return Twilio(exchange, downloads)
