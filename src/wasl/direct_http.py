"""uvicorn's HTTP protocol, which lends its transport to an event stream.

An ASGI server copies, frames and awaits each write of each response by itself. For a thousand dashboards that read the
same bytes this is most of the work. So the endpoint starts its response as usual and then takes the connection over;
with any other server it goes on through `send`.
"""

from typing import Any

from wasl.bounded_http import BoundedHttpProtocol
from wasl.live.encoding import CHUNKED_SSE
from wasl.live.line import LENDING, Line, TransportLine


class LendingHttpProtocol(BoundedHttpProtocol):
    """Given to uvicorn by its `http` setting."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._line: Line | None = None

    @property
    def is_unheard(self) -> bool:
        """Whether it was opened and has asked nothing yet."""
        return self._line is None and self.cycle is None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {LENDING: {"lend": self._lend}}

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.cycle is not None and self._state.leaving:
            self.cycle.keep_alive = False  # The answer, which has not begun, says `Connection: close`.

    def _lend(self) -> Line | None:
        """Give the connection away, in the middle of a chunked response; None when that cannot be done."""
        cycle = self.cycle
        is_free = not (self.pipeline or self._is_begun or self.transport.is_closing())
        if not is_free or not cycle.chunked_encoding or cycle.disconnected:
            return None
        # For uvicorn the response is over: it neither waits for the endpoint nor reads another request.
        cycle.response_complete = True
        self._unset_keepalive_if_required()
        self._state.unread.remove(self)  # The feed has a patience of its own.
        self._line = TransportLine(CHUNKED_SSE, self.transport)
        # Ten thousand quiet streams should not keep ten thousand requests.
        self.cycle = self.scope = self.headers = self.parser = None  # type: ignore[assignment]
        self._answering = None
        self.url = b""
        return self._line

    def data_received(self, data: bytes) -> None:
        if self._line is None:
            super().data_received(data)

    def pause_writing(self) -> None:
        if self._line is None:
            super().pause_writing()
        else:
            self._line.full = True

    def resume_writing(self) -> None:
        if self._line is None:
            super().resume_writing()
        else:
            self._line.has_room()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        line, self._line = self._line, None
        if line is not None:
            line.lost()
