"""What can be measured, how long it takes, and what of it fits into the time that somebody has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.arrive import measure_arrival
from bench.assistant import measure_assistant
from bench.crowd import measure_crowd
from bench.growth import measure_growth
from bench.inbox import measure_inbox
from bench.report import Report
from bench.restart import measure_restart
from bench.send import measure_sends
from bench.storm import measure_storm
from bench.weight import measure_weight

DATABASES = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the measurements. The minutes are those of two idle cores of 2026. Those of growth are with
    the three that it takes to build the largest file, which the inbox uses again."""

    name: str
    what: str
    minutes: float
    minutes_quick: float
    measure: Callable[[Report, str], None]
    """Takes the report, and where PostgreSQL runs while arriving is measured."""
    databases: Sequence[str] = DATABASES
    """Those that it can be asked for one by one; the others use what they need."""


# Of a budget the first ones take what they can have whole, and the last ones what is left.
PARTS = (
    Part(
        "arrive",
        "how many webhooks, how soon, beside a bare endpoint and a receiver in Node",
        6.5,
        1.2,
        lambda report, where: measure_arrival(report, report.databases, report.quick, where),
    ),
    Part(
        "crowd",
        "thousands of streams, beside nginx with nchan and Socket.IO in Node",
        7,
        1.8,
        lambda report, _: measure_crowd(report, report.quick),
        (),
    ),
    Part(
        "storm",
        "all of them come back at once",
        3,
        1,
        lambda report, _: measure_storm(report, report.databases, report.quick),
    ),
    Part(
        "restart",
        "three nodes stop and start in turn",
        1.5,
        0.7,
        lambda report, _: measure_restart(report, report.quick),
        (),
    ),
    Part(
        "growth",
        "what a message costs with more messages, conversations, accounts and dashboards",
        8,
        1.3,
        lambda report, _: measure_growth(report, report.databases, report.quick),
    ),
    Part(
        "assistant",
        "what the assistant answers without a model, beside plain word overlap, how soon, and what a turn costs",
        1.4,
        0.5,
        lambda report, _: measure_assistant(report, report.quick),
        (),
    ),
    Part(
        "weight",
        "what a message weighs on PostgreSQL's disk",
        3,
        0.4,
        lambda report, _: measure_weight(report, report.quick),
        (),
    ),
    Part(
        "send",
        "how fast replies leave beside the number's limit, and how long they wait",
        4,
        1.2,
        lambda report, _: measure_sends(report, report.databases, report.quick),
    ),
    Part(
        "inbox",
        "pages and searches from a thousand to a million conversations",
        14,
        0.7,
        lambda report, _: measure_inbox(report, report.databases, report.quick),
    ),
)


def chosen(names: Sequence[str]) -> list[Part]:
    """The parts of these names, or all of them. Raises ValueError for a name that is none."""
    known = {part.name: part for part in PARTS}
    unknown = [name for name in names if name != "all" and name not in known]
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: there are {', '.join(known)} and all")
    return list(PARTS) if "all" in names else [known[name] for name in dict.fromkeys(names)]


def is_quick(part: Part, rest: Sequence[Part], minutes_left: float) -> bool | None:
    """Whether the time is enough for only a short look, if those to come shall have theirs; None if not even for that.

    >>> is_quick(PARTS[0], PARTS[1:], 100), is_quick(PARTS[0], PARTS[1:], 9), is_quick(PARTS[0], PARTS[1:], 1)
    (False, True, None)
    """
    if minutes_left < part.minutes_quick:
        return None
    return minutes_left - part.minutes < sum(other.minutes_quick for other in rest)
