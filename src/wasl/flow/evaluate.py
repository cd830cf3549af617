"""Evaluating: the assistant answers cases whose right answer is known, with any settings, and the result is counted.

The promise: nothing is sent and nothing is stored; what a case comes to is what a turn would have come to.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from wasl.assistant.agreement import agreement_of
from wasl.assistant.talking.rules import call_for_person
from wasl.assistant.wording import unfit
from wasl.clock import monotonic, now_ms
from wasl.domain.assistant import Answered, Brief, Match, Reason, Usage
from wasl.domain.conversation import ConversationStatus
from wasl.domain.handover import Handover
from wasl.domain.language import language_of
from wasl.domain.mood import feeling_of, mood_after
from wasl.domain.plain_words import plain_words
from wasl.errors import Unavailable
from wasl.flow.cases import Case, Expected
from wasl.flow.limits import EVALUATED_AT_ONCE, TURN_SECONDS_MAX, UNLIKE_BELOW
from wasl.flow.reply import Answerer
from wasl.observe import log
from wasl.store.assistants import Assistant
from wasl.store.briefs import Situation

FIRST_MATCHES = 3
"""Among so many an operator finds the right entry at a glance."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a case came to. What its case says nothing of is None."""

    case: Case
    answered: Answered
    milliseconds: float
    found: bool | None
    """Whether the right entry, or each that is needed, is among the first matches."""
    answered_rightly: bool | None
    """Whether it was answered, and with the right entry, or each that is needed."""
    handed_over_as_due: bool | None
    courtesy_kept: bool | None
    """Whether nobody was called for it."""
    agreement: int | None
    confident_wrong: bool
    """It would have answered, and should not have, or not like this."""

    @property
    def outcome(self) -> str:
        if self.answered.replies:
            return "replied"
        return "silent" if self.answered.reason is None else "handed_over"


async def evaluate(account_id: int, cases: Sequence[Case], assistant: Assistant, answerer: Answerer) -> list[Judged]:
    """Ask all cases; in their order. Raises Unavailable."""
    places = asyncio.Semaphore(EVALUATED_AT_ONCE)

    async def ask(case: Case) -> Judged:
        async with places:
            began = monotonic()
            answered = await _answered(_situation(account_id, case), assistant, answerer, _moment(case, assistant))
            return judged(case, answered, (monotonic() - began) * 1000)

    return list(await asyncio.gather(*map(ask, cases)))


async def _answered(situation: Situation, assistant: Assistant, answerer: Answerer, at_ms: int) -> Answered:
    """As a turn comes to it, but that no limit of the day counts."""
    called = call_for_person(situation.brief, situation.mood, assistant.settings, at_ms)
    if called is not None:
        return called
    try:
        async with asyncio.timeout(TURN_SECONDS_MAX):
            answered = await answerer.answer(situation, assistant)
    except TimeoutError:
        return Answered(None, Reason.FAILED, "The assistant took too long.")
    except Unavailable:
        raise
    except Exception as error:
        log.error("case failed", error=type(error).__name__)
        return Answered(None, Reason.FAILED, "The assistant failed.")
    return unfit(answered, situation.brief, assistant.settings)


def _situation(account_id: int, case: Case) -> Situation:
    mood = 0
    for line in case.question:
        mood = mood_after(mood, feeling_of(line.text))
    brief = Brief(
        account_id=account_id,
        question=case.question,
        history=case.history,
        language=language_of(case.text) or case.language,
        customer=case.customer,
        tags=case.tags,
    )
    return Situation(
        conversation_id="",
        user_id="",
        handover=Handover(ConversationStatus.BOT),
        mood=mood,
        continued=False,
        brief=brief,
        told=False,
        messages=(),
    )


def _moment(case: Case, assistant: Assistant) -> int:
    at_ms = now_ms()
    if case.at_ms is not None:
        return case.at_ms
    return assistant.settings.hours.opens_at(at_ms) or at_ms


