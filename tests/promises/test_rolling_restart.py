"""Three nodes behind a proxy are restarted one after another, under load: nobody at a screen notices.

WASL_TEST_SEED repeats a run: the seed that it used is printed.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random

import pytest

from promises.cluster import Cluster, running
from promises.oracle import check_seen, head_sequence
from promises.replies import check_sent, until_settled
from promises.restart import restart_in_turn, working_day
from promises.verdict import check_memory
from proxies import Proxy, caddy, nginx
from story.scene import settings_of
from wasl.torture.process import Emulator
from wasl.torture.servers import PostgresServer, RedisServer, Unavailable

pytestmark = pytest.mark.anyio

SCREENS = 60
MESSAGES = 3_000
SILENCE_SECONDS_MAX = 15.0
"""A `bye` asks for 1 to 3 seconds; the rest is for a machine that does everything at once, and pauses."""


@pytest.fixture
async def cluster(
    mortal_postgres: PostgresServer, mortal_redis: RedisServer, whatsapp: Emulator, tmp_path: Path
) -> AsyncIterator[Cluster]:
    """Three nodes whose heartbeats leave a busy machine time: a dashboard gives up after two and a half of them."""
    home = settings_of(tmp_path, mortal_postgres.create_database(), mortal_redis.url)
    async with running(3, home, mortal_postgres, mortal_redis, whatsapp, heartbeat_seconds=5.0) as cluster:
        yield cluster


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[Proxy]:
    try:
        with request.param([node.port for node in cluster.nodes]) as proxy:
            yield proxy
    except Unavailable as missing:
        pytest.skip(f"The proxy cannot be run here: {missing}")


async def test_nobody_notices_a_rolling_restart(cluster: Cluster, proxy: Proxy, seed: int) -> None:
    chance = Random(seed)
    async with working_day(cluster, proxy, SCREENS, MESSAGES, chance) as day:
        turns = await restart_in_turn(cluster.nodes)
        await day.rest()
        await until_settled(cluster.home, cluster.bakery, day.phones)
        await check_sent(cluster.home, cluster.bakery, day.phones, day.replies.asked, frozenset())
        await day.finish(head_sequence(cluster.home, cluster.bakery))
        print(turns, f"{len(day.sent.acknowledged)} messages, {day.sent.retries} webhooks repeated")
        print(f"longest silence {max(day.silences()):.1f} s, {sum(clerk.questions for clerk in day.clerks)} questions")
    assert day.errors() == []
    assert (day.replies.repeats, day.sent.retries) == (0, 0)
    check_seen(await check_memory(cluster, day.sent), day.observers)
    # Every screen was asked to come back, some of them more than once, and came at once.
    assert all(dashboard.observer.connections > 1 for dashboard in day.dashboards)
    assert max(day.silences()) < SILENCE_SECONDS_MAX
