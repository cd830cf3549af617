"""Hints may be lost, doubled or swapped, readers slow or gone: every reader gets every event, once and in order."""

import asyncio
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from live.lines import KeptLine
from live.logs import ACCOUNT, Log, LogDatabase, event
from wasl.domain.events import Cursor, Event
from wasl.live.feed import Feed
from wasl.live.hub import Hub
from wasl.observe import Metrics

pytestmark = pytest.mark.anyio


def hub_of(log: Log, **named: Any) -> Hub:
    return Hub(LogDatabase(log).as_database(), Metrics(), "test", heartbeat_seconds=60, **named)


def join(hub: Hub, feed: Feed, line: KeptLine, cursor: Cursor, *, proven: bool = False) -> None:
    hub.join(feed, line, cursor, proven=proven, allowed=lambda: True, left=lambda: None)


async def settle() -> None:
    """Let everybody do what they can."""
    for _ in range(30):
        await asyncio.sleep(0)


async def look(hub: Hub) -> None:
    """What happens when a head is seen to have moved."""
    hub.look(ACCOUNT)
    await settle()


class Hints(RuleBasedStateMachine):
    """A writer that commits, a messenger that loses, doubles and swaps, and readers that come, go and doze."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.log = Log()
        self.hub = hub_of(self.log)
        self.feed = self.run(self.hub.feed(ACCOUNT))
        self.undelivered: list[list[Event]] = []
        self.delivered: list[list[Event]] = []
        self.readers: list[tuple[int, KeptLine]] = []

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def furthest_behind(self) -> int:
        return max((self.log.head.sequence - start - len(line.seen) for start, line in self.readers), default=0)

    def tell_hub(self, events: list[Event]) -> None:
        self.loop.call_soon(self.hub.publish, events)
        self.run(settle())

    @rule(count=st.integers(1, 5))
    def commit(self, count: int) -> None:
        self.undelivered.append(self.log.append(count))

    @precondition(lambda self: self.furthest_behind() < 1_500)  # Beyond five thousand a reader would be told `far`.
    @rule(count=st.integers(300, 3_000))
    def commit_more_than_a_ring(self, count: int) -> None:
        self.undelivered.append(self.log.append(count))

    @precondition(lambda self: self.undelivered)
    @rule(data=st.data())
    def tell(self, data: st.DataObject) -> None:
        batch = self.undelivered.pop(data.draw(st.integers(0, len(self.undelivered) - 1)))
        self.delivered.append(batch)
        self.tell_hub(batch)

    @precondition(lambda self: self.undelivered)
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        self.undelivered.pop(data.draw(st.integers(0, len(self.undelivered) - 1)))

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        self.tell_hub(data.draw(st.sampled_from(self.delivered)))

    @rule(back=st.integers(0, 30), writes_max=st.sampled_from([1, 2, 5, 1 << 30]), proven=st.booleans())
    def someone_comes(self, back: int, writes_max: int, proven: bool) -> None:
        place = max(0, self.log.head.sequence - back)
        cursor = self.log.events[place - 1].cursor if place else self.log.trim
        if len(self.readers) < 6:
            line = KeptLine(writes_max=writes_max)
            self.readers.append((cursor.sequence, line))
            self.run(self.come(line, cursor, proven))

    async def come(self, line: KeptLine, cursor: Cursor, proven: bool) -> None:
        join(self.hub, self.feed, line, cursor, proven=proven)
        await settle()

    @precondition(lambda self: self.readers)
    @rule(data=st.data(), writes=st.integers(1, 3))
    def someone_reads(self, data: st.DataObject, writes: int) -> None:
        _, line = data.draw(st.sampled_from(self.readers))
        self.loop.call_soon(line.read, writes)
        self.run(settle())

    @precondition(lambda self: len(self.readers) > 3)
    @rule()
    def someone_goes(self) -> None:
        self.readers.pop(0)[1].cut()

    @rule()
    def somebody_types(self) -> None:
        self.hub.whisper(ACCOUNT, "typing", {"operator_id": "1"})

    @rule()
    def everybody_reads_everything(self) -> None:
        for _ in range(200):
            self.run(look(self.hub))
            for _, line in self.readers:
                self.loop.call_soon(line.read)
            self.run(settle())
            self.run(asyncio.sleep(0.006 if self.feed._flush_timer else 0))
            if all(len(line.seen) == self.log.head.sequence - start for start, line in self.readers):
                break
        for start, line in self.readers:
            assert line.seen == list(range(start + 1, self.log.head.sequence + 1))

    @invariant()
    def nobody_ever_saw_a_hole_or_a_double(self) -> None:
        for start, line in self.readers:
            assert line.resyncs == []
            assert line.seen == list(range(start + 1, start + 1 + len(line.seen)))

    def teardown(self) -> None:
        self.everybody_reads_everything()
        for _, line in self.readers:
            line.cut()
        assert self.feed.readers == set()
        self.run(self.hub.stop())
        self.loop.close()


TestHints = Hints.TestCase
TestHints.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


async def test_writes_are_bounded_whatever_piles_up() -> None:
    log = Log()
    hub = hub_of(log)
    feed = await hub.feed(ACCOUNT)
    slow, quick = KeptLine(writes_max=1), KeptLine()
    join(hub, feed, slow, log.head)
    join(hub, feed, quick, log.head)
    hub.publish(log.append(1_500, size=1_000))
    while len(slow.seen) < 1_500:
        slow.read()
        await asyncio.sleep(0)
    assert slow.seen == quick.seen == list(range(1, 1_501))
    assert max(map(len, slow.writes)) <= 32 * 1024
    assert max(map(len, quick.writes)) <= 32 * 1024
    await hub.stop()


async def test_the_bytes_are_made_once_for_all() -> None:
    log = Log()
    hub = hub_of(log)
    feed = await hub.feed(ACCOUNT)
    lines = [KeptLine() for _ in range(5)]
    for line in lines:
        join(hub, feed, line, log.head)
    hub.publish(log.append(3))
    assert len({id(line.writes[0]) for line in lines}) == 1
    await hub.stop()


async def test_many_who_come_at_once_ask_the_database_once() -> None:
    log = Log()
    log.append(500)
    hub = hub_of(log)
    feeds = await asyncio.gather(*(hub.feed(ACCOUNT) for _ in range(50)))
    assert len({id(feed) for feed in feeds}) == 1
    lines = [KeptLine() for _ in range(50)]
    for place, line in enumerate(lines):
        join(hub, feeds[0], line, log.events[480 - place].cursor)
    assert log.opened == 1
    assert log.resumed == 0  # The ring was filled when it was opened.
    assert [line.seen[-1] for line in lines] == [500] * 50
    await hub.stop()


async def test_readers_behind_the_ring_share_what_is_read_for_one() -> None:
    log = Log()
    log.append(1_000)
    hub = hub_of(log)
    feed = await hub.feed(ACCOUNT)
    lines = [KeptLine() for _ in range(40)]
    for place, line in enumerate(lines):
        join(hub, feed, line, log.events[300 + place % 20].cursor)
    await settle()
    assert all(line.seen[-1] == 1_000 for line in lines)
    assert log.resumed <= 2 * 20  # One for each place at the very most; as a rule one for all.
    assert log.most_at_once == 1
    await hub.stop()


async def test_what_is_published_while_a_feed_opens_is_in_it() -> None:
    log = Log()
    log.append(3)
    hub = hub_of(log)
    opening = asyncio.ensure_future(hub.feed(ACCOUNT))
    await asyncio.sleep(0)
    hub.publish(log.append(2))
    feed = await opening
    assert feed.ring.tail == log.head
    await hub.stop()


async def test_another_history_is_told_to_every_reader() -> None:
    log = Log()
    log.append(10)
    hub = hub_of(log)
    feed = await hub.feed(ACCOUNT)
    lines = [KeptLine(), KeptLine(), KeptLine(writes_max=1)]
    for line, place in zip(lines, (4, 9, 7), strict=True):
        join(hub, feed, line, log.events[place].cursor)
    log.events = log.events[:6]
    await look(hub)
    lines[2].read()
    await settle()
    lines[2].read()
    hub.publish(log.append(1))
    await settle()
    for line in lines:
        assert line.resyncs == ["ahead"]
        assert line.seen[-1] == 7
    await hub.stop()


async def test_the_next_number_of_another_history_is_not_taken_for_ours() -> None:
    log = Log()
    log.append(10)
    hub = hub_of(log)
    feed = await hub.feed(ACCOUNT)
    line = KeptLine()
    join(hub, feed, line, log.head)
    # An older copy was restored and went on: event 10 is another one, and 11 follows that.
    log.events[9] = event(10, tag=99)
    eleventh = event(11, previous_tag=99)
    log.events.append(eleventh)
    hub.publish([eleventh])
    await settle()
    assert line.resyncs == ["tag"]
    assert 11 not in line.seen
    await hub.stop()


async def test_a_stop_lets_everybody_go_with_a_word() -> None:
    log = Log()
    hub = hub_of(log)
    feed = await hub.feed(ACCOUNT)
    line = KeptLine()
    join(hub, feed, line, log.head, proven=True)
    assert not await hub.drained(0.02)
    assert line.ended == "cut"
    line = KeptLine()
    join(hub, feed, line, log.head, proven=True)
    hub.close()
    assert await hub.drained(30.0)
    assert line.notes == ["bye"]
    assert b"retry: " in line.writes[-1]
    late = KeptLine()
    join(hub, feed, late, log.head, proven=True)
    assert (late.notes, late.ended) == (["bye"], "in order")
    await hub.stop()


async def test_a_stuck_stream_is_cut_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasl.live.reader.STREAM_STALL_SECONDS", 0.1)
    log = Log()
    hub = Hub(LogDatabase(log).as_database(), Metrics(), "test", heartbeat_seconds=0.05)
    hub.start()
    feed = await hub.feed(ACCOUNT)
    fine, stuck, barred = KeptLine(), KeptLine(writes_max=1), KeptLine()
    join(hub, feed, fine, log.head, proven=True)
    join(hub, feed, stuck, log.head, proven=True)
    hub.join(feed, barred, log.head, proven=True, allowed=lambda: False, left=lambda: None)
    async with asyncio.timeout(30):
        while not (stuck.ended and barred.ended and fine.notes.count("heartbeat") >= 3):
            await asyncio.sleep(0.01)
    assert (barred.ended, stuck.ended, fine.ended) == ("in order", "cut", "")
    await hub.stop()


async def test_an_old_stream_is_asked_to_come_back() -> None:
    log = Log()
    hub = Hub(LogDatabase(log).as_database(), Metrics(), "test", heartbeat_seconds=0.05, stream_age_seconds=0.2)
    hub.start()
    line = KeptLine()
    join(hub, await hub.feed(ACCOUNT), line, log.head, proven=True)
    async with asyncio.timeout(30):
        while not line.ended:
            await asyncio.sleep(0.01)
    assert (line.notes[-1], line.ended) == ("bye", "in order")
    await hub.stop()
