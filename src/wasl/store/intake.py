"""What a channel reports, stored: every update of a webhook once, in one transaction, whatever order they come in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from wasl.domain.message import MessageStatus, Origin
from wasl.domain.sending import click_of_callback, message_of_callback
from wasl.domain.updates import (
    ContactNamed,
    IdentityChanged,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    Noted,
    Reacted,
    StatusReported,
    Unreadable,
    Update,
)
from wasl.store.arrival import complete_message, store_message
from wasl.store.conversation_row import ChannelFace
from wasl.store.customers import Occasion, change_identity, hear_names, name_contact
from wasl.store.draft import Draft
from wasl.store.joined import join_status, waiting_place
from wasl.store.message_row import Message
from wasl.store.needs import Needs
from wasl.store.parked import apply_to, park, unpark
from wasl.store.raw import RawBody, keep_raw
from wasl.store.reactions import take_back
from wasl.store.turns import NO_ASSISTANT, Terms


@dataclass(frozen=True, slots=True)
class Saved:
    """A message that an intake added: what the log tells of it, which is never what it says."""

    conversation_id: str
    message_id: str
    sequence: int
    by_customer: bool = False
    """Whether a customer wrote it just now."""
    language: str | None = None
    """In which the conversation's customer writes."""
    sentiment: str | None = None
    """Of the conversation; None where nothing is felt."""


@dataclass(frozen=True, slots=True)
class Intake:
    """The change that a webhook makes to one channel's account. `proof` names the secret that signed it."""

    account_id: int
    channel: ChannelFace
    updates: Sequence[Update]
    proof: str
    received_ms: int
    assistant: Terms = NO_ASSISTANT
    _needs: Needs = field(default_factory=Needs)

    @property
    def _occasion(self) -> Occasion:
        return Occasion(self.channel, self.received_ms, self.assistant)

    def __post_init__(self) -> None:
        needs = self._needs
        needs.channel_ids.add(self.channel.channel_id)
        for update in self.updates:
            _add_needs(needs, self.channel.channel_id, update)

    def needs(self) -> Needs:
        return self._needs

    def apply(self, draft: Draft) -> list[Saved]:
        """Store every update; the result names the messages that are new."""
        draft.ledger.received += len(self.updates)
        saved: list[Saved] = []
        for update in self.updates:
            self._store(draft, update, saved)
        return saved

    def _store(self, draft: Draft, update: Update, saved: list[Saved]) -> None:
        match update:
            case MessageReceived():
                message = store_message(draft, self._occasion, update)
                if message is None:
                    completed = complete_message(draft, self.channel.channel_id, update)
                    draft.ledger.stored += completed
                    draft.ledger.duplicates += not completed
                else:
                    draft.ledger.stored += 1
                    saved.append(_saved(draft, message))
                    unpark(draft, message, message.id)
            case StatusReported():
                self._hear_status(draft, update)
            case MessageEdited() | MessageRevoked() | Reacted():
                if draft.see_update(self.channel.channel_id, update.update_id):
                    self._speak_of(draft, update, update.target_id, None)
                else:
                    draft.ledger.duplicates += 1
            case IdentityChanged() | ContactNamed():
                self._note_identity(draft, update)
            case Noted():
                self._keep(draft, update, "set_aside", update.field)
            case Unreadable():
                self._keep(draft, update, "quarantined", update.reason)
            case _:
                assert_never(update)

    def _hear_status(self, draft: Draft, update: StatusReported) -> None:
        if update.recipient is not None:
            hear_names(draft, self.channel, update.recipient, update.timestamp_seconds * 1000)
        if not self._speaks_of_click(draft, update):
            ours = message_of_callback(update.callback_data)
            self._speak_of(draft, update, update.provider_message_id, ours)
            named = draft.message(self.channel.channel_id, update.provider_message_id)
            if named is not None:
                # It may be the first to tell what the provider calls this message; others have spoken of it already.
                unpark(draft, named, update.provider_message_id)

    def _speaks_of_click(self, draft: Draft, update: StatusReported) -> bool:
        """Whether a status is of a reaction, which is no message; only its failure says something."""
        named = click_of_callback(update.callback_data)
        if named is None:
            return False
        message = draft.message(self.channel.channel_id, named[0])
        counted = False
        if message is not None and update.status is MessageStatus.FAILED:
            counted = take_back(draft, message, named[1], update.error_code, update.error_message)
        draft.ledger.stored += counted
        draft.ledger.duplicates += not counted
        return True

    def _speak_of(
        self,
        draft: Draft,
        update: StatusReported | MessageEdited | MessageRevoked | Reacted,
        target_id: str,
        ours: str | None,
    ) -> None:
        """Apply an update to the message that it names by the provider's id, or by ours; park it if there is none."""
        channel_id = self.channel.channel_id
        message = draft.message(channel_id, target_id) or (draft.message(channel_id, ours) if ours else None)
        if message is None and isinstance(update, StatusReported) and update.joined_by is not None:
            if join_status(draft, channel_id, update):
                draft.ledger.stored += 1
                return
            target_id = waiting_place(update.joined_by)
        if message is not None:
            counted = apply_to(draft, message, update)
            draft.ledger.stored += counted
            draft.ledger.duplicates += not counted
        elif park(draft, channel_id, target_id, update):
            draft.ledger.set_aside += 1
        else:
            draft.ledger.duplicates += 1

    def _note_identity(self, draft: Draft, update: IdentityChanged | ContactNamed) -> None:
        if isinstance(update, IdentityChanged):
            changed = change_identity(draft, self.channel, update)
        else:
            changed = name_contact(draft, self.channel, update.party)
        draft.ledger.stored += changed
        draft.ledger.duplicates += not changed

    def _keep(self, draft: Draft, update: Noted | Unreadable, outcome: str, reason: str) -> None:
        body = RawBody(
            provider=self.channel.provider,
            phone_number_id=update.phone_number_id,
            proof=self.proof,
            outcome=outcome,
            reason=reason,
            body=update.origin_json(),
            received_ms=self.received_ms,
        )
        keep_raw(draft, body)


def _saved(draft: Draft, message: Message) -> Saved:
    conversation = draft.conversation(message.conversation_key)
    by_customer = message.is_user and message.origin == Origin.LIVE
    named = (message.conversation_id, message.id, message.sequence)
    return Saved(*named, by_customer, conversation.language, conversation.sentiment)


def _add_needs(needs: Needs, channel_id: int, update: Update) -> None:
    match update:
        case MessageReceived():
            needs.new_message_ids.add(update.message_id)
            if update.origin is Origin.HISTORY:
                needs.target_ids.add(update.message_id)
            if not update.from_customer:
                needs.own_message_ids.add(update.message_id)
            needs.identities.update(update.party.identities())
            if update.reply_to:
                needs.target_ids.add(update.reply_to)
        case StatusReported():
            needs.target_ids.add(update.provider_message_id)
            needs.parked.add((channel_id, update.provider_message_id))
            ours = message_of_callback(update.callback_data)
            click = click_of_callback(update.callback_data)
            needs.target_ids.update(filter(None, (ours, click and click[0])))
            for party in filter(None, (update.joined_by, update.recipient)):
                needs.identities.update(party.identities())
        case MessageEdited() | MessageRevoked() | Reacted():
            needs.target_ids.add(update.target_id)
            needs.update_ids.add(update.update_id)
        case IdentityChanged():
            needs.identities.update(update.previous.identities())
            needs.identities.update(update.current.identities())
        case ContactNamed():
            needs.identities.update(update.party.identities())
        case Noted() | Unreadable():
            pass
        case _:
            assert_never(update)
