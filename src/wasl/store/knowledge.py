"""What an account knows, as rows: entries and passages of documents, and the number that rises with every change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from wasl.clock import iso
from wasl.store.database import Connection, Row
from wasl.store.message_row import Json


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody says that an entry is, checked at the door."""

    question: str
    """Of a passage: its heading."""
    answers: Mapping[str, str]
    """Language → answer; the first one is the entry's own."""
    phrasings: tuple[str, ...] = ()
    topic: str | None = None

    def says_the_same_as(self, other: "Wording") -> bool:
        """Whether the two are one to the letter; of the answers also which one comes first."""
        return self == other and list(self.answers) == list(other.answers)

    def as_json(self) -> Json:
        return {
            "question": self.question,
            "phrasings": list(self.phrasings),
            "answers": dict(self.answers),
            "topic": self.topic,
        }


@dataclass(frozen=True, slots=True)
class Hands:
    """Who made an entry and who changed it last, when, and at which message it was taught."""

    origin: str = "written"
    from_message: str | None = None
    created_by: int | None = None
    created_ms: int = 0
    updated_by: int | None = None
    updated_ms: int = 0


@dataclass(frozen=True, slots=True)
class KnowledgeEntry:
    """An entry as it is stored."""

    entry_id: int
    document_id: int | None
    question: str
    phrasings: tuple[str, ...]
    answers: Mapping[str, str]
    topic: str | None
    archived: bool
    version: int
    document: str | None = None
    hands: Hands = field(default_factory=Hands)

    @property
    def wording(self) -> Wording:
        return Wording(self.question, self.answers, self.phrasings, self.topic)

    def as_json(self) -> Json:
        """The `entry` object of the API, but for people's names."""
        hands = self.hands
        document = {"document_id": str(self.document_id), "name": self.document} if self.document_id else None
        return {
            "entry_id": str(self.entry_id),
            **self.wording.as_json(),
            "origin": hands.origin,
            "document": document,
            "archived": self.archived,
            "version": self.version,
            "created_by": _id(hands.created_by),
            "created_at": iso(hands.created_ms),
            "updated_by": _id(hands.updated_by),
            "updated_at": iso(hands.updated_ms),
            "from_message": hands.from_message,
        }


ENTRY_SELECT = (
    "SELECT e.entry_id, e.document_id, e.question, e.phrasings, e.answers, e.topic, e.archived, e.version, d.name,"
    " e.origin, e.from_message, e.created_by, e.created_ms, e.updated_by, e.updated_ms"
    " FROM knowledge_entries e LEFT JOIN knowledge_documents d"
    " ON d.account_id = e.account_id AND d.document_id = e.document_id"
)


def knowledge_version(connection: Connection, account_id: int) -> int:
    """The number that rises with every change of what an account knows; 0 when it knows nothing."""
    rows = connection.rows("SELECT version FROM knowledge WHERE account_id = ?", (account_id,))
    return int(rows[0][0]) if rows else 0


def entries_since(connection: Connection, account_id: int, version: int) -> list[KnowledgeEntry]:
    """The entries that were changed after a version, archived ones too; from the beginning only those that live."""
    if version <= 0:
        sql = f"{ENTRY_SELECT} WHERE e.account_id = ? AND e.archived = 0 ORDER BY e.entry_id"
        return [entry_of(row) for row in connection.rows(sql, (account_id,))]
    sql = f"{ENTRY_SELECT} WHERE e.account_id = ? AND e.version > ? ORDER BY e.entry_id"
    return [entry_of(row) for row in connection.rows(sql, (account_id, version))]


def find_entry(connection: Connection, account_id: int, entry_id: int) -> KnowledgeEntry | None:
    """An entry of an account, archived or not."""
    rows = connection.rows(f"{ENTRY_SELECT} WHERE e.account_id = ? AND e.entry_id = ?", (account_id, entry_id))
    return entry_of(rows[0]) if rows else None


def entry_of(row: Row) -> KnowledgeEntry:
    """Build it from a row of ENTRY_SELECT."""
    entry_id, document_id, question, phrasings, answers, topic, archived, version, document, *hands = row
    return KnowledgeEntry(
        entry_id,
        document_id,
        question,
        tuple(orjson.loads(phrasings)),
        orjson.loads(answers),
        topic,
        bool(archived),
        version,
        document,
        Hands(*hands),
    )


def _id(number: int | None) -> str | None:
    return str(number) if number is not None else None
