"""Conversations in which nothing is said any more: found by the clock, and ended, or given back to the assistant.

It is an operator's move without the operator, so it takes back nothing that somebody waits for: no question of the
customer's that nobody has answered, and nothing that is still to leave.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from wasl.domain.conversation import ConversationStatus
from wasl.domain.events import EventKind
from wasl.domain.handover import end, release
from wasl.domain.message import Content, MessageStatus, MessageType, Role
from wasl.store.conversation_row import PLACED_SOURCE, Conversation
from wasl.store.database import Connection
from wasl.store.desk import Move
from wasl.store.draft import Draft
from wasl.store.last_words import last_words, open_question
from wasl.store.listening import weigh
from wasl.store.message_row import Message
from wasl.store.needs import Needs
from wasl.store.turns import NO_ASSISTANT, Terms, awaits_turn, call_assistant, forget_turn
from wasl.store.writing import write_message

_HOUR_MINUTES = 60
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Silent:
    """A conversation that was last active some time ago."""

    conversation_key: int
    channel_id: int
    last_activity_ms: int
    last_is_users: bool
    """Whether the customer said the last word."""
    place: int
    """In the list, by which all of them are walked through."""


def silent_conversations(
    connection: Connection,
    account_id: int,
    status: ConversationStatus,
    channel_ids: Sequence[int],
    after: int,
    before: int,
    limit: int,
) -> list[Silent]:
    """Those of a status and of some numbers that stand between two places of the list, the first ones first."""
    sql = (
        "SELECT c.conversation_key, c.channel_id, c.last_activity_ms, c.last_message, p.last_sequence"
        f" FROM {PLACED_SOURCE} WHERE p.account_id = ? AND p.status = ? AND p.last_sequence > ? AND p.last_sequence < ?"
        " AND c.channel_id = ANY(?) ORDER BY p.last_sequence LIMIT ?"
    )
    rows = connection.rows(sql, (account_id, status.value, after, before, list(channel_ids), limit))
    return [
        Silent(key, channel_id, at_ms, bool(last and orjson.loads(last)["is_user"]), place)
        for key, channel_id, at_ms, last, place in rows
    ]


@dataclass(frozen=True, slots=True)
class LeaveSilent:
    """End a conversation that fell silent, or give it back to the assistant, unless something is still owed in it."""

    account_id: int
    conversation_key: int
    move: Move
    """END, or RELEASE of what a person holds."""
    minutes: int
    terms: Terms = NO_ASSISTANT
    """What the assistant of its number is told to do, should the customer's last word be given back to it."""

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> bool:
        """Whether it was left."""
        conversation = draft.conversation(self.conversation_key)
        handover = conversation.handover
        held = handover.status is ConversationStatus.HUMAN
        if not held and (self.move is Move.RELEASE or handover.status is not ConversationStatus.BOT):
            return False
        words = last_words(draft, conversation.key)
        if not words or not self._is_silent(draft, conversation, words[0]):
            return False
        asked = open_question(words, conversation.settled_sequence)
        if self._is_owed(words[0], asked) or awaits_turn(draft, conversation) or _has_to_leave(draft, conversation):
            return False
        conversation.handover = end(handover) if self.move is Move.END else release(handover)
        if self.move is Move.END:
            conversation.settled_sequence = draft.next_sequence() - 1
        conversation.operator_name = None
        weigh(conversation)
        forget_turn(draft, conversation)
        self._say(draft, conversation)
        if asked is not None:
            call_assistant(draft, conversation, asked.sequence, self.terms)
        return True

    def _is_silent(self, draft: Draft, conversation: Conversation, last: Message) -> bool:
        """Whether nothing was said, and nobody has moved it, for long enough. An event that is no longer in the log is
        older than what the last word says."""
        if any(message.conversation_key == conversation.key for message in draft.new_messages()):
            return False
        sql = "SELECT created_ms FROM events WHERE account_id = ? AND sequence = ?"
        moved = draft.connection.rows(sql, (draft.account_id, conversation.version))
        moments = [conversation.last_activity_ms, last.saved_ms, *(at_ms for (at_ms,) in moved)]
        is_stored = conversation.version <= draft.head  # What was moved in this very transaction has no row yet.
        return is_stored and draft.now_ms - max(moments) >= self.minutes * 60_000

    def _is_owed(self, last: Message, asked: Message | None) -> bool:
        """Whether the customer waits for something: an answer, or one that did not go out. What is given back to an
        assistant that answers is answered."""
        if asked is not None:
            return not (self.move is Move.RELEASE and self.terms.answers)
        return last.status is MessageStatus.FAILED

    def _say(self, draft: Draft, conversation: Conversation) -> None:
        how = "Ended" if self.move is Move.END else "Given back to the assistant"
        line = {"move": self.move.value, "minutes": self.minutes}
        content = Content(
            MessageType.TEXT, f"{how} after {_duration(self.minutes)} without a word.", None, {"idle": line}
        )
        place = conversation.last_sequence
        message = write_message(draft, conversation, content, Role.SYSTEM)
        conversation.last_sequence = place  # It is no activity: what fell silent does not rise to the top of the list.
        parts = {"message": message.as_json(), "conversation": conversation.as_json()}
        draft.append(EventKind.NEW_MESSAGE, conversation, parts)


def _has_to_leave(draft: Draft, conversation: Conversation) -> bool:
    sql = "SELECT 1 FROM outbox WHERE account_id = ? AND conversation_key = ? LIMIT 1"
    return bool(draft.connection.rows(sql, (draft.account_id, conversation.key)))


def _duration(minutes: int) -> str:
    if minutes % _DAY_MINUTES == 0 and minutes > _DAY_MINUTES:
        return f"{minutes // _DAY_MINUTES} days"
    return f"{minutes // _HOUR_MINUTES} h" if minutes % _HOUR_MINUTES == 0 else f"{minutes} min"
