"""Files in a store that speaks S3, for installations of several nodes or little disk."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from wasl.errors import Misconfigured, NotFound, Unavailable
from wasl.files.keeping import Draft, Kept, as_unavailable, key_of
from wasl.files.scratch import Scratch

_CHUNK_BYTES = 256 * 1024
_PIECE_BYTES = 1024 * 1024
"""Of a file, asked for at a time and held in memory for whoever reads it: a request has an end of its own, and readers
may be slow."""
_CONNECT, _WHOLE, _RETRY = timedelta(seconds=3), timedelta(seconds=60), timedelta(seconds=8)
"""A part that is written has at most 5 MB, a piece that is read 1 MB; somebody waits for the answer."""
_NOBODY = 0
"""An account that there is none of."""


def open_s3(url: str, access_key: str, secret_key: str, scratch: Scratch) -> "S3Files":
    """Open `s3://bucket/prefix?endpoint=…&region=…`. Raises Misconfigured."""
    parts, asked = urlsplit(url), parse_qs(urlsplit(url).query)
    if parts.scheme != "s3" or not parts.netloc:
        raise Misconfigured("WASL_MEDIA_URL is written like s3://bucket/prefix?endpoint=https://…&region=….")
    if not access_key or not secret_key:
        raise Misconfigured("Set WASL_MEDIA_ACCESS_KEY and WASL_MEDIA_SECRET_KEY for WASL_MEDIA_URL.")
    endpoint = asked.get("endpoint", [""])[0]
    # What obstore takes no `None` for.
    more: dict[str, Any] = {"prefix": parts.path.strip("/")} if parts.path.strip("/") else {}
    more |= {"endpoint": endpoint} if endpoint else {}
    try:
        store = S3Store(
            parts.netloc,
            region=asked.get("region", ["us-east-1"])[0],
            access_key_id=access_key,
            secret_access_key=secret_key,
            virtual_hosted_style_request=not endpoint,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": _CONNECT,
                "timeout": _WHOLE,
            },
            retry_config={"max_retries": 2, "retry_timeout": _RETRY},
            **more,
        )
    except (BaseError, ValueError) as error:
        raise Misconfigured("WASL_MEDIA_URL names no store that can be reached.") from error
    return S3Files(store, scratch)


class S3Files:
    """See `FileStore`. A file is written here first: its name is known only when all of it is."""

    def __init__(self, store: S3Store, scratch: Scratch) -> None:
        self._store = store
        self._scratch = scratch

    async def keep(self, account_id: int, chunks: AsyncIterator[bytes], bytes_max: int) -> Kept:
        draft = Draft(bytes_max)
        async with self._scratch.folder() as folder:
            path = folder / "whole"
            with as_unavailable("kept"), path.open("xb") as file:
                async for chunk in chunks:
                    draft.add(chunk)
                    await asyncio.to_thread(file.write, chunk)
            kept = draft.kept()
            with _answered():
                await obstore.put_async(self._store, key_of(account_id, kept.sha256), path)
            return kept

    async def read(self, account_id: int, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        key = key_of(account_id, sha256)
        for place in range(start, end, _PIECE_BYTES):
            with _found():
                piece = await obstore.get_range_async(self._store, key, start=place, end=min(place + _PIECE_BYTES, end))
            content = bytes(piece)
            for offset in range(0, len(content), _CHUNK_BYTES):
                yield content[offset : offset + _CHUNK_BYTES]

    @asynccontextmanager
    async def borrow(self, account_id: int, sha256: str) -> AsyncIterator[Path]:
        async with self._scratch.folder() as folder:
            path = folder / sha256
            with _found():
                about = await obstore.head_async(self._store, key_of(account_id, sha256))
            with as_unavailable("kept"), path.open("xb") as file:
                async for chunk in self.read(account_id, sha256, 0, about["size"]):
                    await asyncio.to_thread(file.write, chunk)
            yield path

    async def drop(self, account_id: int, sha256: str, older_than_seconds: float = 0.0) -> bool:
        key = key_of(account_id, sha256)
        with _answered(), suppress(FileNotFoundError):
            if older_than_seconds:
                about = await obstore.head_async(self._store, key)
                if (datetime.now(UTC) - about["last_modified"]).total_seconds() < older_than_seconds:
                    return False
            await obstore.delete_async(self._store, key)
        return True

    async def tidy(self, older_than_seconds: float) -> None:
        """What was not finished was never there."""

    async def examine(self) -> None:
        try:
            # Listed, because a file that is not there is answered alike whether or not its bucket is.
            await anext(obstore.list(self._store, str(_NOBODY), chunk_size=1), None)
        except (BaseError, OSError) as error:
            if "NoSuchBucket" in str(error):
                raise Unavailable("There is no bucket of that name.", code="file_store_away") from error
            raise _away(error) from error

    async def close(self) -> None:
        """Nothing is open."""


@contextmanager
def _found() -> Iterator[None]:
    with _answered():
        try:
            yield
        except FileNotFoundError as error:
            raise NotFound("The file is gone.", code="file_gone") from error


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise _away(error) from error


def _away(error: Exception) -> Unavailable:
    # Its words may hold addresses and headers.
    return Unavailable(f"The file store does not answer ({type(error).__name__}).", code="file_store_away")
