"""Redis dies, stands still, was never there, or says nonsense: hints are lost, and nothing else.

Whatever becomes of it, no message is lost or doubled, and whoever watches sees a new one within a second.
WASL_TEST_SEED repeats a run: the seed that it used is printed.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from statistics import median
from time import monotonic

import orjson
import pytest
from redis.asyncio import Redis

from promises.cluster import Cluster, Crowd, Load, Pulse, started, until
from promises.observers import end
from promises.oracle import Log
from promises.verdict import check_whole, delays
from wasl.torture.servers import RedisServer

pytestmark = pytest.mark.anyio

DELAY_SECONDS_MAX = 1.0
"""From a webhook's 200 to every screen, without Redis, as a rule; what the machine itself was late by comes on top."""
PAUSE_SECONDS_MAX = 10.0
"""What a pause of the machine may add to some of them, which this process need not notice."""
NOTICED_SECONDS_MAX = 30.0
"""How long `/ready` may take to notice that Redis left or came back."""
LONE = 8
"""Messages that come alone while Redis is away."""


async def test_killed_and_started_under_load(cluster: Cluster, seed: int) -> None:
    await check_outage(cluster, seed, cluster.redis.kill, lambda: started(cluster.redis))


async def test_frozen_under_load(cluster: Cluster, seed: int) -> None:
    await check_outage(cluster, seed, cluster.redis.freeze, lambda: asyncio.to_thread(cluster.redis.thaw))


@pytest.fixture
def absent(mortal_redis: RedisServer) -> None:
    mortal_redis.kill()


@pytest.mark.usefixtures("absent")
async def test_absent_from_the_start(cluster: Cluster, seed: int) -> None:
    await check_outage(cluster, seed, cluster.redis.kill, lambda: started(cluster.redis))


async def test_hints_are_lost(cluster: Cluster, seed: int) -> None:
    """Those who listen are cut off again and again; what is said until they listen again reaches nobody."""
    await check_nuisance(cluster, seed, cut_listeners)


async def test_hints_are_doubled_and_swapped_amid_garbage(cluster: Cluster, seed: int) -> None:
    await check_nuisance(cluster, seed, repeat_nonsense)


async def check_outage(
    cluster: Cluster, seed: int, begin: Callable[[], None], heal: Callable[[], Awaitable[None]]
) -> None:
    """Under load, take Redis away for a while. While it is known to be away, nobody waits for long."""
    chance = Random(seed)
    crowd, load, pulse = Crowd(cluster), Load(cluster, chance), Pulse()
    await crowd.gather(chance)
    load.begin()
    await load.messages(150)
    begin()
    await until_ready(cluster, "degraded")
    noticed = monotonic()
    await load.messages(100)
    await load.end()
    # Now only looks at the database show a node what it has not heard.
    alone = monotonic()
    await load.one_by_one(LONE)
    healed = monotonic()
    load.begin()
    await load.messages(50)
    await heal()
    await until_ready(cluster, "ok")
    await load.messages(100)
    await load.end()
    # Once more in the quiet, and before anybody can have noticed.
    gone = monotonic()
    begin()
    await load.one_by_one(LONE)
    late = await pulse.end()
    await heal()
    await load.one_by_one(1)
    log = await check_whole(cluster, crowd, load)
    known, unknown = (delays_of(crowd, load, log, *span) for span in ((alone, healed), (gone, monotonic())))
    loaded = delays_of(crowd, load, log, noticed, healed)
    usual = [max(map(median, span)) for span in (known, unknown)]
    worst = [max(map(max, span)) for span in (loaded, unknown)]
    print(f"without Redis, and before it was noticed: usually {usual} s, at worst {worst} s; late by {late:.2f} s")
    assert max(usual) <= DELAY_SECONDS_MAX + late
    assert max(worst) <= DELAY_SECONDS_MAX + PAUSE_SECONDS_MAX + late


def delays_of(crowd: Crowd, load: Load, log: Log, begun: float, ended: float) -> list[list[float]]:
    """How long the messages of that time took to each observer."""
    return [delays(log, load.sent, observer, begun, ended) for observer in crowd.observers]


async def check_nuisance(
    cluster: Cluster, seed: int, nuisance: Callable[[str, Random, Counter[str]], Awaitable[None]]
) -> None:
    """Under load, let Redis itself be well and what nodes hear through it be wrong."""
    chance = Random(seed)
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    counts = Counter[str]()
    annoying = asyncio.ensure_future(nuisance(cluster.redis.url, Random(chance.random()), counts))
    load.begin()
    await load.messages(600)
    await until(lambda: min(counts.values(), default=0) > 10)  # However fast they were written.
    await load.end()
    await check_whole(cluster, crowd, load)
    await end([annoying])
    print(counts)


async def cut_listeners(url: str, chance: Random, counts: Counter[str]) -> None:
    async with Redis.from_url(url) as redis:
        while True:
            counts["cut"] += await redis.client_kill_filter(_type="pubsub")
            await asyncio.sleep(chance.uniform(0.0, 0.4))


async def repeat_nonsense(url: str, chance: Random, counts: Counter[str]) -> None:
    """Say everything again that anybody says, sooner or later, and some of it with a few bytes changed."""
    ours: set[bytes] = set()
    async with Redis.from_url(url) as redis, redis.pubsub() as ear, asyncio.TaskGroup() as group:

        async def say(channel: bytes, words: bytes) -> None:
            await asyncio.sleep(chance.uniform(0.0, 0.5))
            await redis.publish(channel, words)

        await ear.psubscribe("*")
        async for heard in ear.listen():
            if heard["type"] != "pmessage" or heard["data"] in ours:
                continue
            words, place = heard["data"], chance.randrange(len(heard["data"]))
            garbled = words[:place] + chance.randbytes(3) + words[place + 3 :]
            ours.update((words, garbled))
            for name, copy in (("repeated", words), ("repeated", words), ("garbled", garbled)):
                counts[name] += 1
                group.create_task(say(heard["channel"], copy))


async def until_ready(cluster: Cluster, status: str) -> None:
    """Wait until every node says so of itself."""
    async with asyncio.timeout(NOTICED_SECONDS_MAX):
        for node in cluster.nodes:
            while orjson.loads(await asyncio.to_thread(node.fetch, "/ready"))["status"] != status:
                await asyncio.sleep(0.02)
