"""An operator decides about a message of which nobody knows whether it went out: send it again, or let it be.

Only after WhatsApp has had time to tell by itself, and only while it has not. Sending again is a new attempt of the
same message, so whatever is still told of the old one finds it too.
"""

from dataclasses import dataclass

from wasl.domain.message import MessageStatus
from wasl.errors import Conflict, NotFound
from wasl.store.draft import Draft
from wasl.store.message_row import Message
from wasl.store.needs import Needs
from wasl.store.touch import DISCARDED, settle_outbox, touch_message
from wasl.store.window import require_open_window


@dataclass(frozen=True, slots=True)
class Decide:
    """`again` queues it once more; otherwise it is given up."""

    account_id: int
    operator_id: int
    conversation_id: str
    message_id: str
    again: bool

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Message:
        """Do it. Raises NotFound, and Conflict `not_decidable` when it is too early, or its fate is known."""
        conversation = draft.conversation_named(self.conversation_id)
        message = draft.message_where(
            "m.channel_id = ? AND m.message_id = ?", (conversation.channel.channel_id, self.message_id)
        )
        if message is None or message.conversation_key != conversation.key:
            raise NotFound("There is no such message.")
        if message.status is not MessageStatus.UNKNOWN:
            raise Conflict("What became of this message is known by now.", code="not_decidable")
        sql = (
            "SELECT due_ms <= NOW_MS() OR since_ms > NOW_MS(), windowed FROM outbox"
            " WHERE account_id = ? AND sequence = ? AND state = 'unknown'"
        )
        rows = draft.connection.rows(sql, (self.account_id, message.sequence))
        if not rows or not rows[0][0]:
            raise Conflict("WhatsApp may still tell what became of it. Wait two minutes.", code="not_decidable")
        if self.again:
            if rows[0][1]:
                require_open_window(draft, conversation)
            self._send_again(draft, message)
        else:
            self._give_up(draft, message)
        return message

    def _send_again(self, draft: Draft, message: Message) -> None:
        sql = (
            "UPDATE outbox SET state = 'queued', due_ms = NOW_MS(), since_ms = NOW_MS(), lease_ms = NULL,"
            " node = NULL, failures = 0 WHERE account_id = ? AND sequence = ?"
        )
        draft.connection.run(sql, (self.account_id, message.sequence))
        message.status, message.error = MessageStatus.QUEUED, None
        message.metadata = {**message.metadata, "sent_again": True}
        message.hops = [*message.hops, ["sent again", draft.now_ms, {"operator_id": self.operator_id}]]
        touch_message(draft, message, "status")

    def _give_up(self, draft: Draft, message: Message) -> None:
        settle_outbox(draft, message)
        message.status = MessageStatus.FAILED
        sentence = "Nobody knows whether WhatsApp sent this; it was given up."
        message.error = {"code": DISCARDED, "message": sentence}
        message.hops = [*message.hops, ["discarded", draft.now_ms, {"operator_id": self.operator_id}]]
        touch_message(draft, message, "status")
