"""What can be asked of an installation past the product: where logs end, what waits, and what nodes complain of."""

import asyncio
import sqlite3
from collections.abc import Iterator

import orjson

from wasl.torture.installation import Installation
from wasl.torture.query import rows

COMPLAINTS_MAX = 10
_HEADS = "SELECT account_id, head_sequence FROM account_stream WHERE account_id > 0"
_UNSETTLED = "SELECT count(*) FROM outbox WHERE state <> 'unknown'"
"""What leaves as soon as it may. What is unknown waits for a person, and holds up those behind it for a while only."""
_SETTLED = (
    """SELECT count(*) FROM messages WHERE hops <> replace(hops, '["unknown",', '')"""
    " AND status IN ('sent', 'delivered', 'read')"
)
"""Messages of which nobody knew whether they had left, until WhatsApp told."""
_AWAY = "unavailable"
"""What a node has to say when its database was taken from it."""
_NOT_THERE = "wasl: The database cannot be opened: "
"""What a node says on its way out that was started while its database was away."""
_COLLISIONS = ("UniqueViolation", "IntegrityError")
"""What can only happen when two nodes believed that they held the same lock."""


class Aftermath:
    """Asks the database by SQL of its own, the emulator by its controls, and reads the nodes' logs."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    async def heads(self) -> dict[int, str]:
        """Where each account's log ends."""
        return {account: str(head) for account, head in await asyncio.to_thread(rows, self._installation, _HEADS)}

    async def waiting(self) -> int:
        """How much is still to be told or sent."""
        [(unsettled,)] = await asyncio.to_thread(rows, self._installation, _UNSETTLED)
        return int(unsettled) + await self._installation.remote.waiting()

    async def settled(self) -> int:
        """Of how many messages WhatsApp told in the end that they had left, when nobody knew any more."""
        [(settled,)] = await asyncio.to_thread(rows, self._installation, _SETTLED)
        return int(settled)

    @property
    def version(self) -> str:
        """How the database calls itself."""
        if self._installation.database_url is None:
            return f"SQLite {sqlite3.sqlite_version}"
        [(version,)] = rows(self._installation, "SHOW server_version")
        return f"PostgreSQL {str(version).split()[0]}"

    def complaints(self) -> list[str]:
        """What nodes should never have to say, whatever is done to them, and nodes that ended by themselves."""
        found = [f"{name} ended by itself" for name in self._installation.fallen]
        for node in self._installation.nodes:
            found += [f"{node.name} said: {line}" for line in _complaints(node.said())]
        if len(found) > COMPLAINTS_MAX:
            found = [*found[:COMPLAINTS_MAX], f"… and {len(found) - COMPLAINTS_MAX} more"]
        return found


def _complaints(log: str) -> Iterator[str]:
    excused = False
    for line in log.splitlines():
        if not line.startswith("{"):
            if not line.startswith(_NOT_THERE):
                yield line  # A traceback, or whatever else is no line of the log.
            continue
        said = orjson.loads(line)
        if said.get("event") in ("serving", "not started"):
            # A node whose database went away while it started; what the server says of that comes after it.
            excused = said["event"] == "not started" and said.get("code") == _AWAY
        failed = said.get("level") in ("error", "critical") and said.get("code") != _AWAY
        if failed and excused and said.get("library") == "uvicorn.error":
            continue
        if failed or said.get("error") in _COLLISIONS:
            yield line
