"""Screens under every interleaving: events doubled, lost and swapped, pages early and late, reloads, another history.

The same kind of walk, chosen by a seed, is recorded in tests/fixtures/screens.json, on which the dashboard proves its
own rules step by step. After an intended change: `WASL_RECORD_SCREENS=1 .venv/bin/pytest tests/machines`.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from machines.plain_server import NAMES, Json, Server
from machines.tabs import Tab
from wasl.torture.view import Applied

SCREENS = Path(__file__).resolve().parents[1] / "fixtures" / "screens.json"
CASES = 60
numbers = st.integers(0, 11)


class Screens(RuleBasedStateMachine):
    """A server, the tab that holds the stream, and a tab that hears from it; each frame may fail to reach either."""

    @initialize()
    def open(self) -> None:
        self.server = Server()
        for which in range(2):
            self.server.begin(which)
            self.server.customer_writes(which, 0)
        self.tabs = [Tab(self.server), Tab(self.server)]
        self.heard = [0, 0]
        """How many of the log's events each tab's stream has brought."""

    # -- what happens -------------------------------------------------------------------------------------------------

    @rule(which=numbers)
    def begin(self, which: int) -> None:
        self.server.begin(which)

    @rule(which=numbers, late=st.sampled_from([0, 0, 1, 5]))
    def customer_writes(self, which: int, late: int) -> None:
        self.server.customer_writes(which, late)

    @rule(which=numbers)
    def operator_writes(self, which: int) -> None:
        self.server.operator_writes(which)

    @rule(which=numbers)
    def past_is_told(self, which: int) -> None:
        self.server.past_is_told(which)

    @rule(which=numbers, rank=numbers)
    def status_moves(self, which: int, rank: int) -> None:
        self.server.status_moves(which, rank)

    @rule(which=numbers, with_row=st.booleans())
    def message_is_edited(self, which: int, with_row: bool) -> None:
        self.server.message_is_edited(which, with_row)

    @rule(which=numbers, to=numbers)
    def handed_over(self, which: int, to: int) -> None:
        self.server.handed_over(which, to)

    @rule(which=numbers, by_me=st.booleans(), unread=st.integers(0, 2))
    def is_read(self, which: int, by_me: bool, unread: int) -> None:
        self.server.is_read(which, by_me, unread)

    @rule()
    def something_hidden(self) -> None:
        self.server.something_hidden()

    # -- what reaches a tab -------------------------------------------------------------------------------------------

    @rule(tab=st.integers(0, 1), count=st.integers(1, 4))
    def stream_brings(self, tab: int, count: int) -> None:
        events = self.server.events[self.heard[tab] : self.heard[tab] + count]
        self.heard[tab] += len(events)
        for event in events:
            self.hears(tab, event)

    @rule(tab=st.integers(0, 1), which=st.integers(0, 40))
    def a_frame_comes_at_the_wrong_time(self, tab: int, which: int) -> None:
        """One that came before, or one that is far ahead: the other tab leads, and its stream is further."""
        if self.server.events:
            self.hears(tab, self.server.events[which % len(self.server.events)])

    @rule(tab=st.integers(0, 1), count=st.integers(1, 3))
    def frames_are_lost(self, tab: int, count: int) -> None:
        self.heard[tab] = min(len(self.server.events), self.heard[tab] + count)

    def hears(self, tab: int, event: Json) -> None:
        if self.tabs[tab].hear(event) is Applied.GAP:
            self.tabs[tab].catch_up()

    @rule(tab=st.integers(0, 1), lower=st.booleans(), size=st.integers(1, 3))
    def list_is_asked(self, tab: int, lower: bool, size: int) -> None:
        self.tabs[tab].ask_list(lower, size)

    @rule(tab=st.integers(0, 1), which=numbers, size=st.integers(1, 3), with_row=st.booleans())
    def history_is_asked(self, tab: int, which: int, size: int, with_row: bool) -> None:
        self.tabs[tab].ask_history(NAMES[which % len(NAMES)], size, with_row)

    @rule(tab=st.integers(0, 1), which=numbers)
    def answer_arrives(self, tab: int, which: int) -> None:
        self.tabs[tab].receive(which)

    @rule(tab=st.integers(0, 1), meanwhile=st.integers(0, 2), opened=st.booleans())
    def screen_is_loaded_anew(self, tab: int, meanwhile: int, opened: bool) -> None:
        names = tuple(self.server.now.rows)[:1] if opened else ()
        self.tabs[tab].reload(meanwhile, names)

    @rule(back=st.integers(0, 6))
    def an_older_state_is_restored(self, back: int) -> None:
        self.server.restore(back)
        for tab in (0, 1):
            self.tabs[tab].reload(0, ())
            self.heard[tab] = len(self.server.events)

    # -- what must hold -----------------------------------------------------------------------------------------------

    @rule(tab=st.integers(0, 1))
    def comes_to_rest(self, tab: int) -> None:
        self.tabs[tab].come_to_rest()
        self.tabs[tab].check_at_rest()

    @invariant()
    def screens_show_what_was_true(self) -> None:
        for tab in getattr(self, "tabs", ()):
            tab.check()

    def teardown(self) -> None:
        for tab in getattr(self, "tabs", ()):
            tab.come_to_rest()
            tab.check_at_rest()


TestScreens = Screens.TestCase
TestScreens.settings = settings(max_examples=150, stateful_step_count=40, deadline=None, derandomize=True)


# -- the recorded walks -----------------------------------------------------------------------------------------------


class Walk(Screens):
    """One walk with choices of its own, so that a record is the same on every machine."""

    def __init__(self, seed: int, steps: int) -> None:
        super().__init__()
        self.chance = random.Random(seed)
        self.open()
        for name in NAMES[:2]:
            self.tabs[0].ask_history(name, 1, with_row=False)
            self.tabs[0].receive(0)
        for step in range(steps):
            self.go()
            if step % 8 == 7:
                self.look()
        self.tabs[0].come_to_rest()
        self.tabs[0].check_at_rest()
        self.look()

    def go(self) -> None:
        """One step; only the first tab is recorded, and what happens is likelier than what reaches it."""
        n = self.chance.randrange
        weighed: list[tuple[int, Callable[[], None]]] = [
            (6, lambda: self.customer_writes(n(12), self.chance.choice([0, 0, 1, 5]))),
            (3, lambda: self.operator_writes(n(12))),
            (3, lambda: self.status_moves(n(12), n(12))),
            (5, lambda: self.message_is_edited(n(12), bool(n(2)))),
            (3, lambda: self.is_read(n(12), bool(n(3)), n(3))),
            (1, lambda: self.handed_over(n(12), n(12))),
            (1, self.something_hidden),
            (1, lambda: self.begin(n(12))),
            (1, lambda: self.past_is_told(n(12))),
            (10, lambda: self.stream_brings(0, 1 + n(3))),
            (2, lambda: self.frames_are_lost(0, 1 + n(2))),
            (2, lambda: self.a_frame_comes_at_the_wrong_time(0, n(40))),
            (3, lambda: self.list_is_asked(0, bool(n(2)), 1 + n(2))),
            (4, lambda: self.history_is_asked(0, n(12), 1 + n(2), bool(n(2)))),
            (4, lambda: self.answer_arrives(0, n(12))),
            (1, lambda: self.screen_is_loaded_anew(0, n(2), bool(n(2)))),
            (1, lambda: self.an_older_state_is_restored(n(5))),
        ]
        weights, steps = zip(*weighed, strict=True)
        self.chance.choices(steps, weights)[0]()
        self.tabs[0].check()

    def look(self) -> None:
        self.tabs[0].record.append({"do": "look", "shown": self.tabs[0].shown()})


def recorded(seed: int) -> Json:
    """A walk as the dashboard repeats it. Events stand once; steps name them by their place."""
    walk = Walk(seed, steps=24)
    events: list[Json] = []
    steps: list[Json] = []
    for step in walk.tabs[0].record:
        if step["do"] == "event":
            if step["event"] not in events:
                events.append(step["event"])
            steps.append({**step, "event": events.index(step["event"])})
        else:
            steps.append(step)
    return {"seed": seed, "events": events, "steps": steps}


def test_the_walks_are_recorded_for_the_dashboard() -> None:
    walks = [recorded(seed) for seed in range(CASES)]
    if os.environ.get("WASL_RECORD_SCREENS"):
        lines = b",\n".join(orjson.dumps(walk, option=orjson.OPT_SORT_KEYS) for walk in walks)
        SCREENS.write_bytes(b"[\n" + lines + b"\n]\n")  # One walk per line, so that a change can be read.
    assert orjson.loads(SCREENS.read_bytes()) == walks, "record the screens anew if the change is meant"
    done = [step.get("result", step["do"]) for walk in walks for step in walk["steps"]]
    for word in ("applied", "duplicate", "gap", "page", "reload", "advance"):
        assert done.count(word) > 10, f"hardly any {word} was recorded"


@pytest.mark.parametrize("fault", ["ties", "versions"])
def test_a_planted_fault_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen that orders by clock alone, or that takes every version for news, does not get through the walks."""
    from wasl.torture import view

    if fault == "ties":
        monkeypatch.setattr(view, "_place", lambda message: (message["clock"], 0, message["message_id"]))
    else:
        put = view._Thread.put

        def forgetful(thread: Any, message: Any) -> None:
            put(thread, {**message, "version": 0})

        monkeypatch.setattr(view._Thread, "put", forgetful)
    with pytest.raises(AssertionError):
        [Walk(seed, steps=24) for seed in range(CASES)]
