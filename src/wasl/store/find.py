"""Where a page of the list lies, and searching it: few matches are collected and sorted, many are met on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from wasl.domain.conversation import ConversationStatus
from wasl.limits import SEARCH_MATCHES_SORTED_MAX, SEARCH_WALK_ROWS_MAX
from wasl.store.database import Connection
from wasl.store.search import SHORT_PIECE, candidate_keys

NEWEST = 2**62
"""Above every sequence: a walk from here begins at the top of the list."""
_FIRST_STEP_ROWS = 1_000
_STEP_GROWTH = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stretch of an account's list: the first `limit` rows below the sequence `before`, after skipping some."""

    account_id: int
    status: ConversationStatus | None
    before: int
    skip: int
    limit: int

    def condition(self, prefix: str = "") -> tuple[str, tuple[Any, ...]]:
        """The SQL of what belongs to it, with its parameters."""
        if self.status is None:
            return f"{prefix}account_id = ? AND {prefix}last_sequence < ?", (self.account_id, self.before)
        condition = f"{prefix}account_id = ? AND {prefix}status = ? AND {prefix}last_sequence < ?"
        return condition, (self.account_id, self.status.value, self.before)


@dataclass(frozen=True, slots=True)
class Found:
    """The keys of a page's conversations, and below which sequence the next page begins."""

    keys: Sequence[int]
    next_before: int | None
    total: int
    total_is_exact: bool


def find_conversations(connection: Connection, wanted: Wanted, text: str) -> Found:
    """The conversations that contain `text` (folded), newest activity first."""
    if len(text) >= SHORT_PIECE:
        candidates = candidate_keys(connection, wanted.account_id, text, SEARCH_MATCHES_SORTED_MAX + 1)
        if len(candidates) <= SEARCH_MATCHES_SORTED_MAX:
            return _sorted_page(connection, wanted, text, candidates)
    return _walked_page(connection, wanted, text)


def nth_sequence(connection: Connection, wanted: Wanted, place: int) -> int | None:
    """The last_sequence of the row `place` rows below the first one; None when the list ends before.

    Read from the index alone, so that thousands of rows are skipped in a millisecond.
    """
    condition, parameters = wanted.condition()
    sql = f"SELECT last_sequence FROM conversations WHERE {condition} ORDER BY last_sequence DESC LIMIT 1 OFFSET ?"
    rows = connection.rows(sql, (*parameters, place))
    return int(rows[0][0]) if rows else None


def _sorted_page(connection: Connection, wanted: Wanted, text: str, candidates: Sequence[int]) -> Found:
    sql = (
        "SELECT last_sequence, conversation_key, status FROM conversations"
        f" WHERE account_id = ? AND conversation_key = ANY(?) AND {_contains(connection)}"
    )
    matches = connection.rows(sql, (wanted.account_id, list(candidates), text)) if candidates else []
    if wanted.status is not None:
        matches = [match for match in matches if match[2] == wanted.status]
    below = sorted((match for match in matches if match[0] < wanted.before), reverse=True)[wanted.skip :]
    page = below[: wanted.limit]
    next_before = page[-1][0] if len(below) > wanted.limit else None
    return Found([key for _, key, _ in page], next_before, len(matches), True)


def _walked_page(connection: Connection, wanted: Wanted, text: str) -> Found:
    """Look through the list from the top, in growing steps, until the page is full or the request has cost enough."""
    enough = wanted.skip + wanted.limit + 1
    found: list[tuple[int, int]] = []
    rest, walked, step, ended = wanted, 0, _FIRST_STEP_ROWS, False
    while not ended and len(found) < enough and walked < SEARCH_WALK_ROWS_MAX:
        step = min(step, SEARCH_WALK_ROWS_MAX - walked)
        floor = nth_sequence(connection, rest, step)
        found += _matches_above(connection, rest, floor or 0, text, enough - len(found))
        ended = floor is None
        rest = replace(rest, before=(floor or 0) + 1)
        walked, step = walked + step, step * _STEP_GROWTH
    page = found[wanted.skip : wanted.skip + wanted.limit]
    if len(found) == enough:
        next_before: int | None = page[-1][0]
    else:  # Not full, but perhaps not at the end either: the next page goes on where this walk stopped.
        next_before = None if ended else rest.before
    whole = next_before is None and wanted.before == NEWEST
    return Found([key for _, key in page], next_before, len(found), whole)


def _matches_above(connection: Connection, rest: Wanted, floor: int, text: str, limit: int) -> list[tuple[int, int]]:
    """`(last_sequence, key)` of the matches whose place is above `floor`."""
    condition, parameters = rest.condition()
    sql = (
        f"SELECT last_sequence, conversation_key FROM conversations WHERE {condition}"
        f" AND last_sequence > ? AND {_contains(connection)} ORDER BY last_sequence DESC LIMIT ?"
    )
    return [(row[0], row[1]) for row in connection.rows(sql, (*parameters, floor, text, limit))]


def _contains(connection: Connection) -> str:
    """The condition that a conversation's search text holds the parameter."""
    return f"{'instr' if connection.dialect == 'sqlite' else 'strpos'}(search_text, ?) > 0"
