"""Everyone who watches, by account: what is committed reaches their rings in order, and wakes them.

What the hub is told (`publish`) is a hint. The log is the truth: a hole in what it hears, or a head that moved without
a word, is read from the database. Hints may be lost, doubled or late; that costs latency, never an event.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from itertools import groupby
from typing import Any

from wasl.clock import monotonic, now_ms
from wasl.domain.events import Cursor, Event, ResyncReason
from wasl.errors import Unavailable
from wasl.limits import BROADCASTS_REMEMBERED_MAX, HEADS_POLL_SECONDS, REPLAY_EVENTS_PER_READ
from wasl.live.ring import Frame, Ring
from wasl.observe import Metrics, log
from wasl.store.database import Database
from wasl.store.event_log import Resumption, head_of, heads_of, resume

FEED_IDLE_SECONDS = 120.0
"""How long an account that nobody watches keeps its ring."""


class Watcher:
    """One open stream: woken when there may be something new, when a heartbeat is due, or when it must end."""

    __slots__ = ("_wake", "beat", "ended")

    def __init__(self) -> None:
        self._wake = asyncio.Event()
        self.beat = False
        self.ended = False

    def wake(self) -> None:
        """Let it look again."""
        self._wake.set()

    def end(self) -> None:
        """Let it leave: its reader is gone."""
        self.ended = True
        self._wake.set()

    async def wait(self) -> None:
        """Sleep until woken."""
        await self._wake.wait()
        self._wake.clear()


class Feed:
    """An account's ring and those who read it."""

    def __init__(self, account_id: int, head: Cursor) -> None:
        self.account_id = account_id
        self.ring = Ring(head)
        self.watchers: set[Watcher] = set()
        self.generation = 0
        """Rises when the log turns out to have another history; every reader must then prove its cursor again."""
        self.catching_up = asyncio.Lock()
        self.used_at = monotonic()

    def extend(self, events: Iterable[Event]) -> bool:
        """Append what follows the tail; False when something is missing in between."""
        for event in events:
            expected = self.ring.tail.sequence + 1
            if event.sequence > expected:
                return False
            if event.sequence == expected:
                self.ring.append(Frame.of_event(event))
        return True

    def wake_all(self) -> None:
        """Let every reader look."""
        for watcher in self.watchers:
            watcher.wake()


