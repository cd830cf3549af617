"""What Meta's Cloud API answers, and the providers that speak it: a send judged, files and templates read."""

from collections.abc import Mapping
from typing import Any

from wasl import limits
from wasl.channels.exchange import Answer, ProviderAway, pause_of
from wasl.channels.fields import Object, list_of, object_of, text_of
from wasl.channels.limits import TEMPLATE_PAGE_BYTES_MAX
from wasl.channels.meta_errors import ErrorClass, class_of, explain, first_error_of
from wasl.domain.sending import Accepted, NotSent, Refused, SendOutcome, Unclear
from wasl.domain.templates import Template

_WAITING = {ErrorClass.RETRY, ErrorClass.RETRY_SLOW, ErrorClass.PAIR}


def outcome_of(answer: Answer) -> SendOutcome:
    """Judge the answer to a send.

    Only Meta's own error object says no. An error page of something in between, or an answer that cannot be read, says
    nothing about the message.
    """
    said = answer.json()
    error = object_of(said.get("error"))
    code = code_of(error)
    if error and code is not None:
        return refusal_of(code, answer, error)
    if answer.ok:
        message_id = _message_id_of(said)
        return Accepted(message_id) if message_id else Unclear(f"an answer {answer.status} without a message id")
    return Unclear(f"an answer {answer.status} that is not WhatsApp's own")


def done_or_not(answer: Answer) -> SendOutcome:
    """Judge the answer to what names nothing: a read receipt, a typing indicator."""
    said = answer.json()
    error = object_of(said.get("error"))
    code = code_of(error)
    if error and code is not None:
        return refusal_of(code, answer, error)
    return Accepted("") if answer.ok else Unclear(f"an answer {answer.status} that is not WhatsApp's own")


def code_of(error: Object | None) -> int | None:
    """The code of Meta's error object; None when there is none."""
    code = text_of(error.get("code")) if error else None
    return int(code) if code and code.isdecimal() and len(code) < 10 else None


def refusal_of(code: int, answer: Answer, error: Object) -> NotSent | Refused | Unclear:
    """What an error object means for whatever was asked."""
    error_class = class_of(code, answer.status)
    if answer.status == 429 and error_class not in _WAITING:
        error_class = ErrorClass.RETRY_SLOW
    _, sentence = first_error_of([error])
    sentence = sentence or explain(str(code), None) or f"WhatsApp refused the message (code {code})."
    match error_class:
        case ErrorClass.UNCLEAR:
            return Unclear(f"WhatsApp reports failure {code} and does not say of what")
        case ErrorClass.WINDOW | ErrorClass.TEMPLATE | ErrorClass.PERMANENT:
            return Refused(str(code), sentence)
        case ErrorClass.AUTH | ErrorClass.CONFIG:
            return NotSent(
                str(code), sentence, limits.SEND_HELD_RETRY_SECONDS, holds="channel", counts_as_attempt=False
            )
        case ErrorClass.PAIR:
            pause = pause_of(limits.SEND_PAIR_RETRY_SECONDS, answer.headers)
            return NotSent(str(code), sentence, pause, growth=limits.SEND_PAIR_RETRY_GROWTH)
        case ErrorClass.RETRY_SLOW:
            pause = pause_of(limits.SEND_LIMITED_RETRY_SECONDS, answer.headers)
            return NotSent(str(code), sentence, pause, holds="channel")
        case ErrorClass.RETRY:
            return NotSent(
                str(code), sentence, pause_of(limits.SEND_BUSY_RETRY_SECONDS, answer.headers), holds="channel"
            )


def page_of(answer: Answer, *names: str) -> list[Any]:
    """The list that stands under one of these names in an answer. Raises ProviderAway for everything else.

    A page for people, or a list that was cut, holds nothing that can be read either, and says nothing of what there is.
    """
    if not answer.ok:
        raise ProviderAway(NotSent(f"http_{answer.status}", "The provider did not list the templates.", 60.0))
    if len(answer.body) > TEMPLATE_PAGE_BYTES_MAX:
        raise ProviderAway(NotSent("page_too_long", "A page of the list of templates has no end.", 60.0))
    said = answer.json()
    found = next((said[name] for name in names if isinstance(said.get(name), list)), None)
    if found is None:
        raise ProviderAway(NotSent("no_list", "The provider's answer is no list of templates.", 60.0))
    return list(found)


def templates_of(page: list[Any]) -> list[Template]:
    """Read one page of a list of templates; what has no name or language cannot be sent and is left out."""
    found = (_template_of(raw) for raw in map(object_of, page) if raw)
    return [template for template in found if template is not None]


def _template_of(raw: Object) -> Template | None:
    name, language = text_of(raw.get("name")), text_of(raw.get("language"))
    if not name or not language:
        return None
    score = object_of(raw.get("quality_score")) or {}
    quality = (text_of(score.get("score")) or "").lower()
    components: list[Mapping[str, Any]] = [part for part in map(object_of, list_of(raw.get("components"))) if part]
    return Template(
        name=name,
        language=language,
        category=(text_of(raw.get("category")) or "").lower(),
        status=(text_of(raw.get("status")) or "unknown").lower(),
        quality=quality if quality in ("green", "yellow", "red") else None,
        components=components,
    )


def _message_id_of(said: Object) -> str | None:
    messages = (object_of(message) or {} for message in list_of(said.get("messages")))
    return next(filter(None, (text_of(message.get("id")) for message in messages)), None)
