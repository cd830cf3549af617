"""Whoever comes one by one goes on together, and nobody waits for ever."""

import asyncio
import time

import pytest

from wasl.flow.gathering import Gathering

pytestmark = pytest.mark.anyio


def hold_up() -> None:
    """Let some time pass in which nobody comes or leaves, however long the machine makes it."""
    time.sleep(0.02)


async def test_all_who_came_in_time_leave_together_and_the_next_begin_a_new_group() -> None:
    gathering, left = Gathering(0.1), []

    async def go(name: str) -> None:
        await gathering.wait()
        left.append((name, asyncio.get_running_loop().time()))

    first = asyncio.create_task(go("a"))
    await asyncio.sleep(0)
    hold_up()
    second = asyncio.create_task(go("b"))
    await first
    await asyncio.sleep(0)
    assert second.done(), "they left in the same round"
    await go("c")
    (_, when_a), _, (_, when_c) = left
    assert when_c - when_a >= 0.09


async def test_one_who_is_sent_away_takes_nobody_along() -> None:
    gathering = Gathering(0.05)
    away, stays = asyncio.create_task(gathering.wait()), asyncio.create_task(gathering.wait())
    await asyncio.sleep(0)
    away.cancel()
    async with asyncio.timeout(30):
        await stays
    assert away.cancelled()
