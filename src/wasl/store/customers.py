"""Who wrote: the contact behind a set of identities, and the conversation that it has on a channel."""

from dataclasses import dataclass

from wasl.domain.conversation import ConversationStatus, conversation_id_for
from wasl.domain.events import EventKind
from wasl.domain.handover import Handover, first_contact
from wasl.domain.identity import Identity, IdentityKind, Party
from wasl.domain.message import Origin
from wasl.domain.position import Clocks
from wasl.domain.updates import IdentityChanged, MessageReceived
from wasl.store.conversation_row import ChannelFace, Conversation
from wasl.store.draft import Draft
from wasl.store.search import reindex_conversation, search_text_of


@dataclass(frozen=True, slots=True)
class Occasion:
    """On which channel something arrived, when, and whether an assistant answers there."""

    channel: ChannelFace
    received_ms: int
    assistant_on: bool


def conversation_for(draft: Draft, occasion: Occasion, update: MessageReceived) -> Conversation:
    """The conversation that a message belongs to, begun now if there is none; new names of the customer are learnt."""
    identities = list(update.party.identities())
    contact_id = draft.contact_of(identities)
    conversation = draft.conversation_of(occasion.channel.channel_id, contact_id) if contact_id is not None else None
    if conversation is None:
        return _begin_conversation(draft, occasion, update, contact_id, identities)
    fresh = [identity for identity in identities if draft.add_identity(conversation.contact_id, identity)]
    _learn(draft, conversation, update.party, fresh)
    return conversation


def _begin_conversation(
    draft: Draft, occasion: Occasion, update: MessageReceived, contact_id: int | None, identities: list[Identity]
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
        id=conversation_id_for(draft.account_id, occasion.channel.phone_number_id, identities[0].value),
        channel=occasion.channel,
        contact_id=contact_id,
        # What was said elsewhere, or long ago, waits for nobody.
        handover=first_contact(occasion.received_ms, assistant_on=occasion.assistant_on)
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
    conversation.customer_changed = True
    text = search_text_of(customer)
    if conversation.is_new:
        conversation.search_text = text
    elif text != conversation.search_text:
        reindex_conversation(draft.connection, conversation, text)
    return True


def change_identity(draft: Draft, update: IdentityChanged) -> bool:
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
