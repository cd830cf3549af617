"""What is new, as it happens: the event stream (SSE), and the same events by long-poll."""

import asyncio
from collections import Counter
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
from wasl.errors import Invalid, TooMany, Unavailable, WaslError, WrongMethod
from wasl.limits import POLL_BYTES, POLL_WAIT_SECONDS_MAX
from wasl.live.encoding import ITEMS, RETRY_MILLISECONDS, SSE
from wasl.live.feed import Feed
from wasl.live.hub import Hub
from wasl.live.line import LENDING, AsgiLine, Line
from wasl.live.presence import Presence
from wasl.live.reader import Reader
from wasl.observe import log
from wasl.web.answers import Json, failure
from wasl.web.asked import EventCursor
from wasl.web.failures import READ_FAILURES, failures
from wasl.web.schemas import EventsPage
from wasl.web.session import Session, Sessions, signed_in

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store, must-revalidate, no-transform"),
    (b"pragma", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]

Snapshot = Callable[[Operator], Awaitable[tuple[Cursor, dict[str, Any]]]]
"""Reads an operator's first page of conversations together with its exact place in the log."""


class EventStream:
    """A raw ASGI endpoint: no middleware, no compression. It starts the response and then, where the server allows it,
    leaves the connection to the feed, so that a quiet stream costs no task. Elsewhere it carries what the feed says."""

    def __init__(self, hub: Hub, sessions: Sessions, presence: Presence, snapshot: Snapshot) -> None:
        self._hub = hub
        self._sessions = sessions
        self._presence = presence
        self._snapshot = snapshot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] != "GET":
                raise WrongMethod("Read the event stream with GET.", allowed="GET")
            session = self._sessions.session_of(scope)
            cursor = _cursor_of(scope)
            feed = await self._hub.feed(session.operator.account_id)
            proven, first = cursor is None, b""
            if cursor is None:
                cursor, page = await self._snapshot(session.operator)
                first = SSE.note("conversations", page, cursor)
            # Last, so that whoever is counted is also counted out.
            self._presence.enter(session.operator)
        except WaslError as error:
            await failure(error)(scope, receive, send)
            return
        stream = _Opening(self._hub, self._presence, session, feed, cursor, proven)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": stream.greeting() + first, "more_body": True})
            lending = scope.get("extensions", {}).get(LENDING)
            line = lending["lend"]() if lending else None
            if line is not None:
                stream.join(line, partial(self._sessions.holds, session))
                return
            carried = AsgiLine(SSE)
            stream.join(carried, partial(self._sessions.holds, session))
            await _carry(carried, receive, send)
        finally:
            stream.leave_unless_lent()


class _Opening:
    """A stream between its request and its place in the feed."""

    def __init__(
        self, hub: Hub, presence: Presence, session: Session, feed: Feed, cursor: Cursor, proven: bool
    ) -> None:
        self._hub = hub
        self._presence = presence
        self._operator = session.operator
        self._feed = feed
        self._cursor = cursor
        self._proven = proven
        self._lent = False
        self._reader: Reader | None = None
        hub.metrics.streams.inc()

    def greeting(self) -> bytes:
        """The first block of every stream."""
        hub = self._hub
        data = {"cursor": str(self._cursor), "heartbeat_seconds": hub.heartbeat_seconds, "node": hub.node}
        return SSE.note("connected", data, self._cursor, retry_ms=RETRY_MILLISECONDS)

    def join(self, line: Line, allowed: Callable[[], bool]) -> None:
        """Let the feed write to a line from now on."""
        self._lent = not isinstance(line, AsgiLine)
        self._reader = self._hub.join(
            self._feed, line, self._cursor, proven=self._proven, allowed=allowed, left=self._left
        )
        log.info(
            "sse client connected",
            account_id=self._operator.account_id,
            operator_id=self._operator.id,
            cursor=str(self._cursor),
            resumed=not self._proven,
            clients=len(self._feed.readers),
        )

    def leave_unless_lent(self) -> None:
        """The endpoint ends: so does the stream, unless the connection belongs to the feed now."""
        if self._reader is None:
            self._left()
        elif not self._lent:
            self._reader.leave()

    def _left(self) -> None:
        self._hub.metrics.streams.dec()
        self._presence.leave(self._operator)


async def _carry(line: AsgiLine, receive: Receive, send: Send) -> None:
    """Bring what is written to a line through ASGI until it ends or its reader is gone."""

    async def forward(data: bytes) -> None:
        await send({"type": "http.response.body", "body": data, "more_body": True})

    listening = asyncio.ensure_future(_until_gone(receive, line))
    try:
        await line.carry(forward)
        await send({"type": "http.response.body", "body": b""})
    finally:
        listening.cancel()


