"""Documents come and go with their passages, as a whole; one takes the place of the one of its name."""

from dataclasses import replace
from typing import Any

import pytest

from cast import Cast
from wasl.errors import Conflict, NotFound
from wasl.store import documents, entries
from wasl.store.database import Database
from wasl.store.documents import AddDocument, Added, ArchiveDocument, Document, Passage, living_documents
from wasl.store.entries import ChangeEntry, words_of
from wasl.store.journal import Journal
from wasl.store.knowledge import KnowledgeEntry, Wording, entries_since, knowledge_version
from wasl.store.knowledge_pages import EntryPage, EntryQuery, entry_changes, entry_page, written_entries

pytestmark = pytest.mark.anyio


def passage(heading: str, text: str, *, is_question: bool = False) -> Passage:
    wording = Wording(heading, {"en": text})
    return Passage(wording, words_of(wording), is_question)


HANDBOOK = (passage("Delivery", "Two days."), passage("Returns", "Within a month."), passage("Parking", "Behind."))


def handbook(cast: Cast, **other: Any) -> AddDocument:
    document = AddDocument(cast.olive.id, cast.omar.id, "handbook.md", "text/markdown", "a" * 64, 99, HANDBOOK)
    return replace(document, **other)


def living(database: Database, account_id: int) -> list[Document]:
    return database.read_now(lambda connection: living_documents(connection, account_id))


def page(database: Database, account_id: int, **query: Any) -> EntryPage:
    asked = replace(EntryQuery(), **query)
    return database.read_now(lambda connection: entry_page(connection, account_id, asked))


@pytest.fixture
async def added(journal: Journal, cast: Cast) -> Added:
    return await journal.submit(handbook(cast))


async def test_a_document_comes_with_its_passages_in_their_order(database: Database, cast: Cast, added: Added) -> None:
    assert (added.is_new, added.replaced, added.document.passages) == (True, None, 3)
    assert living(database, cast.olive.id) == [added.document]
    found = page(database, cast.olive.id, document_id=added.document.document_id)
    assert [entry.question for entry in found.entries] == ["Delivery", "Returns", "Parking"]
    for entry in found.entries:
        assert (entry.hands.origin, entry.document, entry.hands.created_by) == ("document", "handbook.md", cast.omar.id)
    first = page(database, cast.olive.id, document_id=added.document.document_id, limit=2)
    rest = page(database, cast.olive.id, document_id=added.document.document_id, limit=2, cursor=first.next_cursor)
    assert [entry.question for entry in (*first.entries, *rest.entries)] == ["Delivery", "Returns", "Parking"]
    assert page(database, cast.olive.id, passages=False).total == 0
    assert page(database, cast.olive.id, search="month").total == 1
    assert database.read_now(lambda connection: written_entries(connection, cast.olive.id)) == []


async def test_the_same_bytes_are_the_same_document(
    journal: Journal, database: Database, cast: Cast, added: Added
) -> None:
    again = await journal.submit(handbook(cast, name="another name.md"))
    assert again == Added(added.document, is_new=False)
    assert page(database, cast.olive.id).total == 3
    # Another account's are another document.
    theirs = await journal.submit(handbook(cast, account_id=cast.cedar.id, operator_id=cast.clara.id))
    assert theirs.is_new
    assert [one.document_id for one in living(database, cast.cedar.id)] == [theirs.document.document_id]


async def test_a_newer_one_takes_the_place_of_its_name_at_once(
    journal: Journal, database: Database, cast: Cast, added: Added
) -> None:
    before = database.read_now(lambda connection: knowledge_version(connection, cast.olive.id))
    newer = await journal.submit(handbook(cast, sha256="b" * 64, passages=[passage("Delivery", "One day.")]))
    assert newer.replaced == added.document.document_id
    assert living(database, cast.olive.id) == [newer.document]
    changed = database.read_now(lambda connection: entries_since(connection, cast.olive.id, before))
    # One version: no index ever holds both, or neither.
    assert {entry.version for entry in changed} == {before + 1}
    told = [(entry.question, next(iter(entry.answers.values())), entry.archived) for entry in changed]
    assert told == [
        ("Delivery", "Two days.", True),
        ("Returns", "Within a month.", True),
        ("Parking", "Behind.", True),
        ("Delivery", "One day.", False),
    ]


