"""An account as the open transaction will leave it.

A change works on a draft in memory: it loads what it needs, changes it, and appends events. `write_back.py` writes it
back in sets, so that a thousand messages cost as many statements as one.
"""

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from wasl.domain.events import Event, EventKind
from wasl.domain.identity import Identity, IdentityKind
from wasl.errors import NotFound
from wasl.store.conversation_row import CONVERSATION_SELECT, Conversation
from wasl.store.database import Connection, Row
from wasl.store.message_row import MESSAGE_SELECT, Json, Message
from wasl.store.recall import Recall

# Joined to the list, not `= ANY` of it: PostgreSQL may take a list on an index's second column for a filter, and
# compare every message of a channel with it. A test holds the plans of both databases.
KNOWN_IDS = (
    "SELECT m.channel_id, m.{0} FROM UNNEST(?) AS wanted"
    " JOIN messages m ON m.{0} = wanted.value WHERE m.channel_id = ANY(?)"
)
PARKED = (
    "SELECT p.channel_id, p.target_id, p.body FROM UNNEST(?) AS wanted"
    " JOIN parked_updates p ON p.target_id = wanted.value WHERE p.channel_id = ANY(?) ORDER BY p.received_ms"
)
TARGETS = (
    MESSAGE_SELECT.replace("FROM messages m", "FROM UNNEST(?) AS wanted JOIN messages m ON m.{0} = wanted.value")
    + " WHERE m.channel_id = ANY(?)"
)
SEEN_UPDATES = (
    "SELECT s.channel_id, s.update_id FROM UNNEST(?) AS wanted"
    " JOIN seen_updates s ON s.update_id = wanted.value WHERE s.channel_id = ANY(?)"
)
IDENTITIES = (
    "SELECT i.kind, i.value, i.contact_id FROM UNNEST(?) AS wanted"
    " JOIN contact_identities i ON i.value = wanted.value WHERE i.account_id = ?"
)


@dataclass(slots=True)
class Needs:
    """What a change will ask of its draft, told beforehand so that one statement can fetch it for a whole batch."""

    channel_ids: set[int] = field(default_factory=set)
    new_message_ids: set[str] = field(default_factory=set)
    """Only whether they are there already."""
    own_message_ids: set[str] = field(default_factory=set)
    """The same for the business's own messages, which we may know by another id."""
    target_ids: set[str] = field(default_factory=set)
    """Messages that are changed or quoted, by our id or the provider's."""
    update_ids: set[str] = field(default_factory=set)
    identities: set[Identity] = field(default_factory=set)
    commons: bool = False
    """Whether it also changes what belongs to no account."""

    def add(self, other: "Needs") -> None:
        """Join two lists of needs."""
        self.channel_ids |= other.channel_ids
        self.new_message_ids |= other.new_message_ids
        self.own_message_ids |= other.own_message_ids
        self.target_ids |= other.target_ids
        self.update_ids |= other.update_ids
        self.identities |= other.identities
        self.commons |= other.commons


@dataclass(slots=True)
class Ledger:
    """What became of the updates that arrived; `received` is counted apart, so that the sum can prove something."""

    received: int = 0
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    set_aside: int = 0


