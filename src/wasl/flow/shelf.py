"""The knowledge of each account, in memory beside this node's assistant, and never older than a question."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from wasl.assistant.knowledge.search import OPTIMIZED_FROM, Entry, KnowledgeBase
from wasl.domain.assistant import Match
from wasl.flow.limits import ENTRIES_LEARNT_AT_ONCE
from wasl.limits import KNOWLEDGE_BASES_MAX, KNOWLEDGE_ENTRIES_MAX
from wasl.store.database import Connection, Database
from wasl.store.knowledge import KnowledgeEntry, entries_since, knowledge_version

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class _Book:
    """One account's knowledge as of a version."""

    base: KnowledgeBase = field(default_factory=KnowledgeBase)
    version: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    readers: int = 0
    """Who looks something up or waits for it: a book in use is not put away."""


class Shelf:
    """Searches what accounts know. What was changed, here or on another node, is read before the next search."""

    def __init__(self, database: Database, entries_max: int = KNOWLEDGE_ENTRIES_MAX) -> None:
        self._database = database
        self._entries_max = entries_max
        self._books: dict[int, _Book] = {}
        """The one that was used last stands last."""
        # Of its own: an index of thousands of entries must not hold up the event loop, and is for one thread only.
        self._thread = ThreadPoolExecutor(1, "knowledge")

    async def search(self, account_id: int, text: str, language: str | None, limit: int = 5) -> list[Match]:
        """The best matches for a question, the best first. Raises Unavailable."""
        with self._held(account_id) as book:
            # One after the other in each account: nobody searches what is half learnt.
            async with book.turn:
                await self._read_news(account_id, book)
                return await self._at_the_index(book.base.search, text, language, limit)

    def close(self) -> None:
        """Let all of it go."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    @contextmanager
    def _held(self, account_id: int) -> Iterator[_Book]:
        book = self._books.pop(account_id, None) or _Book()
        self._books[account_id] = book
        book.readers += 1
        try:
            yield book
        finally:
            book.readers -= 1
            self._put_away()

    def _put_away(self) -> None:
        """Let go of what was not used for longest, where there is more than memory for."""
        entries = sum(len(book.base) for book in self._books.values())
        for account_id, book in list(self._books.items())[:-1]:
            if len(self._books) <= KNOWLEDGE_BASES_MAX and entries <= self._entries_max:
                return
            if not book.readers:
                entries -= len(book.base)
                del self._books[account_id]
                self._thread.submit(book.base.close)

    async def _read_news(self, account_id: int, book: _Book) -> None:
        version, changed = await self._database.read(lambda c: _news(c, account_id, book.version))
        if version < book.version:  # A backup was restored: what was learnt since is not known any more.
            self._begin_anew(book)
            version, changed = await self._database.read(lambda c: _news(c, account_id, 0))
        try:
            await self._learn(book.base, changed)
        except BaseException:
            # Half learnt, and what goes out of use meanwhile would be missed: a first reading tells only what lives.
            self._begin_anew(book)
            raise
        book.version = version

    async def _learn(self, base: KnowledgeBase, changed: Sequence[KnowledgeEntry]) -> None:
        # A little at a time: the one thread is for all accounts, and their customers wait.
        for start in range(0, len(changed), ENTRIES_LEARNT_AT_ONCE):
            part = changed[start : start + ENTRIES_LEARNT_AT_ONCE]
            fresh = [_entry(found) for found in part if not found.archived]
            await self._at_the_index(base.change, fresh, [found.entry_id for found in part if found.archived])
        if len(changed) >= OPTIMIZED_FROM:
            await self._at_the_index(base.put_in_order)

    def _begin_anew(self, book: _Book) -> None:
        self._thread.submit(book.base.close)
        book.base, book.version = KnowledgeBase(), 0

    async def _at_the_index(self, act: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: act(*args, **more))


def _news(connection: Connection, account_id: int, since: int) -> tuple[int, list[KnowledgeEntry]]:
    version = knowledge_version(connection, account_id)
    return version, entries_since(connection, account_id, since) if version > since else []


def _entry(found: KnowledgeEntry) -> Entry:
    return Entry(found.entry_id, found.question, found.answers, found.phrasings, found.topic, found.document)
