"""Checks a template's send against the template, as Meta does: it exists, is approved, and every gap is filled."""

import re
from collections.abc import Sequence
from typing import Any

from wasl.emulator.refusals import Refusal
from wasl.emulator.templates import Template, Templates

BODY_CHARACTERS_MAX = 1024
_GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_STATUS_CODES = {"PAUSED": 132015, "DISABLED": 132016}


def refuse_unfit_template(templates: Templates, business_account_id: str, content: dict[str, Any]) -> None:
    """Raise Refusal when Meta would not take this send of a template; `content` has the right shape already."""
    name, language = content["name"], content["language"]["code"]
    template = templates.find(business_account_id, name, language)
    if template is None:
        raise Refusal(132001, f"template name ({name}) does not exist in {language}")
    status = str(template["status"]).upper()
    if status != "APPROVED":
        raise Refusal(_STATUS_CODES.get(status, 132001), f"template name ({name}) is {status.lower()} in {language}")
    given = [part for part in content.get("components") or [] if isinstance(part, dict)]
    parts = {str(part.get("type")).upper(): part for part in template.get("components") or []}
    _header(parts.get("HEADER"), _parameters(given, "header"))
    _text(parts.get("BODY"), _parameters(given, "body"), "body")
    _buttons(parts.get("BUTTONS"), given)


def _parameters(given: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    found = [part.get("parameters") or [] for part in given if str(part.get("type")).lower() == kind]
    return [one for part in found for one in part if isinstance(one, dict)]


def _header(header: Template | None, given: list[dict[str, Any]]) -> None:
    wanted = str((header or {}).get("format") or "TEXT").lower()
    if header is None or wanted == "text":
        _text(header, given, "header")
        return
    found = str(given[0].get("type")) if given else "unknown"
    if len(given) != 1 or found != wanted or not isinstance(given[0].get(wanted), dict):
        raise Refusal(132012, f"header: Format mismatch, expected {wanted.upper()}, received {found.upper()}")


def _text(part: Template | None, given: list[dict[str, Any]], name: str) -> None:
    text = str((part or {}).get("text") or "")
    gaps = list(dict.fromkeys(_GAP.findall(text)))
    if len(given) != len(gaps):
        raise Refusal(132000, f"{name}: number of localizable_params ({len(given)}) does not match {len(gaps)}")
    named = [gap for gap in gaps if not gap.isdecimal()]
    if named and {one.get("parameter_name") for one in given} != set(named):
        raise Refusal(132012, f"{name}: the names of the parameters do not match {', '.join(named)}")
    values = [str(one.get("text") or "") for one in given]
    if not all(values):
        raise Refusal(132012, f"{name}: a parameter has no text")
    if len(_GAP.sub("", text)) + sum(map(len, values)) > BODY_CHARACTERS_MAX:
        raise Refusal(132005, f"{name}: the text is longer than {BODY_CHARACTERS_MAX} characters")


def _buttons(part: Template | None, given: Sequence[dict[str, Any]]) -> None:
    buttons = [one for one in given if str(one.get("type")).lower() == "button"]
    filled = {str(one.get("index")) for one in buttons if one.get("parameters")}
    for place, button in enumerate((part or {}).get("buttons") or []):
        kind = str(button.get("type")).upper()
        wants = kind == "COPY_CODE" or (kind == "URL" and bool(_GAP.search(str(button.get("url") or ""))))
        if wants and str(place) not in filled:
            raise Refusal(131008, f"buttons: Button at index {place} of type {kind.title()} requires a parameter")
        if not wants and kind == "URL" and str(place) in filled:
            raise Refusal(132000, f"buttons: Button at index {place} of type Url does not require parameters")
