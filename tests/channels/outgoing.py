"""One message of every kind that an operator can send, to be told to any provider."""

from typing import Any

from wasl.domain.message import Content, MessageType
from wasl.domain.sending import FileHandle, Outgoing, Recipient

RAMI = Recipient(phone="9613000001")
CALLBACK = "m:msg_1:1"

PLACE = {"latitude": 33.8938, "longitude": 35.5018, "name": "Hamra", "address": "Hamra Street"}
CARD = {"name": {"formatted_name": "Rana Haddad", "first_name": "Rana"}, "phones": [{"phone": "+9613000002"}]}
BUTTONS = {
    "type": "button",
    "body": {"text": "Which size?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "s", "title": "Small"}}]},
}
TEMPLATE = {
    "name": "order_ready",
    "language": "ar",
    "components": [
        {"type": "header", "parameters": [{"type": "image"}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Rana"}]},
    ],
    "preview": {"body": "Your order is ready, Rana."},
}


def says(kind: MessageType, text: str = "", **details: Any) -> Content:
    """What a message says."""
    return Content(kind, text, None, details)


def kept(kind: str, mime_type: str, name: str, *, link: bool) -> FileHandle:
    """A file as the provider takes it: by a link of ours, or by the id that it gave."""
    where = {"link": f"https://inbox.example/media/t/{name}"} if link else {"id": f"{kind}-7"}
    return FileHandle(name, mime_type, **where)


def every_kind(*, link: bool = False) -> dict[str, Outgoing]:
    """One of each, by a word for it."""
    photo = kept("image", "image/jpeg", "photo.jpg", link=link)
    contents: dict[str, tuple[Content, FileHandle | None]] = {
        "text": (says(MessageType.TEXT, "*ahla* https://olive.example"), None),
        "image": (says(MessageType.IMAGE, "The shop"), photo),
        "video": (says(MessageType.VIDEO, "Oven"), kept("video", "video/mp4", "oven.mp4", link=link)),
        "audio": (says(MessageType.AUDIO), kept("audio", "audio/mpeg", "song.mp3", link=link)),
        "voice": (says(MessageType.VOICE), kept("audio", "audio/ogg", "voice.ogg", link=link)),
        "document": (
            says(MessageType.DOCUMENT, "Prices"),
            kept("document", "application/pdf", "prices.pdf", link=link),
        ),
        "sticker": (says(MessageType.STICKER), kept("sticker", "image/webp", "tree.webp", link=link)),
        "location": (says(MessageType.LOCATION, "Hamra", location=PLACE), None),
        "contacts": (says(MessageType.CONTACTS, "Rana Haddad", contacts=[CARD]), None),
        "interactive": (says(MessageType.INTERACTIVE, "Which size?", interactive=BUTTONS), None),
        "template": (says(MessageType.TEMPLATE, "Your order is ready, Rana.", template=TEMPLATE), photo),
    }
    return {word: Outgoing(RAMI, content, CALLBACK, None, file) for word, (content, file) in contents.items()}
