"""MontyMobile: Meta's envelope inwards, an API of its own outwards.

Little of it is documented in public. What is known was seen in one integration and one log; every address, header and
mode is therefore a setting, and whatever nobody has seen work is off until an administrator switches it on. See
docs/channels/montymobile.md.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from yarl import URL

from wasl import limits
from wasl.channels.adapter import Download, Knock, NotFetched, Thanks, Upload
from wasl.channels.cloud_api import UNUSABLE, plain_header
from wasl.channels.cloud_bodies import content_part, refusal_of_ours
from wasl.channels.cloud_limits import CLOUD_FILES
from wasl.channels.cloud_webhooks import same_text, verify_subscription
from wasl.channels.download import Downloads
from wasl.channels.envelope import of_channel, read_items
from wasl.channels.exchange import Answer, Exchange, ProviderAway, misconfigured, pause_of
from wasl.channels.fields import Object, object_of, text_of
from wasl.channels.json_body import read_json
from wasl.channels.limits import FETCH_WHOLE_BYTES_MAX
from wasl.channels.party import phone_of
from wasl.domain.channels import Access, Capabilities, ChannelForm, Field, FilesBy, Ticks
from wasl.domain.identity import Party
from wasl.domain.message import MessageType
from wasl.domain.sending import (
    Accepted,
    FileHandle,
    NotSent,
    Outgoing,
    Refused,
    SendOutcome,
    Signal,
    SignalKind,
    Unclear,
)
from wasl.domain.templates import Template
from wasl.domain.updates import StatusReported, Update
from wasl.errors import UnreadableBody
from wasl.public_address import origin_of

_HEADER, _PATH = r"[A-Za-z0-9-]+", r"/[!-~]*"
_NO_PATH = frozenset((404, 405))
_UNKNOWN_KINDS = ("audio", "voice", "video", "sticker", "location", "contacts", "interactive")

FORM = ChannelForm(
    provider="montymobile",
    title="MontyMobile",
    api_base_url="https://whatsapp-notification.montymobile.com",
    fields=(
        Field("api_key", "the key of MontyMobile's API", secret=True),
        Field("tenant", "the tenant's id (a UUID)"),
        Field("webhook_token", "the static token that comes with every webhook", secret=True),
        Field("token_header", "the header of that token", default="x-webhook-token", pattern=_HEADER),
        Field(
            "signature_mode",
            "how a webhook is proven: none, token or hmac-sha256-base64",
            default="token",
            pattern=r"none|token|hmac-sha256-base64",
        ),
        Field("signature_header", "the header of a signature", default="x-signature", pattern=_HEADER),
        Field("signature_key", "the secret of a signature", secret=True, default=""),
        Field("verify_token", "the word that a question with GET must name, should one be asked", True, ""),
        Field("key_header", "the header of the API's key", default="api-key", pattern=_HEADER),
        Field("tenant_header", "the header of the tenant", default="Tenant", pattern=_HEADER),
        Field("source", "what messages are sent as; without it the number as customers dial it", default=""),
        Field("send_path", "where answers go", default="/api/v2/WhatsappApi/send-session", pattern=_PATH),
        Field("template_path", "where templates go", default="/api/v2/WhatsappApi/send-whatsapp", pattern=_PATH),
        Field("media_path", "where files come from", default="/api/v2/WhatsappApi/get-media", pattern=_PATH),
        Field("receipt_path", "where read receipts go, once MontyMobile says so", default="", pattern=_PATH),
        Field(
            "media_answer",
            "how files come: base64, url or bytes; auto finds out",
            default="auto",
            pattern=r"auto|base64|url|bytes",
        ),
        Field("api_id", "the apiId that templates are sent with", default=""),
    ),
    capabilities=Capabilities(
        kinds=frozenset((MessageType.TEXT, MessageType.IMAGE, MessageType.DOCUMENT, MessageType.TEMPLATE)),
        files=CLOUD_FILES,
        files_by=FilesBy.LINK,
        ticks=Ticks.BEST_EFFORT,
        switchable=frozenset((*_UNKNOWN_KINDS, "quotes", "reactions", "read_receipts", "typing")),
    ),
)


class MontyMobile:
    """See `Adapter`."""

    form = FORM
    thanks = Thanks()

    def __init__(self, exchange: Exchange, downloads: Downloads) -> None:
        self._exchange = exchange
        self._downloads = downloads

    # -- webhooks -----------------------------------------------------------------------------------------------------

    def proves(self, knock: Knock, access: Access) -> bool:
        """By the static token, which every captured webhook carried; the rule of the signature beside it is unknown,
        and can be tried."""
        match access["signature_mode"]:
            case "none":
                return True
            case "hmac-sha256-base64":
                key = access["signature_key"]
                made = hmac.new(key.encode(), knock.body, hashlib.sha256).digest()
                return bool(key) and same_text(
                    base64.b64encode(made).decode(), knock.header(access["signature_header"].lower())
                )
            case _:
                return same_text(access["webhook_token"], knock.header(access["token_header"].lower()))

    def verify(self, knock: Knock, tokens: Sequence[str]) -> str | None:
        """Not known to be asked; if it is, then as Meta does, whose envelope it passes on."""
        return verify_subscription(dict(parse_qsl(knock.query)), tokens)

    def read(self, knock: Knock, access: Access | None) -> Sequence[Update]:
        """Meta's envelope. Its statuses name messages as WhatsApp does, and our sends are named otherwise: a status
        carries its customer, by whom and by time it is joined as well as may be."""
        try:
            document = read_json(knock.body)
        except ValueError as error:
            raise UnreadableBody(f"The body is not JSON that can be read: {error}") from error
        updates: list[Update] = []
        for item, update in read_items(document, knock.arrived_ms):
            phone = phone_of((object_of(item.raw) or {}).get("recipient_id"))
            if isinstance(update, StatusReported) and phone:
                updates.append(replace(update, joined_by=Party(phone=phone)))
            else:
                updates.append(update)
        return of_channel(updates, access)

    # -- sending ------------------------------------------------------------------------------------------------------

    async def send(self, access: Access, outgoing: Outgoing, until: float = math.inf) -> SendOutcome:
        """See `Adapter`."""
        problem = refusal_of_ours(outgoing)
        if problem is not None:
            return problem
        if not outgoing.to.phone:
            return Refused("no_recipient", "MontyMobile needs the customer's phone number, which is not known.")
        path = access["template_path" if outgoing.content.type is MessageType.TEMPLATE else "send_path"]
        return await self._post(access, path, _body_for(access, outgoing), _outcome_of, until)

    async def signal(self, access: Access, signal: Signal, until: float = math.inf) -> SendOutcome:
        """Nothing is known of reactions, read receipts and typing; who switches them on tries Meta's shapes."""
        if signal.kind is SignalKind.REACTION and signal.to.phone:
            part = {"reaction": {"message_id": signal.message_id, "emoji": signal.emoji}}
            body = {**_addressed(access, signal.to.phone), "type": "REACTION", **part}
            return await self._post(access, access["send_path"], body, _done_or_not, until)
        if signal.kind is SignalKind.REACTION or not access["receipt_path"]:
            return Refused("not_supported", "MontyMobile is not known to take this.")
        typing = {"typing_indicator": {"type": "text"}} if signal.kind is SignalKind.TYPING else {}
        receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": signal.message_id, **typing}
        return await self._post(access, access["receipt_path"], receipt, _done_or_not, until)

    async def _post(
        self, access: Access, path: str, body: dict[str, Any], judge: Callable[[Answer], SendOutcome], until: float
    ) -> SendOutcome:
        try:
            request = self._exchange.request("POST", f"{access.api_base_url}{path}", _headers(access), json=body)
        except ValueError:
            return UNUSABLE
        return await self._exchange.post(request, judge, until=until, hide=(access["api_key"],))

    # -- files --------------------------------------------------------------------------------------------------------

    async def upload(self, access: Access, file: Upload) -> FileHandle | NotSent | Refused:
        """It fetches files from a link."""
        del access, file
        return Refused("not_supported", "MontyMobile takes links, no uploads.")

    @asynccontextmanager
    async def fetch(self, access: Access, media: Mapping[str, Any]) -> AsyncIterator[Download]:
        """`get-media` answers with base64 in JSON, with an address, or with the bytes themselves."""
        media_id = text_of(media.get("id"))
        if not media_id:
            raise NotFetched("no_media_id", "MontyMobile did not say which file it is.", None)
        try:
            url = str(URL(f"{access.api_base_url}{access['media_path']}").update_query(MediaId=media_id))
            request = self._exchange.request("GET", url, _headers(access))
            answer = await self._exchange.ask(request, FETCH_WHOLE_BYTES_MAX, hide=(access["api_key"],))
        except ValueError as error:
            raise NotFetched(UNUSABLE.code, UNUSABLE.message, UNUSABLE.retry_after_seconds) from error
        except ProviderAway as away:
            raise NotFetched(away.outcome.code, away.outcome.message, away.outcome.retry_after_seconds) from away
        wanted = text_of(media.get("mime_type")) or ""
        # A whole file in JSON takes a fifth of a second to unpack: everybody else would stand still meanwhile.
        content = await asyncio.to_thread(_content_of, answer, access["media_answer"], wanted)
        if isinstance(content, bytes):
            yield Download(chunks=_one(content), bytes=len(content), mime_type=wanted or None)
            return
        # The key is for MontyMobile alone: no other host is shown it.
        ours = _headers(access) if origin_of(content) == origin_of(access.api_base_url) else {}
        async with self._downloads.open(content, ours, access.api_base_url) as download:
            yield download

    # -- the rest -----------------------------------------------------------------------------------------------------

    async def templates(self, access: Access) -> list[Template]:
        """No list is known; an administrator enters them."""
        del access
        return []

    async def examine(self, access: Access) -> str | None:
        """What a send needs is looked at; nothing is known that could be asked without sending."""
        if not _source(access):
            return "it does not say the number that it sends as. Add it anew with --display-phone-number."
        raise ProviderAway(NotSent("nothing_to_ask", "nothing is known that answers without a send", 0.0))


