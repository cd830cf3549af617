"""An account's events on this node: its ring, everyone who reads them, and how what is new reaches them all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from wasl.clock import monotonic
from wasl.domain.events import Cursor, Event
from wasl.errors import Unavailable
from wasl.limits import FAN_OUT_REST_SECONDS_MAX, LOG_READ_EVENTS, SHARED_WRITES_MAX, STREAM_WRITE_BYTES
from wasl.live.encoding import Encoding, heartbeat_data, resync_data, retry_milliseconds
from wasl.live.line import Line
from wasl.live.reader import Reader
from wasl.live.ring import Frame, Ring
from wasl.observe import Metrics, log
from wasl.store.event_log import Resumption

ReadLog = Callable[[int, Cursor, int], Awaitable[Resumption]]
"""Reads an account's log on from a cursor, at most so many events."""

Whole = Callable[[], dict[str, Any] | None]
"""Who of the account is there, for a screen that has to be told everything; None when all are told soon."""

_UNPROVEN = -1


class Feed:
    """A reader stands in one of four places: with the `current` ones, who all have what was flushed last; `ahead`, with
    a snapshot that is newer than what was flushed; `behind`, waiting for the log; or nowhere, while its line is full.
    """

    def __init__(
        self, account_id: int, ring: Ring, read_log: ReadLog, metrics: Metrics, whole: Whole = lambda: None
    ) -> None:
        self.account_id = account_id
        self.ring = ring
        self.readers: set[Reader] = set()
        self.generation = 0
        """Rises when the log turns out to have another history; every reader must then prove its cursor again."""
        self.log_turn = asyncio.Lock()
        """Held while this account's log is read: by one at a time, however many wait for it."""
        self.used_at = self.read_at = monotonic()
        """When somebody was here last, and when the log was last read for somebody behind the ring."""
        self._flushed = ring.tail
        self._current: dict[Encoding, set[Reader]] = {}
        self._ahead: set[Reader] = set()
        self._behind: set[Reader] = set()
        self._unaware: set[Reader] = set()
        """Who must be told who is there, as soon as there is room."""
        self._whole = whole
        self._whole_said: dict[Encoding, bytes] = {}
        self._stretch: Ring | None = None
        """What was read from the log for the readers behind the ring, shared by them all."""
        self._writes: dict[tuple[Encoding, Cursor, int], tuple[bytes, Cursor]] = {}
        self._rests_until = 0.0
        self._flush_timer: asyncio.TimerHandle | None = None
        self._reading: asyncio.Task[None] | None = None
        self._read_log = read_log
        self._metrics = metrics

    # -- readers come and go ------------------------------------------------------------------------------------------

    def join(
        self,
        line: Line,
        cursor: Cursor,
        *,
        proven: bool,
        allowed: Callable[[], bool],
        left: Callable[[], None],
        leaves_at: float = float("inf"),
    ) -> Reader:
        """Let somebody read on from a cursor. `proven` says that it was just read from the log; one that a client
        brings must prove itself. What is there already is written before this returns, as far as the line takes it."""
        generation = self.generation if proven or self.ring.holds(cursor) else _UNPROVEN
        reader = Reader(self, line, cursor, generation, allowed, left, leaves_at)
        self.readers.add(reader)
        if generation != _UNPROVEN and not proven:
            self._metrics.replays.labels("ring").inc()
        self._serve(reader)
        self._make_aware(reader)
        return reader

    def leave(self, reader: Reader) -> None:
        """Forget a reader who is gone; a second time does nothing."""
        if reader not in self.readers:
            return
        self.readers.discard(reader)
        self._forget_place(reader)
        self._unaware.discard(reader)
        self.used_at = monotonic()
        reader.left()

    def go_on(self, reader: Reader) -> None:
        """A reader's line has room again."""
        if reader not in self.readers:
            return
        if reader not in self._current.get(reader.line.encoding, ()):
            self._ahead.discard(reader)
            if reader not in self._behind:
                self._serve(reader)
        if reader in self._unaware:
            self._make_aware(reader)

    def _forget_place(self, reader: Reader) -> None:
        self._current.get(reader.line.encoding, set()).discard(reader)
        self._ahead.discard(reader)
        self._behind.discard(reader)

    # -- what is new --------------------------------------------------------------------------------------------------

    def extend(self, events: Iterable[Event]) -> bool:
        """Append what follows the tail; False when something is missing in between, or belongs to another history."""
        for event in events:
            tail = self.ring.tail
            if event.sequence > tail.sequence:
                if event.before != tail:
                    return False
                self.ring.append(Frame(event))
            elif event.sequence == tail.sequence and event.tag != tail.tag:
                return False
        return True

    def flush_soon(self) -> None:
        """Write what is new: at once, unless writing it to so many has just taken a while. Then what comes meanwhile
        leaves with it, in one write for each reader."""
        if self._flush_timer is not None:
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= self._rests_until:
            self.flush()
        else:
            self._flush_timer = loop.call_at(self._rests_until, self.flush)

    def flush(self) -> None:
        """Write everything new to everyone who has all that is old."""
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        loop = asyncio.get_running_loop()
        started = loop.time()
        while frames := self.ring.after(self._flushed, STREAM_WRITE_BYTES):
            end = frames[-1].cursor
            for encoding, readers in self._current.items():
                self._write_to_all(readers, encoding.frames(frames), end)
                self._metrics.deliveries.inc(len(frames) * len(readers))
            self._flushed = end
        if self._flushed != self.ring.tail:  # More came at once than the ring holds: everyone reads it from the log.
            self._flushed = self.ring.tail
            self._serve_again(reader for readers in self._current.values() for reader in readers)
        if self._ahead:
            self._serve_again(self._ahead)
        ended = loop.time()
        self._rests_until = ended + min(ended - started, FAN_OUT_REST_SECONDS_MAX)

    @staticmethod
    def _write_to_all(readers: set[Reader], data: bytes, end: Cursor) -> None:
        # The hot loop of the whole program: a message for each of a thousand dashboards passes here a thousand times.
        full = []
        for reader in readers:
            line = reader.line
            if line.full:
                full.append(reader)
            else:
                line.write(data)
                reader.cursor = end
        readers.difference_update(full)

    def restart(self, head: Cursor) -> None:
        """The log has another history than ours: forget ours, and let every reader prove its cursor again."""
        log.warning("log diverged", account_id=self.account_id)
        self.generation += 1
        self.ring.restart(head)
        self._flushed, self._stretch = head, None
        self._writes.clear()
        self._serve_again(reader for readers in self._current.values() for reader in readers)
        self._serve_again(self._ahead)

    def doubt_those_ahead_of(self, head: Cursor) -> None:
        """The log was seen to end at `head`: whoever claims to have more must prove it. Those who claim less are told
        by the ring, once it has come so far."""
        for reader in [one for one in self._ahead if one.cursor.sequence > head.sequence]:
            self._ahead.discard(reader)
            reader.generation = _UNPROVEN
            if not reader.line.full:
                self._serve(reader)

    def whisper(self, kind: str, data: dict[str, Any]) -> None:
        """Tell everyone something that is in no log. Who has no room misses it, and is told anew who is there."""
        said: dict[Encoding, bytes] = {}
        if kind == "presence":
            self._whole_said.clear()
        for reader in self.readers:
            line = reader.line
            if line.full:
                if kind == "presence":
                    self._unaware.add(reader)
            else:
                if line.encoding not in said:
                    said[line.encoding] = line.encoding.note(kind, data)
                if said[line.encoding]:
                    line.write(said[line.encoding])

    def _make_aware(self, reader: Reader) -> None:
        """Tell a reader who is there; one whose line is full as soon as it has room."""
        line = reader.line
        if line.full:
            self._unaware.add(reader)
            return
        self._unaware.discard(reader)
        if line.encoding not in self._whole_said:
            data = self._whole()
            if data is None:
                return
            self._whole_said[line.encoding] = line.encoding.note("presence", data)
        if self._whole_said[line.encoding]:
            line.write(self._whole_said[line.encoding])

    def beat(self, reader: Reader) -> None:
        """Say that the stream lives to one who has everything; the others have other bytes coming."""
        if reader in self._current.get(reader.line.encoding, ()) and not reader.line.full:
            reader.line.note("heartbeat", heartbeat_data(reader.cursor), reader.cursor)

    # -- one reader ---------------------------------------------------------------------------------------------------

    def _serve_again(self, readers: Iterable[Reader]) -> None:
        for reader in list(readers):
            self._forget_place(reader)
            if not reader.line.full:
                self._serve(reader)

    def _serve(self, reader: Reader) -> None:
        """Write to a reader what it misses, until it has everything, its line is full, or only the log can help."""
        line = reader.line
        while not line.full:
            if reader.generation != self.generation:
                return self._wait_for_log(reader)
            if reader.cursor == self._flushed:
                self._current.setdefault(line.encoding, set()).add(reader)
                return line.at_head()
            if self.ring.contradicts(reader.cursor):
                reader.generation = _UNPROVEN
                return self._wait_for_log(reader)
            if reader.cursor.sequence >= self._flushed.sequence:
                self._ahead.add(reader)
                return line.at_head()
            found = self._write_after(line, reader.cursor)
            if found is None:
                return self._wait_for_log(reader)
            data, end = found
            self._metrics.deliveries.inc(end.sequence - reader.cursor.sequence)
            reader.cursor = end
            line.write(data)
        return None

    def _write_after(self, line: Line, cursor: Cursor) -> tuple[bytes, Cursor] | None:
        """The next write for whoever stands at a cursor, up to what was flushed; made once for all who stand there."""
        key = (line.encoding, cursor, line.write_bytes)
        found = self._writes.get(key)
        if found is None:
            # A cursor that the log vouched for may stand in another history than the ring: numbers alone prove nothing.
            frames = self.ring.after(cursor, line.write_bytes) if self.ring.holds(cursor) else None
            if frames is None and self._stretch is not None and self._stretch.holds(cursor):
                frames = self._stretch.after(cursor, line.write_bytes)
            if not frames:
                return None
            frames = [frame for frame in frames if frame.cursor.sequence <= self._flushed.sequence]
            found = line.encoding.frames(frames), frames[-1].cursor
            while len(self._writes) >= SHARED_WRITES_MAX:
                del self._writes[next(iter(self._writes))]
            self._writes[key] = found
        return found

    # -- behind the ring ----------------------------------------------------------------------------------------------

    def _wait_for_log(self, reader: Reader) -> None:
        self._behind.add(reader)
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(self._read_for_those_behind())

    async def _read_for_those_behind(self) -> None:
        """Read the log for whoever is behind the ring: one read at a time, each for all whom it helps."""
        while self._behind:
            async with self.log_turn:
                reader = next(iter(self._behind), None)
                if reader is None:
                    return
                cursor, generation = reader.cursor, self.generation
                try:
                    found = await self._read_log(self.account_id, cursor, LOG_READ_EVENTS)
                except Unavailable:
                    self._give_up()
                    return
            if generation == self.generation:
                self._share(cursor, found)

    def _share(self, cursor: Cursor, found: Resumption) -> None:
        if found.resync is not None:
            for reader in [one for one in self._behind if one.cursor == cursor]:
                self._behind.discard(reader)
                if reader.line.full:
                    continue  # It is told when it has room, and asks again then.
                reader.cursor, reader.generation = found.head, self.generation
                reader.line.note("resync", resync_data(found.resync, found.head), found.head)
                self._serve(reader)
            return
        if self._is_of_another_history(cursor, found):
            self.restart(found.head)
            return
        self._stretch, self.read_at = stretch_of(cursor, found.events), monotonic()
        for reader in list(self._behind):
            if self._stretch.holds(reader.cursor):
                self._behind.discard(reader)
                reader.generation = self.generation
                self._serve(reader)

    def _is_of_another_history(self, cursor: Cursor, found: Resumption) -> bool:
        """Whether what the log says of a cursor shows, before a look at the heads does, that the ring is not of it."""
        ends_before_ring = not found.events and self.ring.begins_behind(found.head)
        return ends_before_ring or self.ring.contradicts(cursor) or self.ring.contradicts(found.head)

    def _give_up(self) -> None:
        """Let those go whom only the log could help: they return, with their cursors, when the database may be back."""
        for reader in list(self._behind):
            self._behind.discard(reader)
            reader.line.give_up(retry_milliseconds())

    def forget_stretch(self) -> None:
        """Nobody is behind the ring: what was read for them is in the way."""
        if not self._behind:
            self._stretch = None
            self._writes.clear()


def stretch_of(cursor: Cursor, events: Sequence[Event], *, bounded: bool = False) -> Ring:
    """What was read from the log, as a ring of its own: as large as that, or with a ring's usual bounds."""
    stretch = Ring(cursor) if bounded else Ring(cursor, frames_max=max(1, len(events)), bytes_max=1 << 60)
    for event in events:
        stretch.append(Frame(event))
    return stretch
