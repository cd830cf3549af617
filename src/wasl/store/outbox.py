"""What must still leave for a provider: queued with its message, claimed before the first byte, settled once.

A row exists only while a message is queued, under way, or unsettled. Every step is a change of the journal, so that
the message, its event and its outbox row move together.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from wasl.domain.events import EventKind
from wasl.domain.handover import operator_wrote
from wasl.domain.message import MessageStatus, MessageType, Origin, Role
from wasl.domain.people import Operator
from wasl.domain.sending import Accepted, NotSent, Outgoing, Refused, SendOutcome, Unclear, callback_data_for
from wasl.errors import Conflict, NotFound
from wasl.limits import SEND_ATTEMPTS_MAX, SEND_LEASE_SECONDS, SEND_RETRY_SECONDS_MAX, SEND_UNKNOWN_BLOCKS_SECONDS
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.draft import Draft, Needs
from wasl.store.message_row import MESSAGE_SELECT, Message
from wasl.store.parked import unpark
from wasl.store.touch import progress_message, report_status


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
        "INSERT INTO outbox (account_id, sequence, channel_id, conversation_key, state, attempt, due_ms)"
        " VALUES (?, ?, ?, ?, 'queued', 0, ?)"
    )
    row = (message.account_id, message.sequence, message.channel_id, message.conversation_key, draft.now_ms)
    draft.connection.send(sql, row)


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose turn it is."""

    account_id: int
    sequence: int
    channel_id: int
    conversation_key: int


def due_messages(connection: Connection, at_ms: int, held_channels: list[int], limit: int) -> list[Due]:
    """The messages that may leave now: of each conversation only the first in line, and none behind an unsettled one
    until that has blocked the line long enough. A channel on hold takes no place in the list from the others."""
    sql = (
        "SELECT o.account_id, o.sequence, o.channel_id, o.conversation_key FROM outbox o"
        " WHERE o.state = 'queued' AND o.due_ms <= ? AND NOT (o.channel_id = ANY(?)) AND NOT EXISTS ("
        "  SELECT 1 FROM outbox earlier WHERE earlier.account_id = o.account_id"
        "  AND earlier.conversation_key = o.conversation_key AND earlier.sequence < o.sequence"
        "  AND (earlier.state <> 'unknown' OR earlier.due_ms > ?))"
        " ORDER BY o.due_ms, o.account_id, o.sequence LIMIT ?"
    )
    return [Due(*row) for row in connection.rows(sql, (at_ms, held_channels, at_ms, limit))]


