"""Engine.IO's two ways in, long-poll and WebSocket, in front of python-socketio.

python-engineio's server answers requests with what its own sockets keep; ours are bounded (`engine_socket.py`), so the
requests are answered here. What is left of it is what python-socketio calls.
"""

import asyncio
from typing import Any
from urllib.parse import parse_qsl

import engineio
import orjson
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wasl.clock import monotonic
from wasl.errors import Invalid, TooLarge, TooMany, WaslError, WrongMethod
from wasl.limits import (
    SOCKET_PACKET_BYTES_MAX,
    SOCKET_PING_SECONDS,
    SOCKET_PING_TIMEOUT_SECONDS,
    SOCKET_TICK_SECONDS,
    SOCKETS_PER_LOOK,
    SOCKETS_WAITING_MAX,
)
from wasl.live.socketio import CARRIER, Carrier
from wasl.observe import log, place_of
from wasl.web.answers import failure
from wasl.web.engine_socket import OPEN, Packet, Socket

_TEXT = "text/plain; charset=UTF-8"
_NOT_KEPT = {"Cache-Control": "no-store"}


class Engine(engineio.AsyncServer):  # type: ignore[misc] # It has no types.
    """The sockets of this node, by their Engine.IO ids."""

    def __init__(self, **options: Any) -> None:
        super().__init__(async_mode="asgi", monitor_clients=False, cors_allowed_origins=[], **options)
        self.sockets: dict[str, Socket] = {}
        self._ticker: asyncio.Task[None] | None = None
        self._now = monotonic()

    # -- what python-socketio asks -------------------------------------------------------------------------------------

    async def send_packet(self, sid: str, pkt: Packet) -> None:
        """Say something to a socket; nothing happens when it is gone."""
        socket = self.sockets.get(sid)
        if socket is not None:
            await socket.send(pkt)

    def lets_in(self, sid: str) -> None:
        """A socket was let in."""
        self.sockets[sid].waits_since = None

    def lets_out(self, sid: str) -> None:
        """A socket that was in has left, and stays only to come in again."""
        socket = self.sockets.get(sid)
        if socket is not None and socket.waits_since is None:
            socket.waits_since = self._now

    # -- requests ------------------------------------------------------------------------------------------------------

    async def handle_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request below `/socket.io`, or carry one WebSocket."""
        try:
            query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
            _require_our_protocol(scope, query)
            if scope["type"] == "websocket":
                await self._websocket(scope, receive, send, query.get("sid"))
            else:
                answer = await self._request(scope, receive, query.get("sid"))
                await Response(answer, media_type=_TEXT, headers=_NOT_KEPT)(scope, receive, send)
        except WaslError as error:
            log.info("socket request refused", code=error.code)
            await _refuse(error, scope, receive, send)
        except OSError:
            pass  # The client left in the middle of it.
        except Exception as error:
            log.error("request failed", path="/socket.io", error=type(error).__name__, at=place_of(error))
            raise

    async def _request(self, scope: Scope, receive: Receive, sid: str | None) -> str:
        if scope["method"] == "GET":
            if sid is not None:
                return await self._known(sid).poll(receive)
            socket = self._open()
            await self.handlers["connect"](socket.sid, _handshake(scope))
            return self._greeting(socket, upgrades=["websocket"])
        if scope["method"] != "POST" or sid is None:
            raise WrongMethod("A socket begins with GET; what it says comes by POST.", allowed="GET, POST")
        socket = self._known(sid)
        await socket.post(await _body(scope, receive, socket))
        return "ok"

    async def _websocket(self, scope: Scope, receive: Receive, send: Send, sid: str | None) -> None:
        socket = self._known(sid) if sid is not None else None
        if socket is not None and not socket.may_upgrade:
            raise Invalid("This socket has its WebSocket already.", code="unexpected_upgrade")
        await receive()  # websocket.connect
        if socket is None:
            socket = self._open()
            await self.handlers["connect"](socket.sid, _handshake(scope))
            await send({"type": "websocket.accept"})
            socket.say(self._greeting(socket, upgrades=[]))
            await socket.carry(receive, send, _carrier_of(scope))
        else:
            await send({"type": "websocket.accept"})
            await socket.upgrade(receive, send, _carrier_of(scope))

    def _open(self) -> Socket:
        if len(self.sockets) >= SOCKETS_WAITING_MAX:  # Counting takes long only when there are many.
            waiting = sum(socket.waits_since is not None for socket in self.sockets.values())
            if waiting >= SOCKETS_WAITING_MAX:
                sentence = "Too many sockets wait to be let in. Try again in a moment."
                raise TooMany(sentence, code="too_many_sockets", details={"retry_after_seconds": 1})
        if self._ticker is None:
            self._ticker = asyncio.ensure_future(self._tick())
        sid = self.generate_id()
        socket = self.sockets[sid] = Socket(sid, self._message, self._gone, self._now)
        return socket

    def _greeting(self, socket: Socket, upgrades: list[str]) -> str:
        facts = {
            "sid": socket.sid,
            "upgrades": upgrades,
            "pingInterval": int(SOCKET_PING_SECONDS * 1000),
            "pingTimeout": int(SOCKET_PING_TIMEOUT_SECONDS * 1000),
            "maxPayload": SOCKET_PACKET_BYTES_MAX,
        }
        return OPEN + orjson.dumps(facts).decode()

    def _known(self, sid: str) -> Socket:
        socket = self.sockets.get(sid)
        if socket is None:
            raise Invalid("There is no such socket here; begin a new one.", code="unknown_socket")
        return socket

    # -- sockets -------------------------------------------------------------------------------------------------------

    async def _message(self, socket: Socket, text: str) -> None:
        await self.handlers["message"](socket.sid, text)

    async def _gone(self, socket: Socket, reason: str) -> None:
        self.sockets.pop(socket.sid, None)
        await self.handlers["disconnect"](socket.sid, reason)

    async def _tick(self) -> None:
        """One ticker for all sockets, while there are any.

        Its clock runs no faster than it ticks: a process that was frozen, or a machine that slept, must not take its
        own silence for that of everybody else.
        """
        before = monotonic()
        while self.sockets:
            await asyncio.sleep(SOCKET_TICK_SECONDS)
            now = monotonic()
            self._now += min(now - before, 2 * SOCKET_TICK_SECONDS)
            before = now
            for place, socket in enumerate(list(self.sockets.values()), 1):
                socket.look(self._now)
                if place % SOCKETS_PER_LOOK == 0:
                    await asyncio.sleep(0)
        self._ticker = None


def _require_our_protocol(scope: Scope, query: dict[str, str]) -> None:
    if scope["path"] not in ("/socket.io", "/socket.io/"):
        raise Invalid("The path of a socket is /socket.io/.", code="unknown_path")
    if "j" in query:
        # Any site could read what comes as a script.
        raise Invalid("This server does not answer with scripts (JSONP).", code="jsonp_refused")
    if query.get("EIO") != "4":
        raise Invalid("This server speaks Engine.IO 4, as Socket.IO clients from version 3 do.", code="wrong_protocol")
    expected = "websocket" if scope["type"] == "websocket" else "polling"
    if query.get("transport") != expected:
        raise Invalid("The transport is `polling`, or `websocket` for a WebSocket.", code="wrong_transport")


def _handshake(scope: Scope) -> Scope:
    """What is kept of the request that a socket began with: who sent it. It is no safe one, even where it is a GET, for
    what the socket carries is not: a cookie counts from our own pages only."""
    return {"type": "http", "method": "CONNECT", "headers": scope["headers"]}


async def _body(scope: Scope, receive: Receive, socket: Socket) -> bytes:
    declared = HTTPConnection(scope).headers.get("content-length", "0")
    parts: list[bytes] = []
    size = int(declared[:20]) if declared.isdigit() else 0
    more = True
    while more and size <= SOCKET_PACKET_BYTES_MAX:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        parts.append(message.get("body", b""))
        size = sum(map(len, parts))
        more = message.get("more_body", False)
    if size > SOCKET_PACKET_BYTES_MAX:
        socket.end()
        raise TooLarge(f"What a socket says at a time holds at most {SOCKET_PACKET_BYTES_MAX // 1024} KB.")
    return b"".join(parts)


def _carrier_of(scope: Scope) -> Carrier | None:
    found: Carrier | None = (scope.get("extensions") or {}).get(CARRIER, {}).get("carrier")
    return found


async def _refuse(error: WaslError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" or "websocket.http.response" in (scope.get("extensions") or {}):
        await failure(error)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": error.code})
