"""Who a webhook speaks of: the contact behind a set of names, whatever order they become known in.

Names that WhatsApp gives to one customer lead to one contact; where they led to two, these become one. Two things are
no sign of that. A username changes hands, so it names somebody only where nothing better does; a word that is no known
kind of name does no more than that either. And a phone number may be passed on: it is another's when it comes with
another id than the one its owner has for this business, or after its owner gave it up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from wasl.domain.identity import Identity, IdentityKind, Party
from wasl.domain.updates import IdentityChanged
from wasl.store.conversation_row import ChannelFace
from wasl.store.draft import Draft
from wasl.store.identities import STRONG, end_name, is_firm, name_row, names_of, take_name, unnamed_contact
from wasl.store.merges import join_contacts, kept_apart
from wasl.store.partings import is_mistaken, part_from


@dataclass(slots=True)
class Found:
    """Whom some names mean. Without a contact they are a newcomer's."""

    contact_id: int | None
    names: list[Identity]
    """Those that are theirs now, in the party's own order."""
    losers: set[int] = field(default_factory=set)
    """Contacts of whom a name has passed on to this one."""
    joined: bool = False
    """Whether two contacts became one."""


def find_customer(draft: Draft, channel: ChannelFace, party: Party, at_ms: int) -> Found:
    """Find whom a message means that was sent on a channel at a moment; contacts that turn out to be one are joined."""
    found = Found(None, list(party.identities()))
    at_ms = at_ms or draft.now_ms
    for identity in _firm(found.names):
        holder = draft.owner_of(identity)
        if holder in (None, found.contact_id):
            continue
        assert holder is not None
        if identity.kind is IdentityKind.PHONE and _is_anothers(draft, channel, identity, holder, party.bsuid, at_ms):
            _pass_on(draft, found, identity, holder, at_ms)
        else:
            _meet(draft, found, identity, holder)
    if found.contact_id is not None and is_mistaken(draft, channel, party, found.contact_id, at_ms):
        found.losers.add(found.contact_id)
        found.contact_id = part_from(draft, channel, party, found.contact_id, at_ms)
    for identity in _loose(found.names):
        holder = draft.owner_of(identity)
        if holder is not None and holder != found.contact_id:
            is_best = found.contact_id is None and not any(map(is_firm, found.names))
            if is_best or _has_only_loose_names(draft, holder):
                _meet(draft, found, identity, holder)
            else:
                _pass_on(draft, found, identity, holder, at_ms)
    return found


def take_names(draft: Draft, found: Found, contact_id: int, at_ms: int, shown_username: str | None) -> bool:
    """Let the names that were found lead to a contact; False when all of them did already.

    Names that come with a new one are as new as that: so it is known which id belongs to which number.
    """
    at_ms = at_ms or draft.now_ms
    fresh = any(draft.owner_of(identity) != contact_id for identity in found.names)
    news = False
    for identity in found.names:
        if draft.owner_of(identity) == contact_id:
            held = name_row(draft, identity) if draft.is_former(identity) else None
            is_back = held is not None and at_ms > held.ended_ms
            is_other = identity.kind is IdentityKind.USERNAME and identity.value != shown_username
            if not is_back and not is_other and (held is not None or not fresh):
                continue
        take_name(draft, identity, contact_id, at_ms)
        news = True
    return news


def find_changed(draft: Draft, update: IdentityChanged) -> Found:
    """Find whose number or id has changed, and let the old and the new one be theirs. Who was never heard of is
    remembered by their names, for the day on which they write."""
    at_ms = update.timestamp_seconds * 1000 or draft.now_ms
    before, after = _firm(update.previous.identities()), _firm(update.current.identities())
    found = Found(None, [])
    for identities, is_after in ((before, False), (after, True)):
        for identity in identities:
            holder = draft.owner_of(identity)
            if holder not in (None, found.contact_id) and _speaks_of(draft, identity, at_ms, is_after=is_after):
                assert holder is not None
                _meet(draft, found, identity, holder)
    contact_id = found.contact_id if found.contact_id is not None else unnamed_contact(draft)
    kinds = {identity.kind for identity in after}
    for identity in before:
        holder = draft.owner_of(identity)
        if holder in (None, contact_id):
            if identity not in after and identity.kind in kinds:
                end_name(draft, identity, contact_id, at_ms)
            elif holder is None:
                draft.add_identity(contact_id, identity, 0)  # Since some moment before this one.
    for identity in after:
        holder = draft.owner_of(identity)
        if holder not in (None, contact_id):
            assert holder is not None
            if not _passes_on(draft, identity, at_ms) or kept_apart(draft, contact_id, holder):
                continue
            found.losers.add(holder)
        take_name(draft, identity, contact_id, at_ms)
    return Found(contact_id, [*before, *after], found.losers, found.joined)


