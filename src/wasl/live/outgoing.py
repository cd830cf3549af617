"""What a node has yet to say: at most one hint for each account, and the newest of everything else."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from wasl.domain.events import Event
from wasl.limits import HINTS_WAITING_MAX, WHISPERS_WAITING_MAX
from wasl.live.hints import Hint


@dataclass(slots=True)
class Batch:
    """What leaves together."""

    hints: dict[int, Hint] = field(default_factory=dict)
    asides: Sequence[tuple[str, bytes]] = ()
    """Channel and message, already encoded."""

    def __bool__(self) -> bool:
        return bool(self.hints or self.asides)


class Outgoing:
    """Filled by anybody without waiting, emptied by one."""

    def __init__(self, accounts_max: int = HINTS_WAITING_MAX) -> None:
        self._accounts_max = accounts_max
        self._hints: dict[int, Hint] = {}
        self._asides: deque[tuple[str, bytes]] = deque(maxlen=WHISPERS_WAITING_MAX)
        self._something = asyncio.Event()
        self._nothing = asyncio.Event()
        self._nothing.set()

    def add_events(self, events: Sequence[Event], *, inline: bool) -> int:
        """Hint at committed events; how many hints were dropped because too many wait."""
        dropped = 0
        for _, group in groupby(events, key=lambda event: event.account_id):
            hint = Hint.of(list(group))
            dropped += not self._add(hint if inline else hint.without_events())
        return dropped

    def add_aside(self, channel: str, message: bytes) -> None:
        """Say something that nobody will miss; the oldest of them make room."""
        self._asides.append((channel, message))
        self._wake()

    async def take(self) -> Batch:
        """All that waits, as soon as there is something. It counts as said with the next call."""
        if not self._hints and not self._asides:
            self._nothing.set()
        await self._something.wait()
        self._something.clear()
        batch = Batch(self._hints, tuple(self._asides))
        self._hints = {}
        self._asides.clear()
        return batch

    def take_back(self, batch: Batch) -> int:
        """Let the hints of a batch that may not have left wait again; how many were dropped."""
        later, self._hints = self._hints, dict(batch.hints)
        dropped = sum(not self._add(hint) for hint in later.values())
        if self._hints:
            self._wake()
        return dropped

    async def emptied(self) -> None:
        """Wait until nothing waits and nothing is being said."""
        await self._nothing.wait()

    def _add(self, hint: Hint) -> bool:
        waiting = self._hints.get(hint.account_id)
        if waiting is not None:
            hint = waiting.joined(hint)
        elif len(self._hints) >= self._accounts_max:
            return False
        self._hints[hint.account_id] = hint
        self._wake()
        return True

    def _wake(self) -> None:
        self._something.set()
        self._nothing.clear()
