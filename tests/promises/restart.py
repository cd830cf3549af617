"""A rolling restart: nodes behind a proxy are stopped and started one after another, while everybody works on."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import httpx2
import orjson

from promises.cluster import Cluster, telephony
from promises.dashboards import Clerk, Dashboard, Poller, Socket
from promises.load import Sent, bodies_of, deliver_all
from promises.observers import Observer, caught_up, end
from promises.replies import GUESTS, Replies
from proxies import Proxy
from story.node import Node
from story.people import Operator
from story.phone import Phones
from wasl.limits import PAIR_BURST

READY_SECONDS_MAX = 30.0
BETWEEN_SECONDS = 2.0
"""nginx passes a node over for so long (`fail_timeout`): the next one must not stop before this one is used again."""
SENDERS = 3
SIZES = (1, 4)
"""Messages in a webhook; three senders pause long enough for some thirty webhooks a second."""
PAUSE_SECONDS = 0.08
ANSWER_SECONDS = 20.0
"""Providers wait about so long for the answer to a webhook."""
REPLY_PAUSE_SECONDS = (0.5, 1.0)
"""A customer gets no more than may leave at once, so that none waits for the pace of its customer: that is minutes."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One node's restart, in seconds."""

    stop_seconds: float
    start_seconds: float


@dataclass(slots=True)
class Day:
    """Everyone who works through one proxy, and what they noticed."""

    cluster: Cluster
    proxy: Proxy
    phones: Phones
    sent: Sent = field(default_factory=Sent)
    replies: Replies = field(default_factory=Replies)
    dashboards: list[Dashboard] = field(default_factory=list)
    pollers: list[Poller] = field(default_factory=list)
    sockets: list[Socket] = field(default_factory=list)
    clerks: list[Clerk] = field(default_factory=list)
    _over: bool = False
    _watching: list["asyncio.Task[None]"] = field(default_factory=list)
    _working: list["asyncio.Task[None]"] = field(default_factory=list)

    @property
    def observers(self) -> list[Observer]:
        return [each.observer for each in self._watchers()]

    def errors(self) -> list[str]:
        """What anybody noticed that was not as ever."""
        everyone: list[Dashboard | Poller | Socket | Clerk] = [*self._watchers(), *self.clerks]
        return [error for each in everyone for error in each.noticed.errors]

    def _watchers(self) -> list[Dashboard | Poller | Socket]:
        return [*self.dashboards, *self.pollers, *self.sockets]

    def silences(self) -> list[float]:
        """How long each dashboard was without a stream, each time."""
        return sorted(silence for each in self.dashboards for silence in each.noticed.silences)

    async def begin(self, client: httpx2.AsyncClient, screens: int, messages: int, chance: Random) -> None:
        """Let everybody begin."""
        known = zip(self.cluster.bakery.operators, (self.cluster.sara[0], self.cluster.omar[0]), strict=True)
        desks = [Operator(client, identity, desk.token) for identity, desk in known]
        start = (await desks[0].ask("GET", "/api/live-chat/events/poll"))["cursor"]
        for place in range(screens):
            own = Random(chance.random())
            self.dashboards.append(Dashboard(f"dashboard {place}", self.proxy, desks[place % 2], own))
        self.pollers = [Poller("poller", client, desks[1], start)]
        self.sockets = [Socket("socket", self.proxy, desks[0], Random(chance.random()), start)]
        self.clerks = [Clerk(desk, Random(chance.random())) for desk in desks]
        self._watching = [asyncio.create_task(each.watch()) for each in self._watchers()]
        async with asyncio.timeout(READY_SECONDS_MAX):
            while not all(dashboard.observer.cursor for dashboard in self.dashboards):
                await asyncio.sleep(0.02)
        chats = await self._guests(desks[0])
        self._working = [asyncio.create_task(clerk.work()) for clerk in self.clerks]
        for chat in chats:
            writing = self.replies.write(desks, chat, Random(chance.random()), PAIR_BURST, REPLY_PAUSE_SECONDS)
            self._working.append(asyncio.create_task(writing))
        bodies = bodies_of(self.cluster.bakery, messages, chance, SIZES)
        until_over = itertools.takewhile(lambda _: not self._over, bodies)
        about = ([self.proxy.url], self.cluster.bakery, until_over, self.sent, SENDERS, PAUSE_SECONDS)
        delivering = deliver_all(*about, patience_seconds=ANSWER_SECONDS, tls=self.proxy.tls)
        self._working.append(asyncio.create_task(delivering))

    async def _guests(self, desk: Operator) -> list[dict[str, object]]:
        ids = [await self.phones.write("hello", guest) for guest in GUESTS]
        self.sent.ids.update(ids)
        self.sent.note(ids)
        return [await desk.chat(guest) for guest in GUESTS]

    async def finish(self, head: int, within_seconds: float = 60.0) -> None:
        """Let nobody watch any more, once everybody has seen the log up to a sequence."""
        await caught_up(self.observers, head, within_seconds)
        await end(self._watching)

    async def rest(self) -> None:
        """Let all work end; whoever was in the middle of something finishes it."""
        assert not self._working[-1].done(), "there was nothing left to write; nothing was tried under load"
        self._over = self.replies.over = True
        clerks, others = self._working[: len(self.clerks)], self._working[len(self.clerks) :]
        await end(clerks)
        await asyncio.gather(*others)


@asynccontextmanager
async def working_day(
    cluster: Cluster, proxy: Proxy, screens: int, messages: int, chance: Random
) -> AsyncIterator[Day]:
    """Let everybody work until the end of the block; nobody watches any more only after `finish`."""
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=100)
    async with (
        telephony(cluster) as phones,
        httpx2.AsyncClient(
            base_url=proxy.url, verify=proxy.tls, timeout=40.0, trust_env=False, limits=limits
        ) as client,
    ):
        await phones.behave()
        day = Day(cluster, proxy, phones)
        await day.begin(client, screens, messages, chance)
        yield day


async def restart_in_turn(nodes: Sequence[Node]) -> list[Turn]:
    """Stop each node, start it again, and go on to the next when it is ready and has been found again."""
    turns = []
    for node in nodes:
        status, stop_seconds = await asyncio.to_thread(node.stop)
        assert status == 0, node.said()[-2000:]
        started = time.monotonic()
        await asyncio.to_thread(node.start)
        await asyncio.to_thread(_until_ready, node)
        turns.append(Turn(stop_seconds, time.monotonic() - started))
        await asyncio.sleep(BETWEEN_SECONDS)
    return turns


def _until_ready(node: Node) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while orjson.loads(node.fetch("/ready"))["status"] not in ("ok", "degraded"):
        assert time.monotonic() < deadline, node.fetch("/ready")
        time.sleep(0.05)