class Hub:
    """All feeds of this node."""

    def __init__(self, database: Database, metrics: Metrics, node: str, heartbeat_seconds: float) -> None:
        self.node = node
        self.heartbeat_seconds = heartbeat_seconds
        self.metrics = metrics
        self.closing = False
        self._database = database
        self._feeds: dict[int, Feed] = {}
        self._broadcast_ms: dict[tuple[int, int], int] = {}
        """(account, sequence) → when, of the newest events, for the trace of a message."""
        self._opening: dict[int, asyncio.Task[Feed]] = {}
        self._tasks: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """Begin to look for what other processes wrote, and to send heartbeats."""
        self._spawn(self._watch_heads())
        self._spawn(self._beat())

    def publish(self, events: Sequence[Event]) -> None:
        """Hear of committed events, in the order of the log."""
        for account_id, group in groupby(events, key=lambda event: event.account_id):
            feed = self._feeds.get(account_id)
            if feed is None:
                continue
            batch = list(group)
            if not feed.extend(batch):
                self._spawn(self._catch_up(feed))
            clients = len(feed.watchers)
            if clients:
                feed.wake_all()
                self._note_times(batch)
                for event in batch:
                    log.info(
                        "sse broadcast",
                        kind=event.kind.value,
                        conversation_id=event.conversation_id,
                        sequence=event.sequence,
                        clients=clients,
                    )

    def broadcast_ms(self, account_id: int, sequence: int) -> int | None:
        """When this node told its streams of an event; None when it did not, or not lately."""
        return self._broadcast_ms.get((account_id, sequence))

    def _note_times(self, events: Sequence[Event]) -> None:
        at_ms = now_ms()
        for event in events:
            self._broadcast_ms[event.account_id, event.sequence] = at_ms
        while len(self._broadcast_ms) > BROADCASTS_REMEMBERED_MAX:
            del self._broadcast_ms[next(iter(self._broadcast_ms))]

    async def feed(self, account_id: int) -> Feed:
        """The feed of an account, opened at the head of its log if need be."""
        feed = self._feeds.get(account_id)
        if feed is None:
            # One query, however many dashboards of the account come at once.
            opening = self._opening.get(account_id)
            if opening is None:
                opening = self._opening[account_id] = asyncio.ensure_future(self._open(account_id))
                opening.add_done_callback(lambda _: self._opening.pop(account_id, None))
            feed = await asyncio.shield(opening)
        feed.used_at = monotonic()
        return feed

    def head(self, account_id: int) -> Cursor | None:
        """Where an account's log ends as far as this node knows; None while nobody here watches it."""
        feed = self._feeds.get(account_id)
        return feed.ring.tail if feed is not None else None

    def watchers(self, account_id: int) -> int:
        """How many streams of an account are open here."""
        feed = self._feeds.get(account_id)
        return len(feed.watchers) if feed is not None else 0

    async def resume(self, account_id: int, cursor: Cursor, limit: int) -> Resumption:
        """Read on from a cursor in the database, or learn why that cannot be done."""
        found = await self._database.read(lambda connection: resume(connection, account_id, cursor, limit))
        if found.resync is None:
            self.metrics.replays.labels("database").inc()
        else:
            self.metrics.resyncs.labels(found.resync.value).inc()
        return found

    def close(self) -> None:
        """Tell every stream to say good-bye."""
        self.closing = True
        for feed in self._feeds.values():
            feed.wake_all()

    async def drained(self, seconds: float) -> bool:
        """Wait until every stream has left, at most so long; whether they have."""
        deadline = monotonic() + seconds
        while any(feed.watchers for feed in self._feeds.values()):
            if monotonic() >= deadline:
                return False
            await asyncio.sleep(0.01)
        return True

    async def stop(self) -> None:
        """End the hub's own work."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _open(self, account_id: int) -> Feed:
        head = await self._database.read(lambda connection: head_of(connection, account_id))
        # What was published while the head was being read is not in the ring: the first hole, or the next look at the
        # heads, brings it.
        feed = self._feeds[account_id] = Feed(account_id, head)
        self._spawn(self._catch_up(feed))
        return feed

    async def _catch_up(self, feed: Feed) -> None:
        async with feed.catching_up:
            while True:
                tail = feed.ring.tail
                found = await self._database.read(
                    lambda connection, tail=tail: resume(  # type: ignore[misc]
                        connection, feed.account_id, tail, REPLAY_EVENTS_PER_READ, far=1 << 60
                    )
                )
                if found.resync in (ResyncReason.AHEAD, ResyncReason.TAG, ResyncReason.TRIMMED):
                    log.warning("log diverged", account_id=feed.account_id, reason=found.resync.value)
                    feed.generation += 1
                    feed.ring.restart(found.head)
                    break
                feed.extend(found.events)
                if len(found.events) < REPLAY_EVENTS_PER_READ:
                    break
        feed.wake_all()

    async def _watch_heads(self) -> None:
        while True:
            await asyncio.sleep(HEADS_POLL_SECONDS)
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
                    if feed is not None and feed.ring.tail != head and not feed.catching_up.locked():
                        await self._catch_up(feed)
            except Unavailable:
                log.warning("heads not read", accounts=len(watched))

    def _forget_idle(self) -> None:
        now = monotonic()
        for account_id, feed in list(self._feeds.items()):
            if feed.watchers:
                feed.used_at = now
            elif now - feed.used_at > FEED_IDLE_SECONDS:
                del self._feeds[account_id]

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self.heartbeat_seconds)
            for feed in self._feeds.values():
                for watcher in feed.watchers:
                    watcher.beat = True
                    watcher.wake()

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[object]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("live task failed", error=repr(task.exception()))
