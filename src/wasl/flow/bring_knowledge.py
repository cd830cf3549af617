"""Bringing knowledge in: documents that are read and cut, and entries of a file.

The promise: a document is in use as a whole or not at all, once however often it is brought, and it takes the place of
the one of its name. What cannot be read says why.
"""

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from wasl.assistant.documents.kinds import KINDS, MARKDOWN, PAGE, TABLE, TEXT
from wasl.assistant.documents.limits import DOCUMENT_BYTES_MAX
from wasl.errors import TooMany, WaslError
from wasl.files.bench import Bench
from wasl.files.keeping import HEAD_BYTES, FileTooLarge, as_unavailable
from wasl.files.kinds import OCTETS, kind_of
from wasl.files.scratch import Scratch
from wasl.flow.limits import (
    DOCUMENT_BUSY_SECONDS,
    DOCUMENT_CHUNK_BYTES,
    DOCUMENT_SECONDS_MAX,
    DOCUMENTS_AT_ONCE,
    DOCUMENTS_OF_ACCOUNT_AT_ONCE,
)
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.documents import AddDocument, Added, Passage, document_of_bytes
from wasl.store.entries import Imported, ImportEntries
from wasl.store.journal import Journal
from wasl.store.knowledge import Wording
from wasl.store.knowledge_pages import known_questions
from wasl.store.limits import DOCUMENT_NAME_CHARACTERS_MAX, DOCUMENT_PASSAGES_MAX, ENTRIES_IMPORTED_PER_CHANGE

_BENCH = "wasl.flow.document_bench"
_BY_ENDING = {
    **dict.fromkeys(("html", "htm", "xhtml", "mht", "mhtml"), PAGE),
    **dict.fromkeys(("md", "markdown"), MARKDOWN),
    **dict.fromkeys(("csv", "tsv"), TABLE),
    **dict.fromkeys(("txt", "text", "log"), TEXT),
}
_UNWRITTEN = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")
"""Signs that no text has, in whatever letters it is written."""
_UNREAD = "Documents are text, Markdown, PDF, spreadsheets (.xlsx, .csv) and saved web pages; this is none of them."


class DocumentRefused(WaslError):
    """No passages can be made of this file; the sentence says why."""

    http_status = 415
    code = "file_refused"


@dataclass(frozen=True, slots=True)
class _Written:
    """A file that has come as a whole."""

    sha256: str
    size_bytes: int
    head: bytes


class KnowledgeDesk:
    """Takes knowledge in. Documents are opened by a process that ends with the last one that waits."""

    def __init__(
        self, database: Database, journal: Journal, scratch: Scratch, seconds_max: float = DOCUMENT_SECONDS_MAX
    ) -> None:
        self._database = database
        self._journal = journal
        self._scratch = scratch
        self._seconds_max = seconds_max
        self._bench = Bench(_BENCH)
        self._turn = asyncio.Lock()
        self._under_way: Counter[int] = Counter()
        """How many documents each account brings just now."""
        self._unread = 0

    async def bring(
        self, account_id: int, operator_id: int | None, chunks: AsyncIterator[bytes], name: str, claimed: str = ""
    ) -> Added:
        """Read a document and put its passages into use.

        Raises FileTooLarge, DocumentRefused, Unworkable, TooMany, Unavailable, and Conflict: `knowledge_full`,
        `too_many_documents`.
        """
        with self._place_for(account_id):
            async with self._scratch.folder() as folder:
                # Where the process finds it, wherever it was started.
                path = folder.absolute() / "document"
                written = await _write(chunks, path)
                found = await self._database.read(lambda c: document_of_bytes(c, account_id, written.sha256))
                if found is not None:
                    return Added(found, is_new=False)
                name = name_of(name)
                mime_type = _kind(written.head, name, claimed)
                passages = await self._read(path, mime_type, name)
        about = (name, mime_type, written.sha256, written.size_bytes)
        added = await self._journal.submit(AddDocument(account_id, operator_id, *about, passages))
        log.info("document brought", account_id=account_id, passages=len(passages), bytes=written.size_bytes)
        return added

    async def import_entries(self, account_id: int, wordings: Sequence[Wording]) -> Imported:
        """Bring in questions and answers; of several with one question the last one counts. Raises Conflict
        `knowledge_full`, Unavailable; what came before that stays."""
        known = await self._database.read(lambda connection: known_questions(connection, account_id))
        unique = list({wording.question: wording for wording in wordings}.values())
        total = Imported()
        for start in range(0, len(unique), ENTRIES_IMPORTED_PER_CHANGE):
            part = unique[start : start + ENTRIES_IMPORTED_PER_CHANGE]
            done = await self._journal.submit(ImportEntries(account_id, part, known))
            total = Imported(total.added + done.added, total.changed + done.changed, total.known + done.known)
        return total

    async def close(self) -> None:
        """End the process; whoever waits for it is told that the document could not be opened."""
        await self._bench.end()

    @contextmanager
    def _place_for(self, account_id: int) -> Iterator[None]:
        of_account = self._under_way[account_id]
        if of_account >= DOCUMENTS_OF_ACCOUNT_AT_ONCE or self._under_way.total() >= DOCUMENTS_AT_ONCE:
            sentence = "Very many documents are being brought just now. Please try again."
            details = {"retry_after_seconds": DOCUMENT_BUSY_SECONDS}
            raise TooMany(sentence, code="too_many_uploads", details=details)
        self._under_way[account_id] += 1
        try:
            yield
        finally:
            self._under_way[account_id] -= 1
            self._under_way += Counter()  # Without those of whom nothing is under way.

    async def _read(self, path: Path, mime_type: str, name: str) -> list[Passage]:
        made = path.with_name("made")
        task: dict[str, object] = {
            "task": "read",
            "path": str(path),
            "made": str(made),
            "mime_type": mime_type,
            "name": name,
        }
        task |= {"pieces_max": DOCUMENT_PASSAGES_MAX}
        self._unread += 1
        try:
            async with self._turn:
                done = await self._bench.work(task, self._seconds_max)
        finally:
            self._unread -= 1
            if not self._unread:  # Seldom does anybody bring the next one soon.
                await self._bench.end()
        if "refused" in done:
            raise DocumentRefused(done["refused"], code=done["code"])
        return await asyncio.to_thread(_passages, made)


