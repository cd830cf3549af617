"""Everybody comes back at once: thousands of dashboards lose their streams while customers go on writing.

How long until each has everything again, and how often the database was asked for it.
"""

import contextlib
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from bench.bodies import CUSTOMERS, Numbers, webhooks
from bench.installation import ROOT, NotMeasured, fresh_folder, furnish, settings_for, token_of
from bench.machine import Cores, Usage, allow_many_files, cpu_seconds, on_core, two_cores
from bench.postgres import postgres, version_of
from bench.publishers import Publishers
from bench.readers import Readers
from bench.report import Figure, Report, percentile, percentiles
from bench.returning import Dashboard, Faults, Town

if TYPE_CHECKING:
    from story.node import Node

ACCOUNTS, DASHBOARDS = 100, 5_000
DASHBOARDS_QUICK = 1_000
MESSAGES_PER_SECOND = 200
WHOLE_SECONDS_MAX = 5.0
READS_PER_ACCOUNT_MAX = 2.0
CALM_SECONDS, CALM_SECONDS_QUICK = 3.0, 1.0
"""Of the load alone, before each loss."""
PATIENCE_SECONDS = 60.0
RESEND_SECONDS = 1.0
"""After which a webhook that nobody took is sent again."""
OPENED_PER_TURN = 100
SHARES_TOLD = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
"""Of the dashboards: after how long so many are whole."""
_TURN_SECONDS = 0.05


