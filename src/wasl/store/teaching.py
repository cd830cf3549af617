"""Teaching the assistant where people work: an answer is opened by its message, judged, and corrected.

What the message then shows of it (`verdict`, `corrected`, `taught`) is an event like any other change of a message, so
that every screen sees that somebody has looked after it. A line that calls a person can be opened and taught from too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from wasl.clock import iso
from wasl.errors import Invalid, NotFound
from wasl.limits import QUESTION_CHARACTERS_MAX, TURN_LINES_MAX
from wasl.store.conversation_row import CONVERSATION_SELECT, Conversation
from wasl.store.database import Connection, Row
from wasl.store.draft import Draft
from wasl.store.entries import entry_to_change, refuse_full, reword_entry, twin_of, write_entry
from wasl.store.knowledge import KnowledgeEntry, Wording, find_entry
from wasl.store.limits import ENTRY_LANGUAGES_MAX, ENTRY_PHRASINGS_MAX, ENTRY_QUESTION_CHARACTERS_MAX
from wasl.store.message_row import MESSAGE_SELECT, Json, Message
from wasl.store.needs import Needs
from wasl.store.persons import conversation_with
from wasl.store.touch import touch_message
from wasl.store.unanswered import settle_question

NO_ANSWER = "no_answer"
"""The code of a message at which the assistant neither answered nor called a person."""


class Lesson(StrEnum):
    """What is to be learnt from a correction."""

    ENTRY = "entry"
    """The entry that was said is changed."""
    NEW = "new"
    """An entry is added for what was asked."""
    MESSAGE = "message"
    """Nothing: only this message should have said something else."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who did something, and when."""

    operator_id: int | None = None
    at_ms: int | None = None

    def as_json(self, name: str) -> Json:
        """As two fields, `<name>_by` and `<name>_at`; of people's names the door knows."""
        operator_id = str(self.operator_id) if self.operator_id is not None else None
        return {f"{name}_by": operator_id, f"{name}_at": iso(self.at_ms) if self.at_ms is not None else None}


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What became of a turn. `answer_id` is None where only a line tells that a person was called."""

    answer_id: int | None
    outcome: str
    question: str
    reply: str | None
    language: str | None
    reason: str | None
    confidence: int
    sources: Sequence[Json]
    verdict: str | None = None
    correction: str | None = None
    created_ms: int = 0
    judged: Hand = Hand()
    corrected: Hand = Hand()

    def as_json(self, line: Json) -> Json:
        """What the API shows of it; `line` is what its message says of a hand-over."""
        said = self.outcome == "replied"
        return {
            "answer_id": str(self.answer_id) if self.answer_id is not None else None,
            "outcome": self.outcome,
            "question": self.question,
            "reply": self.reply if said else None,
            "language": self.language,
            "confidence": self.confidence,
            "verdict": self.verdict,
            **self.judged.as_json("verdict"),
            "correction": self.correction,
            **self.corrected.as_json("corrected"),
            "reason": self.reason,
            "note": line.get("note") or "",
            "note_code": line.get("note_code"),
            "note_values": line.get("note_values") or {},
            "draft": None if said else self.reply or line.get("draft"),
        }


_ANSWER = (
    "SELECT answer_id, outcome, question, reply, language, reason, confidence, sources, verdict, correction,"
    " created_ms, verdict_by, verdict_ms, corrected_by, corrected_ms FROM answers WHERE account_id = ? AND {0} = ?"
)


def read_answer(connection: Connection, account_id: int, conversation_id: str, message_id: str) -> Json:
    """An answer with its question and its sources, each with the entry as it is now. Raises NotFound."""
    sql = f"{CONVERSATION_SELECT} WHERE c.account_id = ? AND c.conversation_id = ?"
    rows = connection.rows(sql, (account_id, conversation_id))
    if not rows:
        raise NotFound("There is no such conversation.")
    conversation = Conversation.of_row(rows[0])
    sql = f"{MESSAGE_SELECT} WHERE m.channel_id = ? AND m.message_id = ? AND m.conversation_key = ?"
    found = connection.rows(sql, (conversation.channel.channel_id, message_id, conversation.key))
    if not found:
        raise NotFound("There is no such message.")
    return _opened(connection, Message.of_row(found[0]))


def _opened(connection: Connection, message: Message) -> Json:
    answer = _answer_at(connection, message)
    sources = [_source(connection, message.account_id, source, answer) for source in answer.sources]
    return {**answer.as_json(_line(message)), "sources": sources}


def _answer_at(connection: Connection, message: Message) -> GivenAnswer:
    """Raises NotFound `no_answer`."""
    # A reply by its own place; a line, and a question whose answer was only drafted, by the turn's.
    for column in ("message_sequence", "answer_id"):
        rows = connection.rows(_ANSWER.format(column), (message.account_id, message.sequence))
        if rows:
            return _given(rows[0])
    if message.role == "system" and "handover" in message.metadata:
        reason = message.metadata["handover"].get("reason")
        return GivenAnswer(None, "handed_over", _asked_before(connection, message), None, None, reason, 0, ())
    raise NotFound("The assistant did not answer here.", code=NO_ANSWER)


def _given(row: Row) -> GivenAnswer:
    told: list[Any] = list(row)
    told[7] = orjson.loads(row[7])
    told[11:] = Hand(*row[11:13]), Hand(*row[13:])
    return GivenAnswer(*told)


def _asked_before(connection: Connection, line: Message) -> str:
    """What the customer had said when a person was called, since anybody of the business last spoke."""
    sql = (
        "SELECT m.role, m.content FROM messages m WHERE m.account_id = ? AND m.conversation_key = ?"
        " AND (m.clock, m.sequence) < (?, ?) ORDER BY m.clock DESC, m.sequence DESC LIMIT ?"
    )
    where = (line.account_id, line.conversation_key, *line.position)
    said: list[str] = []
    for role, content in connection.rows(sql, (*where, TURN_LINES_MAX)):
        if role in ("bot", "operator"):
            # What a customer is told, when a person is called, stands between their words and the line.
            if said:
                break
        elif role == "user" and content.strip():
            said.append(content)
    return "\n".join(reversed(said))[:QUESTION_CHARACTERS_MAX]


def _source(connection: Connection, account_id: int, source: Json, answer: GivenAnswer) -> Json:
    """A source, with what the entry said when it was used and what it is now."""
    entry = find_entry(connection, account_id, int(source["entry_id"]))
    sql = (
        "SELECT entry FROM knowledge_changes WHERE account_id = ? AND entry_id = ? AND changed_ms <= ?"
        " ORDER BY version DESC LIMIT 1"
    )
    rows = connection.rows(sql, (account_id, int(source["entry_id"]), answer.created_ms))
    answers = orjson.loads(rows[0][0])["answers"] if rows else dict(entry.answers) if entry else {}
    wanted = "ar" if answer.language == "arabizi" else answer.language or ""
    said = answers.get(wanted) or next(iter(answers.values()), None)
    return {"answer": said, **source, "entry": entry.as_json() if entry else None}


def _line(message: Message) -> Json:
    line: Json = message.metadata.get("handover") or {}
    return line


# -- judging and correcting -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """The message as it is shown now, and the verdict."""

    message: Json
    verdict: str | None


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """An operator says whether an answer was good: `up`, `down`, or None to take that back."""

    account_id: int
    operator_id: int
    conversation_id: str
    message_id: str
    verdict: str | None

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Judged:
        """Raises NotFound."""
        conversation = draft.conversation_named(self.conversation_id)
        message = _message_of(draft, conversation, self.message_id)
        answer = _answer_at(draft.connection, message)
        if answer.verdict != self.verdict:
            _keep_verdict(draft, _number_of(draft, message, answer), self.operator_id, self.verdict)
        _show(draft, message, {"verdict": self.verdict})
        return Judged(message.as_json(), self.verdict)


@dataclass(frozen=True, slots=True)
class Corrected:
    """The message and its answer as they are now, and the entry that was changed or added."""

    message: Json
    answer: Json
    entry: KnowledgeEntry | None


@dataclass(frozen=True, slots=True)
class CorrectAnswer:
    """An operator says what the assistant should have said. Of `ENTRY` and `NEW` what is None stays as it is: the
    entry's own, or what the customer asked. `answers` are laid over the entry's, or with `whole` take their place."""

    account_id: int
    operator_id: int
    conversation_id: str
    user_id: str
    message_id: str
    lesson: Lesson
    entry_id: int | None = None
    version: int | None = None
    question: str | None = None
    answers: Json | None = None
    whole: bool = False
    phrasings: tuple[str, ...] | None = None
    topic: str | None = None
    correction: str | None = None

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Corrected:
        """Raises NotFound, Conflict: `newer_version`, `knowledge_full`; Invalid: `question_needed`,
        `too_many_languages`."""
        conversation = conversation_with(draft, self.conversation_id, self.user_id)
        message = _message_of(draft, conversation, self.message_id)
        answer = _answer_at(draft.connection, message)
        entry = self._teach(draft, message, answer)
        answer_id = _number_of(draft, message, answer)
        correction = self.correction or (next(iter(self.answers.values())) if self.answers else None)
        _keep_verdict(draft, answer_id, self.operator_id, "down")
        _keep_correction(draft, answer_id, self.operator_id, correction)
        if entry is not None:
            settle_question(draft, answer_id)
        _show(draft, message, {"verdict": "down", "corrected": True, "taught": self.lesson.value})
        return Corrected(message.as_json(), _opened(draft.connection, message), entry)

    def _teach(self, draft: Draft, message: Message, answer: GivenAnswer) -> KnowledgeEntry | None:
        match self.lesson:
            case Lesson.MESSAGE:
                return None
            case Lesson.ENTRY:
                assert self.entry_id is not None, "the door asks for it"
                entry = entry_to_change(draft, self.entry_id)
                wording = self._reworded(entry.wording)
                return reword_entry(draft, entry, self.operator_id, wording, self.version, from_message=message.id)
            case Lesson.NEW:
                wording = self._worded(answer)
                twin = twin_of(draft, self.operator_id, wording, message.id)
                if twin is not None:
                    return twin
                refuse_full(draft.connection, self.account_id, 1)
                return write_entry(draft, self.operator_id, wording, "taught", message.id)

    def _reworded(self, now: Wording) -> Wording:
        answers = dict(self.answers or {}) if self.whole else {**now.answers, **(self.answers or {})}
        if len(answers) > ENTRY_LANGUAGES_MAX:
            sentence = f"An entry answers in at most {ENTRY_LANGUAGES_MAX} languages."
            raise Invalid(sentence, code="too_many_languages")
        return Wording(
            question=self.question or now.question,
            answers=answers,
            phrasings=now.phrasings if self.phrasings is None else self.phrasings,
            topic=self.topic or now.topic,
        )

    def _worded(self, answer: GivenAnswer) -> Wording:
        """A new entry: what the customer asked is its question, or one of the ways to ask it."""
        asked = question_form(answer.question)
        question, phrasings = self.question or asked, self.phrasings or ()
        if not question:
            raise Invalid("The customer asked nothing in words: say what the question is.", code="question_needed")
        if asked and asked not in (question, *phrasings):
            phrasings = (*phrasings, asked)[:ENTRY_PHRASINGS_MAX]
        return Wording(question, dict(self.answers or {}), phrasings, self.topic)


def question_form(text: str) -> str:
    """What a customer asked as the question of an entry: in one line, and no longer than one may be."""
    line = " ".join(text.split())
    if len(line) <= ENTRY_QUESTION_CHARACTERS_MAX:
        return line
    return line[: ENTRY_QUESTION_CHARACTERS_MAX + 1].rpartition(" ")[0] or line[:ENTRY_QUESTION_CHARACTERS_MAX]


def _message_of(draft: Draft, conversation: Conversation, message_id: str) -> Message:
    message = draft.message_where(
        "m.channel_id = ? AND m.message_id = ?", (conversation.channel.channel_id, message_id)
    )
    if message is None or message.conversation_key != conversation.key:
        raise NotFound("There is no such message.")
    return message


def _number_of(draft: Draft, message: Message, answer: GivenAnswer) -> int:
    """The answer's id. Where only a line tells that a person was called, because no turn did it, it is written down."""
    if answer.answer_id is not None:
        return answer.answer_id
    sql = (
        "INSERT INTO answers (account_id, answer_id, conversation_key, outcome, question_sequence, question, reason,"
        " sources, steps, compared, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, '[]', ?, 1, ?)"
    )
    steps = orjson.dumps([["committed", message.saved_ms, None]]).decode()
    place = (draft.account_id, message.sequence, message.conversation_key, answer.outcome, message.sequence)
    draft.connection.run(sql, (*place, answer.question, answer.reason, steps, message.saved_ms))
    return message.sequence


