"""A node's sign of life: a row that it renews all the time, and that another node deletes when it is not renewed.

Whose row is gone is dead to the others: what it began to send has become unknown. Nobody compares clocks to judge that.
A node watches whether the others' rows change while it keeps changing its own, so a database that stood still for a
while, or whose clock was put right, kills nobody.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from wasl.clock import monotonic, now_ms
from wasl.errors import Unavailable
from wasl.limits import NODE_PULSE_SECONDS, NODE_RETURNED_SECONDS, NODE_SILENT_SECONDS_MAX
from wasl.observe import log
from wasl.store.database import Connection, Database, Row

_RENEW = (
    "INSERT INTO nodes (node, name, seen_ms, ahead_ms) VALUES (?, ?, NOW_MS(), ? - NOW_MS())"
    " ON CONFLICT (node) DO UPDATE SET seen_ms = excluded.seen_ms, ahead_ms = excluded.ahead_ms"
)
_OTHERS = "SELECT node, name, seen_ms FROM nodes WHERE node <> ?"
# Only the row that was seen: a node that has just come back keeps its own.
_BURY = "DELETE FROM nodes WHERE node = ? AND seen_ms = ?"


@dataclass(frozen=True, slots=True)
class _Sighting:
    seen_ms: int
    since: float
    """When this node first saw the row like this, by its monotonic clock."""


class Pulse:
    """One node's. `alone` says that no other node can be there, as with a locked SQLite file: then the row is written
    once and everybody else's removed."""

    def __init__(self, database: Database, name: str, *, alone: bool, clock: Callable[[], int] = now_ms) -> None:
        self.node = f"{name}:{secrets.token_hex(4)}"
        self._database = database
        self._name = name
        self._alone = alone
        self._clock = clock
        self._last: float | None = None
        """When the row was renewed last, at the earliest, by the monotonic clock."""
        self._sightings: dict[str, _Sighting] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def living(self) -> bool:
        """Whether no other node can have taken this one for dead."""
        return monotonic() < self.living_until

    @property
    def living_until(self) -> float:
        """Up to which monotonic second no other node takes this one for dead, even if it says nothing more."""
        if self._alone:
            return inf
        # The shorter patience: one of the same name may start at any moment.
        return -inf if self._last is None else self._last + NODE_RETURNED_SECONDS

    async def start(self) -> None:
        """Say for the first time that this node lives, and go on saying it. Raises Unavailable."""
        if self._alone:
            await self._database.write(lambda connection: connection.run("DELETE FROM nodes"))
        await self.beat()
        if not self._alone:
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop, and leave: what this node has not finished, it never will."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self._database.write(self._leave)
        except Unavailable:
            log.warning("node left without a word", node=self.node)
        self._database.close()

    async def beat(self) -> None:
        """Renew the row, and bury who has not renewed theirs. Raises Unavailable."""
        began = monotonic()
        others = await self._database.write(self._renew)
        steady = self._last is not None and began - self._last <= 2 * NODE_PULSE_SECONDS
        self._last = began
        for node, seen_ms in self._silent(others, began, steady):
            buried = await self._database.write(lambda c, row=(node, seen_ms): c.run(_BURY, row))  # type: ignore[misc]
            if buried:
                log.warning("node is gone", node=node)

    def _renew(self, connection: Connection) -> list[Row]:
        if ended := connection.end_stalled():
            log.warning("transactions of frozen nodes ended", transactions=ended)
        connection.send(_RENEW, (self.node, self._name, self._clock()))
        return connection.rows(_OTHERS, (self.node,))

    def _leave(self, connection: Connection) -> None:
        for sql in ("DELETE FROM duties WHERE node = ?", "DELETE FROM nodes WHERE node = ?"):
            connection.send(sql, (self.node,))

    def _silent(self, others: list[Row], now: float, steady: bool) -> list[tuple[str, int]]:
        """The others whose rows have stood still for too long while this node saw them all the time."""
        known = self._sightings if steady else {}
        self._sightings = {}
        silent = []
        for node, name, seen_ms in others:
            sighting = known.get(node)
            if sighting is None or sighting.seen_ms != seen_ms:
                sighting = _Sighting(seen_ms, now)
            self._sightings[node] = sighting
            patience = NODE_RETURNED_SECONDS if name == self._name else NODE_SILENT_SECONDS_MAX
            if now - sighting.since >= patience:
                silent.append((node, seen_ms))
        return silent

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(NODE_PULSE_SECONDS)
            try:
                await self.beat()
            except Unavailable as error:
                log.warning("node could not say that it lives", node=self.node, code=error.code)
            except Exception as error:  # Whatever it is, a node that stops saying so is as good as dead.
                log.error("node could not say that it lives", node=self.node, error=type(error).__name__)
