"""Where the bytes of files lie: in a folder beside the database, or in a store that speaks S3.

A file's name is the hash of its bytes, inside its account: the same file is kept once, nobody's file is another's, and
a file that is there is whole.
"""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wasl.errors import Unavailable, WaslError

HEAD_BYTES = 4096
"""Of a file's beginning, by which is found out what it is."""


class FileTooLarge(WaslError):
    """There are more bytes than may be kept."""

    http_status = 413
    code = "too_large"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is on the disk of whoever keeps it."""

    sha256: str
    """In hex."""
    head: bytes
    bytes: int


class FileStore(Protocol):
    """Keeps files. Every call may raise Unavailable."""

    async def keep(self, account_id: int, chunks: AsyncIterator[bytes], bytes_max: int) -> Kept:
        """Take a file; when this returns, no crash takes it back. Raises FileTooLarge, and keeps nothing then."""
        ...

    def read(self, account_id: int, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to and without `end`. Raises NotFound."""
        ...

    def borrow(self, account_id: int, sha256: str) -> AbstractAsyncContextManager[Path]:
        """A file in the file system, to be read only. Raises NotFound when entered."""
        ...

    async def drop(self, account_id: int, sha256: str, older_than_seconds: float = 0.0) -> bool:
        """Delete a file unless it was brought again since; False when it stays. One that is not there is deleted."""
        ...

    async def tidy(self, older_than_seconds: float) -> None:
        """Delete what was never finished, because whoever wrote it died."""
        ...

    async def examine(self) -> None:
        """Raises Unavailable when files cannot be had from here, as far as that shows without writing any."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


class Draft:
    """Counts and hashes what is being written."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._hash = hashlib.sha256()
        self._head = b""
        self.bytes = 0

    def add(self, chunk: bytes) -> None:
        """Raises FileTooLarge."""
        self.bytes += len(chunk)
        if self.bytes > self._bytes_max:
            raise FileTooLarge(f"A file may have at most {self._bytes_max // (1024 * 1024)} MB.")
        self._hash.update(chunk)
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]

    def kept(self) -> Kept:
        return Kept(self._hash.hexdigest(), self._head, self.bytes)


def key_of(account_id: int, sha256: str) -> str:
    """Where a file lies below the root: a folder for each account, and in it 256 for the first two digits."""
    return f"{account_id}/{sha256[:2]}/{sha256}"


@contextmanager
def as_unavailable(what: str, code: str = "file_not_kept") -> Iterator[None]:
    """A disk that is full, broken or not there any more says so like a store that does not answer."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"The file could not be {what}: {error.strerror}.", code=code) from error
