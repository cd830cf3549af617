"""An installation with several nodes, on a PostgreSQL and a Redis that may die under them, and those who use it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from promises.load import PEOPLE, Sent, bodies_of, deliver_all
from promises.observers import Observer, caught_up, end, poll, watch
from promises.sockets import watch_by_library, watch_by_socket
from story.node import Node
from story.people import Business, Operator, Outside, open_business
from story.phone import Phones
from wasl.emulator.remote import RemoteEmulator
from wasl.settings import Settings
from wasl.torture.process import Emulator
from wasl.torture.servers import PostgresServer, RedisServer

HEARTBEAT_SECONDS = 0.5
PATIENCE_SECONDS = 2.0
"""An observer leaves a node that says nothing for so long: four heartbeats."""
SENDERS = 6
PAUSE_SECONDS = 0.1
"""Between two webhooks of a sender: about 50 webhooks a second in all, so that a machine with two cores has time left
for what is tried meanwhile."""
ANSWER_SECONDS = 1.0
"""A sender waits so long and then tries the next node: less than Meta, so that more is stored that was repeated."""
SIZES = (1, 6)
MESSAGES_MAX = 5_000
"""More than are written in any of these tests."""
WHOLE_WITHIN_SECONDS = 60.0
"""How long after everything was healed the last observer may take to be whole."""
_starter = ThreadPoolExecutor(1, thread_name_prefix="starter")


@dataclass(slots=True)
class Cluster:
    """The servers, one business, and its two operators at each node."""

    home: Settings
    nodes: list[Node]
    database: PostgresServer
    redis: RedisServer
    whatsapp: Emulator
    bakery: Business
    outsides: list[Outside] = field(default_factory=list)
    sara: list[Operator] = field(default_factory=list)
    """Sara at each node: one session, which every node knows."""
    omar: list[Operator] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        return [node.url for node in self.nodes]

    async def sign_in(self) -> None:
        """Sign both operators in, each at one node, and let them carry their sessions to the others."""
        self.outsides = [Outside(node) for node in self.nodes]
        for place, desks in enumerate((self.sara, self.omar)):
            identity = self.bakery.operators[place]
            token = (await self.outsides[place % len(self.nodes)].sign_in(identity)).token
            desks.extend(Operator(outside.client, identity, token) for outside in self.outsides)

    async def close(self) -> None:
        for outside in self.outsides:
            await outside.close()


@asynccontextmanager
async def running(
    count: int,
    home: Settings,
    database: PostgresServer,
    redis: RedisServer,
    whatsapp: Emulator,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> AsyncIterator[Cluster]:
    """Run so many nodes until the end, in which they die; an orderly stop is for other tests."""
    bakery = await open_business(home, "Cedar Bakery", "Sara", "Omar", api_base_url=whatsapp.url)
    nodes = [
        Node(
            home,
            home.data_dir / f"node-{place}.log",
            WASL_HEARTBEAT_SECONDS=str(heartbeat_seconds),
            WASL_NODE=f"node-{place}",
        )
        for place in range(count)
    ]
    cluster = Cluster(home, nodes, database, redis, whatsapp, bakery)
    try:
        await asyncio.gather(*(asyncio.to_thread(node.start) for node in nodes))
        await cluster.sign_in()
        yield cluster
    finally:
        await cluster.close()
        for node in nodes:
            node.kill()


def visiting(nodes: Sequence[Node], first: int) -> Iterator[Node]:
    """Each next connection goes to the next node, beginning with one of them."""
    return itertools.islice(itertools.cycle(nodes), first, None)


class Crowd:
    """Who watches: by every transport on every node, on a cut always from the cursor on to the next node."""

    def __init__(self, cluster: Cluster) -> None:
        self.observers: list[Observer] = []
        self._cluster = cluster
        self._tasks: list[asyncio.Task[None]] = []

    async def gather(self, chance: Random) -> None:
        """Let everybody begin at the log's present end."""
        cluster = self._cluster
        start = (await cluster.sara[0].ask("GET", "/api/live-chat/events/poll"))["cursor"]
        for place in range(len(cluster.nodes)):
            by = ("header", "query")[place % 2]
            self.stream(f"stream from node {place}", start, place, by, patience_seconds=PATIENCE_SECONDS)
            self.poll(f"poll from node {place}", start, place)
            self.socket(f"socket from node {place}", start, place, patience_seconds=PATIENCE_SECONDS)
        self.socket("polling socket", start, 0, polling=True, patience_seconds=PATIENCE_SECONDS)
        self.socket("restless socket", start, 0, cuts=Random(chance.random()))
        self.stream("restless stream", start, 0, "header", cuts=Random(chance.random()))
        socket = watch_by_library(self._new("library's socket", start), visiting(cluster.nodes, 0), cluster.omar[0])
        self._tasks.append(asyncio.create_task(socket))
        # It has no patience to lose: whatever its node goes through, it waits for it on the same connection.
        self.stream("faithful stream", start, len(cluster.nodes) - 1, "query")

    def stream(
        self,
        name: str,
        start: str,
        first: int,
        by: str,
        *,
        cuts: Random | None = None,
        patience_seconds: float | None = None,
    ) -> None:
        """Let somebody watch by the stream from a cursor on, beginning at one of the nodes."""
        observer, route = self._new(name, start), visiting(self._cluster.nodes, first)
        work = watch(observer, route, self._cluster.sara[0], by=by, cuts=cuts, patience_seconds=patience_seconds)
        self._tasks.append(asyncio.create_task(work))

    def poll(self, name: str, start: str, first: int) -> None:
        """The same by long-poll; every request goes to the next node."""
        observer, route = self._new(name, start), visiting(self._cluster.nodes, first)
        work = poll(observer, route, self._cluster.omar[0], wait_seconds=1.0, patience_seconds=1.0 + PATIENCE_SECONDS)
        self._tasks.append(asyncio.create_task(work))

    def socket(
        self,
        name: str,
        start: str,
        first: int,
        *,
        polling: bool = False,
        cuts: Random | None = None,
        patience_seconds: float | None = None,
    ) -> None:
        """The same by Socket.IO."""
        observer, route = self._new(name, start), visiting(self._cluster.nodes, first)
        about = (observer, route, self._cluster.omar[0])
        work = watch_by_socket(*about, polling=polling, cuts=cuts, patience_seconds=patience_seconds)
        self._tasks.append(asyncio.create_task(work))

    def _new(self, name: str, start: str) -> Observer:
        observer = Observer(name, start)
        self.observers.append(observer)
        return observer

    async def until(self, sequence: int) -> None:
        """Wait until everybody has seen the log up to a sequence; whoever has not by then is found by the oracle."""
        await caught_up(self.observers, sequence, WHOLE_WITHIN_SECONDS)

    async def end(self) -> None:
        await end(self._tasks)


