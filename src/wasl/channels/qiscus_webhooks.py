"""What Qiscus posts to us: several hooks, of which those that hold a customer's message show in the inbox.

Source: documentation.qiscus.com, "Webhook" and "Chat server API".
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from wasl.channels.adapter import Knock
from wasl.channels.content import read_content, unsupported
from wasl.channels.fields import Object, list_of, object_of, seconds_of, text_of
from wasl.channels.json_body import read_json
from wasl.channels.kept import id_by_arrival, id_of
from wasl.channels.party import phone_of
from wasl.domain.channels import Access
from wasl.domain.identity import Party
from wasl.domain.message import Content, MessageType
from wasl.domain.updates import MessageReceived, Noted, Unreadable, Update
from wasl.errors import UnreadableBody

BOT_OF_ALL = "_admin@qismo.com"
"""Behind an app's code: who writes for the app."""
_ECHO_TYPE = "post_comment_rest"
_WHATSAPP = frozenset(("wa", "whatsapp"))
_NANOSECONDS_FROM = 10**16
_FILE_TAG = re.compile(r"\s*\[file\]")
"""What Qiscus writes where a file has no caption."""
_TYPES = {
    **dict.fromkeys(("jpg", "jpeg"), "image/jpeg"),
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "3gp": "video/3gpp",
    **dict.fromkeys(("ogg", "oga", "opus"), "audio/ogg"),
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "amr": "audio/amr",
    "pdf": "application/pdf",
}
_KINDS = {"image": MessageType.IMAGE, "video": MessageType.VIDEO, "audio": MessageType.AUDIO}


def room_name(phone_number_id: str, room: str) -> str:
    """What a room is called among a customer's identities: a room belongs to one number, and so leads to no other."""
    return f"qiscus:{phone_number_id}:{room}"


def room_in(phone_number_id: str, provider_ids: Sequence[str]) -> str | None:
    """The newest room of a number's among a customer's identities."""
    ours = room_name(phone_number_id, "")
    return next((found.removeprefix(ours) for found in reversed(provider_ids) if found.startswith(ours)), None)


def read_hook(knock: Knock, access: Access | None) -> list[Update]:
    """The one update of a body. Raises UnreadableBody."""
    try:
        body = object_of(read_json(knock.body))
    except ValueError as error:
        raise UnreadableBody(f"The body is not JSON that can be read: {error}") from error
    if body is None:
        raise UnreadableBody("The body is no JSON object.")
    raw = knock.body
    known = access.phone_number_id if access is not None else ""
    # Older bodies put some of it beside `payload`.
    said = {**body, **(object_of(body.get("payload")) or {})}
    message, sender = object_of(said.get("message")), object_of(said.get("from"))
    if message is None or sender is None:
        return [Noted(known, _kind_of(body), lambda: raw)]
    if _is_echo(body, said, sender):
        return [Noted(known, "echo", lambda: raw)]
    room = object_of(said.get("room")) or {}
    source = _source_of(body, room)
    if source is not None and source not in _WHATSAPP:
        return [Noted(known, f"source {source}"[:100], lambda: raw)]
    number = _number_in(body, room, known)
    try:
        return [_message(number, room, message, sender, knock)]
    except Exception as error:
        # A fault of ours must not lose what the customer said: the body is kept, counted and read again later.
        return [Unreadable(number, f"{type(error).__name__} while reading a message", lambda: raw)]


def _kind_of(body: Object) -> str:
    for key, kind in (("resolved_by", "mark_as_resolved"), ("candidate_agent", "agent_allocation")):
        if key in body:
            return kind
    return (text_of(body.get("webhook_type")) or text_of(body.get("type")) or "unknown").lower()[:100]


def _is_echo(body: Object, said: Object, sender: Object) -> bool:
    """What a bot or an agent wrote comes back as a webhook; customers write with `post_comment_mobile`."""
    kinds = {text_of(body.get("type")), text_of(said.get("type"))}
    return _ECHO_TYPE in kinds or (text_of(sender.get("email")) or "").endswith(BOT_OF_ALL)


