"""Ring and tailer under everything: hints lost, doubled, swapped and of another history, tiny rings, trims, restores.

Each reader gets every event of one history, in order and once, or is told to fetch again; at rest nobody misses
anything. tests/live/test_hub.py holds the same for a single history and rings of the usual size.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from live.logs import ACCOUNT
from machines.histories import FailingDatabase, ForkedLog, KnowingLine
from wasl.domain.events import Cursor, Event
from wasl.live.hub import Hub
from wasl.observe import Metrics
from wasl.store.event_log import resume

READERS_MAX = 6
numbers = st.integers(0, 30)
bounds = st.sampled_from([1, 1 << 30])


class Histories(RuleBasedStateMachine):
    """A writer whose past changes, a messenger who cannot be relied on, and readers who come with any cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("wasl.live.feed.LOG_READ_EVENTS", 4)
        self.patch.setattr("wasl.live.hub.REPLAY_EVENTS_PER_READ", 3)
        self.patch.setattr("wasl.live.feed.STREAM_WRITE_BYTES", 400)
        self.patch.setitem(resume.__kwdefaults__ or {}, "far", 25)
        self.loop = asyncio.new_event_loop()
        self.log = ForkedLog()
        self.database = FailingDatabase(self.log)
        self.run(self.open())
        self.feed.ring._frames_max = 6
        self.waiting: list[list[Event]] = []
        self.told: list[list[Event]] = []
        self.lines: list[KnowingLine] = []
        self.pages: list[Cursor] = []
        """Places of snapshots that were read."""

        self.commit(8, told=True)

    async def open(self) -> None:
        self.hub = Hub(
            self.database.as_database(), Metrics(), "test", heartbeat_seconds=60, head_poll_seconds=lambda: 3_600
        )
        self.hub.start()
        self.feed = await self.hub.feed(ACCOUNT)

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def later(self, call: Any, *arguments: Any) -> None:
        """Call it on the loop, and let everybody do what they can."""
        self.loop.call_soon(call, *arguments)
        self.run(self.settle())

    async def settle(self) -> None:
        for _ in range(25):
            await asyncio.sleep(0.002 if self.feed._flush_timer else 0)

    # -- the log ------------------------------------------------------------------------------------------------------

    @rule(count=st.integers(1, 7), told=st.booleans())
    def commit(self, count: int, told: bool) -> None:
        self.waiting.append(self.log.write(count))
        if told:
            self.hint_arrives(-1)

    @rule(count=st.integers(1, 9), written=st.integers(0, 9), told=st.booleans())
    def tail_is_lost(self, count: int, written: int, told: bool) -> None:
        """An older copy is restored; other events may stand in the same places before anybody looks."""
        self.log.lose_tail(count)
        if written:
            self.commit(written, told)

    @rule(renewed=st.booleans(), count=st.integers(1, 9))
    def log_is_changed(self, renewed: bool, count: int) -> None:
        if renewed:
            self.log.renew_tags()
        else:
            self.log.lose_start(count)

    @rule(count=st.integers(1, 2))
    def database_fails(self, count: int) -> None:
        self.database.failures = count

    # -- hints --------------------------------------------------------------------------------------------------------

    @rule(which=numbers)
    def hint_arrives(self, which: int) -> None:
        if self.waiting:
            self.told.append(self.waiting.pop(which % len(self.waiting)))
            self.later(self.hub.publish, self.told[-1])

    @rule(which=numbers)
    def hint_arrives_again(self, which: int) -> None:
        if self.told:
            self.later(self.hub.publish, self.told[which % len(self.told)])

    @rule(all_heads=st.booleans())
    def hub_looks(self, all_heads: bool) -> None:
        if all_heads:
            self.later(self.hub.look_everywhere)
        else:
            self.later(self.hub.look, ACCOUNT)

    # -- readers ------------------------------------------------------------------------------------------------------

    @rule(back=st.integers(0, 9), writes_max=bounds)
    def someone_comes_back(self, back: int, writes_max: int) -> None:
        events = self.log.events
        cursor = events[-back].before if 0 < back <= len(events) else self.log.head
        self.comes(cursor, writes_max, proven=False)

    @rule(which=numbers, tag=st.integers(0, 3), writes_max=bounds)
    def someone_comes_from_any_history(self, which: int, tag: int, writes_max: int) -> None:
        """Or from none: some cursors are invented."""
        known = sorted(self.log.heads)
        cursor = known[-(which % len(known)) - 1]
        self.comes(cursor if tag else Cursor(cursor.sequence, 1), writes_max, proven=False)

    @rule(written=st.integers(0, 3), writes_max=bounds)
    def someone_comes_with_a_page(self, written: int, writes_max: int) -> None:
        """A snapshot was read a moment ago, which may be newer than what the ring has heard of."""
        if written:
            self.waiting.append(self.log.write(written))
        self.pages.append(self.log.head)
        self.comes(self.pages[-1], writes_max, proven=True)

    @rule(which=st.integers(1, 3), writes_max=bounds)
    def someone_comes_with_an_old_page(self, which: int, writes_max: int) -> None:
        """The log may have had another history when it was read."""
        if self.pages:
            self.comes(self.pages[-(which % len(self.pages))], writes_max, proven=True)

    @rule(which=numbers)
    def someone_is_cut_and_returns(self, which: int) -> None:
        if self.lines:
            line = self.lines[which % len(self.lines)]
            if not line.ended:
                self.later(line.cut)
            self.comes(line.stands, 1 << 30, proven=False)

    @rule(which=numbers, writes=st.integers(1, 3))
    def someone_reads(self, which: int, writes: int) -> None:
        if self.lines:
            self.later(self.lines[which % len(self.lines)].read, writes)

    def comes(self, cursor: Cursor, writes_max: int, *, proven: bool) -> None:
        self.everybody_saw_one_history_or_was_told()
        self.lines = [line for line in self.lines if not line.ended]
        if len(self.lines) < READERS_MAX:
            line = KnowingLine(self.log, cursor, writes_max)
            self.lines.append(line)
            self.later(self.join, line, cursor, proven)

    def join(self, line: KnowingLine, cursor: Cursor, proven: bool) -> None:
        self.hub.join(self.feed, line, cursor, proven=proven, allowed=lambda: True, left=lambda: None)

    # -- what must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def everybody_saw_one_history_or_was_told(self) -> None:
        assert [line.wrong for line in self.lines if line.wrong] == []

    @rule()
    def comes_to_rest(self) -> None:
        self.database.failures = 0
        for _ in range(60):
            self.later(self.hub.look_everywhere)
            for line in self.lines:
                self.later(line.read)
            if all(place == self.log.head for place in self.places()):
                break
        assert {str(place) for place in self.places()} == {str(self.log.head)}
        self.everybody_saw_one_history_or_was_told()

    def places(self) -> list[Cursor]:
        """How far everybody has come, and the ring."""
        return [self.feed.ring.tail, *(line.stands for line in self.lines if not line.ended)]

    def teardown(self) -> None:
        try:
            self.comes_to_rest()
        finally:
            for line in self.lines:
                self.later(line.cut)
            self.run(self.hub.stop())
            self.loop.close()
            self.patch.undo()


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=200, stateful_step_count=30, deadline=None, derandomize=True)


