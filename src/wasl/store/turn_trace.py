"""What the assistant did about a message, step by step, for the trace of that message."""

from typing import Any

import orjson

from wasl.store.answers import Outcome
from wasl.store.database import Connection, Row
from wasl.store.last_words import TOLD
from wasl.store.limits import TURNS_TRACED_MAX
from wasl.store.message_row import MESSAGE_SELECT, Message

Step = tuple[int, str, Any]
_BEGAN = "began"
_ANSWER = "SELECT outcome, reason, steps, message_sequence FROM answers"


def turns_about(connection: Connection, message: Message) -> tuple[list[Step], Message | None]:
    """The turns that were begun about a customer's message, those in vain included, and the answer that was sent."""
    before = _answered_by(connection, message)
    sql = (
        f"{_ANSWER} WHERE conversation_key = ? AND account_id = ? AND answer_id >= ? AND question_sequence >= ?"
        " AND question_sequence < ? ORDER BY answer_id LIMIT ?"
    )
    place = (message.conversation_key, message.account_id, message.sequence, message.sequence, before)
    steps: list[Step] = []
    for row in connection.rows(sql, (*place, TURNS_TRACED_MAX)):
        outcome, _, _, sequence = row
        answer = _message_at(connection, message.account_id, sequence) if sequence is not None else None
        steps += _steps_of(row, answer)
        if outcome != Outcome.DISCARDED:
            return steps, answer
    return steps, None


def turn_behind(connection: Connection, message: Message) -> list[Step]:
    """The turn in which a message of the assistant's was made, or a line of Wasl's own that calls a person."""
    sql = f"{_ANSWER} WHERE message_sequence = ? AND account_id = ?"
    rows = connection.rows(sql, (message.sequence, message.account_id))
    if not rows:
        # What calls a person is the turn's own event; what the customer hears of that stands right before it.
        number = message.sequence + (TOLD in message.metadata)
        sql = f"{_ANSWER} WHERE account_id = ? AND answer_id = ? AND conversation_key = ?"
        rows = connection.rows(sql, (message.account_id, number, message.conversation_key))
    return [step for row in rows for step in _steps_of(row, message)]


def _steps_of(row: Row, answer: Message | None) -> list[Step]:
    outcome, reason, steps, sequence = row
    result = {"outcome": outcome, "reason": reason, "message_id": answer.id if answer and sequence else None}
    told: list[Step] = []
    for what, at_ms, detail in orjson.loads(steps):
        told.append((at_ms, "assistant began" if what == _BEGAN else what, detail))
    at_ms, ending, _ = told[-1]
    return [*told[:-1], (at_ms, ending, {key: value for key, value in result.items() if value})]


def _answered_by(connection: Connection, message: Message) -> int:
    """The sequence of what the business said next: a turn about anything later is not about this message."""
    sql = (
        "SELECT sequence FROM messages WHERE conversation_key = ? AND account_id = ? AND (clock, sequence) > (?, ?)"
        " AND role IN ('bot', 'operator') AND origin <> 'history' ORDER BY clock, sequence LIMIT 1"
    )
    rows = connection.rows(sql, (message.conversation_key, message.account_id, message.clock, message.sequence))
    return int(rows[0][0]) if rows else 2**62


def _message_at(connection: Connection, account_id: int, sequence: int) -> Message | None:
    rows = connection.rows(f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.sequence = ?", (account_id, sequence))
    return Message.of_row(rows[0]) if rows else None