def overdue_claims(connection: Connection, at_ms: int) -> list[tuple[Due, int]]:
    """Attempts whose lease has run out, with their number: nobody knows whether they left."""
    sql = (
        "SELECT account_id, sequence, channel_id, conversation_key, attempt FROM outbox"
        " WHERE state = 'sending' AND lease_ms <= ?"
    )
    return [(Due(*row[:4]), row[4]) for row in connection.rows(sql, (at_ms,))]


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt that may now be made, by whoever holds this and nobody else."""

    due: Due
    attempt: int
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class ClaimMessage:
    """Take a due message: `sending` is durable, with its attempt and lease, before the first byte leaves."""

    due: Due

    @property
    def account_id(self) -> int:
        return self.due.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Claim | None:
        """Claim it; None when somebody else did."""
        message = _message_of(draft, self.due)
        lease_ms = draft.now_ms + SEND_LEASE_SECONDS * 1000
        sql = (
            "UPDATE outbox SET state = 'sending', attempt = attempt + 1, lease_ms = ?"
            " WHERE account_id = ? AND sequence = ? AND state = 'queued'"
        )
        if message is None or draft.connection.run(sql, (lease_ms, self.due.account_id, self.due.sequence)) != 1:
            return None
        attempt = _attempt_of(draft, self.due)
        progress_message(draft, message, MessageStatus.SENDING, attempt)
        customer = draft.conversation(message.conversation_key).customer
        outgoing = Outgoing(
            to_phone=customer["phone"],
            to_bsuid=customer["bsuid"],
            text=message.content,
            reply_to=_provider_id_of(draft, message),
            callback_data=callback_data_for(message.id, attempt),
        )
        return Claim(self.due, attempt, outgoing)


def _message_of(draft: Draft, due: Due) -> Message | None:
    return draft.message_where("m.sequence = ?", (due.sequence,))


def _attempt_of(draft: Draft, due: Due) -> int:
    sql = "SELECT attempt FROM outbox WHERE account_id = ? AND sequence = ?"
    rows = draft.connection.rows(sql, (due.account_id, due.sequence))
    return int(rows[0][0])


def _provider_id_of(draft: Draft, message: Message) -> str | None:
    """What the provider calls the message that this one quotes."""
    if message.reply_to is None:
        return None
    quoted = draft.message_where("m.channel_id = ? AND m.message_id = ?", (message.channel_id, message.reply_to))
    if quoted is None:
        return message.reply_to
    if quoted.role == Role.USER or quoted.origin != Origin.LIVE:
        return quoted.id
    return quoted.provider_message_id


@dataclass(frozen=True, slots=True)
class SettleAttempt:
    """What became of an attempt. A status webhook may have settled it before the provider's answer came."""

    due: Due
    attempt: int
    outcome: SendOutcome

    @property
    def account_id(self) -> int:
        return self.due.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> MessageStatus | None:
        """Write it down; the result is the message's status afterwards."""
        message = _message_of(draft, self.due)
        if message is None:
            return None
        if isinstance(self.outcome, Accepted):
            _accept(draft, message, self.outcome)
            return message.status
        sql = "SELECT 1 FROM outbox WHERE account_id = ? AND sequence = ? AND state = 'sending' AND attempt = ?"
        if draft.connection.rows(sql, (self.due.account_id, self.due.sequence, self.attempt)):
            self._not_accepted(draft, message, self.outcome)
        return message.status

    def _not_accepted(self, draft: Draft, message: Message, outcome: NotSent | Refused | Unclear) -> None:
        match outcome:
            case NotSent() if not outcome.counts_as_attempt or self.attempt < SEND_ATTEMPTS_MAX:
                due_ms = draft.now_ms + int(_pause_seconds(outcome, self.attempt) * 1000)
                _move(draft, self.due, "queued", due_ms, outcome.code)
                error = {"code": outcome.code, "message": outcome.message}
                progress_message(draft, message, MessageStatus.QUEUED, self.attempt, error)
            case NotSent() | Refused():
                error = {"code": outcome.code, "message": outcome.message}
                report_status(draft, message, MessageStatus.FAILED, draft.now_ms, error)
            case Unclear():
                _move(draft, self.due, "unknown", draft.now_ms + SEND_UNKNOWN_BLOCKS_SECONDS * 1000, outcome.reason)
                error = {
                    "code": "unknown_outcome",
                    "message": "WhatsApp's answer was lost. It may have been sent; Wasl waits for its status.",
                }
                progress_message(draft, message, MessageStatus.UNKNOWN, self.attempt, error)


def _pause_seconds(outcome: NotSent, attempt: int) -> float:
    """Wait twice as long after every failure, as long as failures count."""
    doublings = attempt - 1 if outcome.counts_as_attempt else 0
    return max(outcome.retry_after_seconds, min(outcome.retry_after_seconds * (1 << doublings), SEND_RETRY_SECONDS_MAX))


def _accept(draft: Draft, message: Message, outcome: Accepted) -> None:
    report_status(draft, message, MessageStatus.SENT, draft.now_ms, None, outcome.provider_message_id)
    draft.load_parked(message.channel_id, outcome.provider_message_id)
    unpark(draft, message, outcome.provider_message_id)


def _move(draft: Draft, due: Due, state: str, due_ms: int, error: str) -> None:
    sql = (
        "UPDATE outbox SET state = ?, due_ms = ?, lease_ms = NULL, last_error = ? WHERE account_id = ? AND sequence = ?"
    )
    draft.connection.send(sql, (state, due_ms, error, due.account_id, due.sequence))