class Draft:
    """See the module. Everything in it belongs to one account."""

    def __init__(self, connection: Connection, account_id: int, now_ms: int, recall: Recall) -> None:
        self.connection = connection
        self.account_id = account_id
        self.now_ms = now_ms
        self.events: list[Event] = []
        self.ledger = Ledger()
        self.head, self._head_tag = 0, 0
        if account_id:  # Account 0 holds what is nobody's yet; it has no log.
            head = connection.lock_stream(account_id)
            if head is None:
                raise NotFound(f"There is no account {account_id}.")
            self.head, self._head_tag = head
        self._recalled = recall.take(account_id, (self.head, self._head_tag))
        self.touched: dict[int, Conversation] = {}
        self.new_contacts: list[Row] = []
        self.new_identities: list[Row] = []
        self._messages: dict[tuple[int, str], Message] = {}
        self._known_ids: set[tuple[int, str]] = set()
        self._seen_updates: set[tuple[int, str]] = set()
        self.new_updates: list[tuple[int, str]] = []
        self._parked: dict[tuple[int, str], list[str]] = {}

    # -- loading --------------------------------------------------------------------------------------------------

    def load(self, needs: Needs) -> None:
        """Fetch in sets what the changes of this transaction will ask for: in one exchange, and a second one for
        what the first one named."""
        lookups = [lookup for lookup in self._lookups(needs) if lookup[1]]
        answers = self.connection.queries([(sql, (list(values), scope)) for sql, values, scope, _ in lookups])
        for (_, _, _, remember), rows in zip(lookups, answers, strict=True):
            remember(rows)
        self._load_conversations(needs)

    def _lookups(self, needs: Needs) -> Iterable[tuple[str, Collection[str], Any, Callable[[list[Row]], None]]]:
        """Queries by a list of values inside a scope, and what takes their rows."""
        channels, contacts = list(needs.channel_ids), self._recalled.contacts
        yield (KNOWN_IDS.format("message_id"), needs.new_message_ids, channels, self._known_ids.update)
        yield (PARKED, needs.new_message_ids, channels, self._remember_parked)
        yield (KNOWN_IDS.format("provider_message_id"), needs.own_message_ids, channels, self._known_ids.update)
        for column in ("message_id", "provider_message_id"):
            yield (TARGETS.format(column), needs.target_ids, channels, self._remember_messages)
        yield (SEEN_UPDATES, needs.update_ids, channels, self._seen_updates.update)
        unknown = {identity.value for identity in needs.identities if identity not in contacts}
        yield (IDENTITIES, unknown, self.account_id, self._remember_identities)

    def _load_conversations(self, needs: Needs) -> None:
        """Load the conversations of the customers and messages that are in hand, unless they are remembered."""
        recalled = self._recalled
        named = {message.conversation_key for message in self._messages.values()} - recalled.conversations.keys()
        contacts = {recalled.contacts[identity] for identity in needs.identities if identity in recalled.contacts}
        missing = [
            contact
            for contact in contacts
            if any((channel, contact) not in recalled.keys for channel in needs.channel_ids)
        ]
        for column, keys in (("conversation_key", list(named)), ("contact_id", missing)):
            if keys:
                sql = f"{CONVERSATION_SELECT} WHERE c.account_id = ? AND c.{column} = ANY(?)"
                self._remember_conversations(self.connection.rows(sql, (self.account_id, keys)))

    def _remember_parked(self, rows: Iterable[Row]) -> None:
        for channel_id, target_id, body in rows:
            self._parked.setdefault((channel_id, target_id), []).append(body)

    def _remember_identities(self, rows: Iterable[Row]) -> None:
        for kind, value, contact_id in rows:
            self._recalled.contacts[Identity(IdentityKind(kind), value)] = contact_id

    def _remember_messages(self, rows: Iterable[Row]) -> None:
        for row in rows:
            message = Message.of_row(row)
            if message.account_id == self.account_id and (message.channel_id, message.id) not in self._messages:
                self._index_message(message)

    def _index_message(self, message: Message) -> None:
        self._messages[message.channel_id, message.id] = message
        if message.provider_message_id:
            self._messages[message.channel_id, message.provider_message_id] = message

    def _remember_conversations(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row[1] not in self._recalled.conversations:
                self._recalled.index(Conversation.of_row(row))

    # -- asking ---------------------------------------------------------------------------------------------------

    def knows_message(self, channel_id: int, message_id: str) -> bool:
        """Whether a message of that id is stored; it must have been among the needs."""
        key = (channel_id, message_id)
        return key in self._known_ids or key in self._messages

    def message(self, channel_id: int, message_id: str) -> Message | None:
        """A message by our id or the provider's; it must have been among the targets, or be new."""
        return self._messages.get((channel_id, message_id))

    def contact_of(self, identities: Iterable[Identity]) -> int | None:
        """The contact whom the strongest known identity names."""
        for identity in identities:
            contact_id = self._recalled.contacts.get(identity)
            if contact_id is not None:
                return contact_id
        return None

    def conversation_of(self, channel_id: int, contact_id: int) -> Conversation | None:
        """The conversation of a contact on a channel, among what was loaded."""
        key = self._recalled.keys.get((channel_id, contact_id))
        return self._recalled.conversations[key] if key is not None else None

    def conversations_of_contact(self, contact_id: int) -> list[Conversation]:
        """All conversations of a contact, one per channel that they wrote to."""
        sql = f"{CONVERSATION_SELECT} WHERE c.account_id = ? AND c.contact_id = ?"
        self._remember_conversations(self.connection.rows(sql, (self.account_id, contact_id)))
        return [found for found in self._recalled.conversations.values() if found.contact_id == contact_id]

    def conversation(self, key: int) -> Conversation:
        """A conversation by its key, loaded if need be."""
        if key not in self._recalled.conversations:
            sql = f"{CONVERSATION_SELECT} WHERE c.account_id = ? AND c.conversation_key = ?"
            self._remember_conversations(self.connection.rows(sql, (self.account_id, key)))
        return self._recalled.conversations[key]

    def conversation_named(self, conversation_id: str) -> Conversation:
        """A conversation by its id. Raises NotFound when this account has none of that name."""
        known = self._recalled.names.get(conversation_id)
        if known is not None:
            return self._recalled.conversations[known]
        sql = f"{CONVERSATION_SELECT} WHERE c.account_id = ? AND c.conversation_id = ?"
        rows = self.connection.rows(sql, (self.account_id, conversation_id))
        if not rows:
            raise NotFound("There is no such conversation.")
        self._remember_conversations(rows)
        return self._recalled.conversations[rows[0][1]]

    def message_where(self, condition: str, parameters: Sequence[Any]) -> Message | None:
        """The message of this account for which an SQL condition on `m` holds, this transaction's own included."""
        rows = self.connection.rows(
            f"{MESSAGE_SELECT} WHERE m.account_id = ? AND {condition}", (self.account_id, *parameters)
        )
        if not rows:
            return None
        self._remember_messages(rows)
        return self._messages[rows[0][2], rows[0][4]]

    def messages(self) -> Iterable[Message]:
        """Every message that this transaction has in hand, old or new."""
        return (message for key, message in self._messages.items() if key[1] == message.id)

    def new_messages(self) -> Iterable[Message]:
        """The messages that this transaction adds."""
        return (message for message in self.messages() if message.is_new)

    # -- changing -------------------------------------------------------------------------------------------------

    def next_sequence(self) -> int:
        """The sequence that the next event will take."""
        return self.head + len(self.events) + 1

    def append(self, kind: EventKind, conversation: Conversation, parts: Json) -> Event:
        """Append an event of a conversation; `parts` are what its data holds beside the ids."""
        body: Json = {"conversation_id": conversation.id, "user_id": str(conversation.contact_id), **parts}
        event = Event(
            account_id=self.account_id,
            sequence=self.next_sequence(),
            tag=random.getrandbits(31),
            previous_tag=self.events[-1].tag if self.events else self._head_tag,
            kind=kind,
            conversation_id=conversation.id,
            payload=orjson.dumps(body),
        )
        self.events.append(event)
        self.touched[conversation.key] = conversation
        return event

    def add_contact(self, name: str | None) -> int:
        """A new contact; its id is the sequence of the event that the caller appends next."""
        contact_id = self.next_sequence()
        self.new_contacts.append((self.account_id, contact_id, name, None, self.now_ms))
        return contact_id

    def add_identity(self, contact_id: int, identity: Identity) -> bool:
        """Let an identity lead to a contact; False when it leads to one already."""
        if identity in self._recalled.contacts:
            return False
        self._recalled.contacts[identity] = contact_id
        self.new_identities.append((self.account_id, str(identity.kind), identity.value, contact_id))
        return True

    def add_conversation(self, conversation: Conversation) -> None:
        """A new conversation; its key is the sequence of its `new_conversation` event, already set by the caller."""
        self._recalled.index(conversation)

    def add_message(self, message: Message) -> None:
        """A new message; its sequence is that of its `new_message` event."""
        self._index_message(message)

    def name_message(self, message: Message, provider_message_id: str) -> None:
        """Note what the provider calls one of our messages; the caller touches it, so that it is written."""
        message.provider_message_id = provider_message_id
        message.metadata = {**message.metadata, "source_message_id": provider_message_id}
        self._messages[message.channel_id, provider_message_id] = message

    def see_update(self, channel_id: int, update_id: str) -> bool:
        """Note an update that is not a message; False when it was seen before."""
        key = (channel_id, update_id)
        if key in self._seen_updates:
            return False
        self._seen_updates.add(key)
        self.new_updates.append(key)
        return True

    def take_parked(self, channel_id: int, target_id: str) -> list[str]:
        """What arrived before the message that it speaks of, taken out of the parking place."""
        found = self._parked.pop((channel_id, target_id), [])
        if found:
            sql = "DELETE FROM parked_updates WHERE channel_id = ? AND target_id = ?"
            self.connection.run(sql, (channel_id, target_id))
        return found

    def remember_parked(self, channel_id: int, target_id: str, body: str) -> None:
        """Note what was parked just now: its message may come later in the same transaction."""
        self._parked.setdefault((channel_id, target_id), []).append(body)

    def load_parked(self, channel_id: int, target_id: str) -> None:
        """Look for parked updates of a message whose provider id has just become known."""
        sql = "SELECT body FROM parked_updates WHERE channel_id = ? AND target_id = ? ORDER BY received_ms"
        rows = self.connection.rows(sql, (channel_id, target_id))
        if rows:
            self._parked[channel_id, target_id] = [body for (body,) in rows]

    def committed(self, recall: Recall) -> None:
        """The transaction is durable: what it left can be remembered."""
        if self.account_id:
            for found in self.touched.values():
                found.stored()
            tag = self.events[-1].tag if self.events else self._head_tag
            self._recalled.head = self.head + len(self.events), tag
            recall.give_back(self.account_id, self._recalled)
