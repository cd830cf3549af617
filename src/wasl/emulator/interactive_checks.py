"""Checks interactive sends: buttons, lists, links, requests."""

from typing import Any

from wasl.emulator.refusals import Refusal, missing, unfit
from wasl.emulator.shapes import a_list, a_text, an_object

BODY_CHARACTERS_MAX = 1024
LIST_BODY_CHARACTERS_MAX = 4096
FOOTER_CHARACTERS_MAX = 60
HEADER_CHARACTERS_MAX = 60
BUTTONS_MAX = 3
BUTTON_TITLE_CHARACTERS_MAX = 20
BUTTON_ID_CHARACTERS_MAX = 256
SECTIONS_MAX = 10
ROWS_MAX = 10
ROW_TITLE_CHARACTERS_MAX = 24
ROW_DESCRIPTION_CHARACTERS_MAX = 72
ROW_ID_CHARACTERS_MAX = 200
LINK_TEXT_CHARACTERS_MAX = 20

# The types whose action the emulator only asks to be there.
OTHER_TYPES = {
    "address_message",
    "call_permission_request",
    "catalog_message",
    "flow",
    "order_details",
    "order_status",
    "product",
    "product_list",
    "voice_call",
}
TYPES = {"button", "list", "cta_url", "location_request_message"} | OTHER_TYPES


def check_interactive(value: object) -> None:
    interactive = an_object(value, "interactive")
    kind = a_text(interactive, "type", "interactive")
    if kind not in TYPES:
        raise unfit("interactive['type']", f"one of {{{', '.join(sorted(TYPES))}}}")
    if kind not in ("product", "call_permission_request", "voice_call"):
        most = LIST_BODY_CHARACTERS_MAX if kind == "list" else BODY_CHARACTERS_MAX
        _part(interactive, "body", most)
    if interactive.get("footer") is not None:
        _part(interactive, "footer", FOOTER_CHARACTERS_MAX)
    if interactive.get("header") is not None:
        _header(an_object(interactive["header"], "interactive['header']"))
    if "action" not in interactive:
        raise missing("interactive['action']")
    action = an_object(interactive["action"], "interactive['action']")
    if kind == "button":
        _buttons(action)
    elif kind == "list":
        _rows(action)
    elif kind == "cta_url":
        _link(action)
    elif kind == "location_request_message" and action.get("name") != "send_location":
        raise unfit("interactive['action']['name']", "'send_location'")


def _part(interactive: dict[str, Any], part: str, most: int) -> None:
    name = f"interactive['{part}']"
    if part not in interactive:
        raise missing(name)
    a_text(an_object(interactive[part], name), "text", name, most=most, empty=False)


def _header(header: dict[str, Any]) -> None:
    kind = a_text(header, "type", "interactive['header']")
    if kind == "text":
        a_text(header, "text", "interactive['header']", most=HEADER_CHARACTERS_MAX, empty=False)
    elif kind not in ("image", "video", "document"):
        raise unfit("interactive['header']['type']", "one of {text, image, video, document}")
    elif kind not in header:
        raise missing(f"interactive['header']['{kind}']")


def _buttons(action: dict[str, Any]) -> None:
    name = "interactive['action']['buttons']"
    if "buttons" not in action:
        raise missing(name)
    ids, titles = set(), set()
    buttons = a_list(action["buttons"], name, most=BUTTONS_MAX)
    for button in buttons:
        if an_object(button, name).get("type") != "reply":
            raise unfit(f"{name}['type']", "'reply'")
        reply = an_object(button.get("reply"), f"{name}['reply']")
        ids.add(a_text(reply, "id", f"{name}['reply']", most=BUTTON_ID_CHARACTERS_MAX, empty=False))
        titles.add(a_text(reply, "title", f"{name}['reply']", most=BUTTON_TITLE_CHARACTERS_MAX, empty=False))
    if len(ids) < len(buttons) or len(titles) < len(buttons):
        raise Refusal(131009, "Buttons must have different ids and different titles.")


def _rows(action: dict[str, Any]) -> None:
    name = "interactive['action']['sections']"
    a_text(action, "button", "interactive['action']", most=BUTTON_TITLE_CHARACTERS_MAX, empty=False)
    if "sections" not in action:
        raise missing(name)
    sections = a_list(action["sections"], name, most=SECTIONS_MAX)
    ids: list[str] = []
    for section in sections:
        if len(sections) > 1:
            a_text(an_object(section, name), "title", name, most=ROW_TITLE_CHARACTERS_MAX, empty=False)
        for row in a_list(an_object(section, name).get("rows"), f"{name}['rows']", most=ROWS_MAX):
            ids.append(a_text(an_object(row, name), "id", f"{name}['rows']", most=ROW_ID_CHARACTERS_MAX, empty=False))
            a_text(row, "title", f"{name}['rows']", most=ROW_TITLE_CHARACTERS_MAX, empty=False)
            a_text(row, "description", f"{name}['rows']", usual="", most=ROW_DESCRIPTION_CHARACTERS_MAX)
    if len(ids) > ROWS_MAX:
        raise Refusal(131009, f"All sections together may have {ROWS_MAX} rows.")
    if len(set(ids)) < len(ids):
        raise Refusal(131009, "Rows must have different ids.")


def _link(action: dict[str, Any]) -> None:
    name = "interactive['action']['parameters']"
    if action.get("name") != "cta_url":
        raise unfit("interactive['action']['name']", "'cta_url'")
    parameters = an_object(action.get("parameters"), name)
    a_text(parameters, "display_text", name, most=LINK_TEXT_CHARACTERS_MAX, empty=False)
    a_text(parameters, "url", name, empty=False)
