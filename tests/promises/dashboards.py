"""Dashboards behind a proxy: they behave as dashboard/src/live/connection.ts does, and count what a person notices."""

import asyncio
import re
from dataclasses import dataclass, field
from random import Random
from time import monotonic

import httpx2
import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from promises.observers import FAILURES, Observer, take_frame, take_page
from proxies import Proxy
from story.people import Operator
from story.sockets import BareSocket
from story.watcher import Frame, StreamRefused, Wire
from story.wire import JsonObject

RETRY_SECONDS_MIN = 1.0
RETRY_SECONDS_MAX = 10.0
SILENT_HEARTBEATS_MAX = 2.5
POLL_WAIT_SECONDS = 5.0
_CAMEL_CASE = re.compile(rb'"conversationId":"[^"]*",')
"""What an event has by Socket.IO and not by the stream."""


@dataclass(slots=True)
class Noticed:
    """What a person at a screen could have noticed."""

    errors: list[str] = field(default_factory=list)
    """Answers that were not 200, and streams that were cut instead of ended."""
    silences: list[float] = field(default_factory=list)
    """Seconds without an open stream, each time."""


class Dashboard:
    """One event stream, its watchdog, and the loop that opens it again."""

    def __init__(self, name: str, proxy: Proxy, operator: Operator, chance: Random) -> None:
        self.observer = Observer(name)
        self.noticed = Noticed()
        self._proxy = proxy
        self._operator = operator
        self._chance = chance
        self._attempt = 0
        self._retry_seconds: float | None = None
        """What a `bye` asked for: the browser itself then returns, with its Last-Event-ID."""
        self._heartbeat_seconds = 15.0
        self._lost_at: float | None = None

    async def watch(self) -> None:
        """Watch until cancelled."""
        while True:
            try:
                await self._read()
                if self._retry_seconds is None:
                    self.noticed.errors.append("the stream ended without a word")
            except StreamRefused as refused:
                self.noticed.errors.append(str(refused))
            except (*FAILURES, TimeoutError) as error:
                self.noticed.errors.append(f"the stream was cut: {error!r}")
            self._lost_at = self._lost_at or monotonic()
            await asyncio.sleep(self._delay())

    def _delay(self) -> float:
        if self._retry_seconds is not None:
            return self._retry_seconds
        seconds = min(RETRY_SECONDS_MAX, RETRY_SECONDS_MIN * 2**self._attempt)
        self._attempt += 1
        return float(max(RETRY_SECONDS_MIN, seconds * (0.5 + self._chance.random() / 2)))

    async def _read(self) -> None:
        headers, cursor = dict(self._operator.headers), self.observer.cursor
        if self._retry_seconds is not None:
            headers["Last-Event-ID"] = cursor
        self._retry_seconds = None
        async with asyncio.timeout(self._silence_max()) as bound:
            wire = await Wire.open(
                self._proxy.port, headers, f"?cursor={cursor}" if cursor else "", tls=self._proxy.tls
            )
            try:
                self.observer.connections += 1
                async for frame in wire.frames():
                    bound.reschedule(asyncio.get_running_loop().time() + self._silence_max())
                    if frame.kind == "connected":
                        self._opened(orjson.loads(frame.raw)["heartbeat_seconds"])
                    elif frame.kind == "bye":
                        self._retry_seconds = (frame.retry_ms or 0) / 1000
                    take_frame(self.observer, frame)
            finally:
                wire.cut()

    def _opened(self, heartbeat_seconds: float) -> None:
        self._attempt, self._heartbeat_seconds = 0, heartbeat_seconds
        if self._lost_at is not None:
            self.noticed.silences.append(monotonic() - self._lost_at)
            self._lost_at = None

    def _silence_max(self) -> float:
        return self._heartbeat_seconds * SILENT_HEARTBEATS_MAX


class Socket:
    """A dashboard of somebody else's making, by Socket.IO, which comes back when its connection ends."""

    def __init__(self, name: str, proxy: Proxy, operator: Operator, chance: Random, cursor: str) -> None:
        self.observer = Observer(name, cursor)
        self.noticed = Noticed()
        self._url = f"wss://localhost:{proxy.port}/socket.io/?EIO=4&transport=websocket"
        self._tls = proxy.tls
        self._token = operator.token
        self._chance = chance

    async def watch(self) -> None:
        """Watch until cancelled."""
        while True:
            retry_seconds = RETRY_SECONDS_MIN + self._chance.random()
            try:
                said_bye = await self._read()
                if said_bye is None:
                    self.noticed.errors.append("the socket ended without a word")
                retry_seconds = said_bye or retry_seconds
            except (*FAILURES, WebSocketException, AssertionError) as error:
                self.noticed.errors.append(f"the socket was cut: {error!r}")
            await asyncio.sleep(retry_seconds)

    async def _read(self) -> float | None:
        """Read until it ends; how long the server asked to wait then."""
        retry_seconds = None
        async with connect(self._url, ssl=self._tls, compression=None, max_size=None, proxy=None) as connection:
            socket = await BareSocket(connection).enter(self._token, self.observer.cursor)
            self.observer.connections += 1
            async for packet in socket.packets():
                if packet.startswith('42["'):
                    kind, _, data = packet[4:-1].partition('",')
                    raw = _CAMEL_CASE.sub(b"", data.encode(), count=1)
                    if kind == "bye":
                        retry_seconds = orjson.loads(raw)["retry_ms"] / 1000
                    take_frame(self.observer, Frame(kind, place_of(orjson.loads(raw)), raw))
        return retry_seconds


def place_of(data: JsonObject) -> str | None:
    """Where in the log something that came by Socket.IO stands."""
    return f"{data['sequence']}-{data['tag']}" if "tag" in data else None


class Poller:
    """A client without streams, which asks again as soon as it was answered."""

    def __init__(self, name: str, client: httpx2.AsyncClient, operator: Operator, cursor: str) -> None:
        self.observer = Observer(name, cursor)
        self.noticed = Noticed()
        self._client = client
        self._operator = operator

    async def watch(self) -> None:
        """Poll until cancelled."""
        while True:
            query = {"after": self.observer.cursor, "wait": str(POLL_WAIT_SECONDS)}
            try:
                answer = await self._client.get(
                    "/api/live-chat/events/poll", params=query, headers=self._operator.headers
                )
            except FAILURES as error:
                self.noticed.errors.append(f"the poll was cut: {error!r}")
            else:
                self.observer.connections += 1
                if answer.status_code == 200:
                    take_page(self.observer, answer.content)
                    continue
                self.noticed.errors.append(f"{answer.status_code}: {answer.text[:200]}")
            await asyncio.sleep(RETRY_SECONDS_MIN)


class Clerk:
    """An operator who reads all the time: lists, histories, and marks what was read."""

    def __init__(self, operator: Operator, chance: Random) -> None:
        self.noticed = Noticed()
        self.questions = 0
        self._operator = operator
        self._chance = chance

    async def work(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                chats = (await self._operator.chats(page_size=30))["chats"]
                if chats:
                    chat = self._chance.choice(chats)
                    await self._operator.history(chat)
                    await self._operator.read(chat, chat["last_sequence"])
                self.questions += 1 + 2 * bool(chats)
            except (AssertionError, *FAILURES) as error:
                self.noticed.errors.append(repr(error))
            await asyncio.sleep(self._chance.uniform(0.02, 0.1))
