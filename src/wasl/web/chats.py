"""Pages of the conversation list, kept encoded for as long as nothing happens in their account."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from wasl.domain.events import Cursor
from wasl.domain.people import Operator
from wasl.limits import CACHED_PAGES_BYTES_MAX, CACHED_PAGES_MAX
from wasl.observe import log
from wasl.store.database import Database
from wasl.store.inbox import Page, PageQuery, conversation_page
from wasl.web.answers import Json

_Key = tuple[int, int, PageQuery]


@dataclass(frozen=True, slots=True)
class _Kept:
    as_of: Cursor
    chats: int
    body: bytes


class Chats:
    """Answers `unified-chats`. A page is as true as the log is long: it holds until its account's head moves."""

    def __init__(self, database: Database, heads: Callable[[int], Cursor | None]) -> None:
        self._database = database
        self._heads = heads
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._bytes = 0

    async def page(self, me: Operator, query: PageQuery) -> Json:
        """The answer for one operator's query. Raises Invalid for a bad cursor."""
        started = time.perf_counter()
        key = (me.account_id, me.id, query)
        kept, event = self._held(key), "unified-chats cache hit"
        if kept is None:
            found = await self._database.read(
                lambda connection: conversation_page(connection, me.account_id, me.id, query)
            )
            kept, event = _encoded(found, query), "unified-chats read"
            self._keep(key, kept)
        log.info(
            event,
            account_id=me.account_id,
            operator_id=me.id,
            chats=kept.chats,
            ms=round((time.perf_counter() - started) * 1000, 2),
        )
        return Json(kept.body)

    def _held(self, key: _Key) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.as_of != self._heads(key[0]):
            self._forget(key)
            return None
        self._kept.move_to_end(key)
        return kept

    def _keep(self, key: _Key, kept: _Kept) -> None:
        head = self._heads(key[0])
        # A head that nobody watches may move without our hearing of it; one that is ahead has moved already.
        if head is None or head.sequence > kept.as_of.sequence:
            return
        self._forget(key)
        self._kept[key] = kept
        self._bytes += len(kept.body)
        while len(self._kept) > CACHED_PAGES_MAX or self._bytes > CACHED_PAGES_BYTES_MAX:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: _Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= len(kept.body)


def _encoded(page: Page, query: PageQuery) -> _Kept:
    answer = {
        "success": True,
        "chats": page.chats,
        "next_cursor": page.next_cursor,
        "has_more": page.has_more,
        "total": page.total,
        "total_is_exact": page.total_is_exact,
        "page": query.page if query.cursor is None else None,
        "page_size": query.page_size,
        "as_of": str(page.as_of),
    }
    return _Kept(page.as_of, len(page.chats), orjson.dumps(answer))
