"""Those who watch with the real JavaScript client, in a Node process of their own."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from story.sockets import frame_of
from story.watcher import WITHIN_SECONDS, Watcher
from story.wire import JsonObject
from wasl.torture.process import Process

FOLDER = Path(__file__).parent / "js"
LINE_BYTES_MAX = 1 << 24


def require_javascript() -> None:
    """Skip a test where Node or the client is missing."""
    if shutil.which("node") is None or not (FOLDER / "node_modules" / "socket.io-client").exists():
        pytest.skip("the JavaScript client is not installed: bin/setup --services")


class JavaScriptWatcher(Watcher):
    """What `listen.mjs` sees, under the same rules as every watcher; `said` is all that it printed."""

    def __init__(self, node: Process, token: str) -> None:
        super().__init__(node, {})
        self.said: list[JsonObject] = []
        self._token = token
        self._program: asyncio.subprocess.Process | None = None

    async def connect(self, transports: list[str] | None = None, cursor: str | None = None) -> "JavaScriptWatcher":
        """Start the program and connect, first by long-poll unless told otherwise."""
        self._program = await asyncio.create_subprocess_exec(
            "node",
            "listen.mjs",
            cwd=FOLDER,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
        )
        self._task = asyncio.create_task(self._read(self._program))
        sent = {"url": self._node.url, "token": self._token, "cursor": cursor, "transports": transports}
        await self.command("connect", **{name: value for name, value in sent.items() if value is not None})
        return self

    async def command(self, do: str, **more: Any) -> None:
        """Tell it what to do next."""
        assert self._program is not None
        assert self._program.stdin is not None
        self._program.stdin.write(orjson.dumps({"do": do, **more}) + b"\n")
        await self._program.stdin.drain()

    async def call(self, name: str, argument: Any) -> JsonObject:
        """Emit an event and wait for its acknowledgement."""
        before = len(self.told("answer"))
        await self.command("call", name=name, argument=argument)
        await self.until(lambda: len(self.told("answer")) > before)
        answer: JsonObject = self.told("answer")[-1]
        return answer

    def told(self, name: str) -> list[Any]:
        """What it printed beside events: `connected`, `upgraded`, `refused`, `left`, `answer`."""
        return [line[name] for line in self.said if name in line]

    async def until_told(self, name: str, true: Callable[[list[Any]], Any] = bool) -> Any:
        """Wait until it printed such a line; the last one."""
        await self.until(lambda: true(self.told(name)))
        return self.told(name)[-1]

    async def cut(self) -> None:
        """End the program."""
        program, self._program = self._program, None
        if program is None or self._task is None:
            return
        program.kill()
        async with asyncio.timeout(WITHIN_SECONDS):
            await program.wait()
        await asyncio.gather(self._task, return_exceptions=True)
        program._transport.close()  # type: ignore[attr-defined]

    async def _read(self, program: asyncio.subprocess.Process) -> None:
        assert program.stdout is not None
        async for line in program.stdout:
            said = orjson.loads(line)
            self.said.append(said)
            if "kind" in said:
                self._take(frame_of(said["kind"], said["data"]))
            self._news.set()
