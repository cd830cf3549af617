"""The inbox at any size: pages, histories and searches of an installation with a thousand conversations and with a
million, over HTTP, each asked of the small one and of the large one in turn.

While nobody watches an account its pages are not kept: what is measured is read from the database, and the server's
log proves it. What a kept page costs is measured apart.
"""

import asyncio
import contextlib
import random
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import orjson
import uvloop

from bench.bulk import postgres_installation, sqlite_installation
from bench.client import Caller, asking
from bench.installation import NotMeasured, Running, fresh_folder, our_server
from bench.machine import Cores, Usage, on_core, two_cores
from bench.population import FIRST_NAMES, Population
from bench.postgres import postgres, version_of
from bench.report import Figure, Report, percentile
from bench.streams import Readings, dashboards
from wasl.clock import iso
from wasl.settings import Settings

SMALL = 1_000
SIZES = (SMALL, 10_000, 100_000, 1_000_000)
SIZES_QUICK = (SMALL, 10_000, 50_000)
"""Conversations: the largest is held against the smallest, those between tell how it grows."""
P50_MS_MAX = 10.0
RATIO_MAX = 1.5
PAGE = 30
HISTORY_PAGE = 50
DEEP_ROWS = 10_000
SAMPLES, SAMPLES_QUICK = 300, 60
WARM_UP = 10
"""Questions of each kind that are asked before any counts: the first ones open connections and prepare statements."""
LOG_SECONDS = 0.5
"""The server writes its log ten times a second."""

Installed = tuple[Settings, Population]


@dataclass(slots=True)
class Site:
    """A running installation of one size, and the operator who asks it."""

    population: Population
    running: Running
    token: str
    caller: Caller
    chance: random.Random
    deep: str = ""
    """The cursor from which pages count as deep."""
    cursor: str = ""
    """Where the walk through the deep pages is now."""

    async def ask(self, path: str) -> tuple[dict[str, object], float]:
        """One question of the live-chat API: the answer, and the seconds until its last byte."""
        body, seconds = await self.caller.ask(asking(f"/api/live-chat{path}", self.token))
        return orjson.loads(body), seconds

    def anybody(self) -> int:
        """Some customer."""
        return self.chance.randrange(self.population.size)


def measure_inbox(report: Report, databases: Sequence[str], quick: bool) -> None:
    """Measure every kind of page at both sizes, on each of the databases."""
    cores = two_cores()
    sizes = SIZES_QUICK if quick else SIZES
    report.facts["conversations"] = sizes[-1]
    if "sqlite" in databases:
        print("==> The inbox, SQLite", flush=True)
        installed = [sqlite_installation(size) for size in sizes]
        _measure(report, "SQLite", installed, cores, quick)
    if "postgres" in databases:
        try:
            _on_postgres(report, sizes, cores, quick)
        except NotMeasured as reason:
            print(f"!!! not measured on PostgreSQL: {reason}")


def _on_postgres(report: Report, sizes: tuple[int, ...], cores: Cores, quick: bool) -> None:
    print("==> The inbox, PostgreSQL", flush=True)
    with fresh_folder("inbox") as folder, postgres(cores.server) as server:
        report.facts["postgresql"] = version_of(server.url())
        installed = [postgres_installation(size, server.create_database(), folder / str(size)) for size in sizes]
        _measure(report, "PostgreSQL", installed, cores, quick)


def _measure(report: Report, database: str, installed: list[Installed], cores: Cores, quick: bool) -> None:
    with contextlib.ExitStack() as stack:
        stack.enter_context(on_core(cores.client))
        running = [stack.enter_context(our_server(settings, cores.server)) for settings, _ in installed]
        populations = [population for _, population in installed]
        uvloop.run(_ask(report, database, list(zip(populations, running, strict=True)), quick, cores))


async def _ask(
    report: Report, database: str, installed: list[tuple[Population, Running]], quick: bool, cores: Cores
) -> None:
    samples = SAMPLES_QUICK if quick else SAMPLES
    async with contextlib.AsyncExitStack() as stack:
        sites = [await stack.enter_async_context(_site(*one, report.seed)) for one in installed]
        before, usage = await _pages_told(sites), Usage(cores)
        for name, path in QUESTIONS.items():
            times = await _take_turns(sites, path, samples)
            report.add(_figure(f"{name}, {database}", sites, times))
        after = await _pages_told(sites)
        hits, reads = (now - then for now, then in zip(after, before, strict=True))
        note = f"beside {reads:,} read from the database; {usage.until_now()}"
        report.add(Figure(f"… of them from memory, {database}", hits, "pages", "0", None, hits == 0, note))
        await _measure_kept(report, database, sites, samples)


@contextlib.asynccontextmanager
async def _site(population: Population, running: Running, seed: int) -> AsyncIterator[Site]:
    token = await running.signed_in()
    async with Caller(running.port) as caller:
        site = Site(population, running, token, caller, random.Random(f"{seed} {population.size}"))
        await _dive(site)
        yield site


