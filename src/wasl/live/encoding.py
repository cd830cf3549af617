"""How what a reader is told becomes bytes: frames of the log, and the notes beside them."""

import random
from collections.abc import Iterable
from typing import Any, ClassVar

import orjson

from wasl.domain.events import Cursor, ResyncReason
from wasl.limits import DRAIN_SECONDS
from wasl.live.ring import Frame

RETRY_MILLISECONDS = 1_000
"""What a stream tells its reader to wait before it opens the next one."""

Data = dict[str, Any]


class Encoding:
    """A form in which frames and notes leave. Stateless: what it makes of a frame is shared by all readers."""

    last: ClassVar[bytes] = b""
    """What ends a stream in order."""

    def frame(self, frame: Frame) -> bytes:
        """One event of the log."""
        raise NotImplementedError

    def note(self, kind: str, data: Data, cursor: Cursor | None = None, retry_ms: int | None = None) -> bytes:
        """What is no event of the log: `connected`, `conversations`, `heartbeat`, `resync`, `bye`, `typing` …

        With a cursor the reader stands there afterwards.
        """
        raise NotImplementedError

    def frames(self, frames: Iterable[Frame]) -> bytes:
        """Several events, as one write."""
        return b"".join(map(self.frame, frames))


class SseEncoding(Encoding):
    """Server-sent events (WHATWG HTML, "Server-sent events")."""

    def frame(self, frame: Frame) -> bytes:
        return frame.wire

    def note(self, kind: str, data: Data, cursor: Cursor | None = None, retry_ms: int | None = None) -> bytes:
        lines = [f"retry: {retry_ms}\n".encode()] if retry_ms is not None else []
        if cursor is not None:
            lines.append(f"id: {cursor}\n".encode())
        return b"".join((*lines, b"event: ", kind.encode(), b"\ndata: ", orjson.dumps(data), b"\n\n"))


class ChunkedSseEncoding(SseEncoding):
    """The same in HTTP/1.1's chunked coding (RFC 9112, section 7.1), for writing past the HTTP server."""

    last = b"0\r\n\r\n"

    def frame(self, frame: Frame) -> bytes:
        return frame.chunk

    def note(self, kind: str, data: Data, cursor: Cursor | None = None, retry_ms: int | None = None) -> bytes:
        block = super().note(kind, data, cursor, retry_ms)
        return b"%x\r\n%b\r\n" % (len(block), block)


class ItemEncoding(Encoding):
    """Items of a JSON list, each followed by a comma: what the long-poll answers. It has no notes."""

    def frame(self, frame: Frame) -> bytes:
        return b'{"id":"%b","event":"%b","data":%b},' % (str(frame.cursor).encode(), frame.kind.encode(), frame.data)

    def note(self, kind: str, data: Data, cursor: Cursor | None = None, retry_ms: int | None = None) -> bytes:
        return b""


SSE = SseEncoding()
CHUNKED_SSE = ChunkedSseEncoding()
ITEMS = ItemEncoding()


def resync_data(reason: ResyncReason, head: Cursor) -> Data:
    """What a `resync` says: why, and from where the stream goes on."""
    return {"reason": reason.value, "sequence": head.sequence, "tag": f"{head.tag:08x}"}


def heartbeat_data(cursor: Cursor) -> Data:
    """A heartbeat names the sequence that its reader has, never one beyond it."""
    return {"sequence": cursor.sequence, "previous": cursor.sequence, "tag": f"{cursor.tag:08x}"}


def retry_milliseconds(spread_seconds: float = DRAIN_SECONDS) -> int:
    """When to come back: everyone at another moment."""
    return RETRY_MILLISECONDS + int(random.random() * spread_seconds * 1000)  # noqa: S311
