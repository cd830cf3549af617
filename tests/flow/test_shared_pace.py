"""A number's rate is one for all servers, so each takes its share of it."""

from typing import Any, cast

import pytest

from wasl.flow.send import Sender
from wasl.limits import CHANNEL_MESSAGES_PER_SECOND
from wasl.observe import Metrics
from wasl.store.outbox import Due

pytestmark = pytest.mark.anyio
NOBODY = cast(Any, None)


class Nodes:
    """How many servers live."""

    count = 1


def leave_at_once(sender: Sender, nodes: int, channel_id: int) -> int:
    """How many messages to different customers need not wait."""
    Nodes.count = nodes
    dues = (
        Due(account_id=1, channel_id=channel_id, conversation_key=1_000 * channel_id + customer, sequence=1)
        for customer in range(2 * CHANNEL_MESSAGES_PER_SECOND)
    )
    return sum(sender._wait_seconds(due) == 0.0 for due in dues)


@pytest.fixture
def sender() -> Sender:
    return Sender(NOBODY, NOBODY, NOBODY, NOBODY, Metrics(), NOBODY, nodes=lambda: Nodes.count)


@pytest.mark.parametrize(("nodes", "share"), [(1, 80), (2, 40), (4, 20), (1_000, 1)])
async def test_each_of_several_sends_its_share(sender: Sender, nodes: int, share: int) -> None:
    assert share <= leave_at_once(sender, nodes, channel_id=1) <= share + 2


async def test_who_is_joined_by_others_saves_nothing_up_for_itself(sender: Sender) -> None:
    sender._channel_pace(1, 0.0)
    assert leave_at_once(sender, 8, channel_id=1) <= 12
