"""Where files lie while they are made: beside what is kept, and swept when whoever made them died."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from wasl.files.keeping import as_unavailable
from wasl.files.limits import UPLOAD_KEPT_SECONDS

SCRATCH_FOLDER = "scratch"
"""In the data directory: what is there is nobody's only copy."""


class Scratch:
    """A folder with a folder for each piece of work."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def folder(self) -> AsyncIterator[Path]:
        """One's own, for as long as the block lasts. Raises Unavailable when entered."""
        with as_unavailable("kept"):
            made = await asyncio.to_thread(_make, self._folder)
        try:
            yield made
        finally:
            await asyncio.to_thread(shutil.rmtree, made, ignore_errors=True)

    async def tidy(self, older_than_seconds: float = UPLOAD_KEPT_SECONDS) -> None:
        """Delete what nobody can be working at any more. Raises Unavailable."""
        with as_unavailable("tidied up"):
            await asyncio.to_thread(_tidy, self._folder, older_than_seconds)


def _make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="wasl-", dir=folder))


def _tidy(folder: Path, older_than_seconds: float) -> None:
    for left in folder.glob("wasl-*"):
        try:
            if time.time() - left.stat().st_mtime >= older_than_seconds:
                shutil.rmtree(left)
        except FileNotFoundError:  # Whoever worked at it has just finished, or another node sweeps the same folder.
            continue
