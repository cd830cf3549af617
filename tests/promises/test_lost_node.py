"""A node dies or stands still under load: the others go on, whoever watched it goes on elsewhere, and it comes back.

WASL_TEST_SEED repeats a run: the seed that it used is printed.
"""

import asyncio
from random import Random
from time import monotonic

import psycopg
import pytest

from promises.cluster import Cluster, Crowd, Load
from promises.verdict import check_whole
from story.node import Node

pytestmark = pytest.mark.anyio

KILLS = 3
FROZEN_SECONDS = 6.0
HELD_UP_SECONDS_MAX = 20.0
"""How long the others may have to wait for a lock that a node took with it, and write again, on a machine that pauses.
It keeps the lock for ever: it stands still until they went on."""


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


async def test_frozen_in_the_middle_of_writing(cluster: Cluster, seed: int) -> None:
    """It holds the account's lock while it stands still; the others may not wait for it."""
    chance = Random(seed)
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    load.begin()
    await load.messages(100)
    node = cluster.nodes[-1]  # The faithful observer's.
    await freeze_with_lock(cluster, node)
    frozen_at = monotonic()
    await load.messages(20)
    waited = monotonic() - frozen_at
    print(f"the others went on after {waited:.1f} s")
    await asyncio.sleep(max(0.0, FROZEN_SECONDS - waited))
    node.thaw()
    await load.messages(100)
    await load.end()
    await check_whole(cluster, crowd, load)
    assert waited < HELD_UP_SECONDS_MAX


async def freeze_with_lock(cluster: Cluster, node: Node) -> None:
    """Freeze a node at a moment at which it holds a lock of the database; the moment is looked for."""
    holding = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
        " AND wait_event = 'ClientRead' AND clock_timestamp() - xact_start > interval '40 milliseconds'"
    )
    assert cluster.home.database_url is not None
    with psycopg.connect(cluster.home.database_url, autocommit=True) as connection:
        for _ in range(500):
            node.freeze()
            await asyncio.sleep(0.05)
            # Only a frozen node leaves its transaction alone for so long.
            if connection.execute(holding).fetchone() == (1,):
                return
            node.thaw()
            await asyncio.sleep(0.02)
    raise AssertionError("the node never held a lock when it was frozen")
