"""Two servers that take turns on one core, round by round, and how the one stands beside the other."""

import contextlib
from collections.abc import Callable, Sequence

from bench.fanout import Fanout, Round
from bench.publishers import Publishers
from bench.report import Figure, median, shown


def take_turns(rounds: int, crowds: Sequence[Fanout], play: Callable[[Fanout], Round]) -> None:
    """Let each play its rounds while the others stand still."""
    for one in crowds:
        one.rounds.clear()
    for _ in range(rounds):
        for one in crowds:
            with contextlib.ExitStack() as stack:
                for other in crowds:
                    if other is not one:
                        stack.enter_context(other.running.frozen())
                one.publishers = stack.enter_context(contextlib.closing(Publishers(one.readers, [one.running.port])))
                play(one)


def deliveries(name: str, ours: Fanout, theirs: Fanout | None, ratio_min: float) -> list[Figure]:
    """How many a second, of the peer and of us."""
    figures = [_alone(f"{theirs.name}, {name}", "/s", theirs.rate, theirs)] if theirs is not None else []
    return [*figures, _compared(f"Wasl, {name}", "/s", ours, theirs, lambda one: one.deliveries_per_second, ratio_min)]


def waits(name: str, ours: Fanout, theirs: Fanout | None) -> list[Figure]:
    """p99 from publishing to reading, of the peer and of us: no worse than theirs."""
    figures = [_alone(f"{theirs.name}, {name}, p99", "ms", theirs.p99 * 1000, theirs)] if theirs is not None else []
    return [*figures, _compared(f"Wasl, {name}, p99", "ms", ours, theirs, lambda one: one.p99 * 1000, None)]


def _alone(name: str, unit: str, value: float, fanout: Fanout) -> Figure:
    return Figure(name, value, unit, note=fanout.note, beside=fanout.beside)


def _compared(
    name: str,
    unit: str,
    ours: Fanout,
    theirs: Fanout | None,
    value: Callable[[Round], float],
    ratio_min: float | None,
) -> Figure:
    """A figure of ours beside the peer's, at least so many times it, or else no more than it. A delivery that is lost
    or doubled misses every bound."""
    mine, note = [value(one) for one in ours.rounds], ours.note
    if theirs is None:
        return Figure(name, median(mine), unit, "", None, ours.whole, note, beside=ours.beside)
    peers = median([value(other) for other in theirs.rounds])
    ratio = median([one / value(other) for one, other in zip(mine, theirs.rounds, strict=True)])
    if ratio_min is None:
        words, kept = f"≤ {theirs.name}'s {shown(peers)}", ratio <= 1
    else:
        words, kept = f"≥ {ratio_min} × {theirs.name}'s {shown(peers)}", ratio >= ratio_min
    return Figure(name, median(mine), unit, words, ratio, kept and ours.whole, note, beside=ours.beside)