@dataclass(slots=True)
class Scene:
    """Nodes, those who watch them, and those who write to them. What is lost is lost at the first node."""

    nodes: "list[Node]"
    cores: Cores
    readers: Readers
    writing: "Writing"
    town: Town
    aside: ThreadPoolExecutor
    """A thread that lives as long as the scene: a process that it started dies with it."""
    back_at: float | None = None
    """When the node answered again, after it was gone."""
    calm_share: float = 0.0
    """How much of a processor the nodes take while nobody is lost."""

    def gone_seconds(self, lost_at: float) -> list[float]:
        """How long the node that went at that moment did not answer, if it went and is back."""
        return [self.back_at - lost_at] if self.back_at is not None else []

    def go_on(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let things happen for so long, or until something holds; whether it does."""
        now = perf_counter()
        ends, asked_at = now + seconds, now
        while now < ends:
            self.writing.write_what_is_due()
            self.town.turn(min(_TURN_SECONDS, self.writing.pause))
            now = perf_counter()
            # Mostly it asks thousands of dashboards: not after every turn.
            if now - asked_at >= _TURN_SECONDS:
                asked_at = now
                if until():
                    return True
        return until()


@dataclass(slots=True)
class Writing:
    """Customers' messages at a pace, each sent until it is acknowledged, as providers do."""

    publishers: Publishers
    numbers: Numbers
    heads: list[int] = field(default_factory=lambda: [0] * ACCOUNTS)
    """By account: the sequence of the newest event that is acknowledged, at the least."""
    per_second: float = 0.0
    refused: Counter[int] = field(default_factory=Counter)
    """By status, the webhooks that were not taken and are sent again; 0 is no answer."""
    _next_at: float = 0.0
    _again: deque[tuple[float, int]] = field(default_factory=deque)

    @property
    def pause(self) -> float:
        """Seconds until the next message."""
        return max(0.0, self._next_at - perf_counter()) if self.per_second else 1.0

    @property
    def at_rest(self) -> bool:
        """Whether everything that was sent is acknowledged."""
        return not self._again and self.publishers.at_rest

    def begin(self, per_second: float) -> None:
        """Write at this pace from now on; 0 is silence."""
        self.per_second, self._next_at = per_second, perf_counter()

    def write_what_is_due(self) -> None:
        """Send what has its time, and what was not taken before."""
        now = perf_counter()
        while self._again and self._again[0][0] <= now and self.publishers.ready:
            self._send(self._again.popleft()[1])
        while self.per_second and self._next_at <= now and self.publishers.ready:
            self._next_at += 1 / self.per_second
            self._send(self.numbers.next)
            self.numbers.next += 1

    def _send(self, number: int) -> None:
        def done(status: int) -> None:
            if status == 200:
                self.heads[number % ACCOUNTS] += 1
            else:
                self.refused[status] += 1
                self._again.append((perf_counter() + RESEND_SECONDS, number))

        self.publishers.send(webhooks(number, 1, ACCOUNTS)[0], done)


def measure_storm(report: Report, databases: Sequence[str], quick: bool) -> None:
    """Measure the return of all dashboards, on each of the databases."""
    cores = two_cores()
    dashboards = DASHBOARDS_QUICK if quick else DASHBOARDS
    report.facts |= {"accounts": ACCOUNTS, "dashboards": dashboards, "files": allow_many_files(2 * DASHBOARDS)}
    with on_core(cores.client):
        if "sqlite" in databases:
            _measure(report, "SQLite", _scene(cores, dashboards, None), LOSSES, quick)
        if "postgres" in databases:
            try:
                _on_postgres(report, cores, dashboards, quick)
            except NotMeasured as reason:
                print(f"!!! not measured on PostgreSQL: {reason}")


def _on_postgres(report: Report, cores: Cores, dashboards: int, quick: bool) -> None:
    """One node, and then two with a Redis between them."""
    with postgres(cores.server) as server:
        report.facts["postgresql"] = version_of(server.url())
        _measure(report, "PostgreSQL", _scene(cores, dashboards, server.create_database()), LOSSES, quick)
        from wasl.torture.servers import Unavailable, redis_server

        try:
            with on_core(cores.server), redis_server() as redis, on_core(cores.client):
                scene = _scene(cores, dashboards, server.create_database(), 2, WASL_REDIS_URL=redis.url)
                _measure(report, "PostgreSQL, two nodes", scene, LOSSES_OF_TWO, quick)
        except Unavailable as reason:
            raise NotMeasured(str(reason)) from reason


def _measure(
    report: Report, where: str, prepared: AbstractContextManager[Scene], losses: "dict[str, Loss]", quick: bool
) -> None:
    print(f"==> Everybody comes back, {where}", flush=True)
    with prepared as scene:
        scene.writing.begin(MESSAGES_PER_SECOND)
        for name, lose in losses.items():
            calm_seconds = CALM_SECONDS_QUICK if quick else CALM_SECONDS
            before = _cpu_seconds(scene)
            scene.go_on(calm_seconds)
            scene.calm_share = (_cpu_seconds(scene) - before) / calm_seconds
            _report_return(report, f"{name}, {where}", scene, lose)
        scene.writing.begin(0)
        _report_whole(report, f"dashboards not whole in the end, {where}", scene)


@contextlib.contextmanager
def _scene(cores: Cores, dashboards: int, url: str | None, count: int = 1, **environment: str) -> Iterator[Scene]:
    """Nodes with their dashboards open and every customer known."""
    sys.path.insert(0, str(ROOT / "tests"))
    from story.node import Node

    limits = {"WASL_STREAMS_PER_OPERATOR": str(dashboards)}
    with fresh_folder("storm") as folder, contextlib.closing(Readers()) as readers, ThreadPoolExecutor(1) as aside:
        settings = settings_for(folder, url)
        operators = furnish(settings, ACCOUNTS)
        nodes = [Node(settings, folder / f"node-{place}.log", **limits, **environment) for place in range(count)]
        try:
            with on_core(cores.server):
                for node in nodes:
                    node.start()
            ports = [node.port for node in nodes]
            writing = Writing(Publishers(readers, ports), Numbers())
            town = Town(readers, ports, ACCOUNTS, lambda account: writing.heads[account])
            scene = Scene(nodes, cores, readers, writing, town, aside)
            writing.begin(CUSTOMERS)
            if not scene.go_on(PATIENCE_SECONDS, lambda: writing.numbers.next >= CUSTOMERS):
                raise SystemExit("the first messages were not taken")
            writing.begin(0)
            scene.go_on(PATIENCE_SECONDS, lambda: writing.at_rest)
            _open(scene, [token_of(settings, operator) for operator in operators], dashboards)
            yield scene
        finally:
            for node in nodes:
                node.kill()


def _open(scene: Scene, tokens: list[str], dashboards: int) -> None:
    """Open them all, a few at a time, with nothing new meanwhile: where they stand then is where the accounts do."""
    scene.writing.heads[:] = [0] * ACCOUNTS
    for place in range(dashboards):
        Dashboard(scene.town, place % ACCOUNTS, tokens[place % ACCOUNTS]).open()
        if place % OPENED_PER_TURN == 0:
            scene.go_on(PATIENCE_SECONDS, lambda: scene.town.unwhole < OPENED_PER_TURN)
    if not scene.go_on(PATIENCE_SECONDS, lambda: not scene.town.unwhole):
        raise SystemExit(f"{scene.town.unwhole} dashboards could not be opened")
    for one in scene.town.dashboards:
        scene.writing.heads[one.account] = one.sequence


# -- ways to lose every stream ----------------------------------------------------------------------------------------


def _cut(scene: Scene) -> None:
    scene.town.lose_all()


def _kill(scene: Scene) -> None:
    scene.nodes[0].kill()
    _aside(scene, scene.nodes[0].start)


def _kill_for_good(scene: Scene) -> None:
    node = scene.nodes.pop(0)
    scene.town.ports.remove(node.port)
    node.kill()


def _restart(scene: Scene) -> None:
    def stop_and_start() -> None:
        scene.nodes[0].stop()
        scene.nodes[0].start()

    _aside(scene, stop_and_start)


def _aside(scene: Scene, work: Callable[[], None]) -> None:
    """Do it on a thread of the server's core: the dashboards go on meanwhile."""

    def on_its_core() -> None:
        with on_core(scene.cores.server):
            work()
        scene.back_at = perf_counter()

    scene.aside.submit(on_its_core)


Loss = Callable[[Scene], None]
LOSSES: dict[str, Loss] = {
    "every stream cut": _cut,
    "node killed and started": _kill,
    "node restarted in order": _restart,
}
LOSSES_OF_TWO: dict[str, Loss] = {"every stream cut": _cut, "one of the nodes killed": _kill_for_good}


# -- the return -------------------------------------------------------------------------------------------------------


def _report_return(report: Report, name: str, scene: Scene, lose: Loss) -> None:
    town = scene.town
    town.faults, scene.back_at = Faults(), None
    reads, usage = _log_reads(scene), Usage(scene.cores)
    scene.writing.refused.clear()
    losing = [one for one in town.dashboards if lose is not _kill_for_good or one.port == scene.nodes[0].port]
    for one in losing:
        one.expect_return()
    lost_at, spent = perf_counter(), _cpu_seconds(scene)
    lose(scene)
    whole = scene.go_on(PATIENCE_SECONDS, lambda: not town.unwhole)
    shares, lasted = usage.until_now(), perf_counter() - lost_at
    times = [(one.whole_at or perf_counter()) - lost_at for one in losing]
    faultless = not (town.faults.doubled or town.faults.holes or town.faults.resyncs)
    refused = ", ".join(f"{count} with {status}" for status, count in scene.writing.refused.items())
    beside = percentiles(times, SHARES_TOLD)
    lost = f"{len(losing):,} streams"
    if lose is _cut:  # Else there are other processes than before.
        spent = _cpu_seconds(scene) - spent
        return_us = (spent - scene.calm_share * lasted) / len(losing) * 1e6
        beside["µs of the server per return"] = return_us
        lost += f", {return_us:.0f} µs of the server's processor each, {spent / lasted:.0%} of a core with all the rest"
    for seconds in scene.gone_seconds(lost_at):
        beside["s until the node answers"] = seconds
        lost += f", the node answers after {seconds:.1f} s"
    half = f"half of them are whole within {percentile(times, 0.5):.1f} s"
    note = f"{lost}, {half}; {town.faults}; webhooks refused: {refused or 'none'}; {shares}"
    kept, bound = whole and faultless and max(times) <= WHOLE_SECONDS_MAX, f"≤ {WHOLE_SECONDS_MAX:.0f} s"
    report.add(Figure(f"{name}: all whole again", max(times), "s", bound, None, kept, note, None, beside))
    total = sum(now - reads.get(process, 0.0) for process, now in _log_reads(scene).items())
    most = READS_PER_ACCOUNT_MAX * ACCOUNTS
    report.add(Figure(f"{name}: reads of the log", total, "", f"≤ {most:.0f}", None, total <= most))


def _cpu_seconds(scene: Scene) -> float:
    return sum(cpu_seconds(node.pid) for node in scene.nodes)


def _log_reads(scene: Scene) -> dict[int, float]:
    """How often each process has read the log, for a reader or for all readers of an account."""
    return {node.pid: node.figures()["wasl_log_reads_total"] for node in scene.nodes}


def _report_whole(report: Report, name: str, scene: Scene) -> None:
    """At rest every dashboard stands where its account's log ends."""
    scene.go_on(PATIENCE_SECONDS, lambda: scene.writing.at_rest)
    heads = scene.writing.heads

    def behind() -> int:
        return sum(one.sequence != heads[one.account] for one in scene.town.dashboards)

    scene.go_on(PATIENCE_SECONDS, lambda: not behind())
    away = sum(one.needs is None for one in scene.town.dashboards)
    note = f"{sum(heads):,} events in {ACCOUNTS} logs; {away} dashboards without a stream"
    report.add(Figure(name, behind(), "", "0", None, not behind(), note))
