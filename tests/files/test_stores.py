"""Both file stores keep the same promises: a file that is there is whole, and nobody's is another's."""

import asyncio
import hashlib
import os
import resource
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from files.conftest import KEY, SECRET
from wasl.errors import Misconfigured, NotFound, Unavailable
from wasl.files import local, s3
from wasl.files.keeping import FileStore, FileTooLarge, Kept, key_of
from wasl.files.local import LocalFiles
from wasl.files.opening import open_files
from wasl.files.s3 import S3Files, open_s3
from wasl.files.scratch import Scratch
from wasl.settings import Settings

pytestmark = pytest.mark.anyio
MB = 1024 * 1024
CONTENT = os.urandom(3 * MB + 17)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


async def pieces(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def broken(content: bytes) -> AsyncIterator[bytes]:
    yield content
    raise ConnectionResetError("the sender is gone")


async def read(store: FileStore, account_id: int, sha256: str, start: int = 0, end: int = len(CONTENT)) -> bytes:
    return b"".join([chunk async for chunk in store.read(account_id, sha256, start, end)])


async def test_a_file_comes_back_as_it_was(store: FileStore) -> None:
    kept = await store.keep(1, pieces(CONTENT), 10 * MB)
    assert (kept.sha256, kept.bytes, kept.head) == (SHA256, len(CONTENT), CONTENT[:4096])
    assert await read(store, 1, SHA256) == CONTENT
    async with store.borrow(1, SHA256) as path:
        assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (0, 4096), (MB - 1, MB + 1), (len(CONTENT) - 1, len(CONTENT)), (5, 5)]
)
async def test_any_part_of_it_comes_alone(store: FileStore, start: int, end: int) -> None:
    await store.keep(1, pieces(CONTENT), 10 * MB)
    assert await read(store, 1, SHA256, start, end) == CONTENT[start:end]


async def test_a_small_one_and_one_of_many_parts(store: FileStore) -> None:
    for content in (b"x", bytes(12 * MB)):
        kept = await store.keep(1, pieces(content), 20 * MB)
        assert hashlib.sha256(await read(store, 1, kept.sha256, 0, len(content))).hexdigest() == kept.sha256


async def test_what_is_too_large_is_not_there(store: FileStore) -> None:
    with pytest.raises(FileTooLarge):
        await store.keep(1, pieces(CONTENT), len(CONTENT) - 1)
    with pytest.raises(NotFound):
        await read(store, 1, SHA256)


async def test_what_did_not_come_whole_is_not_there(store: FileStore) -> None:
    with pytest.raises((ConnectionResetError, Unavailable)):
        await store.keep(1, broken(CONTENT), 10 * MB)
    with pytest.raises(NotFound):
        await read(store, 1, SHA256)


async def test_an_account_has_its_own(store: FileStore) -> None:
    await store.keep(1, pieces(CONTENT), 10 * MB)
    with pytest.raises(NotFound):
        await read(store, 2, SHA256)
    with pytest.raises(NotFound):
        async with store.borrow(2, SHA256):
            pass
    await store.drop(2, SHA256)
    assert await read(store, 1, SHA256, 0, 5) == CONTENT[:5]


async def test_the_same_file_twice_at_once_is_one(store: FileStore) -> None:
    kept = await asyncio.gather(*(store.keep(1, pieces(CONTENT), 10 * MB) for _ in range(4)), return_exceptions=True)
    # What plays S3 here sometimes answers 500 to two who write one name at once; whoever it answers 200 is right.
    told = {each.sha256 for each in kept if isinstance(each, Kept)}
    assert told == {SHA256}
    assert all(isinstance(each, Kept | Unavailable) for each in kept)
    assert await read(store, 1, SHA256) == CONTENT


async def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_trouble(store: FileStore) -> None:
    await store.keep(1, pieces(CONTENT), 10 * MB)
    assert await store.drop(1, SHA256)
    assert await store.drop(1, SHA256)
    with pytest.raises(NotFound):
        await read(store, 1, SHA256)


async def test_a_file_that_was_brought_again_a_moment_ago_stays(store: FileStore) -> None:
    await store.keep(1, pieces(CONTENT), 10 * MB)
    assert not await store.drop(1, SHA256, older_than_seconds=60)
    assert await read(store, 1, SHA256, 0, 5) == CONTENT[:5]
    await asyncio.sleep(1.1)
    assert await store.drop(1, SHA256, older_than_seconds=1)


async def test_a_disk_that_is_full_says_so(store: FileStore) -> None:
    bound = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(CONTENT) - 1, bound[1]))
    try:
        with pytest.raises(Unavailable) as raised:
            await store.keep(1, pieces(CONTENT), 10 * MB)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, bound)
    assert raised.value.code == "file_not_kept"
    with pytest.raises(NotFound):
        await read(store, 1, SHA256)
    await store.keep(1, pieces(CONTENT), 10 * MB)
    assert await read(store, 1, SHA256, 0, 5) == CONTENT[:5]


# -- one of them ------------------------------------------------------------------------------------------------------


