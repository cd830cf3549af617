"""Tells whoever watches that something changed; what it was, the watcher reads for itself."""

import asyncio


class Changes:
    """A counter that can be waited for."""

    def __init__(self) -> None:
        self.count = 0
        self.closed = False
        self._next = asyncio.Event()

    def note(self) -> None:
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()

    def close(self) -> None:
        """Let every watcher go."""
        self.closed = True
        self.note()

    async def after(self, count: int) -> int:
        """Wait until there were more changes than `count`; return how many there were."""
        while self.count <= count and not self.closed:
            await self._next.wait()
        return self.count
