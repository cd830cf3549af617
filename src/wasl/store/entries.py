"""Changing what an account knows: each change raises the number by which every node's index knows that it is old, and
keeps who made it, when, and at which message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from wasl.errors import Conflict, NotFound
from wasl.store.database import Connection, Row, Table
from wasl.store.draft import Draft
from wasl.store.knowledge import ENTRY_SELECT, Hands, KnowledgeEntry, Wording, entry_of, find_entry
from wasl.store.limits import ENTRIES_LOOKED_AT_FOR_TWINS, ENTRIES_PER_ACCOUNT
from wasl.store.needs import Needs
from wasl.store.search import folded
from wasl.store.unanswered import refuse_settled, settle_group, state_of

ENTRY_ROWS = Table(
    "knowledge_entries",
    {
        "account_id": "int",
        "entry_id": "int",
        "document_id": "int",
        "place": "int",
        "question": "text",
        "phrasings": "text",
        "answers": "long",
        "topic": "text",
        "words": "long",
        "origin": "text",
        "from_message": "text",
        "version": "int",
        "created_by": "int",
        "created_ms": "int",
        "updated_by": "int",
        "updated_ms": "int",
    },
    key=("account_id", "entry_id"),
)
_CHANGE_ROWS = Table(
    "knowledge_changes",
    {
        "account_id": "int",
        "entry_id": "int",
        "version": "int",
        "operator_id": "int",
        "from_message": "text",
        "entry": "long",
        "changed_ms": "int",
    },
    key=("account_id", "entry_id", "version"),
)


@dataclass(frozen=True, slots=True)
class AddEntry:
    """Somebody writes an entry; `answers_group` is the group of unanswered questions that it settles."""

    account_id: int
    operator_id: int | None
    wording: Wording
    answers_group: int | None = None

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> KnowledgeEntry:
        """What is sent twice is added once. Raises Conflict: `knowledge_full`, `group_settled`; NotFound when there
        is no such group."""
        entry, group_id = twin_of(draft, self.operator_id, self.wording), self.answers_group
        # A group that is answered already was answered by the request that came first.
        if group_id is not None and not (entry is not None and state_of(draft, group_id) == "answered"):
            refuse_settled(draft, group_id)
        if entry is None:
            refuse_full(draft.connection, self.account_id, 1)
            entry = write_entry(draft, self.operator_id, self.wording)
        if group_id is not None:
            settle_group(draft, group_id, "answered")
        return entry


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """Somebody changes an entry that they have seen as of a version; one that was archived comes back by it."""

    account_id: int
    operator_id: int | None
    entry_id: int
    wording: Wording
    version: int
    archived: bool = False

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> KnowledgeEntry:
        """Raises NotFound, Conflict: `newer_version`, `knowledge_full`."""
        entry = entry_to_change(draft, self.entry_id)
        return reword_entry(draft, entry, self.operator_id, self.wording, self.version, archived=self.archived)


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """Somebody takes an entry out of use; what was said with it keeps its source."""

    account_id: int
    operator_id: int | None
    entry_id: int

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> KnowledgeEntry:
        """Raises NotFound."""
        entry = entry_to_change(draft, self.entry_id)
        return reword_entry(draft, entry, self.operator_id, entry.wording, None, archived=True)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of entries that were brought in."""

    added: int = 0
    changed: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class ImportEntries:
    """Bring in entries of a file. One whose question is known already, by `known` (question → entry), changes that
    entry, or nothing if it says the same."""

    account_id: int
    wordings: Sequence[Wording]
    known: Mapping[str, int]

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Imported:
        """Raises Conflict `knowledge_full`."""
        found = {
            wording.question: find_entry(draft.connection, self.account_id, self.known[wording.question])
            for wording in self.wordings
            if wording.question in self.known
        }
        fresh = [wording for wording in self.wordings if found.get(wording.question) is None]
        revived = sum(entry is not None and entry.archived for entry in found.values())
        refuse_full(draft.connection, self.account_id, len(fresh) + revived)
        for wording in fresh:
            write_entry(draft, None, wording, "imported")
        changed = 0
        for wording in self.wordings:
            entry = found.get(wording.question)
            if entry is not None and (entry.archived or not entry.wording.says_the_same_as(wording)):
                change_entry(draft, entry, None, wording)
                changed += 1
        return Imported(len(fresh), changed, len(self.wordings) - len(fresh) - changed)


def write_entry(
    draft: Draft, operator_id: int | None, wording: Wording, origin: str = "written", from_message: str | None = None
) -> KnowledgeEntry:
    """Add an entry for which there is room."""
    version, entry_id = next_numbers(draft, 1)
    hands = Hands(origin, from_message, operator_id, draft.now_ms, operator_id, draft.now_ms)
    entry = KnowledgeEntry(
        entry_id,
        None,
        wording.question,
        wording.phrasings,
        dict(wording.answers),
        wording.topic,
        archived=False,
        version=version,
        hands=hands,
    )
    draft.connection.insert(ENTRY_ROWS, [entry_row(draft.account_id, entry, words_of(wording))])
    _keep_change(draft, entry, from_message)
    return entry


def twin_of(
    draft: Draft, operator_id: int | None, wording: Wording, from_message: str | None = None
) -> KnowledgeEntry | None:
    """What somebody has added a moment ago, word for word: their request came twice."""
    sql = f"{ENTRY_SELECT} WHERE e.account_id = ? AND e.archived = 0 ORDER BY e.entry_id DESC LIMIT ?"
    for row in draft.connection.rows(sql, (draft.account_id, ENTRIES_LOOKED_AT_FOR_TWINS)):
        entry = entry_of(row)
        is_theirs = (entry.hands.created_by, entry.hands.from_message) == (operator_id, from_message)
        if is_theirs and entry.document_id is None and entry.wording.says_the_same_as(wording):
            return entry
    return None


