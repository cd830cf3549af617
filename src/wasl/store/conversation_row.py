"""Conversations as rows: how they are read, written, and shown as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from wasl.clock import iso
from wasl.domain.assistant import Reason
from wasl.domain.conversation import WINDOW_SECONDS, ConversationStatus
from wasl.domain.handover import Handover
from wasl.domain.position import Clocks
from wasl.errors import Conflict
from wasl.store.database import Row, Table, by_fours

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChannelFace:
    """What a conversation shows of its channel."""

    channel_id: int
    provider: str
    phone_number_id: str
    display_phone_number: str | None
    name: str | None
    siblings: frozenset[int] = frozenset()
    """The business's other numbers to which a customer has the same BSUID; known only where a webhook comes in."""

    def as_json(self) -> Json:
        return {
            "channel_id": str(self.channel_id),
            "provider": self.provider,
            "phone_number_id": self.phone_number_id,
            "display_phone_number": self.display_phone_number,
            "name": self.name,
        }


_FIXED = {"account_id": "int", "conversation_key": "int", "conversation_id": "text", "channel_id": "int"}
_MOVING = {
    "version": "int",
    "last_sequence": "int",
    "clock": "int",
    "reply_floor": "int",
    "history_clock": "int",
    "first_live_clock": "int",
    "message_count": "int",
    "inbound_count": "int",
    "last_message": "text",
    "last_activity_ms": "int",
    "window_from_ms": "int",
    "mood": "int",
}
_STANDING = {
    "status": "text",
    "operator_id": "int",
    "operator_name": "text",
    "handover_epoch": "int",
    "waiting_since_ms": "int",
    "handover_reason": "text",
    "priority": "int",
    "sentiment": "text",
    "language": "text",
    "tags": "text",
    "window_level": "int",
    "told_until_ms": "int",
    "settled_sequence": "int",
}
_WHOSE = {"contact_id": "int", "user_id": "int", "continued_in": "text"}
_CUSTOMER = {"customer": "text", "search_text": "text"}
CONVERSATIONS = Table(
    "conversations",
    {**_FIXED, **_MOVING, **_STANDING, **_WHOSE, **_CUSTOMER, "created_ms": "int"},
    key=("account_id", "conversation_key"),
)
MOVING_UPDATES = tuple(_MOVING)
"""What every message changes. No index is over these: SQLite writes every index anew that has a column which an update
names, changed or not."""
STANDING_UPDATES = tuple(_STANDING)
"""What is written again only when it changes: who answers, and all that lists are asked by."""
CUSTOMER_UPDATES = tuple(_CUSTOMER)
"""What is written again only when a customer is renamed, or known by one more number. Of `_WHOSE` that is so when two
contacts turn out to be one, or not: see Draft.move_conversation."""

PLACES = Table(
    "conversation_places",
    {"account_id": "int", "last_sequence": "int", "status": "text", "conversation_key": "int"},
    key=("account_id", "last_sequence"),
)
PLACE_UPDATES = ("last_sequence", "status")

CONVERSATION_FIELDS = ", ".join(
    (
        *(f"c.{name}" for name in CONVERSATIONS.columns),
        "ch.provider",
        "ch.phone_number_id",
        "ch.display_phone_number",
        "ch.name",
    )
)
CONVERSATION_SOURCE = "conversations c JOIN channels ch ON ch.id = c.channel_id"
PLACED_SOURCE = (
    "conversation_places p JOIN conversations c"
    " ON c.conversation_key = p.conversation_key AND c.account_id = p.account_id"
)
"""Conversations by way of their places in the list."""
CONVERSATION_SELECT = f"SELECT {CONVERSATION_FIELDS} FROM {CONVERSATION_SOURCE}"


