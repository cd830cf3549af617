"""What an evaluation asks: cases of a file, or bursts of past conversations, each with what should come of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from wasl.domain.assistant import Line
from wasl.domain.language import language_of
from wasl.errors import Invalid
from wasl.flow.limits import CASES_MAX
from wasl.store.past_bursts import PastBurst


@dataclass(frozen=True, slots=True)
class Expected:
    """What should come of a case. Nothing of it need be said; what is not said is not judged."""

    entries: tuple[str, ...] = ()
    """Any of these is right: ids, or questions as the knowledge has them."""
    needs_all: bool = False
    """Each of them is needed: several things were asked."""
    handover: bool = False
    why: str | None = None
    """The kind of case that only a person can answer, as its file names it."""
    courtesy: str | None = None
    """Which courtesy it is, if nothing is asked: it may be returned, and needs no person."""
    reply_like: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A customer's burst, and what should come of it."""

    name: str
    question: tuple[Line, ...]
    expected: Expected
    language: str | None = None
    history: tuple[Line, ...] = ()
    customer: str | None = None
    tags: tuple[str, ...] = ()
    at_ms: int | None = None
    """When it was asked; None: while somebody is there."""

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.question)


def read_cases(content: bytes) -> list[Case]:
    """The cases of a file: a JSON list of `{text | lines, language?, name?, expect?}`, where `expect` has any of
    `{entries, all?}`, `handover`, `courtesy` and `reply_like`. Raises Invalid with the case that is wrong, counted from
    1."""
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The file of cases is not JSON: {error}.") from error
    if not isinstance(told, list) or not told:
        raise Invalid("The file of cases holds a list of at least one case.")
    if len(told) > CASES_MAX:
        raise Invalid(f"A file holds at most {CASES_MAX} cases.")
    return [_case(number, one) for number, one in enumerate(told, 1)]


def cases_of(bursts: Sequence[PastBurst]) -> list[Case]:
    """What customers asked in the past; what they were sent is what a reply should be like."""
    return [
        Case(
            name=burst.message_id,
            question=burst.question,
            expected=Expected(reply_like=burst.sent),
            language=burst.language,
            history=burst.history,
            customer=burst.customer,
            tags=burst.tags,
            at_ms=burst.at_ms,
        )
        for burst in bursts
    ]


def _case(number: int, told: Any) -> Case:
    if not isinstance(told, dict):
        raise _wrong(number, "it is no object")
    unknown = sorted(told.keys() - {"text", "lines", "language", "expect", "name"})
    if unknown:
        raise _wrong(number, f"“{unknown[0]}” is nothing that a case has")
    lines = told["lines"] if "lines" in told else [told.get("text")]
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines):
        raise _wrong(number, "it needs a “text”, or “lines” as a list of texts")
    language = told.get("language")
    if language is not None and not isinstance(language, str):
        raise _wrong(number, "“language” is a code such as en, fr, ar or arabizi")
    return Case(
        name=str(told.get("name", number)),
        question=tuple(Line("user", line) for line in lines),
        expected=_expected(number, told.get("expect", {})),
        language=language or language_of("\n".join(lines)),
    )


def _expected(number: int, told: Any) -> Expected:
    if not isinstance(told, dict) or told.keys() - {"entries", "all", "handover", "courtesy", "reply_like"}:
        raise _wrong(number, "“expect” is an object with “entries”, “all”, “handover”, “courtesy” or “reply_like”")
    entries, needs_all = told.get("entries", []), told.get("all", False)
    if not isinstance(entries, list) or not all(isinstance(entry, str | int) for entry in entries):
        raise _wrong(number, "“entries” is a list of entries, by id or question")
    if not isinstance(needs_all, bool) or (needs_all and not entries):
        raise _wrong(number, "“all” is true or false, and belongs to “entries”")
    handover, courtesy, like = told.get("handover", False), told.get("courtesy"), told.get("reply_like")
    if not isinstance(handover, bool | str) or handover == "":
        raise _wrong(number, "“handover” is true or false, or the kind of case that it is")
    if not isinstance(courtesy, str | None) or not isinstance(like, str | None):
        raise _wrong(number, "“courtesy” and “reply_like” are texts")
    why = handover if isinstance(handover, str) else None
    return Expected(tuple(map(str, entries)), needs_all, bool(handover), why, courtesy, like)


def _wrong(number: int, what: str) -> Invalid:
    return Invalid(f"Case {number} of the file: {what}.")