async def test_a_folder_loses_what_was_never_finished(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    await store.keep(1, pieces(CONTENT), 10 * MB)
    (tmp_path / "unfinished" / "of-somebody-who-died").write_bytes(b"half a fi")
    await store.tidy(60)
    assert len(list((tmp_path / "unfinished").iterdir())) == 1
    os.utime(tmp_path / "unfinished" / "of-somebody-who-died", (0, 0))
    await store.tidy(60)
    assert list((tmp_path / "unfinished").iterdir()) == []
    assert await read(store, 1, SHA256) == CONTENT


async def test_a_file_that_is_brought_while_it_is_deleted_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, plain, path = LocalFiles(tmp_path), local._age, tmp_path / key_of(1, SHA256)
    await store.keep(1, pieces(CONTENT), 10 * MB)
    os.utime(path, (0, 0))
    (tmp_path / "another nodes").write_bytes(CONTENT)

    def age(asked: Path) -> float:
        found = plain(asked)
        if (tmp_path / "another nodes").exists():
            (tmp_path / "another nodes").rename(path)
        return found

    monkeypatch.setattr(local, "_age", age)
    assert not await store.drop(1, SHA256, older_than_seconds=60)
    assert await read(store, 1, SHA256) == CONTENT
    os.utime(path, (0, 0))
    assert await store.drop(1, SHA256, older_than_seconds=60)
    assert [left for left in tmp_path.rglob("*") if left.is_file()] == []


async def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("no folder")
    with pytest.raises(Unavailable) as raised:
        await LocalFiles(tmp_path / "media").keep(1, pieces(CONTENT), 10 * MB)
    assert raised.value.code == "file_not_kept"


async def test_a_folder_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)
    (tmp_path / key_of(1, SHA256)).mkdir(parents=True)
    with pytest.raises(Unavailable) as raised:
        await read(store, 1, SHA256)
    assert raised.value.code == "file_store_away"
    (tmp_path / "2").write_text("no folder")
    with pytest.raises(Unavailable):
        async with store.borrow(2, SHA256):
            pass


async def test_a_store_that_has_nowhere_to_write_first_says_so(s3_server: str, tmp_path: Path) -> None:
    (tmp_path / "scratch").write_text("no folder")
    scratch = Scratch(tmp_path / "scratch")
    store = open_s3(f"s3://files/{tmp_path.name}?endpoint={s3_server}", KEY, SECRET, scratch)
    with pytest.raises(Unavailable) as raised:
        await store.keep(1, pieces(CONTENT), 10 * MB)
    assert raised.value.code == "file_not_kept"


async def test_what_was_being_made_by_somebody_who_died_is_tidied_up(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "scratch")
    await scratch.tidy()  # Nobody has worked there yet.
    async with scratch.folder() as mine, scratch.folder() as left:
        (left / "made").write_bytes(b"half a fi")
        os.utime(left, (0, 0))
        await scratch.tidy()
        assert (mine.exists(), left.exists()) == (True, False)
    assert list((tmp_path / "scratch").iterdir()) == []


async def test_a_store_without_its_bucket_says_so(s3_server: str, tmp_path: Path) -> None:
    for prefix in ("/prefix", ""):
        await open_s3(f"s3://files{prefix}?endpoint={s3_server}", KEY, SECRET, Scratch(tmp_path)).examine()
        store = open_s3(f"s3://nobodys{prefix}?endpoint={s3_server}", KEY, SECRET, Scratch(tmp_path))
        with pytest.raises(Unavailable, match="no bucket"):
            await store.examine()


async def test_whoever_reads_slowly_gets_all_of_it(
    s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "_WHOLE", timedelta(seconds=1))
    store = open_s3(f"s3://files/{tmp_path.name}?endpoint={s3_server}", KEY, SECRET, Scratch(tmp_path))
    content = os.urandom(24 * MB)
    sha256 = (await store.keep(1, pieces(content), 24 * MB)).sha256
    came = hashlib.sha256()
    async for chunk in store.read(1, sha256, 0, len(content)):
        came.update(chunk)
        await asyncio.sleep(0.05)
    assert came.hexdigest() == sha256


async def test_a_store_that_is_not_there_says_so_in_time(tmp_path: Path) -> None:
    store = open_s3("s3://files/x?endpoint=http://127.0.0.1:9", "key", "secret", Scratch(tmp_path))
    async with asyncio.timeout(30):
        for call in (store.keep(1, pieces(b"words"), MB), read(store, 1, SHA256), store.drop(1, SHA256)):
            with pytest.raises(Unavailable) as raised:
                await call
            assert raised.value.code == "file_store_away"
            assert "127.0.0.1" not in raised.value.message


@pytest.mark.parametrize("url", ["https://bucket", "s3://", "bucket", "file:///x"])
async def test_an_address_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        open_files(Settings(data_dir=tmp_path, media_url=url, media_access_key="k"))


async def test_the_settings_choose_the_store(tmp_path: Path) -> None:
    assert isinstance(open_files(Settings(data_dir=tmp_path)), LocalFiles)
    with pytest.raises(Misconfigured, match="WASL_MEDIA_ACCESS_KEY"):
        open_files(Settings(data_dir=tmp_path, media_url="s3://files"))
    assert isinstance(open_s3("s3://files/prefix?region=eu-central-1", "key", "secret", Scratch(tmp_path)), S3Files)