def _headers(access: Access) -> dict[str, str]:
    named = {access["tenant_header"]: access["tenant"], access["key_header"]: access["api_key"]}
    return {name: plain_header(value) for name, value in named.items()}


def _source(access: Access) -> str:
    return access["source"] or "".join(filter(str.isdigit, access.display_phone_number or ""))


def _addressed(access: Access, phone: str | None) -> dict[str, Any]:
    return {"to": phone, "source": _source(access)}


def _body_for(access: Access, outgoing: Outgoing) -> dict[str, Any]:
    """Text, image, document and template as they were seen; everything else is Meta's part under Meta's word."""
    word, part = content_part(outgoing)
    body = _addressed(access, outgoing.to.phone)
    if outgoing.content.type is MessageType.TEMPLATE:
        api_id = {"apiId": access["api_id"]} if access["api_id"] else {}
        return {**body, "type": word, word: part, **api_id}
    quoted = {"context": {"message_id": outgoing.reply_to}} if outgoing.reply_to else {}
    if outgoing.content.type is MessageType.TEXT:
        part = {"body": part["body"]}
    return {**body, "type": word.upper(), word: part, **quoted}


def _outcome_of(answer: Answer) -> SendOutcome:
    """Judge an answer: `{"success": true, "data": {"messageId": …}}`. What its refusals look like is not known, so only
    one that says `success: false`, or the statuses that every API means alike, counts as one."""
    said = answer.json()
    if answer.ok and said.get("success") is not False:
        message_id = text_of((object_of(said.get("data")) or {}).get("messageId"))
        if message_id is None:
            return Unclear(f"an answer {answer.status} without a message id")
        # Statuses carry WhatsApp's own id, and a GUID is answered; should that change, nothing has to be guessed.
        return Accepted(message_id, named_in_statuses=message_id.startswith("wamid."))
    return _refusal_of(answer)


