"""A whole run: start, use, break, heal, look, judge."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from wasl.torture.aftermath import Aftermath
from wasl.torture.certificate import Done, page, wrong
from wasl.torture.desks import Desks, NotAnswered
from wasl.torture.evidence import write_evidence, write_told
from wasl.torture.faults import MENU
from wasl.torture.faults_inside import TOLD_LATE_SECONDS
from wasl.torture.figures import FORSAKEN
from wasl.torture.history import Fault, Healed, Writer, now, read
from wasl.torture.installation import TIGHT_ENVIRONMENT, TIGHT_LIMITS, Installation, Shape, open_installation
from wasl.torture.judge import Judgement, judge
from wasl.torture.letters import Oddities
from wasl.torture.plan import KILL_EVERY_SECONDS, LOST_SECONDS, Asked, Plan
from wasl.torture.provider import NotTaken, Provider
from wasl.torture.samples import Sampler
from wasl.torture.seats import seats, stopped_seats
from wasl.torture.watching import Hall
from wasl.waiting import wait_at_most

HISTORY = "history"
AWAKE_SECONDS = 2.0
"""What they need to come back who slept through the restore, before they sleep again."""
SENDERS_OF_LONG_RUNS = 128
"""Deliveries under way at a time: what waits together is committed together, at each node."""
CUSTOMERS_OF_LONG_RUNS = 1_500
ODDITIES_OF_LONG_RUNS = Oddities(merged=0.01, lively=0.1)
"""Most webhooks bring one message, so that there are as many messages as webhooks; and no conversation gets all."""
STANDSTILL_SECONDS = (2.0, 6.0)
"""How long the machine of some watchers sleeps at a time."""
ENDS_WITHIN_SECONDS = 40.0
"""What whoever writes gets, once everything is healed, to hear that all they wrote was taken."""
QUIET_WITHIN_SECONDS = 200.0
"""Until nothing more leaves: longer than what is unknown may hold back what stands behind it, in a long run too."""
WHOLE_WITHIN_SECONDS = 30.0
"""What watchers get to have seen everything. The judge looks how long they really took."""
SENDERS_KILLED_AGAIN_MAX = 5
"""Each time takes about half a minute; a run in which none of them met what it should is red."""
TOLD_WITHIN_SECONDS = TOLD_LATE_SECONDS + 2.0
"""Until WhatsApp has told of messages whose sender was killed."""
QUIET_SECONDS = 1.0
"""When no log has moved for so long, nothing is under way any more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run."""

    page: str
    judgement: Judgement
    troubles: tuple[str, ...]
    wrong: tuple[str, ...]
    """What it is not green for, a sentence each."""

    @property
    def green(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.wrong


async def torture(asked: Asked, folder: Path, source: Path | None = None) -> Outcome:
    """Do a run in a folder, which keeps its history and logs; with `source` nodes run that copy of the program. Raises
    Unavailable when PostgreSQL or Redis cannot be run here."""
    plan = Plan(asked)
    history = folder / HISTORY
    history.mkdir(parents=True)
    async with open_installation(_shape(plan, folder, source)) as installation:
        with Writer(history / "run.jsonl") as writer:
            done = await Run(plan, installation, history, writer).go()
    judgement = await asyncio.to_thread(judge, history)
    return Outcome(page(done, judgement), judgement, done.troubles, tuple(wrong(done, judgement)))


def _shape(plan: Plan, folder: Path, source: Path | None) -> Shape:
    """A long run has the limits of every installation; what is to meet everything within minutes has tight ones."""
    limits = {} if plan.asked.long else {**TIGHT_LIMITS, **plan.limits()}
    return Shape(plan.asked.engine, plan.nodes, folder, limits, TIGHT_ENVIRONMENT, source)


class Run:
    """The parts of one run, and the order in which they work."""

    def __init__(self, plan: Plan, installation: Installation, history: Path, writer: Writer) -> None:
        self._plan = plan
        self._installation = installation
        self._history = history
        self._writer = writer
        self._halls: list[Hall] = []
        self._lanes = [asyncio.Lock() for _ in range(plan.lanes)]
        """Held by a lane while it breaks something: whoever holds all of them has a system that is whole."""
        self._sleep = asyncio.Lock()
        """Held while those of the second hall stand still."""
        self._aftermath = Aftermath(installation)
        self._sampler = Sampler(installation, writer)
        self._troubles: list[str] = []
        self._numbers = count(1)
        self._menu: tuple[str, ...] = ()
        """What this run is to break."""
        self._unbroken: set[str] = set()
        """What of the menu has not been done yet."""
        self._all_broken = asyncio.Event()
        self._era = 0

    async def go(self) -> Done:
        """Do everything, and say what was done."""
        began = now()
        awake, asleep = seats(self._plan, self._installation), stopped_seats(self._plan, self._installation)
        async with AsyncExitStack() as stack:
            for number, part in enumerate((awake, asleep)):
                if part:
                    hall = Hall(part, self._history / f"hall-{number}.jsonl")
                    stack.callback(hall.kill)
                    await hall.start()
                    self._halls.append(hall)
            provider, desks = await self._open(stack)
            await self._break_things(provider, began)
            await self._end_in_order(provider, desks)
        watchers = Counter(f"{seat.by}, {seat.habit}" for seat in (*awake, *asleep))
        return self._done(provider, desks, now() - began, watchers)

    async def _open(self, stack: AsyncExitStack) -> tuple[Provider, Desks]:
        asked, place, writer = self._plan.asked, self._installation, self._writer
        chance = self._plan.chance("provider")
        if asked.long:
            many = {"senders": SENDERS_OF_LONG_RUNS, "customers": CUSTOMERS_OF_LONG_RUNS}
            provider = Provider(place, writer, chance, None, oddities=ODDITIES_OF_LONG_RUNS, **many)
        else:
            provider = Provider(place, writer, chance, asked.rate)
        desks = Desks(place, writer, self._plan.chance("desks"))
        await self._sampler.begin()
        stack.push_async_callback(self._sampler.end)
        for part in (provider, desks):
            await part.begin()
            stack.push_async_callback(part.cut)
        return provider, desks

    # -- breaking -----------------------------------------------------------------------------------------------------

    async def _break_things(self, provider: Provider, began: float) -> None:
        asked = self._plan.asked
        names = [name for name, kind in MENU.items() if kind.possible(self._installation)]
        deck = self._plan.faults(names)
        self._unbroken = set(names)
        self._menu = () if asked.long else tuple(names)
        work = [self._kill_now_and_then()] if asked.long else [self._lane(lane, deck) for lane in self._lanes]
        if len(self._halls) > 1:
            work.append(self._sleep_now_and_then(self._halls[1]))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part) for part in work]
            if asked.webhooks is not None:
                await self._live_until(provider, asked.webhooks)
            else:
                await self._live_through(began)
            for lane in self._lanes:
                await lane.acquire()
            for task in tasks:
                task.cancel()

    async def _live_until(self, provider: Provider, webhooks: int) -> None:
        try:
            async with asyncio.timeout(self._plan.asked.seconds):
                await provider.until(webhooks)
        except TimeoutError:
            self._troubles.append(f"only {provider.webhooks:,} of {webhooks:,} webhooks were acknowledged in time")

    async def _live_through(self, began: float) -> None:
        plan = self._plan
        await _until(began + plan.copied_at)
        for lane in self._lanes:
            await lane.acquire()
        async with self._sleep:  # Whoever is to sleep through it is awake until then.
            self._writer.write(await self._installation.copy())
            await asyncio.sleep(LOST_SECONDS)
            began_to_sleep, ends = now(), await self._aftermath.heads()
            self._halls[1].freeze()
            await self._restore()
            await self._outgrown(ends, now() + plan.outgrown_within)
            self._halls[1].thaw()
            self._writer.write(Fault(began_to_sleep, now(), "watchers_asleep", "hall", "through the restore"))
            await asyncio.sleep(AWAKE_SECONDS)
        for lane in self._lanes:
            lane.release()
        await _until(began + plan.asked.seconds)
        await wait_at_most(self._all_broken, plan.longer_at_most)
        await self._leave_some_unknown()

    async def _leave_some_unknown(self) -> None:
        """Kill senders again until another has given up what one had under way, and WhatsApp has told of a message what
        nobody knew any more: whether it comes to that when a sender is killed is chance."""
        for turn in range(SENDERS_KILLED_AGAIN_MAX):
            async with self._lanes[0]:
                async with self._installation.claim("postgres"):  # The other lanes go on, and may break the database.
                    settled = await self._aftermath.settled()
                if settled and self._sampler.figures(*FORSAKEN):
                    return
                await MENU["kill_sender"].run(self._installation, self._plan.chance(f"again {turn}"), self._writer)
                await asyncio.sleep(TOLD_WITHIN_SECONDS)

    async def _outgrown(self, ends: Mapping[int, str], at_most_until: float) -> None:
        """Wait until every log has passed the place where it once ended, in another history."""
        while now() < at_most_until:
            heads = await self._aftermath.heads()
            if all(int(heads[account]) > int(end) for account, end in ends.items()):
                return
            await asyncio.sleep(QUIET_SECONDS)

    async def _lane(self, lane: asyncio.Lock, deck: Iterator[tuple[float, str]]) -> None:
        """Break one thing after the other: each heals itself before the next begins."""
        for pause, name in deck:
            await asyncio.sleep(pause)
            async with lane:
                chance = self._plan.chance(f"{name} {next(self._numbers)}")
                # A run that ends waits for what is broken to heal: it takes the lane.
                await MENU[name].run(self._installation, chance, self._writer)
            self._unbroken.discard(name)
            if not self._unbroken:
                self._all_broken.set()

    async def _kill_now_and_then(self) -> None:
        chance = self._plan.chance("kills")
        while True:
            await asyncio.sleep(KILL_EVERY_SECONDS)
            async with self._lanes[0]:
                await MENU["kill_node"].run(self._installation, chance, self._writer)

    async def _sleep_now_and_then(self, hall: Hall) -> None:
        chance = self._plan.chance("sleep")
        try:
            while True:
                await asyncio.sleep(chance.uniform(1.0, 4.0))
                async with self._sleep:
                    began = now()
                    hall.freeze()
                    await asyncio.sleep(chance.uniform(*STANDSTILL_SECONDS))
                    hall.thaw()
                    self._writer.write(Fault(began, now(), "watchers_asleep", "hall", ""))
        finally:
            hall.thaw()

    async def _restore(self) -> None:
        """Go back to the copy, as an administrator does who has lost the database."""
        await self._stop_nodes()
        await self._keep_era()
        self._writer.write(await self._installation.restore())

    async def _keep_era(self) -> None:
        with Writer(self._history / f"era-{self._era}.jsonl") as writer:
            await write_evidence(self._installation, writer, self._era)
        self._era += 1

    # -- the end ------------------------------------------------------------------------------------------------------

    async def _end_in_order(self, provider: Provider, desks: Desks) -> None:
        await self._installation.heal()
        for part in (provider, desks):
            try:
                await part.end(ENDS_WITHIN_SECONDS)
            except (NotTaken, NotAnswered) as error:
                self._troubles.append(str(error))
        await self._until_quiet()
        self._writer.write(Healed(now()))
        heads = await self._aftermath.heads()
        for hall in self._halls:
            late = await hall.converge(heads, WHOLE_WITHIN_SECONDS)
            self._troubles += [f"had not seen everything after {WHOLE_WITHIN_SECONDS:.0f} s: {who}" for who in late]
        for hall in self._halls:
            await hall.end()
        await self._sampler.end()
        await write_told(self._installation, self._writer)
        await self._stop_nodes()
        await self._keep_era()

    async def _until_quiet(self) -> None:
        """Wait until WhatsApp has told every status, nothing may still leave, and no log moves."""
        ends = now() + QUIET_WITHIN_SECONDS
        before = None
        while now() < ends:
            heads = await self._aftermath.heads()
            waiting = await self._aftermath.waiting()
            if before == heads and not waiting:
                return
            before = heads
            await asyncio.sleep(QUIET_SECONDS)
        self._troubles.append(f"{QUIET_WITHIN_SECONDS:.0f} s after the end there was still something to do")

    async def _stop_nodes(self) -> None:
        for node in self._installation.nodes:
            status, seconds = await self._installation.stop_node(node)
            if status:
                self._troubles.append(f"{node.name} ended with status {status} after {seconds:.1f} s")

    def _done(self, provider: Provider, desks: Desks, seconds: float, watchers: Mapping[str, int]) -> Done:
        run = read(self._history / "run.jsonl")
        faults = Counter(record.name for record in run if isinstance(record, Fault))
        return Done(
            asked=self._plan.asked,
            seconds=seconds,
            nodes=self._plan.nodes,
            database=self._aftermath.version,
            webhooks=provider.webhooks,
            deliveries=provider.deliveries,
            messages=provider.acknowledged,
            replies=desks.replies,
            faults={name: faults[name] for name in {*self._menu, *faults}},
            watchers=watchers,
            troubles=(*self._troubles, *self._aftermath.complaints()),
        )


async def _until(at: float) -> None:
    await asyncio.sleep(max(0.0, at - now()))
