"""Whether a node can be sent traffic, and what it does about a Redis or a database that is gone."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

import pytest

from arrivals import arrival, said
from cast import gather_cast
from wasl.app import Parts, build_app
from wasl.settings import Settings
from wasl.torture.servers import PostgresServer, RedisServer, Unavailable, redis_server
from web.conftest import client_of, living

pytestmark = pytest.mark.anyio
SEEN_SECONDS = 1.0
"""As a rule: a machine pauses now and then."""


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    try:
        with redis_server() as server:
            yield server
    except Unavailable as missing:
        pytest.skip(str(missing))


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[Parts, Callable[[], Any]]]:
    """A node, and its answer to `/ready`: status, and what it says."""
    application = build_app(settings)
    async with living(application.asgi), client_of(application.asgi) as client:

        async def ready() -> tuple[int, dict[str, Any]]:
            answer = await client.get("/ready")
            return answer.status_code, answer.json()

        yield application.parts, ready


async def until(holds: Callable[[], object], seconds: float = 30.0) -> float:
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds, "it did not happen in time"
        await asyncio.sleep(0.005)
    return time.monotonic() - started


async def test_alone_a_node_needs_no_redis(settings: Settings) -> None:
    async with running(settings) as (_, ready):
        assert await ready() == (200, {"status": "ok", "database": "ok", "bus": "memory"})


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
async def test_two_nodes_hear_each_other_and_go_on_without_redis(settings: Settings, redis: RedisServer) -> None:
    shared = settings.model_copy(update={"redis_url": redis.url})
    async with running(shared) as (one, ready), running(shared) as (other, _):
        await until(lambda: one.bus.nodes() == other.bus.nodes() == 2)
        assert await ready() == (200, {"status": "ok", "database": "ok", "bus": "redis"})
        cast = await gather_cast(one.team)
        account = cast.rana.account_id
        feed = await other.hub.feed(account)
        number = 0

        async def arrives_here_and_is_known_there() -> float:
            nonlocal number
            number += 1
            await one.journal.submit(arrival(cast, said(f"wamid.{number}", "hello")))
            await one.hub.feed(account)
            return await until(lambda: feed.ring.tail == one.hub.head(account) and feed.ring.tail.sequence >= number)

        async def usual_seconds() -> float:
            return median([await arrives_here_and_is_known_there() for _ in range(3)])

        assert await usual_seconds() < SEEN_SECONDS
        redis.kill()
        try:
            await until(lambda: not one.bus.healthy and not other.bus.healthy)
            assert await ready() == (200, {"status": "degraded", "database": "ok", "bus": "redis: unreachable"})
            assert await usual_seconds() < SEEN_SECONDS
        finally:
            redis.start()
        await until(lambda: one.bus.healthy and other.bus.healthy)
        assert (await ready())[1]["status"] == "ok"
        assert await usual_seconds() < SEEN_SECONDS


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
async def test_without_its_database_a_node_is_not_ready(settings: Settings, postgres: PostgresServer) -> None:
    async with running(settings) as (_, ready):
        assert settings.database_url is not None
        postgres.drop_database(settings.database_url)
        status, answer = await ready()
        assert (status, answer["status"]) == (503, "unavailable")