@pytest.fixture
def histories() -> Iterator[Histories]:
    machine = Histories()
    yield machine
    machine.teardown()


def test_a_cursor_of_the_restored_log_is_told_nothing_of_what_the_ring_still_holds(histories: Histories) -> None:
    """Before anybody has looked at the heads: the log vouches for the cursor, and the ring has the numbers after it."""
    histories.log.lose_tail(5)
    histories.commit(3, told=False)
    histories.comes(histories.log.head, 1 << 30, proven=False)
    histories.everybody_saw_one_history_or_was_told()
    assert histories.feed.ring.tail == histories.log.head


def test_a_page_of_a_history_that_is_gone_is_told_so_even_if_the_ring_never_heard_of_it(histories: Histories) -> None:
    """The page was read beyond the ring's tail, and exactly what the ring did not know yet was taken back."""
    histories.commit(3, told=False)
    histories.comes(histories.log.head, 1 << 30, proven=True)
    histories.log.lose_tail(3)
    histories.hub_looks(all_heads=True)
    assert histories.lines[0].resyncs == ["ahead"]


def test_a_page_of_a_history_that_is_gone_does_not_wait_for_the_numbers_to_come_again(histories: Histories) -> None:
    histories.commit(3, told=False)
    histories.comes(histories.log.head, 1 << 30, proven=True)
    histories.log.lose_tail(3)
    histories.commit(3, told=True)
    histories.everybody_saw_one_history_or_was_told()
    assert histories.lines[0].resyncs == ["tag"]
