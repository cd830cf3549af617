"""One reader of an account's events: a cursor, not a queue.

A slow reader is only a smaller number: it reads on from the ring, behind the ring from the log, and when continuity
cannot be proven it is told to fetch again. What waits for it in memory is at most one chunk.
"""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import orjson

from wasl.domain.events import Cursor, ResyncReason
from wasl.errors import Unavailable
from wasl.limits import DRAIN_SECONDS, STREAM_REPLAY_EVENTS, STREAM_WRITE_BYTES
from wasl.live.hub import Feed, Hub, Watcher
from wasl.live.ring import Frame
from wasl.store.event_log import Resumption

RETRY_MILLISECONDS = 1_000


def block(event: str, data: dict[str, Any], cursor: Cursor | None = None, retry_ms: int | None = None) -> bytes:
    """Encode one SSE block (WHATWG HTML, "Server-sent events")."""
    lines = [f"retry: {retry_ms}\n".encode()] if retry_ms is not None else []
    if cursor is not None:
        lines.append(f"id: {cursor}\n".encode())
    return b"".join((*lines, b"event: ", event.encode(), b"\ndata: ", orjson.dumps(data), b"\n\n"))


def resync_data(reason: ResyncReason, head: Cursor) -> dict[str, Any]:
    """What a `resync` says: why, and from where the stream goes on."""
    return {"reason": reason.value, "sequence": head.sequence, "tag": f"{head.tag:08x}"}


class Stream:
    """Yields chunks of bytes for one reader. `allowed` is asked at each heartbeat whether the session still holds."""

    def __init__(self, hub: Hub, feed: Feed, watcher: Watcher, allowed: Callable[[], bool]) -> None:
        self._hub = hub
        self._feed = feed
        self._watcher = watcher
        self._allowed = allowed

    async def chunks(self, cursor: Cursor, *, proven: bool, first: bytes = b"") -> AsyncIterator[bytes]:
        """Everything after `cursor`, until the reader leaves, the session ends or the node stops.

        `proven` says that the cursor was just read from the log; one that a client brings must prove itself. `first`
        is a block that goes out right behind `connected`.
        """
        yield self._connected(cursor) + first
        generation = self._feed.generation if proven or self._feed.ring.holds(cursor) else -1
        while True:
            if self._watcher.ended:
                return
            if self._hub.closing:
                yield self._good_bye()
                return
            if generation != self._feed.generation:
                frames, generation = None, self._feed.generation
            else:
                frames = self._feed.ring.after(cursor, STREAM_WRITE_BYTES)
            if frames is None:
                try:
                    found = await self._hub.resume(self._feed.account_id, cursor, STREAM_REPLAY_EVENTS)
                except Unavailable:
                    yield self._good_bye()  # The client returns, with its cursor, when the database may be back.
                    return
                if found.resync is not None:
                    cursor = found.head
                    yield block("resync", resync_data(found.resync, cursor), cursor)
                    continue
                frames = frames_of(found)
            if frames:
                for chunk, last in chunked(frames):
                    cursor = last
                    yield chunk
                self._hub.metrics.deliveries.inc(len(frames))
                continue
            if self._watcher.beat:
                self._watcher.beat = False
                if not self._allowed():
                    return
                yield self._heartbeat(cursor)
                continue
            await self._watcher.wait()

    def _connected(self, cursor: Cursor) -> bytes:
        data = {
            "cursor": str(cursor),
            "heartbeat_seconds": self._hub.heartbeat_seconds,
            "node": self._hub.node,
        }
        return block("connected", data, cursor, retry_ms=RETRY_MILLISECONDS)

    @staticmethod
    def _heartbeat(cursor: Cursor) -> bytes:
        # It never names a sequence that this stream has not covered.
        data = {"sequence": cursor.sequence, "previous": cursor.sequence, "tag": f"{cursor.tag:08x}"}
        return block("heartbeat", data, cursor)

    @staticmethod
    def _good_bye() -> bytes:
        # Everyone who must come back does so at another moment.
        retry_ms = RETRY_MILLISECONDS + int(random.random() * DRAIN_SECONDS * 1000)  # noqa: S311
        return block("bye", {}, retry_ms=retry_ms)


def frames_of(found: Resumption) -> Sequence[Frame]:
    """Encode what was read behind the ring."""
    return [Frame.of_event(event) for event in found.events]


def chunked(frames: Sequence[Frame]) -> list[tuple[bytes, Cursor]]:
    """Join frames into writes of a bounded size, each with the cursor that it reaches."""
    if len(frames) == 1:
        return [(frames[0].wire, frames[0].cursor)]
    chunks: list[tuple[bytes, Cursor]] = []
    pending: list[bytes] = []
    size = 0
    last = frames[0].cursor
    for frame in frames:
        if pending and size + len(frame.wire) > STREAM_WRITE_BYTES:
            chunks.append((b"".join(pending), last))
            pending, size = [], 0
        pending.append(frame.wire)
        size += len(frame.wire)
        last = frame.cursor
    chunks.append((b"".join(pending), last))
    return chunks