def name_of(name: str) -> str:
    """A document's name as it is shown and compared: without folders and what cannot be shown."""
    plain = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip()
    return plain[:DOCUMENT_NAME_CHARACTERS_MAX] or "document"


def _kind(head: bytes, name: str, claimed: str) -> str:
    """What a file is, by its bytes; of text its name says what it is written in. Raises DocumentRefused."""
    if not head:
        raise DocumentRefused("The file is empty.", code="no_text")
    kind = kind_of(head, name, claimed)
    ending = name.lower().rpartition(".")[2] if "." in name else ""
    if kind.mime_type in (PAGE, TEXT):
        # A page may hold programs, and is text all the same. Of what else is dangerous, only the name tells.
        found = _BY_ENDING.get(ending) or (kind.mime_type if not (kind.dangerous and ending) else None)
    elif kind.mime_type == OCTETS and not kind.dangerous and not _UNWRITTEN.search(head):
        # As Windows in Arabic writes texts and tables.
        found = _BY_ENDING.get(ending)
    else:
        found = kind.mime_type if kind.mime_type in KINDS and not kind.dangerous else None
    if found is None:
        raise DocumentRefused(_UNREAD)
    return found


def _passages(made: Path) -> list[Passage]:
    with as_unavailable("kept"):
        told = orjson.loads(made.read_bytes())
    return [
        Passage(
            Wording(one["question"], one["answers"], tuple(one["phrasings"]), one["topic"]),
            one["words"],
            one["is_question"],
        )
        for one in told
    ]


async def _write(chunks: AsyncIterator[bytes], path: Path) -> _Written:
    """Write down what comes. Raises FileTooLarge, Unavailable."""
    digest, head, size, held = hashlib.sha256(), b"", 0, bytearray()
    with as_unavailable("kept"):
        file: BinaryIO = await asyncio.to_thread(path.open, "wb")
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > DOCUMENT_BYTES_MAX:
                raise FileTooLarge(f"A document may have at most {DOCUMENT_BYTES_MAX // (1024 * 1024)} MB.")
            digest.update(chunk)
            head += chunk[: HEAD_BYTES - len(head)]
            held += chunk
            if len(held) >= DOCUMENT_CHUNK_BYTES:
                await _append(file, held)
        await _append(file, held)
    finally:
        await asyncio.to_thread(file.close)
    return _Written(digest.hexdigest(), size, head)


async def _append(file: BinaryIO, held: bytearray) -> None:
    with as_unavailable("kept"):
        await asyncio.to_thread(file.write, bytes(held))
    held.clear()
