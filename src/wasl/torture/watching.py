"""Those who watch, many in a process of their own: `python -m wasl.torture.watching`.

The process is told who watches, and then what to do, by lines on its standard input, and answers each with one.
"""

import asyncio
import contextlib
import dataclasses
import itertools
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import uvloop

from wasl.torture import poll, reload, stream, walk
from wasl.torture.asking import Eyes, Lost
from wasl.torture.children import freeze
from wasl.torture.history import Writer
from wasl.torture.pages import fill, view_anew, write_view
from wasl.torture.process import surroundings, tied
from wasl.torture.reading import Refused
from wasl.torture.screen import Screen
from wasl.torture.seat import Crowd, Seat
from wasl.torture.sockets import open_polled_socket, open_socket
from wasl.torture.stream import open_stream
from wasl.torture.tabs import Tabs

__all__ = ["Hall", "HallDied", "Seat"]

BEGIN_SECONDS_MAX = 30.0
END_SECONDS_MAX = 120.0
FRESH_SECONDS_MAX = 60.0
"""How long the servers may take, healed, to show somebody everything once more."""
FRESH_AT_ONCE = 4
LOOK_SECONDS = 0.05
_LINE_BYTES_MAX = 1 << 22


class HallDied(Exception):
    """The process of those who watch is gone; says the end of what it wrote."""


class Wrong(Exception):
    """Something is wrong with the kit itself."""


