"""A contact who turns out to be two: somebody wrote from the number that another had before them.

On a number of the business that never heard of the former owner's id, nothing tells the two apart, and they become one
contact. A number that did hear of it can tell as soon as the new owner writes there.
"""

from wasl.domain.identity import Identity, IdentityKind, Party
from wasl.store.conversation_row import ChannelFace, Conversation
from wasl.store.draft import Draft
from wasl.store.identities import give_names, is_firm, name_row, names_of, take_name, unnamed_contact
from wasl.store.merges import tell


def is_mistaken(draft: Draft, channel: ChannelFace, party: Party, contact_id: int, at_ms: int) -> bool:
    """Whether a number and an id that both lead to a contact are another's: this channel knows the contact by an older
    id that was heard with this very number, has never heard of the new one, and no change of theirs was told."""
    conversation = draft.conversation_of(channel.channel_id, contact_id)
    older = conversation.customer["bsuid"] if conversation is not None else None
    if conversation is None or not (party.phone and party.bsuid and older):
        return False
    if any(draft.owner_of(identity) != contact_id for identity in _theirs(party)):
        return False
    if any(identity in _listed(conversation) for identity in _theirs(party) if identity.kind is not IdentityKind.PHONE):
        return False
    known = name_row(draft, Identity(IdentityKind.BSUID, older))
    rows = [row for identity in _theirs(party) if (row := name_row(draft, identity)) is not None]
    new = next(row for row in rows if row.identity.kind is IdentityKind.BSUID)
    if known is None or known.is_former or known.since_ms >= new.since_ms or any(r.since_ms > at_ms for r in rows):
        return False
    # Whoever moves to a new number gets a new id with it. Only where they have had no other number since the older id
    # was heard of, that one was heard with this one.
    phones = [held for held in names_of(draft, contact_id) if held.identity.kind is IdentityKind.PHONE]
    others = [held for held in phones if held.identity.value != party.phone]
    return all(held.is_former and held.ended_ms < known.since_ms for held in others)


def part_from(draft: Draft, channel: ChannelFace, party: Party, contact_id: int, at_ms: int) -> int:
    """Take from a contact what is a newcomer's: their names, and the conversations that they began. The result is who
    they are now."""
    new = name_row(draft, Identity(IdentityKind.BSUID, party.bsuid or ""))
    assert new is not None, "it was found by its id"
    everything = draft.conversations_of_contact(contact_id)
    moved = [found for found in everything if _was_begun_by(found, party, new.since_ms, everything)]
    newcomer = draft.add_contact(party.name) if moved else unnamed_contact(draft)
    give_names(draft, _ids_since(draft, channel, contact_id), newcomer)
    for identity in _theirs(party):
        take_name(draft, identity, newcomer, at_ms)
    before = {found.key: found.user_id for found in moved}
    for conversation in moved:
        conversation.user_id = newcomer
        draft.move_conversation(conversation, newcomer, None)
    tell(draft, moved, "unmerged", before)
    return newcomer


def _ids_since(draft: Draft, channel: ChannelFace, contact_id: int) -> list[Identity]:
    """The contact's ids that were heard of after the one by which a channel knows them. Whoever has the newest may have
    had these before: a change from the older one, told later, then finds them together."""
    conversation = draft.conversation_of(channel.channel_id, contact_id)
    assert conversation is not None, "the channel knows the contact by an older id"
    known = name_row(draft, Identity(IdentityKind.BSUID, conversation.customer["bsuid"]))
    assert known is not None, "it leads to the contact"
    ids = [held for held in names_of(draft, contact_id) if held.identity.kind is IdentityKind.BSUID]
    return [held.identity for held in ids if max(held.since_ms, held.ended_ms) > known.since_ms]


def _was_begun_by(conversation: Conversation, party: Party, since_ms: int, others: list[Conversation]) -> bool:
    is_theirs = conversation.customer["bsuid"] == party.bsuid and conversation.created_ms >= since_ms
    is_open = conversation.continued_in is None
    return is_theirs and is_open and not any(other.continued_in == conversation.id for other in others)


def _theirs(party: Party) -> list[Identity]:
    return list(filter(is_firm, party.identities()))


def _listed(conversation: Conversation) -> set[Identity]:
    return {Identity(IdentityKind(entry["kind"]), entry["value"]) for entry in conversation.customer["identities"]}
