"""uvicorn's WebSocket protocol, which lets Socket.IO write its frames straight to the transport.

Through ASGI each frame would be awaited, encoded and framed once more for every client. A server's frames are not
masked, so what was framed once can go to everybody. With any other server the same frames go through `send`.
"""

from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from wasl.limits import STREAM_BUFFER_BYTES
from wasl.live.line import Line, bound_kernel_buffer
from wasl.live.socketio import CARRIER


class DirectWebSocketProtocol(WebSocketsSansIOProtocol):
    """Given to uvicorn by its `ws` setting. It is the `Carrier` of its own websocket."""

    _line: Line | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:  # Else the handshake was refused, and there is no scope.
            extensions = cast("dict[str, Any]", self.scope["extensions"])
            extensions[CARRIER] = {"carrier": self}

    # -- for whoever writes --------------------------------------------------------------------------------------------

    def carry(self, line: Line) -> None:
        """Tell a line when it is full, and when it has room."""
        if self.transport.is_closing():
            return
        self._line = line
        self.transport.set_write_buffer_limits(high=STREAM_BUFFER_BYTES)
        bound_kernel_buffer(self.transport)

    def write(self, frames: bytes) -> None:
        """Send frames as they are."""
        if not (self.close_sent or self.transport.is_closing()):
            self.transport.write(frames)

    def waiting_bytes(self) -> int:
        """What was written and not taken."""
        return 0 if self.transport.is_closing() else self.transport.get_write_buffer_size()

    def abort(self) -> None:
        """Break the connection off."""
        self.transport.abort()

    # -- the transport's bound -----------------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        super().pause_writing()
        # Whoever does not read is not listened to either: every ping of theirs would have to be answered.
        if not self.transport.is_closing():
            self.transport.pause_reading()
        if self._line is not None:
            self._line.full = True

    def resume_writing(self) -> None:
        super().resume_writing()
        if not (self.read_paused or self.transport.is_closing()):
            self.transport.resume_reading()
        if self._line is not None:
            self._line.has_room()

    async def receive(self) -> Any:
        message = await super().receive()
        if not self.writable.is_set() and not self.transport.is_closing():
            self.transport.pause_reading()
        return message

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._line = None
