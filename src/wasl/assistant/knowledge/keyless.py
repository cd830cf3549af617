"""The assistant without a model: it says what the knowledge says, word for word, or calls a person.

What a customer writes is only ever looked up. Whatever it pretends to be or orders, nothing comes of it but what
somebody of the business has written down, or a hand-over.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from wasl.assistant.language.wishes import Courtesy, courtesy_of, wants_person
from wasl.assistant.language.words import terms_of
from wasl.domain.assistant import Answered, Brief, Match, Reason, Tier
from wasl.domain.assistant_settings import AssistantSettings
from wasl.domain.language import language_of
from wasl.domain.letters import plain
from wasl.domain.notes import Note, NoteCode

PARTS_MAX = 5
"""Questions of one burst that are looked up by themselves; who asks more needs a person."""
WHOLE_MARGIN = 15
"""Points more than one question needs that a burst of several needs to be taken for one."""
MATCHES_MAX = 5
"""Entries that are shown to the operators."""

_COURTESIES: Final[Mapping[Courtesy, Mapping[str, str]]] = {
    Courtesy.GREETING: {
        "en": "Hello! How can we help you?",
        "fr": "Bonjour ! Comment pouvons-nous vous aider ?",
        "ar": "أهلاً وسهلاً! كيف يمكننا مساعدتك؟",
        "arabizi": "Ahla w sahla! Kif fina nse3ed?",
    },
    Courtesy.THANKS: {
        "en": "You're welcome!",
        "fr": "Avec plaisir !",
        "ar": "على الرحب والسعة!",
        "arabizi": "Tekramo, ahla w sahla!",
    },
    Courtesy.FAREWELL: {
        "en": "Goodbye, see you soon!",
        "fr": "Au revoir, à bientôt !",
        "ar": "مع السلامة، إلى اللقاء!",
        "arabizi": "Ma3 el saleme!",
    },
}
_SALAM: Final = {"ar": "وعليكم السلام", "arabizi": "Wa 3alaykom el salam"}
"""What whoever wishes peace is wished."""
_PEACE = re.compile(r"سلام\W+عليكم|salaa?mu?\W*(?:3a|al)")
_PART = re.compile(r"[^\n?؟]+[?؟]*")
_OPENING = re.compile(
    r"(?:(?:and |just )?(?:one|a) (?:more|last|quick|small) (?:thing|question)|another (?:thing|question)"
    r"|by the way|btw"
    r"|(?:une )?(?:autre|derni[eè]re|petite) (?:chose|question)|au fait"
    r"|(?:كمان |بس )?(?:سؤال|شغلة)(?: (?:تاني|أخير|صغير))?|(?:kamen |bas )?so2al(?: (?:tene|sghir))?)\s*[:,،.–-]+\s*",
    re.IGNORECASE,
)
"""What announces a question, and is no part of it."""


def asked_in(text: str) -> str:
    """A burst as it is looked up: without the courtesies around what is asked, which no entry speaks of."""
    return "\n".join(_parts(text)) or text


def questions_of(text: str) -> tuple[str, ...]:
    """The questions of a burst that are looked up by themselves beside all of it; none where it is one question."""
    parts = _parts(text)
    return parts if 1 < len(parts) <= PARTS_MAX else ()


def answer_from(
    matches: Sequence[Match], brief: Brief, settings: AssistantSettings, parts: Sequence[Sequence[Match]] = ()
) -> Answered:
    """What is known if it fits well enough, otherwise a hand-over that shows what was found.

    `matches` is what was found for what is `asked_in` the burst, and `parts` for each of `questions_of` it, the best
    first. Several questions get one answer if each of them has one.
    """
    if wants_person(brief.text):
        return Answered(None, Reason.ASKED, Note(NoteCode.CUSTOMER_ASKS), matches=tuple(matches[:MATCHES_MAX]))
    is_known = bool(matches) and matches[0].tier is Tier.EXACT
    if not is_known and (said := _courtesy(brief)) is not None:
        return said
    if not any(character.isalnum() for character in brief.text):
        return Answered(None, Reason.UNREADABLE, Note(NoteCode.NOTHING_READABLE))
    return _several(matches, parts, settings) if parts else _single(matches, settings)


def _courtesy(brief: Brief) -> Answered | None:
    """A courtesy for a courtesy, and nothing for what needs none; None if something is asked."""
    courtesy = courtesy_of(brief.text)
    if courtesy is None:
        return None
    texts = _COURTESIES.get(courtesy)
    if texts is None:
        return Answered(None, note=Note(NoteCode.NOTHING_TO_ANSWER), confidence=100)
    language = language_of(brief.text) or brief.language or "en"
    text = texts.get(language, texts["en"])
    if courtesy is Courtesy.GREETING and language in _SALAM and _PEACE.search(plain(brief.text)):
        text = f"{_SALAM[language]}! {text}"
    if brief.history and brief.history[-1].role == "bot" and brief.history[-1].text == text:
        # Two machines that thank each other would never end.
        return Answered(None, note=Note(NoteCode.COURTESY_RETURNED), confidence=100)
    return Answered(text, confidence=100)


def _single(matches: Sequence[Match], settings: AssistantSettings) -> Answered:
    if not matches:
        return Answered(None, Reason.UNSURE, Note(NoteCode.NOTHING_KNOWN))
    best = matches[0]
    shown = tuple(matches[:MATCHES_MAX])
    if _is_confident(best, settings.confident_from):
        return Answered(best.answer, confidence=best.score, matches=shown[:1], nearby=shown[1:])
    return Answered(_draft([best]), Reason.UNSURE, Note(NoteCode.NOTHING_FITS), best.score, shown)


def _several(whole: Sequence[Match], parts: Sequence[Sequence[Match]], settings: AssistantSettings) -> Answered:
    """One answer to several questions: all of them are known, or all of it is one question that is known very well."""
    bests = [matches[0] if matches else None for matches in parts]
    known = [best for best in bests if best is not None and _is_confident(best, settings.confident_from)]
    shown = _merged([known, whole, *parts])
    if len(known) == len(parts):
        said = len(_merged([known]))
        confidence = min(best.score for best in known)
        return Answered(_joined(known), confidence=confidence, matches=shown[:said], nearby=shown[said:])
    if whole and _is_confident(whole[0], settings.confident_from + WHOLE_MARGIN):
        return _single(whole, settings)
    confidence = min((best.score if best is not None else 0) for best in bests)
    note = Note(NoteCode.SOME_KNOWN, known=len(known), asked=len(parts))
    return Answered(_draft(known or list(whole[:1])), Reason.UNSURE, note, confidence, shown)


def _is_confident(match: Match, confident_from: int) -> bool:
    return match.tier is not Tier.WEAK and match.score >= confident_from


def _draft(matches: Sequence[Match]) -> str | None:
    """What might be said, for the operators; nothing that hardly fits."""
    fitting = [match for match in matches if match.tier is not Tier.WEAK]
    return _joined(fitting) if fitting else None


def _joined(matches: Sequence[Match]) -> str:
    return "\n\n".join(dict.fromkeys(match.answer for match in matches))


def _merged(groups: Sequence[Sequence[Match]]) -> tuple[Match, ...]:
    """The matches of several searches, each entry once, those that are said first."""
    merged: dict[int, Match] = {}
    for matches in groups:
        for match in matches:
            if match.entry_id not in merged:
                merged[match.entry_id] = match
    return tuple(merged.values())[:MATCHES_MAX]


def _parts(text: str) -> tuple[str, ...]:
    """The questions and statements of a burst, without the courtesies between them."""
    parts = (_without_opening(part.strip()) for part in _PART.findall(text))
    return tuple(part for part in parts if terms_of(part) and courtesy_of(part) is None)


def _without_opening(part: str) -> str:
    opening = _OPENING.match(part)
    return part[opening.end() :] if opening else part
