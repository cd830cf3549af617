"""What must still leave for a provider: queued with its message, and whose turn it is.

A row exists only while a message is queued, under way, or unsettled; `attempts.py` is what happens to it then.
"""

from dataclasses import dataclass

from wasl.domain.events import EventKind
from wasl.domain.handover import operator_wrote
from wasl.domain.message import Content, Origin, Role
from wasl.domain.people import Operator
from wasl.errors import Conflict, NotFound
from wasl.limits import CLOCK_PUT_BACK_SECONDS
from wasl.store.conversation_row import Conversation, refuse_continued
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.files import use_file
from wasl.store.listening import weigh
from wasl.store.message_row import MESSAGE_SELECT, Message
from wasl.store.needs import Needs
from wasl.store.persons import conversation_with
from wasl.store.turns import forget_turn
from wasl.store.window import require_open_window
from wasl.store.writing import queue_message, write_message

UPLOAD_GONE = "The file was sent already, or is gone. Attach it again."


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """An operator's reply: refused if something unseen stands in the conversation, stored once per client id."""

    account_id: int
    operator: Operator
    conversation_id: str
    user_id: str
    content: Content
    client_message_id: str | None = None
    reply_to: str | None = None
    seen_sequence: int | None = None
    force: bool = False
    windowed: bool = False
    """Whether the channel takes this only while the customer's window is open."""
    upload_id: str | None = None
    """What an operator brought and this uses up."""

    def needs(self) -> Needs:
        return Needs(
            client_message_ids={self.client_message_id} if self.client_message_id is not None else set(),
            window_of={self.conversation_id} if self.windowed else set(),
        )

    def apply(self, draft: Draft) -> Message:
        """Queue it. Raises NotFound for a foreign conversation or quotation, Conflict `newer_message` when the author
        has not seen what somebody else wrote meanwhile, `window_closed`, and `client_message_id_used` when the id names
        another; NotFound `upload_gone` too."""
        conversation = conversation_with(draft, self.conversation_id, self.user_id)
        twin = self._twin(draft)
        if twin is not None:
            require_same_place(twin, self.conversation_id)
            return twin
        refuse_continued(conversation)
        if self.windowed:
            require_open_window(draft, conversation)
        self._guard(draft, conversation)
        quoted = self._quoted(draft, conversation)
        self._use_up(draft)
        handover = operator_wrote(conversation.handover, self.operator.id)
        if handover is not conversation.handover:
            conversation.handover, conversation.operator_name = handover, self.operator.name
            weigh(conversation)
            forget_turn(draft, conversation)
        message = write_message(
            draft,
            conversation,
            self.content,
            Role.OPERATOR,
            operator=self.operator,
            quoted=quoted,
            client_message_id=self.client_message_id,
        )
        use_file(draft, message)
        queue_message(draft, message, windowed=self.windowed)
        draft.append(
            EventKind.NEW_MESSAGE, conversation, {"message": message.as_json(), "conversation": conversation.as_json()}
        )
        return message

    def _twin(self, draft: Draft) -> Message | None:
        if self.client_message_id is None:
            return None
        return draft.message_sent_as(self.client_message_id)

    def _guard(self, draft: Draft, conversation: Conversation) -> None:
        if self.force or self.seen_sequence is None or conversation.last_sequence <= self.seen_sequence:
            return
        newer = [
            message
            for message in messages_after(draft, conversation, self.seen_sequence)
            if message.operator_id != self.operator.id
            and message.origin != Origin.HISTORY
            and message.role != Role.SYSTEM
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

    def _use_up(self, draft: Draft) -> None:
        # The last thing that may refuse: a refusal must leave the transaction as it was.
        if self.upload_id is None:
            return
        sql = "DELETE FROM uploads WHERE account_id = ? AND upload_id = ?"
        if draft.connection.run(sql, (self.account_id, self.upload_id)) != 1:
            raise NotFound(UPLOAD_GONE, code="upload_gone")


def find_queued(connection: Connection, account_id: int, client_message_id: str) -> Message | None:
    """The message that a client sent under an id of its own."""
    sql = f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.client_message_id = ?"
    rows = connection.rows(sql, (account_id, client_message_id))
    return Message.of_row(rows[0]) if rows else None


def require_same_place(queued: Message, conversation_id: str) -> None:
    """Raises Conflict when an id that a client uses once more named a message of another conversation."""
    if queued.conversation_id != conversation_id:
        raise Conflict("This client_message_id names a message of another conversation.", code="client_message_id_used")


def messages_after(draft: Draft, conversation: Conversation, sequence: int) -> list[Message]:
    """The messages of a conversation that came after a sequence, in the order they came."""
    sql = f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.conversation_key = ? AND m.sequence > ?"
    rows = draft.connection.rows(sql, (draft.account_id, conversation.key, sequence))
    stored = [Message.of_row(row) for row in rows]
    new = [m for m in draft.new_messages() if m.conversation_key == conversation.key and m.sequence > sequence]
    return sorted([*stored, *new], key=lambda message: message.sequence)


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose turn it is."""

    account_id: int
    sequence: int
    channel_id: int
    conversation_key: int
    sha256: str | None = None
    """Of the file that it takes along."""
    attempt: int = 0
    """How many attempts had begun when it was looked at: an attempt that has begun since is not made once more."""
    due_ms: int = 0
    """Since when it is, by the database's clock."""

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands among all that is due."""
        return self.due_ms, self.account_id, self.sequence


BEFORE_ALL = (-1, 0, 0)


def due_messages(
    connection: Connection, held_channels: list[int], limit: int, after: tuple[int, int, int] = BEFORE_ALL
) -> list[Due]:
    """The messages that may leave now: of each conversation only the first in line, and none behind an unsettled one
    until that has blocked the line long enough. A channel on hold takes no place in the list from the others; whoever
    passes other messages over goes on `after` the place of the last one."""
    sql = (
        "SELECT o.account_id, o.sequence, o.channel_id, o.conversation_key, o.sha256, o.attempt, o.due_ms FROM outbox o"
        " WHERE o.state = 'queued' AND o.due_ms <= NOW_MS() AND NOT (o.channel_id = ANY(?))"
        " AND o.due_ms >= ? AND (o.due_ms, o.account_id, o.sequence) > (?, ?, ?) AND NOT EXISTS ("
        "  SELECT 1 FROM outbox earlier WHERE earlier.account_id = o.account_id"
        "  AND earlier.conversation_key = o.conversation_key AND earlier.sequence < o.sequence"
        "  AND (earlier.state <> 'unknown' OR earlier.due_ms > NOW_MS()))"
        " ORDER BY o.due_ms, o.account_id, o.sequence LIMIT ?"
    )
    return [Due(*row) for row in connection.rows(sql, (held_channels, after[0], *after, limit))]


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
