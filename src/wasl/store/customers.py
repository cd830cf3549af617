"""Who wrote: the contact behind a set of identities, and the conversation that it has on a channel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wasl.domain.conversation import ConversationStatus, conversation_id_for
from wasl.domain.events import EventKind
from wasl.domain.handover import Handover, first_contact
from wasl.domain.identity import Identity, IdentityKind, Party
from wasl.domain.message import Origin
from wasl.domain.position import Clocks
from wasl.domain.updates import IdentityChanged, MessageReceived
from wasl.store.conversation_row import ChannelFace, Conversation
from wasl.store.draft import Draft
from wasl.store.faces import draw_face, face_of, shows
from wasl.store.identities import end_name, give_names, is_firm, name_row, names_of, unnamed_contact
from wasl.store.resolve import Found, find_changed, find_customer, take_names
from wasl.store.search import search_text_of
from wasl.store.turns import NO_ASSISTANT, Terms

_NOBODY_KNOWS_WHEN = 1
"""An address book says no time, so its word takes no name from anybody: the first millisecond of all."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """On which channel something arrived, when, and what its assistant is told to do."""

    channel: ChannelFace
    received_ms: int
    assistant: Terms = NO_ASSISTANT


def conversation_for(draft: Draft, occasion: Occasion, update: MessageReceived) -> Conversation:
    """The conversation that a message belongs to, begun now if there is none; new names of the customer are learnt."""
    party, channel_id, at_ms = update.party, occasion.channel.channel_id, update.timestamp_seconds * 1000
    known = _of_known_customer(draft, channel_id, party)
    if known is not None:
        return known
    found = find_customer(draft, occasion.channel, party, at_ms)
    conversation = draft.conversation_of(channel_id, found.contact_id) if found.contact_id is not None else None
    if conversation is None:
        return _begin_conversation(draft, occasion, update, found)
    news = take_names(draft, found, conversation.contact_id, at_ms, conversation.customer["username"])
    names = names_of(draft, conversation.contact_id)
    draw_face(draft, conversation, names, found.names, None if party.group_id else party.name)
    if news or found.joined:
        _show_elsewhere(draft, found, conversation)
    return conversation


def _of_known_customer(draft: Draft, channel_id: int, party: Party) -> Conversation | None:
    """The conversation of a customer of whom a message tells nothing new: of nearly all, so this must be quick."""
    owner: int | None = None
    for identity in party.identities():
        holder = draft.owner_of(identity)
        if holder is None or (owner is not None and holder != owner) or draft.is_former(identity):
            return None
        owner = holder
    conversation = draft.conversation_of(channel_id, owner) if owner is not None else None
    return conversation if conversation is not None and shows(conversation, party) else None


def _begin_conversation(draft: Draft, occasion: Occasion, update: MessageReceived, found: Found) -> Conversation:
    at_ms = update.timestamp_seconds * 1000
    known = found.contact_id is not None or bool(found.losers)
    contact_id = found.contact_id
    here = list(found.names)
    if contact_id is None or contact_id < 0:
        contact_id = draft.add_contact(update.party.name)
        if found.contact_id is not None:
            here += [held.identity for held in names_of(draft, found.contact_id)]
            give_names(draft, here[len(found.names) :], contact_id)
    take_names(draft, found, contact_id, at_ms, update.party.username)
    key = draft.next_sequence()
    customer = face_of(update.party, found.names)
    live = update.origin is Origin.LIVE
    conversation = Conversation(
        account_id=draft.account_id,
        key=key,
        id=_name_for(draft, occasion, found.names, key, may_be_taken=known),
        channel=occasion.channel,
        contact_id=contact_id,
        # What was said elsewhere, or long ago, waits for nobody.
        handover=first_contact(occasion.received_ms, assistant_on=occasion.assistant.answers)
        if live
        else Handover(ConversationStatus.RESOLVED),
        clocks=Clocks(),
        customer=customer,
        created_ms=at_ms,
        last_activity_ms=at_ms,
        version=key,
        last_sequence=key,
        search_text=search_text_of(customer),
        user_id=_user_of(draft, contact_id) if known else contact_id,
    )
    if known:
        draw_face(draft, conversation, names_of(draft, contact_id), here)
    draft.add_conversation(conversation)
    draft.append(EventKind.NEW_CONVERSATION, conversation, {"conversation": conversation.as_json()})
    if known:
        _show_elsewhere(draft, found, conversation)
    return conversation


def _name_for(draft: Draft, occasion: Occasion, names: list[Identity], key: int, *, may_be_taken: bool) -> str:
    """The conversation's id, by the first of the customer's names that names no other conversation: a number that was
    passed on still stands in the id of the one that its owner had."""
    wishes = [conversation_id_for(draft.account_id, occasion.channel.phone_number_id, name.value) for name in names]
    if not may_be_taken:
        return wishes[0]
    free = (wish for wish in wishes if not draft.knows_conversation(wish))
    return next(free, f"{wishes[0]}_{key}")


def _user_of(draft: Draft, contact_id: int) -> int:
    others = draft.conversations_of_contact(contact_id)
    return others[0].user_id if others else contact_id


def _show_elsewhere(draft: Draft, found: Found, but: Conversation) -> None:
    """Show what was learnt in the customer's other conversations, and what was lost in those of whoever lost a name."""
    for contact_id in {but.contact_id, *found.losers}:
        _show_learned(draft, contact_id, but=but)


