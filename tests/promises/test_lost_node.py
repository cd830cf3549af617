"""A node dies under load: the others go on, whoever watched it goes on elsewhere, and it comes back.

WASL_TEST_SEED repeats a run: the seed that it used is printed.
"""

import asyncio
from random import Random

import pytest

from promises.cluster import Cluster, Crowd, Load
from promises.verdict import check_whole

pytestmark = pytest.mark.anyio

KILLS = 3


async def test_killed_and_started_under_load(cluster: Cluster, seed: int) -> None:
    chance = Random(seed)
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    load.begin()
    for _ in range(KILLS):
        await load.messages(100)
        await asyncio.sleep(chance.uniform(0.0, 0.1))
        node = chance.choice(cluster.nodes)
        node.kill()
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        await asyncio.to_thread(node.start)
    await load.messages(100)
    await load.end()
    await check_whole(cluster, crowd, load)
