"""Arriving: how many webhooks a second are acknowledged after their commit, how soon, and how soon a screen knows.

Each rate is taken beside its limit or its peer in the same run: they take turns, round by round, on the same core, so
that whatever else the machine does falls on both.
"""

import asyncio
import contextlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.acknowledgement import TOLD, measure_acknowledgement
from bench.bodies import APP_SECRET, CUSTOMERS, Numbers, endless, webhooks
from bench.client import CONNECTIONS, Load, as_fast_as_answered, at_a_pace
from bench.contenders import Contender, Plan, accepted, moments
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
from bench.machine import Cores, Usage, on_core, two_cores
from bench.postgres import postgres, version_of
from bench.report import Figure, Report, percentiles
from bench.streams import Dashboard, Readings, dashboards

BARE_RATIO_MIN = 0.20
BARE_RATIO_AIM = 0.30
NODE_RATIO_MIN = 1.3
NODE_RATIO_AIM = 2.0
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


WHOLE = Plan(rounds=5, seconds=6, paced_seconds=30, step_seconds=6)
QUICK = Plan(rounds=2, seconds=2, paced_seconds=4, step_seconds=1.5)


def measure_arrival(report: Report, databases: Sequence[str], quick: bool, postgres_core: str = "server") -> None:
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
            bound = Bound(
                f"≥ {BARE_RATIO_MIN:.2f} × bare ({limit.rate:,.0f}), aim {BARE_RATIO_AIM:.2f}", limit, BARE_RATIO_MIN
            )
            _report_rate(report, "webhooks acknowledged, SQLite", wasl, bound)
            measure_acknowledgement(report, plan, cores, numbers, wasl, limit, "SQLite")
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
            _compare(plan, cores, numbers, wasl, node)
            words = f"≥ {NODE_RATIO_MIN:.1f} × Node ({node.rate:,.0f}), aim {NODE_RATIO_AIM:.1f}"
            bound = Bound(words, node, NODE_RATIO_MIN)
            _report_rate(report, "plain Node peer, PostgreSQL", node)
        else:
            _compare(plan, cores, numbers, wasl)
        _report_rate(report, "webhooks acknowledged, PostgreSQL", wasl, bound)
        measure_acknowledgement(report, plan, cores, numbers, wasl, node, "PostgreSQL")
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
    return accepted(one.name, uvloop.run(as_fast_as_answered(one.port, requests, seconds)))


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


def _measure_screens(
    report: Report, plan: Plan, cores: Cores, numbers: Numbers, running: Running, database: str
) -> None:
    """From the write of a webhook to the read of its frame, over every delivery to every dashboard."""
    first = numbers.next
    requests = numbers.webhooks(int(MESSAGES_PER_SECOND * plan.paced_seconds))
    sent_at = moments(requests)
    readings = Readings(sent_at, first)
    usage = Usage(cores)
    watching = uvloop.run(_watch(running, requests, sent_at, readings))
    wanted = len(requests) * len(watching)
    missing = wanted - sum(len(one.seen) for one in watching)
    doubled = sum(one.doubled for one in watching) + readings.strange
    whole = not missing and not doubled
    note = f"{MESSAGES_PER_SECOND} messages/s, {wanted:,} deliveries, {missing} lost, {doubled} too many"
    waits = percentiles(readings.latencies, TOLD, 1000)
    for told, limit in (("p50", SEEN_P50_MS_MAX), ("p99", SEEN_P99_MS_MAX)):
        name = f"webhook → {DASHBOARDS} dashboards, {database}, {told}"
        kept, beside = whole and waits[told] <= limit, waits if told == "p99" else {}
        report.add(Figure(name, waits[told], "ms", f"≤ {limit:.0f} ms", None, kept, note, None, beside))
        note = str(usage.until_now())


async def _watch(
    running: Running, requests: list[bytes], sent_at: "array[float]", readings: Readings
) -> list[Dashboard]:
    token = await running.signed_in()
    async with dashboards(running.port, token, DASHBOARDS, readings) as opened:
        accepted("wasl", await at_a_pace(running.port, requests, MESSAGES_PER_SECOND, sent_at))
        with contextlib.suppress(TimeoutError):
            await _all_seen(opened, len(requests))
        return list(opened)


async def _all_seen(opened: list[Dashboard], count: int) -> None:
    async with asyncio.timeout(SEEN_SECONDS_MAX):
        while any(len(one.seen) < count for one in opened):
            await asyncio.sleep(0.05)
