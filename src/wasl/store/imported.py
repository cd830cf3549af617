"""Older conversations, brought in from elsewhere: each message once, also when the import is run again.

A message is known by its id. One that has none is known by its time in its conversation, and by what it says: so a
second run finds it again, and two different messages of one instant both find room.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import count, groupby

from wasl.domain.updates import MessageReceived
from wasl.store.conversation_row import ChannelFace
from wasl.store.draft import Draft
from wasl.store.intake import Intake
from wasl.store.needs import Needs

_PROOF = "import"  # No signature: whoever imports has the database.


@dataclass(frozen=True, slots=True)
class OldMessage:
    """A message to bring in. `update.message_id` is the id it asks for.

    `ordinal` counts the messages of one instant of its conversation when the id was made from the time; it is None
    when the record had an id of its own. `document` tells which messages came in one document.
    """

    update: MessageReceived
    document: int
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a batch: how many messages are new, and which id each asked and got, by document."""

    added: int
    claimed: frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class BringIn:
    """The change that brings in a batch of one channel's old messages, document by document.

    `claimed` are the ids that earlier batches of the same document were given.
    """

    account_id: int
    channel: ChannelFace
    messages: Sequence[OldMessage]
    received_ms: int
    claimed: frozenset[tuple[int, str]] = frozenset()

    def needs(self) -> Needs:
        """What the first look at each id asks for; the rare second look is made on the spot."""
        ids = {_spelled(message, message.ordinal) for message in self.messages}
        needs = Needs(channel_ids={self.channel.channel_id}, new_message_ids=ids)
        for message in self.messages:
            needs.identities.update(message.update.party.identities())
            if message.update.reply_to:
                needs.target_ids.add(message.update.reply_to)
        needs.target_ids |= ids
        return needs

    def apply(self, draft: Draft) -> Brought:
        """Store what is not there yet."""
        added = 0
        claimed = set(self.claimed)
        for document, messages in groupby(self.messages, key=lambda message: message.document):
            naming = _Naming(draft, self.channel.channel_id, document, claimed)
            updates = [replace(message.update, message_id=naming.name(message)) for message in messages]
            intake = Intake(self.account_id, self.channel, updates, _PROOF, self.received_ms)
            added += len(intake.apply(draft))
        return Brought(added, frozenset(claimed))


class _Found(Enum):
    """What stands under an id that a message wishes for."""

    NOTHING = auto()
    ITSELF = auto()
    ANOTHER_OF_OURS = auto()
    ANOTHER_CONVERSATIONS = auto()


class _Naming:
    """Finds the id of each message of one document, as earlier documents and earlier runs have left the channel."""

    def __init__(self, draft: Draft, channel_id: int, document: int, claimed: set[tuple[int, str]]) -> None:
        self._draft = draft
        self._channel_id = channel_id
        self._document = document
        self._claimed = claimed

    def name(self, message: OldMessage) -> str:
        """The id under which this message is there already, or else the first free one of its kind.

        Ids are unique on a channel: one that another conversation has already is marked with our customer.
        """
        for ordinal in count(message.ordinal or 1):
            plain = _spelled(message, ordinal)
            for wish in (plain, f"{plain}@{_mark_of(message)}"):
                found = self._look(wish, message)
                if found in (_Found.NOTHING, _Found.ITSELF):
                    if message.ordinal is not None:
                        self._claimed.add((self._document, wish))
                    return wish
                if found is _Found.ANOTHER_OF_OURS:
                    break
        raise AssertionError("counting does not end")

    def _look(self, wish: str, message: OldMessage) -> _Found:
        if (self._document, wish) in self._claimed:
            return _Found.ANOTHER_OF_OURS  # A message of this document, which may look just the same.
        if wish != _spelled(message, message.ordinal):
            self._draft.load(Needs({self._channel_id}, new_message_ids={wish}, target_ids={wish}))
        found = self._draft.message(self._channel_id, wish)
        if found is None:
            return _Found.NOTHING
        update = message.update
        if self._draft.conversation(found.conversation_key).contact_id != self._draft.contact_of(
            update.party.identities()
        ):
            return _Found.ANOTHER_CONVERSATIONS
        if message.ordinal is None:
            return _Found.ITSELF  # It had an id of its own, and this is its own conversation.
        same_words = found.content == update.content.text and (found.role == "user") == update.from_customer
        same_time = found.timestamp_ms == update.timestamp_seconds * 1000
        return _Found.ITSELF if same_words and same_time else _Found.ANOTHER_OF_OURS


def _spelled(message: OldMessage, ordinal: int | None) -> str:
    wish = message.update.message_id
    return wish if ordinal in (None, 1) else f"{wish}_{ordinal}"


def _mark_of(message: OldMessage) -> str:
    identity = next(message.update.party.identities())
    return hashlib.sha256(f"{identity.kind}:{identity.value}".encode()).hexdigest()[:8]
