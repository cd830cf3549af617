"""What is new, as it happens: the event stream (SSE), and the same events by long-poll."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wasl.domain.events import Cursor
from wasl.domain.people import Operator
from wasl.errors import Invalid, TooMany, WaslError, WrongMethod
from wasl.limits import POLL_EVENTS_MAX, POLL_WAIT_SECONDS_MAX, STREAM_WRITE_BYTES, STREAMS_PER_OPERATOR_MAX
from wasl.live.hub import Feed, Hub, Watcher
from wasl.live.ring import Frame
from wasl.live.stream import Stream, block, frames_of, resync_data
from wasl.observe import log
from wasl.web.answers import Json, failure
from wasl.web.schemas import READ_FAILURES, EventsPage
from wasl.web.session import Sessions, signed_in

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store, must-revalidate, no-transform"),
    (b"pragma", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]

Snapshot = Callable[[Operator], Awaitable[tuple[Cursor, dict[str, Any]]]]
"""Reads an operator's first page of conversations together with its exact place in the log."""


class EventStream:
    """A raw ASGI endpoint: no middleware, no compression, one task and one cursor per reader."""

    def __init__(self, hub: Hub, sessions: Sessions, snapshot: Snapshot) -> None:
        self._hub = hub
        self._sessions = sessions
        self._snapshot = snapshot
        self._open: dict[int, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] != "GET":
                raise WrongMethod("Read the event stream with GET.")
            operator = self._sessions.authenticate(scope)
            cursor = _cursor_of(scope)
            if self._open.get(operator.id, 0) >= STREAMS_PER_OPERATOR_MAX:
                raise TooMany(f"You have {STREAMS_PER_OPERATOR_MAX} streams open already.", code="too_many_streams")
            feed = await self._hub.feed(operator.account_id)
        except WaslError as error:
            await failure(error)(scope, receive, send)
            return
        watcher = Watcher()
        feed.watchers.add(watcher)  # Before any snapshot is read: what happens meanwhile must wake us.
        self._open[operator.id] = self._open.get(operator.id, 0) + 1
        self._hub.metrics.streams.inc()
        listening = asyncio.ensure_future(_until_gone(receive, watcher))
        try:
            await self._serve(
                scope, receive, send, operator, cursor, Stream(self._hub, feed, watcher, partial(self._allowed, scope))
            )
        finally:
            listening.cancel()
            feed.watchers.discard(watcher)
            self._hub.metrics.streams.dec()
            self._open[operator.id] -= 1
            if not self._open[operator.id]:
                del self._open[operator.id]

    def _allowed(self, scope: Scope) -> bool:
        """Whether the session that opened a stream still holds."""
        try:
            self._sessions.authenticate(scope)
        except WaslError:
            return False
        return True

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, operator: Operator, cursor: Cursor | None, stream: Stream
    ) -> None:
        first, resumed = b"", cursor is not None
        if cursor is None:
            try:
                cursor, page = await self._snapshot(operator)
            except WaslError as error:
                await failure(error)(scope, receive, send)
                return
            first = block("conversations", page, cursor)
        log.info(
            "sse client connected",
            account_id=operator.account_id,
            operator_id=operator.id,
            cursor=str(cursor),
            resumed=resumed,
            clients=self._hub.watchers(operator.account_id),
        )
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        async for chunk in stream.chunks(cursor, proven=not resumed, first=first):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class EventPoll:
    """The same events for clients without SSE: one request, at most 25 s long."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def router(self) -> APIRouter:
        router = APIRouter(tags=["events"], responses=READ_FAILURES)
        router.add_api_route("/events/poll", self.poll, methods=["GET"], response_model=EventsPage)
        return router

    async def poll(
        self,
        request: Request,
        operator: Annotated[Operator, Depends(signed_in)],
        after: Annotated[str | None, Query(description="The cursor up to which the client has read.")] = None,
        wait: Annotated[float, Query(ge=0, le=POLL_WAIT_SECONDS_MAX, description="Seconds to wait for news.")] = 0,
    ) -> Response:
        """The events after a cursor, at once if there are any, else as soon as there are."""
        feed = await self._hub.feed(operator.account_id)
        if after is None:
            return _page([], feed.ring.tail)
        cursor = _parsed(after)
        watcher = Watcher()
        feed.watchers.add(watcher)
        timer = asyncio.get_running_loop().call_later(wait, watcher.end)
        listening = asyncio.ensure_future(_until_gone(request.receive, watcher))
        try:
            return await self._page_after(feed, watcher, cursor)
        finally:
            timer.cancel()
            listening.cancel()
            feed.watchers.discard(watcher)

    async def _page_after(self, feed: Feed, watcher: Watcher, cursor: Cursor) -> Response:
        proven, generation = feed.ring.holds(cursor), feed.generation
        while True:
            if generation != feed.generation:  # Another history: the cursor must be proven again.
                proven, generation = False, feed.generation
            frames = feed.ring.after(cursor, STREAM_WRITE_BYTES) if proven else None
            if frames is None:
                found = await self._hub.resume(feed.account_id, cursor, POLL_EVENTS_MAX)
                if found.resync is not None:
                    return _page([], found.head, resync=resync_data(found.resync, found.head))
                frames, proven = frames_of(found), True
            if frames:
                last = frames[-1].cursor
                return _page(list(frames), last, has_more=feed.ring.tail.sequence > last.sequence)
            if watcher.ended or self._hub.closing:
                return _page([], cursor)
            await watcher.wait()


def _page(
    frames: list[Frame], cursor: Cursor, *, has_more: bool = False, resync: dict[str, Any] | None = None
) -> Response:
    events = [{"id": str(f.cursor), "event": f.kind, "data": orjson.Fragment(f.data)} for f in frames]
    return Json({"success": True, "events": events, "cursor": str(cursor), "has_more": has_more, "resync": resync})


async def _until_gone(receive: Receive, watcher: Watcher) -> None:
    """End a watcher as soon as its reader has left."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            watcher.end()
            return


def _cursor_of(scope: Scope) -> Cursor | None:
    """Where the client has read to. On an automatic reconnect the header is newer than the query, so it wins."""
    headers = dict(scope["headers"])
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    header = headers.get(b"last-event-id", b"").decode("latin-1")
    text = header or query.get("lastEventId") or query.get("last_event_id") or query.get("cursor")
    return _parsed(text) if text else None


def _parsed(text: str) -> Cursor:
    cursor = Cursor.parse(text)
    if cursor is None:
        raise Invalid("A cursor looks like 1041-0b21d7aa; start without one instead.", code="bad_cursor")
    return cursor
