"""How long a webhook waits for its 200: at half of the greatest rate, and nearer to it, beside the peer."""

import uvloop

from bench.bodies import Numbers
from bench.client import at_a_pace
from bench.contenders import Contender, Plan, accepted, moments
from bench.machine import Cores, Usage
from bench.report import Figure, Report, percentiles

P99_MS_MAX = 50.0
HALF = 0.5
SHARES_OF_RATE = (0.1, 0.25, 0.75, 0.9)
"""Beside the half. What is sent faster than it is stored waits the longer the longer one measures."""
TOLD = (0.5, 0.9, 0.99, 0.999, 1.0)


def measure_acknowledgement(
    report: Report, plan: Plan, cores: Cores, numbers: Numbers, ours: Contender, peer: Contender | None, database: str
) -> None:
    """Send at fixed moments, whatever the server does. The peer gets the same, as far as it can take it."""
    waits, note = _waits(plan.paced_seconds, cores, numbers, ours, ours.rate * HALF)
    theirs = _waits(plan.step_seconds, cores, numbers, peer, ours.rate * HALF)[0] if peer is not None else {}
    beside = {"per second": ours.rate * HALF, **waits, **_named(peer, theirs)}
    if peer is not None and theirs:
        note += f"; {peer.name} at the same pace: p50 {theirs['p50']:.2f}, p99 {theirs['p99']:.2f} ms"
    name = f"acknowledgement at half rate, {database}"
    report.add(Figure(f"{name}, p50", waits["p50"], "ms"))
    bound, kept = f"≤ {P99_MS_MAX:.0f} ms", waits["p99"] <= P99_MS_MAX
    report.add(Figure(f"{name}, p99", waits["p99"], "ms", bound, None, kept, note, None, beside))
    for share in SHARES_OF_RATE:
        pace = ours.rate * share
        waits, note = _waits(plan.step_seconds, cores, numbers, ours, pace)
        theirs = _waits(plan.step_seconds, cores, numbers, peer, pace)[0] if peer is not None else {}
        beside = {"per second": pace, **waits, **_named(peer, theirs)}
        name = f"acknowledgement at {share:.0%} of the rate, {database}, p99"
        report.add(Figure(name, waits["p99"], "ms", note=note, beside=beside))


def _waits(
    seconds: float, cores: Cores, numbers: Numbers, one: Contender, per_second: float
) -> tuple[dict[str, float], str]:
    """Milliseconds until the answer, at this pace; nothing for a server that cannot keep it up."""
    if per_second > one.rate * max(SHARES_OF_RATE) * 1.001:
        return {}, ""
    requests, usage = one.requests(numbers, int(per_second * seconds)), Usage(cores)
    load = accepted(one.name, uvloop.run(at_a_pace(one.port, requests, per_second, moments(requests))))
    note = f"{per_second:,.0f}/s, {len(requests):,} webhooks; {usage.until_now()}"
    return percentiles(load.latencies, TOLD, 1000), note


def _named(peer: Contender | None, waits: dict[str, float]) -> dict[str, float]:
    return {f"{peer.name} {name}": value for name, value in waits.items()} if peer is not None else {}
