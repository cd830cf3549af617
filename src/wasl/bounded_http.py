"""uvicorn's HTTP protocol with bounds on what a client may keep us waiting for, and on how much it may say meanwhile.

uvicorn waits for ever for a request that was begun, takes headers without end, and holds an answer that nobody reads. A
request under way costs the hot path two entries of a dict; once a second whoever is late is told so and cut.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from wasl.limits import (
    REQUEST_BYTES_PER_SECOND_MIN,
    REQUEST_HEAD_BYTES_MAX,
    REQUEST_HEAD_SECONDS_MAX,
    REQUEST_LINGER_SECONDS,
    REQUEST_SECONDS_MAX,
    REQUESTS_BEGUN_MAX,
    STREAM_STALL_SECONDS,
    UNREAD_ANSWERS_MAX,
)

_OVERHEAD_PER_BYTE = 8
"""A byte of a body may come as a chunk of its own, with six bytes around it."""


class _Cut(Protocol):
    def cut(self) -> None: ...


class Waiting:
    """Connections that keep us waiting, each with the moment from which it is too long. Beyond `most` the one that has
    been waited for longest goes: an honest one needs milliseconds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._until: dict[_Cut, Callable[[], float]] = {}

    def __len__(self) -> int:
        return len(self._until)

    def add(self, connection: _Cut, until: Callable[[], float]) -> None:
        """Wait for a connection; for one that is waited for already only the moment changes."""
        self._until[connection] = until
        if len(self._until) > self._most:
            next(iter(self._until)).cut()

    def remove(self, connection: _Cut) -> None:
        """It is not waited for any more."""
        self._until.pop(connection, None)

    def look(self, now: float) -> None:
        """Cut whoever is late."""
        for connection in [each for each, until in self._until.items() if now > until()]:
            connection.cut()


class State(ServerState):
    """What the connections of a server share."""

    def __init__(self) -> None:
        super().__init__()
        self.leaving = False
        """No connection is kept for another request: whoever asks again does so somewhere else."""
        self.begun = Waiting(REQUESTS_BEGUN_MAX)
        """Connections that have not asked to the end."""
        self.unread = Waiting(UNREAD_ANSWERS_MAX)
        """Connections that do not read their answer."""

    def look(self, now: float) -> None:
        """Cut whoever is late, by the clock of the event loop."""
        self.begun.look(now)
        self.unread.look(now)


class BoundedHttpProtocol(HttpToolsProtocol):
    """A connection that is waited for as long as is reasonable."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        assert isinstance(self.server_state, State)
        self._state = self.server_state
        self._is_begun = False
        self._in_head = True
        self._since = 0.0
        self._body_bytes = 0
        self._bytes_left = REQUEST_HEAD_BYTES_MAX
        self._answering: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._state.begun.remove(self)
        self._state.unread.remove(self)
        # uvicorn tells only the last of several requests in a row that nobody is there any more.
        self.pipeline.clear()
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def data_received(self, data: bytes) -> None:
        if not self._is_begun:
            self._begin()
        self._bytes_left -= len(data)
        super().data_received(data)
        if self._bytes_left < 0 and not self.transport.is_closing():
            self._refuse(b"431 Request Header Fields Too Large")

    def handle_websocket_upgrade(self) -> None:
        self._state.begun.remove(self)
        super().handle_websocket_upgrade()

    # -- the parser tells ----------------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # Else it is a trailer, which nobody asks for.
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        self._bytes_left += _OVERHEAD_PER_BYTE * len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_begun = False
        self._state.begun.remove(self)
        super().on_message_complete()
        if self.cycle is not None and self.cycle.response_complete:
            self._begin()  # It was answered long ago, and uvicorn would wait for its next request for ever.

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_begun and not self._in_head:
            # It was answered before it had said everything. What it goes on to say is thrown away, for a while.
            self._unset_keepalive_if_required()
            ends = self.loop.time() + REQUEST_LINGER_SECONDS
            self._state.begun.add(self, lambda: ends)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    # -- the transport tells -------------------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        super().pause_writing()
        ends = self.loop.time() + STREAM_STALL_SECONDS
        self._state.unread.add(self, lambda: ends)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._state.unread.remove(self)

    # -- the end of patience -------------------------------------------------------------------------------------------

    def cut(self) -> None:
        """End it: with a word while it may still read one, at once otherwise."""
        self._state.begun.remove(self)
        self._state.unread.remove(self)
        if self._is_begun and (self._in_head or not self.cycle.response_started):
            self._refuse(b"408 Request Timeout")
        else:
            self.transport.abort()

    def _begin(self) -> None:
        self._is_begun = self._in_head = True
        self._since = self.loop.time()
        self._body_bytes = 0
        self._bytes_left = REQUEST_HEAD_BYTES_MAX
        self._state.begun.add(self, self._until)

    def _until(self) -> float:
        if self._in_head:
            return self._since + REQUEST_HEAD_SECONDS_MAX
        return self._since + REQUEST_SECONDS_MAX + self._body_bytes / REQUEST_BYTES_PER_SECOND_MIN

    def _refuse(self, status: bytes) -> None:
        is_answering = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        if not (is_answering or self.transport.is_closing()):
            self.transport.write(b"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
        self.transport.close()
