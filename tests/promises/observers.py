"""Dashboards that keep watching while their server dies under them, and remember every frame they were shown."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from random import Random

import httpx2
import orjson

from story.node import Process
from story.people import Operator
from story.watcher import DURABLE, Frame, StreamRefused, Wire

RECONNECT_SECONDS = 0.02
FAILURES = (OSError, EOFError, asyncio.IncompleteReadError, httpx2.HTTPError)


class Observer:
    """Remembers `(sequence, tag, rest of the data)` of every event, in the order shown."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cursor = ""
        self.seen: list[tuple[int, str, bytes]] = []
        self.faults: list[str] = []
        self.connections = 0

    @property
    def sequence(self) -> int:
        return self.seen[-1][0] if self.seen else 0

    def take(self, place: str, raw: bytes) -> None:
        """Note an event, and what is wrong with it by a client's rule."""
        sequence, tag = int(place.partition("-")[0]), place.partition("-")[2]
        start = f'{{"sequence":{sequence},"previous":{sequence - 1},"tag":"{tag}",'.encode()
        if not raw.startswith(start):
            self.faults.append(f"{place} begins with {raw[:80]!r}")
        if sequence != self.sequence + 1:
            self.faults.append(f"{sequence} after {self.sequence}")
        self.seen.append((sequence, tag, raw[len(start) :]))
        self.cursor = place


async def watch(observer: Observer, node: Process, operator: Operator, *, by: str, cuts: Random | None) -> None:
    """Watch by the stream until cancelled; with `cuts`, lose the connection every now and then by oneself."""
    while True:
        headers, query = dict(operator.headers), f"?cursor={observer.cursor}"
        if by == "header":
            headers, query = headers | {"Last-Event-ID": observer.cursor}, ""
        with contextlib.suppress(*FAILURES):
            wire = await Wire.open(node.port, headers, query)
            try:
                observer.connections += 1
                limit = cuts.uniform(0.05, 0.6) if cuts else None
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(limit):
                        async for frame in wire.frames():
                            _take_frame(observer, frame)
            except StreamRefused as refused:
                observer.faults.append(str(refused))
            finally:
                wire.cut()
        await asyncio.sleep(RECONNECT_SECONDS)


def _take_frame(observer: Observer, frame: Frame) -> None:
    if frame.kind in DURABLE:
        observer.take(frame.id or "", frame.raw)
    elif frame.kind not in ("connected", "heartbeat", "bye"):
        observer.faults.append(f"{frame.kind}: {frame.raw[:120]!r}")


async def poll(observer: Observer, node: Process, operator: Operator) -> None:
    """Watch by long-poll until cancelled."""
    async with httpx2.AsyncClient(base_url=node.url, timeout=10.0, trust_env=False) as client:
        while True:
            query = {"after": observer.cursor, "wait": "2"}
            with contextlib.suppress(*FAILURES):
                answer = await client.get("/api/live-chat/events/poll", params=query, headers=operator.headers)
                observer.connections += 1
                if answer.status_code != 200:
                    observer.faults.append(f"{answer.status_code} {answer.text[:200]}")
                else:
                    _take_page(observer, answer.content)
                    continue
            await asyncio.sleep(RECONNECT_SECONDS)


def _take_page(observer: Observer, body: bytes) -> None:
    page = orjson.loads(body)
    if page["resync"] is not None:
        observer.faults.append(f"resync {page['resync']}")
    for event in page["events"]:
        # The poll carries the stream's very bytes; orjson writes what it read in the same order and form.
        observer.take(event["id"], orjson.dumps(event["data"]))


async def caught_up(observers: list[Observer], sequence: int, within_seconds: float) -> None:
    """Wait until everybody has seen the log up to a sequence."""
    await _until(lambda: all(observer.sequence >= sequence for observer in observers), within_seconds)


async def _until(true: Callable[[], bool], within_seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_seconds):
            while not true():
                await asyncio.sleep(0.02)


async def end(tasks: list["asyncio.Task[None]"]) -> None:
    """Let everybody stop watching; a task that failed by itself fails here."""
    for task in tasks:
        task.cancel()
    results: list[Awaitable[None] | BaseException | None] = list(await asyncio.gather(*tasks, return_exceptions=True))
    errors = [found for found in results if isinstance(found, Exception)]
    assert errors == []
