"""What an account knows: each change raises its version and keeps who made it; nothing of it is another account's."""

from dataclasses import replace
from typing import Any

import pytest

from assistants import OPENING
from cast import Cast
from wasl.errors import Conflict, Invalid, NotFound
from wasl.store import entries, knowledge_pages
from wasl.store.database import Database
from wasl.store.entries import AddEntry, ArchiveEntry, ChangeEntry, Imported, ImportEntries
from wasl.store.journal import Journal
from wasl.store.knowledge import KnowledgeEntry, Wording, entries_since, find_entry, knowledge_version
from wasl.store.knowledge_pages import (
    EntryPage,
    EntryQuery,
    entry_changes,
    entry_page,
    known_questions,
    topics_of,
    written_entries,
)

pytestmark = pytest.mark.anyio
PARKING = Wording("Where can I park?", {"en": "Behind the house."}, topic="place")
ARABIC = Wording("متى تفتحون؟", {"ar": "من التاسعة إلى السادسة."}, ("أوقات العمل",))


@pytest.fixture
async def opening(journal: Journal, cast: Cast) -> KnowledgeEntry:
    return await journal.submit(AddEntry(cast.olive.id, cast.omar.id, OPENING))


def version(database: Database, cast: Cast) -> int:
    return database.read_now(lambda connection: knowledge_version(connection, cast.olive.id))


def page(database: Database, account_id: int, **query: Any) -> EntryPage:
    asked = replace(EntryQuery(), **query)
    return database.read_now(lambda connection: entry_page(connection, account_id, asked))


def questions(found: EntryPage) -> list[str]:
    return [entry.question for entry in found.entries]


async def test_an_entry_is_as_it_was_written_and_says_who_wrote_it(
    journal: Journal, database: Database, cast: Cast, opening: KnowledgeEntry
) -> None:
    stored = database.read_now(lambda connection: find_entry(connection, cast.olive.id, opening.entry_id))
    assert stored == opening
    assert opening.wording == OPENING
    assert (opening.hands.created_by, opening.hands.updated_by, opening.hands.origin) == (
        cast.omar.id,
        cast.omar.id,
        "written",
    )
    assert list(stored.answers) == ["en", "fr"]  # The first one is its own.
    again = await journal.submit(AddEntry(cast.olive.id, cast.rana.id, PARKING))
    assert (again.entry_id, again.version) == (opening.entry_id + 1, opening.version + 1)
    assert version(database, cast) == again.version


async def test_each_change_is_kept_with_who_made_it(
    journal: Journal, database: Database, cast: Cast, opening: KnowledgeEntry
) -> None:
    later = replace(OPENING, answers={"en": "From ten to six."})
    change = ChangeEntry(cast.olive.id, cast.rana.id, opening.entry_id, later, opening.version)
    changed = await journal.submit(change)
    gone = await journal.submit(ArchiveEntry(cast.olive.id, cast.omar.id, opening.entry_id))
    assert (changed.answers, changed.version, gone.archived) == ({"en": "From ten to six."}, 2, True)
    told = database.read_now(lambda connection: entry_changes(connection, cast.olive.id, opening.entry_id))
    people = {str(cast.omar.id): "Omar", str(cast.rana.id): "Rana"}
    assert [(people[one["operator_id"]], one["version"], one["entry"]["archived"]) for one in told] == [
        ("Omar", 3, True),
        ("Rana", 2, False),
        ("Omar", 1, False),
    ]
    assert [one["entry"]["answers"]["en"] for one in told] == ["From ten to six."] * 2 + ["From nine to six."]


async def test_whoever_has_seen_an_older_version_changes_nothing(
    journal: Journal, cast: Cast, opening: KnowledgeEntry
) -> None:
    change = ChangeEntry(cast.olive.id, cast.rana.id, opening.entry_id, PARKING, opening.version)
    newest = await journal.submit(change)
    with pytest.raises(Conflict) as refused:
        await journal.submit(replace(change, operator_id=cast.omar.id, wording=ARABIC))
    assert refused.value.code == "newer_version"
    assert refused.value.details["entry"] == newest.as_json()


