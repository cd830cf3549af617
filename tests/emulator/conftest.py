"""What all tests of the emulator share."""

from collections.abc import AsyncIterator

import pytest

from emulator.receiver import Stage, stage


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Stage]:
    """One pair of servers for all tests of a file: starting them takes longer than the tests."""
    async with stage() as made:
        yield made


@pytest.fixture
async def scene(running: Stage) -> Stage:
    """An emulator with one number, and the business that it serves, as at the start."""
    await running.begin_again()
    return running
