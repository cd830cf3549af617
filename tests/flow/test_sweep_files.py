"""Files that nobody refers to are deleted after a while; one that somebody refers to, or brings just now, never is."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from arrivals import arrival, revoked, said
from cast import Cast
from wasl.domain.message import Content, MessageType
from wasl.files.keeping import FileStore
from wasl.files.local import LocalFiles
from wasl.flow.sweep_files import FileSweeper
from wasl.store.database import Database, Engine
from wasl.store.duties import Duties
from wasl.store.files import ForgetUpload, KeepUpload, NoteBytes, Pictured, StoredFile, find_file, ready_media
from wasl.store.journal import Journal
from wasl.store.media_jobs import FileArrived, claim_files
from wasl.store.outbox import QueueMessage

pytestmark = pytest.mark.anyio


class Cellar:
    """A folder of files, and who sweeps it; what is older than nothing is old."""

    def __init__(self, database: Database, journal: Journal, cast: Cast, folder: Path, engine: Engine) -> None:
        self.files: FileStore = LocalFiles(folder)
        self.own = Database(engine, readers=1)
        self.database, self.journal, self.cast = database, journal, cast
        self.sweeper = self.sweeping()

    def sweeping(self, kept: int = 0, unused: int = 0, bringing: float = 0.0, node: str = "n1") -> FileSweeper:
        return FileSweeper(
            self.database,
            self.journal,
            self.files,
            Duties(self.own, node),
            kept_seconds=kept,
            unused_seconds=unused,
            bringing_seconds=bringing,
        )

    async def keep(self, content: bytes) -> StoredFile:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        kept = await self.files.keep(self.cast.olive.id, chunks(), 1000)
        return StoredFile(kept.sha256, "text/plain", kept.bytes)

    async def bring(self, content: bytes, upload_id: str, thumbnail: bytes = b"") -> StoredFile:
        file = await self.keep(content)
        small = await self.keep(thumbnail) if thumbnail else None
        file = replace(file, thumbnail=small.sha256 if small else None)
        rana = self.cast.rana
        kind, pictured = MessageType.DOCUMENT, Pictured(file, small)
        await self.journal.submit(KeepUpload(rana.account_id, rana.id, pictured, kind, "a.txt", upload_id))
        return file

    async def has(self, file: StoredFile | str) -> bool:
        """Whether both its row and its bytes are there; never one without the other."""
        sha256 = file if isinstance(file, str) else file.sha256
        row = await self.database.read(lambda connection: find_file(connection, self.cast.olive.id, sha256))
        try:
            async with self.files.borrow(self.cast.olive.id, sha256):
                pass
        except Exception:
            assert row is None
            return False
        assert row is not None
        return True

    async def conversation(self) -> tuple[str, str]:
        await self.journal.submit(arrival(self.cast, said("first", "hello")))
        sql = "SELECT conversation_id, contact_id FROM conversations"
        [(conversation_id, contact_id)] = await self.database.read(lambda connection: connection.rows(sql))
        return conversation_id, str(contact_id)


@pytest.fixture
async def cellar(
    database: Database, journal: Journal, cast: Cast, tmp_path: Path, engine: Engine
) -> AsyncIterator[Cellar]:
    cellar = Cellar(database, journal, cast, tmp_path / "media", engine)
    yield cellar
    cellar.own.close()


async def test_an_upload_that_nobody_sends_goes_with_its_files(cellar: Cellar) -> None:
    file = await cellar.bring(b"words", "up_1", thumbnail=b"small")
    assert await cellar.sweeping(kept=3600).sweep() == 0
    assert await cellar.has(file)
    assert file.thumbnail
    assert await cellar.has(file.thumbnail)
    await asyncio.sleep(0.01)
    await cellar.sweeper.sweep()
    await cellar.sweeper.sweep()  # Its small picture is used by it until then.
    assert not await cellar.has(file)
    assert not await cellar.has(file.thumbnail)


async def test_an_upload_that_was_given_up_goes_too(cellar: Cellar) -> None:
    file = await cellar.bring(b"words", "up_1")
    await cellar.journal.submit(ForgetUpload(cellar.cast.olive.id, "up_1"))
    await asyncio.sleep(0.01)
    assert await cellar.sweeping(kept=3600, unused=3600).sweep() == 0
    assert await cellar.has(file)
    assert await cellar.sweeping(kept=3600).sweep() == 1
    assert not await cellar.has(file)


async def test_what_a_message_shows_stays(cellar: Cellar) -> None:
    ids = await cellar.conversation()
    file = await cellar.bring(b"words", "up_1", thumbnail=b"small")
    content = Content(MessageType.DOCUMENT, "", ready_media(file, "a.txt"))
    rana = cellar.cast.rana
    await cellar.journal.submit(QueueMessage(rana.account_id, rana, *ids, content))
    await cellar.journal.submit(ForgetUpload(rana.account_id, "up_1"))
    await asyncio.sleep(0.01)
    assert await cellar.sweeper.sweep() == 0
    assert await cellar.has(file)
    assert file.thumbnail
    assert await cellar.has(file.thumbnail)


async def test_a_file_that_cannot_be_looked_at_again_keeps_what_it_showed(cellar: Cellar, database: Database) -> None:
    updates = [
        said(name, "", kind=MessageType.IMAGE, media={"id": name, "mime_type": "image/png"})
        for name in ("first", "again", "anew")
    ]
    await cellar.journal.submit(arrival(cellar.cast, *updates))
    first, again, anew = await database.write(lambda connection: claim_files(connection, "n1", 5))
    plain, small, other = await cellar.keep(b"a picture"), await cellar.keep(b"small"), await cellar.keep(b"smaller")
    seen = replace(plain, width=4, height=3, duration_ms=7, peaks=(1, 2), thumbnail=small.sha256, animated=True)
    await cellar.journal.submit(FileArrived(first, Pictured(seen, small)))
    await cellar.journal.submit(FileArrived(again, Pictured(plain)))
    await cellar.journal.submit(FileArrived(anew, Pictured(replace(seen, thumbnail=other.sha256), other)))
    assert await database.read(lambda connection: find_file(connection, cellar.cast.olive.id, plain.sha256)) == seen
    for (shown,) in await database.read(lambda connection: connection.rows("SELECT media FROM messages")):
        assert orjson.loads(shown) == ready_media(seen, None)
    await asyncio.sleep(0.01)
    assert await cellar.sweeper.sweep() == 1
    assert await cellar.has(small)
    assert not await cellar.has(other)


async def test_what_a_customer_deletes_for_everyone_goes(cellar: Cellar) -> None:
    update = said("theirs", "", kind=MessageType.DOCUMENT, media={"id": "9", "mime_type": "text/plain"})
    await cellar.journal.submit(arrival(cellar.cast, update))
    [wanted] = await cellar.database.write(lambda connection: claim_files(connection, "n1", 5))
    file = await cellar.keep(b"words")
    assert await cellar.journal.submit(FileArrived(wanted, Pictured(file)))
    await asyncio.sleep(0.01)
    assert await cellar.sweeper.sweep() == 0
    assert await cellar.has(file)
    await cellar.journal.submit(arrival(cellar.cast, revoked("theirs", at=9)))
    assert await cellar.sweeper.sweep() == 1
    assert not await cellar.has(file)


async def test_bytes_that_were_written_again_a_moment_ago_stay(cellar: Cellar) -> None:
    """Somebody is about to name them."""
    file = await cellar.keep(b"words")
    await cellar.journal.submit(NoteBytes(cellar.cast.olive.id, {file.sha256: file.bytes}))
    await asyncio.sleep(0.01)
    assert await cellar.sweeping(bringing=60).sweep() == 0
    assert await cellar.has(file)
    assert await cellar.sweeping().sweep() == 1


async def test_another_account_keeps_the_same_file(cellar: Cellar) -> None:
    file = await cellar.bring(b"words", "up_1")
    other = cellar.cast.clara.account_id

    async def chunks() -> AsyncIterator[bytes]:
        yield b"words"

    await cellar.files.keep(other, chunks(), 1000)
    await cellar.journal.submit(NoteBytes(other, {file.sha256: file.bytes}))
    await asyncio.sleep(0.01)
    assert await cellar.sweeping(kept=3600).sweep() == 1
    assert await cellar.has(file)


async def test_one_node_sweeps(cellar: Cellar) -> None:
    await cellar.bring(b"words", "up_1")
    await asyncio.sleep(0.01)
    assert await cellar.sweeper.sweep() == 1
    await cellar.bring(b"others", "up_2")
    await asyncio.sleep(0.01)
    assert await cellar.sweeping(node="n2").sweep() == 0
    assert await cellar.sweeper.sweep() == 1


async def test_all_files_are_gone_round_in_turns(cellar: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasl.flow.sweep_files.SWEPT_FILES_PER_TURN", 2)
    for place in range(5):
        await cellar.bring(b"words %d" % place, f"up_{place}")
    await asyncio.sleep(0.01)
    assert [await cellar.sweeper.sweep() for _ in range(4)] == [2, 2, 1, 0]
