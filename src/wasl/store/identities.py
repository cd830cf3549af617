"""The names of customers as rows: to whom each leads, since when, and until when it was theirs.

Times are WhatsApp's, so that what is known in the end does not depend on the order in which it was told. A name that
was given up still leads to its customer for what was said before that moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wasl.domain.identity import Identity, IdentityKind
from wasl.store.draft import Draft

STRONG = (
    IdentityKind.GROUP,
    IdentityKind.BSUID,
    IdentityKind.PARENT_BSUID,
    IdentityKind.PROVIDER,
    IdentityKind.PHONE,
)
"""What tells one customer from another, the most reliable first. A username is not among them: it may be another's
tomorrow. See `is_firm`."""


@dataclass(frozen=True, slots=True)
class Held:
    """A name of a customer. It is a former one when it was given up no earlier than it was last taken."""

    identity: Identity
    since_ms: int
    ended_ms: int

    @property
    def is_former(self) -> bool:
        return bool(self.ended_ms) and self.ended_ms >= self.since_ms


def is_firm(identity: Identity) -> bool:
    """Whether a name tells one customer from another. What a provider calls somebody does so if it says whose word it
    is (`qiscus:…`); any other such word was put where a number or an id belongs, and many may come with the same."""
    return identity.kind in STRONG and (identity.kind is not IdentityKind.PROVIDER or ":" in identity.value)


def names_of(draft: Draft, contact_id: int) -> list[Held]:
    """All names that lead to a contact, the newest last."""
    draft.store_identities()
    sql = (
        "SELECT kind, value, since_ms, ended_ms FROM contact_identities WHERE account_id = ? AND contact_id = ?"
        " ORDER BY since_ms, kind, value"
    )
    rows = draft.connection.rows(sql, (draft.account_id, contact_id))
    return [Held(Identity(IdentityKind(kind), value), since, ended) for kind, value, since, ended in rows]


def name_row(draft: Draft, identity: Identity) -> Held | None:
    """What is known of a name; None when it leads to nobody."""
    draft.store_identities()
    sql = "SELECT since_ms, ended_ms FROM contact_identities WHERE account_id = ? AND kind = ? AND value = ?"
    rows = draft.connection.rows(sql, (draft.account_id, str(identity.kind), identity.value))
    return Held(identity, *rows[0]) if rows else None


def take_name(draft: Draft, identity: Identity, contact_id: int, since_ms: int) -> None:
    """Let a name be a contact's from a moment on, whoever had it before."""
    owner = draft.owner_of(identity)
    if owner is None:  # As with every newcomer: nothing has to be read.
        draft.add_identity(contact_id, identity, since_ms)
        return
    held = name_row(draft, identity)
    assert held is not None, "it leads to somebody"
    if owner == contact_id:
        _write(draft, contact_id, Held(identity, max(held.since_ms, since_ms), held.ended_ms))
    else:
        _write(draft, contact_id, Held(identity, since_ms, 0))


def end_name(draft: Draft, identity: Identity, contact_id: int, ended_ms: int) -> None:
    """Note that a contact gave up a name at a moment; what was said before then is still theirs."""
    held = name_row(draft, identity)
    if held is None:
        draft.add_identity(contact_id, identity, 0, ended_ms)
    elif draft.owner_of(identity) == contact_id:
        _write(draft, contact_id, Held(identity, held.since_ms, max(held.ended_ms, ended_ms)))


def give_names(draft: Draft, identities: Iterable[Identity], contact_id: int) -> None:
    """Let names lead to another contact, with all that is known of them."""
    for identity in identities:
        held = name_row(draft, identity)
        assert held is not None, "what is given to another was somebody's"
        _write(draft, contact_id, held)


def unnamed_contact(draft: Draft) -> int:
    """An id for a customer of whom only names are known: below zero, so that it is no event's sequence. As soon as
    the customer writes it becomes a contact like any other."""
    draft.store_identities()
    sql = "SELECT min(contact_id) FROM contact_identities WHERE account_id = ? AND contact_id < 0"
    [(lowest,)] = draft.connection.rows(sql, (draft.account_id,))
    return (lowest or 0) - 1


def _write(draft: Draft, contact_id: int, held: Held) -> None:
    sql = (
        "UPDATE contact_identities SET contact_id = ?, since_ms = ?, ended_ms = ?"
        " WHERE account_id = ? AND kind = ? AND value = ?"
    )
    identity = held.identity
    row = (contact_id, held.since_ms, held.ended_ms, draft.account_id, str(identity.kind), identity.value)
    draft.connection.run(sql, row)
    draft.note_owner(identity, contact_id, is_former=held.is_former)
