"""Many changes of one timer's turn, handed to the journal in groups: a commit for each group, and room between them."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from wasl.flow.limits import CHANGES_AT_ONCE
from wasl.store.journal import Change, Journal

T = TypeVar("T")


async def submit_together(journal: Journal, changes: Sequence[Change[T]]) -> list[T]:
    """The results of all changes, in their order. Raises Unavailable; what was committed until then stays."""
    results: list[T] = []
    for start in range(0, len(changes), CHANGES_AT_ONCE):
        results += await asyncio.gather(*map(journal.submit, changes[start : start + CHANGES_AT_ONCE]))
    return results