def _done_or_not(answer: Answer) -> SendOutcome:
    """Judge the answer to what names nothing."""
    return Accepted("") if answer.ok and answer.json().get("success") is not False else _refusal_of(answer)


def _refusal_of(answer: Answer) -> SendOutcome:
    said = answer.json()
    if answer.status == 429:
        pause = pause_of(limits.SEND_LIMITED_RETRY_SECONDS, answer.headers)
        return NotSent("http_429", "MontyMobile takes no more messages at the moment.", pause, holds="channel")
    if answer.status in (401, 403):
        sentence = "MontyMobile refuses the channel's key. An administrator must enter a new one."
        pause = limits.SEND_HELD_RETRY_SECONDS
        return NotSent(f"http_{answer.status}", sentence, pause, holds="channel", counts_as_attempt=False)
    if answer.status in _NO_PATH and not said:
        return misconfigured(f"MontyMobile answers {answer.status}: there is nothing at the channel's address or path.")
    if said.get("success") is False or (400 <= answer.status < 500 and said):
        words = _words_of(said)
        code = text_of(said.get("code")) or f"http_{answer.status}"
        return Refused(code, "MontyMobile refused the message" + (f": {words}" if words else "."))
    return Unclear(f"an answer {answer.status} that is not MontyMobile's own")


def _words_of(said: Object) -> str | None:
    error = object_of(said.get("error")) or {}
    return text_of(said.get("message")) or text_of(error.get("message")) or text_of(said.get("error"))


def _content_of(answer: Answer, how: str, wanted: str) -> bytes | str:
    """The bytes of a file, or the address where they are. Raises NotFetched."""
    if not answer.ok:
        pause = limits.FETCH_RETRY_SECONDS if answer.status >= 500 or answer.status in (401, 403, 408, 429) else None
        raise NotFetched(f"http_{answer.status}", "MontyMobile did not give the file out.", pause)
    if len(answer.body) > FETCH_WHOLE_BYTES_MAX:
        raise NotFetched("too_large", "The file is too large to come from MontyMobile in one piece.", None)
    said = answer.json() if how != "bytes" else {}
    if how == "bytes" or (how == "auto" and not said):
        # A page for people, with status 200, is no file of a customer's.
        if not answer.body or ("html" in answer.headers.get("content-type", "") and "html" not in wanted):
            raise _no_file()
        return answer.body
    inner = object_of(said.get("data"))
    text = text_of((inner or {}).get("data") or (inner or {}).get("url")) or text_of(said.get("url"))
    text = text or (text_of(said.get("data")) if inner is None else None) or ""
    if how in ("auto", "url") and text.startswith(("http://", "https://")):
        return text
    try:
        content = base64.b64decode("".join(text.rpartition("base64,")[2].split()), validate=True)
    except binascii.Error as error:
        raise _no_file() from error
    if how == "url" or not content:
        raise _no_file()
    return content


def _no_file() -> NotFetched:
    return NotFetched("unreadable_answer", "MontyMobile's answer holds no file.", limits.FETCH_RETRY_SECONDS)


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content


def adapter(exchange: Exchange, downloads: Downloads) -> MontyMobile:
    """What `registry.py` looks for."""
    return MontyMobile(exchange, downloads)
