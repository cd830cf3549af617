"""Work by the clock that belongs to the whole installation: one node does it at a time.

A duty is claimed with a compare-and-set that must change exactly one row, by the database's clock. Its holder renews it
with every turn and so keeps it, and gives it back when it leaves (`Pulse.close`); when the holder dies, the next node
that asks after its lease has it.
"""

from functools import partial
from math import inf

from wasl.clock import monotonic
from wasl.limits import CLOCK_PUT_BACK_SECONDS, DUTY_SECONDS
from wasl.store.database import Connection, Database

_CLAIM = (
    "INSERT INTO duties (name, node, until_ms) VALUES (?, ?, NOW_MS() + ?)"
    " ON CONFLICT (name) DO UPDATE SET node = excluded.node, until_ms = excluded.until_ms"
    " WHERE duties.node = excluded.node OR duties.until_ms <= NOW_MS() OR duties.until_ms > NOW_MS() + ?"
)


class Duties:
    """Those of one node, through a `Database` of which nothing else waits."""

    def __init__(self, database: Database, node: str, seconds: int = DUTY_SECONDS) -> None:
        self._database = database
        self._node = node
        self._seconds = seconds
        self._held: dict[str, float] = {}
        """When a duty was claimed last, at the earliest, by the monotonic clock."""

    async def claim(self, name: str) -> bool:
        """Take, keep or renew a duty; False when another node has it. Cheap enough to be asked before every step.

        Raises Unavailable, and then nobody should begin.
        """
        began = monotonic()
        if began - self._held.get(name, -inf) < self._seconds / 3:
            return True
        self._held.pop(name, None)
        claim = partial(claim_duty, name=name, node=self._node, seconds=self._seconds)
        if taken := await self._database.write(claim):
            self._held[name] = began
        return taken


def claim_duty(connection: Connection, name: str, node: str, seconds: int) -> bool:
    """Take or renew a duty in the open transaction, for so many seconds from now. One that is held for longer was
    claimed by a clock that has been put back since."""
    longest = seconds + CLOCK_PUT_BACK_SECONDS
    return connection.run(_CLAIM, (name, node, seconds * 1000, longest * 1000)) == 1
