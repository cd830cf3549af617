"""Arriving: how many webhooks a second are acknowledged after their commit, how soon, and how soon a screen knows.

Each rate is taken beside its limit or its peer in the same run: they take turns, round by round, on the same core, so
that whatever else the machine does falls on both.
"""

import asyncio
import contextlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from bench.bodies import APP_SECRET, CUSTOMERS, Numbers, endless, webhooks
from bench.client import CONNECTIONS, Load, as_fast_as_answered, at_a_pace
from bench.installation import (
    NotMeasured,
    Running,
    bare_server,
    fresh_folder,
    furnish,
    node_peer,
    our_server,
    settings_for,
)
from bench.machine import Cores, Shares, Usage, on_core, two_cores
from bench.postgres import postgres, version_of
from bench.report import Figure, Report, median, percentile
from bench.streams import Dashboard, Readings, dashboards

BARE_RATIO_MIN = 0.20
BARE_RATIO_AIM = 0.30
NODE_RATIO_MIN = 1.3
NODE_RATIO_AIM = 2.0
ACKNOWLEDGED_P99_MS_MAX = 50.0
DASHBOARDS = 100
MESSAGES_PER_SECOND = 200
SEEN_P50_MS_MAX = 5.0
SEEN_P99_MS_MAX = 25.0
REQUESTS_PER_SECOND_MAX = 6_000
"""More than any server here stores; so many requests are written beforehand."""
CLIENT_SHARE_MAX = 0.85
"""A client busier than this may itself be what is measured."""
SEEN_SECONDS_MAX = 5.0
"""How long the last frames may take before they count as lost."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long everything takes."""

    rounds: int
    seconds: float
    paced_seconds: float


WHOLE = Plan(rounds=5, seconds=6, paced_seconds=30)
QUICK = Plan(rounds=2, seconds=2, paced_seconds=5)


@dataclass(slots=True)
class Contender:
    """A server in a comparison, and what its rounds gave. One that `stores` needs a new message each time."""

    name: str
    port: int
    stores: bool
    rates: list[float] = field(default_factory=list)
    shares: list[Shares] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median(self.rates)

    def ratio_to(self, other: "Contender") -> float:
        """The median of the rounds' ratios: what disturbed a round disturbed both."""
        return median([mine / theirs for mine, theirs in zip(self.rates, other.rates, strict=True)])


def measure_arrival(report: Report, databases: list[str], quick: bool, postgres_core: str = "server") -> None:
    """Measure everything about arriving, on each of the databases. `postgres_core` is `server` or `client`."""
    plan, cores = (QUICK if quick else WHOLE), two_cores()
    with on_core(cores.client):
        if "sqlite" in databases:
            _on_sqlite(report, plan, cores)
        if "postgres" in databases:
            try:
                _on_postgres(report, plan, cores, postgres_core)
            except NotMeasured as reason:
                print(f"!!! not measured on PostgreSQL: {reason}")


def _on_sqlite(report: Report, plan: Plan, cores: Cores) -> None:
    print("==> Arriving, SQLite (synchronous=FULL)", flush=True)
    numbers = Numbers()
    with fresh_folder("arrive") as folder:
        settings = settings_for(folder, None)
        furnish(settings)
        with our_server(settings, cores.server) as ours, bare_server(cores.server, folder) as bare:
            wasl, limit = Contender("wasl", ours.port, stores=True), Contender("bare", bare.port, stores=False)
            _compare(plan, cores, numbers, wasl, limit)
            _report_rate(report, "bare Starlette endpoint (the limit)", limit)
            bound = Bound(f"≥ {BARE_RATIO_MIN:.2f} × bare, aim {BARE_RATIO_AIM:.2f}", limit, BARE_RATIO_MIN)
            _report_rate(report, "webhooks acknowledged, SQLite", wasl, bound)
            _measure_acknowledgement(report, plan, cores, numbers, wasl, "SQLite")
            _measure_screens(report, plan, cores, numbers, ours, "SQLite")


def _on_postgres(report: Report, plan: Plan, cores: Cores, where: str) -> None:
    print(f"==> Arriving, PostgreSQL (synchronous_commit=on, on the {where}'s core)", flush=True)
    numbers, core = Numbers(), cores.server if where == "server" else cores.client
    with fresh_folder("arrive") as folder, postgres(core) as server, contextlib.ExitStack() as stack:
        report.facts["postgresql"] = version_of(server.url())
        report.facts["postgresql_core"] = where
        settings = settings_for(folder, server.create_database())
        furnish(settings)
        ours = stack.enter_context(our_server(settings, cores.server))
        wasl = Contender("wasl", ours.port, stores=True)
        node = _node(stack, server.create_database(), cores, folder)
        bound = None
        if node is not None:
            bound = Bound(f"≥ {NODE_RATIO_MIN:.1f} × Node, aim {NODE_RATIO_AIM:.1f}", node, NODE_RATIO_MIN)
            _compare(plan, cores, numbers, wasl, node)
            _report_rate(report, "plain Node peer, PostgreSQL", node)
        else:
            _compare(plan, cores, numbers, wasl)
        _report_rate(report, "webhooks acknowledged, PostgreSQL", wasl, bound)
        _measure_acknowledgement(report, plan, cores, numbers, wasl, "PostgreSQL")
        _measure_screens(report, plan, cores, numbers, ours, "PostgreSQL")


