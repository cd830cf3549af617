"""A process in which files of strangers are opened, as the server sees it: one that may be ended any time."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import Any

import orjson

from wasl.errors import WaslError
from wasl.files.limits import WORKSHOP_ANSWER_BYTES_MAX
from wasl.observe import log

_ENVIRONMENT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR")
"""All that a bench needs to know: no key and no password of ours is near a file that may be made to break it."""


class Unworkable(WaslError):
    """The file is broken, is none of its kind, or would take more memory or time than one file gets."""

    http_status = 415
    code = "file_refused"


class Bench:
    """One process of a module, begun with its first piece of work, which it does one at a time."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: asyncio.subprocess.Process | None = None

    async def work(self, task: dict[str, Any], seconds_max: float) -> dict[str, Any]:
        """What comes of a task, within so many seconds. Raises Unworkable, and the process is ended then."""
        try:
            async with asyncio.timeout(seconds_max):
                answer = await self._ask(task)
        except BaseException as error:
            # What it was about to say belongs to nobody any more.
            await self.end()
            if isinstance(error, TimeoutError | OSError | ValueError):
                log.warning("workshop ended", task=task["task"], error=type(error).__name__)
                raise Unworkable("The file takes too long to open, or breaks what opens it.") from error
            raise
        if "failed" in answer:
            raise Unworkable("The file is broken, or is not what it says it is.")
        done: dict[str, Any] = answer["done"]
        return done

    async def end(self) -> None:
        """End the process, with whatever it has started."""
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
                self._module,
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
