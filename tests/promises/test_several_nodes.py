"""Several nodes, one installation: whoever watches, wherever and however, sees the same events in the same order.

WASL_TEST_SEED repeats a run: the seed that it used is printed.
"""

import asyncio
from random import Random

import pytest

from promises.cluster import Cluster, Crowd, Load
from promises.observers import end
from promises.replies import read_now_and_then
from promises.verdict import check_whole

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("cluster", [2, 3], indirect=True)
async def test_one_order_on_every_node_by_every_transport(cluster: Cluster, seed: int) -> None:
    chance = Random(seed)
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    load.begin()
    reading = asyncio.create_task(read_now_and_then(cluster.omar, Random(chance.random())))
    await load.messages(800)
    await load.end()
    await end([reading])
    await check_whole(cluster, crowd, load)
    assert all(node.figures()["wasl_commits_total"] > 10 for node in cluster.nodes)
