"""What a message says: each of Meta's message types as words for the bubble, media, and details."""

import re
from collections.abc import Callable
from typing import Any

from wasl.channels.fields import Object, is_true, list_of, object_of, text_of
from wasl.channels.interactive import read_interactive
from wasl.channels.meta_errors import reason_of
from wasl.domain.message import Content, MessageType

_FULL_NAME = re.compile(r"^FN[^:\r\n]*:(.+?)\s*$", re.MULTILINE)
_TELEPHONE = re.compile(r"^TEL[^:\r\n]*:(.+?)\s*$", re.MULTILINE)


def type_of(raw: Object) -> str:
    """Tell the provider's word for a message's type; without one, the first known type that the message carries."""
    name = text_of(raw.get("type"))
    return name or next((key for key in raw if key in _READERS), "unknown")


def read_content(raw: Object, type_name: str | None = None) -> Content:
    """Read a message of any type, known or not, whole or broken: what cannot be understood is shown as unsupported."""
    extras = _extras(raw) if "context" in raw or "referral" in raw else {}
    type_name = type_name or type_of(raw)
    part = raw.get(type_name)
    if type_name == "text" and type(part) is dict and type(body := part.get("body")) is str:
        return Content(MessageType.TEXT, body, None, extras)
    reader = _READERS.get(type_name)
    content = reader(part, raw) if reader else None
    if content is None:
        content = unsupported(raw, type_name)
    if not extras:
        return content
    return Content(content.type, content.text, content.media, {**content.details, **extras})


def unsupported(raw: Object, type_name: str, text: str | None = None) -> Content:
    """Show what this version cannot: its JSON is kept, so that nothing of it is lost."""
    details: dict[str, Any] = {"provider_type": type_name, "raw": raw}
    reason = reason_of(raw.get("errors"))
    if reason:
        details["reason"] = reason
    if text is None:
        inner = object_of(raw.get("unsupported")) or {}
        kind = text_of(inner.get("type")) or (None if type_name in {"unsupported", "unknown"} else type_name)
        text = f"Unsupported message: {kind}" if kind else "Unsupported message"
    return Content(MessageType.UNSUPPORTED, text, None, details)


def _extras(raw: Object) -> dict[str, Any]:
    """Collect what stands around a message: forwarding marks, the product asked about, the advertisement clicked."""
    extras: dict[str, Any] = {}
    context = object_of(raw.get("context"))
    if context:
        extras |= {key: True for key in ("forwarded", "frequently_forwarded") if is_true(context.get(key))}
        if context.get("referred_product"):
            extras["referred_product"] = context["referred_product"]
    if raw.get("referral"):
        extras["referral"] = raw["referral"]
    return extras


def _text(part: Any, _raw: Object) -> Content | None:
    inner = object_of(part)
    body = inner.get("body") if inner is not None else part
    if body == "":
        return Content(MessageType.TEXT, "")
    text = text_of(body)
    return Content(MessageType.TEXT, text) if text else None


def _media(kind: MessageType) -> Callable[[Any, Object], Content | None]:
    return lambda part, raw: _read_media(kind, part, raw)


def _read_media(kind: MessageType, part: Any, raw: Object) -> Content | None:
    reason = reason_of(raw.get("errors"))
    details: dict[str, Any] = {"errors": raw["errors"], "reason": reason} if reason else {}
    inner = object_of(part)
    if inner is None:
        return Content(kind, _not_received(kind, reason), None, {**details, "raw": raw}) if reason else None
    named = {"id": "id", "mime_type": "mime_type", "sha256": "sha256", "name": "filename", "url": "url"}
    media: dict[str, Any] = {ours: text for ours, theirs in named.items() if (text := text_of(inner.get(theirs)))}
    url = media.get("url") or text_of(inner.get("link"))
    if url:
        media["url"] = url
    if kind is MessageType.AUDIO:
        media["voice"] = is_true(inner.get("voice"))
        kind = MessageType.VOICE if media["voice"] else kind
    if kind is MessageType.STICKER:
        details["animated"] = is_true(inner.get("animated"))
    text = text_of(inner.get("caption")) or ""
    if "id" in media or "url" in media:
        return Content(kind, text, media, details)
    return Content(kind, text or _not_received(kind, reason), media or None, {**details, "raw": raw})