def _node(stack: contextlib.ExitStack, url: str, cores: Cores, folder: Path) -> Contender | None:
    try:
        asked = {"PEER_DATABASE_URL": url, "PEER_APP_SECRET": APP_SECRET}
        running = stack.enter_context(node_peer("receiver.js", cores.server, folder, **asked))
    except NotMeasured as reason:
        print(f"!!! the Node peer is not measured: {reason}")
        return None
    return Contender("node", running.port, stores=True)


# -- how many ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bound:
    """What a rate has to stand beside."""

    words: str
    other: Contender
    ratio_min: float


def _compare(plan: Plan, cores: Cores, numbers: Numbers, *contenders: Contender) -> None:
    """Let them take turns. Before it counts every customer writes twice, so that all conversations are there."""
    for one in contenders:
        _load(one, iter(numbers.webhooks(2 * CUSTOMERS)), 60.0)
    for _ in range(plan.rounds):
        for one in contenders:
            if one.stores:
                requests = iter(numbers.webhooks(int(REQUESTS_PER_SECOND_MAX * plan.seconds)))
            else:
                requests = endless(webhooks(0, CUSTOMERS))
            usage = Usage(cores)
            load = _load(one, requests, plan.seconds)
            one.shares.append(usage.until_now())
            one.rates.append(load.per_second)


def _load(one: Contender, requests: Iterator[bytes], seconds: float) -> Load:
    return _accepted(one.name, uvloop.run(as_fast_as_answered(one.port, requests, seconds)))


def _accepted(name: str, load: Load) -> Load:
    """A rate of refusals would measure nothing. Raises SystemExit when there were any."""
    if load.refused:
        raise SystemExit(f"{name} answered with {load.refused} (status: how many)")
    return load


def _report_rate(report: Report, name: str, one: Contender, bound: Bound | None = None) -> None:
    busiest = max(one.shares, key=lambda share: share.client)
    note = f"{CONNECTIONS} connections, median of {len(one.rates)} rounds; {busiest}"
    if busiest.client > CLIENT_SHARE_MAX:
        note += "; THE CLIENT MAY BE THE LIMIT"
    if bound is None:
        report.add(Figure(name, one.rate, "/s", note=note))
        return
    ratio = one.ratio_to(bound.other)
    report.add(Figure(name, one.rate, "/s", bound.words, ratio, ratio >= bound.ratio_min, note))


# -- how soon ---------------------------------------------------------------------------------------------------------


def _measure_acknowledgement(
    report: Report, plan: Plan, cores: Cores, numbers: Numbers, one: Contender, database: str
) -> None:
    """The wait for the 200 at half of the greatest rate, sent at fixed moments whatever the server does."""
    pace = one.rate / 2
    requests = numbers.webhooks(int(pace * plan.paced_seconds))
    usage = Usage(cores)
    load = _accepted(one.name, uvloop.run(at_a_pace(one.port, requests, pace, _moments(requests))))
    note = f"{pace:,.0f}/s, {len(requests):,} webhooks; {usage.until_now()}"
    name = f"acknowledgement at half rate, {database}"
    report.add(Figure(f"{name}, p50", percentile(load.latencies, 0.5) * 1000, "ms"))
    p99 = percentile(load.latencies, 0.99) * 1000
    bound = f"≤ {ACKNOWLEDGED_P99_MS_MAX:.0f} ms"
    report.add(Figure(f"{name}, p99", p99, "ms", bound, None, p99 <= ACKNOWLEDGED_P99_MS_MAX, note))


def _measure_screens(
    report: Report, plan: Plan, cores: Cores, numbers: Numbers, running: Running, database: str
) -> None:
    """From the write of a webhook to the read of its frame, over every delivery to every dashboard."""
    first = numbers.next
    requests = numbers.webhooks(int(MESSAGES_PER_SECOND * plan.paced_seconds))
    sent_at = _moments(requests)
    readings = Readings(sent_at, first)
    usage = Usage(cores)
    watching = uvloop.run(_watch(running, requests, sent_at, readings))
    wanted = len(requests) * len(watching)
    missing = wanted - sum(len(one.seen) for one in watching)
    doubled = sum(one.doubled for one in watching) + readings.strange
    whole = not missing and not doubled
    note = f"{MESSAGES_PER_SECOND} messages/s, {wanted:,} deliveries, {missing} lost, {doubled} too many"
    for share, limit in ((0.5, SEEN_P50_MS_MAX), (0.99, SEEN_P99_MS_MAX)):
        value = percentile(readings.latencies, share) * 1000
        name = f"webhook → {DASHBOARDS} dashboards, {database}, p{share * 100:.0f}"
        report.add(Figure(name, value, "ms", f"≤ {limit:.0f} ms", None, whole and value <= limit, note))
        note = str(usage.until_now())


async def _watch(
    running: Running, requests: list[bytes], sent_at: "array[float]", readings: Readings
) -> list[Dashboard]:
    token = await running.signed_in()
    async with dashboards(running.port, token, DASHBOARDS, readings) as opened:
        _accepted("wasl", await at_a_pace(running.port, requests, MESSAGES_PER_SECOND, sent_at))
        with contextlib.suppress(TimeoutError):
            await _all_seen(opened, len(requests))
        return list(opened)


async def _all_seen(opened: list[Dashboard], count: int) -> None:
    async with asyncio.timeout(SEEN_SECONDS_MAX):
        while any(len(one.seen) < count for one in opened):
            await asyncio.sleep(0.05)


def _moments(requests: list[bytes]) -> "array[float]":
    return array("d", bytes(8 * len(requests)))
