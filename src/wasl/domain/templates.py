"""Message templates: texts that the provider approved, with gaps, and what a send must fill in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_GAP = re.compile(r"\{\{\s*([0-9]+|[a-z][a-z0-9_]*)\s*\}\}")
_FILE_FORMATS = ("IMAGE", "VIDEO", "DOCUMENT")
_FILLED_PARTS = frozenset(("HEADER", "BODY", "FOOTER", "BUTTONS"))
_FILLED_BUTTONS = frozenset(("URL", "COPY_CODE", "QUICK_REPLY", "PHONE_NUMBER", "REQUEST_CONTACT_INFO"))
FILLED_CHARACTERS_MAX = 1024
"""Meta, "Templates": the body with its values; more is refused with 132005."""


@dataclass(frozen=True, slots=True)
class Template:
    """One of a channel, in one language. `components` is as Meta describes templates; words are in lower case.

    `status` is `approved`, `pending`, `rejected`, `paused` or `disabled`; `quality` is `green`, `yellow`, `red` or
    None.
    """

    name: str
    language: str
    category: str
    status: str
    quality: str | None
    components: Sequence[Mapping[str, Any]]

    @property
    def usable(self) -> bool:
        return self.status == "approved" and self.fillable

    @property
    def fillable(self) -> bool:
        """Whether a send can say all that the template wants: of carousels, offers and forms it cannot."""
        parts = {str(part.get("type", "")).upper() for part in self.components}
        buttons = {str(button.get("type", "")).upper() for button in self.buttons}
        known_header = self.header_format in (None, "TEXT", *_FILE_FORMATS)
        return known_header and parts <= _FILLED_PARTS and buttons <= _FILLED_BUTTONS

    def component(self, word: str) -> Mapping[str, Any] | None:
        """Its `HEADER`, `BODY`, `FOOTER` or `BUTTONS`."""
        return next((part for part in self.components if str(part.get("type", "")).upper() == word), None)

    @property
    def header_format(self) -> str | None:
        """`TEXT`, `IMAGE`, `VIDEO`, `DOCUMENT`, `LOCATION` or None."""
        header = self.component("HEADER")
        return str(header.get("format") or "TEXT").upper() if header is not None else None

    @property
    def wants_file(self) -> str | None:
        """The kind of file that its header shows: `image`, `video`, `document` or None."""
        found = self.header_format
        return found.lower() if found in _FILE_FORMATS else None

    def gaps(self, word: str) -> list[str]:
        """The names of the gaps in its `HEADER` or `BODY`, in order, each once: numbers, or names."""
        part = self.component(word)
        return list(dict.fromkeys(_GAP.findall(str(part.get("text") or "")))) if part is not None else []

    @property
    def buttons(self) -> list[Mapping[str, Any]]:
        part = self.component("BUTTONS")
        return list(part.get("buttons") or ()) if part is not None else []


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its gaps filled in; a gap without a value stays as it is."""
    return _GAP.sub(lambda gap: values.get(gap[1], gap[0]), text)


class WrongValues(ValueError):
    """Values that do not fill a template: the sentence is for people."""

    gaps: Sequence[str] = ()
    """Those that stay open, as `body 1` or `header customer_name`."""


class MissingValues(WrongValues):
    """Gaps that a send leaves open."""

    def __init__(self, gaps: Sequence[str]) -> None:
        super().__init__(f"The template needs values for: {', '.join(gaps)}.")
        self.gaps = list(gaps)


@dataclass(frozen=True, slots=True)
class Values:
    """What fills a template: gap → value for header and body, the button's place → value for buttons."""

    header: Mapping[str, str]
    body: Mapping[str, str]
    buttons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """A template ready to go: `components` as a send names them, without the file, and what the customer will see."""

    components: list[dict[str, Any]]
    preview: dict[str, Any]


def fill(template: Template, values: Values) -> Filled:
    """Put values into a template. Raises MissingValues, naming every gap that stays open, and WrongValues for one
    that there is not, or when the text becomes too long."""
    _refuse_strangers(template, values)
    missing: list[str] = []
    components = [
        *_header_component(template, values.header, missing),
        *_text_component(template, "BODY", values.body, missing),
        *_button_components(template, values.buttons, missing),
    ]
    if missing:
        raise MissingValues(missing)
    preview = _preview(template, values)
    if len(preview["body"]) > FILLED_CHARACTERS_MAX:
        raise WrongValues(f"With its values the text of the template has more than {FILLED_CHARACTERS_MAX} characters.")
    return Filled(components, preview)


