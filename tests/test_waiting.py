"""Waiting for an event, and being called off meanwhile."""

import asyncio

import pytest

from wasl.waiting import wait_at_most

pytestmark = pytest.mark.anyio


async def test_it_ends_with_the_event_or_with_the_time() -> None:
    event = asyncio.Event()
    assert await wait_at_most(event, 0.001) is False
    event.set()
    assert await wait_at_most(event, 60.0) is True


@pytest.mark.parametrize("rounds", range(4))
async def test_a_cancellation_that_meets_the_event_ends_the_task(rounds: int) -> None:
    """However many rounds of the loop lie between the two: a task that goes on would keep a stop waiting for ever."""
    event = asyncio.Event()

    async def work() -> None:
        while True:
            await wait_at_most(event, 60.0)
            event.clear()

    task = asyncio.create_task(work())
    await asyncio.sleep(0.001)
    event.set()
    for _ in range(rounds):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=30.0)
    task.cancel()
    assert done == {task}
