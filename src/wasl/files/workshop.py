"""Where files are looked at and made over: by processes of their own, each of which may be ended any time."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from wasl.errors import WaslError
from wasl.files.limits import WORKSHOP_ANSWER_BYTES_MAX, WORKSHOP_BENCHES, WORKSHOP_SECONDS_MAX
from wasl.files.scratch import Scratch
from wasl.observe import log

_ENVIRONMENT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR")
"""All that a bench needs to know: no key and no password of ours is near a file that may be made to break it."""


class Unworkable(WaslError):
    """The file is broken, is none of its kind, or would take more memory or time than one file gets."""

    http_status = 415
    code = "file_refused"


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
        self._benches = [_Bench() for _ in range(benches)]
        self._free: asyncio.LifoQueue[_Bench] = asyncio.LifoQueue()
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
    async def fitted_picture(self, path: Path, mime_type: str, bytes_max: int) -> AsyncIterator[Path]:
        """A JPEG of at most so many bytes, for as long as the block lasts. Raises Unworkable."""
        async with self._made() as made:
            task = {"path": str(path), "mime_type": mime_type, "bytes_max": bytes_max, "made": str(made)}
            await self._work("fit_picture", task)
            yield made

    @asynccontextmanager
    async def voice_note(self, path: Path, mime_type: str) -> AsyncIterator[Path]:
        """The same sound as Ogg Opus in mono, for as long as the block lasts. Raises Unworkable."""
        async with self._made() as made:
            await self._work("make_voice_note", {"path": str(path), "mime_type": mime_type, "made": str(made)})
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
            answer = await bench.work({"task": name, **task}, min(seconds_max, self._seconds_max))
        finally:
            self._free.put_nowait(bench)
        if "failed" in answer:
            raise Unworkable("The file is broken, or is not what it says it is.")
        done: dict[str, Any] = answer["done"]
        return done


class _Bench:
    """One process, and one piece of work at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def work(self, task: dict[str, Any], seconds_max: float) -> dict[str, Any]:
        try:
            async with asyncio.timeout(seconds_max):
                return await self._ask(task)
        except BaseException as error:
            # What it was about to say belongs to nobody any more.
            await self.end()
            if isinstance(error, TimeoutError | OSError | ValueError):
                log.warning("workshop ended", task=task["task"], error=type(error).__name__)
                raise Unworkable("The file takes too long to open, or breaks what opens it.") from error
            raise

    async def end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                # It leads a group of its own: whatever it started ends with it.
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def _ask(self, task: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "wasl.files.workbench",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=WORKSHOP_ANSWER_BYTES_MAX,
                start_new_session=True,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(orjson.dumps(task) + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        answer: dict[str, Any] = orjson.loads(line)  # Nothing, when it died: a ValueError.
        return answer
