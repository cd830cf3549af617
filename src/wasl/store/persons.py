"""Which contacts the team takes for one person, as rows tell it."""

import orjson

from wasl.clock import iso
from wasl.errors import NotFound
from wasl.store.conversation_row import Conversation
from wasl.store.database import Connection
from wasl.store.draft import Draft
from wasl.store.message_row import Json


def persons_contacts(connection: Connection, account_id: int, contact_id: int, *, ever: bool = False) -> set[int]:
    """A contact and all that are tied to it by merges which nobody has undone; or which there have `ever` been."""
    standing = "" if ever else " AND undone_ms IS NULL"
    tied, fresh = {contact_id}, [contact_id]
    while fresh:
        found: set[int] = set()
        for mine, theirs in (("contact_id", "other_contact_id"), ("other_contact_id", "contact_id")):
            sql = f"SELECT {theirs} FROM contact_merges WHERE account_id = ? AND {mine} = ANY(?){standing}"
            found.update(number for (number,) in connection.rows(sql, (account_id, fresh)))
        fresh = list(found - tied)
        tied |= found
    return tied


def conversation_with(draft: Draft, conversation_id: str, user_id: str) -> Conversation:
    """A conversation by its id and its customer's, which may be one that they went by before a merge, or until it
    was undone: a screen may not have heard of that yet. Raises NotFound."""
    conversation = draft.conversation_named(conversation_id)
    if user_id not in (str(conversation.user_id), str(conversation.contact_id)):
        tied = persons_contacts(draft.connection, draft.account_id, conversation.contact_id, ever=True)
        if user_id not in map(str, tied):
            raise NotFound("There is no such conversation.")
    return conversation


def user_of(connection: Connection, account_id: int, user_id: int) -> int | None:
    """By which `user_id` a person goes now who once went by this one; None when the account has no such contact."""
    sql = "SELECT user_id FROM conversations WHERE account_id = ? AND user_id = ? LIMIT 1"
    if connection.rows(sql, (account_id, user_id)):
        return user_id
    tied = list(persons_contacts(connection, account_id, user_id))
    sql = "SELECT user_id FROM conversations WHERE account_id = ? AND contact_id = ANY(?) LIMIT 1"
    rows = connection.rows(sql, (account_id, tied))
    return int(rows[0][0]) if rows else None


def merges_of(connection: Connection, account_id: int, contact_id: int) -> list[Json]:
    """The merges that made a person what they are, newest first, as the API shows them."""
    tied = list(persons_contacts(connection, account_id, contact_id))
    sql = (
        "SELECT m.merge_id, m.contact_id, m.other_contact_id, m.told_by, o.name, k.name, m.identities, m.merged_ms"
        " FROM contact_merges m LEFT JOIN operators o ON o.id = m.operator_id"
        " LEFT JOIN contacts k ON k.account_id = m.account_id AND k.contact_id = m.other_contact_id"
        " WHERE m.account_id = ? AND m.contact_id = ANY(?) AND m.undone_ms IS NULL ORDER BY m.merge_id DESC"
    )
    return [_shown(*row) for row in connection.rows(sql, (account_id, tied))]


def _shown(
    merge_id: int,
    contact_id: int,
    other_contact_id: int,
    told_by: str,
    operator_name: str | None,
    other_name: str | None,
    identities: str,
    merged_ms: int,
) -> Json:
    names = [{"kind": kind, "value": value, "former": False} for kind, value in orjson.loads(identities)]
    return {
        "merge_id": str(merge_id),
        "user_id": str(contact_id),
        "other_user_id": str(other_contact_id),
        "told_by": told_by,
        "operator_name": operator_name,
        "other_name": other_name,
        "other_identities": names,
        "merged_at": iso(merged_ms),
    }
