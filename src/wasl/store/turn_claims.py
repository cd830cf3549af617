"""Whose turn it is: what is due of each account, what somebody died with, and how a node takes it.

What a look costs grows with the accounts in which somebody waits, never with how many do. A claim is a change of the
journal, so that several are one commit, and nobody holds a row for which a message waits.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from wasl.limits import CLOCK_PUT_BACK_SECONDS
from wasl.store.database import Connection, Row
from wasl.store.draft import Draft
from wasl.store.limits import TURN_BROKEN_SECONDS, TURN_LEASE_SECONDS
from wasl.store.needs import Needs
from wasl.store.turns import Turn

_COLUMNS = "account_id, conversation_key, channel_id, shadow, upto_sequence, attempt, tells"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An account with turns that nobody has taken."""

    account_id: int
    due_in_ms: int
    """When the first of them is due, from now; not positive when it is."""


def waiting_accounts(connection: Connection) -> list[Waiting]:
    """Every account in which somebody waits, whoever is due first coming first."""
    sql = (
        "WITH RECURSIVE waiting (account) AS ("
        "  SELECT MIN(account_id) FROM turns WHERE state = 'waiting' UNION ALL"
        "  SELECT (SELECT MIN(account_id) FROM turns WHERE state = 'waiting' AND account_id > waiting.account)"
        "  FROM waiting WHERE waiting.account IS NOT NULL)"
        " SELECT account,"
        "  (SELECT MIN(due_ms) FROM turns WHERE state = 'waiting' AND account_id = waiting.account) - NOW_MS()"
        " FROM waiting WHERE account IS NOT NULL"
    )
    return sorted((Waiting(*row) for row in connection.rows(sql)), key=lambda one: one.due_in_ms)


def due_turns(connection: Connection, shares: Mapping[int, int]) -> list[Turn]:
    """The turns that are due, of each account so many as is its share, the oldest first."""
    sql = (
        f"SELECT {_COLUMNS} FROM turns WHERE state = 'waiting' AND account_id = ? AND due_ms <= NOW_MS()"
        " ORDER BY due_ms LIMIT ?"
    )
    return [_turn(row) for rows in connection.queries([(sql, share) for share in shares.items()]) for row in rows]


def forsaken_turns(connection: Connection, node: str, under_way: Collection[tuple[int, int]], limit: int) -> list[Turn]:
    """Turns that were taken, and that nobody thinks about any more: their node is gone or late, or it is this one, and
    they are not among what is `under_way` here, by account and conversation."""
    sql = (
        f"SELECT {_COLUMNS}, node = ? AND lease_ms > NOW_MS() FROM turns WHERE state = 'thinking' AND"
        " (lease_ms <= NOW_MS() OR (node = ? AND lease_ms <= NOW_MS() + ?)"
        " OR NOT EXISTS (SELECT 1 FROM nodes n WHERE n.node = turns.node)) ORDER BY due_ms"
    )
    rest_ms = (TURN_LEASE_SECONDS - TURN_BROKEN_SECONDS) * 1000
    rows = connection.rows(sql, (node, node, rest_ms))
    return [_turn(row) for row in rows if not (row[-1] and (row[0], row[1]) in under_way)][:limit]


@dataclass(frozen=True, slots=True)
class ClaimTurn:
    """Take a turn for a node."""

    turn: Turn
    node: str

    @property
    def account_id(self) -> int:
        return self.turn.account_id

    def needs(self) -> Needs:
        return Needs()

    def apply(self, draft: Draft) -> Turn | None:
        """Claim it; None when somebody else has, or something newer was said."""
        turn = self.turn
        sql = (
            "UPDATE turns SET state = 'thinking', attempt = attempt + 1, node = ?, lease_ms = NOW_MS() + ?"
            " WHERE account_id = ? AND conversation_key = ? AND upto_sequence = ? AND attempt = ?"
        )
        this = (turn.account_id, turn.conversation_key, turn.upto_sequence, turn.attempt)
        if draft.connection.run(sql, (self.node, TURN_LEASE_SECONDS * 1000, *this)) != 1:
            return None
        return replace(turn, attempt=turn.attempt + 1)


def redate_turns(connection: Connection) -> int:
    """Count what waits for an hour that a clock has told which was put back since from now on; how many rows."""
    sql = "UPDATE turns SET due_ms = NOW_MS(), since_ms = NOW_MS() WHERE since_ms > NOW_MS() + ?"
    return connection.run(sql, (CLOCK_PUT_BACK_SECONDS * 1000,))


def _turn(row: Row) -> Turn:
    account_id, key, channel_id, shadow, upto, attempt, tells = row[:7]
    return Turn(account_id, key, channel_id, bool(shadow), upto, attempt, bool(tells))