def conversations_by(
    column: str, account_id: int, keys: Sequence[int], only: str = ""
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Queries for the conversations whose column holds one of these keys."""
    return by_fours(
        f"{CONVERSATION_SELECT} WHERE c.account_id = ? AND c.{column} IN (?, ?, ?, ?){only}", account_id, keys
    )


@dataclass(slots=True)
class Conversation:
    """A conversation as the open transaction will leave it."""

    account_id: int
    key: int
    id: str
    channel: ChannelFace
    contact_id: int
    """Who writes here, as far as WhatsApp tells one customer from another."""
    handover: Handover
    clocks: Clocks
    customer: Json
    created_ms: int
    last_activity_ms: int
    version: int = 0
    last_sequence: int = 0
    operator_name: str | None = None
    priority: int = 0
    sentiment: str | None = None
    message_count: int = 0
    inbound_count: int = 0
    last_message: Json | None = None
    window_from_ms: int | None = None
    language: str | None = None
    """In which the customer writes: `en`, `fr`, `ar`, `arabizi`, or another's ISO 639-1 code."""
    mood: int = 0
    """From -100 to 100."""
    tags: tuple[str, ...] = ()
    window_level: int = 0
    """How soon the window that is open now runs out, as it was noticed last: see domain/conversation.py."""
    told_until_ms: int | None = None
    """Until when the customer knows that nobody is there."""
    settled_sequence: int = 0
    """What was said up to here was settled when the conversation was ended: it is no open question any more, and no
    promise either."""
    search_text: str = ""
    user_id: int = 0
    """Whom the team takes that for: the contact itself, or one that somebody merged it with."""
    continued_in: str | None = None
    """The conversation_id of the one in which this thread goes on; this one takes nothing new."""
    is_new: bool = True
    customer_changed: bool = False
    stored_status: ConversationStatus | None = field(default=None)
    """What the totals count it as until this transaction."""
    stored_sequence: int = 0
    """Where it stands in the list until this transaction."""
    stored_standing: Row = ()
    """The values of STANDING_UPDATES until this transaction."""

    def __post_init__(self) -> None:
        self.user_id = self.user_id or self.contact_id

    @classmethod
    def of_row(cls, row: Row) -> "Conversation":
        """Build it from a row of CONVERSATION_SELECT."""
        status = ConversationStatus(row[16])
        return cls(
            account_id=row[0],
            key=row[1],
            id=row[2],
            channel=ChannelFace(row[3], *row[35:39]),
            version=row[4],
            last_sequence=row[5],
            clocks=Clocks(*row[6:10]),
            message_count=row[10],
            inbound_count=row[11],
            last_message=orjson.loads(row[12]) if row[12] else None,
            last_activity_ms=row[13],
            window_from_ms=row[14],
            mood=row[15],
            handover=Handover(status, row[17], row[19], row[20], Reason(row[21]) if row[21] else None),
            operator_name=row[18],
            priority=row[22],
            sentiment=row[23],
            language=row[24],
            tags=tuple(orjson.loads(row[25])) if row[25] else (),
            window_level=row[26],
            told_until_ms=row[27],
            settled_sequence=row[28],
            contact_id=row[29],
            user_id=row[30],
            continued_in=row[31],
            customer=orjson.loads(row[32]),
            search_text=row[33],
            created_ms=row[34],
            is_new=False,
            stored_status=status,
            stored_sequence=row[5],
            stored_standing=row[16:29],
        )

    def open_window(self, from_ms: int) -> None:
        """Free text may be sent for 24 hours from a moment on, unless it may for longer already."""
        if self.window_from_ms is None or from_ms > self.window_from_ms:
            self.window_from_ms, self.window_level = from_ms, 0

    def stored(self) -> None:
        """Note that the database now holds it as it is."""
        self.is_new = self.customer_changed = False
        self.stored_status, self.stored_sequence = self.handover.status, self.last_sequence
        self.stored_standing = self._standing()

    def _moving(self) -> Row:
        clocks = self.clocks
        return (
            self.version,
            self.last_sequence,
            clocks.greatest,
            clocks.reply_floor,
            clocks.history,
            clocks.first_live,
            self.message_count,
            self.inbound_count,
            orjson.dumps(self.last_message).decode() if self.last_message else None,
            self.last_activity_ms,
            self.window_from_ms,
            self.mood,
        )

    def _standing(self) -> Row:
        handover = self.handover
        return (
            str(handover.status),
            handover.operator_id,
            self.operator_name,
            handover.epoch,
            handover.waiting_since_ms,
            handover.reason and str(handover.reason),
            self.priority,
            self.sentiment,
            self.language,
            orjson.dumps(self.tags).decode() if self.tags else None,
            self.window_level,
            self.told_until_ms,
            self.settled_sequence,
        )

    def insert_row(self) -> Row:
        """The values of all columns."""
        fixed = (self.account_id, self.key, self.id, self.channel.channel_id)
        whose = (self.contact_id, self.user_id, self.continued_in)
        customer = (self._customer_text(), self.search_text)
        return (*fixed, *self._moving(), *self._standing(), *whose, *customer, self.created_ms)

    def moving_row(self) -> Row:
        """The values of MOVING_UPDATES, then the key."""
        return (*self._moving(), self.account_id, self.key)

    @property
    def stands_otherwise(self) -> bool:
        """Whether any of STANDING_UPDATES is another than the stored one."""
        return self._standing() != self.stored_standing

    def standing_row(self) -> Row:
        """The values of STANDING_UPDATES, then the key."""
        return (*self._standing(), self.account_id, self.key)

    def customer_row(self) -> Row:
        """The values of CUSTOMER_UPDATES, then the key."""
        return (self._customer_text(), self.search_text, self.account_id, self.key)

    @property
    def is_moved(self) -> bool:
        """Whether its place in the list is another than the stored one."""
        return self.last_sequence != self.stored_sequence or self.handover.status is not self.stored_status

    def place_row(self) -> Row:
        """The values of all columns of PLACES."""
        return (self.account_id, self.last_sequence, str(self.handover.status), self.key)

    def moved_row(self) -> Row:
        """The values of PLACE_UPDATES, then the key of its place so far."""
        return (self.last_sequence, str(self.handover.status), self.account_id, self.stored_sequence)

    def _customer_text(self) -> str:
        return orjson.dumps(self.customer).decode()

    def as_json(self) -> Json:
        """The conversation object of the API, the same in lists and in events; `unread_count` belongs to an operator
        and is added by whoever answers one."""
        handover, customer = self.handover, self.customer
        phone = customer["phone"]
        window_ms = self.window_from_ms + WINDOW_SECONDS * 1000 if self.window_from_ms is not None else None
        return {
            "conversation_id": self.id,
            "user_id": str(self.user_id),
            "user_name": customer["name"],
            "user_phone": f"+{phone}" if phone else None,
            "phone_clean": phone,
            "language": self.language,
            "channel": self.channel.as_json(),
            "status": handover.status,
            "operator_id": str(handover.operator_id) if handover.operator_id is not None else None,
            "operator_name": self.operator_name,
            "last_message": self.last_message,
            "last_activity": iso(self.last_activity_ms),
            "last_sequence": self.last_sequence,
            "message_count": self.message_count,
            "inbound_count": self.inbound_count,
            "duration_seconds": max(0, (self.last_activity_ms - self.created_ms) // 1000),
            "is_live": handover.status is not ConversationStatus.RESOLVED,
            "sentiment": self.sentiment,
            "window_expires_at": iso(window_ms),
            "waiting_since": iso(handover.waiting_since_ms),
            "priority": self.priority,
            "handover_reason": handover.reason,
            "handover_epoch": handover.epoch,
            "tags": list(self.tags),
            "customer_info": customer,
            "continued_in": self.continued_in,
            "version": self.version,
        }


def refuse_continued(conversation: Conversation) -> None:
    """Nothing new is said where nobody will look for the answer. Raises Conflict `conversation_continued`."""
    if conversation.continued_in is not None:
        raise Conflict(
            "This customer's conversation goes on in another one. Write there.",
            code="conversation_continued",
            details={"conversation_id": conversation.continued_in, "user_id": str(conversation.user_id)},
        )
