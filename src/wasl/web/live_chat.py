"""The live-chat API, except the event stream: what operators see, and what they do."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from wasl.clock import monotonic, now_ms
from wasl.domain.conversation import ConversationStatus
from wasl.domain.events import Cursor
from wasl.domain.people import Operator
from wasl.limits import (
    HISTORY_DAYS_MAX,
    HISTORY_PAGE_DEFAULT,
    HISTORY_PAGE_MAX,
    METRICS_KEPT_SECONDS,
    PAGE_NUMBER_MAX,
    PAGE_SIZE_DEFAULT,
    PAGE_SIZE_MAX,
    SEARCH_CHARACTERS_MAX,
)
from wasl.store.database import Database
from wasl.store.history import HistoryQuery, history_page, trace_of
from wasl.store.inbox import (
    Listing,
    PageQuery,
    active_conversations,
    client_conversations,
    waiting_queue,
)
from wasl.store.journal import Journal
from wasl.store.message_row import Json as JsonObject
from wasl.store.reports import live_metrics
from wasl.store.team import Team
from wasl.web import contact_schemas, schemas
from wasl.web.answers import Json
from wasl.web.asked import Before, PageCursor, PathId
from wasl.web.chats import Chats
from wasl.web.contacts import Contacts
from wasl.web.desk import Desk
from wasl.web.failures import READ_FAILURES
from wasl.web.session import signed_in

Me = Annotated[Operator, Depends(signed_in)]
Search = Annotated[
    str, Query(max_length=SEARCH_CHARACTERS_MAX, description="Any part of a name, a number or a username.")
]
Status = Annotated[ConversationStatus | None, Query(description="Only conversations in this state.")]
Heads = Callable[[int], Cursor | None]
Broadcasts = Callable[[int, int], int | None]


class LiveChat:
    """Every call below `/api/live-chat`. `heads` tells where an account's log ends as far as this node knows;
    `broadcasts` when an event of an account went out to its streams, in milliseconds."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        team: Team,
        heads: Heads,
        broadcasts: Broadcasts,
    ) -> None:
        self._database = database
        self._chats = Chats(database, heads)
        self._desk = Desk(journal, team)
        self._contacts = Contacts(journal, database)
        self._broadcasts = broadcasts
        self._figures: dict[int, tuple[float, JsonObject]] = {}

    def router(self) -> APIRouter:
        router = APIRouter(tags=["live chat"], responses=READ_FAILURES)
        for path, endpoint, model in (
            ("/unified-chats", self.unified_chats, schemas.Chats),
            ("/active-conversations", self.active, schemas.Conversations),
            ("/waiting-queue", self.waiting, schemas.Queue),
            ("/conversation/{user_id}/{conversation_id}", self.history, schemas.History),
            ("/client/{user_id}/conversations", self.of_client, contact_schemas.Client),
            ("/metrics", self.metrics, schemas.Metrics),
            ("/messages/{message_id:path}/trace", self.trace, schemas.Trace),
        ):
            router.add_api_route(path, endpoint, methods=["GET"], response_model=model)
        self._desk.add_routes(router)
        self._contacts.add_routes(router)
        return router

    async def unified_chats(
        self,
        me: Me,
        search: Search = "",
        status: Status = None,
        page_size: Annotated[int, Query(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE_DEFAULT,
        cursor: Annotated[PageCursor | None, Query(description="`next_cursor` of the page before.")] = None,
        page: Annotated[int, Query(ge=1, le=PAGE_NUMBER_MAX, description="Counted from the top; no cursor then.")] = 1,
    ) -> Response:
        """A page of all conversations, newest activity first, as this operator sees them."""
        query = PageQuery(search=search, status=status, page_size=page_size, cursor=cursor or None, page=page)
        return await self._chats.page(me, query)

    async def active(self, me: Me, search: Search = "") -> Response:
        """The conversations that are being answered or wait, newest activity first."""
        found = await self._database.read(
            lambda connection: active_conversations(connection, me.account_id, me.id, search)
        )
        return _listed("conversations", found)

    async def waiting(self, me: Me) -> Response:
        """The conversations that wait for a person."""
        found = await self._database.read(lambda connection: waiting_queue(connection, me.account_id, me.id))
        return _listed("queue", found)

    async def of_client(self, me: Me, user_id: PathId) -> Response:
        """All conversations of one contact, over all numbers, and the merges that an operator can undo."""
        found = await self._database.read(
            lambda connection: client_conversations(connection, me.account_id, me.id, user_id)
        )
        listing = found.listing
        return Json(
            {
                "success": True,
                "user_id": found.user_id,
                "conversations": listing.conversations,
                "total": listing.total,
                "merges": found.merges,
                "as_of": str(listing.as_of),
            }
        )

    async def history(
        self,
        me: Me,
        user_id: PathId,
        conversation_id: PathId,
        before: Annotated[Before | None, Query(description="`next_before` of the page below, or an ISO time.")] = None,
        limit: Annotated[int, Query(ge=1, le=HISTORY_PAGE_MAX)] = HISTORY_PAGE_DEFAULT,
        days: Annotated[int | None, Query(ge=1, le=HISTORY_DAYS_MAX, description="Nothing older than this.")] = None,
    ) -> Response:
        """A page of a conversation's messages, oldest first; without `before` the newest ones."""
        query = HistoryQuery(user_id, conversation_id, limit, before or None, days)
        now_seconds = now_ms() // 1000
        found = await self._database.read(
            lambda connection: history_page(connection, me.account_id, me.id, query, now_seconds)
        )
        return Json(
            {
                "success": True,
                "messages": found.messages,
                "has_more": found.has_more,
                "next_before": found.next_before,
                "total_messages": found.total_messages,
                "returned_messages": len(found.messages),
                "status": found.conversation["status"],
                "sentiment": found.conversation["sentiment"],
                "as_of": str(found.as_of),
                "conversation": found.conversation,
            }
        )

    async def metrics(self, me: Me) -> Response:
        """The figures of the account, at most a few seconds old."""
        kept = self._figures.get(me.account_id)
        if kept is None or monotonic() - kept[0] > METRICS_KEPT_SECONDS:
            at_ms = now_ms()
            figures = await self._database.read(lambda connection: live_metrics(connection, me.account_id, at_ms))
            kept = self._figures[me.account_id] = (monotonic(), figures)
        return Json({"success": True, "metrics": kept[1]})

    async def trace(self, me: Me, message_id: PathId) -> Response:
        """Every hop of a message, with its time."""
        hops = await self._database.read(
            lambda connection: trace_of(
                connection, me.account_id, message_id, lambda sequence: self._broadcasts(me.account_id, sequence)
            )
        )
        return Json({"success": True, "message_id": message_id, "hops": hops})


def _listed(name: str, found: Listing) -> Json:
    return Json({"success": True, name: found.conversations, "total": found.total, "as_of": str(found.as_of)})
