"""Files in a folder: written under another name, flushed, and only then given their own."""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from wasl.errors import NotFound, Unavailable
from wasl.files.keeping import Draft, Kept, as_unavailable, key_of

_CHUNK_BYTES = 256 * 1024
_UNFINISHED = "unfinished"


class LocalFiles:
    """See `FileStore`. The folder may be on any file system on which a rename is one step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, account_id: int, chunks: AsyncIterator[bytes], bytes_max: int) -> Kept:
        with as_unavailable("kept"):
            return await self._keep(account_id, chunks, bytes_max)

    async def _keep(self, account_id: int, chunks: AsyncIterator[bytes], bytes_max: int) -> Kept:
        draft, unnamed = Draft(bytes_max), self._unnamed()
        await asyncio.to_thread(unnamed.parent.mkdir, parents=True, exist_ok=True)
        file = await asyncio.to_thread(unnamed.open, "xb")
        try:
            async for chunk in chunks:
                draft.add(chunk)
                await asyncio.to_thread(file.write, chunk)
            kept = draft.kept()
            await asyncio.to_thread(_finish, file)
            await asyncio.to_thread(_name, unnamed, self._folder / key_of(account_id, kept.sha256))
            return kept
        finally:
            # A disk that is full says so here once more; what is left behind is tidied up.
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                unnamed.unlink(missing_ok=True)

    async def read(self, account_id: int, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        path = self._folder / key_of(account_id, sha256)
        with _readable():
            file = await asyncio.to_thread(path.open, "rb")
        with file:
            place = start
            while place < end:
                with _readable():
                    chunk = await asyncio.to_thread(_read, file, place, min(end - place, _CHUNK_BYTES))
                if not chunk:
                    return
                place += len(chunk)
                yield chunk

    @asynccontextmanager
    async def borrow(self, account_id: int, sha256: str) -> AsyncIterator[Path]:
        path = self._folder / key_of(account_id, sha256)
        with _readable():
            await asyncio.to_thread(path.stat)
        yield path

    async def drop(self, account_id: int, sha256: str, older_than_seconds: float = 0.0) -> bool:
        path, aside = self._folder / key_of(account_id, sha256), self._unnamed()
        with as_unavailable("deleted"):
            await asyncio.to_thread(aside.parent.mkdir, parents=True, exist_ok=True)
            return await asyncio.to_thread(_drop, path, aside, older_than_seconds)

    async def tidy(self, older_than_seconds: float) -> None:
        with as_unavailable("tidied up"):
            for path in await asyncio.to_thread(lambda: list((self._folder / _UNFINISHED).glob("*"))):
                await asyncio.to_thread(_drop, path, self._unnamed(), older_than_seconds)

    async def examine(self) -> None:
        there = next(folder for folder in (self._folder, *self._folder.absolute().parents) if folder.exists())
        if not there.is_dir() or not os.access(there, os.R_OK | os.W_OK | os.X_OK):
            raise Unavailable(f"{there} cannot be written to.", code="file_not_kept")

    async def close(self) -> None:
        """Nothing is open."""

    def _unnamed(self) -> Path:
        return self._folder / _UNFINISHED / secrets.token_hex(16)


@contextmanager
def _readable() -> Iterator[None]:
    with as_unavailable("read", "file_store_away"):
        try:
            yield
        except FileNotFoundError as error:
            raise NotFound("The file is gone.", code="file_gone") from error


def _read(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)


def _drop(path: Path, aside: Path, older_than_seconds: float) -> bool:
    try:
        if older_than_seconds:
            if _age(path) < older_than_seconds:
                return False
            # Another node may have brought the same bytes since: what lies aside nobody replaces.
            path.rename(aside)
            if _age(aside) < older_than_seconds:
                # Over one that was brought meanwhile, if there is any: files of one name are alike.
                aside.rename(path)
                return False
            aside.unlink()
        else:
            path.unlink()
    except FileNotFoundError:
        pass
    return True


def _age(path: Path) -> float:
    """Since its last writing, by the same clock."""
    return time.time() - path.stat().st_mtime


def _finish(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _name(unnamed: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unnamed.rename(path)
    # The name too must survive a power cut.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
