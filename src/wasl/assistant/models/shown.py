"""What was said by others, as a model is shown it: plain, bounded, and always inside JSON."""

from collections.abc import Iterable, Sequence
from typing import Any

from wasl.assistant.limits import (
    BURST_CHARACTERS_MAX,
    ENTRY_CHARACTERS_MAX,
    FACT_CHARACTERS_MAX,
    HISTORY_CHARACTERS_MAX,
    LINE_CHARACTERS_MAX,
    SEARCH_CHARACTERS_MAX,
)
from wasl.assistant.plain_text import beginning, ending, plain
from wasl.domain.assistant import Brief, Line, Match

JsonObject = dict[str, Any]
_SPEAKERS = {"user": "customer", "bot": "assistant", "operator": "colleague"}


def shown_matches(matches: Iterable[Match]) -> list[JsonObject]:
    """Entries of the knowledge."""
    return [
        {
            "entry_id": str(match.entry_id),
            "question": beginning(plain(match.question), SEARCH_CHARACTERS_MAX),
            "answer": beginning(plain(match.answer), ENTRY_CHARACTERS_MAX),
            "topic": match.topic,
            "document": match.document,
        }
        for match in matches
    ]


def shown_history(lines: Sequence[Line]) -> list[JsonObject]:
    """What was said before, oldest first: as much of the newest as there is room for."""
    found: list[JsonObject] = []
    room = HISTORY_CHARACTERS_MAX
    for line in reversed(lines):
        text = beginning(plain(line.text), LINE_CHARACTERS_MAX)
        room -= len(text)
        if room < 0:
            break
        found.append(_line(line, text))
    return found[::-1]


def shown_burst(lines: Sequence[Line]) -> list[JsonObject]:
    """What the customer has just said, oldest first. Pictures are numbered as they come with it."""
    found: list[JsonObject] = []
    room = BURST_CHARACTERS_MAX
    pictures = sum(line.image is not None for line in lines)
    for line in reversed(lines):
        text = ending(plain(line.text), max(1, room))
        room -= len(text)
        shown = _line(line, text)
        if line.image is not None:
            shown["picture"] = pictures
            pictures -= 1
        if room >= 0 or line.image is not None:
            found.append(shown)
    return found[::-1]


def shown_customer(brief: Brief) -> JsonObject:
    """Who asks, as far as it is known."""
    return {
        "name": beginning(plain(brief.customer), FACT_CHARACTERS_MAX) if brief.customer else None,
        "language": brief.language,
        "noted_before": [beginning(plain(fact), FACT_CHARACTERS_MAX) for fact in brief.facts],
        "tags": list(brief.tags),
    }


def _line(line: Line, text: str) -> JsonObject:
    shown: JsonObject = {"from": _SPEAKERS.get(line.role, line.role), "text": text}
    if line.type != "text":
        shown["kind"] = line.type
    return shown