class PollLine(Line):
    """The way out of one long-poll: it takes one write and is full."""

    __slots__ = ("_timer", "_wait_seconds", "answer")

    write_bytes = POLL_BYTES

    def __init__(self, wait_seconds: float) -> None:
        super().__init__(ITEMS)
        self._wait_seconds = wait_seconds
        self._timer: asyncio.TimerHandle | None = None
        self.answer: asyncio.Future[bytes | dict[str, Any]] = asyncio.get_running_loop().create_future()
        """Items of a JSON list, or what a `resync` says."""

    def at_head(self) -> None:
        # Only now: a cursor is proven and answered from the log first, however long that takes.
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._wait_seconds, self.finish)

    def write(self, data: bytes) -> None:
        self._end(data)

    def note(self, kind: str, data: dict[str, Any], cursor: Cursor | None = None, retry_ms: int | None = None) -> None:
        if kind == "resync":
            self._end(data)

    def waiting_bytes(self) -> int:
        return 0

    def finish(self, last: bytes = b"") -> None:
        self._end(b"")

    def give_up(self, retry_ms: int) -> None:
        if not self.answer.done():
            self.full = True
            self.answer.set_exception(Unavailable("The database does not answer. Try again in a moment."))

    def cut(self) -> None:
        self._end(b"")

    def _end(self, answer: bytes | dict[str, Any]) -> None:
        self.full = True
        if self._timer is not None:
            self._timer.cancel()
        if not self.answer.done():
            self.answer.set_result(answer)


class EventPoll:
    """The same events for clients without SSE: one request, at most 25 s long."""

    def __init__(self, hub: Hub, polls_max: int) -> None:
        self._hub = hub
        self._polls_max = polls_max
        self._waiting: Counter[int] = Counter()
        """Polls of each operator that wait now."""

    def router(self) -> APIRouter:
        router = APIRouter(tags=["events"], responses=READ_FAILURES | failures(429))
        router.add_api_route("/events/poll", self.poll, methods=["GET"], response_model=EventsPage)
        return router

    async def poll(
        self,
        request: Request,
        operator: Annotated[Operator, Depends(signed_in)],
        after: Annotated[EventCursor | None, Query(description="The cursor up to which the client has read.")] = None,
        wait: Annotated[float, Query(ge=0, le=POLL_WAIT_SECONDS_MAX, description="Seconds to wait for news.")] = 0,
    ) -> Response:
        """The events after a cursor, at once if there are any, else as soon as there are."""
        feed = await self._hub.feed(operator.account_id)
        if after is None:
            return _page(b"", feed.ring.tail)
        if self._waiting[operator.id] >= self._polls_max:
            sentence = f"{self._polls_max} of your requests wait for news already; wait with one of them."
            raise TooMany(sentence, code="too_many_polls", details={"retry_after_seconds": 1})
        self._waiting[operator.id] += 1
        try:
            return await self._news(request, feed, parsed_cursor(after), wait)
        finally:
            self._waiting[operator.id] -= 1
            if not self._waiting[operator.id]:
                del self._waiting[operator.id]

    async def _news(self, request: Request, feed: Feed, after: Cursor, wait: float) -> Response:
        line = PollLine(wait)
        reader = feed.join(line, after, proven=False, allowed=lambda: True, left=lambda: None)
        listening = asyncio.ensure_future(_until_gone(request.receive, line))
        try:
            if self._hub.closing:
                line.finish()
            answer = await line.answer
        finally:
            listening.cancel()
            reader.leave()
        if isinstance(answer, dict):
            return _page(b"", reader.cursor, resync=answer)
        return _page(answer, reader.cursor, has_more=feed.ring.tail.sequence > reader.cursor.sequence)


def _page(items: bytes, cursor: Cursor, *, has_more: bool = False, resync: dict[str, Any] | None = None) -> Response:
    events = orjson.Fragment(b"[%b]" % items.rstrip(b","))
    return Json({"success": True, "events": events, "cursor": str(cursor), "has_more": has_more, "resync": resync})


async def _until_gone(receive: Receive, line: Line) -> None:
    """End a line as soon as its reader has left."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            line.cut()
            return


def _cursor_of(scope: Scope) -> Cursor | None:
    """Where the client has read to. On an automatic reconnect the header is newer than the query, so it wins."""
    headers = dict(scope["headers"])
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    header = headers.get(b"last-event-id", b"").decode("latin-1")
    text = header or query.get("lastEventId") or query.get("last_event_id") or query.get("cursor")
    return parsed_cursor(text) if text else None


def parsed_cursor(text: object) -> Cursor:
    """The cursor that a client brings. Raises Invalid (`bad_cursor`)."""
    cursor = Cursor.parse(text) if isinstance(text, str) else None
    if cursor is None:
        raise Invalid("A cursor looks like 1041-0b21d7aa; start without one instead.", code="bad_cursor")
    return cursor