def change_identity(draft: Draft, channel: ChannelFace, update: IdentityChanged) -> bool:
    """Let a customer's new number or id lead to the same contact; False when it does already."""
    before = {identity: draft.owner_of(identity) for identity in _all_names(update)}
    found = find_changed(draft, update)
    contact_id = found.contact_id
    assert contact_id is not None, "whoever changed is somebody, if only by their names"
    for near_id in (channel.channel_id, *sorted(channel.siblings)):
        _end_shown_id(draft, near_id, contact_id, update)
    changed = found.joined or any(draft.owner_of(identity) != owner for identity, owner in before.items())
    changed = _show_learned(draft, contact_id, update=update, channel_id=channel.channel_id) or changed
    for loser in found.losers:
        _show_learned(draft, loser)
    return changed


def _end_shown_id(draft: Draft, channel_id: int, contact_id: int, update: IdentityChanged) -> None:
    """A new id takes the place of the one that this channel knew, also where the notice does not name that one."""
    conversation = draft.conversation_of(channel_id, contact_id)
    shown, new, at_ms = conversation and conversation.customer["bsuid"], update.current.bsuid, _moment(draft, update)
    if not shown or not new or shown == new:
        return
    if draft.owner_of(Identity(IdentityKind.BSUID, new)) != contact_id:
        return  # Somebody of the team says that the new one is not theirs, or it has passed on.
    old = Identity(IdentityKind.BSUID, shown)
    held = name_row(draft, old)
    if held is not None and held.since_ms <= at_ms and draft.owner_of(old) == contact_id:
        end_name(draft, old, contact_id, at_ms)


def _moment(draft: Draft, update: IdentityChanged) -> int:
    return update.timestamp_seconds * 1000 or draft.now_ms


def name_contact(draft: Draft, channel: ChannelFace, party: Party) -> bool:
    """Let the business's address book name a customer; False when it is no news or the customer never wrote.

    The book is of today, so a number that its owner gave up is somebody else's there, of whom it may be the only name.
    """
    phone = Identity(IdentityKind.PHONE, party.phone) if party.phone else None
    if phone is not None and draft.is_former(phone):
        party = replace(party, phone=None)
        if not any(map(is_firm, party.identities())):
            return False
    found = find_customer(draft, channel, party, _NOBODY_KNOWS_WHEN)
    if found.contact_id is None:
        return False
    news = take_names(draft, found, found.contact_id, _NOBODY_KNOWS_WHEN, party.username)
    shown = _show_learned(draft, found.contact_id, channel_id=channel.channel_id, here=found.names, name=party.name)
    return shown or news or found.joined


def hear_names(draft: Draft, channel: ChannelFace, party: Party, at_ms: int) -> None:
    """Learn that some names are one customer's, who may have said nothing: the status of a message tells so."""
    firm = list(filter(is_firm, party.identities()))
    owners = {draft.owner_of(identity) for identity in firm}
    if len(firm) < 2 or (None not in owners and len(owners) == 1 and not any(map(draft.is_former, firm))):
        return
    found = find_customer(draft, channel, party, at_ms)
    if found.contact_id is None and not found.losers:
        return  # Nobody whom we know.
    contact_id = found.contact_id if found.contact_id is not None else unnamed_contact(draft)
    if take_names(draft, found, contact_id, at_ms, party.username) or found.joined:
        _show_learned(draft, contact_id, channel_id=channel.channel_id, here=found.names)
        for loser in found.losers:
            _show_learned(draft, loser)


def _all_names(update: IdentityChanged) -> set[Identity]:
    return {*update.previous.identities(), *update.current.identities()}


def _show_learned(
    draft: Draft,
    contact_id: int,
    *,
    but: Conversation | None = None,
    update: IdentityChanged | None = None,
    channel_id: int | None = None,
    here: Sequence[Identity] = (),
    name: str | None = None,
) -> bool:
    changed = False
    names = names_of(draft, contact_id)
    for conversation in draft.conversations_of_contact(contact_id):
        if conversation is but:
            continue
        told = here if conversation.channel.channel_id == channel_id else ()
        told = told or _news_for(conversation, update, channel_id)
        if draw_face(draft, conversation, names, told, name or (update.current.name if update else None)):
            conversation.version = draft.next_sequence()
            parts = {"conversation": conversation.as_json(), "changed": "contact"}
            draft.append(EventKind.CONVERSATION_UPDATED, conversation, parts)
            changed = True
    return changed


def _news_for(conversation: Conversation, update: IdentityChanged | None, channel_id: int | None) -> list[Identity]:
    """The new names of a change, where they mean something: on the number that heard of it, and where the old ones are
    known."""
    if update is None:
        return []
    listed = {(entry["kind"], entry["value"]) for entry in conversation.customer["identities"]}
    known = any((i.kind.value, i.value) in listed for i in update.previous.identities() if i.kind != "phone")
    if conversation.channel.channel_id != channel_id and not known:
        return []
    return [*update.previous.identities(), *update.current.identities()]
