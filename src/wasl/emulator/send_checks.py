"""Checks a send as Meta does, before anything is accepted.

The bounds stand here and not in `limits.py` because they are Meta's: a wrong number on our side must not be
mirrored by the judge.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wasl.emulator.interactive_checks import check_interactive
from wasl.emulator.numbers import PHONE, digits_of
from wasl.emulator.refusals import Refusal, invalid, missing, unfit
from wasl.emulator.shapes import a_flag, a_list, a_number, a_text, an_object, known_keys

TEXT_CHARACTERS_MAX = 4096
CAPTION_CHARACTERS_MAX = 1024
CALLBACK_DATA_CHARACTERS_MAX = 512
BUSINESS_SCOPED_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
LINK = re.compile(r"https?://[^\s/]+.*")


@dataclass(frozen=True, slots=True)
class Send:
    """A send that has the right shape. `recipient` is digits or a business-scoped id; `input` what was written."""

    type: str
    content: Any
    recipient: str
    input: str
    by_business_scoped_id: bool
    context_id: str | None
    callback_data: str | None
    body: dict[str, Any]


def check_send(body: object) -> Send:
    """Return the send, or raise Refusal with code 100, 131008 or 131009 and what is wrong in its details."""
    body = an_object(body, "body")
    if "messaging_product" not in body:
        raise Refusal(100, "The parameter messaging_product is required.")
    if body["messaging_product"] != "whatsapp":
        raise unfit("messaging_product", "'whatsapp'")
    if body.get("recipient_type", "individual") != "individual":
        raise unfit("recipient_type", "'individual': this number has no groups")
    written, recipient = _recipient(body)
    kind = a_text(body, "type", usual="text")
    if kind not in CHECKS:
        raise unfit("type", f"one of {{{', '.join(sorted(CHECKS)).upper()}}}")
    if body.get(kind) is None:
        raise missing(kind)
    CHECKS[kind](body[kind])
    context = an_object(body["context"], "context") if body.get("context") is not None else {}
    return Send(
        type=kind,
        content=body[kind],
        recipient=recipient,
        input=written,
        by_business_scoped_id=body.get("to") is None,
        context_id=a_text(context, "message_id", "context") if context else None,
        callback_data=_callback_data(body),
        body=body,
    )


def _recipient(body: dict[str, Any]) -> tuple[str, str]:
    # With both, Meta takes `to`.
    if body.get("to") is not None:
        written = a_text(body, "to")
        if not PHONE.fullmatch(digits_of(written)):
            raise invalid("to", "it is not a phone number with its country code")
        return written, digits_of(written)
    if body.get("recipient") is not None:
        written = a_text(body, "recipient")
        if not BUSINESS_SCOPED_ID.fullmatch(written):
            raise invalid("recipient", "it is not a business-scoped user id")
        return written, written
    raise missing("to")


def _callback_data(body: dict[str, Any]) -> str | None:
    if body.get("biz_opaque_callback_data") is None:
        return None
    return a_text(body, "biz_opaque_callback_data", most=CALLBACK_DATA_CHARACTERS_MAX)


def _text(value: object) -> None:
    text = an_object(value, "text")
    known_keys(text, "text", {"body", "preview_url"})
    a_text(text, "body", "text", most=TEXT_CHARACTERS_MAX, empty=False)
    a_flag(text, "preview_url", "text")


def _media(kind: str, *, also: set[str]) -> Callable[[object], None]:
    def check(value: object) -> None:
        media = an_object(value, kind)
        known_keys(media, kind, {"id", "link", "provider"} | also)
        if ("id" in media) == ("link" in media):
            raise Refusal(100, f"Param {kind} must have either id or link.")
        if "link" in media and not LINK.fullmatch(a_text(media, "link", kind)):
            raise unfit(f"{kind}['link']", "a web address")
        a_text(media, "id", kind, usual="")
        a_text(media, "caption", kind, usual="", most=CAPTION_CHARACTERS_MAX)
        a_text(media, "filename", kind, usual="")
        a_flag(media, "voice", kind)

    return check


def _location(value: object) -> None:
    place = an_object(value, "location")
    known_keys(place, "location", {"latitude", "longitude", "name", "address"})
    for name, most in (("latitude", 90), ("longitude", 180)):
        if not -most <= a_number(place, name, "location") <= most:
            raise invalid(f"location['{name}']", f"it must lie between -{most} and {most}")


def _contacts(value: object) -> None:
    for index, card in enumerate(a_list(value, "contacts", most=257)):
        name = an_object(card, f"contacts[{index}]").get("name")
        if name is None:
            raise missing(f"contacts[{index}]['name']")
        name = an_object(name, f"contacts[{index}]['name']")
        a_text(name, "formatted_name", f"contacts[{index}]['name']", empty=False)
        if not set(name) & {"first_name", "last_name", "middle_name", "suffix", "prefix"}:
            raise missing(f"contacts[{index}]['name']['first_name'] (or another part of the name)")


def _reaction(value: object) -> None:
    reaction = an_object(value, "reaction")
    a_text(reaction, "message_id", "reaction", empty=False)
    a_text(reaction, "emoji", "reaction")


def _template(value: object) -> None:
    template = an_object(value, "template")
    a_text(template, "name", "template", empty=False)
    if "language" not in template:
        raise missing("template['language']")
    a_text(an_object(template["language"], "template['language']"), "code", "template['language']", empty=False)
    if template.get("components"):
        for component in a_list(template["components"], "template['components']", most=20):
            a_text(an_object(component, "template['components']"), "type", "template['components']")


CHECKS: dict[str, Callable[[object], None]] = {
    "text": _text,
    "image": _media("image", also={"caption"}),
    "video": _media("video", also={"caption"}),
    "audio": _media("audio", also={"voice"}),
    "document": _media("document", also={"caption", "filename"}),
    "sticker": _media("sticker", also=set()),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": check_interactive,
    "template": _template,
}
