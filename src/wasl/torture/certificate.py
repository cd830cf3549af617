"""What a run showed, as a page that somebody can hold the project to."""

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from wasl import __version__
from wasl.torture.judge import Judgement
from wasl.torture.plan import Asked

LOST = (1, 3, 6)
DOUBLED = (9, 15)
REORDERED = (5, 7, 8, 10, 12, 16)
"""Which invariants say that something was lost, doubled or reordered."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done in a run. `faults` and `watchers` are counts by name (0 of what was to be done and never was),
    `troubles` is what would not end in order."""

    asked: Asked
    seconds: float
    nodes: int
    database: str
    webhooks: int
    deliveries: int
    messages: int
    replies: int
    faults: Mapping[str, int]
    watchers: Mapping[str, int]
    troubles: tuple[str, ...]


def command_of(asked: Asked) -> str:
    """The command that repeats a run."""
    words = ["wasl torture", f"--engine {asked.engine}", f"--seed {asked.seed}", f"--seconds {asked.seconds:g}"]
    if asked.webhooks is not None:
        words.append(f"--webhooks {asked.webhooks}")
    else:
        words.append(f"--rate {asked.rate:g}")
    return " ".join(words)


def wrong(done: Done, judgement: Judgement) -> Iterator[str]:
    """What keeps a run from being green, a sentence each: what was violated or never compared, what did not end well,
    and what was never broken or reached, unless it is one of the long runs, which are about kills only."""
    if not judgement.verdicts:
        yield "Nothing was judged."
    for verdict in judgement.verdicts:
        if verdict.total:
            yield f"({verdict.number}) {verdict.title}: {verdict.total:,} violations."
            yield from (f"({verdict.number}) {violation.sentence}" for violation in verdict.violations)
        elif not verdict.green:
            yield f"({verdict.number}) {verdict.title}: nothing was compared."
    yield from done.troubles
    if not done.asked.long:
        yield from (f"Never reached: {state}." for state in judgement.unreached)
        yield from (f"Never broken: {name}." for name, times in done.faults.items() if not times)


def is_green(done: Done, judgement: Judgement) -> bool:
    """Whether nothing is wrong with a run."""
    return next(wrong(done, judgement), None) is None


def page(done: Done, judgement: Judgement) -> str:
    """The certificate as Markdown."""
    return "\n".join(chain(_head(done, judgement), _work(done), _verdicts(judgement), _reached(judgement), _end(done)))


def _head(done: Done, judgement: Judgement) -> Iterator[str]:
    asked = done.asked
    yield f"# {asked.engine}, seed {asked.seed}: {'green' if is_green(done, judgement) else 'NOT green'}"
    yield ""
    counts = ", ".join(
        f"**{_violations(judgement, numbers):,} {word}**"
        for word, numbers in (("lost", LOST), ("doubled", DOUBLED), ("reordered", REORDERED))
    )
    yield f"{done.webhooks:,} webhooks acknowledged in {done.seconds:,.0f} s: {counts}."
    yield ""
    yield f"{datetime.now(UTC):%Y-%m-%d}, Wasl {__version__}, Python {platform.python_version()}, {done.database},"
    yield f"{platform.system()} {platform.release()}. Repeat it: `{command_of(asked)}`"
    yield ""


def _work(done: Done) -> Iterator[str]:
    yield "## What was done"
    yield ""
    yield f"{done.nodes} node{'s' if done.nodes > 1 else ''}; {done.deliveries:,} deliveries of webhooks with"
    yield f"{done.messages:,} messages; {done.replies:,} replies of operators."
    yield ""
    yield from _table(("broken", "times"), sorted(done.faults.items()))
    yield from _table(("watched by", "watchers"), sorted(done.watchers.items()))


def _verdicts(judgement: Judgement) -> Iterator[str]:
    yield "## The invariants"
    yield ""
    rows = [
        (f"{v.number}. {v.title}", f"{v.compared:,}", f"{v.total:,}" + (f" ({v.waived})" if v.waived else ""))
        for v in judgement.verdicts
    ]
    yield from _table(("invariant", "compared", "violations"), rows)
    for verdict in judgement.verdicts:
        for violation in verdict.violations:
            yield f"**{verdict.number}. {violation.sentence}**"
            yield ""
            yield "```"
            yield violation.excerpt
            yield "```"
            yield ""


def _reached(judgement: Judgement) -> Iterator[str]:
    yield "## The dangerous states"
    yield ""
    yield from _table(("state", "reached"), [(name, f"{count:,}") for name, count in judgement.reached.items()])
    for name, reason in judgement.not_applicable.items():
        yield f"Not reachable here: {name}, because {reason}."
        yield ""
    yield "## How soon it was seen"
    yield ""
    header = ("from the acknowledgement to a screen", "p50", "p90", "p99", "max")
    yield from _table(header, [(name, *figures) for name, figures in judgement.latency_rows()])


def _end(done: Done) -> Iterator[str]:
    if done.troubles:
        yield "## What did not end in order"
        yield ""
        yield from (f"- {trouble}" for trouble in done.troubles)


def _violations(judgement: Judgement, numbers: tuple[int, ...]) -> int:
    return sum(verdict.total for verdict in judgement.verdicts if verdict.number in numbers)


def _table(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'|'.join(['---', *['---:'] * (len(header) - 1)])}|"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"
    yield ""
