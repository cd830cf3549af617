"""What becomes of a turn: an answer is queued, a person is called, or a draft is kept, in one transaction with its end.

The assistant is fenced: nothing of a turn counts once somebody took, released or ended the conversation, or the
customer said something newer. What was done in vain is kept for the trace of what was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from wasl.domain.assistant import Answered, Deed, Reason
from wasl.domain.conversation import ConversationStatus
from wasl.domain.events import EventKind
from wasl.domain.handover import call_person
from wasl.domain.message import Content, MessageType, Role
from wasl.domain.notes import Note, NoteCode, note_parts
from wasl.limits import CONVERSATION_TAGS_MAX
from wasl.store.conversation_row import Conversation
from wasl.store.draft import Draft
from wasl.store.facts import note_fact
from wasl.store.last_words import TOLD, was_told
from wasl.store.listening import weigh
from wasl.store.message_row import Message
from wasl.store.needs import Needs
from wasl.store.spending import count_use
from wasl.store.turns import Turn, begin_again, end_turn
from wasl.store.unanswered import note_unanswered
from wasl.store.window import window_is_open
from wasl.store.writing import queue_message, write_message

Steps = Sequence[tuple[str, int, Mapping[str, Any] | None]]


class Outcome(StrEnum):
    """What a turn ended in."""

    REPLIED = "replied"
    HANDED_OVER = "handed_over"
    SILENT = "silent"
    """Nothing needed to be said."""
    DRAFTED = "drafted"
    """Kept for comparison: the assistant is in shadow mode, or is not yet trusted with this topic."""
    DISCARDED = "discarded"
    """Somebody took, released or ended the conversation meanwhile, or the customer said something newer."""


@dataclass(frozen=True, slots=True)
class EndTurn:
    """A turn has come to an end. `epoch` is the conversation's when it began, `day` the account's."""

    turn: Turn
    epoch: int
    answered: Answered
    question: str
    language: str | None
    day: str
    spent_ms: int
    told: str | None = None
    """What the customer hears when a person is called; None where they were told already or need not be."""
    told_until_ms: int | None = None
    """Until when nobody is there, as they hear it."""
    drafts: bool = False
    """Whether a reply is only kept: the topic is not yet the assistant's."""
    windowed: bool = True
    """Whether the channel takes free text only while the customer's window is open."""

    @property
    def account_id(self) -> int:
        return self.turn.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Outcome | None:
        """End it; None when it counts no more. What it has cost is counted either way."""
        conversation = draft.conversation(self.turn.conversation_key)
        count_use(draft, self.day, self.answered.usage, turns=1)
        outcome = self._outcome(draft, conversation)
        if outcome is None:
            self.discard(draft, conversation)
        return outcome

    def _outcome(self, draft: Draft, conversation: Conversation) -> Outcome | None:
        if self._is_to_begin_again(conversation):
            begin_again(draft, self.turn)
            return None
        if not end_turn(draft, self.turn):
            return None
        if self.turn.shadow:
            return self._keep(draft, conversation, Outcome.DRAFTED)
        if conversation.continued_in is not None:
            return self._call_person_elsewhere(draft, conversation)
        is_assistants = conversation.handover.status is ConversationStatus.BOT
        return self._finish(draft, conversation) if is_assistants else None

    def _is_to_begin_again(self, conversation: Conversation) -> bool:
        """Whether the conversation was somebody else's meanwhile and is the assistant's again: what was asked is still
        to be answered."""
        handover = conversation.handover
        return not self.turn.shadow and handover.status is ConversationStatus.BOT and handover.epoch != self.epoch

    def discard(self, draft: Draft, conversation: Conversation) -> None:
        """Keep what was done in vain. A draft that nobody would have sent teaches nothing."""
        if not self.turn.shadow:
            self._keep(draft, conversation, Outcome.DISCARDED)

    def _finish(self, draft: Draft, conversation: Conversation) -> Outcome:
        text = self.answered.text
        if text is None and self.answered.reason is None:
            return self._say_nothing(draft, conversation)
        if not self.answered.replies or text is None or self._is_learning:
            return self._call_person(draft, conversation, self.answered.reason or Reason.UNSURE)
        if not self._may_write(draft, conversation):
            return self._call_person(draft, conversation, Reason.WINDOW)
        return self._reply(draft, conversation, text)

    @property
    def _is_learning(self) -> bool:
        """Whether it would have answered, and may not yet."""
        return self.drafts and self.answered.replies

    def _say_nothing(self, draft: Draft, conversation: Conversation) -> Outcome:
        tags = conversation.tags
        self._note(draft, conversation)
        if conversation.tags != tags:
            conversation.version = draft.next_sequence()
            parts = {"conversation": conversation.as_json(), "changed": "tags"}
            draft.append(EventKind.CONVERSATION_UPDATED, conversation, parts)
        return self._keep(draft, conversation, Outcome.SILENT)

    def _may_write(self, draft: Draft, conversation: Conversation) -> bool:
        return not self.windowed or window_is_open(draft, conversation)

    def _reply(self, draft: Draft, conversation: Conversation, text: str) -> Outcome:
        sources = [match.as_json() for match in self.answered.matches]
        told = {"confidence": self.answered.confidence, "sources": sources, **done_parts(self.answered.deeds)}
        metadata: dict[str, Any] = {"assistant": told}
        if sources:
            metadata["faq_match"] = max(sources, key=lambda source: source["score"])
        message = write_message(draft, conversation, Content(MessageType.TEXT, text, None, metadata), Role.BOT)
        queue_message(draft, message, windowed=self.windowed)
        self._note(draft, conversation)
        _tell(draft, conversation, message)
        return self._keep(draft, conversation, Outcome.REPLIED, message=message)

    def _call_person(self, draft: Draft, conversation: Conversation, reason: Reason) -> Outcome:
        self._note(draft, conversation)
        self._tell_customer(draft, conversation)
        call_to(draft, conversation, reason, self.answered.note, self.answered)
        if reason is Reason.UNSURE and not self._is_learning:
            note_unanswered(draft, conversation, self.question, self.language)
        outcome = Outcome.DRAFTED if self._is_learning else Outcome.HANDED_OVER
        return self._keep(draft, conversation, outcome, told=True, reason=reason)

    def _call_person_elsewhere(self, draft: Draft, conversation: Conversation) -> Outcome | None:
        """What was asked stands in a conversation that goes on in another: a person has to put the two together. Where
        one answers or is waited for already, or has ended it, there is nobody else to call."""
        other = continuation_of(draft, conversation)
        if other.handover.status is not ConversationStatus.BOT:
            return None
        if not was_told(draft.connection, draft.account_id, other.key, other.settled_sequence):
            self._tell_customer(draft, other)
        reason = Reason.UNREADABLE
        call_to(draft, other, reason, Note(NoteCode.ASKED_ELSEWHERE), self.answered)
        return self._keep(draft, conversation, Outcome.HANDED_OVER, told=True, reason=reason)

    def _tell_customer(self, draft: Draft, conversation: Conversation) -> None:
        if self.told and self._may_write(draft, conversation):
            tell_customer(draft, conversation, self.told, windowed=self.windowed, until_ms=self.told_until_ms)

    def _note(self, draft: Draft, conversation: Conversation) -> None:
        """Keep what the assistant wants to be kept about the customer."""
        for noted in self.answered.noted:
            if noted.kind != "tag":
                note_fact(draft, conversation, noted.text, None)
            elif noted.text not in conversation.tags and len(conversation.tags) < CONVERSATION_TAGS_MAX:
                conversation.tags = (*conversation.tags, noted.text)

    def _keep(
        self,
        draft: Draft,
        conversation: Conversation,
        outcome: Outcome,
        *,
        message: Message | None = None,
        told: bool = False,
        reason: Reason | None = None,
    ) -> Outcome:
        """Write down what became of it. `told` says that the newest event tells of it, as that of a `message` does."""
        answered, usage = self.answered, self.answered.usage
        why = reason or answered.reason
        ending = "discarded" if outcome is Outcome.DISCARDED else "committed"
        row = {
            "account_id": draft.account_id,
            "answer_id": draft.next_sequence() - 1 if told or message else self.turn.upto_sequence,
            "conversation_key": conversation.key,
            "outcome": outcome.value,
            "question_sequence": self.turn.upto_sequence,
            "message_sequence": message.sequence if message else None,
            "question": self.question,
            "reply": answered.text,
            "language": self.language,
            "reason": why and why.value,
            "confidence": answered.confidence,
            "sources": _text([match.as_json() for match in answered.found]),
            "steps": _text([list(step) for step in (*answered.steps, (ending, draft.now_ms, None))]),
            "topic": answered.topic,
            "model": usage.model,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "cost_micros": usage.cost_micros,
            "spent_ms": self.spent_ms,
            "compared": int(outcome is not Outcome.DRAFTED or not answered.replies),
            "created_ms": draft.now_ms,
        }
        written = ", ".join(f"{name} = excluded.{name}" for name in row)
        sql = (
            f"INSERT INTO answers ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
            # The same question may be begun in vain, and then end without a word: the end is what counts.
            f" ON CONFLICT (account_id, answer_id) DO UPDATE SET {written} WHERE answers.outcome = 'discarded'"
        )
        draft.connection.send(sql, tuple(row.values()))
        return outcome


