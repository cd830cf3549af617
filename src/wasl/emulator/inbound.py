"""What a customer can send: builds the part of a webhook's message that differs from type to type."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wasl.emulator.asked import Asked
from wasl.emulator.media import MediaStore
from wasl.errors import Invalid

MEDIA_TYPES = ("image", "video", "audio", "voice", "document", "sticker")


@dataclass(frozen=True, slots=True)
class Written:
    """A message of Meta's type, with the object under that type's name, and what stands beside it."""

    type: str
    content: Any
    beside: dict[str, Any]


def written(asked: Asked, media: MediaStore) -> Written:
    """Build what a control call describes; raise Invalid for an unknown type or a missing field.

    `raw` is laid over the message, so that a test can bend any field.
    """
    kind = asked.maybe_text("type") or "text"
    raw = Asked.object(asked.fields.get("raw", {}), "raw").fields
    if kind in MEDIA_TYPES:
        built = Written("audio" if kind == "voice" else kind, _media(asked, kind, media), {})
    elif kind in BUILDERS:
        built = BUILDERS[kind](asked)
    elif kind in raw:
        built = Written(kind, raw[kind], {})
    else:
        raise Invalid(f"There is no customer's message of type {kind}.")
    referral = asked.fields.get("referral")
    return Written(built.type, built.content, built.beside | ({"referral": referral} if referral else {}) | dict(raw))


def text(asked: Asked) -> Written:
    return Written("text", {"body": asked.text("text")}, {})


def location(asked: Asked) -> Written:
    content = {name: asked.fields[name] for name in ("name", "address", "url") if name in asked.fields}
    place = {"latitude": asked.fields.get("latitude", 33.8938), "longitude": asked.fields.get("longitude", 35.5018)}
    return Written("location", place | content, {})


def contacts(asked: Asked) -> Written:
    if asked.list("contacts"):
        return Written("contacts", asked.list("contacts"), {})
    name, phone = asked.maybe_text("name") or "Rami Haddad", asked.maybe_text("phone") or "+9613000099"
    first, _, last = name.partition(" ")
    card = {
        "name": {"formatted_name": name, "first_name": first, "last_name": last},
        "phones": [{"phone": phone, "wa_id": phone.lstrip("+"), "type": "CELL"}],
    }
    return Written("contacts", [card], {})


def button_reply(asked: Asked) -> Written:
    chosen = {"id": asked.text("id"), "title": asked.text("title")}
    return Written("interactive", {"type": "button_reply", "button_reply": chosen}, {})


def list_reply(asked: Asked) -> Written:
    chosen = {
        "id": asked.text("id"),
        "title": asked.text("title"),
        "description": asked.maybe_text("description") or "",
    }
    return Written("interactive", {"type": "list_reply", "list_reply": chosen}, {})


def form_reply(asked: Asked) -> Written:
    reply = {"name": "flow", "body": "Sent", "response_json": asked.maybe_text("response_json") or "{}"}
    return Written("interactive", {"type": "nfm_reply", "nfm_reply": reply}, {})


def button(asked: Asked) -> Written:
    return Written(
        "button", {"text": asked.text("text"), "payload": asked.maybe_text("payload") or asked.text("text")}, {}
    )


def order(asked: Asked) -> Written:
    usual = [{"product_retailer_id": "cedar-biscuits", "quantity": 2, "item_price": 4.5, "currency": "USD"}]
    items = asked.list("product_items") or usual
    content = {"catalog_id": "500000000000001", "text": asked.maybe_text("text") or "", "product_items": items}
    return Written("order", content, {})


def reaction(asked: Asked) -> Written:
    content = {"message_id": asked.text("message_id"), "emoji": asked.maybe_text("emoji")}
    # Meta leaves the emoji out when a reaction is taken back.
    return Written("reaction", {name: value for name, value in content.items() if value}, {})


def edit(asked: Asked) -> Written:
    message: dict[str, Any] = {"type": "text", "text": {"body": asked.text("text")}}
    return Written("edit", {"original_message_id": asked.text("message_id"), "message": message}, {})


def revoke(asked: Asked) -> Written:
    return Written("revoke", {"original_message_id": asked.text("message_id")}, {})


def unsupported(asked: Asked) -> Written:
    error = {
        "code": 131051,
        "title": "Message type unknown",
        "message": "Message type unknown",
        "error_data": {"details": "Message type is currently not supported."},
    }
    return Written("unsupported", {"type": asked.maybe_text("kind") or "poll"}, {"errors": [error]})


def request_welcome(asked: Asked) -> Written:
    return Written("request_welcome", None, {})


def system(asked: Asked) -> Written:
    kind = asked.maybe_text("kind") or "user_changed_number"
    content = {"body": asked.maybe_text("text") or "The customer changed the number.", "type": kind}
    new = asked.maybe_text("wa_id")
    return Written("system", content | ({"wa_id": new} if new else {}), {})


BUILDERS: dict[str, Callable[[Asked], Written]] = {
    "text": text,
    "location": location,
    "contacts": contacts,
    "button_reply": button_reply,
    "list_reply": list_reply,
    "form_reply": form_reply,
    "button": button,
    "order": order,
    "reaction": reaction,
    "edit": edit,
    "revoke": revoke,
    "unsupported": unsupported,
    "request_welcome": request_welcome,
    "system": system,
}


def _media(asked: Asked, kind: str, media: MediaStore) -> dict[str, Any]:
    media_id = asked.maybe_text("media_id") or media.sample(kind)
    held = media.find(media_id)
    content: dict[str, Any] = {"id": media_id, "mime_type": held.mime_type, "sha256": held.sha256_base64}
    if kind in ("image", "video", "document") and asked.maybe_text("caption"):
        content["caption"] = asked.text("caption")
    if kind == "document":
        content["filename"] = asked.maybe_text("filename") or held.name
    if kind in ("audio", "voice"):
        content["voice"] = kind == "voice"
    if kind == "sticker":
        content["animated"] = False
    return content
