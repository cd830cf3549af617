"""A rolling restart as its people see it: three nodes behind deploy/nginx.conf stop and start in turn, under load."""

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import monotonic
from typing import TYPE_CHECKING

from bench.installation import ROOT, NotMeasured, fresh_folder
from bench.report import Figure, Report, percentile, percentiles

if TYPE_CHECKING:
    from promises.observers import Observer
    from promises.oracle import Log
    from promises.restart import Day, Turn

SCREENS, SCREENS_QUICK = 60, 20
MESSAGES = 20_000
"""There are more than are needed; the load ends when the restart does."""
HEARTBEAT_SECONDS = 15.0
CALM_SECONDS = 5.0
"""Of the same load before the restart, and after it."""
SILENCE_SECONDS_MAX = 6.0
SHARES_TOLD = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)


def measure_restart(report: Report, quick: bool) -> None:
    """Restart the nodes of an installation of its own, on PostgreSQL and Redis of its own."""
    sys.path.insert(0, str(ROOT / "tests"))
    from wasl.torture.servers import Unavailable

    screens = SCREENS_QUICK if quick else SCREENS
    print(f"a rolling restart of three nodes before {screens} dashboards")
    try:
        with fresh_folder("restart") as folder:
            asyncio.run(_measure(report, folder, screens))
    except (NotMeasured, Unavailable) as reason:
        print(f"!!! not measured: {reason}")


async def _measure(report: Report, folder: Path, screens: int) -> None:
    from promises.cluster import running
    from promises.oracle import check_log, head_sequence
    from promises.replies import until_settled
    from promises.restart import restart_in_turn, working_day
    from proxies import nginx
    from story.scene import settings_of
    from wasl.torture.process import Emulator
    from wasl.torture.servers import postgres_server, redis_server

    with contextlib.ExitStack() as servers:
        database, redis = servers.enter_context(postgres_server()), servers.enter_context(redis_server())
        whatsapp = Emulator(folder / "whatsapp.log")
        servers.callback(whatsapp.kill)
        whatsapp.start()
        home = settings_of(folder, database.create_database(), redis.url)
        async with running(3, home, database, redis, whatsapp, heartbeat_seconds=HEARTBEAT_SECONDS) as cluster:
            proxy = servers.enter_context(nginx([node.port for node in cluster.nodes]))
            async with working_day(cluster, proxy, screens, MESSAGES, Random(report.seed)) as day:
                await asyncio.sleep(CALM_SECONDS)
                begun = monotonic()
                turns = await restart_in_turn(cluster.nodes)
                ended = monotonic()
                await asyncio.sleep(CALM_SECONDS)
                await day.rest()
                await until_settled(home, cluster.bakery, day.phones)
                await day.finish(head_sequence(home, cluster.bakery))
            _tell(report, day, turns, check_log(home, cluster.bakery), (begun, ended))


def _tell(report: Report, day: "Day", turns: "list[Turn]", log: "Log", restart: tuple[float, float]) -> None:
    from promises.verdict import delays

    for place, turn in enumerate(turns):
        report.add(Figure(f"node {place + 1}: from SIGTERM to its end", turn.stop_seconds, "s"))
        report.add(Figure(f"node {place + 1}: from its start to ready", turn.start_seconds, "s"))
    silences = day.silences()
    silence = max(silences, default=0.0)
    kept = silence <= SILENCE_SECONDS_MAX
    bound = f"≤ {SILENCE_SECONDS_MAX:.0f} s"
    beside = percentiles(silences or [0.0], SHARES_TOLD)
    note = f"{len(silences)} times a dashboard had none, half of them {beside['p50']:.1f} s or less"
    name = "longest time of a dashboard without a stream"
    report.add(Figure(name, silence, "s", bound, None, kept, note, None, beside))
    during = [delay for each in day.dashboards for delay in delays(log, day.sent, each.observer, *restart)]
    for share, name in ((0.5, "p50"), (0.99, "p99"), (1.0, "the latest")):
        value = percentile(during, share) * 1000
        report.add(Figure(f"acknowledged message → a dashboard, during the restart, {name}", value, "ms"))
    lost, doubled = _lost_and_doubled(log, day.observers)
    stored = sum(len(asked) for asked in day.replies.asked.values())
    for figure, value in (
        ("events lost by any screen", lost),
        ("events doubled on any screen", doubled),
        ("errors seen by anybody", len(day.errors())),
        ("replies repeated by an operator", day.replies.repeats),
    ):
        report.add(Figure(figure, value, "", against="0", kept=value == 0))
    report.add(Figure("webhooks repeated by the provider", day.sent.retries, ""))
    report.facts |= {
        "dashboards": len(day.dashboards),
        "messages": len(day.sent.acknowledged),
        "replies": stored,
        "events": len(log),
        "reads": sum(clerk.questions for clerk in day.clerks),
        "restart_seconds": round(restart[1] - restart[0]),
    }


def _lost_and_doubled(log: "Log", observers: "Sequence[Observer]") -> tuple[int, int]:
    """Over all screens: events since they began that are missing, and events that came more than once."""
    lost = doubled = 0
    for observer in observers:
        seen = [sequence for sequence, *_ in observer.seen]
        lost += len({sequence for sequence in log if sequence > observer.begun} - set(seen))
        doubled += len(seen) - len(set(seen))
    return lost, doubled
