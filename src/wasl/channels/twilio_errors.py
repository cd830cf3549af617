"""Twilio's error codes: what may be done about each, and a sentence for the operator (twilio.com/docs/api/errors)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Remedy(StrEnum):
    """What may be done about an error."""

    WAIT = "wait"
    """A limit of the number or account: everything of the channel waits."""
    SET_UP = "set_up"
    """The account, number or address is set up wrongly: the channel waits for an administrator."""
    NONE = "none"
    """This message will never be taken."""


@dataclass(frozen=True, slots=True)
class TwilioError:
    """One code: its remedy, and what an operator should know."""

    remedy: Remedy
    sentence: str


_TOKEN = "Twilio refuses the channel's token. An administrator must enter a new one."  # noqa: S105 - a sentence
_ADMINISTRATOR = "An administrator must correct it."

TWILIO_ERRORS: Mapping[str, TwilioError] = {
    code: TwilioError(remedy, sentence)
    for remedy, sentences in {
        Remedy.WAIT: {
            "14107": "More messages were sent than this number may send at the moment.",
            "20429": "Twilio takes no more requests at the moment.",
            "30001": "Twilio's queue is full at the moment.",
            "63018": "More messages were sent than this number may send at the moment.",
        },
        Remedy.SET_UP: {
            "20003": _TOKEN,
            "20005": "The Twilio account is not active. An administrator must see to it.",
            "20403": _TOKEN,
            "20404": f"Twilio does not know the channel's account. {_ADMINISTRATOR}",
            "21606": f"The channel's number is none that the Twilio account may send from. {_ADMINISTRATOR}",
            "21609": f"Twilio cannot reach the address that WASL_PUBLIC_URL names. {_ADMINISTRATOR}",
            "63007": f"The channel's number is no WhatsApp sender of the Twilio account. {_ADMINISTRATOR}",
        },
        Remedy.NONE: {
            "21211": "Twilio does not accept the customer's number.",
            "21608": "A trial account of Twilio sends to verified numbers only, and the customer's is none.",
            "21610": "The customer has stopped messages of this business.",
            "21617": "The message is longer than Twilio takes.",
            "21620": "Twilio cannot fetch the file: the address that WASL_PUBLIC_URL names must be a public one.",
            "21656": "The template's values do not fit its form.",
            "63003": "The customer is not on WhatsApp.",
            "63016": "The customer last wrote more than 24 hours ago. Only a template message can be sent now.",
            "63019": "Twilio could not fetch the file.",
            "63021": "WhatsApp does not take what this message holds.",
            "63024": "Twilio does not accept the customer's number.",
        },
    }.items()
    for code, sentence in sentences.items()
}


def remedy_of(code: str, http_status: int) -> Remedy:
    """What to do about an error; a code that is not listed is judged by the HTTP status it came with."""
    known = TWILIO_ERRORS.get(code)
    if http_status == 429:
        return Remedy.WAIT
    if known is not None:
        return known.remedy
    return Remedy.SET_UP if http_status == 401 else Remedy.NONE


def sentence_of(code: str | None, words: str | None) -> str:
    """What an error means; of a code that is not listed, what Twilio says of it."""
    known = TWILIO_ERRORS.get(code or "")
    if known is not None:
        return known.sentence
    return f"Twilio did not send the message (code {code}){': ' + words.rstrip('.') if words else ''}."
