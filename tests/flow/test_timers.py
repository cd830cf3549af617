"""What is done to the installation by the clock is done by one node, and by the next when that one leaves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from arrivals import arrival, said
from cast import Cast
from wasl.flow.timers import Timers
from wasl.observe import Metrics
from wasl.store.database import Database, Engine
from wasl.store.duties import Duties
from wasl.store.event_log import TrimLog
from wasl.store.journal import Journal
from wasl.store.pulse import Pulse
from wasl.store.team import Team

pytestmark = pytest.mark.anyio


@dataclass(slots=True)
class Node:
    """As much of one as has timers."""

    team: Team
    database: Database
    own: Database
    pulse: Pulse
    journal: Journal
    trims: list[TrimLog] = field(default_factory=list)
    timers: Timers = field(init=False)

    def __post_init__(self) -> None:
        plain = self.journal.submit

        def submit(change: Any) -> Any:
            self.trims.append(change)
            return plain(change)

        self.journal.submit = submit  # type: ignore[method-assign]
        self.timers = Timers(self.team, self.database, self.journal, Duties(self.own, self.pulse.node))

    async def leave(self) -> None:
        await self.journal.close()
        await self.pulse.close()


@pytest.fixture
async def nodes(engine: Engine, database: Database, team: Team, anyio_backend: str) -> AsyncIterator[list[Node]]:
    nodes = []
    for place in range(3):
        own = Database(engine, readers=1)
        pulse = Pulse(own, f"n{place}", alone=False)
        await pulse.start()
        nodes.append(Node(team, database, own, pulse, Journal(engine, lambda _: None, Metrics())))
        nodes[-1].journal.start()
    yield nodes
    for node in nodes:
        await node.leave()


async def test_one_node_keeps_the_logs_short(nodes: list[Node], journal: Journal, cast: Cast) -> None:
    await journal.submit(arrival(cast, said("m1")))
    await asyncio.gather(*(node.timers.trim_logs() for node in nodes))
    [holder] = [node for node in nodes if node.trims]
    assert len(holder.trims) == 2  # Both accounts.
    await asyncio.gather(*(node.timers.trim_logs() for node in nodes))
    assert [node for node in nodes if node.trims] == [holder]
    assert len(holder.trims) == 4


async def test_the_next_one_need_not_wait_for_one_that_left(nodes: list[Node], cast: Cast) -> None:
    first, second = nodes[0], nodes[1]
    await first.timers.trim_logs()
    await second.timers.trim_logs()
    assert (len(first.trims), len(second.trims)) == (2, 0)
    await nodes.pop(0).leave()
    await second.timers.trim_logs()
    assert len(second.trims) == 2


async def test_what_customers_wait_for_is_looked_after_at_its_own_pace(
    nodes: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.flow.timers.QUEUE_LOOK_SECONDS", 0.01)
    looked = asyncio.Semaphore(0)

    async def look() -> None:
        looked.release()
        raise ValueError  # One that fails is logged, and looks again.

    node = nodes[0]
    timers = Timers(node.team, node.database, node.journal, Duties(node.own, node.pulse.node), queue_keeping=(look,))
    timers.start()
    try:
        async with asyncio.timeout(30):
            for _ in range(3):
                await looked.acquire()
    finally:
        await timers.close()
