"""What a channel reports, stored: every update of a webhook once, in one transaction, whatever order they come in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from wasl.domain.conversation import ConversationStatus, conversation_id_for
from wasl.domain.events import EventKind
from wasl.domain.handover import Handover, customer_wrote, first_contact
from wasl.domain.identity import Identity, IdentityKind, Party
from wasl.domain.message import MessageStatus, Origin, Role
from wasl.domain.position import Clocks
from wasl.domain.sending import message_of_callback
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
from wasl.store.conversation_row import ChannelFace, Conversation
from wasl.store.draft import Draft, Needs
from wasl.store.message_row import Message
from wasl.store.parked import apply_to, park, unpark
from wasl.store.raw import RawBody, keep_raw
from wasl.store.search import reindex_conversation, search_text_of


@dataclass(frozen=True, slots=True)
class Saved:
    """A message that an intake added: what the log tells of it, which is never what it says."""

    conversation_id: str
    message_id: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Intake:
    """The change that a webhook makes to one channel's account. `proof` names the secret that signed it."""

    account_id: int
    channel: ChannelFace
    updates: Sequence[Update]
    proof: str
    received_ms: int
    assistant_on: bool = False
    from_quarantine: str | None = None
    """`quarantined` or `set_aside` when these updates were counted there before."""
    _needs: Needs = field(default_factory=Needs)

    def __post_init__(self) -> None:
        needs = self._needs
        needs.channel_ids.add(self.channel.channel_id)
        for update in self.updates:
            _add_needs(needs, update)

    def needs(self) -> Needs:
        return self._needs

    def apply(self, draft: Draft) -> list[Saved]:
        """Store every update; the result names the messages that are new."""
        if self.from_quarantine is None:
            draft.ledger.received += len(self.updates)
        elif self.from_quarantine == "quarantined":
            draft.ledger.quarantined -= len(self.updates)
        else:
            draft.ledger.set_aside -= len(self.updates)
        saved: list[Saved] = []
        for update in self.updates:
            self._store(draft, update, saved)
        return saved

    def _store(self, draft: Draft, update: Update, saved: list[Saved]) -> None:
        match update:
            case MessageReceived():
                message = store_message(draft, self, update)
                if message is None:
                    draft.ledger.duplicates += 1
                else:
                    draft.ledger.stored += 1
                    saved.append(Saved(message.conversation_id, message.id, message.sequence))
                    unpark(draft, message, message.id)
            case StatusReported():
                ours = message_of_callback(update.callback_data)
                self._speak_of(draft, update, update.provider_message_id, ours)
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
        if message is not None:
            counted = apply_to(draft, message, update)
            draft.ledger.stored += counted
            draft.ledger.duplicates += not counted
        elif park(draft, channel_id, target_id, update):
            draft.ledger.set_aside += 1
        else:
            draft.ledger.duplicates += 1

    def _note_identity(self, draft: Draft, update: IdentityChanged | ContactNamed) -> None:
        changed = (
            change_identity(draft, self, update)
            if isinstance(update, IdentityChanged)
            else name_contact(draft, update.party)
        )
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


def _add_needs(needs: Needs, update: Update) -> None:
    match update:
        case MessageReceived():
            needs.new_message_ids.add(update.message_id)
            if not update.from_customer:
                needs.own_message_ids.add(update.message_id)
            needs.identities.update(update.party.identities())
            if update.reply_to:
                needs.target_ids.add(update.reply_to)
        case StatusReported():
            needs.target_ids.add(update.provider_message_id)
            ours = message_of_callback(update.callback_data)
            if ours:
                needs.target_ids.add(ours)
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


def store_message(draft: Draft, intake: Intake, update: MessageReceived) -> Message | None:
    """Append a message to its conversation, which begins now if there is none; None when it is there already."""
    channel_id = intake.channel.channel_id
    if draft.knows_message(channel_id, update.message_id):
        return None
    conversation = _conversation_for(draft, intake, update)
    clock = _place(conversation.clocks, update)
    message = _message_of(draft, intake, update, conversation, clock)
    _take_into_account(conversation, update, message, assistant_on=intake.assistant_on)
    draft.add_message(message)
    draft.append(
        EventKind.NEW_MESSAGE, conversation, {"message": message.as_json(), "conversation": conversation.as_json()}
    )
    return message


def _place(clocks: Clocks, update: MessageReceived) -> int:
    match update.origin:
        case Origin.LIVE:
            return clocks.place_inbound(update.timestamp_seconds)
        case Origin.ECHO:
            return clocks.place_outbound(update.timestamp_seconds)
        case Origin.HISTORY:
            return clocks.place_history(update.timestamp_seconds)


def _message_of(
    draft: Draft, intake: Intake, update: MessageReceived, conversation: Conversation, clock: int
) -> Message:
    quoted = draft.message(intake.channel.channel_id, update.reply_to) if update.reply_to else None
    role = update.role or (Role.USER if update.from_customer else Role.OPERATOR)
    status = None if role in (Role.USER, Role.SYSTEM) else update.status or MessageStatus.SENT
    sequence = draft.next_sequence()
    content = update.content
    return Message(
        account_id=draft.account_id,
        sequence=sequence,
        channel_id=intake.channel.channel_id,
        conversation_key=conversation.key,
        id=update.message_id,
        provider_message_id=None,
        client_message_id=None,
        version=sequence,
        clock=clock,
        role=role,
        origin=update.origin,
        type=content.type,
        content=content.text,
        status=status,
        error=None,
        operator_id=None,
        author_name=update.author_name,
        reply_to=quoted.id if quoted else update.reply_to,
        reply_preview=quoted.preview() if quoted else None,
        reactions=[],
        media=dict(content.media) if content.media else None,
        metadata={"source_message_id": update.message_id, **content.details},
        timestamp_ms=update.timestamp_seconds * 1000,
        received_ms=intake.received_ms,
        saved_ms=draft.now_ms,
        edited_ms=None,
        deleted_ms=None,
        hops=[],
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
    )


