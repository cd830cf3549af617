"""Where files are looked at and made over: by processes of their own, each of which may be ended any time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wasl.files.bench import Bench, Unworkable
from wasl.files.limits import PICTURE_SIDE_SENT_MAX, WORKSHOP_BENCHES, WORKSHOP_SECONDS_MAX
from wasl.files.scratch import Scratch

__all__ = ["Looks", "Unworkable", "Workshop"]


@dataclass(frozen=True, slots=True)
class Looks:
    """What a file shows of itself; None and empty where it is nothing of the kind."""

    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    peaks: list[int] = field(default_factory=list)
    animated: bool = False
    plain_colours: bool = True
    """Whether every telephone can show the colours of a picture: not so those of printing houses."""
    audio_codec: str | None = None
    video_codec: str | None = None
    channels: int | None = None
    thumbnail: bytes | None = field(default=None, repr=False)


class Workshop:
    """One of a node. Its processes begin with the first pieces of work and end with `close`."""

    def __init__(
        self, scratch: Scratch, seconds_max: float = WORKSHOP_SECONDS_MAX, benches: int = WORKSHOP_BENCHES
    ) -> None:
        self._scratch = scratch
        self._seconds_max = seconds_max
        self._benches = [Bench("wasl.files.workbench") for _ in range(benches)]
        self._free: asyncio.LifoQueue[Bench] = asyncio.LifoQueue()
        for bench in reversed(self._benches):
            self._free.put_nowait(bench)

    async def look(self, path: Path, mime_type: str, seconds_max: float = WORKSHOP_SECONDS_MAX) -> Looks:
        """Look at a picture, a sound or a film, for so long from when it is its turn. Raises Unworkable."""
        async with self._made() as made:
            task = {"path": str(path), "mime_type": mime_type, "made": str(made)}
            found = await self._work("look", task, seconds_max)
            has_thumbnail = found.pop("thumbnail", False)
            small = await asyncio.to_thread(made.read_bytes) if has_thumbnail else None
        known = {name: found[name] for name in Looks.__slots__ if name in found}
        return Looks(**known, thumbnail=small)

    @asynccontextmanager
    async def fitted_picture(
        self,
        path: Path,
        mime_type: str,
        bytes_max: int,
        side_max: int = PICTURE_SIDE_SENT_MAX,
        seconds_max: float = WORKSHOP_SECONDS_MAX,
    ) -> AsyncIterator[Path]:
        """A JPEG of at most so many bytes and pixels a side, for as long as the block lasts. Raises Unworkable."""
        async with self._made() as made:
            task = {"path": str(path), "mime_type": mime_type, "bytes_max": bytes_max, "side_max": side_max}
            await self._work("fit_picture", {**task, "made": str(made)}, seconds_max)
            yield made

    @asynccontextmanager
    async def voice_note(
        self, path: Path, mime_type: str, seconds_max: float = WORKSHOP_SECONDS_MAX
    ) -> AsyncIterator[Path]:
        """The same sound as Ogg Opus in mono, for as long as the block lasts. Raises Unworkable."""
        async with self._made() as made:
            task = {"path": str(path), "mime_type": mime_type, "made": str(made)}
            await self._work("make_voice_note", task, seconds_max)
            yield made

    async def close(self) -> None:
        """End the processes; whoever still waits for one is told that its file could not be opened."""
        for bench in self._benches:
            await bench.end()

    @asynccontextmanager
    async def _made(self) -> AsyncIterator[Path]:
        async with self._scratch.folder() as folder:
            # Where the bench finds it, wherever it was started.
            yield folder.absolute() / "made"

    async def _work(self, name: str, task: dict[str, Any], seconds_max: float = WORKSHOP_SECONDS_MAX) -> dict[str, Any]:
        bench = await self._free.get()
        try:
            return await bench.work({"task": name, **task}, min(seconds_max, self._seconds_max))
        finally:
            self._free.put_nowait(bench)