class Hall:
    """People who watch, in a process of their own, and the history that they write."""

    def __init__(self, seats: Sequence[Seat], history_file: Path) -> None:
        self._seats = seats
        self._history = history_file
        self._log = history_file.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running.pid

    async def start(self) -> None:
        """Let them come in, and wait until most of them see something. Raises HallDied."""
        self._process = self._spawned()
        # By a pipe, not by a file: there are passwords in it.
        self._say({"history": str(self._history), "seats": [_written(seat) for seat in self._seats]})
        await self._hear(BEGIN_SECONDS_MAX)

    def freeze(self) -> None:
        """Let them all stand still, as SIGSTOP does, until `thaw`."""
        freeze(self.pid)

    def thaw(self) -> None:
        """Let them go on where they stood."""
        self._running.send_signal(signal.SIGCONT)

    async def converge(self, cursors: Mapping[int, str], within_seconds: float) -> list[str]:
        """Let them watch calmly until everybody has stood at the head of their account's log, told as `<sequence>` or
        `<sequence>-<tag>`. Who did not in this time: name, and where they stand. Raises HallDied."""
        asked = {"converge": {str(account): str(head) for account, head in cursors.items()}, "within": within_seconds}
        self._say(asked)
        late: list[str] = await self._hear(2 * within_seconds + FRESH_SECONDS_MAX + BEGIN_SECONDS_MAX)
        return late

    async def end(self) -> None:
        """Let them write what they see, look anew, write that too, and leave. Raises HallDied."""
        self._say({"end": True})
        await self._hear(END_SECONDS_MAX)
        await asyncio.to_thread(self._running.wait)
        self.kill()

    def kill(self) -> None:
        """End them as kill -9 does. A second time does nothing."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                with contextlib.suppress(BrokenPipeError):  # Nobody will hear what was said last.
                    pipe.close()

    def _spawned(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                # A run that is killed takes them with it, also while they are frozen.
                tied([sys.executable, "-m", "wasl.torture.watching"]),
                env=surroundings(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "nobody is there"
        return self._process

    def _say(self, asked: Mapping[str, Any]) -> None:
        pipe = self._running.stdin
        assert pipe is not None
        try:
            pipe.write(orjson.dumps(asked) + b"\n")
            pipe.flush()
        except BrokenPipeError as error:
            raise self._died() from error

    async def _hear(self, within_seconds: float) -> Any:
        pipe = self._running.stdout
        assert pipe is not None
        line = b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                line = await asyncio.to_thread(pipe.readline)
        if not line:
            raise self._died()
        return orjson.loads(line)

    def _died(self) -> HallDied:
        said = self._log.read_text(errors="replace")[-3000:]
        self.kill()  # Whoever still waits for an answer hears that there is none.
        return HallDied(f"{self._history.stem}: {said}")


def _written(seat: Seat) -> dict[str, Any]:
    return {
        **{field.name: getattr(seat, field.name) for field in dataclasses.fields(seat) if field.name != "operator"},
        "operator": dataclasses.asdict(seat.eyes),
    }


# -- in the process ----------------------------------------------------------------------------------------------------


class Watchers:
    """Everybody in this process."""

    def __init__(self, seats: Iterable[Seat], writer: Writer) -> None:
        self.crowd = Crowd(writer)
        self._groups: list[Callable[[], list[Screen]]] = []
        for seat in seats:
            self._let_in(seat)

    @property
    def screens(self) -> list[Screen]:
        return [screen for group in self._groups for screen in group()]

    def _let_in(self, seat: Seat) -> None:
        if seat.by == "tab":
            tabs = Tabs(seat, self.crowd)
            self._groups.append(lambda: tabs.screens)
            self.crowd.begin(tabs.watch(open_stream))
        else:
            screen = Screen(seat, self.crowd)
            self._groups.append(lambda: [screen])
            self.crowd.begin(_ways()[seat.by](screen))

    async def begin(self) -> None:
        """Wait until everybody sees something, but not for ever: servers may be down from the beginning."""
        await self._until(lambda: all(screen.view.cursor for screen in self.screens), BEGIN_SECONDS_MAX / 2)

    async def converge(self, heads: Mapping[str, str], within_seconds: float) -> list[str]:
        """See Hall.converge."""
        self.crowd.calm = True

        def late() -> list[Screen]:
            return [screen for screen in self.screens if not screen.has_reached(heads[str(screen.seat.account)])]

        await self._until(lambda: not late(), within_seconds)
        # What was not scrolled to yet is loaded now, so that what a screen shows can be compared as a whole.
        await self._each(fill)
        await self._until(lambda: not late(), within_seconds)
        return [f"{screen.who} at {screen.view.cursor}" for screen in late()]

    async def end(self) -> None:
        """See Hall.end."""
        screens = self.screens
        await self.crowd.end()
        for screen in screens:
            await screen.close()
            write_view(screen, screen.view, fresh=False)
        await self._each(view_anew)
        for screen in screens:
            await screen.close()

    async def _each(self, work: Callable[[Screen], Awaitable[None]]) -> None:
        turns = asyncio.Semaphore(FRESH_AT_ONCE)

        async def one(screen: Screen) -> None:
            async with turns:
                await _insist(screen, work)

        await asyncio.gather(*map(one, self.screens))

    async def _until(self, true: Callable[[], bool], within_seconds: float) -> None:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + within_seconds
        while not true() and loop.time() < ends_at:
            await asyncio.wait([self.crowd.failed], timeout=LOOK_SECONDS)
            if self.crowd.failed.done():
                self.crowd.failed.result()


def _ways() -> dict[str, Callable[[Screen], Any]]:
    return {
        "sse": lambda screen: stream.watch(screen, open_stream),
        "socket": lambda screen: stream.watch(screen, open_socket),
        "socket-poll": lambda screen: stream.watch(screen, open_polled_socket),
        "poll": poll.watch,
        "reload": lambda screen: reload.watch(screen, open_stream),
        "walk": lambda screen: walk.watch(screen, open_stream),
    }


async def _insist(screen: Screen, work: Callable[[Screen], Awaitable[None]]) -> None:
    """Repeat something until the servers let it be done; note it when they never do."""
    try:
        async with asyncio.timeout(FRESH_SECONDS_MAX):
            for attempt in itertools.count():
                try:
                    await work(screen)
                except (Lost, Refused):
                    await screen.pause(attempt)
                else:
                    return
    except TimeoutError:
        screen.tell("lost", None, "could not be loaded in the end")


async def _serve() -> None:
    asked = asyncio.StreamReader(_LINE_BYTES_MAX)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    spec = orjson.loads(await asked.readline())
    seats = [Seat(**{**seat, "operator": Eyes(**seat["operator"])}) for seat in spec["seats"]]
    with Writer(Path(spec["history"])) as writer:
        watchers = Watchers(seats, writer)
        loop.set_exception_handler(lambda _, about: watchers.crowd.fail(about.get("exception") or Wrong(str(about))))
        await watchers.begin()
        _answer(True)
        while line := await _next(asked, watchers.crowd):
            order = orjson.loads(line)
            if "converge" in order:
                _answer(await watchers.converge(order["converge"], order["within"]))
                continue
            await watchers.end()
            break
    if line:  # Only now everything is written.
        _answer(True)


async def _next(asked: asyncio.StreamReader, crowd: Crowd) -> bytes:
    """The next order; empty when whoever gives them is gone. Raises what made a watcher fail."""
    reading = asyncio.ensure_future(asked.readline())
    either: list[asyncio.Future[Any]] = [reading, crowd.failed]
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if crowd.failed.done():
        reading.cancel()
        crowd.failed.result()
    return await reading


def _answer(answer: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    uvloop.run(_serve())