def _take_into_account(
    conversation: Conversation, update: MessageReceived, message: Message, *, assistant_on: bool
) -> None:
    """Let the conversation's row follow its new message."""
    conversation.version = message.sequence
    conversation.message_count += 1
    conversation.last_activity_ms = max(conversation.last_activity_ms, message.timestamp_ms)
    if update.origin is not Origin.HISTORY:
        conversation.last_sequence = message.sequence
    if update.origin is Origin.LIVE:
        conversation.inbound_count += 1
        conversation.window_from_ms = max(conversation.window_from_ms or 0, message.timestamp_ms)
        handover = customer_wrote(conversation.handover, message.received_ms, assistant_on=assistant_on)
        if handover is not conversation.handover:
            conversation.handover, conversation.operator_name = handover, None
    last = conversation.last_message
    if last is None or message.position > (last["clock"], last["sequence"]):
        conversation.last_message = message.as_last_message()


def _conversation_for(draft: Draft, intake: Intake, update: MessageReceived) -> Conversation:
    identities = list(update.party.identities())
    contact_id = draft.contact_of(identities)
    conversation = draft.conversation_of(intake.channel.channel_id, contact_id) if contact_id is not None else None
    if conversation is None:
        return _begin_conversation(draft, intake, update, contact_id, identities)
    fresh = [identity for identity in identities if draft.add_identity(conversation.contact_id, identity)]
    _learn(draft, conversation, update.party, fresh)
    return conversation


def _begin_conversation(
    draft: Draft, intake: Intake, update: MessageReceived, contact_id: int | None, identities: list[Identity]
) -> Conversation:
    if contact_id is None:
        contact_id = draft.add_contact(update.party.name)
    for identity in identities:
        draft.add_identity(contact_id, identity)
    key = draft.next_sequence()
    customer = _customer_of(update.party, identities)
    live = update.origin is Origin.LIVE
    conversation = Conversation(
        account_id=draft.account_id,
        key=key,
        id=conversation_id_for(draft.account_id, intake.channel.phone_number_id, identities[0].value),
        channel=intake.channel,
        contact_id=contact_id,
        # What was said elsewhere, or long ago, waits for nobody.
        handover=first_contact(intake.received_ms, assistant_on=intake.assistant_on)
        if live
        else Handover(ConversationStatus.RESOLVED),
        clocks=Clocks(),
        customer=customer,
        created_ms=update.timestamp_seconds * 1000,
        last_activity_ms=update.timestamp_seconds * 1000,
        version=key,
        last_sequence=key,
        search_text=search_text_of(customer),
    )
    draft.add_conversation(conversation)
    draft.append(EventKind.NEW_CONVERSATION, conversation, {"conversation": conversation.as_json()})
    return conversation


def _customer_of(party: Party, identities: list[Identity]) -> dict[str, object]:
    return {
        "name": party.name,
        "phone": None if party.group_id else party.phone,
        "username": party.username,
        "bsuid": party.bsuid,
        "identities": [{"kind": identity.kind.value, "value": identity.value} for identity in identities],
    }


def _learn(draft: Draft, conversation: Conversation, party: Party, fresh: list[Identity]) -> bool:
    """Take over what an update tells of a customer; the event that shows it is the caller's."""
    customer = dict(conversation.customer)
    if party.name and not party.group_id:
        customer["name"] = party.name
    for kind, key in (
        (IdentityKind.PHONE, "phone"),
        (IdentityKind.BSUID, "bsuid"),
        (IdentityKind.USERNAME, "username"),
    ):
        for identity in fresh:
            if identity.kind is kind:
                customer[key] = identity.value
    if fresh:
        known = conversation.customer["identities"]
        customer["identities"] = [*known, *({"kind": i.kind.value, "value": i.value} for i in fresh)]
    if customer == conversation.customer:
        return False
    conversation.customer = customer
    text = search_text_of(customer)
    if text != conversation.search_text:
        conversation.search_text = text
        if not conversation.is_new:
            reindex_conversation(draft.connection, conversation)
    return True


def change_identity(draft: Draft, intake: Intake, update: IdentityChanged) -> bool:
    """Let a customer's new number or id lead to the same contact; False when it does already or nobody is known."""
    contact_id = draft.contact_of(update.previous.identities())
    if contact_id is None:
        return False
    fresh = [identity for identity in update.current.identities() if draft.add_identity(contact_id, identity)]
    return _show_learned(draft, contact_id, update.current, fresh) or bool(fresh)


def name_contact(draft: Draft, party: Party) -> bool:
    """Let the business's address book name a customer; False when it is no news or the customer never wrote."""
    contact_id = draft.contact_of(party.identities())
    return contact_id is not None and _show_learned(draft, contact_id, party, [])


def _show_learned(draft: Draft, contact_id: int, party: Party, fresh: list[Identity]) -> bool:
    changed = False
    for conversation in draft.conversations_of_contact(contact_id):
        if _learn(draft, conversation, party, fresh):
            conversation.version = draft.next_sequence()
            draft.append(
                EventKind.CONVERSATION_UPDATED,
                conversation,
                {"conversation": conversation.as_json(), "changed": "contact"},
            )
            changed = True
    return changed
