"""What happens by the clock: the log is kept short, and settings of other processes are noticed.

The promise: every node looks for itself, but what is done to the installation one node does, as long as it lives.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from wasl.errors import Unavailable
from wasl.flow.limits import QUEUE_LOOK_SECONDS
from wasl.limits import EVENTS_KEPT_HOURS, HOUSEKEEPING_SECONDS, SETTINGS_LOOK_SECONDS
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.duties import Duties
from wasl.store.event_log import TrimLog, Trimmed
from wasl.store.journal import Journal
from wasl.store.team import Team


class Timers:
    """Runs each task at its own pace until closed; one that fails is logged and runs again at its next time. What
    customers wait for (`queue_keeping`) is looked after more often than the rest."""

    def __init__(
        self,
        team: Team,
        database: Database,
        journal: Journal,
        duties: Duties,
        housekeeping: Sequence[Callable[[], Awaitable[object]]] = (),
        queue_keeping: Sequence[Callable[[], Awaitable[object]]] = (),
    ) -> None:
        self._team = team
        self._database = database
        self._journal = journal
        self._duties = duties
        self._housekeeping = (self.trim_logs, *housekeeping)
        self._queue_keeping = queue_keeping
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin."""
        self._tasks = [
            asyncio.create_task(self._every(SETTINGS_LOOK_SECONDS, self._team.refresh)),
            *(asyncio.create_task(self._every(HOUSEKEEPING_SECONDS, work)) for work in self._housekeeping),
            *(asyncio.create_task(self._every(QUEUE_LOOK_SECONDS, work)) for work in self._queue_keeping),
        ]

    async def close(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def trim_logs(self) -> None:
        """Delete events that are older than any reader may come back with, unless another node does."""
        if not await self._duties.claim("trim logs"):
            return
        [(now_ms,)] = await self._database.read(lambda connection: connection.rows("SELECT NOW_MS()"))
        older_than_ms = now_ms - EVENTS_KEPT_HOURS * 3_600_000
        for account in self._team.accounts():
            trimmed = Trimmed.MORE
            while trimmed is Trimmed.MORE and await self._duties.claim("trim logs"):
                trimmed = await self._journal.submit(TrimLog(account.id, older_than_ms))

    @staticmethod
    async def _every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Unavailable as error:
                log.warning("timer skipped", work=work.__name__, code=error.code)
            except Exception as error:
                log.error("timer failed", work=work.__name__, error=type(error).__name__)
