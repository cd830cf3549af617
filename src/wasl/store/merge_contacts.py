"""What operators say about who is who: two contacts are one person, or they are not."""

from dataclasses import dataclass
from typing import Any

import orjson

from wasl.domain.identity import Identity, IdentityKind
from wasl.domain.people import Operator
from wasl.errors import Conflict, NotFound
from wasl.store.conversation_row import Conversation
from wasl.store.draft import Draft
from wasl.store.identities import names_of
from wasl.store.inbox import contact_id_of
from wasl.store.merges import MergeRow, keep_merge, share_user, tell, undo_join
from wasl.store.needs import Needs
from wasl.store.persons import user_of


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge, made or undone: the persons that it spoke of go by these ids now."""

    merge_id: str
    user_id: str
    other_user_id: str


@dataclass(frozen=True, slots=True)
class MergeContacts:
    """An operator says that two contacts are one person. Asked twice it is one merge."""

    account_id: int
    operator: Operator
    user_id: str
    other_user_id: str

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Merged:
        """Let the other's conversations be the first one's too; an event for each conversation of theirs. Raises
        NotFound, and Conflict `same_contact`."""
        user_id, other_id = _person(draft, self.user_id), _person(draft, self.other_user_id)
        if user_id == other_id:
            known = _merge_between(draft, contact_id_of(self.user_id), contact_id_of(self.other_user_id))
            if known is None:
                raise Conflict("These two are one contact already.", code="same_contact")
            return Merged(str(known), str(user_id), self.other_user_id)
        merge_id = draft.next_sequence()
        theirs = draft.conversations_of_user(other_id)
        names = [held.identity for number in {c.contact_id for c in theirs} for held in names_of(draft, number)]
        keep_merge(draft, MergeRow(merge_id, user_id, other_id, "operator", self.operator.id, names, []))
        for conversation in theirs:
            conversation.user_id = user_id
            draft.own_conversation(conversation)
        before = dict.fromkeys((found.key for found in theirs), other_id)
        # Those that stay as they were are told too: a screen that shows one of them shows the others beside it.
        tell(draft, draft.conversations_of_user(user_id), "merged", before)
        return Merged(str(merge_id), str(user_id), str(other_id))


@dataclass(frozen=True, slots=True)
class UnmergeContacts:
    """An operator takes a merge back, whoever said it. Asked twice it changes nothing the second time."""

    account_id: int
    operator: Operator
    merge_id: str

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Merged:
        """Let either have what was theirs; an event for each conversation that changes. Raises NotFound."""
        row, is_undone = _merge_row(draft, self.merge_id)
        before = {found.key: found.user_id for found in _conversations_of(draft, row)}
        if not is_undone:
            sql = "UPDATE contact_merges SET undone_ms = ?, undone_by = ? WHERE account_id = ? AND merge_id = ?"
            draft.connection.run(sql, (draft.now_ms, self.operator.id, self.account_id, row.merge_id))
            changed = undo_join(draft, row) if row.told_by == "whatsapp" else []
            for user_id in set(before.values()):
                changed += share_user(draft, user_id, row.other_contact_id)
            tell(draft, (*changed, *_conversations_of(draft, row)), "unmerged", before)
        users = [_person(draft, str(number)) for number in (row.contact_id, row.other_contact_id)]
        return Merged(str(row.merge_id), *map(str, users))


def _person(draft: Draft, asked: str) -> int:
    """The user id by which a contact goes today, also when it is asked for by an older one."""
    user_id = user_of(draft.connection, draft.account_id, contact_id_of(asked))
    if user_id is None:
        raise NotFound("There is no such contact.")
    return user_id


def _merge_between(draft: Draft, one: int, other: int) -> int | None:
    sql = (
        "SELECT merge_id FROM contact_merges WHERE account_id = ? AND contact_id = ? AND other_contact_id = ?"
        " AND told_by = 'operator' AND undone_ms IS NULL"
    )
    rows = draft.connection.rows(sql, (draft.account_id, one, other))
    return int(rows[0][0]) if rows else None


def _merge_row(draft: Draft, merge_id: str) -> tuple[MergeRow, bool]:
    sql = (
        "SELECT merge_id, contact_id, other_contact_id, told_by, operator_id, identities, conversations, undone_ms"
        " FROM contact_merges WHERE account_id = ? AND merge_id = ?"
    )
    number = int(merge_id) if merge_id.isascii() and merge_id.isdigit() and len(merge_id) <= _DIGITS_MAX else 0
    rows = draft.connection.rows(sql, (draft.account_id, number))
    if not rows:
        raise NotFound("There is no such merge.")
    merge, contact_id, other_contact_id, told_by, operator_id, identities, conversations, undone_ms = rows[0]
    names = [Identity(IdentityKind(kind), value) for kind, value in orjson.loads(identities)]
    notes: list[dict[str, Any]] = orjson.loads(conversations)
    return MergeRow(merge, contact_id, other_contact_id, told_by, operator_id, names, notes), undone_ms is not None


_DIGITS_MAX = 18
"""A longer number is no sequence."""


def _conversations_of(draft: Draft, row: MergeRow) -> list[Conversation]:
    return draft.conversations_of_user(_person(draft, str(row.contact_id)))
