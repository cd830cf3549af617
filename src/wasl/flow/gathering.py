"""Lets many who come one by one go on together."""

import asyncio


class Gathering:
    """Whoever waits goes on with all who came within so many seconds of the first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._leaving: asyncio.Event | None = None

    async def wait(self) -> None:
        """Wait until the group leaves."""
        if self._leaving is None:
            self._leaving = asyncio.Event()
            asyncio.get_running_loop().call_later(self._seconds, self._leave, self._leaving)
        await self._leaving.wait()

    def _leave(self, leaving: asyncio.Event) -> None:
        self._leaving = None
        leaving.set()
