"""How the cost of a message grows with what is there already: messages, conversations, accounts, dashboards.

Each size is measured by the same few hundred webhooks, and a line is fitted through the logarithms: an exponent of 0 is
a cost that does not grow, 1 is one that doubles when the size does.
"""

import contextlib
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from time import perf_counter

import uvloop

from bench.accounts import add_accounts
from bench.bodies import Numbers, webhook, webhooks
from bench.bulk import postgres_installation, sqlite_installation
from bench.client import CONNECTIONS
from bench.cost import Cost, Costing, statements_per_commit, write_all
from bench.installation import NotMeasured, Running, fresh_folder, furnish, our_server, settings_for
from bench.machine import Cores, allow_many_files, on_core, two_cores
from bench.population import Population
from bench.postgres import postgres, version_of
from bench.publishers import Publishers
from bench.readers import Readers, opened
from bench.report import Figure, Report, shown
from bench.stage import Stage, prepared, reading
from wasl.settings import Settings

EXPONENT_MAX = 0.10
"""What counts as flat: a tenfold size costs a quarter more at most."""
FILES_WANTED = 4_000
WRITERS = 500
"""Customers, where nothing else is said."""
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is tried of each, and by how many messages. PostgreSQL's large installations take too long to build."""

    samples: int
    messages: tuple[int, ...]
    conversations: tuple[int, ...]
    conversations_in_a_file: tuple[int, ...]
    accounts: tuple[int, ...]
    dashboards: tuple[int, ...]
    paced_seconds: float


WHOLE = Sizes(
    1_500,
    (1_000, 10_000, 100_000),
    (1_000, 10_000, 100_000),
    (1_000, 10_000, 100_000, 1_000_000),
    (1, 10, 100, 1_000),
    (0, 10, 100, 1_000),
    4.0,
)
QUICK = Sizes(600, (1_000, 10_000), (1_000, 10_000), (1_000, 10_000), (1, 10, 100, 1_000), (0, 10, 100, 1_000), 2.0)
MESSAGES_PER_SECOND = 100
"""To dashboards: at a pace, so that as many messages share a write as in life."""

NewDatabase = Callable[[], str | None]
Costs = dict[int, Cost]


def measure_growth(report: Report, databases: Sequence[str], quick: bool) -> None:
    """Measure how the cost grows in every direction, on each of the databases."""
    cores, sizes = two_cores(), (QUICK if quick else WHOLE)
    allow_many_files(FILES_WANTED)
    with on_core(cores.client):
        if "sqlite" in databases:
            _measure(report, "sqlite", sizes, cores, lambda: None)
        if "postgres" in databases:
            try:
                with postgres(cores.server) as server:
                    report.facts["postgresql"] = version_of(server.url())
                    _measure(report, "postgres", sizes, cores, server.create_database)
            except NotMeasured as reason:
                print(f"!!! not measured on PostgreSQL: {reason}")


def _measure(report: Report, database: str, sizes: Sizes, cores: Cores, new: NewDatabase) -> None:
    name, calls = NAMES[database], dict[int, float]()
    print(f"==> How the cost grows, {name}", flush=True)
    with fresh_folder("growth") as folder:
        tell(report, "messages", name, _by_messages(sizes, cores, settings_for(folder / "messages", new())))
        large = sizes.conversations_in_a_file if database == "sqlite" else sizes.conversations
        costs = _by_conversations(sizes.samples, large, cores, folder, new, calls)
        tell(report, "conversations", name, costs, calls)
        calls = {}
        costs = _by_accounts(sizes, cores, settings_for(folder / "accounts", new()), calls)
        tell(report, "accounts", name, costs, calls)
        tell_dashboards(report, name, _by_dashboards(sizes, cores, settings_for(folder / "dashboards", new())))


# -- directions -------------------------------------------------------------------------------------------------------


