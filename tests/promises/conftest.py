"""Promises are tried on whole servers, as the stories are; but each on one of its own, which may die."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random

import pytest

from promises.cluster import Cluster, running
from story.node import Node
from story.people import Outside
from story.scene import home, settings_of, whatsapp
from wasl.settings import Settings
from wasl.torture.process import Emulator
from wasl.torture.servers import PostgresServer, RedisServer, Unavailable, postgres_server, redis_server

__all__ = ["home", "whatsapp"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them are slow: whole servers live and die."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def mortal(home: Settings) -> Iterator[Node]:
    """A server for one test."""
    many = {"WASL_STREAMS_PER_OPERATOR": "1000"}  # A few operators stand for a crowd.
    node = Node(home, home.data_dir / "mortal.log", WASL_HEARTBEAT_SECONDS="0.5", **many)
    node.start()
    yield node
    node.kill()


@pytest.fixture
async def outside(mortal: Node) -> AsyncIterator[Outside]:
    outside = Outside(mortal)
    yield outside
    await outside.close()


@pytest.fixture
def seed() -> int:
    """What a run's chance begins with; WASL_TEST_SEED repeats one."""
    seed = int(os.environ.get("WASL_TEST_SEED", Random().randrange(1 << 32)))
    print(f"seed {seed}")
    return seed


@pytest.fixture(scope="session")
def mortal_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL for this folder alone: whoever kills it starts it again."""
    try:
        with postgres_server() as server:
            yield server
            server.kill()  # Nobody needs what it would write down in an orderly end.
    except Unavailable as missing:
        pytest.skip(f"PostgreSQL cannot be run here: {missing}")


@pytest.fixture
def mortal_redis() -> Iterator[RedisServer]:
    """A Redis for one test."""
    try:
        with redis_server() as server:
            yield server
    except Unavailable as missing:
        pytest.skip(f"Redis cannot be run here: {missing}")


@pytest.fixture
async def cluster(
    request: pytest.FixtureRequest,
    mortal_postgres: PostgresServer,
    mortal_redis: RedisServer,
    whatsapp: Emulator,
    tmp_path: Path,
) -> AsyncIterator[Cluster]:
    """Three nodes for one test, or as many as its parameter says."""
    home = settings_of(tmp_path, mortal_postgres.create_database(), mortal_redis.url)
    async with running(getattr(request, "param", 3), home, mortal_postgres, mortal_redis, whatsapp) as cluster:
        yield cluster
