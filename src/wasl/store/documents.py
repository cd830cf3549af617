"""Documents of the knowledge as rows: each came with its passages, and goes with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from wasl.clock import iso
from wasl.errors import Conflict, NotFound
from wasl.store.database import Connection, Row
from wasl.store.draft import Draft
from wasl.store.entries import ENTRY_ROWS, entry_row, next_numbers, refuse_full
from wasl.store.knowledge import Hands, KnowledgeEntry, Wording
from wasl.store.limits import DOCUMENTS_PER_ACCOUNT
from wasl.store.message_row import Json
from wasl.store.needs import Needs


@dataclass(frozen=True, slots=True)
class Document:
    """A document whose passages are in use."""

    document_id: int
    name: str
    mime_type: str
    bytes: int
    passages: int
    created_by: int | None
    created_ms: int

    def as_json(self) -> Json:
        """The `document` object of the API, but for people's names."""
        return {
            "document_id": str(self.document_id),
            "name": self.name,
            "mime_type": self.mime_type,
            "bytes": self.bytes,
            "passages": self.passages,
            "created_by": str(self.created_by) if self.created_by is not None else None,
            "created_at": iso(self.created_ms),
        }


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document, or a question with its answer out of a table. `words` are all of it, folded."""

    wording: Wording
    words: str
    is_question: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """A document that was brought. It was there already if nothing `is_new`."""

    document: Document
    is_new: bool
    replaced: int | None = None
    """The document of the same name whose place it took."""


_COLUMNS = "document_id, name, mime_type, bytes, passages, created_by, created_ms"


def living_documents(connection: Connection, account_id: int) -> list[Document]:
    """All of an account, the newest first."""
    sql = (
        f"SELECT {_COLUMNS} FROM knowledge_documents WHERE account_id = ? AND archived = 0 ORDER BY document_id DESC"
        f" LIMIT {DOCUMENTS_PER_ACCOUNT}"
    )
    return [Document(*row) for row in connection.rows(sql, (account_id,))]


def document_of_bytes(connection: Connection, account_id: int, sha256: str) -> Document | None:
    """The living document that was made of these bytes."""
    sql = f"SELECT {_COLUMNS} FROM knowledge_documents WHERE account_id = ? AND sha256 = ? AND archived = 0"
    rows = connection.rows(sql, (account_id, sha256))
    return Document(*rows[0]) if rows else None


@dataclass(frozen=True, slots=True)
class AddDocument:
    """A document with its passages takes the place of the one of its name, if there is one."""

    account_id: int
    operator_id: int | None
    name: str
    mime_type: str
    sha256: str
    bytes: int
    passages: Sequence[Passage]

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Added:
        """Raises Conflict: `knowledge_full`, `too_many_documents`."""
        connection = draft.connection
        known = document_of_bytes(connection, self.account_id, self.sha256)
        if known is not None:
            return Added(known, is_new=False)
        former = [one for one in living_documents(connection, self.account_id) if one.name == self.name]
        self._refuse_full(draft, former)
        version, document_id = next_numbers(draft, 1 + len(self.passages))
        for one in former:
            _archive(draft, one.document_id, version, self.operator_id)
        row = (self.account_id, document_id, self.name, self.mime_type, self.sha256, self.bytes, len(self.passages))
        sql = (
            "INSERT INTO knowledge_documents (account_id, document_id, name, mime_type, sha256, bytes, passages,"
            " created_by, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        connection.send(sql, (*row, self.operator_id, draft.now_ms))
        connection.insert(ENTRY_ROWS, self._rows(document_id, version, draft.now_ms))
        document = Document(*row[1:4], *row[5:], self.operator_id, draft.now_ms)
        return Added(document, is_new=True, replaced=former[0].document_id if former else None)

    def _refuse_full(self, draft: Draft, former: Sequence[Document]) -> None:
        sql = "SELECT count(*) FROM knowledge_documents WHERE account_id = ? AND archived = 0"
        [(count,)] = draft.connection.rows(sql, (self.account_id,))
        if count - len(former) >= DOCUMENTS_PER_ACCOUNT:
            sentence = f"An account has at most {DOCUMENTS_PER_ACCOUNT} documents: take some out of use first."
            raise Conflict(sentence, code="too_many_documents")
        sql = "SELECT count(*) FROM knowledge_entries WHERE account_id = ? AND document_id = ANY(?) AND archived = 0"
        [(going,)] = draft.connection.rows(sql, (self.account_id, [one.document_id for one in former]))
        refuse_full(draft.connection, self.account_id, len(self.passages) - int(going))

    def _rows(self, document_id: int, version: int, now_ms: int) -> list[Row]:
        rows = []
        for place, passage in enumerate(self.passages, 1):
            wording = passage.wording
            origin = "imported" if passage.is_question else "document"
            entry = KnowledgeEntry(
                document_id + place,
                document_id,
                wording.question,
                wording.phrasings,
                wording.answers,
                wording.topic,
                archived=False,
                version=version,
                hands=Hands(origin, None, self.operator_id, now_ms, self.operator_id, now_ms),
            )
            rows.append(entry_row(self.account_id, entry, passage.words, place))
        return rows


@dataclass(frozen=True, slots=True)
class ArchiveDocument:
    """A document is taken out of use, and its passages with it."""

    account_id: int
    operator_id: int | None
    document_id: int

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> None:
        """Raises NotFound."""
        sql = "SELECT 1 FROM knowledge_documents WHERE account_id = ? AND document_id = ? AND archived = 0"
        if not draft.connection.rows(sql, (self.account_id, self.document_id)):
            raise NotFound("There is no such document.")
        version, _ = next_numbers(draft, 0)
        _archive(draft, self.document_id, version, self.operator_id)


def _archive(draft: Draft, document_id: int, version: int, operator_id: int | None) -> None:
    sql = "UPDATE knowledge_documents SET archived = 1 WHERE account_id = ? AND document_id = ?"
    draft.connection.run(sql, (draft.account_id, document_id))
    sql = (
        "UPDATE knowledge_entries SET archived = 1, version = ?, updated_by = ?, updated_ms = ?"
        " WHERE account_id = ? AND document_id = ? AND archived = 0"
    )
    draft.connection.run(sql, (version, operator_id, draft.now_ms, draft.account_id, document_id))
