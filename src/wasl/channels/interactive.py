"""What was chosen, filled in or allowed in an interactive message."""

from typing import Any

from wasl.channels.fields import Object, object_of, text_of
from wasl.channels.json_body import read_json
from wasl.domain.message import Content, MessageType

_MEANINGLESS_FORM_BODY = "Sent"  # What Meta writes when the form's author wrote nothing.
_FORM_KEYS_HIDDEN = {"flow_token"}


def read_interactive(part: Object | None) -> Content | None:
    """Read an answer to a button, list, form or call request, or an interactive message that the business sent.

    None when there is nothing to show.
    """
    if not part:
        return None
    kind = text_of(part.get("type")) or next(iter(part))
    answer = object_of(part.get(kind))
    details: dict[str, Any] = {"interactive": part}
    match kind:
        case "button_reply" | "list_reply":
            text = _choice(answer)
        case "nfm_reply":
            form = _form(answer)
            if form is not None:
                details["response"] = form
            text = _form_text(answer, form)
        case "call_permission_reply":
            text = _permission(answer)
        case _:
            text = text_of((object_of(part.get("body")) or {}).get("text"))
    return Content(MessageType.INTERACTIVE, text, None, details) if text else None


def _choice(answer: Object | None) -> str | None:
    if answer is None:
        return None
    title, description = text_of(answer.get("title")) or text_of(answer.get("id")), text_of(answer.get("description"))
    return f"{title}\n{description}" if title and description else title


def _form(answer: Object | None) -> Any:
    """Decode the answers, which come as JSON inside a string and need not be an object; None when they cannot be."""
    response = answer.get("response_json") if answer else None
    if not isinstance(response, str):
        return response
    try:
        return read_json(response)
    except ValueError:
        return None


def _form_text(answer: Object | None, form: Any) -> str:
    body = text_of(answer.get("body")) if answer else None
    lines = [body] if body and body != _MEANINGLESS_FORM_BODY else ["Form answered"]
    if isinstance(form, dict):
        lines += [
            f"{key}: {text}" for key, value in form.items() if key not in _FORM_KEYS_HIDDEN and (text := _plain(value))
        ]
    return "\n".join(lines)


def _plain(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(value)
    if isinstance(value, list):
        return ", ".join(filter(None, map(_plain, value)))
    return text_of(value)


def _permission(answer: Object | None) -> str | None:
    if answer is None:
        return None
    if text_of(answer.get("response")) == "reject":
        return "Calls not allowed"
    if text_of(answer.get("response")) != "accept":
        return None
    return "Calls allowed" + (" from now on" if answer.get("is_permanent") is True else "")
