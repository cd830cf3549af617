"""The kit's side of the doors: the process that holds them, and a handle for each."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import orjson

from wasl.torture.process import tied

STOP_SECONDS_MAX = 5.0


class Misled(Exception):
    """The doors' process could not do what it was told; the sentence is its own."""


class Doors:
    """The process that holds all doors of an installation. Close it: it ends then, and with whoever started it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = asyncio.Lock()

    async def start(self, log: Path) -> None:
        """Start it. It dies with this thread."""
        ours = self._spawn(log)
        self._reader, self._writer = await asyncio.open_connection(sock=ours)

    def _spawn(self, log: Path) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, log.open("ab") as file:
            self._process = subprocess.Popen(
                tied([sys.executable, "-m", "wasl.torture.proxy", str(theirs.fileno())]),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        return ours

    @property
    def pid(self) -> int:
        assert self._process is not None, "it does not run"
        return self._process.pid

    async def add(self, name: str, behind: Sequence[int], chance: Random, *, redis: bool = False) -> "Proxy":
        """Make a door to one of some ports: each connection goes to the next of them, or the first that is there."""
        asked = {"what": "add", "behind": list(behind), "seed": chance.getrandbits(32), "redis": redis}
        answer = await self.tell(asked)
        return Proxy(self, name, answer["door"], answer["port"])

    async def tell(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Have something done; the answer. Raises Misled, and ConnectionError when nobody is there."""
        async with self._turn:
            self._writer.write(orjson.dumps(asked, option=orjson.OPT_APPEND_NEWLINE))
            line = await self._reader.readline()
        if not line:
            raise ConnectionResetError("The process that holds the doors is gone.")
        answer: dict[str, Any] = orjson.loads(line)
        if "error" in answer:
            raise Misled(answer["error"])
        return answer

    async def close(self) -> None:
        """End it, and every connection with it."""
        process, self._process = self._process, None
        if process is None:
            return
        self._writer.close()
        try:
            await asyncio.to_thread(process.wait, STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Proxy:
    """One door. Everything done to it holds until `heal`; a share below 1 is of the connections, chosen by chance."""

    def __init__(self, doors: Doors, name: str, number: int, port: int) -> None:
        self.name = name
        self.port = port
        self._doors = doors
        self._number = number

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def heal(self) -> None:
        """Pass everything on, and let everybody in."""
        await self._tell("heal")

    async def cut_rst(self, share: float = 1.0) -> int:
        """End connections of now with a reset; how many."""
        return int((await self._tell("cut", share=share, reset=True))["count"])

    async def cut_fin(self, share: float = 1.0) -> int:
        """End them in order, in the middle of whatever they carry; how many."""
        return int((await self._tell("cut", share=share, reset=False))["count"])

    async def refuse(self) -> None:
        """Refuse new connections; those of now stay."""
        await self._tell("refuse")

    async def blackhole(self, share: float = 1.0) -> int:
        """Let nothing through: connections of now stand still, new ones are let in and nobody answers."""
        return int((await self._tell("blackhole", share=share))["count"])

    async def delay(self, ms: float, jitter_ms: float = 0.0, share: float = 1.0) -> int:
        """Let everything wait, each way; in order all the same."""
        return await self._shape(share, delay_seconds=ms / 1000, jitter_seconds=jitter_ms / 1000)

    async def bandwidth(self, bytes_per_second: float, share: float = 1.0) -> int:
        """Let each connection carry no more than this, each way."""
        return await self._shape(share, bytes_per_second=bytes_per_second)

    async def half_open(self, *, up: bool, share: float = 1.0) -> int:
        """Let one direction stand still: towards the server, or from it."""
        return await self._shape(share, holds_up=up, holds_down=not up)

    async def drop_hints(self, share: float) -> None:
        """Of a door to Redis: leave out this share of pushed messages."""
        await self._tell("drop_hints", share=share)

    async def lead(self, behind: Sequence[int]) -> None:
        """Lead new connections to other ports."""
        await self._tell("lead", behind=list(behind))

    async def count(self) -> dict[str, Any]:
        """How many connections there are (`count`), and hints that they lost (`dropped`)."""
        return await self._tell("count")

    async def ports(self) -> list[int]:
        """Where the server behind it sees its connections come from."""
        return list((await self._tell("count"))["ports"])

    async def _shape(self, share: float, **shape: float | bool) -> int:
        return int((await self._tell("shape", share=share, **shape))["count"])

    async def _tell(self, what: str, **about: Any) -> dict[str, Any]:
        return await self._doors.tell({"what": what, "door": self._number} | about)