async def _dive(site: Site) -> None:
    """Walk page by page to where pages are deep: 10,000 rows down, or half-way through a small list."""
    cursor, step = "", 100
    for _ in range(min(DEEP_ROWS, site.population.size // 2) // step):
        answer, _ = await site.ask(f"/unified-chats?page_size={step}&cursor={cursor}")
        cursor = str(answer["next_cursor"])
    site.deep = site.cursor = cursor


# -- the questions ----------------------------------------------------------------------------------------------------


def _first_page(_: Site) -> str:
    return f"/unified-chats?page_size={PAGE}"


def _deep_page(site: Site) -> str:
    return f"/unified-chats?page_size={PAGE}&cursor={site.cursor}"


def _history_page(site: Site) -> str:
    """A page somewhere in the middle of one of the long conversations."""
    people = site.population
    customer = people.long_customer(site.chance.randrange(people.long_ones))
    before = iso(people.moment_ms(site.chance.randrange(people.head * 6 // 10, people.head)))
    return f"{_conversation(site, customer)}&before={before}"


def _opened(site: Site) -> str:
    """Anybody's conversation, as it is shown first."""
    return _conversation(site, site.anybody())


def _conversation(site: Site, customer: int) -> str:
    people = site.population
    place = f"{people.contact_id(customer)}/{people.conversation_id(customer)}"
    return f"/conversation/{place}?limit={HISTORY_PAGE}"


def _whole_name(site: Site) -> str:
    return _search(site.population.name(site.anybody()))


def _first_name(site: Site) -> str:
    # No more than the small installation has of each: what is compared is the search, not the length of the answer.
    return _search(site.chance.choice(FIRST_NAMES), SMALL // len(FIRST_NAMES))


def _whole_phone(site: Site) -> str:
    return _search("+" + site.population.phone(site.anybody()))


def _end_of_phone(site: Site) -> str:
    return _search(site.population.phone(site.anybody())[-6:])


def _beginning_of_phone(site: Site) -> str:
    return _search(site.population.phone(site.anybody())[:4])


def _search(text: str, page_size: int = PAGE) -> str:
    return f"/unified-chats?page_size={page_size}&search={quote(text)}"


QUESTIONS: dict[str, Callable[[Site], str]] = {
    "first page": _first_page,
    "page 10,000 rows deep": _deep_page,
    "history page": _history_page,
    "conversation opened": _opened,
    "search, whole name": _whole_name,
    "search, first name (1 in 100)": _first_name,
    "search, whole phone": _whole_phone,
    "search, last 6 digits": _end_of_phone,
    "search, first 4 digits (1 in 2)": _beginning_of_phone,
}


# -- asking and reporting ---------------------------------------------------------------------------------------------


async def _take_turns(sites: list[Site], question: Callable[[Site], str], samples: int) -> list[list[float]]:
    """Ask every site in turn; the seconds of each. What disturbs the machine disturbs all of them."""
    times: list[list[float]] = [[] for _ in sites]
    for number in range(WARM_UP + samples):
        for place, site in enumerate(sites):
            path = question(site)
            answer, seconds = await site.ask(path)
            _require_rows(path, answer)
            if question is _deep_page:
                site.cursor = str(answer["next_cursor"] or site.deep)
            if number >= WARM_UP:
                times[place].append(seconds)
    return times


def _require_rows(path: str, answer: dict[str, object]) -> None:
    """An empty page is quick, and proves nothing."""
    if not (answer.get("chats") or answer.get("messages")):
        raise SystemExit(f"an empty answer to {path}")


def _figure(name: str, sites: list[Site], times: list[list[float]]) -> Figure:
    sizes = [site.population.size for site in sites]
    p50s, p95s = ([percentile(each, share) * 1000 for each in times] for share in (0.5, 0.95))
    ratio = p50s[-1] / p50s[0]
    sized = list(zip(sizes, p50s, p95s, strict=True))
    return Figure(
        f"{name}, p50",
        p50s[-1],
        "ms",
        f"≤ {P50_MS_MAX:.0f} ms, ≤ {RATIO_MAX} × {p50s[0]:.2f} ms",
        ratio,
        p50s[-1] <= P50_MS_MAX and ratio <= RATIO_MAX,
        "; ".join(f"{size:,}: p50 {p50:.2f}, p95 {p95:.2f}" for size, p50, p95 in sized),
        p95s[-1],
        {f"p50 of {size}": p50 for size, p50, _ in sized} | {f"p95 of {size}": p95 for size, _, p95 in sized},
    )


async def _measure_kept(report: Report, database: str, sites: list[Site], samples: int) -> None:
    """The first page while somebody watches and nothing happens: it is answered from memory."""
    async with contextlib.AsyncExitStack() as stack:
        for site in sites:
            readings = Readings(array("d"), 0)
            await stack.enter_async_context(dashboards(site.running.port, site.token, 1, readings))
        before = await _pages_told(sites)
        times = await _take_turns(sites, _first_page, samples)
        hits, reads = (now - then for now, then in zip(await _pages_told(sites), before, strict=True))
    large = times[-1]
    note = f"{hits:,} from memory, {reads:,} read"
    p50, p95 = percentile(large, 0.5) * 1000, percentile(large, 0.95) * 1000
    report.add(Figure(f"first page kept in memory, {database}, p50", p50, "ms", note=note, p95=p95))


async def _pages_told(sites: list[Site]) -> tuple[int, int]:
    """How many pages the servers' logs tell of: from memory, and read."""
    await asyncio.sleep(LOG_SECONDS)
    logs = [site.running.log.read_bytes() for site in sites]
    return (
        sum(text.count(b"unified-chats cache hit") for text in logs),
        sum(text.count(b"unified-chats read") for text in logs),
    )