def _by_messages(sizes: Sizes, cores: Cores, settings: Settings) -> Costs:
    """The log fills by itself; the messages after each mark are weighed."""
    furnish(settings)
    costs, sent = {}, 0
    with our_server(settings, cores.server) as ours:
        costing = Costing(ours, settings.database_url)
        for mark in sizes.messages:
            write_all(ours.port, webhooks(sent, mark - sent, customers=WRITERS))
            sample = webhooks(mark, sizes.samples, customers=WRITERS)
            costs[mark] = costing.cost_of(len(sample), lambda sample=sample: write_all(ours.port, sample))  # type: ignore[misc]
            sent = mark + len(sample)
    return costs


def _by_conversations(
    samples: int, sizes: Sequence[int], cores: Cores, folder: Path, new: NewDatabase, calls: dict[int, float]
) -> Costs:
    """Installations that have run for a year; anybody of theirs writes."""
    costs = {}
    for size in sizes:
        with _installed(size, folder / str(size), new) as (settings, people):
            chance = random.Random(size)
            writers = [people.writer(chance.randrange(size)) for _ in range(2 * samples)]
            # Beyond all that the population has; what comes first only warms up.
            requests = [webhook(10**7 + place, writer) for place, writer in enumerate(writers)]
            known, sample = requests[: samples // 2], requests[samples // 2 : samples * 3 // 2]
            with our_server(settings, cores.server) as ours:
                write_all(ours.port, known)
                costing = Costing(ours, settings.database_url)
                costs[size] = costing.cost_of(len(sample), lambda: write_all(ours.port, sample))  # noqa: B023
            calls[size] = statements_per_commit(settings, requests[samples * 3 // 2 :])
    return costs


@contextlib.contextmanager
def _installed(size: int, folder: Path, new: NewDatabase) -> Iterator[tuple[Settings, Population]]:
    """A copy of a built file, or a database filled anew; gone afterwards."""
    url = new()
    if url is not None:
        yield postgres_installation(size, url, folder)
        return
    built, people = sqlite_installation(size)
    shutil.copytree(built.data_dir, folder)
    yield settings_for(folder, None), people
    shutil.rmtree(folder)


def _by_accounts(sizes: Sizes, cores: Cores, settings: Settings, calls: dict[int, float]) -> Costs:
    """The same messages to one account, and spread over more and more."""
    furnish(settings)
    costs, numbers = {}, Numbers()
    for count in sizes.accounts:
        add_accounts(settings, count)
        requests = _spread(numbers, sizes.samples * 2 + max(WRITERS, count), count)
        known, rest = requests[: max(WRITERS, count)], requests[max(WRITERS, count) :]
        sample, more = rest[: sizes.samples], rest[sizes.samples :]
        with our_server(settings, cores.server) as ours:
            write_all(ours.port, known)
            costing = Costing(ours, settings.database_url)
            costs[count] = costing.cost_of(len(sample), lambda: write_all(ours.port, sample))  # noqa: B023
        # As many write at once as there are connections, so that a commit has no more accounts than that.
        calls[count] = statements_per_commit(settings, more) / min(count, CONNECTIONS)
    return costs


def _spread(numbers: Numbers, count: int, accounts: int) -> list[bytes]:
    first, numbers.next = numbers.next, numbers.next + count
    # As many customers as accounts at least, so that nobody is new after the first round.
    return webhooks(first, count, accounts, max(WRITERS, accounts))


def _by_dashboards(sizes: Sizes, cores: Cores, settings: Settings) -> Costs:
    """At a pace, to more and more streams of the account."""
    furnish(settings)
    costs = {}
    with our_server(settings, cores.server) as ours, contextlib.closing(Readers()) as readers:
        ready, held = uvloop.run(prepared(ours, cores)), 0
        costing, number = Costing(ours, settings.database_url), ready.first
        for count in sizes.dashboards:
            _open(ready, readers, count - held)
            held = count
            messages = int(MESSAGES_PER_SECOND * sizes.paced_seconds)
            first, number = number, number + messages
            costs[count] = costing.cost_of(messages, lambda: _paced(ours, readers, first, messages))  # noqa: B023
    return costs


def _open(ready: Stage, readers: Readers, count: int) -> None:
    for one in opened(ready.ours.port, count, reading(ready)):
        readers.add(one)
    _read_on(readers, 0.5)


def _paced(ours: Running, readers: Readers, first: int, count: int) -> None:
    """Send at fixed moments, and read until everybody has everything."""

    def taken(status: int) -> None:
        assert status == 200, f"Wasl answered with {status} (0: not at all)"

    requests = webhooks(first, count)
    with contextlib.closing(Publishers(readers, [ours.port])) as publishers:
        started, sent = perf_counter(), 0
        while sent < count or not publishers.at_rest:
            due = sent < count and (perf_counter() - started) * MESSAGES_PER_SECOND >= sent
            if due and publishers.ready:
                publishers.send(requests[sent], taken)
                sent += 1
            else:
                readers.turn(0.002)
        _read_on(readers, 0.3)


def _read_on(readers: Readers, seconds: float) -> None:
    ends = perf_counter() + seconds
    while perf_counter() < ends:
        readers.turn(0.05)


# -- what is told -----------------------------------------------------------------------------------------------------


def exponent(values: dict[int, float]) -> float:
    """The slope of the line that fits best through the logarithms; what has no size or no value is left out.

    >>> round(exponent({1: 3.0, 10: 30.0, 100: 300.0}), 3), exponent({1: 5.0, 10: 5.0})
    (1.0, 0.0)
    """
    points = [(log(size), log(value)) for size, value in values.items() if size > 0 and value > 0]
    middle_x, middle_y = (sum(place) / len(points) for place in zip(*points, strict=True))
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return float(sum((x - middle_x) * (y - middle_y) for x, y in points) / spread)


def tell(report: Report, direction: str, database: str, costs: Costs, calls: dict[int, float] | None = None) -> None:
    """Every kind of cost with its exponent. Memory has caches to fill, and how many share a commit is the moment's
    affair: these have no bound."""
    measured = {
        "processor time of a message (µs)": {size: cost.microseconds for size, cost in costs.items()},
        "written for a message (KiB)": {size: cost.written_kib for size, cost in costs.items()},
        "commits for a message": {size: cost.commits for size, cost in costs.items()},
        "statements of a commit for each account in it": calls or {},
        "the server's memory (MiB)": {size: cost.resident_mib for size, cost in costs.items()},
    }
    for what, values in measured.items():
        if values:
            bounded = what.startswith(("processor", "written", "statements"))
            _tell(report, f"{what} by {direction}, {database}", values, EXPONENT_MAX if bounded else None)


def tell_dashboards(report: Report, database: str, costs: Costs) -> None:
    """What a message costs before so many screens, and what each of them adds."""
    values = {count: cost.microseconds for count, cost in costs.items()}
    _tell(report, f"processor time of a message (µs) by dashboards, {database}", values, None)
    _tell(
        report,
        f"the server's memory (MiB) by dashboards, {database}",
        {n: c.resident_mib for n, c in costs.items()},
        None,
    )
    most = max(values)
    added = (values[most] - values[0]) / most
    report.add(Figure(f"what a delivery adds before {most:,} dashboards, {database}", added, "µs"))


def _tell(report: Report, name: str, values: dict[int, float], exponent_max: float | None) -> None:
    slope = exponent(values)
    note = "; ".join(f"{size:,}: {shown(value)}" for size, value in values.items())
    bound = f"≤ {exponent_max:.2f}" if exponent_max is not None else ""
    kept = slope <= exponent_max if exponent_max is not None else None
    beside = {str(size): value for size, value in values.items()}
    report.add(Figure(f"{name}: exponent", slope, "", bound, None, kept, note, None, beside))
