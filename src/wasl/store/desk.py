"""What operators do with a conversation: take it, give it back, end it, read it. Each change is one event, or none."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from wasl.domain.conversation import ConversationStatus
from wasl.domain.events import EventKind
from wasl.domain.handover import Handover, end, release, take_over
from wasl.domain.message import Origin, Role
from wasl.domain.people import Operator
from wasl.store.conversation_row import Conversation, refuse_continued
from wasl.store.draft import Draft
from wasl.store.last_words import last_words, open_question
from wasl.store.listening import weigh
from wasl.store.message_row import Json
from wasl.store.needs import Needs
from wasl.store.persons import conversation_with
from wasl.store.signals import note_read
from wasl.store.turns import NO_ASSISTANT, Terms, call_assistant, forget_turn


class Move(StrEnum):
    """What an operator can do about who answers."""

    TAKE_OVER = "takeover"
    """From the assistant, the queue or a colleague."""
    RELEASE = "release"
    """Back to the assistant."""
    END = "end"
    """Settled, until the customer writes again."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """An operator changes who answers a conversation."""

    account_id: int
    operator: Operator
    conversation_id: str
    user_id: str
    move: Move
    terms: Callable[[int], Terms] = lambda _: NO_ASSISTANT
    """What the assistant of a channel, by its id, is told to do."""

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Json:
        """Make the move; the conversation as this operator now sees it. Raises NotFound, and Conflict
        `conversation_continued`."""
        conversation = conversation_with(draft, self.conversation_id, self.user_id)
        refuse_continued(conversation)
        before, after = conversation.handover, self._after(conversation.handover)
        if after != before:
            conversation.handover = after
            if self.move is Move.END:
                conversation.settled_sequence = draft.next_sequence() - 1
            weigh(conversation)
            self._tell_assistant(draft, conversation)
            conversation.operator_name = self.operator.name if after.status is ConversationStatus.HUMAN else None
            conversation.version = draft.next_sequence()
            changed = "status" if after.status is not before.status else "operator"
            parts = {"conversation": conversation.as_json(), "changed": changed}
            draft.append(EventKind.CONVERSATION_UPDATED, conversation, parts)
        _, read_inbound = _marker(draft, self.operator.id, conversation)
        return {**conversation.as_json(), "unread_count": max(0, conversation.inbound_count - read_inbound)}

    def _tell_assistant(self, draft: Draft, conversation: Conversation) -> None:
        """Whoever is given back to the assistant with an open question gets an answer; what it had begun is in vain."""
        forget_turn(draft, conversation)
        if self.move is not Move.RELEASE:
            return
        asked = open_question(last_words(draft, conversation.key), conversation.settled_sequence)
        if asked is not None:
            terms = self.terms(conversation.channel.channel_id)
            call_assistant(draft, conversation, asked.sequence, terms)

    def _after(self, now: Handover) -> Handover:
        match self.move:
            case Move.TAKE_OVER:
                return take_over(now, self.operator.id)
            case Move.RELEASE:
                return release(now)
            case Move.END:
                return end(now)


@dataclass(frozen=True, slots=True)
class ReadState:
    """How far an operator has read a conversation."""

    conversation_id: str
    operator_id: str
    sequence: int
    unread_count: int


@dataclass(frozen=True, slots=True)
class MarkRead:
    """An operator has seen a conversation up to a sequence. What was read once stays read. `tells` says of a channel,
    by its id, whether customers can be told."""

    account_id: int
    operator_id: int
    conversation_id: str
    sequence: int
    tells: Callable[[int], bool] = lambda _: False

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> ReadState:
        """Move the marker forward; an event only when the unread count falls. Raises NotFound."""
        conversation = draft.conversation_named(self.conversation_id)
        sequence, read_inbound = _marker(draft, self.operator_id, conversation)
        target = min(self.sequence, draft.next_sequence() - 1)
        if target > sequence:
            reached = conversation.inbound_count - _inbound_after(draft, conversation, target)
            if reached > read_inbound:
                sequence, read_inbound = target, reached
                self._move_marker(draft, conversation, sequence, read_inbound)
                if self.tells(conversation.channel.channel_id):
                    note_read(draft, conversation, target)
        unread_count = max(0, conversation.inbound_count - read_inbound)
        return ReadState(conversation.id, str(self.operator_id), sequence, unread_count)

    def _move_marker(self, draft: Draft, conversation: Conversation, sequence: int, read_inbound: int) -> None:
        sql = (
            "INSERT INTO read_markers (account_id, operator_id, conversation_key, read_sequence, read_inbound)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (operator_id, conversation_key)"
            " DO UPDATE SET read_sequence = excluded.read_sequence, read_inbound = excluded.read_inbound"
        )
        draft.connection.run(sql, (self.account_id, self.operator_id, conversation.key, sequence, read_inbound))
        read = {
            "operator_id": str(self.operator_id),
            "sequence": sequence,
            "unread_count": conversation.inbound_count - read_inbound,
        }
        draft.append(EventKind.CONVERSATION_UPDATED, conversation, {"changed": "read", "read": read})


def _marker(draft: Draft, operator_id: int, conversation: Conversation) -> tuple[int, int]:
    """How far an operator has read: the sequence, and how many live inbound messages stand up to there."""
    sql = "SELECT read_sequence, read_inbound FROM read_markers WHERE operator_id = ? AND conversation_key = ?"
    rows = draft.connection.rows(sql, (operator_id, conversation.key))
    return (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)


def _inbound_after(draft: Draft, conversation: Conversation, sequence: int) -> int:
    """How many live messages of the customer came after a sequence."""
    if sequence >= conversation.last_sequence:
        return 0  # Each of them raises last_sequence. This is the ordinary case: all that is there has been seen.
    sql = (
        "SELECT count(*) FROM messages WHERE account_id = ? AND conversation_key = ? AND sequence > ?"
        " AND role = 'user' AND origin = 'live'"
    )
    [(stored,)] = draft.connection.rows(sql, (draft.account_id, conversation.key, sequence))
    new = sum(
        message.conversation_key == conversation.key
        and message.sequence > sequence
        and message.role == Role.USER
        and message.origin == Origin.LIVE
        for message in draft.new_messages()
    )
    return int(stored) + new