async def test_what_is_asked_for_twice_is_done_once(
    journal: Journal, database: Database, cast: Cast, opening: KnowledgeEntry
) -> None:
    """The answer to the first request was lost, and a proxy or a person sends it again."""
    again = AddEntry(cast.olive.id, cast.omar.id, OPENING)
    assert await journal.submit(again) == opening
    change = ChangeEntry(cast.olive.id, cast.rana.id, opening.entry_id, PARKING, opening.version)
    changed = await journal.submit(change)
    assert await journal.submit(change) == changed
    assert version(database, cast) == changed.version
    assert len(database.read_now(lambda c: entry_changes(c, cast.olive.id, opening.entry_id))) == 2
    # Somebody else may write the same, and so may they once it is out of use.
    others = await journal.submit(AddEntry(cast.olive.id, cast.rana.id, OPENING))
    await journal.submit(ArchiveEntry(cast.olive.id, cast.omar.id, others.entry_id))
    anew = await journal.submit(AddEntry(cast.olive.id, cast.rana.id, OPENING))
    assert len({opening.entry_id, others.entry_id, anew.entry_id}) == 3


async def test_another_answer_may_come_first(journal: Journal, cast: Cast, opening: KnowledgeEntry) -> None:
    """Whoever writes in a third language gets the first one."""
    french = replace(OPENING, answers=dict(reversed(list(OPENING.answers.items()))))
    change = ChangeEntry(cast.olive.id, cast.omar.id, opening.entry_id, french, opening.version)
    assert list((await journal.submit(change)).answers) == ["fr", "en"]
    known = {OPENING.question: opening.entry_id}
    assert await journal.submit(ImportEntries(cast.olive.id, [OPENING], known)) == Imported(changed=1)


async def test_what_is_archived_comes_back_by_a_change(
    journal: Journal, database: Database, cast: Cast, opening: KnowledgeEntry
) -> None:
    gone = await journal.submit(ArchiveEntry(cast.olive.id, cast.omar.id, opening.entry_id))
    assert await journal.submit(ArchiveEntry(cast.olive.id, cast.omar.id, opening.entry_id)) == gone
    assert questions(page(database, cast.olive.id)) == []
    assert questions(page(database, cast.olive.id, archived=True)) == [OPENING.question]
    await journal.submit(ChangeEntry(cast.olive.id, cast.omar.id, opening.entry_id, OPENING, gone.version))
    assert questions(page(database, cast.olive.id)) == [OPENING.question]


async def test_of_what_is_archived_the_newest_are_found(
    journal: Journal, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        entry = await journal.submit(AddEntry(cast.olive.id, None, replace(PARKING, question=f"Question {number}?")))
        await journal.submit(ArchiveEntry(cast.olive.id, None, entry.entry_id))
    monkeypatch.setattr(knowledge_pages, "ENTRIES_PER_ACCOUNT", 2)
    found = page(database, cast.olive.id, archived=True)
    assert (questions(found), found.total) == (["Question 3?", "Question 2?"], 2)


async def test_an_index_reads_what_was_changed_since(
    journal: Journal, database: Database, cast: Cast, opening: KnowledgeEntry
) -> None:
    parking = await journal.submit(AddEntry(cast.olive.id, None, PARKING))
    seen = parking.version
    await journal.submit(ArchiveEntry(cast.olive.id, None, opening.entry_id))
    changed = database.read_now(lambda connection: entries_since(connection, cast.olive.id, seen))
    assert [(one.entry_id, one.archived) for one in changed] == [(opening.entry_id, True)]
    # Whoever begins needs none of those that are gone.
    living = database.read_now(lambda connection: entries_since(connection, cast.olive.id, 0))
    assert [one.entry_id for one in living] == [parking.entry_id]


async def test_another_account_finds_and_changes_nothing(
    journal: Journal, database: Database, cast: Cast, opening: KnowledgeEntry
) -> None:
    cedar = cast.cedar.id
    for change in (
        ChangeEntry(cedar, cast.clara.id, opening.entry_id, PARKING, opening.version),
        ArchiveEntry(cedar, cast.clara.id, opening.entry_id),
    ):
        with pytest.raises(NotFound):
            await journal.submit(change)
    with pytest.raises(NotFound):
        database.read_now(lambda connection: entry_changes(connection, cedar, opening.entry_id))
    assert questions(page(database, cedar)) == []
    assert database.read_now(lambda connection: topics_of(connection, cedar)) == []
    assert database.read_now(lambda connection: find_entry(connection, cedar, opening.entry_id)) is None
    theirs = await journal.submit(AddEntry(cedar, cast.clara.id, PARKING))
    assert (theirs.entry_id, theirs.version) == (1, 1)  # Counted for each account.


async def test_pages_follow_one_another_without_gap(journal: Journal, database: Database, cast: Cast) -> None:
    for number in range(7):
        await journal.submit(AddEntry(cast.olive.id, None, replace(PARKING, question=f"Question {number}?")))
    seen, cursor = [], None
    for _ in range(4):
        found = page(database, cast.olive.id, limit=2, cursor=cursor)
        assert found.total == 7
        seen += questions(found)
        cursor = found.next_cursor
    assert seen == [f"Question {number}?" for number in reversed(range(7))]
    assert cursor is None
    for bad in ("x", "-1", "0", "1-2", "9" * 30):
        with pytest.raises(Invalid):
            page(database, cast.olive.id, cursor=bad)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", 3),
        ("open", 1),
        ("OPENING hours", 1),
        ("hours nine", 1),
        ("neuf a six", 1),
        ("nine park", 0),
        ("متي تفتحون", 1),
        ("اوقات", 1),
        ("السادسه", 1),
        ("%", 0),
        ("_", 0),
        ("'; --", 0),
        ("place", 1),
        ("one two three four five six seven eight nine ten", 0),
    ],
)
async def test_a_search_finds_every_word_wherever_it_stands(
    journal: Journal, database: Database, cast: Cast, opening: KnowledgeEntry, search: str, found: int
) -> None:
    for wording in (PARKING, ARABIC):
        await journal.submit(AddEntry(cast.olive.id, None, wording))
    result = page(database, cast.olive.id, search=search)
    assert (len(result.entries), result.total) == (found, found)