@dataclass(frozen=True, slots=True)
class NoteDiscarded:
    """An answer that was being made was left off: nothing of it counts, and the trace tells that it was begun."""

    end: EndTurn

    @property
    def account_id(self) -> int:
        return self.end.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> None:
        count_use(draft, self.end.day, self.end.answered.usage, turns=1)
        self.end.discard(draft, draft.conversation(self.end.turn.conversation_key))


def call_to(
    draft: Draft, conversation: Conversation, reason: Reason, note: str, answered: Answered | None = None
) -> None:
    """Let a conversation wait for a person, and say so in its thread: why, what the assistant would have said, and what
    it has done."""
    conversation.handover = call_person(conversation.handover, draft.now_ms, reason)
    conversation.operator_name = None
    weigh(conversation)
    said, deeds = (answered.text, answered.deeds) if answered is not None else (None, ())
    line = {"reason": reason.value, **note_parts(note), "draft": said, **done_parts(deeds)}
    content = Content(MessageType.TEXT, "", None, {"handover": line})
    message = write_message(draft, conversation, content, Role.SYSTEM)
    _tell(draft, conversation, message)


def done_parts(deeds: Sequence[Deed]) -> dict[str, Any]:
    """What was done elsewhere, for whoever goes on from here; nothing where nothing was."""
    return {"deeds": [deed.as_json() for deed in deeds]} if deeds else {}


def tell_customer(draft: Draft, conversation: Conversation, text: str, *, windowed: bool, until_ms: int | None) -> None:
    """Let a customer hear that a person will answer, or that nobody is there until some moment."""
    message = write_message(draft, conversation, Content(MessageType.TEXT, text, None, {TOLD: True}), Role.BOT)
    queue_message(draft, message, windowed=windowed)
    conversation.told_until_ms = until_ms
    _tell(draft, conversation, message)


def continuation_of(draft: Draft, conversation: Conversation) -> Conversation:
    """The conversation in which a customer's thread goes on by now: this one, unless it was joined to another."""
    while conversation.continued_in is not None:
        conversation = draft.conversation_named(conversation.continued_in)
    return conversation


def _tell(draft: Draft, conversation: Conversation, message: Message) -> None:
    parts = {"message": message.as_json(), "conversation": conversation.as_json()}
    draft.append(EventKind.NEW_MESSAGE, conversation, parts)


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