def described(template: Template) -> dict[str, Any]:
    """A template as the API shows it: what it says, where its gaps are, and whether it can be sent now."""
    header, body, footer = (template.component(word) for word in ("HEADER", "BODY", "FOOTER"))
    return {
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
        "quality": template.quality,
        "usable": template.usable,
        "wants_file": template.wants_file,
        "header": {"format": template.header_format, **_text_and_gaps(template, "HEADER")} if header else None,
        "body": _text_and_gaps(template, "BODY") if body else {"text": "", "gaps": []},
        "footer": str(footer.get("text") or "") if footer else None,
        "buttons": [
            {
                "type": str(button.get("type", "")).lower(),
                "text": str(button.get("text") or ""),
                "url": str(button["url"]) if button.get("url") else None,
                "gap": button_gap(button),
            }
            for button in template.buttons
        ],
    }


def _text_and_gaps(template: Template, word: str) -> dict[str, Any]:
    part = template.component(word) or {}
    return {"text": str(part.get("text") or ""), "gaps": template.gaps(word)}


def _refuse_strangers(template: Template, values: Values) -> None:
    strange = [f"header {gap}" for gap in values.header if gap not in template.gaps("HEADER")]
    strange += [f"body {gap}" for gap in values.body if gap not in template.gaps("BODY")]
    places = {str(place) for place, button in enumerate(template.buttons) if button_gap(button)}
    strange += [f"button {place}" for place in values.buttons if place not in places]
    if strange:
        raise WrongValues(f"The template has no gap for: {', '.join(strange)}.")


def _header_component(template: Template, values: Mapping[str, str], missing: list[str]) -> list[dict[str, Any]]:
    word = template.wants_file
    if word:
        return [{"type": "header", "parameters": [{"type": word}]}]
    return _text_component(template, "HEADER", values, missing)


def _text_component(
    template: Template, word: str, values: Mapping[str, str], missing: list[str]
) -> list[dict[str, Any]]:
    gaps = template.gaps(word)
    missing += [f"{word.lower()} {gap}" for gap in gaps if not values.get(gap, "").strip()]
    parameters = [_parameter(gap, values.get(gap, "")) for gap in gaps]
    return [{"type": word.lower(), "parameters": parameters}] if parameters else []


def _parameter(gap: str, value: str) -> dict[str, Any]:
    named = {} if gap.isdecimal() else {"parameter_name": gap}
    return {"type": "text", **named, "text": value}


def _button_components(template: Template, values: Mapping[str, str], missing: list[str]) -> list[dict[str, Any]]:
    made = []
    for place, button in enumerate(template.buttons):
        if not button_gap(button):
            continue
        value = values.get(str(place), "").strip()
        if not value:
            missing.append(f"button {place + 1}")
        if str(button.get("type", "")).upper() == "COPY_CODE":
            sub_type, parameter = "copy_code", {"type": "coupon_code", "coupon_code": value}
        else:
            sub_type, parameter = "url", {"type": "text", "text": value}
        made.append({"type": "button", "sub_type": sub_type, "index": str(place), "parameters": [parameter]})
    return made


def button_gap(button: Mapping[str, Any]) -> bool:
    """Whether a button needs a value: the end of its address, or the code that it copies."""
    word = str(button.get("type", "")).upper()
    return word == "COPY_CODE" or (word == "URL" and bool(_GAP.search(str(button.get("url") or ""))))


def _preview(template: Template, values: Values) -> dict[str, Any]:
    header, body, footer = (template.component(word) for word in ("HEADER", "BODY", "FOOTER"))
    header_text = filled(str(header.get("text") or ""), values.header) if header is not None else ""
    return {
        "header": {"format": template.header_format, "text": header_text or None} if header is not None else None,
        "body": filled(str(body.get("text") or ""), values.body) if body is not None else "",
        "footer": footer.get("text") if footer is not None else None,
        "buttons": [
            {"type": str(button.get("type", "")).lower(), "text": button.get("text")} for button in template.buttons
        ],
    }
