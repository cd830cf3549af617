"""One client of Engine.IO: what it sends is taken packet by packet, and what it is sent waits within a bound."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from starlette.types import Receive, Send

from wasl.clock import monotonic
from wasl.domain.pace import Pace
from wasl.errors import Invalid, TooLarge, WaslError
from wasl.limits import (
    SOCKET_CLOSE_SECONDS,
    SOCKET_CONNECT_SECONDS,
    SOCKET_PACKET_BYTES_MAX,
    SOCKET_PACKETS_BURST,
    SOCKET_PACKETS_PER_SECOND,
    SOCKET_PING_SECONDS,
    SOCKET_PING_TIMEOUT_SECONDS,
    SOCKET_POLL_PACKETS_MAX,
    SOCKET_UPGRADE_SECONDS,
)
from wasl.live.socketio import Carrier, SocketLine, framed

OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"
"""The kinds of Engine.IO packets (its protocol, revision 4)."""
SEPARATOR = "\x1e"
"""Between the packets of one HTTP body."""

GOING_AWAY, NOT_ALLOWED = 1001, 1008
"""Why a WebSocket is closed (RFC 6455, section 7.4.1)."""
CLOSE_CODES = {"binary_packet": 1003, "too_large": 1009}


class Packet(Protocol):
    """What python-socketio hands over to be sent."""

    def encode(self) -> str:
        """The packet as text."""


Message = Callable[["Socket", str], Awaitable[None]]
Gone = Callable[["Socket", str], Awaitable[None]]


def unreadable(sentence: str = "A packet of this socket cannot be read.") -> Invalid:
    """The refusal of whatever is no packet that we know. It never repeats what was sent."""
    return Invalid(sentence, code="unreadable_packet")


class Socket:
    """Takes the place of python-engineio's own, which keeps an unbounded queue and three tasks for each client, times
    it out by the time of day, and loses it half-way on the first unreadable packet."""

    def __init__(self, sid: str, message: Message, gone: Gone, since: float) -> None:
        self.sid = sid
        self.line = SocketLine(self)
        self.session: dict[str, Any] = {}
        self.upgraded = False
        """It has a WebSocket."""
        self.ended = False
        """Nothing more is taken from it or said to it; what waits still leaves."""
        self.closed = False
        """It is gone."""
        self.waits_since: float | None = since
        """Since when it has been here without being let in; None once it is."""
        self._pinged_at = since
        self._owes_pong = False
        self._message = message
        self._gone = gone
        self._pace = Pace.full(SOCKET_PACKETS_PER_SECOND, SOCKET_PACKETS_BURST, monotonic())
        self._farewell = (GOING_AWAY, "")
        self._polling = False
        self._posting = False
        self._upgrading = False
        self._carrier: Carrier | None = None
        self._task: asyncio.Task[Any] | None = None
        self._may_interrupt = False
        self._leaving: asyncio.Task[None] | None = None

    # -- what python-socketio asks of a socket -------------------------------------------------------------------------

    async def send(self, packet: Packet) -> None:
        """Say something."""
        self.say(packet.encode())

    async def close(self, **_: Any) -> None:
        """End it."""
        self.end()

    def say(self, text: str) -> None:
        """Send one packet, behind whatever was sent before."""
        self.line.write(framed(text.encode()))

    def look(self, now: float) -> None:
        """See whether it still lives, and is let in; asked every second, with a clock that runs only while we do."""
        if self.waits_since is not None and now - self.waits_since > SOCKET_CONNECT_SECONDS:
            self.end(NOT_ALLOWED, "connect_timeout")
        elif self._owes_pong:
            if now - self._pinged_at > SOCKET_PING_TIMEOUT_SECONDS:
                self.abort()
        elif now - self._pinged_at >= SOCKET_PING_SECONDS:
            self._pinged_at, self._owes_pong = now, True
            self.say(PING)

    @property
    def may_upgrade(self) -> bool:
        """Whether it may still go on by a WebSocket."""
        return not (self._has_websocket() or self.ended)

    def _has_websocket(self) -> bool:
        return self._upgrading or self.upgraded

    # -- long-poll -----------------------------------------------------------------------------------------------------

    async def poll(self, receive: Receive) -> str:
        """What waits, as soon as there is anything.

        Raises Invalid for a second poll at the same time; then this socket ends, for its order could not be kept.
        """
        if self._has_websocket():
            return NOOP
        if self._polling:
            raise self._misused("A socket polls once at a time.", "overlapping_requests")
        self._polling = True
        try:
            while not (self.line.waits() or self.ended or self._has_websocket()):
                if await self._left_before_news(receive):
                    # The answer could not reach anybody any more, and what it held would be lost without notice.
                    await self.go("transport close")
            if self._has_websocket():
                return NOOP
            texts = self.line.take(SOCKET_POLL_PACKETS_MAX)
        finally:
            self._polling = False
        if self.ended and not self.line.waits():
            await self.go("server disconnect")
        if not texts:
            raise Invalid("This socket has ended.", code="unknown_socket")
        self.line.was_taken()
        return SEPARATOR.join(texts)

    async def _left_before_news(self, receive: Receive) -> bool:
        """Wait for something to say; whether the client left before there was anything."""
        news = asyncio.ensure_future(self.line.news())
        left = asyncio.ensure_future(_until_disconnect(receive))
        try:
            await asyncio.wait((news, left), return_when=asyncio.FIRST_COMPLETED)
            return not news.done()
        finally:
            news.cancel()
            left.cancel()

    async def post(self, body: bytes) -> None:
        """Take the packets of one request. Raises Invalid when they cannot be taken; then this socket ends."""
        if self._posting or self.upgraded or self.ended:
            raise self._misused("A socket sends one request at a time, and none beside its WebSocket.")
        self._posting = True
        try:
            for packet in body.decode().split(SEPARATOR):
                await self._take_in(packet)
        except UnicodeDecodeError as error:
            raise self._misused("A packet is text in UTF-8.", "unreadable_packet") from error
        except WaslError as error:
            self.end(NOT_ALLOWED, error.code)
            raise
        finally:
            self._posting = False

    def _misused(self, sentence: str, code: str = "overlapping_requests") -> Invalid:
        self.end(NOT_ALLOWED, code)
        return Invalid(sentence, code=code)

    # -- websocket -----------------------------------------------------------------------------------------------------

    async def upgrade(self, receive: Receive, send: Send, carrier: Carrier | None) -> None:
        """Go on by a WebSocket instead of polls, if its client says so in time; else everything stays as it is."""
        self._task, self._upgrading = asyncio.current_task(), True
        self.line.release()
        try:
            async with asyncio.timeout(SOCKET_UPGRADE_SECONDS):
                agreed = await self._next(receive) == PING + "probe"
                if agreed:
                    await send({"type": "websocket.send", "text": PONG + "probe"})
                    self.line.nudge()  # The poll that waits is answered with nothing, so that there is none any more.
                    agreed = await self._next(receive) == UPGRADE
        except (TimeoutError, OSError, WaslError):
            agreed = False
        except asyncio.CancelledError:
            self._must_have_ended()
            agreed = False
        finally:
            self._upgrading = False
        if agreed and not self.ended:
            await self.carry(receive, send, carrier)
        else:
            self._task = None
            await _close(send, NOT_ALLOWED, "upgrade_failed")

    async def carry(self, receive: Receive, send: Send, carrier: Carrier | None) -> None:
        """Live on a WebSocket until one side ends it."""
        self.upgraded, self._carrier, self._task = True, carrier, asyncio.current_task()
        reason, sending = "transport close", None
        if carrier is not None:
            self.line.go_straight(carrier)
        else:
            sending = asyncio.ensure_future(self._send_what_waits(send))
        try:
            while not self.ended:
                await self._take_in(await self._next(receive))
            reason = "server disconnect"
        except OSError:
            self.ended = True
        except WaslError as error:
            self.end(CLOSE_CODES.get(error.code, NOT_ALLOWED), error.code)
        except asyncio.CancelledError:
            self._must_have_ended()
            reason = "server disconnect"
        finally:
            try:
                await self._part(send, sending)
            finally:
                await self.go(reason)

    async def _part(self, send: Send, sending: "asyncio.Task[None] | None") -> None:
        """Close the WebSocket behind what was said. Who does not take even that is cut off."""
        self.line.end()
        try:
            async with asyncio.timeout(SOCKET_CLOSE_SECONDS):
                if sending is not None:
                    await sending
                await _close(send, *self._farewell)
        except (TimeoutError, OSError):
            if self._carrier is not None:
                self._carrier.abort()
        finally:
            if sending is not None:
                sending.cancel()

    async def _send_what_waits(self, send: Send) -> None:
        """For servers that let nobody else write: one frame after the other, each awaited."""
        while not self.ended or self.line.waits():
            await self.line.news()
            for text in self.line.take():
                await send({"type": "websocket.send", "text": text})
            self.line.was_taken()

    async def _next(self, receive: Receive) -> str:
        """The next text. Raises Invalid for bytes, and OSError when the client is gone."""
        self._may_interrupt = True
        try:
            message = await receive()
        finally:
            self._may_interrupt = False
        if message["type"] != "websocket.receive":
            raise ConnectionResetError
        text = message.get("text")
        if text is None:
            raise Invalid("This server takes text only.", code="binary_packet")
        if len(text) > SOCKET_PACKET_BYTES_MAX:  # Our own server refuses it earlier, in bytes.
            raise TooLarge(f"A packet holds at most {SOCKET_PACKET_BYTES_MAX // 1024} KB.")
        return str(text)

    def _must_have_ended(self) -> None:
        """A wait was broken off because this socket ended; for any other reason it goes on breaking."""
        if not self.ended:
            raise asyncio.CancelledError
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()

    # -- what is taken -------------------------------------------------------------------------------------------------

    async def _take_in(self, packet: str) -> None:
        """Take one packet, at a bounded pace: who sends more is simply read more slowly."""
        if seconds := self._pace.take(monotonic()):
            await asyncio.sleep(seconds)
            self._pace.take(monotonic())
        if not self._upgrading:
            # Whoever does not take the answers is not listened to. Only an upgrade waits for what is said before it.
            await self.line.room()
        if self.ended:
            return
        match packet[:1]:
            case "4":
                await self._message(self, packet[1:])
            case "3":
                self._owes_pong = False
            case "1":
                self.end()
            case _:
                raise unreadable()

    # -- the end -------------------------------------------------------------------------------------------------------

    def end(self, code: int = GOING_AWAY, word: str = "") -> None:
        """End in order: what was said still leaves, then it is gone. A second time does nothing."""
        if self.ended:
            return
        self.ended, self._farewell = True, (code, word)
        self.line.end()
        if self._task is None:
            # The next poll takes what waits; who does not come for it in time finds nobody.
            wait_seconds = SOCKET_CLOSE_SECONDS if self.line.waits() and not self._polling else 0
            asyncio.get_running_loop().call_later(wait_seconds, self._go_soon)
        elif self._may_interrupt:
            self._task.cancel()

    def abort(self) -> None:
        """End at once; what waits is dropped."""
        self.line.take()
        self.end()
        if self._carrier is not None:
            self._carrier.abort()
        elif self._task is None:
            self._go_soon()

    async def go(self, reason: str) -> None:
        """It is gone; whoever counted on it hears of it once."""
        if self.closed:
            return
        self.ended = self.closed = True
        self.line.end()
        self.line.lost()
        await self._gone(self, reason)

    def _go_soon(self) -> None:
        if not self.closed and not self._polling:
            self._leaving = asyncio.ensure_future(self.go("server disconnect"))


async def _close(send: Send, code: int, word: str) -> None:
    with suppress(RuntimeError):  # It was closed from the other side meanwhile.
        await send({"type": "websocket.close", "code": code, "reason": word})


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
