"""Qiscus Omnichannel: a bot webhook for each customer message, answers into a room, templates to a number.

Sources: documentation.qiscus.com ("Webhook", "Bot - human collaboration", "WhatsApp Business API"). Qiscus is an inbox
of its own; for Wasl it is a transport, so its bot stays on and nothing is ever handed over to its agents.
"""

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from wasl import limits
from wasl.channels.adapter import Download, Knock, NotFetched, Thanks
from wasl.channels.cloud_api import UNUSABLE, complaint_of, plain_header, plain_part
from wasl.channels.cloud_bodies import template_part
from wasl.channels.cloud_limits import CLOUD_FILES
from wasl.channels.denials import Denials
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange
from wasl.channels.fields import text_of
from wasl.channels.json_body import storable_text
from wasl.channels.limits import SEND_ANSWER_BYTES_MAX
from wasl.channels.qiscus_answers import outcome_by_number, outcome_in_room
from wasl.channels.qiscus_webhooks import BOT_OF_ALL, read_hook, room_in
from wasl.domain.channels import Access, Capabilities, ChannelForm, Field, FilesBy, Ticks
from wasl.domain.message import MessageType
from wasl.domain.sending import Outgoing, Refused, SendOutcome
from wasl.domain.updates import Update

_FILES = (
    MessageType.IMAGE,
    MessageType.VIDEO,
    MessageType.AUDIO,
    MessageType.VOICE,
    MessageType.DOCUMENT,
)

FORM = ChannelForm(
    provider="qiscus",
    title="Qiscus Omnichannel",
    api_base_url="https://omnichannel.qiscus.com",
    fields=(
        Field("app_code", "the app's code, such as abcde-xyz123", pattern=r"[A-Za-z0-9-]+"),
        Field("secret_key", "the Qiscus-Secret-Key of the server API", secret=True),
        Field(
            "bot_secret_header",
            "the header of that key at the bot's address",
            default="QISCUS_SDK_SECRET",
            pattern=r"[A-Za-z0-9_-]+",
        ),
        Field("template_namespace", "the namespace of the templates", default=""),
    ),
    capabilities=Capabilities(
        kinds=frozenset((MessageType.TEXT, *_FILES, MessageType.INTERACTIVE, MessageType.TEMPLATE)),
        files={kind: CLOUD_FILES[kind] for kind in _FILES},
        files_by=FilesBy.LINK,
        interactive=frozenset(("button",)),
        ticks=Ticks.NONE,
    ),
    proof="secret_key",
)


class Qiscus(Denials):
    """See `Adapter`. A number's `phone_number_id` is that of its channel in the Qiscus app."""

    form = FORM
    thanks = Thanks(b"{}", "application/json")

    def __init__(self, exchange: Exchange, downloads: Downloads) -> None:
        self._exchange = exchange
        self._downloads = downloads

    def proves(self, knock: Knock, access: Access) -> bool:
        """No signature is documented: the unguessable address proves it."""
        del knock, access
        return True

    def read(self, knock: Knock, access: Access | None) -> Sequence[Update]:
        """One update in each body; its own JSON is the whole body."""
        return read_hook(knock, access)

    async def send(self, access: Access, outgoing: Outgoing, until: float = math.inf) -> SendOutcome:
        """Into the customer's room, where there is one; a template, and the first words of all, to the number."""
        room = room_in(access.phone_number_id, outgoing.to.provider_ids)
        if outgoing.content.type is MessageType.TEMPLATE:
            room = None
        problem = _refusal_of_ours(outgoing, room)
        if problem is not None:
            return problem
        try:
            app, key = plain_part(access["app_code"]), plain_header(access["secret_key"])
            headers = {"Qiscus-App-Id": app, "Qiscus-Secret-Key": key}
            if room is None:
                url = f"{access.api_base_url}/whatsapp/v1/{app}/{plain_part(access.phone_number_id)}/messages"
                body = _number_body(access, outgoing)
            else:
                url, headers = f"{access.api_base_url}/{app}/bot", {**headers, access["bot_secret_header"]: key}
                body = _room_body(app, room, outgoing)
            request = self._exchange.request("POST", url, headers, json=body)
        except ValueError:
            return UNUSABLE
        nameless = f"qiscus:{outgoing.callback_data}"
        judge = outcome_by_number if room is None else lambda answer: outcome_in_room(answer, nameless)
        return await self._exchange.post(request, judge, until=until, hide=(access["secret_key"],))

    @asynccontextmanager
    async def fetch(self, access: Access, media: Mapping[str, Any]) -> AsyncIterator[Download]:
        """A public address, without any key."""
        url = text_of(media.get("url"))
        if not url:
            raise NotFetched("no_address", "Qiscus did not say where the file is.", None)
        async with self._downloads.open(url, {}, access.api_base_url) as download:
            yield download

    async def examine(self, access: Access) -> str | None:
        """Asked for the app's channels, as the vendor's own library does; only a refused key says something."""
        try:
            headers = {
                "Qiscus-App-Id": plain_header(access["app_code"]),
                "Qiscus-Secret-Key": plain_header(access["secret_key"]),
            }
            request = self._exchange.request("GET", f"{access.api_base_url}/api/v2/channels", headers)
        except ValueError:
            return UNUSABLE.message
        answer = await self._exchange.ask(request, SEND_ANSWER_BYTES_MAX, hide=(access["secret_key"],))
        return complaint_of(answer) if answer.status in (401, 403) else None


