"""What a turn reads before it thinks: the burst that is to be answered, what was said before, and who asks."""

from dataclasses import dataclass

from wasl.domain.assistant import Brief, Line
from wasl.domain.handover import Handover
from wasl.limits import TURN_LINES_MAX
from wasl.store.conversation_row import CONVERSATION_SELECT, Conversation
from wasl.store.database import Connection
from wasl.store.facts import facts_of
from wasl.store.last_words import TOLD, was_told
from wasl.store.message_row import MESSAGE_SELECT, Message
from wasl.store.turns import Turn, has_turn


@dataclass(frozen=True, slots=True)
class Situation:
    """A conversation as a turn finds it. `told` says whether the customer has heard since they were last answered that
    a person will."""

    conversation_id: str
    user_id: str
    handover: Handover
    mood: int
    continued: bool
    brief: Brief
    told: bool
    messages: tuple[Message, ...]
    """Those of the burst: a picture or a voice note may be fetched by them."""


def read_situation(connection: Connection, turn: Turn) -> Situation | None:
    """None when the turn counts no more."""
    if not has_turn(connection, turn):
        return None
    sql = f"{CONVERSATION_SELECT} WHERE c.account_id = ? AND c.conversation_key = ?"
    [row] = connection.rows(sql, (turn.account_id, turn.conversation_key))
    return situation_of(connection, Conversation.of_row(row))


def situation_of(connection: Connection, conversation: Conversation) -> Situation:
    """A conversation as it is now."""
    lines = last_lines(connection, conversation, TURN_LINES_MAX)
    burst = _burst_of(lines, conversation.settled_sequence)
    asked = {message.sequence for message in burst}
    before = [message for message in lines if message.sequence not in asked]
    return Situation(
        conversation_id=conversation.id,
        user_id=str(conversation.user_id),
        handover=conversation.handover,
        mood=conversation.mood,
        continued=conversation.continued_in is not None,
        brief=Brief(
            account_id=conversation.account_id,
            question=tuple(line_of(message) for message in burst),
            history=tuple(line_of(message) for message in before if message.role != "system"),
            language=conversation.language,
            customer=conversation.customer["name"],
            facts=facts_of(connection, conversation.account_id, conversation.user_id),
            tags=conversation.tags,
        ),
        told=was_told(connection, conversation.account_id, conversation.key, conversation.settled_sequence),
        messages=tuple(burst),
    )


def last_lines(connection: Connection, conversation: Conversation, limit: int) -> list[Message]:
    """The last messages of a conversation that were not deleted, oldest first."""
    sql = (
        f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.conversation_key = ? AND m.deleted_ms IS NULL"
        " ORDER BY m.clock DESC, m.sequence DESC LIMIT ?"
    )
    rows = connection.rows(sql, (conversation.account_id, conversation.key, limit))
    return [Message.of_row(row) for row in reversed(rows)]


def line_of(message: Message) -> Line:
    """A message as the assistant reads it: a voice note by what was written down of it."""
    text = message.content or str(message.metadata.get("transcript") or "")
    return Line(message.role, text, message.type, message.timestamp_ms)


def _burst_of(lines: list[Message], settled_sequence: int) -> list[Message]:
    """What the customer has said since anybody of the business last spoke, or ended the conversation: that a person
    will answer is no answer."""
    burst: list[Message] = []
    for message in reversed(lines):
        if message.role == "system" or TOLD in message.metadata:
            continue
        if not message.is_user:
            break
        # One of before may have come late, and stand below one that was settled.
        if message.sequence > settled_sequence:
            burst.append(message)
    return burst[::-1]
