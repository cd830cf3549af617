"""The newest frames of an account, encoded once and shared as bytes by everyone who reads them."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

from wasl.domain.events import Cursor, Event
from wasl.limits import RING_BYTES_MAX, RING_FRAMES_MAX


class Frame:
    """An event as it leaves. Its bytes are those of the commonest reader: an SSE block in an HTTP chunk of its own, so
    that several of them joined are still a valid body. Other forms are made when somebody asks for them, once."""

    __slots__ = ("_block_at", "_data_at", "_others", "chunk", "conversation_id", "cursor", "kind")

    def __init__(self, event: Event) -> None:
        # `previous` is the last sequence that a reader may see before it: the log is dense.
        cursor = event.cursor
        head = f"id: {cursor}\nevent: {event.kind.value}\ndata: ".encode()
        start = f'{{"sequence":{event.sequence},"previous":{event.sequence - 1},"tag":"{event.tag:08x}",'.encode()
        size = b"%x\r\n" % (len(head) + len(start) + len(event.payload) + 1)
        self.cursor = cursor
        self.kind = event.kind.value
        self.conversation_id = event.conversation_id
        self.chunk = b"".join((size, head, start, memoryview(event.payload)[1:], b"\n\n\r\n"))
        self._block_at = len(size)
        self._data_at = len(size) + len(head)
        self._others: dict[object, bytes] | None = None

    @property
    def wire(self) -> bytes:
        """The SSE block alone."""
        return self.chunk[self._block_at : -2]

    @property
    def data(self) -> bytes:
        """The JSON object of the event."""
        return self.chunk[self._data_at : -4]

    def kept(self, key: object, make: Callable[["Frame"], bytes]) -> bytes:
        """Another form of it, made by the first who asks."""
        if self._others is None:
            self._others = {}
        found = self._others.get(key)
        if found is None:
            found = self._others[key] = make(self)
        return found


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
        self._bytes += len(frame.chunk)
        self.tail = frame.cursor
        while len(self._frames) > self._frames_max or (self._bytes > self._bytes_max and len(self._frames) > 1):
            oldest = self._frames.popleft()
            self._edge = oldest.cursor
            self._bytes -= len(oldest.chunk)

    def holds(self, cursor: Cursor) -> bool:
        """Whether the ring can vouch for a cursor that somebody brings: its place and its tag."""
        place = cursor.sequence - self._edge.sequence
        if not 0 <= place <= len(self._frames):
            return False
        return cursor == (self._edge if place == 0 else self._frames[place - 1].cursor)

    def contradicts(self, cursor: Cursor) -> bool:
        """Whether the ring reaches over a cursor's place and holds something else there: one of them is of another
        history."""
        return self._edge.sequence <= cursor.sequence <= self.tail.sequence and not self.holds(cursor)

    def begins_behind(self, head: Cursor) -> bool:
        """Whether a log that ends at `head` has nothing of what the ring holds."""
        return head.sequence < self._edge.sequence

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
            total += len(frame.chunk)
            if found and total > bytes_max:
                break
            found.append(frame)
        return found
