"""Observers who watch by Socket.IO, over a WebSocket or its own long-poll, and lose their servers like all others.

Most speak it by hand, for the very bytes; one does so with python-socketio's own client.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from random import Random

import httpx2
import orjson
import websockets

from promises.observers import FAILURES, RECONNECT_SECONDS, Observer, Route, take_frame
from story.people import Operator
from story.sockets import BareSocket, SocketRefused, SocketWatcher
from story.watcher import DURABLE, Frame
from story.wire import JsonObject
from wasl.torture.process import Process
from wasl.torture.reading import frame_of_packet

GONE = (*FAILURES, TimeoutError, websockets.WebSocketException)
SEPARATOR = "\x1e"


async def watch_by_socket(
    observer: Observer,
    route: Route,
    operator: Operator,
    *,
    polling: bool = False,
    cuts: Random | None = None,
    patience_seconds: float | None = None,
) -> None:
    """As `watch` does by the stream."""
    for node in route:
        limit = cuts.uniform(0.05, 0.6) if cuts else patience_seconds
        packets = _by_polls(observer, node, operator) if polling else _by_websocket(observer, node, operator)
        with contextlib.suppress(*GONE):
            async with asyncio.timeout(limit) as bound, contextlib.aclosing(packets):
                async for packet in packets:
                    _take(observer, packet)
                    if patience_seconds is not None and cuts is None:
                        bound.reschedule(asyncio.get_running_loop().time() + patience_seconds)
        await asyncio.sleep(RECONNECT_SECONDS)


def _greeting(observer: Observer, operator: Operator) -> str:
    auth = {"token": operator.token, **({"cursor": observer.cursor} if observer.cursor else {})}
    return "40" + orjson.dumps(auth).decode()


async def _by_websocket(observer: Observer, node: Process, operator: Operator) -> AsyncGenerator[str, None]:
    bare = await BareSocket.open(node.port)
    try:
        await bare.say(_greeting(observer, operator))
        async for packet in bare.packets():
            bare.heard.clear()
            yield packet
    finally:
        bare.connection.transport.abort()


async def _by_polls(observer: Observer, node: Process, operator: Operator) -> AsyncGenerator[str, None]:
    query = {"EIO": "4", "transport": "polling"}
    async with httpx2.AsyncClient(base_url=node.url, timeout=60.0, trust_env=False) as client:
        opened = await client.get("/socket.io/", params=query)
        query["sid"] = orjson.loads(opened.text[1:])["sid"]
        await client.post("/socket.io/", params=query, content=_greeting(observer, operator))
        while (answer := await client.get("/socket.io/", params=query)).status_code == 200:
            for packet in answer.text.split(SEPARATOR):
                if packet == "2":
                    await client.post("/socket.io/", params=query, content="3")
                yield packet


async def watch_by_library(observer: Observer, route: Route, operator: Operator) -> None:
    """The same with python-socketio's client, which begins by long-poll and changes to a WebSocket; on a server that
    stands still it waits."""
    for node in route:
        listener = Listener(observer, node, operator)
        try:
            await listener.connect(cursor=observer.cursor or None)
            observer.connections += 1
            await listener.client.wait()
        except SocketRefused as refused:
            if "code" in refused.data:
                _note_refusal(observer, refused.data)
        except GONE:
            pass
        finally:
            await listener.cut()
        await asyncio.sleep(RECONNECT_SECONDS)


class Listener(SocketWatcher):
    """Hands what the client heard to an observer, and keeps none of it."""

    def __init__(self, observer: Observer, node: Process, operator: Operator) -> None:
        super().__init__(node, operator.token)
        self._observer = observer

    def _take(self, frame: Frame) -> None:
        if frame.kind == "connected":
            self.frames.append(frame)  # Whoever connects waits for it.
        raw = frame.raw
        if frame.kind in DURABLE:
            data = frame.data
            del data["conversationId"]
            raw = orjson.dumps(data)
        take_frame(self._observer, Frame(frame.kind, frame.id, raw))


def _take(observer: Observer, packet: str) -> None:
    if packet.startswith("40"):
        observer.connections += 1
    elif packet.startswith("44"):
        _note_refusal(observer, orjson.loads(packet[2:])["data"])
    elif packet.startswith('42["'):
        take_frame(observer, frame_of_packet(packet.encode()))


def _note_refusal(observer: Observer, said: JsonObject) -> None:
    observer.refused(503 if said["code"] == "unavailable" else 401, orjson.dumps(said))