def _not_received(kind: MessageType, reason: str | None) -> str:
    return f"{kind.value.capitalize()} not received" + (f": {reason}" if reason else "")


def _location(part: Any, _raw: Object) -> Content | None:
    place = object_of(part)
    if not place:
        return None
    lines = [text for key in ("name", "address") if (text := text_of(place.get(key)))]
    if not lines:
        numbers = [value for key in ("latitude", "longitude") if (value := place.get(key)) is not None]
        lines = [", ".join(map(str, numbers))] if len(numbers) == 2 else []
    if not lines:
        return None
    return Content(MessageType.LOCATION, "\n".join(lines), None, {"location": place})


def _contacts(part: Any, raw: Object) -> Content | None:
    cards = [card for card in map(object_of, list_of(part)) if card]
    if not cards:
        return None
    details: dict[str, Any] = {"contacts": cards}
    if raw.get("origin"):
        details["origin"] = raw["origin"]
    return Content(MessageType.CONTACTS, "\n".join(map(_contact_line, cards)), None, details)


def _contact_line(card: Object) -> str:
    """Write `Name: number, number` of a contact card; what its fields do not say, its vCard may."""
    name = object_of(card.get("name")) or {}
    vcard = text_of(card.get("vcard")) or ""
    called = text_of(name.get("formatted_name")) or text_of(name.get("first_name"))
    if called is None and (found := _FULL_NAME.search(vcard)):
        called = found[1]
    phones = [object_of(phone) or {} for phone in list_of(card.get("phones"))]
    numbers = [number for phone in phones if (number := text_of(phone.get("phone")) or text_of(phone.get("wa_id")))]
    numbers = numbers or _TELEPHONE.findall(vcard)
    return ": ".join(filter(None, [called, ", ".join(numbers)])) or "Contact"


def _interactive(part: Any, _raw: Object) -> Content | None:
    return read_interactive(object_of(part))


def _button(part: Any, _raw: Object) -> Content | None:
    button = object_of(part) or {}
    text = text_of(button.get("text")) or text_of(button.get("payload"))
    return Content(MessageType.INTERACTIVE, text, None, {"button": button}) if text else None


def _order(part: Any, _raw: Object) -> Content | None:
    order = object_of(part)
    if not order:
        return None
    products = [product for product in map(object_of, list_of(order.get("product_items"))) if product]
    lines = ["Order", *map(_product_line, products)]
    note = text_of(order.get("text"))
    return Content(MessageType.ORDER, "\n".join([note, *lines] if note else lines), None, {"order": order})


def _product_line(product: Object) -> str:
    price, currency = product.get("item_price"), text_of(product.get("currency"))
    line = f"{text_of(product.get('quantity')) or '?'} × {text_of(product.get('product_retailer_id')) or 'product'}"
    return f"{line} ({price} {currency})" if isinstance(price, str | int | float) and currency else line


def _template(part: Any, _raw: Object) -> Content | None:
    template = object_of(part) or {}
    name = text_of(template.get("name"))
    return Content(MessageType.TEMPLATE, name, None, {"template": template}) if name else None


def _request_welcome(_part: Any, raw: Object) -> Content:
    return unsupported(raw, "request_welcome", "Opened the chat for the first time")


def _media_placeholder(_part: Any, raw: Object) -> Content:
    return unsupported(raw, "media_placeholder", "Photo, video or file of the past, not handed over yet")


_READERS: dict[str, Callable[[Any, Object], Content | None]] = {
    "text": _text,
    "image": _media(MessageType.IMAGE),
    "video": _media(MessageType.VIDEO),
    "document": _media(MessageType.DOCUMENT),
    "sticker": _media(MessageType.STICKER),
    "audio": _media(MessageType.AUDIO),
    "voice": _media(MessageType.VOICE),
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "template": _template,
    "request_welcome": _request_welcome,
    "media_placeholder": _media_placeholder,
}
