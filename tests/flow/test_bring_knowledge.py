"""Documents are read by a process that may die, kept once, and used by every node from the next question on."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import papers
from assistants import OPENING
from cast import Cast
from wasl.assistant.documents import limits as document_limits
from wasl.errors import TooMany, WaslError
from wasl.files.bench import Unworkable
from wasl.files.keeping import FileTooLarge
from wasl.files.scratch import Scratch
from wasl.flow import bring_knowledge
from wasl.flow.bring_knowledge import DocumentRefused, KnowledgeDesk, name_of
from wasl.flow.limits import DOCUMENTS_OF_ACCOUNT_AT_ONCE
from wasl.flow.shelf import Shelf
from wasl.store.database import Database, Engine
from wasl.store.documents import Added
from wasl.store.entries import AddEntry, ArchiveEntry, ChangeEntry
from wasl.store.journal import Journal
from wasl.store.knowledge import entries_since
from wasl.store.knowledge_pages import EntryQuery, entry_page

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(
    database: Database, journal: Journal, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[KnowledgeDesk]:
    desk = KnowledgeDesk(database, journal, Scratch(tmp_path / "scratch"))
    yield desk
    await desk.close()


async def in_parts(content: bytes, bytes_each: int = 1_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), bytes_each):
        yield content[start : start + bytes_each]


async def bring(desk: KnowledgeDesk, cast: Cast, content: bytes | str, name: str = "handbook.md") -> Added:
    content = content.encode() if isinstance(content, str) else content
    return await desk.bring(cast.olive.id, cast.omar.id, in_parts(content), name)


def texts(database: Database, account_id: int, document_id: int) -> list[str]:
    query = EntryQuery(document_id=document_id)
    page = database.read_now(lambda connection: entry_page(connection, account_id, query))
    return [next(iter(entry.answers.values())) for entry in page.entries]


def left_over(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "scratch").glob("*"))


@pytest.mark.parametrize(
    ("content", "name", "mime_type", "first"),
    [
        (papers.HANDBOOK.encode(), "handbook.md", "text/markdown", "We deliver everywhere"),
        (b"<p align=center>Olive</p>\n\n# Prices\n\nBread is 3.", "prices.markdown", "text/markdown", "<p align"),
        (papers.PAGE.encode(), "page.html", "text/html", "Bread since 1950."),
        (papers.PAGE.encode(), "", "text/html", "Bread since 1950."),
        (papers.pdf(["We open at nine."]), "hours", "application/pdf", "We open at nine."),
        (b"What;Price\nBread;3\n", "prices.csv", "text/csv", "What: Bread\nPrice: 3"),
        (b"What\tPrice\nBread\t3\n", "prices.tsv", "text/csv", "What: Bread\nPrice: 3"),
        (b"We open at nine.", "hours.txt", "text/plain", "We open at nine."),
        ("We open at nine.".encode("utf-16"), "hours.txt", "text/plain", "We open at nine."),
        ("نفتح في التاسعة.".encode("cp1256"), "hours.txt", "text/plain", "نفتح في التاسعة."),
        ("السؤال;الجواب\nمتى تفتحون؟;في التاسعة.\n".encode("cp1256"), "faq.csv", "text/csv", "في التاسعة."),
        ("<h1>الدوام</h1><p>نفتح في التاسعة.".encode("cp1256"), "hours.html", "text/html", "نفتح في التاسعة."),
        (
            papers.workbook(Prices=[["What", "Price"], ["Bread", 3]]),
            "prices.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "What: Bread\nPrice: 3",
        ),
    ],
)
async def test_what_a_document_is_decide_its_bytes(
    desk: KnowledgeDesk, database: Database, cast: Cast, content: bytes, name: str, mime_type: str, first: str
) -> None:
    added = await bring(desk, cast, content, name)
    assert (added.document.mime_type, added.document.bytes) == (mime_type, len(content))
    assert texts(database, cast.olive.id, added.document.document_id)[0].startswith(first)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (papers.PROGRAM, "handbook.pdf"),
        (b"#!/bin/sh\necho hello\n", "handbook.txt"),
        (b"echo hello", "handbook.bat"),
        (b"print('hello')", "handbook.py"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "handbook.svg"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "handbook.png"),
        (b"PK\x03\x04" + bytes(50), "handbook.docx"),
        (bytes(range(256)), "handbook"),
        (bytes(range(256)), "handbook.txt"),
        ("نفتح في التاسعة.".encode("cp1256"), "handbook.exe"),
    ],
)
async def test_what_is_none_is_refused_before_it_is_opened(
    desk: KnowledgeDesk, cast: Cast, tmp_path: Path, content: bytes, name: str
) -> None:
    with pytest.raises(DocumentRefused) as refused:
        await bring(desk, cast, content, name)
    assert (refused.value.code, refused.value.http_status) == ("file_refused", 415)
    assert "text, Markdown, PDF" in refused.value.message
    assert left_over(tmp_path) == []
    assert desk._bench._process is None


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.txt", "no_text"),
        (papers.locked_pdf(), "locked.pdf", "encrypted"),
        (papers.scanned_pdf(), "scanned.pdf", "no_text"),
        (papers.bomb(), "bomb.xlsx", "unpacks_too_large"),
        (papers.entities(), "laughs.xlsx", "file_refused"),
    ],
)
async def test_what_cannot_be_read_says_why_and_leaves_nothing(
    desk: KnowledgeDesk, database: Database, cast: Cast, tmp_path: Path, content: bytes, name: str, code: str
) -> None:
    with pytest.raises(DocumentRefused) as refused:
        await bring(desk, cast, content, name)
    assert refused.value.code == code
    assert left_over(tmp_path) == []
    assert database.read_now(lambda connection: entries_since(connection, cast.olive.id, 0)) == []
    assert (await bring(desk, cast, papers.HANDBOOK)).is_new  # The next one is read as ever.


async def test_whatever_takes_too_long_is_ended(
    database: Database, journal: Journal, cast: Cast, tmp_path: Path
) -> None:
    desk = KnowledgeDesk(database, journal, Scratch(tmp_path / "scratch"), seconds_max=1.0)
    with pytest.raises(Unworkable) as refused:
        await bring(desk, cast, papers.wordy(), "words.xlsx")
    assert refused.value.code == "file_refused"
    assert desk._bench._process is None
    assert left_over(tmp_path) == []


async def test_whatever_breaks_its_reader_breaks_nothing_else(
    desk: KnowledgeDesk, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import json, os\njson.loads = lambda line: os.abort()\n")
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
        with pytest.raises(Unworkable):
            await bring(desk, cast, papers.HANDBOOK)
    assert (await bring(desk, cast, papers.HANDBOOK)).is_new


async def test_a_reader_knows_no_key_of_ours(
    desk: KnowledgeDesk, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WASL_SECRET_KEY", "a secret that nobody may see")
    note = tmp_path / "environment"
    keep = f"import os\nopen({str(note)!r}, 'w').write(str(dict(os.environ)))\n"
    (tmp_path / "sitecustomize.py").write_text(keep)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    await bring(desk, cast, papers.HANDBOOK)
    assert "WASL" not in note.read_text()


async def test_the_reader_is_gone_when_nobody_waits_for_it(desk: KnowledgeDesk, cast: Cast) -> None:
    names = ("one.md", "two.md")
    added = await asyncio.gather(*(bring(desk, cast, f"# {name}\n\ntext", name) for name in names))
    assert [one.document.name for one in added] == list(names)
    assert desk._bench._process is None


async def test_the_same_bytes_are_not_read_again(
    desk: KnowledgeDesk, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await bring(desk, cast, papers.HANDBOOK)
    monkeypatch.setattr(bring_knowledge, "_BENCH", "nowhere")
    again = await bring(desk, cast, papers.HANDBOOK, "other.md")
    assert again == Added(first.document, is_new=False)
    both = await bring(desk, cast, papers.HANDBOOK + "\nMore.")
    assert (both.is_new, both.replaced) == (True, first.document.document_id)


async def test_two_who_bring_the_same_at_once_bring_it_once(desk: KnowledgeDesk, cast: Cast) -> None:
    added = await asyncio.gather(*(bring(desk, cast, papers.HANDBOOK) for _ in range(2)))
    assert sorted(one.is_new for one in added) == [False, True]
    assert added[0].document == added[1].document


async def test_only_so_much_is_taken_in(desk: KnowledgeDesk, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_knowledge, "DOCUMENT_BYTES_MAX", 5_000)
    with pytest.raises(FileTooLarge):
        await bring(desk, cast, b"x" * 5_001)
    assert document_limits.DOCUMENT_BYTES_MAX == 20 * 1024 * 1024
    goes_on = asyncio.Event()

    async def slowly(number: int) -> AsyncIterator[bytes]:
        yield f"some words {number}".encode()
        await goes_on.wait()

    slow = [
        asyncio.create_task(desk.bring(cast.olive.id, cast.omar.id, slowly(number), f"{number}.txt"))
        for number in range(DOCUMENTS_OF_ACCOUNT_AT_ONCE)
    ]
    await asyncio.sleep(0)
    with pytest.raises(TooMany) as refused:
        await bring(desk, cast, papers.HANDBOOK)
    assert refused.value.details["retry_after_seconds"] > 0
    # Another account is not kept waiting by it, unless all places are taken.
    assert (await desk.bring(cast.cedar.id, None, in_parts(b"words"), "a.txt")).is_new
    monkeypatch.setattr(bring_knowledge, "DOCUMENTS_AT_ONCE", DOCUMENTS_OF_ACCOUNT_AT_ONCE)
    with pytest.raises(TooMany):
        await desk.bring(cast.cedar.id, None, in_parts(b"more words"), "b.txt")
    goes_on.set()
    assert all(one.is_new for one in await asyncio.gather(*slow))
    assert not desk._under_way


async def test_whoever_leaves_in_the_middle_leaves_nothing(desk: KnowledgeDesk, cast: Cast, tmp_path: Path) -> None:
    async def cut_short() -> AsyncIterator[bytes]:
        yield b"some words"
        raise WaslError("gone")

    with pytest.raises(WaslError):
        await desk.bring(cast.olive.id, cast.omar.id, cut_short(), "gone.txt")
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\docs\\a.txt", "a.txt"),
        ("\x00\n", "document"),
        ("x" * 999, "x" * 240),
    ],
)
def test_a_name_is_one_that_can_be_shown(told: str, name: str) -> None:
    assert name_of(told) == name


async def test_every_node_knows_what_one_was_told(
    desk: KnowledgeDesk, engine: Engine, journal: Journal, cast: Cast
) -> None:
    """What was added, changed and taken out of use on one node is so on the others before their next search."""
    elsewhere = Database(engine, readers=1)
    shelf = Shelf(elsewhere)

    async def known() -> dict[str, str]:
        await shelf.search(cast.olive.id, "hello", "en")
        rows = elsewhere.read_now(lambda connection: entries_since(connection, cast.olive.id, 0))
        assert len(shelf._books[cast.olive.id].base) == len(rows)
        return {entry.question: entry.answers["en"] for entry in rows}

    try:
        assert await known() == {}
        entry = await journal.submit(AddEntry(cast.olive.id, cast.omar.id, OPENING))
        assert await known() == {OPENING.question: "From nine to six."}
        added = await bring(desk, cast, "# Delivery\n\nTwo days.\n# Parking\n\nBehind.")
        assert len(await known()) == 3
        later = OPENING.__class__(OPENING.question, {"en": "From ten."})
        changed = await journal.submit(ChangeEntry(cast.olive.id, None, entry.entry_id, later, entry.version))
        assert (await known())[OPENING.question] == "From ten."
        await bring(desk, cast, "# Delivery\n\nOne day.", added.document.name)
        assert await known() == {OPENING.question: "From ten.", "Delivery": "One day."}
        await journal.submit(ArchiveEntry(cast.olive.id, None, changed.entry_id))
        assert await known() == {"Delivery": "One day."}
    finally:
        shelf.close()
        elsewhere.close()