# -- bodies -----------------------------------------------------------------------------------------------------------


def _refusal_of_ours(outgoing: Outgoing, room: str | None) -> Refused | None:
    """What need not be asked: a message that nobody would take, or that would lose a part on its way."""
    content, file = outgoing.content, outgoing.file
    if room is None and not outgoing.to.phone:
        return Refused("no_recipient", "Neither a room nor the phone number of this customer is known.")
    if room is None and content.type is MessageType.INTERACTIVE:
        return Refused("no_room", "Buttons only go to customers who have written by Qiscus before.")
    if content.type in _FILES and (file is None or not file.link):
        return Refused("no_file", "The file of this message is gone.")
    if content.type is MessageType.TEXT and not content.text.strip():
        return Refused("empty_text", "The message is empty.")
    if content.type is MessageType.TEXT and len(content.text) > limits.TEXT_CHARACTERS_MAX:
        return Refused("text_too_long", f"WhatsApp takes at most {limits.TEXT_CHARACTERS_MAX} characters.")
    return None


def _room_body(app: str, room: str, outgoing: Outgoing) -> dict[str, Any]:
    content = outgoing.content
    body: dict[str, Any] = {"sender_email": f"{app}{BOT_OF_ALL}", "room_id": room, "type": "text"}
    text = storable_text(content.text)
    if outgoing.file is not None and outgoing.file.link:
        payload = {"url": outgoing.file.link, "caption": text, "file_name": outgoing.file.name}
        return {**body, "type": "file_attachment", "message": text or outgoing.file.name, "payload": payload}
    if content.type is MessageType.INTERACTIVE:
        interactive = content.details["interactive"]
        parts = [(interactive.get(key) or {}).get("text") for key in ("header", "body", "footer")]
        text = storable_text("\n".join(filter(None, parts)))
        titles = [button["reply"]["title"] for button in interactive["action"]["buttons"]]
        buttons = [{"label": title, "type": "postback", "postback_text": title, "payload": {}} for title in titles]
        return {**body, "type": "buttons", "message": text, "payload": {"text": text, "buttons": buttons}}
    return {**body, "message": text}


def _number_body(access: Access, outgoing: Outgoing) -> dict[str, Any]:
    """The on-premise bodies of old: no `messaging_product`, templates with a namespace (seen in ten integrations)."""
    body: dict[str, Any] = {"recipient_type": "individual", "to": outgoing.to.phone}
    content, file = outgoing.content, outgoing.file
    text = storable_text(content.text)
    if content.type is MessageType.TEMPLATE:
        part = template_part(content, file)
        namespace = {"namespace": access["template_namespace"]} if access["template_namespace"] else {}
        language = {"policy": "deterministic", **part["language"]}
        return {**body, "type": "template", "template": {**namespace, **part, "language": language}}
    if file is not None and file.link:
        word = "audio" if content.type is MessageType.VOICE else content.type.value
        said: dict[str, Any] = {"link": file.link}
        if text and word != "audio":
            said["caption"] = text
        if word == "document":
            said["filename"] = file.name
        return {**body, "type": word, word: said}
    return {**body, "type": "text", "text": {"body": text}}


def adapter(exchange: Exchange, downloads: Downloads) -> Qiscus:
    """What `registry.py` looks for."""
    return Qiscus(exchange, downloads)
