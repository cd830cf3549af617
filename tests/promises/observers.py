"""Dashboards that keep watching while their server dies under them, and remember every frame they were shown."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from random import Random
from time import monotonic

import httpx2
import orjson

from story.people import Operator
from story.watcher import DURABLE, Frame, StreamRefused, Wire
from wasl.torture.process import Process

RECONNECT_SECONDS = 0.02
CANCEL_AGAIN_SECONDS = 5.0
"""A library may swallow a cancellation: `asyncio.wait_for` of Python 3.11 does if what it waits for is there."""
PASSING = frozenset({"presence", "typing"})
FAILURES = (OSError, EOFError, asyncio.IncompleteReadError, httpx2.HTTPError)


Route = Iterator[Process]
"""Where each next connection goes: always to the same server, or on a cut to another than before."""


class Observer:
    """Remembers `(sequence, tag, rest of the data)` of every event after its cursor, in the order shown.

    Without a cursor it opens the stream as a fresh dashboard does, and goes on from where the list was read.
    """

    def __init__(self, name: str, cursor: str = "") -> None:
        self.name = name
        self.cursor = cursor
        self.begun = sequence_of(cursor) if cursor else 0
        """After which sequence it began."""
        self.seen: list[tuple[int, str, bytes]] = []
        self.at: list[float] = []
        """When each was shown, monotonic."""
        self.faults: list[str] = []
        self.connections = 0
        self.put_off = 0
        """How often the answer was 503: come back later."""

    @property
    def sequence(self) -> int:
        return self.seen[-1][0] if self.seen else self.begun

    def begin(self, place: str) -> None:
        """The list was read here."""
        self.cursor, self.begun = place, sequence_of(place)

    def take(self, place: str, raw: bytes) -> None:
        """Note an event, and what is wrong with it by a client's rule."""
        sequence, tag = sequence_of(place), place.partition("-")[2]
        start = f'{{"sequence":{sequence},"previous":{sequence - 1},"tag":"{tag}",'.encode()
        if not raw.startswith(start):
            self.faults.append(f"{place} begins with {raw[:80]!r}")
        if sequence != self.sequence + 1:
            self.faults.append(f"{sequence} after {self.sequence}")
        self.seen.append((sequence, tag, raw[len(start) :]))
        self.at.append(monotonic())
        self.cursor = place

    def refused(self, status: int, body: bytes) -> None:
        """Note an answer that was not what one came for."""
        if status == 503:
            self.put_off += 1
        else:
            self.faults.append(f"{status} {body[:200]!r}")


def sequence_of(cursor: str) -> int:
    """Where in the log a cursor stands."""
    return int(cursor.partition("-")[0])


async def watch(
    observer: Observer,
    route: Route,
    operator: Operator,
    *,
    by: str,
    cuts: Random | None = None,
    patience_seconds: float | None = None,
) -> None:
    """Watch by the stream until cancelled; with `cuts`, lose the connection every now and then by oneself; with
    `patience_seconds`, leave a server that says nothing, not even a heartbeat, for so long."""
    for node in route:
        limit = cuts.uniform(0.05, 0.6) if cuts else patience_seconds
        with contextlib.suppress(*FAILURES):
            async with asyncio.timeout(limit) as bound:
                wire = await _open(observer, node, operator, by)
                try:
                    observer.connections += 1
                    async for frame in wire.frames():
                        take_frame(observer, frame)
                        if patience_seconds is not None and cuts is None:
                            bound.reschedule(asyncio.get_running_loop().time() + patience_seconds)
                finally:
                    wire.cut()
        await asyncio.sleep(RECONNECT_SECONDS)


async def _open(observer: Observer, node: Process, operator: Operator, by: str) -> Wire:
    headers, query = dict(operator.headers), f"?cursor={observer.cursor}" if observer.cursor else ""
    if by == "header" and observer.cursor:
        headers, query = headers | {"Last-Event-ID": observer.cursor}, ""
    try:
        return await Wire.open(node.port, headers, query)
    except StreamRefused as refused:
        observer.refused(refused.status, refused.body)
        raise ConnectionRefusedError from refused


def take_frame(observer: Observer, frame: Frame) -> None:
    """Note what a stream said, and that it said nothing that it should not."""
    if frame.kind in DURABLE:
        observer.take(frame.id or "", frame.raw)
    elif frame.kind == "conversations" and not observer.cursor:
        observer.begin(frame.id or "")
    elif frame.kind in PASSING:
        assert frame.id is None, "what is in no log moves no cursor"
    elif frame.kind not in ("connected", "heartbeat", "bye"):
        observer.faults.append(f"{frame.kind}: {frame.raw[:120]!r}")


async def poll(
    observer: Observer, route: Route, operator: Operator, *, wait_seconds: float = 2.0, patience_seconds: float = 10.0
) -> None:
    """Watch by long-poll until cancelled; each request goes where the route leads."""
    async with httpx2.AsyncClient(timeout=patience_seconds, trust_env=False) as client:
        for node in route:
            query = {"after": observer.cursor, "wait": str(wait_seconds)}
            with contextlib.suppress(*FAILURES):
                url = f"{node.url}/api/live-chat/events/poll"
                answer = await client.get(url, params=query, headers=operator.headers)
                observer.connections += 1
                if answer.status_code == 200:
                    take_page(observer, answer.content)
                    continue
                observer.refused(answer.status_code, answer.content)
            await asyncio.sleep(RECONNECT_SECONDS)


def take_page(observer: Observer, body: bytes) -> None:
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


async def end(tasks: list["asyncio.Task[None]"], again_seconds: float = CANCEL_AGAIN_SECONDS) -> None:
    """Let everybody stop watching; a task that failed by itself fails here."""
    watching = set(tasks)
    while watching:
        for task in watching:
            task.cancel()
        _, watching = await asyncio.wait(watching, timeout=again_seconds)
    errors = [error for task in tasks if not task.cancelled() and (error := task.exception()) is not None]
    assert errors == []
