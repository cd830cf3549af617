"""Load that costs little beside any server: on the torture kit's connections, with requests written beforehand."""

import asyncio
import contextlib
from array import array
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from wasl.torture.history import now
from wasl.torture.http import BrokenAnswer, Line, request_of

CONNECTIONS = 64
ANSWER_SECONDS_MAX = 30.0


@dataclass(slots=True)
class Load:
    """What came of a stretch of requests: how long each answer took, and how many were no 200."""

    seconds: float = 0.0
    latencies: "array[float]" = field(default_factory=lambda: array("d"))
    refused: dict[int, int] = field(default_factory=dict)
    """Status → how many; 0 is a connection that was closed."""

    def count(self, status: int, latency_seconds: float) -> None:
        """Take one answer."""
        if status == 200:
            self.latencies.append(latency_seconds)
        else:
            self.refused[status] = self.refused.get(status, 0) + 1

    @property
    def per_second(self) -> float:
        """Answers that were 200, per second."""
        return len(self.latencies) / self.seconds


@contextlib.asynccontextmanager
async def lines(port: int, on_answer: Callable[[Line, int], None], count: int) -> AsyncIterator[list[Line]]:
    """Open connections to a server on this machine, and close them afterwards."""
    loop = asyncio.get_running_loop()
    opened: list[Line] = []
    try:
        for _ in range(count):
            _, line = await loop.create_connection(lambda: Line(on_answer), "127.0.0.1", port)
            opened.append(line)
        yield opened
    finally:
        for line in opened:
            line.close()
        await asyncio.sleep(0)


async def as_fast_as_answered(
    port: int, requests: Iterator[bytes], seconds: float, connections: int = CONNECTIONS
) -> Load:
    """Every connection sends its next request when it has its answer, until the time or the requests are over."""
    load, done = Load(), asyncio.get_running_loop().create_future()
    started = now()
    ends, working = started + seconds, connections

    def answered(line: Line, status: int) -> None:
        nonlocal working
        at = now()
        load.count(status, at - line.sent_at)
        request = next(requests, None) if at < ends and status else None
        if request is not None:
            line.send(request)
            return
        working -= 1
        if not working and not done.done():
            load.seconds = at - started
            done.set_result(None)

    async with lines(port, answered, connections) as opened:
        started = now()
        ends = started + seconds
        for line in opened:
            request = next(requests, None)
            assert request is not None, "fewer requests than connections"
            line.send(request)
        await asyncio.wait_for(done, seconds + ANSWER_SECONDS_MAX)
    return load


async def at_a_pace(
    port: int,
    requests: Sequence[bytes],
    per_second: float,
    sent_at: "array[float]",
    connections: int = CONNECTIONS,
    answer_seconds_max: float = ANSWER_SECONDS_MAX,
) -> Load:
    """Send at fixed moments, whatever the server does; an answer's time counts from the moment that was meant.
    `sent_at` is filled with the moment at which each request was written.
    """
    load, done = Load(), asyncio.get_running_loop().create_future()
    waiting: deque[int] = deque()
    idle: deque[Line] = deque()
    started, due, answers = 0.0, 0, 0

    def send(line: Line, number: int) -> None:
        line.number = number
        line.send(requests[number])
        sent_at[number] = line.sent_at

    def answered(line: Line, status: int) -> None:
        nonlocal answers
        at = now()
        load.count(status, at - (started + line.number / per_second))
        answers += 1
        if waiting:
            send(line, waiting.popleft())
        else:
            idle.append(line)
        if answers == len(requests) and not done.done():
            load.seconds = at - started
            done.set_result(None)

    async with lines(port, answered, connections) as opened:
        idle.extend(opened)
        started = now()
        while due < len(requests):
            reached = min(len(requests), int((now() - started) * per_second) + 1)
            for number in range(due, reached):
                if idle:
                    # The one that rested longest: servers close connections that nobody uses.
                    send(idle.popleft(), number)
                else:
                    waiting.append(number)
            due = reached
            # The event loop counts in milliseconds: a shorter sleep would be a busy loop.
            await asyncio.sleep(max(0.001, started + due / per_second - now()))
        await asyncio.wait_for(done, answer_seconds_max)
    return load


class Caller:
    """Asks one thing after the other on one connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line: Line | None = None
        self._answer: asyncio.Future[tuple[int, float]] | None = None

    async def __aenter__(self) -> "Caller":
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()

    async def ask(self, request: bytes) -> tuple[bytes, float]:
        """The body of a 200 and how many seconds it took. Raises BrokenAnswer for anything else."""
        if self._line is None or self._line.closed:
            loop = asyncio.get_running_loop()
            _, self._line = await loop.create_connection(lambda: Line(self._take, skims=False), "127.0.0.1", self._port)
        self._answer = asyncio.get_running_loop().create_future()
        self._line.body = b""
        self._line.send(request)
        status, seconds = await asyncio.wait_for(self._answer, ANSWER_SECONDS_MAX)
        if status != 200:
            raise BrokenAnswer(f"{status} for {request.splitlines()[0]!r}: {self._line.body[:300]!r}")
        return self._line.body, seconds

    def _take(self, line: Line, status: int) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, now() - line.sent_at))


def asking(path: str, token: str) -> bytes:
    """A GET of somebody who is signed in."""
    return request_of("GET", path, Authorization=f"Bearer {token}")
