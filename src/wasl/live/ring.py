"""The newest frames of an account, encoded once and shared as bytes by everyone who reads them."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from wasl.domain.events import Cursor, Event
from wasl.limits import RING_BYTES_MAX, RING_FRAMES_MAX


@dataclass(frozen=True, slots=True)
class Frame:
    """An event as it leaves: `wire` is a whole SSE block, and its JSON data begins at `data_at`."""

    cursor: Cursor
    kind: str
    conversation_id: str
    wire: bytes
    data_at: int

    @property
    def data(self) -> bytes:
        """The JSON object of the event."""
        return self.wire[self.data_at : -2]

    @classmethod
    def of_event(cls, event: Event) -> "Frame":
        """Encode an event. `previous` is the last sequence that a reader may see before it: the log is dense."""
        cursor = event.cursor
        head = f"id: {cursor}\nevent: {event.kind.value}\ndata: ".encode()
        start = f'{{"sequence":{event.sequence},"previous":{event.sequence - 1},"tag":"{event.tag:08x}",'.encode()
        wire = b"".join((head, start, memoryview(event.payload)[1:], b"\n\n"))
        return cls(cursor, event.kind.value, event.conversation_id, wire, len(head))


class Ring:
    """A bounded stretch of the log up to its tail, without holes."""

    def __init__(self, tail: Cursor, frames_max: int = RING_FRAMES_MAX, bytes_max: int = RING_BYTES_MAX) -> None:
        self._frames_max = frames_max
        self._bytes_max = bytes_max
        self.restart(tail)

    def restart(self, tail: Cursor) -> None:
        """Forget everything and stand at `tail`."""
        self.tail = tail
        self._edge = tail
        """The cursor right before the oldest frame."""
        self._frames: deque[Frame] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    def append(self, frame: Frame) -> None:
        """Add the frame that follows the tail; the oldest ones make room."""
        assert frame.cursor.sequence == self.tail.sequence + 1, "a ring has no holes"
        self._frames.append(frame)
        self._bytes += len(frame.wire)
        self.tail = frame.cursor
        while len(self._frames) > self._frames_max or (self._bytes > self._bytes_max and len(self._frames) > 1):
            oldest = self._frames.popleft()
            self._edge = oldest.cursor
            self._bytes -= len(oldest.wire)

    def holds(self, cursor: Cursor) -> bool:
        """Whether the ring can vouch for a cursor that somebody brings: its place and its tag."""
        place = cursor.sequence - self._edge.sequence
        if not 0 <= place <= len(self._frames):
            return False
        return cursor == (self._edge if place == 0 else self._frames[place - 1].cursor)

    def after(self, cursor: Cursor, bytes_max: int) -> Sequence[Frame] | None:
        """The frames that follow a cursor, at least one and up to about `bytes_max`; empty at the tail or beyond it.

        None when the ring no longer reaches back so far. The cursor must be one that the log vouched for.
        """
        missing = self.tail.sequence - cursor.sequence
        if missing <= 0:
            return ()
        if missing > len(self._frames):
            return None
        if missing == 1:
            return (self._frames[-1],)
        found: list[Frame] = []
        total = 0
        for frame in islice(self._frames, len(self._frames) - missing, None):
            total += len(frame.wire)
            if found and total > bytes_max:
                break
            found.append(frame)
        return found
