"""What a fetch has kept is shown or swept, however the fetch ends."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

import samples
from arrivals import said
from wasl.channels.adapter import Download, NotFetched
from wasl.domain.channels import Access
from wasl.domain.message import MessageType
from wasl.files.keeping import key_of
from wasl.flow import fetch_media
from wasl.store.files import UNKNOWN_TYPE, StoredFile, find_file
from web.conftest import Office, office

__all__ = ["office"]
pytestmark = pytest.mark.anyio
CONTENT = samples.picture("PNG", (120, 80))
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Provider:
    """Gives one file out, and then hangs (True), or says that it has none (False), or neither (None)."""

    def __init__(self, plain: Any, *, hangs: bool | None) -> None:
        self.form = plain.form
        self.hangs = hangs
        self.read = asyncio.Event()

    @asynccontextmanager
    async def fetch(self, access: Access, media: Mapping[str, Any]) -> AsyncIterator[Download]:
        async def chunks() -> AsyncIterator[bytes]:
            yield CONTENT

        yield Download(chunks())
        self.read.set()
        if self.hangs:
            await asyncio.sleep(600)
        if self.hangs is not None:
            raise NotFetched("gone", "The file is gone.", None)


async def row_of(office: Office) -> StoredFile | None:
    return await office.parts.database.read(lambda connection: find_file(connection, office.cast.olive.id, SHA256))


async def test_a_file_of_a_customer_that_takes_long_to_open_is_shown_without_its_looks(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapters: Any = office.parts.providers.adapters
    monkeypatch.setitem(adapters, "meta", Provider(adapters["meta"], hangs=None))
    monkeypatch.setattr(fetch_media, "STRANGERS_LOOK_SECONDS_MAX", 0.001)
    await office.arrives(said("theirs", "", kind=MessageType.IMAGE, media={"id": "9", "mime_type": "image/png"}))
    async with asyncio.timeout(20):
        while (file := await row_of(office)) is None:
            await asyncio.sleep(0.05)
    assert file == StoredFile(SHA256, "image/png", len(CONTENT))


async def test_a_file_that_comes_too_slowly_is_given_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    adapters: Any = office.parts.providers.adapters
    monkeypatch.setitem(adapters, "meta", Provider(adapters["meta"], hangs=True))
    monkeypatch.setattr(fetch_media, "MEDIA_DOWNLOAD_SECONDS_MAX", 0.5)
    await office.arrives(said("theirs", "", kind=MessageType.IMAGE, media={"id": "9", "mime_type": "image/png"}))
    sql = "SELECT last_error FROM media_jobs"
    async with asyncio.timeout(20):
        while await office.parts.database.read(lambda connection: connection.rows(sql)) != [("too_slow",)]:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("hangs", [False, True])
async def test_bytes_of_a_fetch_that_came_to_nothing_are_noted(
    office: Office, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    adapters: Any = office.parts.providers.adapters
    provider = Provider(adapters["meta"], hangs=hangs)
    monkeypatch.setitem(adapters, "meta", provider)
    await office.arrives(said("theirs", "", kind=MessageType.IMAGE, media={"id": "9", "mime_type": "image/png"}))
    async with asyncio.timeout(20):
        await provider.read.wait()
        await office.parts.fetcher.close()
    assert (office.parts.settings.data_dir / "media" / key_of(office.cast.olive.id, SHA256)).exists()
    assert await row_of(office) == StoredFile(SHA256, UNKNOWN_TYPE, len(CONTENT))
