"""A crowd before one account: how many deliveries a second, how soon, and what its streams cost when nothing happens.

The peers take turns with us, round by round, on the same core; who waits for his turn is frozen.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from bench.fanout import MESSAGES_AHEAD, Fanout, Round
from bench.idle import measure_idle
from bench.installation import NotMeasured, fresh_folder, node_peer
from bench.machine import Cores, allow_many_files, on_core, two_cores
from bench.nchan import nchan_server
from bench.readers import Readers
from bench.report import Figure, Report
from bench.sockets import node_sockets, our_sockets, say_that_they_live
from bench.stage import nchan_crowd, our_crowd, stage
from bench.stalled import measure_stalled
from bench.turns import deliveries, take_turns, waits

NCHAN_RATIO_MIN = 1.5
NODE_RATIO_MIN = 1.0
SOCKETS = 1_000
BUSY_MESSAGES_PER_SECOND = 50
FILES_WANTED = 20_000


@dataclass(frozen=True, slots=True)
class Size:
    """A crowd, and a pace that leaves every server of the comparison room: 50,000 deliveries a second."""

    streams: int
    messages_per_second: float


SIZES = (Size(1_000, 50), Size(5_000, 10))
SIZES_BETWEEN = (100, 2_500)
"""Streams that are only driven as fast as it goes: how that changes with their number."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long everything takes."""

    rounds: int
    seconds: float


WHOLE = Plan(rounds=4, seconds=4)
QUICK = Plan(rounds=2, seconds=2)


def measure_crowd(report: Report, quick: bool) -> None:
    """Measure everything about many streams on one node."""
    plan, cores = (QUICK if quick else WHOLE), two_cores()
    files = allow_many_files(FILES_WANTED)
    with on_core(cores.client):
        for size in SIZES:
            _compare(report, plan, cores, size)
        for streams in SIZES_BETWEEN:
            with _crowds(cores, streams) as (ours, theirs):
                _drive(report, plan, ours, theirs)
        _compare_sockets(report, plan, cores)
        measure_idle(report, cores, files, quick)
        measure_stalled(report, cores, quick)


def _compare(report: Report, plan: Plan, cores: Cores, size: Size) -> None:
    with _crowds(cores, size.streams) as (ours, theirs):
        crowds = [ours] if theirs is None else [ours, theirs]
        take_turns(plan.rounds, crowds, lambda one: one.paced(size.messages_per_second, plan.seconds))
        name = f"{size.streams:,} streams"
        _add(report, waits(f"{name}, {size.messages_per_second:g} messages/s", ours, theirs))
        if size.messages_per_second < BUSY_MESSAGES_PER_SECOND:
            with theirs.running.frozen() if theirs is not None else contextlib.nullcontext():
                take_turns(plan.rounds, [ours], lambda one: one.paced(BUSY_MESSAGES_PER_SECOND, plan.seconds))
            _add(report, waits(f"{name}, {BUSY_MESSAGES_PER_SECOND} messages/s (beyond the peer)", ours, None))
        _drive(report, plan, ours, theirs)


def _drive(report: Report, plan: Plan, ours: Fanout, theirs: Fanout | None) -> None:
    """As fast as it goes."""
    crowds = [ours] if theirs is None else [ours, theirs]
    take_turns(plan.rounds, crowds, lambda one: one.saturated(plan.seconds))
    name = f"{len(ours.streams):,} streams, {MESSAGES_AHEAD} messages ahead"
    _add(report, deliveries(name, ours, theirs, NCHAN_RATIO_MIN))
    _add(report, waits(name, ours, theirs))


@contextlib.contextmanager
def _crowds(cores: Cores, streams: int) -> Iterator[tuple[Fanout, Fanout | None]]:
    """So many streams of ours, and as many of nchan's if there is one."""
    print(f"==> {streams:,} streams of one account", flush=True)
    with contextlib.ExitStack() as stack:
        ready = stack.enter_context(stage(cores))
        readers = stack.enter_context(contextlib.closing(Readers()))
        ours, theirs = our_crowd(ready, readers, streams), None
        try:
            folder = stack.enter_context(fresh_folder("nchan"))
            nchan = stack.enter_context(nchan_server(cores.server, folder))
            theirs = nchan_crowd(ready, nchan, readers, streams)
        except NotMeasured as reason:
            print(f"!!! without the peer: {reason}")
        yield ours, theirs


def _compare_sockets(report: Report, plan: Plan, cores: Cores) -> None:
    print(f"==> {SOCKETS:,} sockets of one account (Socket.IO)", flush=True)
    with contextlib.ExitStack() as stack:
        ready = stack.enter_context(stage(cores))
        readers = stack.enter_context(contextlib.closing(Readers()))
        ours, theirs = our_sockets(ready, readers, SOCKETS), None
        try:
            folder = stack.enter_context(fresh_folder("node"))
            node = stack.enter_context(node_peer("crowd.js", cores.server, folder))
            theirs = node_sockets(ready, node, readers, SOCKETS)
        except NotMeasured as reason:
            print(f"!!! without the peer: {reason}")
        crowds = [ours] if theirs is None else [ours, theirs]

        def play(one: Fanout) -> Round:
            say_that_they_live(one)
            return one.saturated(plan.seconds)

        take_turns(plan.rounds, crowds, play)
        name = f"{SOCKETS:,} sockets, {MESSAGES_AHEAD} messages ahead"
        _add(report, deliveries(name, ours, theirs, NODE_RATIO_MIN))
        _add(report, waits(name, ours, theirs))


def _add(report: Report, figures: list[Figure]) -> None:
    for figure in figures:
        report.add(figure)
