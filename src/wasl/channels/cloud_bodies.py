"""Bodies of `POST /<phone number id>/messages` as Meta's Cloud API takes them, and two providers that speak it.

Source: Meta, "Send messages" and the message API reference. What a message says has the same shape in both directions
(`Content`), so that a location sent is shown like a location received.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from wasl import limits
from wasl.channels.json_body import storable_text
from wasl.domain.message import Content, MessageType
from wasl.domain.sending import FileHandle, Outgoing, Recipient, Refused, Signal, SignalKind

Body = dict[str, Any]

_LINK = re.compile(r"https?://\S", re.IGNORECASE)
_WORDS = {
    MessageType.IMAGE: "image",
    MessageType.VIDEO: "video",
    MessageType.AUDIO: "audio",
    MessageType.VOICE: "audio",
    MessageType.DOCUMENT: "document",
    MessageType.STICKER: "sticker",
}
_CAPTIONED = frozenset((MessageType.IMAGE, MessageType.VIDEO, MessageType.DOCUMENT))


def message_body(outgoing: Outgoing) -> Body:
    """The body of a message of any kind."""
    word, part = content_part(outgoing)
    quoted = {"context": {"message_id": outgoing.reply_to}} if outgoing.reply_to else {}
    return {
        **_addressed(outgoing.to),
        "type": word,
        word: part,
        **quoted,
        "biz_opaque_callback_data": outgoing.callback_data,
    }


def signal_body(signal: Signal) -> Body:
    """The body of a reaction, or of a read receipt with or without the sign that somebody is typing."""
    if signal.kind is SignalKind.REACTION:
        reaction = {"message_id": signal.message_id, "emoji": signal.emoji}
        named = {"biz_opaque_callback_data": signal.callback_data} if signal.callback_data else {}
        return {**_addressed(signal.to), "type": "reaction", "reaction": reaction, **named}
    typing = {"typing_indicator": {"type": "text"}} if signal.kind is SignalKind.TYPING else {}
    return {"messaging_product": "whatsapp", "status": "read", "message_id": signal.message_id, **typing}


def refusal_of_ours(outgoing: Outgoing) -> Refused | None:
    """What need not be asked: a message that nobody would take."""
    content = outgoing.content
    if not (outgoing.to.phone or outgoing.to.bsuid):
        return Refused("no_recipient", "Neither a phone number nor a WhatsApp id of this customer is known.")
    if content.type in _WORDS and outgoing.file is None:
        return Refused("no_file", "The file of this message is gone.")
    if content.type is MessageType.TEXT and not content.text.strip():
        return Refused("empty_text", "The message is empty.")
    most = limits.TEXT_CHARACTERS_MAX if content.type is MessageType.TEXT else limits.CAPTION_CHARACTERS_MAX
    if (content.type is MessageType.TEXT or content.type in _CAPTIONED) and len(content.text) > most:
        return Refused("text_too_long", f"WhatsApp takes at most {most} characters.")
    return None


def _addressed(to: Recipient) -> Body:
    # With both, Meta takes `to`.
    address = {"to": f"+{to.phone}"} if to.phone else {"recipient": to.bsuid}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **address}


def content_part(outgoing: Outgoing) -> tuple[str, Any]:
    """What a message says under Meta's word for its type, and that word."""
    content = outgoing.content
    if content.type in _WORDS:
        return _WORDS[content.type], _file_part(content, outgoing.file)
    return _PARTS[content.type](content, outgoing.file)


def _text(content: Content, _: FileHandle | None) -> tuple[str, Body]:
    return "text", {"body": storable_text(content.text), "preview_url": bool(_LINK.search(content.text))}


def _file_part(content: Content, file: FileHandle | None) -> Body:
    part = _named(file)
    if content.type in _CAPTIONED and content.text:
        part["caption"] = storable_text(content.text)
    if content.type is MessageType.DOCUMENT and file is not None:
        part["filename"] = file.name
    if content.type is MessageType.VOICE:
        part["voice"] = True
    return part


def _named(file: FileHandle | None) -> Body:
    if file is None:
        return {}
    return {"id": file.id} if file.id else {"link": file.link}


def _location(content: Content, _: FileHandle | None) -> tuple[str, Body]:
    place = content.details["location"]
    named = {key: place[key] for key in ("name", "address") if place.get(key)}
    return "location", {"latitude": place["latitude"], "longitude": place["longitude"], **named}


def _contacts(content: Content, _: FileHandle | None) -> tuple[str, Any]:
    return "contacts", content.details["contacts"]


def _interactive(content: Content, file: FileHandle | None) -> tuple[str, Body]:
    interactive = dict(content.details["interactive"])
    header = interactive.get("header")
    if header and header["type"] != "text":
        interactive["header"] = {"type": header["type"], header["type"]: _named(file)}
    return "interactive", interactive


def _template(content: Content, file: FileHandle | None) -> tuple[str, Body]:
    return "template", template_part(content, file)


def template_part(content: Content, file: FileHandle | None) -> Body:
    """What a template's send names: the template, its language, and what fills its gaps."""
    template = content.details["template"]
    body = {"name": template["name"], "language": {"code": template["language"]}}
    components = [_with_file(component, file) for component in template.get("components", ())]
    return {**body, "components": components} if components else body


def _with_file(component: Mapping[str, Any], file: FileHandle | None) -> Body:
    """A component whose parameters name the file by its handle; what we store names none."""
    return {**component, "parameters": [_parameter(parameter, file) for parameter in component["parameters"]]}


def _parameter(parameter: Mapping[str, Any], file: FileHandle | None) -> Body:
    word = parameter["type"]
    if word not in ("image", "video", "document"):
        return dict(parameter)
    named = _named(file)
    if word == "document" and file is not None:
        named["filename"] = file.name
    return {"type": word, word: named}


_PARTS: Mapping[MessageType, Callable[[Content, FileHandle | None], tuple[str, Any]]] = {
    MessageType.TEXT: _text,
    MessageType.LOCATION: _location,
    MessageType.CONTACTS: _contacts,
    MessageType.INTERACTIVE: _interactive,
    MessageType.TEMPLATE: _template,
}
