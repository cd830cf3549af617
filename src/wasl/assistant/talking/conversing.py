"""Conversing with a model until there is an answer that may be said, or a reason to call a person.

A model is believed nothing. Its answer is one JSON object that is read strictly, and held against what it was given
before any of it counts. What cannot be used may be said once more, better; after that operators see it and nobody else.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wasl.assistant.limits import (
    DRAFT_CHARACTERS_MAX,
    KNOWLEDGE_SHOWN_MAX,
    MODEL_CHARACTERS_MIN,
    MODEL_CHARACTERS_PER_CHARACTER,
    MODEL_RETRY_SECONDS,
    MODEL_SECONDS_MIN,
    REASON_CHARACTERS_MAX,
    TOOL_CALLS_PER_ROUND_MAX,
    TOOL_ROUNDS_MAX,
)
from wasl.assistant.models.model import (
    NOTHING_USED,
    Asked,
    Model,
    ModelAccess,
    ModelFailed,
    Said,
    ToolCall,
    Turn,
    cost_of,
)
from wasl.assistant.models.wire_form import tokens_asked
from wasl.assistant.plain_text import beginning, plain
from wasl.assistant.talking.answer_form import ANSWER_FORM, Action, Decision, Malformed, decision_of
from wasl.assistant.talking.checking import is_foreign, may_be_silent, needs_source, repeats, unfounded
from wasl.assistant.talking.courtesy import is_courtesy
from wasl.assistant.talking.prompt import RULES, Moment, once_more, opening
from wasl.assistant.tools.toolbox import Toolbox
from wasl.clock import monotonic, now_ms
from wasl.domain.assistant import Answered, Brief, Match, Reason, Tier, Usage
from wasl.domain.assistant_settings import AssistantSettings
from wasl.domain.notes import Note, NoteCode

Steps = list[tuple[str, int, Mapping[str, Any] | None]]
_TOO_MANY_CALLS = "Too many calls at once; this one was not made."


@dataclass(slots=True)
class Bill:
    """What a turn has used so far. Whoever breaks it off, or finds it broken off, can still count it."""

    usage: Usage = NOTHING_USED

    def add(self, usage: Usage) -> None:
        self.usage = self.usage.plus(usage)


@dataclass(frozen=True, slots=True)
class _Unfit:
    """An answer that is not sent. `draft` is what operators see of it; `again` says whether it may be said better."""

    note: Note
    draft: str
    reason: Reason = Reason.UNSAFE
    again: str | None = None
    """What to tell the model; None where it is not asked again."""
    confidence: int = 0


async def ask_once(model: Model, access: ModelAccess, asked: Asked, bill: Bill, until: float) -> Said:
    """Ask, and once more where the failure may pass and there is time; `until` is in monotonic seconds.

    Raises ModelFailed. What was used is on the bill, whatever the end.
    """
    for last in (False, True):
        left = until - monotonic()
        if left < MODEL_SECONDS_MIN:
            raise ModelFailed("timeout", Note(NoteCode.MODEL_OUT_OF_TIME))
        try:
            said = await model.ask(access, asked, min(access.terms.timeout_seconds, left))
        except ModelFailed as failure:
            bill.add(failure.usage)
            pause_seconds = max(failure.pause_seconds, MODEL_RETRY_SECONDS)
            if last or not failure.again or monotonic() + pause_seconds + MODEL_SECONDS_MIN > until:
                raise
            await asyncio.sleep(pause_seconds)
        except asyncio.CancelledError:
            # It was asked, and is paid for.
            bill.add(cost_of(access.terms, tokens_asked(asked), 0))
            raise
        else:
            bill.add(said.usage)
            return said
    raise AssertionError("the last try ends it")


async def converse(
    model: Model,
    access: ModelAccess,
    brief: Brief,
    matches: Sequence[Match],
    settings: AssistantSettings,
    toolbox: Toolbox,
    *,
    until: float,
    bill: Bill | None = None,
) -> Answered:
    """An answer to a brief, or a hand-over with a reason that operators understand; never raises for what a model or a
    tool does. `matches` are what the knowledge holds at first sight; `until` is in monotonic seconds."""
    talk = _Talk(model, access, brief, settings, toolbox, until, bill or Bill())
    talk.find(matches)
    talk.turns = opening(brief, list(talk.found.values()), settings, Moment.of(settings, now_ms()))
    try:
        return await talk.hold()
    except ModelFailed as failure:
        talk.note("model failed", {"code": failure.code})
        return talk.hand_over(Reason.FAILED, failure.note, _best(matches))


def _best(matches: Sequence[Match]) -> str | None:
    """What people may want to say instead."""
    return matches[0].answer if matches else None


@dataclass(slots=True)
class _Talk:
    """One turn's talk with a model."""

    model: Model
    access: ModelAccess
    brief: Brief
    settings: AssistantSettings
    toolbox: Toolbox
    until: float
    bill: Bill
    turns: list[Turn] = field(default_factory=list)
    found: dict[int, Match] = field(default_factory=dict)
    """What an answer may stand on, by entry."""
    told_by_tools: list[str] = field(default_factory=list)
    steps: Steps = field(default_factory=list)
    asked: int = 0

    async def hold(self) -> Answered:
        """Talk to the end. Raises ModelFailed."""
        rounds, repaired = 0, False
        while True:
            said = await self._ask(may_call=rounds < TOOL_ROUNDS_MAX)
            if said.refusal is not None:
                return self.hand_over(Reason.FAILED, _refused(said.refusal), _best(list(self.found.values())))
            if said.calls:
                if rounds >= TOOL_ROUNDS_MAX:
                    raise ModelFailed("endless", Note(NoteCode.MODEL_ENDLESS))
                rounds += 1
                called = await self._use(said)
                if called is not None:
                    return called
                continue
            judged = self._judge(said)
            if isinstance(judged, Answered):
                return judged
            if judged.again is None or repaired:
                return self.hand_over(judged.reason, judged.note, judged.draft, judged.confidence)
            repaired = True
            self.turns += [Turn("assistant", beginning(said.text, DRAFT_CHARACTERS_MAX)), once_more(judged.again)]

    async def _ask(self, *, may_call: bool) -> Said:
        self.asked += 1
        asked = Asked(self.turns, self.toolbox.forms, may_call, ANSWER_FORM, self._characters_max)
        self.note("model called", {"model": self.access.terms.name, "round": self.asked})
        said = await ask_once(self.model, self.access, asked, self.bill, self.until)
        read, written = said.usage.tokens_in, said.usage.tokens_out
        self.note("model answered", {"tokens_in": read, "tokens_out": written, "action": _named(said)})
        return said

    @property
    def _characters_max(self) -> int:
        return max(MODEL_CHARACTERS_MIN, MODEL_CHARACTERS_PER_CHARACTER * self.settings.answer_characters_max)

    async def _use(self, said: Said) -> Answered | None:
        """Use the tools that a model wants; an answer only when it called a person."""
        self.turns.append(Turn("assistant", said.text, calls=said.calls))
        for place, call in enumerate(said.calls):
            if place >= TOOL_CALLS_PER_ROUND_MAX:
                self.turns.append(Turn("tool", f'{{"error": "{_TOO_MANY_CALLS}"}}', answers=call.id))
                continue
            called = await self._use_one(call)
            if called is not None:
                return called
        return None

    async def _use_one(self, call: ToolCall) -> Answered | None:
        began = monotonic()
        used = await self.toolbox.use(call, self.brief.language, max(MODEL_SECONDS_MIN, self.until - began))
        spent_ms = round((monotonic() - began) * 1000)
        # A name that the model made up may hold anything.
        known = any(form.name == call.name for form in self.toolbox.forms)
        self.note("tool called", {"name": call.name if known else None, "ok": used.ok, "ms": spent_ms})
        self.find(used.matches)
        if used.source:
            self.told_by_tools.append(used.source)
        self.turns.append(Turn("tool", used.told, answers=call.id))
        if used.called is None:
            return None
        return self.hand_over(used.called, used.note or _note_of(used.called), _best(list(self.found.values())))

    def _judge(self, said: Said) -> Answered | _Unfit:
        """What becomes of an answer."""
        raw = beginning(plain(said.text).strip(), DRAFT_CHARACTERS_MAX)
        if said.cut:
            return _Unfit(Note(NoteCode.ANSWER_FAR_TOO_LONG), raw, again="It is too long.")
        try:
            decision = decision_of(said.text)
        except Malformed as error:
            return _Unfit(Note(NoteCode.ANSWER_MALFORMED), raw, again=str(error))
        match decision.action:
            case Action.HANDOVER:
                return self._called_by(decision)
            case Action.SILENCE:
                return self._silent(decision)
            case Action.REPLY:
                return (
                    self._badly_said(decision)
                    or self._invented(decision)
                    or self._unsourced(decision)
                    or self._reply(decision)
                )

    def _called_by(self, decision: Decision) -> Answered:
        reason = {"asked": Reason.ASKED, "unknown": Reason.UNSURE}.get(decision.reason.lower(), Reason.JUDGEMENT)
        note = decision.reason if reason is Reason.JUDGEMENT and decision.reason else _note_of(reason)
        draft = decision.text or _best(list(self.found.values()))
        return self.hand_over(reason, note, draft, decision.confidence)

    def _silent(self, decision: Decision) -> Answered | _Unfit:
        if not may_be_silent(self.brief) or (self._is_known() and not is_courtesy(self.brief.text)):
            return _Unfit(Note(NoteCode.WOULD_BE_SILENT), decision.text, Reason.JUDGEMENT)
        return self._answered(Answered(None, confidence=decision.confidence))

    def _badly_said(self, decision: Decision) -> _Unfit | None:
        """What keeps a reply from being said and can be said better."""
        draft = beginning(decision.text, DRAFT_CHARACTERS_MAX)
        if len(decision.text) > self.settings.answer_characters_max:
            again = f"The text is longer than {self.settings.answer_characters_max} characters."
            return _Unfit(Note(NoteCode.ANSWER_TOO_LONG), draft, again=again)
        if is_foreign(decision.text, self.brief):
            again = f"The text must be in the customer's language ({self.brief.language})."
            return _Unfit(Note(NoteCode.ANSWER_FOREIGN), draft, again=again)
        return None

    def _invented(self, decision: Decision) -> _Unfit | None:
        """What in a reply does not come from the business."""
        text = decision.text
        if any(entry_id not in self.found for entry_id in decision.entry_ids):
            return _Unfit(Note(NoteCode.SOURCE_UNKNOWN), text)
        if repeats(text, RULES):
            return _Unfit(Note(NoteCode.REPEATS_RULES), text)
        invented = unfounded(text, self._given(), self._theirs())
        if invented is not None:
            words = beginning(invented, REASON_CHARACTERS_MAX)
            return _Unfit(Note(NoteCode.ANSWER_UNFOUNDED, words=words), text)
        return None

    def _unsourced(self, decision: Decision) -> _Unfit | None:
        """What keeps a reply from being believed."""
        text = decision.text
        if not needs_source(text, self.brief):
            return None
        if not decision.entry_ids and not self.told_by_tools:
            return _Unfit(Note(NoteCode.SOURCE_MISSING), text, Reason.UNSURE)
        if decision.confidence < self.settings.confident_from:
            note = Note(NoteCode.NOT_SURE, confidence=decision.confidence)
            return _Unfit(note, text, Reason.UNSURE, confidence=decision.confidence)
        return None

    def _given(self) -> list[str]:
        """What an answer may take prices and addresses from: what the business has said, never what customers did."""
        by_us = [line.text for line in self.brief.history if line.role != "user"]
        known = [f"{match.question}\n{match.answer}" for match in self.found.values()]
        return [self.settings.persona, *by_us, *known, *self.told_by_tools]

    def _theirs(self) -> str:
        """What the customer has said."""
        before = [line for line in self.brief.history if line.role == "user"]
        return "\n".join(line.text for line in (*before, *self.brief.question))

    def _is_known(self) -> bool:
        """Whether the knowledge itself has an answer to what was said, so that something was asked."""
        best = max(self.found.values(), key=lambda match: match.score, default=None)
        return best is not None and best.tier is not Tier.WEAK and best.score >= self.settings.confident_from

    def _reply(self, decision: Decision) -> Answered:
        sources = tuple(self.found[entry_id] for entry_id in decision.entry_ids)
        return self._answered(Answered(decision.text, confidence=decision.confidence, matches=sources))

    def hand_over(self, reason: Reason, note: str, draft: str | None, confidence: int = 0) -> Answered:
        """A hand-over that shows all that was found."""
        matches = tuple(self.found.values())
        return self._answered(Answered(draft or None, reason, note, confidence, matches))

    def _answered(self, answered: Answered) -> Answered:
        return replace(
            answered, usage=self.bill.usage, noted=self.toolbox.noted, deeds=self.toolbox.deeds, steps=tuple(self.steps)
        )

    def find(self, matches: Sequence[Match]) -> None:
        """Let an answer stand on these, too."""
        for match in matches:
            if len(self.found) < KNOWLEDGE_SHOWN_MAX:
                self.found.setdefault(match.entry_id, match)

    def note(self, what: str, detail: Mapping[str, Any]) -> None:
        """Something for the trace."""
        self.steps.append((what, now_ms(), detail))


def _named(said: Said) -> str:
    """What a model has done, for the trace: never what it said."""
    if said.refusal is not None:
        return "refusal"
    if said.calls:
        return "tools"
    try:
        return decision_of(said.text).action.value
    except Malformed:
        return "malformed"


def _refused(words: str) -> Note:
    said = plain(words).strip()
    return Note(NoteCode.MODEL_REFUSED, words=said) if said else Note(NoteCode.MODEL_FILTERED)


def _note_of(reason: Reason) -> Note:
    match reason:
        case Reason.ASKED:
            return Note(NoteCode.CUSTOMER_ASKS)
        case Reason.UNSURE:
            return Note(NoteCode.NOT_KNOWN)
        case _:
            return Note(NoteCode.FOR_A_PERSON)