def entry_to_change(draft: Draft, entry_id: int) -> KnowledgeEntry:
    """An entry of the account, archived or not. Raises NotFound."""
    entry = find_entry(draft.connection, draft.account_id, entry_id)
    if entry is None:
        raise NotFound("There is no such entry.")
    return entry


def reword_entry(
    draft: Draft,
    entry: KnowledgeEntry,
    operator_id: int | None,
    wording: Wording,
    version: int | None,
    *,
    archived: bool = False,
    from_message: str | None = None,
) -> KnowledgeEntry:
    """Change an entry that somebody has seen as of a version, if they say so. What is so already stays as it is: the
    request came twice, or another has said the same. Raises Conflict: `newer_version` with the newest, and
    `knowledge_full`."""
    if entry.archived is archived and entry.wording.says_the_same_as(wording):
        return entry
    if version is not None and entry.version != version:
        sentence = "Somebody has changed this entry meanwhile: look at it again."
        raise Conflict(sentence, code="newer_version", details={"entry": entry.as_json()})
    return change_entry(draft, entry, operator_id, wording, archived=archived, from_message=from_message)


def change_entry(
    draft: Draft,
    entry: KnowledgeEntry,
    operator_id: int | None,
    wording: Wording,
    *,
    archived: bool = False,
    from_message: str | None = None,
) -> KnowledgeEntry:
    """Let an entry say something else, or be archived. Raises Conflict `knowledge_full` when one comes back for which
    there is no room, before anything is changed."""
    if entry.archived and not archived:
        refuse_full(draft.connection, draft.account_id, 1)
    _keep_original(draft, entry)
    version, _ = next_numbers(draft, 0)
    changed = replace(
        entry,
        question=wording.question,
        phrasings=wording.phrasings,
        answers=dict(wording.answers),
        topic=wording.topic,
        archived=archived,
        version=version,
        hands=replace(entry.hands, updated_by=operator_id, updated_ms=draft.now_ms),
    )
    sql = (
        "UPDATE knowledge_entries SET question = ?, phrasings = ?, answers = ?, topic = ?, words = ?, archived = ?,"
        " version = ?, updated_by = ?, updated_ms = ? WHERE account_id = ? AND entry_id = ?"
    )
    said = (wording.question, _text(list(wording.phrasings)), _text(dict(wording.answers)), wording.topic)
    about = (words_of(wording), int(archived), version, operator_id, draft.now_ms)
    draft.connection.run(sql, (*said, *about, draft.account_id, entry.entry_id))
    _keep_change(draft, changed, from_message)
    return changed


def next_numbers(draft: Draft, count: int) -> tuple[int, int]:
    """Raise the version of what an account knows, and take so many ids: the version, and the first id."""
    sql = (
        "INSERT INTO knowledge AS k (account_id, version, next_id) VALUES (?, 1, 1 + ?) ON CONFLICT (account_id)"
        " DO UPDATE SET version = k.version + 1, next_id = k.next_id + ? RETURNING version, next_id"
    )
    [(version, next_id)] = draft.connection.rows(sql, (draft.account_id, count, count))
    return int(version), int(next_id) - count


def refuse_full(connection: Connection, account_id: int, more: int) -> None:
    """Raises Conflict when an account has no room for so many entries more."""
    sql = "SELECT count(*) FROM knowledge_entries WHERE account_id = ? AND archived = 0"
    [(living,)] = connection.rows(sql, (account_id,))
    if more > 0 and living + more > ENTRIES_PER_ACCOUNT:
        sentence = f"An account knows at most {ENTRIES_PER_ACCOUNT} entries and passages: take some out of use first."
        raise Conflict(sentence, code="knowledge_full")


def words_of(wording: Wording) -> str:
    """What a search compares."""
    return folded("\n".join((wording.question, *wording.phrasings, *wording.answers.values(), wording.topic or "")))


def entry_row(account_id: int, entry: KnowledgeEntry, words: str, place: int = 0) -> Row:
    """The values of ENTRY_ROWS."""
    hands = entry.hands
    return (
        account_id,
        entry.entry_id,
        entry.document_id,
        place,
        entry.question,
        _text(list(entry.phrasings)),
        _text(dict(entry.answers)),
        entry.topic,
        words,
        hands.origin,
        hands.from_message,
        entry.version,
        hands.created_by,
        hands.created_ms,
        hands.updated_by,
        hands.updated_ms,
    )


def _keep_original(draft: Draft, entry: KnowledgeEntry) -> None:
    """A passage came with its document, so that nothing tells yet what it was."""
    if entry.document_id is None:
        return
    sql = "SELECT 1 FROM knowledge_changes WHERE account_id = ? AND entry_id = ? LIMIT 1"
    if not draft.connection.rows(sql, (draft.account_id, entry.entry_id)):
        hands = entry.hands
        _insert_change(draft, entry, hands.created_by, None, hands.created_ms)


def _keep_change(draft: Draft, entry: KnowledgeEntry, from_message: str | None) -> None:
    _insert_change(draft, entry, entry.hands.updated_by, from_message, draft.now_ms)


def _insert_change(
    draft: Draft, entry: KnowledgeEntry, operator_id: int | None, from_message: str | None, at_ms: int
) -> None:
    snapshot = _text({**entry.wording.as_json(), "archived": entry.archived})
    row = (draft.account_id, entry.entry_id, entry.version, operator_id, from_message, snapshot, at_ms)
    draft.connection.insert(_CHANGE_ROWS, [row])


def _text(value: object) -> str:
    return orjson.dumps(value).decode()
