"""Where a page of the list lies, and searching it: few matches are collected and sorted, many are met on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from wasl.domain.conversation import ConversationStatus
from wasl.limits import (
    SEARCH_INSIDE_ROWS_MAX,
    SEARCH_MATCHES_SORTED_ANYWAY,
    SEARCH_MATCHES_SORTED_MAX,
    SEARCH_WALK_ROWS_MAX,
)
from wasl.store.conversation_row import PLACED_SOURCE, PLACES
from wasl.store.database import Connection
from wasl.store.search import finding, matching_keys

NEWEST = 2**62
"""Above every sequence: a walk from here begins at the top of the list."""
_FIRST_STEP_ROWS = 2_000
_STEP_GROWTH = 4
_WALKED_PER_SORTED = 5
"""So many rows of the list are walked over in the time in which one match, lying anywhere, is looked up."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stretch of an account's list: the first `limit` rows below the sequence `before`, after skipping some.

    `inside` is how a search goes on that began by looking inside words; None while that is undecided.
    """

    account_id: int
    status: ConversationStatus | None
    before: int
    skip: int
    limit: int
    inside: bool | None = None

    def condition(self, prefix: str = "") -> tuple[str, tuple[Any, ...]]:
        """The SQL of what belongs to it, with its parameters."""
        if self.status is None:
            return f"{prefix}account_id = ? AND {prefix}last_sequence < ?", (self.account_id, self.before)
        condition = f"{prefix}account_id = ? AND {prefix}status = ? AND {prefix}last_sequence < ?"
        return condition, (self.account_id, self.status.value, self.before)


@dataclass(frozen=True, slots=True)
class Found:
    """The keys of a page's conversations, and below which sequence the next page begins.

    `inside` tells whether they were looked for inside words, because no word begins with the query.
    """

    keys: Sequence[int]
    next_before: int | None
    total: int
    total_is_exact: bool
    inside: bool = False


def find_conversations(connection: Connection, wanted: Wanted, text: str) -> Found:
    """The conversations that `text` (a `query_text`) finds, newest activity first.

    All that have a word beginning with it are found, or a number ending with it; only when there are none, those among
    the newest that hold it inside a word. Which of the two it was, the next page takes from this one.
    """
    if not wanted.inside:
        found = _beginning_page(connection, wanted, text)
        if wanted.inside is not None or not found.total_is_exact or found.total:
            return found
    return _inside_page(connection, wanted, text)


def nth_sequence(connection: Connection, wanted: Wanted, place: int) -> int | None:
    """The last_sequence of the row `place` rows below the first one; None when the list ends before.

    Read from the index alone, so that thousands of rows are skipped in a millisecond.
    """
    condition, parameters = wanted.condition()
    sql = f"SELECT last_sequence FROM {PLACES.name} WHERE {condition} ORDER BY last_sequence DESC LIMIT 1 OFFSET ?"
    rows = connection.rows(sql, (*parameters, place))
    return int(rows[0][0]) if rows else None


def _beginning_page(connection: Connection, wanted: Wanted, text: str) -> Found:
    keys = matching_keys(connection, wanted.account_id, text, SEARCH_MATCHES_SORTED_ANYWAY)
    if keys is not None:
        return _sorted_page(connection, wanted, keys)
    walk = _Walk(connection, wanted, finding(connection, text))
    walk.go_on(_FIRST_STEP_ROWS)
    if not walk.full and not walk.ended:  # No word that many newcomers have; perhaps it is rare enough to be sorted.
        keys = matching_keys(connection, wanted.account_id, text, SEARCH_MATCHES_SORTED_MAX)
        walk.go_on(SEARCH_WALK_ROWS_MAX if keys is None else len(keys) * _WALKED_PER_SORTED)
        if keys is not None and not walk.full and not walk.ended:
            return _sorted_page(connection, wanted, keys)
    return walk.page()


def _inside_page(connection: Connection, wanted: Wanted, text: str) -> Found:
    floor = nth_sequence(connection, replace(wanted, before=NEWEST), SEARCH_INSIDE_ROWS_MAX)
    walk = _Walk(connection, wanted, finding(connection, text, inside=True), floor or 0)
    walk.go_on(SEARCH_INSIDE_ROWS_MAX)
    found = walk.page()
    return replace(found, total_is_exact=found.total_is_exact and floor is None, inside=True)


def _sorted_page(connection: Connection, wanted: Wanted, keys: Sequence[int]) -> Found:
    sql = (
        "SELECT last_sequence, conversation_key, status FROM conversations"
        " WHERE account_id = ? AND conversation_key = ANY(?)"
    )
    matches = connection.rows(sql, (wanted.account_id, list(keys))) if keys else []
    if wanted.status is not None:
        matches = [match for match in matches if match[2] == wanted.status]
    below = sorted((match for match in matches if match[0] < wanted.before), reverse=True)[wanted.skip :]
    page = below[: wanted.limit]
    next_before = page[-1][0] if len(below) > wanted.limit else None
    return Found([key for _, key, _ in page], next_before, len(matches), True)


class _Walk:
    """A look through the list from its top to the sequence `floor`, in growing steps, until the page is full or the
    request has cost enough."""

    def __init__(
        self, connection: Connection, wanted: Wanted, condition: tuple[str, tuple[str, ...]], floor: int = 0
    ) -> None:
        self._connection = connection
        self._wanted = self._rest = wanted
        self._condition = condition
        self._floor = floor
        self._enough = wanted.skip + wanted.limit + 1
        self._found: list[tuple[int, int]] = []
        self._rows = 0
        self._step = _FIRST_STEP_ROWS
        self.ended = False

    @property
    def full(self) -> bool:
        return len(self._found) == self._enough

    def go_on(self, rows_max: int) -> None:
        """Look on until `rows_max` rows have been looked at in all."""
        while not self.ended and not self.full and self._rows < rows_max:
            step = min(self._step, rows_max - self._rows)
            floor = nth_sequence(self._connection, self._rest, step) or 0
            self.ended = floor <= self._floor
            self._look(max(floor, self._floor))
            self._rest = replace(self._rest, before=floor + 1)
            self._rows, self._step = self._rows + step, self._step * _STEP_GROWTH

    def _look(self, floor: int) -> None:
        condition, parameters = self._rest.condition("p.")
        sql = (
            f"SELECT p.last_sequence, p.conversation_key FROM {PLACED_SOURCE} WHERE {condition}"
            f" AND p.last_sequence > ? AND {self._condition[0]} ORDER BY p.last_sequence DESC LIMIT ?"
        )
        missing = self._enough - len(self._found)
        self._found += self._connection.rows(sql, (*parameters, floor, *self._condition[1], missing))

    def page(self) -> Found:
        """What was found, and where the next page goes on: below the last row, or where this walk stopped."""
        page = self._found[self._wanted.skip :][: self._wanted.limit]
        if self.full:
            next_before: int | None = page[-1][0]
        else:
            next_before = None if self.ended else self._rest.before
        whole = next_before is None and self._wanted.before == NEWEST
        return Found([key for _, key in page], next_before, len(self._found), whole)
