"""Observers who watch by Socket.IO, over a WebSocket or its own long-poll, and lose their servers like all others."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from random import Random

import httpx2
import orjson
import websockets

from promises.observers import FAILURES, RECONNECT_SECONDS, Observer, Route, take_frame
from story.node import Process
from story.people import Operator
from story.sockets import BareSocket, without_second_name
from story.watcher import DURABLE, Frame

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


def _take(observer: Observer, packet: str) -> None:
    if packet.startswith("40"):
        observer.connections += 1
    elif packet.startswith("44"):
        refusal = orjson.loads(packet[2:])["data"]
        observer.refused(503 if refusal["code"] == "unavailable" else 401, packet.encode())
    elif packet.startswith('42["'):
        kind, _, data = packet[4:-1].partition('",')
        raw, place = data.encode(), None
        if kind in DURABLE:
            raw, said = without_second_name(raw), orjson.loads(data)
            place = f"{said['sequence']}-{said['tag']}"
        take_frame(observer, Frame(kind, place, raw))