def _firm(identities: Iterable[Identity]) -> list[Identity]:
    """The names that tell one customer from another, the most reliable first."""
    names = list(filter(is_firm, identities))
    return [identity for kind in STRONG for identity in names if identity.kind is kind]


def _loose(identities: Iterable[Identity]) -> list[Identity]:
    """The names that lead to somebody only where nothing better is named. A username is the loosest of all."""
    names = [identity for identity in identities if not is_firm(identity)]
    return sorted(names, key=lambda identity: identity.kind is IdentityKind.USERNAME)


def _meet(draft: Draft, found: Found, identity: Identity, holder: int) -> None:
    """A name leads to `holder`, so that is who is meant; and if it was somebody already, the two are one."""
    if found.contact_id is None:
        found.contact_id = holder
        return
    one = join_contacts(draft, found.contact_id, holder)
    if one is not None:
        found.contact_id, found.joined = one, True
    elif identity in found.names:
        found.names.remove(identity)  # Somebody of the team keeps these two apart.


def _pass_on(draft: Draft, found: Found, identity: Identity, holder: int, at_ms: int) -> None:
    if _passes_on(draft, identity, at_ms):
        found.losers.add(holder)
    else:
        found.names.remove(identity)  # An old message, come late: the name was theirs then, and is another's now.


def _passes_on(draft: Draft, identity: Identity, at_ms: int) -> bool:
    held = name_row(draft, identity)
    return held is None or at_ms >= held.since_ms


def _is_anothers(
    draft: Draft, channel: ChannelFace, phone: Identity, holder: int, bsuid: str | None, at_ms: int
) -> bool:
    """Whether a phone number came with somebody else than the contact to whom it leads."""
    phone_row = name_row(draft, phone)
    assert phone_row is not None, "it leads to somebody"
    if phone_row.is_former:
        return at_ms > phone_row.ended_ms
    heard = _ids_heard(draft, channel, holder) if bsuid else set()
    if bsuid in heard:
        return False
    # Whoever moves to a new number gets a new id: only an id that was heard of with this number contradicts another.
    id_rows = [name_row(draft, Identity(IdentityKind.BSUID, known)) for known in heard]
    return any(row is not None and row.since_ms >= phone_row.since_ms for row in id_rows)


def _ids_heard(draft: Draft, channel: ChannelFace, contact_id: int) -> set[str]:
    """The BSUIDs by which a contact is known here, or on a number that would know them by the same one."""
    here = draft.conversation_of(channel.channel_id, contact_id)
    found = [here] if here is not None else []
    if channel.siblings:
        found += [c for c in draft.conversations_of_contact(contact_id) if c.channel.channel_id in channel.siblings]
    return {bsuid for c in found if c.continued_in is None and (bsuid := c.customer["bsuid"])}


def _speaks_of(draft: Draft, identity: Identity, at_ms: int, *, is_after: bool) -> bool:
    """Whether a change at a moment speaks of the contact to whom a name leads: ids always do, a phone number only if it
    was theirs then. A new number that somebody had before is passed on by them."""
    if identity.kind is not IdentityKind.PHONE:
        return True
    held = name_row(draft, identity)
    if held is None:
        return False
    if is_after:
        return held.since_ms >= at_ms or not held.since_ms
    return held.since_ms <= at_ms and not (held.is_former and held.ended_ms < at_ms)


def _has_only_loose_names(draft: Draft, holder: int) -> bool:
    return not any(is_firm(held.identity) for held in names_of(draft, holder))
