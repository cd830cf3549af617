"""A crowd before one account: how many deliveries a second, how soon, and what its streams cost when nothing happens.

The peers take turns with us, round by round, on the same core; who waits for his turn is frozen.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from bench.fanout import MESSAGES_AHEAD, Fanout, Round
from bench.idle import measure_idle
from bench.installation import NotMeasured, fresh_folder
from bench.machine import Cores, allow_many_files, on_core, two_cores
from bench.nchan import nchan_server
from bench.publishers import Publishers
from bench.readers import Readers
from bench.report import Figure, Report, median
from bench.stage import nchan_crowd, our_crowd, stage
from bench.stalled import measure_stalled

NCHAN_RATIO_MIN = 1.5
P99_RATIO_MAX = 1.0
FILES_WANTED = 20_000


@dataclass(frozen=True, slots=True)
class Size:
    """A crowd, and a pace that leaves every server of the comparison room: 50,000 deliveries a second."""

    streams: int
    messages_per_second: float


SIZES = (Size(1_000, 50), Size(5_000, 10))


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
        measure_idle(report, cores, files, quick)
        measure_stalled(report, cores, quick)


def _compare(report: Report, plan: Plan, cores: Cores, size: Size) -> None:
    print(f"==> {size.streams:,} streams of one account", flush=True)
    with contextlib.ExitStack() as stack:
        ready = stack.enter_context(stage(cores))
        readers = stack.enter_context(contextlib.closing(Readers()))
        ours, theirs = our_crowd(ready, readers, size.streams), None
        try:
            folder = stack.enter_context(fresh_folder("nchan"))
            nchan = stack.enter_context(nchan_server(cores.server, folder))
            theirs = nchan_crowd(ready, nchan, readers, size.streams)
        except NotMeasured as reason:
            print(f"!!! without the peer: {reason}")
        crowds = [ours] if theirs is None else [ours, theirs]
        for saturated in (False, True):
            _take_turns(plan, crowds, size, saturated)
            _report(report, size, ours, theirs, saturated)


def _take_turns(plan: Plan, crowds: list[Fanout], size: Size, saturated: bool) -> None:
    for one in crowds:
        one.rounds.clear()
    for _ in range(plan.rounds):
        for one in crowds:
            with contextlib.ExitStack() as stack:
                for other in crowds:
                    if other is not one:
                        stack.enter_context(other.running.frozen())
                one.publishers = stack.enter_context(contextlib.closing(Publishers(one.readers, one.running.port)))
                if saturated:
                    one.saturated(plan.seconds)
                else:
                    one.paced(size.messages_per_second, plan.seconds)


def _report(report: Report, size: Size, ours: Fanout, theirs: Fanout | None, saturated: bool) -> None:
    how = f"{MESSAGES_AHEAD} messages ahead" if saturated else f"{size.messages_per_second:g} messages/s"
    name = f"{size.streams:,} streams, {how}"
    if saturated:
        if theirs is not None:
            report.add(Figure(f"nchan, {name}", theirs.rate, "/s", note=theirs.note, beside=theirs.beside))
        report.add(_compared(f"Wasl, {name}", "/s", ours, theirs, lambda one: one.deliveries_per_second))
    if theirs is not None:
        report.add(Figure(f"nchan, {name}, p99", theirs.p99 * 1000, "ms", note=theirs.note, beside=theirs.beside))
    report.add(_compared(f"Wasl, {name}, p99", "ms", ours, theirs, lambda one: one.p99 * 1000))


def _compared(name: str, unit: str, ours: Fanout, theirs: Fanout | None, value: Callable[[Round], float]) -> Figure:
    """A figure of ours beside the peer's. A delivery that is lost or doubled misses every bound."""
    mine, note = [value(one) for one in ours.rounds], ours.note
    if theirs is None:
        return Figure(name, median(mine), unit, "", None, ours.whole, note, beside=ours.beside)
    ratio = median([one / value(other) for one, other in zip(mine, theirs.rounds, strict=True)])
    if unit == "/s":
        words, kept = f"≥ {NCHAN_RATIO_MIN} × {theirs.name}", ratio >= NCHAN_RATIO_MIN
    else:
        words, kept = f"≤ {theirs.name}'s", ratio <= P99_RATIO_MAX
    return Figure(name, median(mine), unit, words, ratio, kept and ours.whole, note, beside=ours.beside)
