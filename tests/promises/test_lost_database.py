"""PostgreSQL dies or stands still under several nodes: writers wait or come again, and nothing is lost or doubled.

WASL_TEST_SEED repeats a run: the seed that it used is printed.
"""

import asyncio
from random import Random

import pytest

from promises.cluster import Cluster, Crowd, Load, started, until
from promises.verdict import check_whole

pytestmark = pytest.mark.anyio

KILLS = 2
FROZEN_SECONDS = 4.0


async def test_killed_and_started_under_load(cluster: Cluster, seed: int) -> None:
    chance = Random(seed)
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    load.begin()
    for _ in range(KILLS):
        await load.messages(150)
        await asyncio.sleep(chance.uniform(0.0, 0.2))
        cluster.database.kill()
        await asyncio.sleep(chance.uniform(0.1, 0.8))
        await until(lambda: load.sent.retries > 0)  # However soon the database is back, somebody has noticed.
        await started(cluster.database)
    await load.messages(150)
    await load.end()
    await check_whole(cluster, crowd, load)
    assert load.sent.retries > 0


async def test_frozen_under_load(cluster: Cluster, seed: int) -> None:
    chance = Random(seed)
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    load.begin()
    await load.messages(150)
    await asyncio.to_thread(cluster.database.freeze)
    await asyncio.sleep(FROZEN_SECONDS)
    cluster.database.thaw()
    await load.messages(150)
    await load.end()
    await check_whole(cluster, crowd, load)
