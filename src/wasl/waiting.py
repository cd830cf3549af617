"""Waiting that can be called off."""

import asyncio


async def wait_at_most(event: asyncio.Event, seconds: float) -> bool:
    """Wait until an event is set, or for so long; the result is whether it is set.

    Not `asyncio.wait_for`: before Python 3.12 that swallows a cancellation which meets the event in one round of the
    loop, and a task that goes round for ever would never end.
    """
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return event.is_set()
    return True
