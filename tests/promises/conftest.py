"""Promises are tried on whole servers, as the stories are; but each on one of its own, which may die."""

from collections.abc import AsyncIterator, Iterator

import pytest

from story.node import Node
from story.people import Outside
from story.scene import home, whatsapp
from wasl.settings import Settings

__all__ = ["home", "whatsapp"]


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
