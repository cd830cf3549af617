"""Everyone who watches, by account: what is committed reaches their feeds in order.

What the hub is told (`publish`) is a hint. The log is the truth: a hole in what it hears, or a head that moved without
a word, is read from the database. Hints may be lost, doubled or late; that costs latency, never an event.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from wasl.clock import monotonic, now_ms
from wasl.domain.events import Cursor, Event
from wasl.errors import Unavailable
from wasl.limits import (
    BEAT_SLOT_SECONDS,
    BROADCASTS_REMEMBERED_MAX,
    HEADS_POLL_SECONDS,
    REPLAY_EVENTS_PER_READ,
    RING_FILLED_EVENTS,
    STREAM_AGE_SECONDS,
    STREAM_RETURN_SECONDS,
    STRETCH_KEPT_SECONDS,
)
from wasl.live.encoding import retry_milliseconds
from wasl.live.feed import Feed, stretch_of
from wasl.live.line import Line
from wasl.live.reader import Reader
from wasl.observe import Metrics, log
from wasl.store.database import Database
from wasl.store.event_log import Resumption, heads_of, newest, resume
from wasl.waiting import wait_at_most

FEED_IDLE_SECONDS = 120.0
"""How long an account that nobody watches keeps its ring."""


class Hub:
    """All feeds of this node. `head_poll_seconds` tells how long to wait until the next look at the heads."""

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        node: str,
        heartbeat_seconds: float,
        *,
        stream_age_seconds: float = STREAM_AGE_SECONDS,
        head_poll_seconds: Callable[[], float] = lambda: HEADS_POLL_SECONDS,
        whole: Callable[[int], dict[str, Any] | None] = lambda _account_id: None,
    ) -> None:
        self.node = node
        self.heartbeat_seconds = heartbeat_seconds
        self.metrics = metrics
        self.leaving = False
        """This node is about to stop: whoever can go to another one should, but all goes on as ever."""
        self.closing = False
        self._stream_age_seconds = stream_age_seconds
        self._head_poll_seconds = head_poll_seconds
        self._whole = whole
        self._database = database
        self._feeds: dict[int, Feed] = {}
        self._opening: dict[int, tuple[asyncio.Task[Feed], list[Event]]] = {}
        """Feeds whose newest events are being read, and what was published meanwhile."""
        self._broadcast_ms: dict[tuple[int, int], int] = {}
        """(account, sequence) → when, of the newest events, for the trace of a message."""
        self._looking: dict[int, bool] = {}
        """Accounts whose log is being looked at, and whether to look once more after that."""
        self._look_now = asyncio.Event()
        self._tasks: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """Begin to look for what other processes wrote, and to send heartbeats."""
        self._spawn(self._watch_heads())
        self._spawn(self._beat())

    # -- what is new --------------------------------------------------------------------------------------------------

    def publish(self, events: Sequence[Event]) -> None:
        """Hear of committed events, in the order of the log."""
        for account_id, group in groupby(events, key=lambda event: event.account_id):
            feed = self._feeds.get(account_id)
            if feed is not None:
                self._extend(feed, list(group))
            elif account_id in self._opening:
                self._opening[account_id][1].extend(group)

    def look(self, account_id: int) -> None:
        """Read on in an account's log, if anybody watches it here: somebody wrote to it."""
        if self.closing:
            return
        if account_id in self._looking:
            self._looking[account_id] = True
        elif account_id in self._feeds:
            self._spawn(self._catch_up(self._feeds[account_id]))

    def look_everywhere(self) -> None:
        """Compare all heads now: hints may have been missed."""
        self._look_now.set()

    def whisper(self, account_id: int, kind: str, data: dict[str, Any]) -> None:
        """Tell an account's screens on this node what is in no log (`typing`, `presence`)."""
        feed = self._feeds.get(account_id)
        if feed is not None:
            feed.whisper(kind, data)

    def head(self, account_id: int) -> Cursor | None:
        """Where an account's log ends as far as this node knows; None while nobody here watches it."""
        feed = self._feeds.get(account_id)
        return feed.ring.tail if feed is not None else None

    def broadcast_ms(self, account_id: int, sequence: int) -> int | None:
        """When this node told its streams of an event; None when it did not, or not lately."""
        return self._broadcast_ms.get((account_id, sequence))

    def _extend(self, feed: Feed, events: list[Event]) -> None:
        if not feed.extend(events):
            self.look(feed.account_id)
        if not feed.readers:
            feed.flush()
            return
        feed.flush_soon()
        self._note_times(events)
        for event in events:
            log.info(
                "sse broadcast",
                kind=event.kind.value,
                conversation_id=event.conversation_id,
                sequence=event.sequence,
                clients=len(feed.readers),
            )

    def _note_times(self, events: Sequence[Event]) -> None:
        at_ms = now_ms()
        for event in events:
            self._broadcast_ms[event.account_id, event.sequence] = at_ms
        while len(self._broadcast_ms) > BROADCASTS_REMEMBERED_MAX:
            del self._broadcast_ms[next(iter(self._broadcast_ms))]

    # -- who watches --------------------------------------------------------------------------------------------------

    async def feed(self, account_id: int) -> Feed:
        """The feed of an account, opened with its newest events if need be: one query, however many come at once.

        Raises Unavailable, and NotFound for no such account.
        """
        feed = self._feeds.get(account_id)
        if feed is None:
            if account_id not in self._opening:
                self._opening[account_id] = asyncio.ensure_future(self._open(account_id)), []
            feed = await asyncio.shield(self._opening[account_id][0])
        feed.used_at = monotonic()
        return feed

    def join(
        self,
        feed: Feed,
        line: Line,
        cursor: Cursor,
        *,
        proven: bool,
        allowed: Callable[[], bool],
        left: Callable[[], None],
    ) -> Reader:
        """Let a stream read on from a cursor (see `Feed.join`), until its time is up or this node stops."""
        leaves_at = monotonic() + self._stream_age_seconds * random.uniform(0.8, 1.0)  # noqa: S311
        reader = feed.join(line, cursor, proven=proven, allowed=allowed, left=left, leaves_at=leaves_at)
        if self.closing:
            line.say_good_bye(retry_milliseconds())
        return reader

    def watchers(self, account_id: int) -> int:
        """How many streams of an account are open here."""
        feed = self._feeds.get(account_id)
        return len(feed.readers) if feed is not None else 0

    async def _open(self, account_id: int) -> Feed:
        try:
            before, events = await self._database.read(lambda c: newest(c, account_id, RING_FILLED_EVENTS))
            self.metrics.log_reads.inc()
            ring = stretch_of(before, events, bounded=True)
            whole = partial(self._whole, account_id)
            feed = self._feeds[account_id] = Feed(account_id, ring, self._read_log, self.metrics, whole)
        finally:
            _, heard = self._opening.pop(account_id)
        if heard:
            self._extend(feed, heard)
        return feed

    async def _read_log(self, account_id: int, cursor: Cursor, limit: int) -> Resumption:
        found = await self._database.read(lambda connection: resume(connection, account_id, cursor, limit))
        self.metrics.log_reads.inc()
        if found.resync is None:
            self.metrics.replays.labels("database").inc()
        else:
            self.metrics.resyncs.labels(found.resync.value).inc()
        return found

    # -- leaving ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Tell every stream to say good-bye; no new one stays."""
        self.leaving = self.closing = True
        for reader in list(self._readers()):
            reader.line.say_good_bye(retry_milliseconds())

    async def drained(self, seconds: float) -> bool:
        """Wait until every stream has left, at most so long; then those are cut who do not take their good-bye."""
        deadline = monotonic() + seconds
        while any(self._readers()):
            if monotonic() >= deadline:
                for reader in list(self._readers()):
                    reader.line.cut()
                return False
            await asyncio.sleep(0.01)
        return True

    async def stop(self) -> None:
        """End the hub's own work."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _readers(self) -> Iterator[Reader]:
        return (reader for feed in self._feeds.values() for reader in feed.readers)

    # -- looking ------------------------------------------------------------------------------------------------------

    async def _catch_up(self, feed: Feed) -> None:
        """Read what the log holds behind the ring's tail."""
        account_id = feed.account_id
        if account_id in self._looking:
            self._looking[account_id] = True
            return
        self._looking[account_id] = True
        try:
            while self._looking[account_id]:
                self._looking[account_id] = False
                async with feed.log_turn:
                    await self._read_on(feed)
                feed.flush_soon()
        finally:
            del self._looking[account_id]

    async def _read_on(self, feed: Feed) -> None:
        count = REPLAY_EVENTS_PER_READ
        while count == REPLAY_EVENTS_PER_READ:
            tail = feed.ring.tail
            found = await self._database.read(
                lambda connection, tail=tail: resume(  # type: ignore[misc]
                    connection, feed.account_id, tail, REPLAY_EVENTS_PER_READ, far=1 << 60
                )
            )
            self.metrics.log_reads.inc()
            if found.resync is not None:
                feed.restart(found.head)
                return
            feed.extend(found.events)
            count = len(found.events)

    async def _watch_heads(self) -> None:
        while True:
            await wait_at_most(self._look_now, self._head_poll_seconds())
            self._look_now.clear()
            self._forget_idle()
            watched = list(self._feeds)
            if not watched:
                continue
            try:
                heads = await self._database.read(lambda connection, watched=watched: heads_of(connection, watched))  # type: ignore[misc]
                for account_id, head in heads.items():
                    feed = self._feeds.get(account_id)
                    # A tail beyond the head that was read a moment ago is only news that overtook the question; a
                    # restored database shows itself by the tag, or by a head that stays behind.
                    if feed is not None:
                        feed.doubt_those_ahead_of(head)
                        if feed.ring.tail != head:
                            self.look(account_id)
            except Unavailable:
                log.warning("heads not read", accounts=len(watched))

    def _forget_idle(self) -> None:
        now = monotonic()
        for account_id, feed in list(self._feeds.items()):
            if now - feed.read_at > STRETCH_KEPT_SECONDS:
                feed.forget_stretch()
            if feed.readers:
                feed.used_at = now
            elif now - feed.used_at > FEED_IDLE_SECONDS:
                del self._feeds[account_id]

    async def _beat(self) -> None:
        """One ticker for all streams: heartbeats, sessions that ended, streams that are old, readers that are stuck."""
        slots = max(1, int(self.heartbeat_seconds / BEAT_SLOT_SECONDS))
        turn = 0
        while True:
            await asyncio.sleep(self.heartbeat_seconds / slots)
            turn += 1
            for reader in list(self._readers()):
                if reader.beat_turn is None:
                    reader.beat_turn = turn % slots
                elif reader.beat_turn == turn % slots:
                    self._look_after(reader)

    def _look_after(self, reader: Reader) -> None:
        if not reader.allowed():
            reader.line.finish()
        elif reader.is_stalled():
            log.info("stalled reader cut", account_id=reader.feed.account_id, waiting=reader.line.waiting_bytes())
            self.metrics.stalled.inc()
            reader.line.cut()
        elif monotonic() >= reader.leaves_at:
            reader.line.say_good_bye(int(random.random() * STREAM_RETURN_SECONDS * 1000))  # noqa: S311
        else:
            reader.feed.beat(reader)

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[object]") -> None:
        self._tasks.discard(task)
        if task.cancelled() or task.exception() is None:
            return
        if isinstance(task.exception(), Unavailable):  # The next look at the heads finds what this one did not.
            log.warning("log not read")
        else:
            log.error("live task failed", error=repr(task.exception()))