class Load:
    """Customers who write to all nodes in turn, from `begin` until `end`, and then perhaps again."""

    def __init__(self, cluster: Cluster, chance: Random) -> None:
        self.sent = Sent()
        self._cluster = cluster
        self._chance = chance
        self._begun = 0

    def begin(self) -> None:
        cluster, self._over = self._cluster, False
        self._bodies = bodies_of(cluster.bakery, MESSAGES_MAX, self._chance, SIZES, self._begun * MESSAGES_MAX)
        self._begun += 1
        about = (cluster.urls, cluster.bakery, self._until_over(), self.sent)
        work = deliver_all(*about, SENDERS, PAUSE_SECONDS, ANSWER_SECONDS)
        self._task = asyncio.create_task(work)

    async def end(self) -> None:
        """Write nothing new, and wait until everything was acknowledged."""
        assert not self._task.done(), "there was nothing left to write; the test was not under load"
        self._over = True
        await self._task

    async def one_by_one(self, count: int) -> None:
        """Let single messages come to one node, with so much time between them that each is seen alone: the other
        nodes have no commits of their own that would show them what they have not heard."""
        for place in range(count):
            ids = await self._cluster.outsides[0].say(self._cluster.bakery, PEOPLE[place], "anybody there?")
            self.sent.ids.update(ids)
            self.sent.note(ids)
            await asyncio.sleep(self._chance.uniform(0.2, 0.5))

    async def messages(self, count: int) -> None:
        """Wait until so many more messages were acknowledged."""
        wanted = len(self.sent.acknowledged) + count
        await until(lambda: len(self.sent.acknowledged) >= wanted)

    def _until_over(self) -> Iterator[tuple[list[str], bytes]]:
        return itertools.takewhile(lambda _: not self._over, self._bodies)


class Pulse:
    """Notes by how much this process is late at most, which says how crowded the machine is."""

    def __init__(self) -> None:
        self._worst = 0.0
        self._task = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            due = monotonic() + 0.01
            await asyncio.sleep(0.01)
            self._worst = max(self._worst, monotonic() - due)

    async def end(self) -> float:
        """Stop; the seconds."""
        await end([self._task])
        return self._worst


@asynccontextmanager
async def telephony(cluster: Cluster) -> AsyncIterator[Phones]:
    """The bakery's number at the emulator, which tells every node of its messages in turn, as a balancer would."""

    async def number_at(remote: RemoteEmulator, url: str) -> None:
        await remote.add_number(
            cluster.bakery.number.phone_number_id,
            f"{url}/webhooks/meta",
            display_phone_number=cluster.bakery.number.display,
            access_token=cluster.bakery.access_token,
            app_secret=cluster.bakery.number.secret,
        )

    async def turn(remote: RemoteEmulator) -> None:
        for url in itertools.cycle(cluster.urls):
            await number_at(remote, url)
            await asyncio.sleep(0.2)

    async with RemoteEmulator(cluster.whatsapp.url) as remote:
        await number_at(remote, cluster.urls[0])
        turning = asyncio.create_task(turn(remote))
        try:
            yield Phones(remote, cluster.bakery)
        finally:
            await end([turning])


async def started(server: PostgresServer | RedisServer) -> None:
    """Start a server that outlives this test: what a thread started is stopped when that thread ends."""
    await asyncio.get_running_loop().run_in_executor(_starter, server.start)


async def until(true: Callable[[], bool], within_seconds: float = 60.0) -> None:
    """Wait until something holds. Raises TimeoutError."""
    async with asyncio.timeout(within_seconds):
        while not true():
            await asyncio.sleep(0.01)
