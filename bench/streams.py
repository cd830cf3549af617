"""Dashboards without a screen: open event streams that note when each message's frame was read."""

import asyncio
import contextlib
from array import array
from collections.abc import AsyncIterator
from time import perf_counter
from typing import cast

from bench.bodies import MARK, MARK_DIGITS
from bench.client import ANSWER_SECONDS_MAX, asking

# A message's text stands once under this name in a frame; its preview in the list's row has another.
_TEXT = f'"text":"{MARK}'.encode()


class Readings:
    """How long each message took to each reader, and how often it came there."""

    def __init__(self, sent_at: "array[float]", first: int) -> None:
        self._sent_at = sent_at
        self._first = first
        self.latencies: array[float] = array("d")
        self.strange = 0
        """Frames of messages that were not sent in this stretch."""

    def take(self, number: int, now: float) -> None:
        """Note that a reader has the frame of a message."""
        place = number - self._first
        if 0 <= place < len(self._sent_at):
            self.latencies.append(now - self._sent_at[place])
        else:
            self.strange += 1


class Dashboard(asyncio.Protocol):
    """One stream. It reads the bytes as they come and looks for nothing but the marks of whole frames."""

    def __init__(self, request: bytes, readings: Readings) -> None:
        self.ready = asyncio.get_running_loop().create_future()
        self.seen: set[int] = set()
        self.doubled = 0
        self._request = request
        self._readings = readings
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but its ancestry.
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = perf_counter()
        whole, end, rest = (self._rest + data if self._rest else data).rpartition(b"\n\n")
        if not end:
            self._rest = rest
            return
        # After a frame stands the end of its HTTP chunk, which is nobody's.
        self._rest = rest if rest != b"\r\n" else b""
        if not self.ready.done() and b"event: conversations\n" in whole:
            self.ready.set_result(None)
        for part in whole.split(_TEXT)[1:]:
            number = int(part[:MARK_DIGITS])
            if number in self.seen:
                self.doubled += 1
            self.seen.add(number)
            self._readings.take(number, now)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the stream was closed before it began"))

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.abort()


@contextlib.asynccontextmanager
async def dashboards(port: int, token: str, count: int, readings: Readings) -> AsyncIterator[list[Dashboard]]:
    """Open streams to a server on this machine, each with its first page read, and close them afterwards."""
    loop = asyncio.get_running_loop()
    request = asking("/api/live-chat/events", token)
    opened: list[Dashboard] = []
    try:
        for _ in range(count):
            _, one = await loop.create_connection(lambda: Dashboard(request, readings), "127.0.0.1", port)
            opened.append(one)
            await asyncio.wait_for(one.ready, ANSWER_SECONDS_MAX)
        yield opened
    finally:
        for one in opened:
            one.close()
        await asyncio.sleep(0)