async def test_topics_are_those_of_what_is_in_use(
    journal: Journal, database: Database, cast: Cast, opening: KnowledgeEntry
) -> None:
    parking = await journal.submit(AddEntry(cast.olive.id, None, PARKING))
    assert database.read_now(lambda connection: topics_of(connection, cast.olive.id)) == ["hours", "place"]
    assert questions(page(database, cast.olive.id, topic="hours")) == [OPENING.question]
    await journal.submit(ArchiveEntry(cast.olive.id, None, parking.entry_id))
    assert database.read_now(lambda connection: topics_of(connection, cast.olive.id)) == ["hours"]


async def test_an_account_knows_no_more_than_it_may(
    journal: Journal, database: Database, cast: Cast, opening: KnowledgeEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "ENTRIES_PER_ACCOUNT", 2)
    parking = await journal.submit(AddEntry(cast.olive.id, None, PARKING))
    await journal.submit(ArchiveEntry(cast.olive.id, None, parking.entry_id))
    await journal.submit(AddEntry(cast.olive.id, None, ARABIC))
    before = version(database, cast)
    for change in (
        AddEntry(cast.olive.id, None, PARKING),
        ChangeEntry(cast.olive.id, None, parking.entry_id, PARKING, 3),
        ImportEntries(cast.olive.id, [PARKING], {}),
    ):
        with pytest.raises(Conflict) as refused:
            await journal.submit(change)
        assert refused.value.code == "knowledge_full"
    assert version(database, cast) == before  # A refusal leaves nothing behind.
    await journal.submit(AddEntry(cast.cedar.id, None, PARKING))


async def test_what_is_imported_twice_is_there_once(
    journal: Journal, database: Database, cast: Cast, opening: KnowledgeEntry
) -> None:
    def known() -> dict[str, int]:
        return database.read_now(lambda connection: known_questions(connection, cast.olive.id))

    brought = [replace(OPENING, topic="times"), PARKING]
    first = await journal.submit(ImportEntries(cast.olive.id, brought, known()))
    second = await journal.submit(ImportEntries(cast.olive.id, brought, known()))
    assert (first, second) == (Imported(1, 1, 0), Imported(0, 0, 2))
    entries_now = database.read_now(lambda connection: written_entries(connection, cast.olive.id))
    assert [(one.question, one.topic, one.hands.origin) for one in entries_now] == [
        (OPENING.question, "times", "written"),
        (PARKING.question, "place", "imported"),
    ]


async def test_changes_of_one_moment_do_not_share_a_number(journal: Journal, cast: Cast) -> None:
    """They are one transaction, and see one another."""
    waiting = [
        journal.submit(AddEntry(cast.olive.id, None, replace(PARKING, question=f"Question {number}?")))
        for number in range(20)
    ]
    added = [await one for one in waiting]
    assert [one.entry_id for one in added] == list(range(1, 21))
    assert [one.version for one in added] == list(range(1, 21))
