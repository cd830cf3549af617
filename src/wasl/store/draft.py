"""An account as the open transaction will leave it.

A change works on a draft in memory: it loads what it needs, changes it, and appends events. `write_back.py` writes it
back in sets, so that a thousand messages cost as many statements as one.
"""

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from wasl.domain.events import Event, EventKind
from wasl.domain.identity import Identity, IdentityKind
from wasl.errors import NotFound
from wasl.store.conversation_row import CONVERSATION_SELECT, Conversation, conversations_by
from wasl.store.database import Connection, Row, Table, by_fours
from wasl.store.message_row import MESSAGE_SELECT, Json, Message
from wasl.store.needs import (
    IDENTITIES,
    KNOWN_IDS,
    LATEST_APART,
    MESSAGES_AT,
    PARKED,
    SEEN_UPDATES,
    TARGETS,
    TWINS,
    Needs,
)
from wasl.store.recall import Recall

IDENTITY_ROWS = Table(
    "contact_identities",
    {
        "account_id": "int",
        "kind": "text",
        "value": "text",
        "contact_id": "int",
        "since_ms": "int",
        "ended_ms": "int",
    },
    key=("account_id", "value", "kind"),
)


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
        self._by_sequence: dict[int, Message] = {}
        self._by_client_id: dict[str, Message] = {}
        self._new_messages: list[Message] = []
        self._known_ids: set[tuple[int, str]] = set()
        self._seen_updates: set[tuple[int, str]] = set()
        self.new_updates: list[tuple[int, str]] = []
        self._parked: dict[tuple[int, str], list[str]] = {}
        # What `window.py` has found out of numbers and conversations.
        self.apart_ms: dict[int, int | None] = {}
        self.latest_apart_ms: dict[int, int | None] = {}

    # -- loading --------------------------------------------------------------------------------------------------

    def load(self, needs: Needs) -> None:
        """Fetch in sets what the changes of this transaction will ask for: in one exchange, and a second one for
        what the first one named."""
        lookups = [lookup for lookup in self._lookups(needs) if lookup[1]]
        asked: list[tuple[str, Sequence[Any]]] = [(sql, (list(values), scope)) for sql, values, scope, _ in lookups]
        asked += by_fours(MESSAGES_AT, self.account_id, sorted(needs.sequences))
        answers = self.connection.queries(asked)
        for (_, _, _, remember), rows in zip(lookups, answers, strict=False):
            remember(rows)
        for rows in answers[len(lookups) :]:
            self._remember_messages(rows)
        self._load_conversations(needs)

    def _lookups(self, needs: Needs) -> Iterable[tuple[str, Collection[str], Any, Callable[[list[Row]], None]]]:
        """Queries by a list of values inside a scope, and what takes their rows."""
        channels, contacts = list(needs.channel_ids), self._recalled.contacts
        yield (KNOWN_IDS.format("message_id"), needs.new_message_ids, channels, self._known_ids.update)
        parked = needs.new_message_ids | {target_id for _, target_id in needs.parked}
        yield (PARKED, parked, [*channels, *{channel for channel, _ in needs.parked}], self._remember_parked)
        yield (KNOWN_IDS.format("provider_message_id"), needs.own_message_ids, channels, self._known_ids.update)
        for column in ("message_id", "provider_message_id"):
            yield (TARGETS.format(column), needs.target_ids, channels, self._remember_messages)
        yield (TWINS, needs.client_message_ids, self.account_id, self._remember_messages)
        yield (SEEN_UPDATES, needs.update_ids, channels, self._seen_updates.update)
        unknown = {identity.value for identity in needs.identities if identity not in contacts}
        yield (IDENTITIES, unknown, self.account_id, self._remember_identities)

    def _load_conversations(self, needs: Needs) -> None:
        """Load the conversations of the customers and messages that are in hand, unless they are remembered, and what
        the last messages of those that are say of their window."""
        recalled = self._recalled
        named = {message.conversation_key for message in self._messages.values()} - recalled.conversations.keys()
        contacts = {recalled.contacts[identity] for identity in needs.identities if identity in recalled.contacts}
        wanted = ((channel, contact) for contact in contacts for channel in needs.channel_ids)
        missing = sorted({pair[1] for pair in wanted if pair not in recalled.keys})
        asked = [
            *conversations_by("conversation_key", self.account_id, sorted(named)),
            *conversations_by("contact_id", self.account_id, missing, " AND c.continued_in IS NULL"),
        ]
        keys = sorted({recalled.names[name] for name in needs.window_of if name in recalled.names})
        answers = self.connection.queries([*asked, *((LATEST_APART, (key, self.account_id)) for key in keys)])
        for rows in answers[: len(asked)]:
            self._remember_conversations(rows)
        for key, [(apart,)] in zip(keys, answers[len(asked) :], strict=True):
            self.latest_apart_ms[key] = apart

    def _remember_parked(self, rows: Iterable[Row]) -> None:
        for channel_id, target_id, body in rows:
            self._parked.setdefault((channel_id, target_id), []).append(body)

    def _remember_identities(self, rows: Iterable[Row]) -> None:
        for kind, value, contact_id, is_former in rows:
            self.note_owner(Identity(IdentityKind(kind), value), contact_id, is_former=bool(is_former))

    def _remember_messages(self, rows: Iterable[Row]) -> None:
        for row in rows:
            message = Message.of_row(row)
            if message.account_id == self.account_id and (message.channel_id, message.id) not in self._messages:
                self._index_message(message)

    def _index_message(self, message: Message) -> None:
        self._messages[message.channel_id, message.id] = message
        self._by_sequence[message.sequence] = message
        if message.client_message_id:
            self._by_client_id[message.client_message_id] = message
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

    def message_at(self, sequence: int) -> Message | None:
        """A message by its place in the log, loaded if need be."""
        return self._by_sequence.get(sequence) or self.message_where("m.sequence = ?", (sequence,))

    def message_sent_as(self, client_message_id: str) -> Message | None:
        """The message that a client asked for under an id of its own; it must have been among the needs, or be new."""
        return self._by_client_id.get(client_message_id)

    def contact_of(self, identities: Iterable[Identity]) -> int | None:
        """The contact whom the strongest known identity names."""
        for identity in identities:
            contact_id = self._recalled.contacts.get(identity)
            if contact_id is not None:
                return contact_id
        return None

    def owner_of(self, identity: Identity) -> int | None:
        """The contact to whom a name leads; it must have been among the needs."""
        return self._recalled.contacts.get(identity)

    def is_former(self, identity: Identity) -> bool:
        """Whether a customer is known to have given up this name."""
        return identity in self._recalled.former

    def conversation_of(self, channel_id: int, contact_id: int) -> Conversation | None:
        """The conversation of a contact on a channel, among what was loaded; never one that goes on in another."""
        key = self._recalled.keys.get((channel_id, contact_id))
        return self._recalled.conversations[key] if key is not None else None

    def conversations_of_contact(self, contact_id: int) -> list[Conversation]:
        """All conversations of a contact, oldest first: one per channel, and those that go on in it."""
        return self._conversations_where("contact_id", contact_id)

    def conversations_of_user(self, user_id: int) -> list[Conversation]:
        """All conversations of whoever the team takes for one person, oldest first."""
        return self._conversations_where("user_id", user_id)

    def _conversations_where(self, column: str, number: int) -> list[Conversation]:
        sql = f"{CONVERSATION_SELECT} WHERE c.account_id = ? AND c.{column} = ?"
        self._remember_conversations(self.connection.rows(sql, (self.account_id, number)))
        known = self._recalled.conversations.values()
        return sorted((found for found in known if getattr(found, column) == number), key=lambda found: found.key)

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

    def knows_conversation(self, conversation_id: str) -> bool:
        """Whether this account has a conversation of that id."""
        sql = "SELECT 1 FROM conversations WHERE account_id = ? AND conversation_id = ?"
        known = conversation_id in self._recalled.names
        return known or bool(self.connection.rows(sql, (self.account_id, conversation_id)))

    def message_where(self, condition: str, parameters: Sequence[Any]) -> Message | None:
        """The message of this account for which an SQL condition on `m` holds, this transaction's own included."""
        rows = self.connection.rows(
            f"{MESSAGE_SELECT} WHERE m.account_id = ? AND {condition}", (self.account_id, *parameters)
        )
        if not rows:
            return None
        self._remember_messages(rows)
        return self._messages[rows[0][2], rows[0][4]]

    def newest_messages(self, conversation_key: int, limit: int) -> list[Message]:
        """The last messages of a conversation that are committed, as this transaction has them in hand."""
        sql = (
            f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.conversation_key = ?"
            " ORDER BY m.clock DESC, m.sequence DESC LIMIT ?"
        )
        rows = self.connection.rows(sql, (self.account_id, conversation_key, limit))
        self._remember_messages(rows)
        return [self._messages[row[2], row[4]] for row in rows]

    def messages(self) -> Iterable[Message]:
        """Every message that this transaction has in hand, old or new."""
        return (message for key, message in self._messages.items() if key[1] == message.id)

    def new_messages(self) -> Sequence[Message]:
        """The messages that this transaction adds."""
        return self._new_messages

    # -- changing -------------------------------------------------------------------------------------------------

    def next_sequence(self) -> int:
        """The sequence that the next event will take."""
        return self.head + len(self.events) + 1

    def append(self, kind: EventKind, conversation: Conversation, parts: Json) -> Event:
        """Append an event of a conversation; `parts` are what its data holds beside the ids."""
        body: Json = {"conversation_id": conversation.id, "user_id": str(conversation.user_id), **parts}
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

    def add_identity(self, contact_id: int, identity: Identity, since_ms: int, ended_ms: int = 0) -> None:
        """Let a name that leads to nobody lead to a contact."""
        assert identity not in self._recalled.contacts, "a name leads to one contact"
        self.note_owner(identity, contact_id, is_former=bool(ended_ms) and ended_ms >= since_ms)
        row = (self.account_id, str(identity.kind), identity.value, contact_id, since_ms, ended_ms)
        self.new_identities.append(row)

    def note_owner(self, identity: Identity, contact_id: int, *, is_former: bool) -> None:
        """Remember to whom a name leads, as it stands in the database or will."""
        self._recalled.contacts[identity] = contact_id
        (self._recalled.former.add if is_former else self._recalled.former.discard)(identity)

    def store_identities(self) -> None:
        """Write the new names now, so that the rest of the transaction can read and change them as rows."""
        if self.new_identities:
            self.connection.insert(IDENTITY_ROWS, self.new_identities)
            self.new_identities = []

    def move_conversation(self, conversation: Conversation, contact_id: int, continued_in: str | None) -> None:
        """Let a conversation be another contact's, open or continued elsewhere; the caller appends the event."""
        self._recalled.forget_key(conversation)
        conversation.contact_id, conversation.continued_in = contact_id, continued_in
        self._recalled.index(conversation)
        self.own_conversation(conversation)

    def own_conversation(self, conversation: Conversation) -> None:
        """Write down whose a stored conversation is; a new one is inserted as it is."""
        for message in self._messages.values():
            if message.conversation_key == conversation.key:
                message.user_id = conversation.user_id
        if not conversation.is_new:
            sql = (
                "UPDATE conversations SET contact_id = ?, user_id = ?, continued_in = ?"
                " WHERE account_id = ? AND conversation_key = ?"
            )
            whose = (conversation.contact_id, conversation.user_id, conversation.continued_in)
            self.connection.run(sql, (*whose, self.account_id, conversation.key))

    def add_conversation(self, conversation: Conversation) -> None:
        """A new conversation; its key is the sequence of its `new_conversation` event, already set by the caller."""
        self._recalled.index(conversation)

    def add_message(self, message: Message) -> None:
        """A new message; its sequence is that of its `new_message` event."""
        self._index_message(message)
        self._new_messages.append(message)

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
        """Look for what waits for a name that was among nobody's needs."""
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
