"""A node that was away serves nobody from what it knew before: whoever comes to it goes on exactly where they were.

WASL_TEST_SEED repeats a run: the seed that it used is printed.
"""

import asyncio
from random import Random

import pytest

from promises.cluster import PATIENCE_SECONDS, Cluster, Crowd, Load
from promises.observers import Observer
from promises.verdict import check_whole

pytestmark = pytest.mark.anyio

AWAY = 0
"""The node that is away."""
RETURNING = 16
PATIENCE = 4 * PATIENCE_SECONDS
"""So much that they wait for the node that stands still, and go to no other."""


async def test_after_a_kill(cluster: Cluster, seed: int) -> None:
    chance = Random(seed)
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    load.begin()
    await load.messages(150)
    cluster.nodes[AWAY].kill()
    await load.messages(120)
    await asyncio.to_thread(cluster.nodes[AWAY].start)
    return_all(crowd, chance)
    await load.messages(150)
    await load.end()
    await check_whole(cluster, crowd, load)


async def test_after_standing_still(cluster: Cluster, seed: int) -> None:
    """They ask while it stands still, and are answered by what it finds when it goes on: its ring ends far behind."""
    chance = Random(seed)
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    load.begin()
    await load.messages(150)
    cluster.nodes[AWAY].freeze()
    await load.messages(120)
    return_all(crowd, chance)
    await load.messages(40)
    return_all(crowd, chance)
    await asyncio.sleep(0.2)
    cluster.nodes[AWAY].thaw()
    await load.messages(150)
    await load.end()
    await check_whole(cluster, crowd, load)


def return_all(crowd: Crowd, chance: Random) -> None:
    """Let many come to the node that was away: from old cursors, from the newest of all, and fresh ones without any."""
    ahead = max(crowd.observers, key=lambda observer: observer.sequence)
    for place in range(RETURNING):
        start = cursor_of(ahead, chance.randrange(1, len(ahead.seen)) if place % 3 == 0 else len(ahead.seen))
        match place % 4:
            case 0:
                crowd.stream(f"returning stream {place}", start, AWAY, "header", patience_seconds=PATIENCE)
            case 1:
                crowd.socket(f"returning socket {place}", start, AWAY, patience_seconds=PATIENCE)
            case 2:
                crowd.stream(f"fresh stream {place}", "", AWAY, "query", patience_seconds=PATIENCE)
            case 3:
                crowd.poll(f"returning poll {place}", start, AWAY)


def cursor_of(observer: Observer, count: int) -> str:
    """Where an observer was when it had seen so many events."""
    sequence, tag, _ = observer.seen[count - 1]
    return f"{sequence}-{tag}"
