"""A number's rate is one for all servers, so each takes its share of it; and one number never takes another's place."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from wasl.domain.channels import Capabilities
from wasl.flow.paces import Paces
from wasl.limits import CHANNEL_MESSAGES_PER_SECOND, PAIR_BURST, PAIR_SECONDS_PER_MESSAGE
from wasl.store.outbox import Due
from wasl.store.team import Channel

pytestmark = pytest.mark.anyio
DUE = Due(account_id=1, sequence=1, channel_id=1, conversation_key=1)


class World:
    """How many servers live, what time it is, and how fast each number may send."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.nodes = 1
        self.now = 1_000.0
        self.per_second: dict[int, float] = {}
        self.woken = 0
        self.token = "the first token"
        monkeypatch.setattr("wasl.flow.paces.monotonic", lambda: self.now)
        self.paces = Paces(self._channel, lambda: self.nodes, lambda: None)

    def _channel(self, channel_id: int) -> Channel | None:
        rate = self.per_second.get(channel_id, CHANNEL_MESSAGES_PER_SECOND)
        about: Any = SimpleNamespace(per_second=rate, capabilities=Capabilities(frozenset()), access=self.token)
        return cast(Channel, about)

    def leave(self, count: int, channel_id: int = 1) -> int:
        """How many of so many messages to different customers need not wait."""
        first = int(self.now * 1_000_000)
        dues = (replace(DUE, channel_id=channel_id, conversation_key=first + place) for place in range(count))
        return sum(self.paces.wait_seconds(due) == 0.0 for due in dues)

    def sustained(self, seconds: int, channel_id: int = 1) -> int:
        """How many leave in so many seconds, looked at a hundred times a second, after what was saved up."""
        self.leave(5_000, channel_id)
        total = 0
        for _ in range(seconds * 100):
            self.now += 0.01
            total += self.leave(50, channel_id)
        return total


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


@pytest.mark.parametrize(("nodes", "share"), [(1, 80), (2, 40), (4, 20), (1_000, 1)])
async def test_each_of_several_sends_its_share(world: World, nodes: int, share: int) -> None:
    world.nodes = nodes
    assert world.leave(200) == share


@pytest.mark.parametrize("rate", [20.0, 80.0, 1000.0])
@pytest.mark.parametrize("nodes", [1, 3])
async def test_every_number_has_a_rate_of_its_own(world: World, rate: float, nodes: int) -> None:
    """Coexistence, the usual one, and one that was raised; all nodes together send no more than that."""
    world.per_second[1], world.nodes = rate, nodes
    assert world.sustained(10) * nodes == pytest.approx(rate * 10, rel=0.03)


async def test_twenty_a_second_are_twenty_for_a_hundred_nodes_too(world: World) -> None:
    world.per_second[1], world.nodes = 20.0, 100
    assert world.sustained(10) == pytest.approx(2, abs=1)


async def test_a_raised_rate_counts_at_once(world: World) -> None:
    assert world.sustained(5) == pytest.approx(400, rel=0.03)
    world.per_second[1] = 1_000.0
    assert world.sustained(5) == pytest.approx(5_000, rel=0.03)


async def test_who_is_joined_by_others_saves_nothing_up_for_itself(world: World) -> None:
    world.leave(0)
    world.nodes = 8
    assert world.leave(200) <= 12


async def test_a_number_without_a_token_takes_no_place_from_the_others(world: World) -> None:
    world.leave(200, channel_id=1)
    assert world.paces.resting() == [1]
    assert world.leave(10, channel_id=2) == 10
    world.now += 0.1
    assert world.paces.resting() == []


async def test_a_number_that_is_held_waits_as_long_as_its_provider_said(world: World) -> None:
    world.paces.hold(1, 60.0)
    world.paces.hold(1, 2.0)
    assert world.leave(1) == 0
    assert world.leave(1, channel_id=2) == 1
    world.now += 59.0
    assert (world.leave(1), world.paces.resting()) == (0, [1])
    world.now += 2.0
    assert (world.leave(1), world.paces.resting()) == (1, [])


async def test_a_number_that_is_set_up_anew_waits_no_longer(world: World) -> None:
    world.paces.hold(1, 300.0)
    assert world.paces.resting() == [1]
    world.token = "the second token"
    assert (world.paces.resting(), world.leave(1)) == ([], 1)


@pytest.mark.parametrize("nodes", [1, 3])
async def test_one_customer_gets_a_burst_and_then_one_in_six_seconds(world: World, nodes: int) -> None:
    world.nodes = nodes
    burst = 0
    while world.paces.wait_seconds(DUE) == 0.0:
        burst += 1
    assert burst * nodes == PAIR_BURST
    sent = 0
    for _ in range(600):
        world.now += 1.0
        sent += world.paces.wait_seconds(DUE) == 0.0
    assert sent * nodes == pytest.approx(600 / PAIR_SECONDS_PER_MESSAGE, rel=0.05)
    assert world.leave(1) == 1, "another customer need not wait for this one"
