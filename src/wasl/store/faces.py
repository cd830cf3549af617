"""What a conversation shows of its customer, and by which name they are reached: made of the names that are theirs."""

from collections.abc import Iterable, Sequence

from wasl.domain.identity import Identity, IdentityKind, Party
from wasl.store.conversation_row import Conversation
from wasl.store.draft import Draft
from wasl.store.identities import Held
from wasl.store.search import reindex_conversation, search_text_of

_EVERYWHERE = (IdentityKind.PHONE, IdentityKind.USERNAME)
"""Names that are good on every number. The others mean a person only to the business that they were made for."""


def shows(conversation: Conversation, party: Party) -> bool:
    """Whether a conversation shows already all that a party tells of its customer."""
    if party.group_id:
        return True
    customer = conversation.customer
    told = (party.name, party.phone, party.bsuid, party.username)
    shown = (customer["name"], customer["phone"], customer["bsuid"], customer["username"])
    return all(new is None or new == old for new, old in zip(told, shown, strict=True))


def face_of(party: Party, names: Iterable[Identity]) -> dict[str, object]:
    """What is shown of a customer of whom nothing else is known."""
    own = {identity.kind: identity.value for identity in names}
    return {
        "name": party.name,
        "phone": own.get(IdentityKind.PHONE),
        "username": own.get(IdentityKind.USERNAME, party.username if party.group_id else None),
        "bsuid": own.get(IdentityKind.BSUID, party.bsuid if party.group_id else None),
        "identities": [_entry(identity, is_former=False) for identity in names],
    }


def draw_face(
    draft: Draft,
    conversation: Conversation,
    names: Sequence[Held],
    here: Iterable[Identity] = (),
    name: str | None = None,
) -> bool:
    """Show what is known of a customer now; `names` are all of theirs, `here` those that this channel told of.

    False when that is shown already. The event that shows it is the caller's.
    """
    customer = dict(conversation.customer)
    listed = [Identity(IdentityKind(entry["kind"]), entry["value"]) for entry in customer["identities"]]
    held = {found.identity: found for found in names}
    known = {*listed, *here}
    added = [i for i in held if i not in listed and (i in known or i.kind in _EVERYWHERE)]
    customer["identities"] = [
        _entry(identity, is_former=identity not in held or held[identity].is_former) for identity in (*listed, *added)
    ]
    current = [found for found in names if not found.is_former]
    if not any(identity.kind is IdentityKind.GROUP for identity in listed):
        for kind, key in (
            (IdentityKind.PHONE, "phone"),
            (IdentityKind.BSUID, "bsuid"),
            (IdentityKind.USERNAME, "username"),
        ):
            usable = [f for f in current if f.identity.kind is kind and (kind in _EVERYWHERE or f.identity in known)]
            customer[key] = _newest(usable, customer[key])
    customer["name"] = name or customer["name"]
    return _wear(draft, conversation, customer)


def _entry(identity: Identity, *, is_former: bool) -> dict[str, object]:
    """A name as the API lists it; it is former when it was given up, or is somebody else's by now."""
    return {"kind": identity.kind.value, "value": identity.value, "former": is_former}


def _newest(usable: Sequence[Held], shown: str | None) -> str | None:
    """The name that was taken last; the one that is shown stays, unless another was taken after it."""
    best = max(usable, key=lambda found: (found.since_ms, found.identity.value == shown), default=None)
    return best.identity.value if best else None


def _wear(draft: Draft, conversation: Conversation, customer: dict[str, object]) -> bool:
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
