"""Hints may be lost, doubled, swapped or late: every reader still gets every event, once and in order."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from live.logs import ACCOUNT, Log, LogDatabase, event
from wasl.domain.events import Cursor, Event
from wasl.live.hub import Feed, Hub, Watcher
from wasl.live.ring import Frame
from wasl.live.stream import Stream, chunked
from wasl.observe import Metrics


def hub_of(log: Log) -> Hub:
    return Hub(LogDatabase(log).as_database(), Metrics(), "test", heartbeat_seconds=60)


class Reader:
    """Runs one stream by hand and notes the sequences that it shows."""

    def __init__(self, hub: Hub, feed: Feed, cursor: Cursor, *, proven: bool) -> None:
        self.watcher = Watcher()
        feed.watchers.add(self.watcher)
        self.seen: list[int] = []
        self.resyncs: list[str] = []
        self.start = cursor.sequence
        self._stream = Stream(hub, feed, self.watcher, lambda: True)
        self.task = asyncio.ensure_future(self._read(cursor, proven))

    async def _read(self, cursor: Cursor, proven: bool) -> None:
        async for chunk in self._stream.chunks(cursor, proven=proven):
            for block in chunk.split(b"\n\n"):
                if b"event: resync" in block:
                    self.resyncs.append(block.partition(b'"reason":"')[2].partition(b'"')[0].decode())
                elif b"event: new_message" in block:
                    self.seen.append(int(block[4 : block.index(b"-")]))


class Hints(RuleBasedStateMachine):
    """A writer that commits, a messenger that loses, doubles and swaps, and readers that come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.log = Log()
        self.hub = hub_of(self.log)
        self.feed = self.run(self.hub.feed(ACCOUNT))
        self.undelivered: list[list[Event]] = []
        self.delivered: list[list[Event]] = []
        self.readers: list[Reader] = []

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def settle(self) -> None:
        """Let everybody do what they can."""
        for _ in range(30):
            self.run(asyncio.sleep(0))

    @rule(count=st.integers(1, 5))
    def commit(self, count: int) -> None:
        self.undelivered.append(self.log.append(count))

    @rule(count=st.integers(300, 1_500))
    def commit_more_than_a_ring(self, count: int) -> None:
        self.undelivered.append(self.log.append(count))

    @precondition(lambda self: self.undelivered)
    @rule(data=st.data())
    def tell(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.undelivered) - 1))
        batch = self.undelivered.pop(place)
        self.delivered.append(batch)
        self.loop.call_soon(self.hub.publish, batch)
        self.settle()

    @precondition(lambda self: self.undelivered)
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        self.undelivered.pop(data.draw(st.integers(0, len(self.undelivered) - 1)))

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        self.loop.call_soon(self.hub.publish, data.draw(st.sampled_from(self.delivered)))
        self.settle()

    @rule(back=st.integers(0, 30))
    def someone_comes(self, back: int) -> None:
        place = max(0, self.log.head.sequence - back)
        cursor = self.log.events[place - 1].cursor if place else self.log.trim
        if len(self.readers) < 6:
            self.readers.append(self.run(self.open(cursor)))
        self.settle()

    async def open(self, cursor: Cursor) -> Reader:
        return Reader(self.hub, self.feed, cursor, proven=False)

    @rule()
    def the_heads_are_looked_at(self) -> None:
        self.run(self.hub._catch_up(self.feed))
        self.settle()
        for reader in self.readers:
            assert reader.seen == list(range(reader.start + 1, self.log.head.sequence + 1))

    @invariant()
    def nobody_ever_saw_a_hole_or_a_double(self) -> None:
        for reader in self.readers:
            assert reader.resyncs == []
            assert reader.seen == list(range(reader.start + 1, reader.start + 1 + len(reader.seen)))

    def teardown(self) -> None:
        self.the_heads_are_looked_at()
        for reader in self.readers:
            reader.watcher.end()
        self.settle()
        assert all(reader.task.done() for reader in self.readers)
        self.run(self.hub.stop())
        self.loop.close()


TestHints = Hints.TestCase
TestHints.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@given(st.lists(st.integers(0, 40_000), min_size=1, max_size=30))
def test_chunks_hold_every_frame_in_bounded_writes(sizes: list[int]) -> None:
    frames = [Frame.of_event(event(sequence, size=size)) for sequence, size in enumerate(sizes, 1)]
    chunks = chunked(frames)
    assert b"".join(chunk for chunk, _ in chunks) == b"".join(frame.wire for frame in frames)
    largest = max(len(frame.wire) for frame in frames)
    assert all(len(chunk) <= max(64 * 1024, largest) for chunk, _ in chunks)
    assert chunks[-1][1] == frames[-1].cursor
    places = [cursor.sequence for _, cursor in chunks]
    assert places == sorted(set(places))


@pytest.mark.anyio
async def test_many_who_come_at_once_ask_the_database_once() -> None:
    log = Log()
    log.append(3)
    hub = hub_of(log)
    feeds = await asyncio.gather(*(hub.feed(ACCOUNT) for _ in range(50)))
    assert len({id(feed) for feed in feeds}) == 1
    assert log.reads <= 3  # The head, and one look at what was written meanwhile.
    await hub.stop()


@pytest.mark.anyio
async def test_another_history_is_told_to_every_reader() -> None:
    log = Log()
    log.append(10)
    hub = hub_of(log)
    feed = await hub.feed(ACCOUNT)
    readers = [Reader(hub, feed, log.events[place].cursor, proven=False) for place in (4, 9)]
    await asyncio.sleep(0.01)
    log.events = log.events[:6]
    await hub._catch_up(feed)
    await asyncio.sleep(0.01)
    hub.publish(log.append(1))
    await asyncio.sleep(0.01)
    for reader in readers:
        assert reader.resyncs == ["ahead"]
        assert reader.seen[-1] == 7
        reader.watcher.end()
        await reader.task
    await hub.stop()


@pytest.mark.anyio
async def test_a_stop_lets_everybody_go_with_a_word() -> None:
    log = Log()
    hub = hub_of(log)
    feed = await hub.feed(ACCOUNT)
    watcher = Watcher()
    feed.watchers.add(watcher)
    chunks: list[bytes] = []

    async def read() -> None:
        async for chunk in Stream(hub, feed, watcher, lambda: True).chunks(log.head, proven=True):
            chunks.append(chunk)
        feed.watchers.discard(watcher)

    reading = asyncio.ensure_future(read())
    await asyncio.sleep(0.01)
    assert not await hub.drained(0.02)
    hub.close()
    assert await hub.drained(1.0)
    await reading
    assert b"event: bye" in chunks[-1]
    assert b"retry: " in chunks[-1]
    await hub.stop()
