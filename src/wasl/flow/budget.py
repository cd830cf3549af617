"""What an account lets its assistant use in a day: asked before a model is, and told of whatever was used.

The promise: what a model has been asked for counts, also where the turn was broken off and nobody waits for it.
"""

import asyncio

from wasl.clock import now_ms
from wasl.domain.assistant import Usage
from wasl.domain.assistant_settings import AssistantSettings
from wasl.domain.notes import Note
from wasl.errors import Unavailable
from wasl.flow.limits import USE_STOP_SECONDS
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.spending import CountUse, is_spent


def day_of(settings: AssistantSettings, at_ms: int | None = None) -> str:
    """The day of a moment, or today, where the account's hours are told."""
    return settings.hours.day_of(now_ms() if at_ms is None else at_ms).isoformat()


class Budget:
    """Knows what is left, and counts."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal
        self._counting: set[asyncio.Task[None]] = set()

    async def spent(self, account_id: int, settings: AssistantSettings) -> Note | None:
        """A sentence that says which limit of the day is used up; None while there is some left. Raises Unavailable."""
        day = day_of(settings)
        return await self._database.read(lambda connection: is_spent(connection, account_id, day, settings.limits))

    async def count(self, account_id: int, settings: AssistantSettings, usage: Usage) -> None:
        """Add what was used. Raises Unavailable."""
        if usage.tokens_in or usage.tokens_out or usage.cost_micros:
            await self._journal.submit(CountUse(account_id, day_of(settings), usage))

    def count_later(self, account_id: int, settings: AssistantSettings, usage: Usage) -> None:
        """The same for whoever is broken off and cannot wait."""
        task = asyncio.create_task(self._count_alone(account_id, settings, usage))
        self._counting.add(task)
        task.add_done_callback(self._counting.discard)

    async def close(self) -> None:
        """Let what is counted be counted, for a while."""
        if self._counting:
            await asyncio.wait(set(self._counting), timeout=USE_STOP_SECONDS)

    async def _count_alone(self, account_id: int, settings: AssistantSettings, usage: Usage) -> None:
        try:
            await self.count(account_id, settings, usage)
        except Unavailable:
            log.warning("use not counted", account_id=account_id, tokens=usage.tokens_in + usage.tokens_out)
