"""Customers who wait for the assistant: noted with their message, claimed with a lease, gone with the answer.

A turn may be begun twice without harm: only one can end it, because its row is deleted by the same transaction that
queues the answer. Times are the database's, as in the outbox. How they are found and claimed: `turn_claims.py`.
"""

from dataclasses import dataclass

from wasl.domain.assistant import AssistantMode
from wasl.domain.conversation import ConversationStatus
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.draft import Draft


@dataclass(frozen=True, slots=True)
class Terms:
    """Whether and when the assistant of a number looks at what was written there."""

    mode: AssistantMode = AssistantMode.OFF
    quiet_ms: int = 0
    burst_ms: int = 0
    away: bool = False
    """Nobody of the team is there just now, and a customer whom no assistant answers should hear that."""

    @property
    def answers(self) -> bool:
        return self.mode is AssistantMode.AUTO


NO_ASSISTANT = Terms()


@dataclass(frozen=True, slots=True)
class Turn:
    """A burst of messages whose answer is being made. It counts only as long as nothing newer was said."""

    account_id: int
    conversation_key: int
    channel_id: int
    shadow: bool
    upto_sequence: int
    attempt: int
    tells: bool = False
    """Whether the customer has to hear that nobody is there. Unless it is a shadow that is all there is to do."""


def call_assistant(draft: Draft, conversation: Conversation, sequence: int, terms: Terms) -> None:
    """Let the assistant answer up to a message: once the customer has been quiet for a while, and not much later than
    when they began. An answer that is being made is discarded by that, and begins again with all of it."""
    tells = terms.away and is_left_alone(conversation, draft.now_ms)
    if not tells and not is_assistants(conversation, terms):
        return
    sql = (
        "INSERT INTO turns"
        " (account_id, conversation_key, channel_id, shadow, tells, upto_sequence, since_ms, due_ms, state)"
        " VALUES (?, ?, ?, ?, ?, ?, NOW_MS(), NOW_MS() + ?, 'waiting') ON CONFLICT (account_id, conversation_key)"
        " DO UPDATE SET shadow = excluded.shadow, tells = excluded.tells, upto_sequence = excluded.upto_sequence,"
        " since_ms = CASE WHEN turns.state = 'waiting' THEN turns.since_ms ELSE excluded.since_ms END,"
        " due_ms = CASE WHEN turns.state = 'waiting' AND turns.since_ms + ? < excluded.due_ms"
        " THEN turns.since_ms + ? ELSE excluded.due_ms END,"
        " state = 'waiting', attempt = 0, node = NULL, lease_ms = NULL"
    )
    whose = (draft.account_id, conversation.key, conversation.channel.channel_id)
    what = (int(terms.mode is AssistantMode.SHADOW), int(tells), sequence)
    draft.connection.send(sql, (*whose, *what, terms.quiet_ms, terms.burst_ms, terms.burst_ms))


def is_assistants(conversation: Conversation, terms: Terms) -> bool:
    """Whether a customer's message is for the assistant: to answer, or only to learn from."""
    if terms.mode is AssistantMode.AUTO:
        return conversation.handover.status is ConversationStatus.BOT
    return terms.mode is AssistantMode.SHADOW


def is_left_alone(conversation: Conversation, at_ms: int) -> bool:
    """Whether a customer has only people to wait for, and does not know that none is there."""
    knows = conversation.told_until_ms is not None and conversation.told_until_ms > at_ms
    return not knows and conversation.handover.status in (ConversationStatus.WAITING_HUMAN, ConversationStatus.HUMAN)


def forget_turn(draft: Draft, conversation: Conversation) -> None:
    """Nobody waits for the assistant's answer here any more. A draft for comparison is made all the same."""
    whose = (draft.account_id, conversation.key)
    draft.connection.send("DELETE FROM turns WHERE account_id = ? AND conversation_key = ? AND shadow = 0", whose)
    draft.connection.send("UPDATE turns SET tells = 0 WHERE account_id = ? AND conversation_key = ?", whose)


def think_again(draft: Draft, conversation_key: int) -> None:
    """What was asked reads otherwise by now: an answer that is being made is discarded, and begun again at once."""
    sql = (
        "UPDATE turns SET state = 'waiting', due_ms = NOW_MS(), node = NULL, lease_ms = NULL WHERE account_id = ?"
        " AND conversation_key = ? AND state = 'thinking'"
    )
    draft.connection.send(sql, (draft.account_id, conversation_key))


def awaits_turn(draft: Draft, conversation: Conversation) -> bool:
    """Whether an answer to the customer is still to be made."""
    sql = "SELECT 1 FROM turns WHERE account_id = ? AND conversation_key = ? AND shadow = 0"
    return bool(draft.connection.rows(sql, (draft.account_id, conversation.key)))


def end_turn(draft: Draft, turn: Turn) -> bool:
    """End a turn with the transaction that is open; False when something newer was said, or another was faster."""
    sql = (
        "DELETE FROM turns WHERE account_id = ? AND conversation_key = ? AND upto_sequence = ? AND attempt = ?"
        " AND state = 'thinking'"
    )
    this = (turn.account_id, turn.conversation_key, turn.upto_sequence, turn.attempt)
    return draft.connection.run(sql, this) == 1


def still_tells(draft: Draft, turn: Turn) -> bool:
    """Whether the customer of a turn is still to hear that nobody is there: who moves the conversation sees to it."""
    sql = (
        "SELECT 1 FROM turns WHERE account_id = ? AND conversation_key = ? AND upto_sequence = ? AND attempt = ?"
        " AND state = 'thinking' AND tells = 1"
    )
    this = (turn.account_id, turn.conversation_key, turn.upto_sequence, turn.attempt)
    return bool(draft.connection.rows(sql, this))


def begin_again(draft: Draft, turn: Turn) -> bool:
    """Let a turn that was thought about in vain be taken once more, at once; False when it is not there any more."""
    sql = (
        "UPDATE turns SET state = 'waiting', due_ms = NOW_MS(), node = NULL, lease_ms = NULL WHERE account_id = ?"
        " AND conversation_key = ? AND upto_sequence = ? AND attempt = ? AND state = 'thinking'"
    )
    this = (turn.account_id, turn.conversation_key, turn.upto_sequence, turn.attempt)
    return draft.connection.run(sql, this) == 1


def has_turn(connection: Connection, turn: Turn) -> bool:
    """Whether nothing newer was said since a turn was claimed."""
    sql = "SELECT 1 FROM turns WHERE account_id = ? AND conversation_key = ? AND upto_sequence = ? AND attempt = ?"
    this = (turn.account_id, turn.conversation_key, turn.upto_sequence, turn.attempt)
    return bool(connection.rows(sql, this))