def judged(case: Case, answered: Answered, milliseconds: float) -> Judged:
    """Hold what a case came to against what was expected."""
    expected = case.expected
    agreement = None
    if answered.replies and expected.reply_like is not None:
        agreement = agreement_of(
            answered.text or "", expected.reply_like, [match.answer for match in answered.matches[:1]]
        )
    rightly = answered.replies and _are_right(_said(answered), expected)
    wrong = answered.replies and (
        expected.handover
        or (bool(expected.entries) and not rightly)
        or (expected.courtesy is not None and bool(answered.matches))
        or (agreement is not None and agreement < UNLIKE_BELOW)
    )
    return Judged(
        case,
        answered,
        milliseconds,
        found=_are_right(answered.found[:FIRST_MATCHES], expected) if expected.entries else None,
        answered_rightly=rightly if expected.entries else None,
        handed_over_as_due=answered.reason is not None if expected.handover else None,
        courtesy_kept=answered.reason is None if expected.courtesy is not None else None,
        agreement=agreement,
        confident_wrong=wrong,
    )


def _said(answered: Answered) -> Sequence[Match]:
    """What a reply says: each match that stands in it word for word, or else the best one, which it was made from."""
    text = answered.text or ""
    return [match for match in answered.matches if match.answer in text] or answered.matches[:1]


def _are_right(matches: Sequence[Match], expected: Expected) -> bool:
    """Whether an expected entry is among them, or each that is needed."""
    enough = all if expected.needs_all else any
    return enough(any(is_expected(match, [entry]) for match in matches) for entry in expected.entries)


def is_expected(match: Match, entries: Iterable[str]) -> bool:
    """Whether a match is one of these entries, named by their id or their question."""
    question = plain_words(match.question)
    return any(entry == str(match.entry_id) or plain_words(entry) == question for entry in entries)


def summary(results: Sequence[Judged]) -> dict[str, Any]:
    """The figures of an evaluation, as JSON."""
    replies = [one for one in results if one.answered.replies]
    usage = Usage()
    for one in results:
        usage = usage.plus(one.answered.usage)
    return {
        "cases": len(results),
        "answered": len(replies),
        "handed_over": _count(one.outcome == "handed_over" for one in results),
        "silent": _count(one.outcome == "silent" for one in results),
        "entries_expected": _count(one.found is not None for one in results),
        "entries_found": _count(one.found is True for one in results),
        "entries_answered": _count(one.answered_rightly is True for one in results),
        "handovers_due": _count(one.handed_over_as_due is not None for one in results),
        "handovers_made": _count(one.handed_over_as_due is True for one in results),
        "courtesies": _count(one.courtesy_kept is not None for one in results),
        "courtesies_kept": _count(one.courtesy_kept is True for one in results),
        "confident_wrong": _count(one.confident_wrong for one in results),
        "agreement": _mean(results),
        "kinds": _kinds(results),
        "reasons": dict(Counter(one.answered.reason.value for one in results if one.answered.reason is not None)),
        "topics": _parts((one.answered.topic or "", one) for one in results if one.answered.matches),
        "languages": _parts((one.case.language or "", one) for one in results),
        "tokens": usage.tokens_in + usage.tokens_out,
        "cost_micros": usage.cost_micros,
        "p50_ms": round(median(one.milliseconds for one in results), 2) if results else 0.0,
    }


def _kinds(results: Sequence[Judged]) -> list[dict[str, Any]]:
    """Of those that are to be handed over, by the kind that their file names."""
    kinds: dict[str, list[Judged]] = {}
    for one in results:
        if one.case.expected.why is not None:
            kinds.setdefault(one.case.expected.why, []).append(one)
    return [
        {"name": name, "cases": len(some), "handed_over": _count(one.handed_over_as_due is True for one in some)}
        for name, some in sorted(kinds.items())
    ]


def _parts(named: Iterable[tuple[str, Judged]]) -> list[dict[str, Any]]:
    parts: dict[str, list[Judged]] = {}
    for name, one in named:
        parts.setdefault(name, []).append(one)
    return [
        {
            "name": name or None,
            "cases": len(some),
            "answered": _count(one.answered.replies for one in some),
            "confident_wrong": _count(one.confident_wrong for one in some),
            "agreement": _mean(some),
        }
        for name, some in sorted(parts.items(), key=lambda part: -len(part[1]))
    ]


def _mean(results: Iterable[Judged]) -> int | None:
    known = [one.agreement for one in results if one.agreement is not None]
    return round(sum(known) / len(known)) if known else None


def _count(truths: Iterable[bool]) -> int:
    return sum(truths)