def _source_of(body: Object, room: Object) -> str | None:
    """Which network a message came by: the hook is the whole app's, which may serve others beside WhatsApp."""
    options, channel = object_of(room.get("options")) or {}, object_of(body.get("channel")) or {}
    return text_of(options.get("source")) or text_of(channel.get("source")) or text_of(options.get("channel"))


def _number_in(body: Object, room: Object, known: str) -> str:
    """The channel of the app that a body names: another than ours is another number's message."""
    options = object_of(room.get("options")) or {}
    details, channel = object_of(options.get("channel_details")) or {}, object_of(body.get("channel")) or {}
    log = object_of(body.get("room_log")) or {}
    named = [text_of(details.get("channel_id")), text_of(channel.get("id")), text_of(log.get("channel_id"))]
    found = [one for one in named if one]
    return known if known in found or not found else found[0]


def _message(number: str, room: Object, message: Object, sender: Object, knock: Knock) -> MessageReceived:
    email = text_of(sender.get("email"))
    phone = phone_of(email)
    room_id = text_of(room.get("id_str")) or text_of(room.get("id"))
    party = Party(
        phone=phone,
        provider_id=room_name(number, room_id) if room_id else (email if not phone else None),
        name=text_of(sender.get("name")),
    )
    own_id = text_of(message.get("id_str")) or text_of(message.get("id"))
    seconds, whole = _seconds(message), {"from": dict(sender), "room": room_id, "message": dict(message)}
    return MessageReceived(
        phone_number_id=number,
        message_id=(
            text_of(message.get("unique_temp_id"))
            or (own_id if own_id != "0" else None)
            or (id_of(whole) if seconds else id_by_arrival(whole, knock.arrived_ms))
        ),
        party=party,
        timestamp_seconds=seconds,
        content=_content(message),
        origin_json=lambda: knock.body,
    )


def _seconds(message: Object) -> int:
    """`unix_nano_timestamp` occurs in milliseconds too; `timestamp` is an ISO time."""
    nano = message.get("unix_nano_timestamp")
    if isinstance(nano, int) and nano >= _NANOSECONDS_FROM:
        nano = nano // 1_000_000_000
    found = seconds_of(message.get("unix_timestamp"), nano)
    if found:
        return found
    for key in ("timestamp", "created_at"):
        try:
            told = datetime.fromisoformat(text_of(message.get(key)) or "")
            return seconds_of(int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()))
        except (ValueError, OverflowError):
            continue
    return 0


# -- what a message says ----------------------------------------------------------------------------------------------


def _content(message: Object) -> Content:
    kind, text = text_of(message.get("type")) or "text", text_of(message.get("text")) or ""
    part = object_of(message.get("payload")) or {}
    match kind:
        case "text":
            return Content.of_text(text)
        case "reply":
            return Content.of_text(text_of(part.get("text")) or text)
        case "location" if part:
            return read_content({"type": kind, kind: part})
        case "contact_person" if part:
            return read_content({"type": "contacts", "contacts": [_card(part)]})
        case "file_attachment" if url := text_of(part.get("url")):
            return _file(url, part, text)
        case _:
            return unsupported({**message, "type": kind}, kind, text or None)


def _card(part: Object) -> dict[str, Any]:
    phones = [{"phone": value} for value in map(text_of, list_of(part.get("value"))) if value]
    return {"name": {"formatted_name": text_of(part.get("name")) or ""}, "phones": phones}


def _file(url: str, part: Object, text: str) -> Content:
    caption = text_of(part.get("caption")) or ("" if _FILE_TAG.match(text) or text == url else text)
    name = text_of(part.get("file_name")) or unquote(urlsplit(url).path.rpartition("/")[2])
    media: dict[str, Any] = {"url": url, "name": name}
    mime_type = _TYPES.get(name.rpartition(".")[2].lower())
    if mime_type is None:
        return Content(MessageType.DOCUMENT, caption, media)
    media["mime_type"] = mime_type
    kind = _KINDS.get(mime_type.partition("/")[0], MessageType.DOCUMENT)
    # Qiscus does not tell a voice note from another recording; WhatsApp's own are Ogg.
    if mime_type == "audio/ogg":
        kind, media["voice"] = MessageType.VOICE, True
    return Content(kind, caption, media)
