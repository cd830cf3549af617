"""Watching by Socket.IO, spoken by hand: over a WebSocket, and over its own long-poll."""

import asyncio
import base64
from collections.abc import Iterator
from typing import cast

import orjson

from wasl.torture.asking import Callers, Lost, reset
from wasl.torture.history import now
from wasl.torture.http import request_of
from wasl.torture.reading import Refused, frame_of_packet
from wasl.torture.screen import Screen
from wasl.torture.stream import Held, Trickle, connect

PATH = "/socket.io/?EIO=4&transport="
POLL_SECONDS_MAX = 60.0
"""A poll is answered when there is something, at the latest with Engine.IO's ping."""
CONNECT_SECONDS_MAX = 10.0
_SEPARATOR = b"\x1e"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


async def open_socket(screen: Screen) -> Held:
    """A WebSocket at the screen's door."""
    packets = await _packets(screen)
    held = Socket(screen, packets)
    await connect(screen, held)
    return held


async def open_polled_socket(screen: Screen) -> Held:
    """A socket that is polled."""
    return PolledSocket(screen, await _packets(screen))


async def _packets(screen: Screen) -> "Packets":
    packets = Packets(screen, await screen.token(), screen.view.cursor)
    screen.opening("auth", packets.cursor)
    return packets


class Packets:
    """What Engine.IO's packets mean, whatever brings them."""

    def __init__(self, screen: Screen, token: str, cursor: str | None) -> None:
        self.cursor = cursor
        self._screen = screen
        self._token = token

    def greeting(self) -> bytes:
        """Who one is, and where to go on."""
        return b"40" + orjson.dumps({"token": self._token, **({"cursor": self.cursor} if self.cursor else {})})

    def take(self, packet: bytes) -> tuple[bytes | None, str | None]:
        """Take a packet: what to answer, and why it is the end."""
        screen = self._screen
        screen.heard_at = now()
        if packet.startswith(b'42["'):
            try:
                screen.hear(frame_of_packet(packet))
            except (ValueError, KeyError) as error:
                screen.tell("strange", None, f"{error!r} {packet[:100]!r}")
            return None, None
        if packet == b"2":
            return b"3", None
        if packet.startswith(b"44"):
            code = orjson.loads(packet[2:]).get("data", {}).get("code", "")
            status = 401 if code in ("not_signed_in", "session_expired") else 503
            screen.refused(status, self._token, code)
            if status != 401:
                screen.catch_up()
            return None, f"refused: {code}"
        if packet in (b"1", b"41"):
            return None, "ended by the server"
        return None, None


class Socket(asyncio.Protocol):
    """One WebSocket. What it says it does not mask: a mask of zeros leaves bytes as they are."""

    def __init__(self, screen: Screen, packets: Packets) -> None:
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._screen = screen
        self._packets = packets
        self._bytes = bytearray()
        self._upgraded = False
        self._transport: asyncio.Transport | None = None
        self._trickle: Trickle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._trickle = Trickle(self._screen, self._transport)
        key = base64.b64encode(self._screen.chance.randbytes(16)).decode()
        headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        self._transport.write(request_of("GET", PATH + "websocket", b"", **headers, **{"Sec-WebSocket-Key": key}))

    def data_received(self, data: bytes) -> None:
        if self.ended.done():
            return
        self._screen.heard_at = now()
        self._bytes += data
        if not self._upgraded and not self._upgrade():
            return
        for kind, content in self._frames():
            if kind == _TEXT:
                self._take(content)
            elif kind == _PING:
                self._say(_PONG, content)
            elif kind == _CLOSE:
                self._end("closed by the server")
        if self._trickle is not None:
            self._trickle.rest()

    def connection_lost(self, error: Exception | None) -> None:
        if self._trickle is not None:
            self._trickle.end()
        self._end(f"lost: {type(error).__name__}")

    def cut(self) -> None:
        self._end("cut")

    def _upgrade(self) -> bool:
        end = self._bytes.find(b"\r\n\r\n")
        if end < 0:
            return False
        status = int(self._bytes[9:12])
        if status != 101:
            self._screen.refused(status, None)
            self._end(f"refused: {status}")
            return False
        self._upgraded = True
        del self._bytes[: end + 4]
        return True

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        at, held = 0, self._bytes
        while len(held) >= at + 2:
            size, start = held[at + 1], at + 2
            if size >= 126:
                start += 2 if size == 126 else 8
                size = int.from_bytes(held[at + 2 : start], "big")
            if len(held) < start + size:
                break
            yield held[at] & 15, bytes(held[start : start + size])
            at = start + size
        del held[:at]

    def _take(self, packet: bytes) -> None:
        if packet.startswith(b"0"):
            self._say(_TEXT, self._packets.greeting())
            return
        answer, end = self._packets.take(packet)
        if answer is not None:
            self._say(_TEXT, answer)
        if end is not None:
            self._end(end)

    def _say(self, kind: int, content: bytes) -> None:
        assert self._transport is not None
        size = len(content)
        length = b"%c" % (128 | size) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self._transport.write(b"%c%b%b%b" % (128 | kind, length, bytes(4), content))

    def _end(self, why: str) -> None:
        if not self.ended.done():
            self.ended.set_result(why)
        if self._transport is not None and not self._transport.is_closing():
            reset(self._transport)


class PolledSocket:
    """One socket that asks for its packets again and again, always at the door where it was let in."""

    def __init__(self, screen: Screen, packets: Packets) -> None:
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._screen = screen
        self._door = screen.door
        self._packets = packets
        self._callers = Callers()
        self._task = screen.crowd.begin(self._poll())

    def cut(self) -> None:
        self._task.cancel()
        self._callers.cut()
        if not self.ended.done():
            self.ended.set_result("cut")

    async def _poll(self) -> None:
        why = "ended"
        try:
            why = await self._until_ended()
        except Lost as lost:
            why = f"lost: {lost}"
        except Refused as refused:
            why = f"refused: {refused.status}"
            self._screen.refused(refused.status, None)
        finally:
            if not self.ended.done():
                self.ended.set_result(why)

    async def _until_ended(self) -> str:
        begun = await self._ask(request_of("GET", PATH + "polling"), CONNECT_SECONDS_MAX)
        path = f"{PATH}polling&sid={orjson.loads(begun[1:])['sid']}"
        await self._ask(request_of("POST", path, self._packets.greeting()), CONNECT_SECONDS_MAX)
        while True:
            body = await self._ask(request_of("GET", path), POLL_SECONDS_MAX)
            for packet in body.split(_SEPARATOR):
                answer, end = self._packets.take(packet)
                if answer is not None:
                    await self._ask(request_of("POST", path, answer), CONNECT_SECONDS_MAX)
                if end is not None:
                    return end

    async def _ask(self, asked: bytes, within_seconds: float) -> bytes:
        status, body = await self._callers.ask(self._door, asked, within_seconds)
        if status != 200:
            raise Refused(status, body)
        return body
