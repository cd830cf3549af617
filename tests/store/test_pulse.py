"""Who lives and who is dead, as nodes judge it of each other: without clocks, and only after having watched."""

import asyncio
from collections.abc import Iterator

import pytest

from wasl.limits import NODE_PULSE_SECONDS, NODE_RETURNED_SECONDS, NODE_SILENT_SECONDS_MAX
from wasl.store.database import Database, Engine
from wasl.store.duties import Duties
from wasl.store.pulse import Pulse

pytestmark = pytest.mark.anyio


class Time:
    """Monotonic, and moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr("wasl.store.pulse.monotonic", time)
    return time


class Nodes:
    """Several, whose hearts beat when they are told to."""

    def __init__(self, engine: Engine, database: Database, time: Time) -> None:
        self._database, self._time = database, time
        self._shared = Database(engine, readers=1)

    def node(self, name: str, *, alone: bool = False) -> Pulse:
        return Pulse(self._shared, name, alone=alone)

    async def watch(self, seconds: float, *living: Pulse) -> None:
        """Let time pass in which these, and only these, say that they live."""
        for _ in range(round(seconds / NODE_PULSE_SECONDS)):
            self._time.seconds += NODE_PULSE_SECONDS
            await asyncio.sleep(0.002)  # A row that is renewed within the same millisecond looks as if it were not.
            for pulse in living:
                await pulse.beat()

    def living(self) -> set[str]:
        return {node for (node,) in self._database.read_now(lambda c: c.rows("SELECT node FROM nodes"))}

    def close(self) -> None:
        self._shared.close()


@pytest.fixture
def nodes(engine: Engine, database: Database, passing: Time) -> Iterator[Nodes]:
    nodes = Nodes(engine, database, passing)
    yield nodes
    nodes.close()


async def test_whoever_says_nothing_for_too_long_is_dead(nodes: Nodes) -> None:
    first, second = nodes.node("n1"), nodes.node("n2")
    await nodes.watch(NODE_PULSE_SECONDS, first, second)
    assert nodes.living() == {first.node, second.node}
    await nodes.watch(NODE_SILENT_SECONDS_MAX - NODE_PULSE_SECONDS, first)
    assert nodes.living() == {first.node, second.node}
    await nodes.watch(2 * NODE_PULSE_SECONDS, first)
    assert nodes.living() == {first.node}
    assert not second.living
    await nodes.watch(NODE_PULSE_SECONDS, second)
    assert nodes.living() == {first.node, second.node}
    assert second.living


@pytest.mark.parametrize("name", ["n2", "n1"], ids=["another name", "the same name"])
async def test_a_node_knows_before_the_others_do_that_it_may_be_taken_for_dead(
    nodes: Nodes, passing: Time, name: str
) -> None:
    first, second = nodes.node("n1"), nodes.node(name)
    assert not first.living
    await nodes.watch(NODE_PULSE_SECONDS, first, second)
    for _ in range(20):
        await nodes.watch(NODE_PULSE_SECONDS, first)
        assert second.node in nodes.living() or not second.living


async def test_after_a_standstill_of_the_database_everybody_may_speak_first(nodes: Nodes, passing: Time) -> None:
    first, second = nodes.node("n1"), nodes.node("n2")
    await nodes.watch(3 * NODE_SILENT_SECONDS_MAX, first, second)
    passing.seconds += 6 * NODE_SILENT_SECONDS_MAX
    assert not first.living
    await nodes.watch(NODE_SILENT_SECONDS_MAX - NODE_PULSE_SECONDS, first)
    assert nodes.living() == {first.node, second.node}


async def test_one_that_has_just_come_buries_nobody(nodes: Nodes) -> None:
    first, second = nodes.node("n1"), nodes.node("n2")
    await nodes.watch(NODE_PULSE_SECONDS, first)
    await nodes.watch(NODE_SILENT_SECONDS_MAX, second)
    assert nodes.living() == {first.node, second.node}
    await nodes.watch(2 * NODE_PULSE_SECONDS, second)
    assert nodes.living() == {second.node}


async def test_a_node_that_restarts_is_known_to_be_gone_sooner(nodes: Nodes) -> None:
    before, other, after = nodes.node("n1"), nodes.node("n2"), nodes.node("n1")
    await nodes.watch(NODE_PULSE_SECONDS, before, other)
    await nodes.watch(NODE_RETURNED_SECONDS + 2 * NODE_PULSE_SECONDS, after, other)
    assert nodes.living() == {after.node, other.node}


async def test_two_that_share_a_name_by_mistake_both_live(nodes: Nodes) -> None:
    first, second = nodes.node("n1"), nodes.node("n1")
    await nodes.watch(3 * NODE_SILENT_SECONDS_MAX, first, second)
    assert nodes.living() == {first.node, second.node}


async def test_the_only_server_of_a_file_is_alone(nodes: Nodes, passing: Time) -> None:
    await nodes.watch(NODE_PULSE_SECONDS, nodes.node("n1"))
    now = nodes.node("n2", alone=True)
    await now.start()
    assert nodes.living() == {now.node}
    passing.seconds += 10 * NODE_SILENT_SECONDS_MAX
    assert now.living


async def test_who_leaves_leaves_nothing_behind(engine: Engine, database: Database) -> None:
    own = Database(engine, readers=1)
    pulse = Pulse(own, "n1", alone=False)
    await pulse.start()
    assert await Duties(own, pulse.node).claim("trim logs")
    await pulse.close()
    assert database.read_now(lambda c: c.rows("SELECT node FROM nodes UNION SELECT node FROM duties")) == []


async def test_how_far_a_nodes_clock_is_off_is_told(engine: Engine, database: Database) -> None:
    hour_ms = 3_600_000
    [(now_ms,)] = database.read_now(lambda c: c.rows("SELECT NOW_MS()"))
    pulse = Pulse(Database(engine, readers=1), "n1", alone=False, clock=lambda: int(now_ms) + hour_ms)
    await pulse.start()
    [(ahead_ms,)] = database.read_now(lambda c: c.rows("SELECT ahead_ms FROM nodes"))
    assert abs(ahead_ms - hour_ms) < 60_000
    await pulse.close()