async def test_what_is_taken_out_of_use_can_be_brought_again(
    journal: Journal, database: Database, cast: Cast, added: Added
) -> None:
    await journal.submit(ArchiveDocument(cast.olive.id, cast.rana.id, added.document.document_id))
    assert living(database, cast.olive.id) == []
    assert page(database, cast.olive.id).total == 0
    gone = page(database, cast.olive.id, archived=True)
    assert [entry.document for entry in gone.entries] == ["handbook.md"] * 3
    with pytest.raises(NotFound):
        await journal.submit(ArchiveDocument(cast.olive.id, cast.rana.id, added.document.document_id))
    again = await journal.submit(handbook(cast))
    assert again.is_new
    assert page(database, cast.olive.id).total == 3


async def test_another_account_archives_nothing(journal: Journal, database: Database, cast: Cast, added: Added) -> None:
    with pytest.raises(NotFound):
        await journal.submit(ArchiveDocument(cast.cedar.id, cast.clara.id, added.document.document_id))
    assert page(database, cast.cedar.id).total == 0
    assert page(database, cast.cedar.id, document_id=added.document.document_id).total == 0
    assert page(database, cast.olive.id).total == 3


async def test_what_became_of_a_passage_is_told(journal: Journal, database: Database, cast: Cast, added: Added) -> None:
    def first() -> KnowledgeEntry:
        return page(database, cast.olive.id, document_id=added.document.document_id, limit=1).entries[0]

    def changes() -> list[tuple[str, str, bool]]:
        found = database.read_now(lambda connection: entry_changes(connection, cast.olive.id, first_id))
        return [(one["operator_id"], one["entry"]["answers"]["en"], one["entry"]["archived"]) for one in found]

    first_id = first().entry_id
    rana, omar = str(cast.rana.id), str(cast.omar.id)
    assert changes() == [(omar, "Two days.", False)]
    wording = Wording("Delivery", {"en": "Three days."})
    await journal.submit(ChangeEntry(cast.olive.id, cast.rana.id, first_id, wording, first().version))
    assert changes() == [(rana, "Three days.", False), (omar, "Two days.", False)]
    await journal.submit(ArchiveDocument(cast.olive.id, cast.omar.id, added.document.document_id))
    assert changes() == [(omar, "Three days.", True), (rana, "Three days.", False), (omar, "Two days.", False)]


async def test_there_is_room_for_so_much_and_no_more(
    journal: Journal, database: Database, cast: Cast, added: Added, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "ENTRIES_PER_ACCOUNT", 4)
    with pytest.raises(Conflict) as refused:
        await journal.submit(handbook(cast, sha256="b" * 64, name="other.md", passages=HANDBOOK[:2]))
    assert refused.value.code == "knowledge_full"
    assert living(database, cast.olive.id) == [added.document]
    # In the place of another it fits.
    four = [*HANDBOOK, passage("Opening", "At nine.")]
    assert (await journal.submit(handbook(cast, sha256="b" * 64, passages=four))).is_new
    monkeypatch.setattr(entries, "ENTRIES_PER_ACCOUNT", 40)
    monkeypatch.setattr(documents, "DOCUMENTS_PER_ACCOUNT", 1)
    with pytest.raises(Conflict) as refused:
        await journal.submit(handbook(cast, sha256="c" * 64, name="other.md"))
    assert refused.value.code == "too_many_documents"


async def test_questions_out_of_a_table_are_entries(journal: Journal, database: Database, cast: Cast) -> None:
    passages = [passage("When are you open?", "At nine.", is_question=True)]
    await journal.submit(handbook(cast, passages=passages))
    [entry] = page(database, cast.olive.id, passages=False).entries
    assert (entry.hands.origin, entry.document) == ("imported", "handbook.md")
