"""What a customer hears when a person is called, and what may be said to them at all."""

from collections.abc import Mapping
from dataclasses import replace

from wasl.assistant.opening_words import opening_in_words
from wasl.domain.assistant import Answered, Brief, Reason
from wasl.domain.assistant_settings import AssistantSettings
from wasl.domain.language import language_of
from wasl.domain.notes import Note, NoteCode

HANDOVER_TEXTS = {
    "en": "Thank you. A colleague of ours will answer you here.",
    "fr": "Merci. Un de nos collègues vous répondra ici.",
    "ar": "شكراً لك. سيجيبك أحد زملائنا هنا.",
}
AWAY_TEXTS = {
    "en": "Thank you for your message. We are closed right now and will answer you here when we are back.",
    "fr": "Merci pour votre message. Nous sommes fermés pour le moment et vous répondrons ici à notre retour.",
    "ar": "شكراً لرسالتك. نحن خارج أوقات العمل الآن، وسنجيبك هنا عند عودتنا.",
}
"""Where nobody will ever be there by the hours that are told."""
BACK_TEXTS = {
    "en": "Thank you for your message. We are closed right now; we are back {opens} and will answer you here.",
    "fr": "Merci pour votre message. Nous sommes fermés pour le moment ; nous revenons {opens} et vous répondrons ici.",
    "ar": "شكراً لرسالتك. نحن خارج أوقات العمل الآن. نعود {opens} وسنجيبك هنا.",
}
OPENS = "{opens}"
"""In an account's own away text: when somebody is there again, as "tomorrow at 9:00"."""


def told_to_customer(
    reason: Reason | None, settings: AssistantSettings, language: str | None, at_ms: int
) -> str | None:
    """The text for somebody who will be answered by a person, in their language; None when nobody was called."""
    if reason is None:
        return None
    wanted = "ar" if language == "arabizi" else (language or "")
    if settings.hours.is_open(at_ms):
        return _in_language(settings.handover_texts, HANDOVER_TEXTS, wanted)[0]
    return away_text(settings, wanted, at_ms)


def away_text(settings: AssistantSettings, language: str | None, at_ms: int) -> str:
    """What a customer hears while nobody is there: when somebody will be, by the team's clock."""
    wanted = "ar" if language == "arabizi" else (language or "")
    text, spoken = _in_language(settings.away_texts, BACK_TEXTS, wanted)
    if OPENS not in text:
        return text
    opens = opening_in_words(settings.hours, at_ms, spoken)
    if opens is not None:
        return text.replace(OPENS, opens)
    return _in_language({}, AWAY_TEXTS, spoken)[0]


def _in_language(own: Mapping[str, str], usual: Mapping[str, str], wanted: str) -> tuple[str, str]:
    """A text in the wanted language, or else in the account's first one, or in English; and its language."""
    for texts, language in ((own, wanted), (usual, wanted), (own, "en"), (own, next(iter(own), ""))):
        if texts.get(language):
            return texts[language], language
    return usual["en"], "en"


def unfit(answered: Answered, brief: Brief, settings: AssistantSettings) -> Answered:
    """The same, or a hand-over when the answer is none that may be said: empty, too long, or in another language."""
    if not answered.replies or answered.text is None:
        return answered
    if not answered.text.strip():
        return replace(answered, text=None, reason=Reason.UNSAFE, note=Note(NoteCode.ANSWER_EMPTY))
    if len(answered.text) > settings.answer_characters_max:
        return replace(answered, reason=Reason.UNSAFE, note=Note(NoteCode.ANSWER_TOO_LONG))
    spoken = language_of(answered.text)
    if answered.usage.model and spoken and brief.language and not _same(spoken, brief.language):
        return replace(answered, reason=Reason.UNSAFE, note=Note(NoteCode.ANSWER_FOREIGN))
    return answered


def _same(one: str, other: str) -> bool:
    arabic = ("ar", "arabizi")
    return one == other or (one in arabic and other in arabic)
