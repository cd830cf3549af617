"""A server that may die, and a business on it whose crowd is watched."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal

import pytest

from story.node import Node
from story.people import Outside
from story.scene import settings_of
from wasl.torture.installation import Shape


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Node]:
    """A server for one test, on a file of its own."""
    many = {"WASL_STREAMS_PER_OPERATOR": "1000", "WASL_STREAM_AGE_SECONDS": "5"}
    node = Node(settings_of(tmp_path), tmp_path / "mortal.log", WASL_HEARTBEAT_SECONDS="0.5", **many)
    node.start()
    yield node
    node.kill()


@pytest.fixture
async def outside(mortal: Node) -> AsyncIterator[Outside]:
    outside = Outside(mortal)
    yield outside
    await outside.close()


@pytest.fixture(params=["sqlite", "postgres"])
def shape(request: pytest.FixtureRequest, tmp_path: Path) -> Shape:
    """A small installation: on SQLite one node, else two."""
    engine: Literal["sqlite", "postgres"] = request.param
    return Shape(engine, 2 if engine == "postgres" else 1, tmp_path / "installation")
