"""Meta's error codes: what a sender may do about each, and a sentence for the operator."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wasl.channels.fields import Object, list_of, object_of, text_of


class ErrorClass(StrEnum):
    """What may be done about an error."""

    RETRY = "retry"
    """Not taken this time: try again soon."""
    RETRY_SLOW = "retry_slow"
    """A limit of the whole account: everything of the channel waits for minutes."""
    PAIR = "pair"
    """Too much to this one person: only their messages wait."""
    WINDOW = "window"
    """More than 24 hours since the customer wrote: only a template may be sent."""
    AUTH = "auth"
    """The access token is no longer good: the channel waits for an administrator."""
    CONFIG = "config"
    """The account or number is held up: the channel waits for an administrator."""
    TEMPLATE = "template"
    """One template or flow cannot be used; everything else goes on."""
    PERMANENT = "permanent"
    """This message will never be taken."""
    UNCLEAR = "unclear"
    """Meta itself does not know what became of it."""


@dataclass(frozen=True, slots=True)
class MetaError:
    """One code: its class, and what an operator should know."""

    error_class: ErrorClass
    sentence: str


_REFUSED = "WhatsApp refuses the channel's access token. An administrator must enter a new one."
_PERMISSION = "The channel's access token lacks a permission. An administrator must grant it."
_OVERLOADED = "WhatsApp is overloaded at the moment."
_REGISTER = "The business number must be registered with WhatsApp again."
_PIN = "WhatsApp does not accept the PIN of the business number."
_TEMPLATE_FORM = "The template's values do not fit its form."

META_ERRORS: Mapping[int, MetaError] = {
    code: MetaError(error_class, sentence)
    for error_class, sentences in {
        ErrorClass.RETRY: {
            1: "WhatsApp could not handle the request.",
            2: "WhatsApp is not available at the moment.",
            130429: "More messages were sent than this business number may send per second.",
            131016: "WhatsApp is not available at the moment.",
            133004: _OVERLOADED,
        },
        ErrorClass.RETRY_SLOW: {
            4: "The app made more calls than WhatsApp allows in an hour.",
            80007: "The business account made more calls than WhatsApp allows in an hour.",
            131057: "WhatsApp is raising the limits of this number and takes no messages meanwhile.",
            133015: "The number was removed only just now; WhatsApp takes some minutes.",
            133016: "The number was registered and removed too often.",
            134101: "The template is new and not ready yet.",
            2593107: "The history of the phone was asked for too often.",
        },
        ErrorClass.PAIR: {131056: "Too many messages to this customer in a short time."},
        ErrorClass.WINDOW: {
            131047: "The customer last wrote more than 24 hours ago. Only a template message can be sent now.",
        },
        ErrorClass.AUTH: {
            0: _REFUSED,
            3: _PERMISSION,
            10: _PERMISSION,
            190: _REFUSED,
            **dict.fromkeys(range(200, 300), _PERMISSION),
            131005: _PERMISSION,
        },
        ErrorClass.CONFIG: {
            33: "The business number no longer exists at WhatsApp.",
            368: "WhatsApp has blocked the business account for breaking its rules.",
            131031: "WhatsApp has locked the business account.",
            131037: "WhatsApp has not approved the display name of the business yet.",
            131042: "WhatsApp cannot charge the business account; its payment method needs attention.",
            131045: _REGISTER,
            131048: "Too many customers blocked or reported this number; WhatsApp limits what it may send.",
            133000: _REGISTER,
            133005: _PIN,
            133006: _REGISTER,
            133008: _PIN,
            133009: _PIN,
            133010: _REGISTER,
            134011: "The terms of WhatsApp's payments have not been accepted.",
        },
        ErrorClass.TEMPLATE: {
            132015: "WhatsApp has paused this template.",
            132016: "WhatsApp has switched this template off.",
            132068: "WhatsApp has blocked this form.",
            132069: "WhatsApp limits how often this form may be sent.",
            134102: "This template cannot be used for marketing messages.",
        },
        ErrorClass.PERMANENT: {
            100: "WhatsApp does not accept the message as it is.",
            130472: "WhatsApp does not deliver marketing messages to this customer at the moment.",
            130497: "The business may not write to customers in this country.",
            131008: "WhatsApp misses a part of the message.",
            131009: "WhatsApp does not accept a value of the message.",
            131021: "The message was addressed to the business's own number.",
            131026: "The customer is not on WhatsApp, or uses a version that is too old.",
            131049: "WhatsApp held the message back, because this customer gets many marketing messages.",
            131050: "The customer has stopped marketing messages of this business.",
            131051: "WhatsApp does not support this kind of message.",
            131052: "The file could not be fetched from WhatsApp; it may be too large or too old.",
            131053: "WhatsApp did not accept the file: its type, size or address is wrong.",
            131055: "This kind of message cannot be sent this way.",
            131062: "This template needs the customer's phone number, which is not known.",
            132000: _TEMPLATE_FORM,
            132001: "The template does not exist in this language, or is not approved yet.",
            132005: "With its values filled in, the template is too long.",
            132007: "The template's text breaks WhatsApp's rules.",
            132012: _TEMPLATE_FORM,
            134100: "Only marketing messages can be sent this way.",
            135000: "WhatsApp does not accept the message as it is.",
            2593108: "The phone's history can only be asked for within 24 hours of connecting it.",
            2593109: "The business does not share the history of its phone.",
        },
        ErrorClass.UNCLEAR: {131000: "WhatsApp reports an unknown failure."},
    }.items()
    for code, sentence in sentences.items()
}


def class_of(code: int, http_status: int) -> ErrorClass:
    """Tell what to do about an error; a code that is not listed is judged by the HTTP status it came with."""
    known = META_ERRORS.get(code)
    if known:
        return known.error_class
    if http_status == 429:
        return ErrorClass.RETRY_SLOW
    if http_status >= 500:
        return ErrorClass.RETRY
    return ErrorClass.AUTH if http_status in {401, 403} else ErrorClass.PERMANENT


def first_error_of(errors: Any) -> tuple[str | None, str | None]:
    """Read the code and an operator's sentence of the first error of a provider's list; None for what is missing."""
    error = next((error for error in map(object_of, list_of(errors)) if error), None)
    if error is None:
        return None, None
    code = text_of(error.get("code"))
    return code, explain(code, _words_of(error))


def reason_of(errors: Any) -> str | None:
    """Read why an item is incomplete, in the provider's own words or, without any, in ours."""
    error = next((error for error in map(object_of, list_of(errors)) if error), None)
    return (_words_of(error) or explain(text_of(error.get("code")), None)) if error else None


def explain(code: str | None, words: str | None) -> str | None:
    """Say what an error means: our sentence where there is one, followed by the provider's details."""
    known = META_ERRORS.get(int(code)) if code and len(code) < 10 and code.isdecimal() else None
    if known is None:
        return words
    needs_words = known.error_class in {ErrorClass.PERMANENT, ErrorClass.CONFIG, ErrorClass.TEMPLATE}
    return f"{known.sentence} WhatsApp says: {words}" if needs_words and words else known.sentence


def _words_of(error: Object) -> str | None:
    data = object_of(error.get("error_data")) or {}
    return text_of(data.get("details")) or text_of(error.get("message")) or text_of(error.get("title"))
