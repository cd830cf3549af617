"""What operators may send: content of every kind, checked before anything is queued.

Bounds are WhatsApp's (Meta, "Send messages" and the message API reference).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wasl.domain.channels import Capabilities
from wasl.domain.message import Content, MessageType

BUTTONS_MAX, BUTTON_CHARACTERS_MAX = 3, 20
ROWS_MAX, ROW_CHARACTERS_MAX, ROW_ABOUT_CHARACTERS_MAX = 10, 24, 72
INTERACTIVE_BODY_CHARACTERS_MAX, FOOTER_CHARACTERS_MAX, HEADER_CHARACTERS_MAX = 1024, 60, 60
CARDS_MAX = 20
HEADER_FILES = frozenset(("image", "video", "document"))


class Unfit(ValueError):
    """It cannot be sent like this. `code` is for machines, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Button:
    """One of a few answers to tap."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class ListRow:
    """One of several answers behind a button."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An interactive message. `kind` is `button`, `list` or `cta_url`."""

    kind: str
    body: str
    header: str = ""
    footer: str = ""
    buttons: Sequence[Button] = ()
    list_button: str = ""
    sections: Sequence[tuple[str, Sequence[ListRow]]] = ()
    link_text: str = ""
    link: str = ""
    header_file: str = ""
    """The kind of the file that it begins with, in the place of a header: `image`, `video` or `document`."""


def location(latitude: float, longitude: float, name: str = "", address: str = "") -> Content:
    """A place. Raises Unfit for one that is on no map."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Unfit("unfit_content", "A latitude lies between -90 and 90, a longitude between -180 and 180.")
    place: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
    place |= {key: text for key, text in (("name", name), ("address", address)) if text}
    text = "\n".join(filter(None, (name, address))) or f"{latitude}, {longitude}"
    return Content(MessageType.LOCATION, text, None, {"location": place})


def contact_cards(cards: Sequence[Mapping[str, Any]]) -> Content:
    """People's cards, in Meta's shape. Raises Unfit."""
    if not 1 <= len(cards) <= CARDS_MAX:
        raise Unfit("unfit_content", f"A message holds 1 to {CARDS_MAX} contacts.")
    lines = []
    for card in cards:
        name = card.get("name") or {}
        called = str(name.get("formatted_name") or "").strip()
        if not called:
            raise Unfit("unfit_content", "A contact needs a name.")
        phones = [str(phone.get("phone") or "") for phone in card.get("phones") or ()]
        lines.append(": ".join(filter(None, (called, ", ".join(filter(None, phones))))))
    # Meta wants one more part of a name beside the whole.
    whole = [_named(card) for card in cards]
    return Content(MessageType.CONTACTS, "\n".join(lines), None, {"contacts": whole})


def choice(asked: Choice) -> Content:
    """Buttons, a list or a link, in Meta's shape. Raises Unfit."""
    _within("body", asked.body, INTERACTIVE_BODY_CHARACTERS_MAX, needed=True)
    _within("header", asked.header, HEADER_CHARACTERS_MAX)
    _within("footer", asked.footer, FOOTER_CHARACTERS_MAX)
    match asked.kind:
        case "button":
            action = _buttons(asked.buttons)
        case "list":
            action = _list(asked)
        case "cta_url":
            action = _link(asked)
        case _:
            raise Unfit("unfit_content", "An interactive message has buttons, a list or a link.")
    interactive: dict[str, Any] = {"type": asked.kind, "body": {"text": asked.body}, "action": action}
    if asked.header_file:
        # Which file it is stands in the message's media; a list shows none.
        if asked.header or asked.kind == "list" or asked.header_file not in HEADER_FILES:
            raise Unfit("unfit_content", "Buttons and links begin with a text, a picture, a video or a document.")
        interactive["header"] = {"type": asked.header_file}
    elif asked.header:
        interactive["header"] = {"type": "text", "text": asked.header}
    if asked.footer:
        interactive["footer"] = {"text": asked.footer}
    return Content(MessageType.INTERACTIVE, asked.body, None, {"interactive": interactive})


def require(capabilities: Capabilities, content: Content, title: str, *, quoting: bool = False) -> None:
    """Raises Unfit when a provider cannot take this kind of message, or one that quotes another."""
    if quoting and not capabilities.quotes:
        raise Unfit("not_supported", f"{title} does not take replies that quote a message.")
    if content.type not in capabilities.kinds:
        raise Unfit("not_supported", f"{title} does not take messages of the kind “{content.type.value}”.")
    kind = content.details.get("interactive", {}).get("type") if content.type is MessageType.INTERACTIVE else None
    if kind and kind not in capabilities.interactive:
        raise Unfit("not_supported", f"{title} does not take interactive messages of the kind “{kind}”.")


def _named(card: Mapping[str, Any]) -> dict[str, Any]:
    name = dict(card["name"])
    if not any(name.get(key) for key in ("first_name", "last_name", "middle_name", "prefix", "suffix")):
        name["first_name"] = name["formatted_name"]
    return {**card, "name": name}


def _buttons(buttons: Sequence[Button]) -> dict[str, Any]:
    if not 1 <= len(buttons) <= BUTTONS_MAX:
        raise Unfit("unfit_content", f"A message has 1 to {BUTTONS_MAX} buttons.")
    for button in buttons:
        _within("button", button.title, BUTTON_CHARACTERS_MAX, needed=True)
    _all_different("buttons", [button.title for button in buttons], [button.id for button in buttons])
    return {"buttons": [{"type": "reply", "reply": {"id": b.id, "title": b.title}} for b in buttons]}


def _list(asked: Choice) -> dict[str, Any]:
    _within("button", asked.list_button, BUTTON_CHARACTERS_MAX, needed=True)
    rows = [row for _, section in asked.sections for row in section]
    if not 1 <= len(rows) <= ROWS_MAX:
        raise Unfit("unfit_content", f"A list has 1 to {ROWS_MAX} rows.")
    for row in rows:
        _within("row", row.title, ROW_CHARACTERS_MAX, needed=True)
        _within("row's description", row.description, ROW_ABOUT_CHARACTERS_MAX)
    _all_different("rows", [], [row.id for row in rows])
    if len(asked.sections) > 1 and not all(title for title, _ in asked.sections):
        raise Unfit("unfit_content", "Where there are several sections, each needs a title.")
    sections = []
    for title, section in asked.sections:
        _within("section's title", title, ROW_CHARACTERS_MAX)
        told = [
            {"id": row.id, "title": row.title, **({"description": row.description} if row.description else {})}
            for row in section
        ]
        sections.append({**({"title": title} if title else {}), "rows": told})
    return {"button": asked.list_button, "sections": sections}


def _link(asked: Choice) -> dict[str, Any]:
    _within("button", asked.link_text, BUTTON_CHARACTERS_MAX, needed=True)
    if not asked.link.startswith(("https://", "http://")):
        raise Unfit("unfit_content", "A link begins with https://.")
    return {"name": "cta_url", "parameters": {"display_text": asked.link_text, "url": asked.link}}


def _within(what: str, text: str, most: int, *, needed: bool = False) -> None:
    if needed and not text.strip():
        raise Unfit("unfit_content", f"The {what} is empty.")
    if len(text) > most:
        raise Unfit("unfit_content", f"The {what} has at most {most} characters.")


def _all_different(what: str, titles: Sequence[str], ids: Sequence[str]) -> None:
    if len(set(titles)) != len(titles) or len(set(ids)) != len(ids) or not all(ids):
        raise Unfit("unfit_content", f"The {what} must differ from each other.")
