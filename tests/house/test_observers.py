"""The tests' own watchers end when they are told to."""

import asyncio

import pytest

from promises.observers import end

pytestmark = pytest.mark.anyio


async def test_who_swallows_a_cancellation_is_told_again() -> None:
    async def stubborn() -> None:
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed.append(True)
        await asyncio.Event().wait()

    swallowed: list[bool] = []
    watching = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(30.0):
        await end([watching], again_seconds=0.01)
    assert (watching.cancelled(), len(swallowed)) == (True, 2)


async def test_who_failed_fails_its_test() -> None:
    async def failing() -> None:
        raise ValueError("it went wrong")

    watching = asyncio.create_task(failing())
    await asyncio.sleep(0)
    with pytest.raises(AssertionError):
        await end([watching])
