"""What must still leave for a provider: queued with its message, and whose turn it is.

A row exists only while a message is queued, under way, or unsettled; `attempts.py` is what happens to it then.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from wasl.domain.events import EventKind
from wasl.domain.handover import operator_wrote
from wasl.domain.message import MessageStatus, MessageType, Origin, Role
from wasl.domain.people import Operator
from wasl.errors import Conflict, NotFound
from wasl.limits import CLOCK_PUT_BACK_SECONDS
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.draft import Draft, Needs
from wasl.store.message_row import MESSAGE_SELECT, Message


def new_message_id(at_ms: int) -> str:
    """Name one of our own messages; nothing in it depends on memory, uptime or restarts."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"msg_{moment:%Y%m%d%H%M%S}_{uuid.uuid4().hex}"


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """An operator's reply: refused if something unseen stands in the conversation, stored once per client id."""

    account_id: int
    operator: Operator
    conversation_id: str
    user_id: str
    text: str
    client_message_id: str | None = None
    reply_to: str | None = None
    seen_sequence: int | None = None
    force: bool = False

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Message:
        """Queue it. Raises NotFound for a foreign conversation or quotation, Conflict `newer_message` when the author
        has not seen what somebody else wrote meanwhile, Conflict `client_message_id_used` when the id names another."""
        conversation = draft.conversation_named(self.conversation_id)
        if str(conversation.contact_id) != self.user_id:
            raise NotFound("There is no such conversation.")
        twin = self._twin(draft)
        if twin is not None:
            if twin.conversation_key != conversation.key:
                raise Conflict(
                    "This client_message_id names a message of another conversation.", code="client_message_id_used"
                )
            return twin
        self._guard(draft, conversation)
        quoted = self._quoted(draft, conversation)
        message = self._message(draft, conversation, quoted)
        _follow(conversation, message, self.operator)
        draft.add_message(message)
        _queue(draft, message)
        draft.append(
            EventKind.NEW_MESSAGE, conversation, {"message": message.as_json(), "conversation": conversation.as_json()}
        )
        return message

    def _twin(self, draft: Draft) -> Message | None:
        if self.client_message_id is None:
            return None
        for message in draft.new_messages():
            if message.client_message_id == self.client_message_id:
                return message
        return draft.message_where("m.client_message_id = ?", (self.client_message_id,))

    def _guard(self, draft: Draft, conversation: Conversation) -> None:
        if self.force or self.seen_sequence is None or conversation.last_sequence <= self.seen_sequence:
            return
        newer = [
            message
            for message in messages_after(draft, conversation, self.seen_sequence)
            if message.operator_id != self.operator.id and message.origin != Origin.HISTORY
        ]
        if newer:
            details = {
                "newer": [message.as_json() for message in newer],
                "last_sequence": max(message.sequence for message in newer),
            }
            raise Conflict(
                "Something new stands in this conversation that you have not seen. Look at it, or send anyway.",
                code="newer_message",
                details=details,
            )

    def _quoted(self, draft: Draft, conversation: Conversation) -> Message | None:
        if self.reply_to is None:
            return None
        quoted = draft.message(conversation.channel.channel_id, self.reply_to) or draft.message_where(
            "m.channel_id = ? AND m.message_id = ?", (conversation.channel.channel_id, self.reply_to)
        )
        if quoted is None or quoted.conversation_key != conversation.key:
            raise NotFound("The message that you reply to is not in this conversation.")
        return quoted

    def _message(self, draft: Draft, conversation: Conversation, quoted: Message | None) -> Message:
        sequence = draft.next_sequence()
        return Message(
            account_id=draft.account_id,
            sequence=sequence,
            channel_id=conversation.channel.channel_id,
            conversation_key=conversation.key,
            id=new_message_id(draft.now_ms),
            provider_message_id=None,
            client_message_id=self.client_message_id,
            version=sequence,
            clock=conversation.clocks.place_outbound(draft.now_ms // 1000),
            role=Role.OPERATOR,
            origin=Origin.LIVE,
            type=MessageType.TEXT,
            content=self.text,
            status=MessageStatus.QUEUED,
            error=None,
            operator_id=self.operator.id,
            author_name=self.operator.name,
            reply_to=quoted.id if quoted else None,
            reply_preview=quoted.preview() if quoted else None,
            reactions=[],
            media=None,
            metadata={},
            timestamp_ms=draft.now_ms,
            received_ms=draft.now_ms,
            saved_ms=draft.now_ms,
            edited_ms=None,
            deleted_ms=None,
            hops=[],
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
        )


def messages_after(draft: Draft, conversation: Conversation, sequence: int) -> list[Message]:
    """The messages of a conversation that came after a sequence, in the order they came."""
    sql = f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.conversation_key = ? AND m.sequence > ?"
    rows = draft.connection.rows(sql, (draft.account_id, conversation.key, sequence))
    stored = [Message.of_row(row) for row in rows]
    new = [m for m in draft.new_messages() if m.conversation_key == conversation.key and m.sequence > sequence]
    return sorted([*stored, *new], key=lambda message: message.sequence)


def _follow(conversation: Conversation, message: Message, operator: Operator) -> None:
    conversation.version = conversation.last_sequence = message.sequence
    conversation.message_count += 1
    conversation.last_activity_ms = max(conversation.last_activity_ms, message.timestamp_ms)
    conversation.last_message = message.as_last_message()
    handover = operator_wrote(conversation.handover, operator.id)
    if handover is not conversation.handover:
        conversation.handover, conversation.operator_name = handover, operator.name


def _queue(draft: Draft, message: Message) -> None:
    sql = (
        "INSERT INTO outbox (account_id, sequence, channel_id, conversation_key, state, attempt, due_ms, since_ms)"
        " VALUES (?, ?, ?, ?, 'queued', 0, NOW_MS(), NOW_MS())"
    )
    draft.connection.send(sql, (message.account_id, message.sequence, message.channel_id, message.conversation_key))


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose turn it is."""

    account_id: int
    sequence: int
    channel_id: int
    conversation_key: int


def due_messages(connection: Connection, held_channels: list[int], limit: int) -> list[Due]:
    """The messages that may leave now: of each conversation only the first in line, and none behind an unsettled one
    until that has blocked the line long enough. A channel on hold takes no place in the list from the others."""
    sql = (
        "SELECT o.account_id, o.sequence, o.channel_id, o.conversation_key FROM outbox o"
        " WHERE o.state = 'queued' AND o.due_ms <= NOW_MS() AND NOT (o.channel_id = ANY(?)) AND NOT EXISTS ("
        "  SELECT 1 FROM outbox earlier WHERE earlier.account_id = o.account_id"
        "  AND earlier.conversation_key = o.conversation_key AND earlier.sequence < o.sequence"
        "  AND (earlier.state <> 'unknown' OR earlier.due_ms > NOW_MS()))"
        " ORDER BY o.due_ms, o.account_id, o.sequence LIMIT ?"
    )
    return [Due(*row) for row in connection.rows(sql, (held_channels, limit))]


def unsettled_messages(connection: Connection) -> list[Due]:
    """Everything that waits to be sent, due or not, or is being sent, in order."""
    sql = (
        "SELECT account_id, sequence, channel_id, conversation_key FROM outbox"
        " WHERE state <> 'unknown' ORDER BY account_id, sequence"
    )
    return [Due(*row) for row in connection.rows(sql)]


def misdated_accounts(connection: Connection) -> list[int]:
    """The accounts of which something waits for an hour that a clock has told which was put back since."""
    sql = "SELECT DISTINCT account_id FROM outbox WHERE since_ms > NOW_MS() + ?"
    return [account_id for (account_id,) in connection.rows(sql, (CLOCK_PUT_BACK_SECONDS * 1000,))]


@dataclass(frozen=True, slots=True)
class RedateOutbox:
    """Count what waits too long from now on: a pause stays as long as it was meant to be, and no longer."""

    account_id: int

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> int:
        """How many rows were dated anew."""
        sql = (
            "UPDATE outbox SET due_ms = due_ms - since_ms + NOW_MS(), lease_ms = lease_ms - since_ms + NOW_MS(),"
            " since_ms = NOW_MS() WHERE account_id = ? AND since_ms > NOW_MS() + ?"
        )
        return draft.connection.run(sql, (self.account_id, CLOCK_PUT_BACK_SECONDS * 1000))
