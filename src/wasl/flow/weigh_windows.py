"""Customers who wait move up in the queue while their window runs out, by one node of the installation.

The promise: whoever can still be answered in free text for less than an hour stands before nearly all others, in the
queue, in lists and on screens alike. Of a window that is closed nothing is left to hurry for.
"""

from collections.abc import Callable
from functools import partial

from wasl.clock import now_ms
from wasl.flow.limits import WAITING_HOURS, WAITING_LOOKED_AT_ONCE
from wasl.flow.together import submit_together
from wasl.observe import log
from wasl.store.database import Connection, Database
from wasl.store.duties import Duties
from wasl.store.event_log import head_of
from wasl.store.journal import Journal
from wasl.store.moments import first_sequence_since
from wasl.store.team import Team
from wasl.store.urgency import Waiting, WeighWindow, accounts_that_keep_waiting, level_of, waiting_since

_DUTY = "weigh windows"


class WindowKeeper:
    """Looks through those who wait, account by account."""

    def __init__(
        self, database: Database, journal: Journal, team: Team, duties: Duties, clock: Callable[[], int] = now_ms
    ) -> None:
        self._database = database
        self._journal = journal
        self._team = team
        self._duties = duties
        self._clock = clock
        self._looked_through: set[int] = set()
        """Accounts of which everybody who waits was looked at once: nobody may have looked for days before."""

    async def weigh(self) -> int:
        """Let every priority follow the window, unless another node does; how many changed. Raises Unavailable."""
        if not await self._duties.claim(_DUTY):
            return 0
        changed = 0
        for account_id in sorted(await self._database.read(accounts_that_keep_waiting)):
            channel_ids = [one.id for one in self._team.channels(account_id) if one.capabilities.window]
            if channel_ids and await self._duties.claim(_DUTY):
                changed += await self._weigh_account(account_id, channel_ids)
        if changed:
            log.info("waiting customers weighed", count=changed)
        return changed

    async def _weigh_account(self, account_id: int, channel_ids: list[int]) -> int:
        changed, after = 0, 0
        if account_id in self._looked_through:
            asked = partial(_beginning, account_id=account_id, our_ms=self._clock())
            after = await self._database.read(asked)
        while True:
            place = partial(waiting_since, account_id=account_id, channel_ids=channel_ids, after=after)
            found = await self._database.read(partial(place, limit=WAITING_LOOKED_AT_ONCE))
            moved = await self._database.read(partial(_moved, account_id=account_id, found=found, our_ms=self._clock()))
            changes = [WeighWindow(account_id, waiting.conversation_key) for waiting in moved]
            changed += sum(await submit_together(self._journal, changes))
            if len(found) < WAITING_LOOKED_AT_ONCE:
                self._looked_through.add(account_id)
                return changed
            after = found[-1].place


def _beginning(connection: Connection, account_id: int, our_ms: int) -> int:
    """Behind which place of the list all windows stand that are open, or were noticed to run out."""
    return first_sequence_since(connection, account_id, our_ms - WAITING_HOURS * 3_600_000) - 1


def _moved(connection: Connection, account_id: int, found: list[Waiting], our_ms: int) -> list[Waiting]:
    """Those whose window runs out sooner than was noticed, or has closed."""
    head, apart_ms = head_of(connection, account_id).sequence, dict[int, int | None]()
    return [one for one in found if level_of(connection, one, our_ms, head, apart_ms) != one.level]