def _keep_verdict(draft: Draft, answer_id: int, operator_id: int, verdict: str | None) -> None:
    sql = "UPDATE answers SET verdict = ?, verdict_by = ?, verdict_ms = ? WHERE account_id = ? AND answer_id = ?"
    told = (verdict, operator_id if verdict else None, draft.now_ms if verdict else None)
    draft.connection.run(sql, (*told, draft.account_id, answer_id))


def _keep_correction(draft: Draft, answer_id: int, operator_id: int, correction: str | None) -> None:
    sql = "UPDATE answers SET correction = ?, corrected_by = ?, corrected_ms = ? WHERE account_id = ? AND answer_id = ?"
    draft.connection.run(sql, (correction, operator_id, draft.now_ms, draft.account_id, answer_id))


def _show(draft: Draft, message: Message, taught: Json) -> None:
    """Let a message show what was said of it, if it is news. A customer's shows nothing: only a draft was made for
    it."""
    place = _place_of(message)
    shown = _shown(message)
    if place is not None and any(shown.get(name) != value for name, value in taught.items()):
        message.metadata = {**message.metadata, place: {**shown, **taught}}
        touch_message(draft, message, "teaching")


def _shown(message: Message) -> Json:
    place = _place_of(message)
    shown: Json = (message.metadata.get(place) if place else None) or {}
    return shown


def _place_of(message: Message) -> str | None:
    return {"bot": "assistant", "system": "handover"}.get(message.role)
