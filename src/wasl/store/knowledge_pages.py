"""Reading what an account knows page by page, and what was changed about an entry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from wasl.clock import iso
from wasl.errors import Invalid, NotFound
from wasl.store.database import Connection
from wasl.store.knowledge import ENTRY_SELECT, KnowledgeEntry, entry_of, find_entry
from wasl.store.limits import (
    ENTRIES_PER_ACCOUNT,
    ENTRY_CHANGES_LISTED_MAX,
    ENTRY_WORDS_SEARCHED_MAX,
    TOPICS_LISTED_MAX,
)
from wasl.store.message_row import Json
from wasl.store.search import folded

PLACE_FORM = re.compile(r"[1-9]\d{0,14}")
"""Of a `next_cursor`: the entry behind which the next page begins."""


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """What is to be listed. `document_id` is that of one document whose passages are wanted; without `passages` only
    what people wrote is. Of archived entries those of the last `ENTRIES_PER_ACCOUNT` are found."""

    search: str = ""
    topic: str | None = None
    archived: bool = False
    cursor: str | None = None
    limit: int = 50
    document_id: int | None = None
    passages: bool = True


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page, the newest first; of one document's passages the first ones first."""

    entries: Sequence[KnowledgeEntry]
    next_cursor: str | None
    total: int


def entry_page(connection: Connection, account_id: int, query: EntryQuery) -> EntryPage:
    """A page of entries, and how many there are in all. Raises Invalid `bad_cursor`."""
    if query.cursor is not None and not PLACE_FORM.fullmatch(query.cursor):
        raise Invalid("This is no next_cursor of an earlier page.", code="bad_cursor")
    condition, parameters = _condition(connection, account_id, query)
    [(total,)] = connection.rows(f"SELECT count(*) FROM knowledge_entries e WHERE {condition}", parameters)
    follows, order = (">", "") if query.document_id is not None else ("<", " DESC")
    if query.cursor is not None:
        condition, parameters = f"{condition} AND e.entry_id {follows} ?", [*parameters, int(query.cursor)]
    sql = f"{ENTRY_SELECT} WHERE {condition} ORDER BY e.entry_id{order} LIMIT ?"
    found = [entry_of(row) for row in connection.rows(sql, (*parameters, query.limit + 1))]
    page = found[: query.limit]
    return EntryPage(page, str(page[-1].entry_id) if len(found) > len(page) else None, int(total))


def _condition(connection: Connection, account_id: int, query: EntryQuery) -> tuple[str, list[Any]]:
    condition, parameters = "e.account_id = ? AND e.archived = ?", [account_id, int(query.archived)]
    more: list[tuple[str, Any]] = []
    if query.archived:
        more.append(("e.entry_id > ?", _oldest_archived(connection, account_id)))
    if query.topic is not None:
        more.append(("e.topic = ?", query.topic))
    if query.document_id is not None:
        more.append(("e.document_id = ?", query.document_id))
    elif not query.passages:
        condition += " AND e.origin <> 'document'"
    # A function and not LIKE: it knows no wildcards.
    position = "instr" if connection.dialect == "sqlite" else "strpos"
    words = folded(query.search).split()[:ENTRY_WORDS_SEARCHED_MAX]
    more += [(f"{position}(e.words, ?) > 0", word) for word in dict.fromkeys(words)]
    return " AND ".join((condition, *(part for part, _ in more))), [*parameters, *(value for _, value in more)]


def _oldest_archived(connection: Connection, account_id: int) -> int:
    """Below which id nothing is looked for: what was archived is never deleted."""
    sql = (
        "SELECT entry_id FROM knowledge_entries WHERE account_id = ? AND archived = 1 ORDER BY entry_id DESC"
        f" LIMIT 1 OFFSET {ENTRIES_PER_ACCOUNT}"
    )
    rows = connection.rows(sql, (account_id,))
    return int(rows[0][0]) if rows else 0


def topics_of(connection: Connection, account_id: int) -> list[str]:
    """What the living entries are about, in the order of their letters."""
    sql = (
        "SELECT DISTINCT topic FROM knowledge_entries WHERE account_id = ? AND archived = 0 AND topic IS NOT NULL"
        f" ORDER BY topic LIMIT {TOPICS_LISTED_MAX}"
    )
    return [topic for (topic,) in connection.rows(sql, (account_id,))]


def entry_changes(connection: Connection, account_id: int, entry_id: int) -> list[Json]:
    """What was done to an entry, the newest first, but for people's names. Raises NotFound."""
    entry = find_entry(connection, account_id, entry_id)
    if entry is None:
        raise NotFound("There is no such entry.")
    sql = (
        "SELECT version, operator_id, from_message, entry, changed_ms FROM knowledge_changes"
        " WHERE account_id = ? AND entry_id = ? ORDER BY version DESC LIMIT ?"
    )
    rows = connection.rows(sql, (account_id, entry_id, ENTRY_CHANGES_LISTED_MAX))
    found = [_change(version, by, place, orjson.loads(said), at_ms) for version, by, place, said, at_ms in rows]
    hands = entry.hands
    if not found:  # A passage, which came with its document.
        said = {**entry.wording.as_json(), "archived": False}
        found = [_change(entry.version, hands.created_by, None, said, hands.created_ms)]
    if entry.archived and not found[0]["entry"]["archived"]:  # And one that went with it.
        said = {**entry.wording.as_json(), "archived": True}
        found.insert(0, _change(entry.version, hands.updated_by, None, said, hands.updated_ms))
    return found


def _change(version: int, operator_id: int | None, from_message: str | None, entry: Json, changed_ms: int) -> Json:
    return {
        "version": version,
        "operator_id": str(operator_id) if operator_id is not None else None,
        "from_message": from_message,
        "changed_at": iso(changed_ms),
        "entry": entry,
    }


def known_questions(connection: Connection, account_id: int) -> dict[str, int]:
    """The living entries that people wrote or brought in, by their question: the oldest of each."""
    sql = (
        "SELECT question, entry_id FROM knowledge_entries WHERE account_id = ? AND archived = 0"
        " AND document_id IS NULL ORDER BY entry_id DESC"
    )
    return dict(connection.rows(sql, (account_id,)))


def written_entries(connection: Connection, account_id: int) -> list[KnowledgeEntry]:
    """All living entries that are no passages, oldest first: what an export holds."""
    sql = f"{ENTRY_SELECT} WHERE e.account_id = ? AND e.archived = 0 AND e.origin <> 'document' ORDER BY e.entry_id"
    return [entry_of(row) for row in connection.rows(sql, (account_id,))]
