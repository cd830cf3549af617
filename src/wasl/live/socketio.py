"""Socket.IO's way out: an event as one WebSocket frame, made once for everyone, and the line that takes it."""

import asyncio
from typing import Any, Protocol

import orjson

from wasl.domain.events import Cursor
from wasl.limits import STREAM_BUFFER_BYTES
from wasl.live.encoding import Encoding
from wasl.live.line import Line
from wasl.live.ring import Frame

_TAG_BYTES = len('"tag":"01234567",')


def framed(text: bytes) -> bytes:
    """A text frame as a server sends it (RFC 6455, section 5.2): not masked, so it is the same for every client."""
    length = len(text)
    if length < 126:
        return b"\x81%c%b" % (length, text)
    if length < 65_536:
        return b"\x81\x7e%b%b" % (length.to_bytes(2, "big"), text)
    return b"\x81\x7f%b%b" % (length.to_bytes(8, "big"), text)


def texts_of(frames: bytes) -> list[str]:
    """The texts of such frames, for whoever is not reached by a WebSocket that is ours."""
    texts, at = [], 0
    while at < len(frames):
        length, start = frames[at + 1], at + 2
        if length >= 126:
            start += 2 if length == 126 else 8
            length = int.from_bytes(frames[at + 2 : start], "big")
        at = start + length
        texts.append(frames[start:at].decode())
    return texts


class SocketIoEncoding(Encoding):
    """Socket.IO events in Engine.IO messages in WebSocket text frames: `42["new_message",{…}]`.

    The data are those of the event stream, byte for byte, with `conversationId` beside `conversation_id`.
    """

    def frame(self, frame: Frame) -> bytes:
        return frame.kept(self, _event_of)

    def note(self, kind: str, data: dict[str, Any], cursor: Cursor | None = None, retry_ms: int | None = None) -> bytes:
        said = {}
        for name, value in data.items():
            said[name] = value
            if name == "conversation_id":
                said["conversationId"] = value
        # An event has no place beside its data, as the stream's `retry:` has.
        if kind == "bye" and retry_ms is not None:
            said["retry_ms"] = retry_ms
        return framed(b'42["%b",%b]' % (kind.encode(), orjson.dumps(said)))


def _event_of(frame: Frame) -> bytes:
    data = frame.data
    place = data.index(b'"tag":"') + _TAG_BYTES  # Behind what every event begins with; `conversation_id` follows.
    parts = (frame.kind.encode(), data[:place], orjson.dumps(frame.conversation_id), data[place:])
    return framed(b'42["%b",%b"conversationId":%b,%b]' % parts)


SOCKET_IO = SocketIoEncoding()


class Carrier(Protocol):
    """A WebSocket whose server lets us write to it: frames as they are, at once, within the bound of its transport."""

    def carry(self, line: Line) -> None:
        """Tell a line from now on when it is full, and when it has room."""

    def write(self, frames: bytes) -> None:
        """Send frames; after the closing one nothing."""

    def waiting_bytes(self) -> int:
        """What was written and not taken."""

    def abort(self) -> None:
        """Break the connection off."""


CARRIER = "wasl.websocket"
"""The key in an ASGI scope's `extensions` of what carries a websocket: `{"carrier": Carrier}`."""


class Owner(Protocol):
    """The socket that a line belongs to."""

    def end(self) -> None:
        """End in order, behind what was written."""

    def abort(self) -> None:
        """End at once."""


class SocketLine(Line):
    """All that one socket is sent. Frames go straight to its WebSocket where there is one that takes them; else they
    wait for the next poll, or for the task that sends them, within the same bound."""

    __slots__ = ("_carrier", "_ended", "_news", "_owner", "_room", "_waiting", "_waiting_bytes")

    def __init__(self, owner: Owner) -> None:
        super().__init__(SOCKET_IO)
        self._owner = owner
        self._carrier: Carrier | None = None
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._news = asyncio.Event()
        self._room: asyncio.Event | None = None
        """Set when there is room, while somebody waits for it."""
        self._ended = False

    def write(self, data: bytes) -> None:
        if self._ended:
            return
        if self._carrier is not None:
            self._carrier.write(data)
            return
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        self.full = self._waiting_bytes >= STREAM_BUFFER_BYTES
        self._news.set()

    def waiting_bytes(self) -> int:
        return self._carrier.waiting_bytes() if self._carrier is not None else self._waiting_bytes

    def finish(self, last: bytes = b"") -> None:
        if last:
            self.write(last)
        self._owner.end()

    def cut(self) -> None:
        self._owner.abort()

    def end(self) -> None:
        """Take nothing more."""
        self._ended = True
        self._news.set()
        self.release()

    def has_room(self) -> None:
        super().has_room()
        if not self.full:
            self.release()

    async def room(self) -> None:
        """Wait until there is room, or nothing more is taken anyway."""
        if self.full and not self._ended:
            self._room = self._room or asyncio.Event()
            await self._room.wait()

    def release(self) -> None:
        """Let those go on who wait for room."""
        room, self._room = self._room, None
        if room is not None:
            room.set()

    def waits(self) -> bool:
        """Whether something waits to be taken."""
        return bool(self._waiting)

    async def news(self) -> None:
        """Return when something waits, when nothing more will come, or when nudged."""
        await self._news.wait()
        if not self._ended:
            self._news.clear()

    def nudge(self) -> None:
        """Let whoever waits for news look around."""
        self._news.set()

    def take(self, most: int | None = None) -> list[str]:
        """What waits, as texts, the oldest first. Whoever took it calls `was_taken` when there is room for more."""
        texts = texts_of(b"".join(self._waiting))
        self._waiting = [framed(text.encode()) for text in texts[most:]] if most is not None else []
        self._waiting_bytes = sum(map(len, self._waiting))
        if not (self._waiting or self._ended):
            self._news.clear()
        return texts[:most]

    def was_taken(self) -> None:
        """What was taken is on its way."""
        if self.full and self._waiting_bytes < STREAM_BUFFER_BYTES:
            self.has_room()

    def go_straight(self, carrier: Carrier) -> None:
        """Write to a WebSocket from now on, first what waits."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        was_full, self.full = self.full, False
        self._carrier = carrier
        carrier.carry(self)
        if waiting:
            carrier.write(b"".join(waiting))
        if was_full and not self.full:
            self.has_room()
