"""Watching by the event stream: never cut, cut at random, or so slowly that the server runs out of patience."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, cast
from urllib.parse import quote

from wasl.torture.asking import Lost, bearing, reset
from wasl.torture.history import now
from wasl.torture.http import address_of, request_of
from wasl.torture.pages import load_screen
from wasl.torture.reading import Refused, StreamBytes, frame_of_block
from wasl.torture.screen import SILENT_HEARTBEATS_MAX, Screen

EVENTS_PATH = "/api/live-chat/events"
OPEN_SECONDS_MAX = 5.0
"""How long a connection may take to begin."""
CUT_SECONDS = (0.1, 2.5)
"""How long somebody restless stays connected."""
LOOK_SECONDS = 1.0
"""How soon it is noticed that a crowd has become calm."""
SLOW_RECEIVE_BYTES = 4096
SLOW_PAUSE_SECONDS = 0.25
"""Somebody slow takes so little, and then rests: less than a server with some tens of messages a second has to say."""
BYE_SECONDS = (0.05, 0.3)
"""When somebody returns who was asked to come back, instead of the second or more that the server asks for."""


class Held(Protocol):
    """A connection that brings events."""

    ended: "asyncio.Future[str]"
    """How it ended."""

    def cut(self) -> None:
        """Break it off without a word."""


Open = Callable[[Screen], Awaitable[Held]]
"""Asks for a connection at the screen's door. Raises Lost, Refused."""


async def watch(screen: Screen, open_one: Open, *, fresh: bool | None = None) -> None:
    """Hold one connection after another until the crowd is over; `fresh` begins without a cursor."""
    screen.load = lambda: load_screen(screen)
    begins_fresh = screen.chance.random() < 0.5 if fresh is None else fresh
    if not begins_fresh:
        screen.reload()
        await screen.idle()
    while not screen.crowd.over:
        held = await opened(screen, open_one)
        if held is not None:
            await hold(screen, held, cut_after(screen))
        await rest(screen)


async def rest(screen: Screen) -> None:
    """Wait between two connections: after a `bye` shortly, once, else longer each time."""
    if screen.said_bye and not screen.attempt:
        await asyncio.sleep(screen.chance.uniform(*BYE_SECONDS))
    else:
        await screen.pause(screen.attempt)
    screen.attempt += 1


async def opened(screen: Screen, open_one: Open) -> Held | None:
    """A connection at the next door that lets one in; None when this one did not."""
    await screen.idle()  # What is read from the log now is not to come by a connection too.
    try:
        return await open_one(screen)
    except Lost as lost:
        screen.tell("lost", None, f"not connected: {lost}")
    except Refused:
        # Asking for what is missing also tells whether the cursor can still be read.
        screen.catch_up()
    screen.leave_door()
    return None


async def hold(screen: Screen, held: Held, cut_at: float | None) -> None:
    """Stay connected until the connection ends, is cut on purpose, or is silent for too long."""
    screen.heard_at = now()
    why, began_slow = "left", is_slow(screen)
    try:
        while not held.ended.done():
            patience = screen.heartbeat_seconds * SILENT_HEARTBEATS_MAX
            due = screen.heard_at + patience
            if cut_at is not None and not screen.crowd.calm:
                due = min(due, cut_at)
            await asyncio.wait([held.ended], timeout=min(max(0.0, due - now()), LOOK_SECONDS))
            if held.ended.done():
                why = held.ended.result()
            elif now() >= screen.heard_at + patience:
                why = "silent"
                break
            elif cut_at is not None and now() >= cut_at and not screen.crowd.calm:
                why = "cut by itself"
                break
            elif began_slow and screen.crowd.calm:
                why = "on a better line now"  # A buffer that was made small stays small.
                break
    finally:
        held.cut()
        screen.tell("lost", None, why)
        screen.leave_door()


def cut_after(screen: Screen) -> float | None:
    """When somebody restless cuts the connection."""
    return now() + screen.chance.uniform(*CUT_SECONDS) if screen.seat.habit == "restless" else None


# -- the event stream --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """How a cursor is told: its headers, and the end of the path."""

    how: str
    cursor: str | None
    headers: dict[str, str]
    query: str


def place_of(screen: Screen) -> Place:
    """As the dashboard opens a stream, by the query; as a browser does by itself, by the header, over a query that is
    older; or by the header alone."""
    applied, last = screen.view.cursor, screen.last_id
    if applied is None:
        return Place("query", None, {}, "")
    # After a `bye` a browser returns by itself, once.
    by_itself = screen.said_bye and screen.attempt == 1
    how = "both" if by_itself else screen.chance.choice(("header", "query", "both"))
    if how == "query" or last is None:
        return Place("query", applied, {}, f"?cursor={quote(applied)}")
    older = f"?cursor={quote(screen.places[0])}" if how == "both" and screen.places else ""
    return Place(how, last, {"Last-Event-ID": last}, older)


async def open_stream(screen: Screen) -> Held:
    """The event stream at the screen's door."""
    token, place = await screen.token(), place_of(screen)
    asked = request_of("GET", EVENTS_PATH + place.query, b"", **bearing(token), **place.headers)
    screen.opening(place.how, place.cursor)
    stream = Stream(screen, asked, token)
    await connect(screen, stream)
    return stream


async def connect(screen: Screen, protocol: asyncio.Protocol) -> None:
    """Connect to the screen's door. Raises Lost."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(OPEN_SECONDS_MAX):
            await loop.create_connection(lambda: protocol, *address_of(screen.door))
    except OSError as error:
        raise Lost(f"{type(error).__name__}: {error}"[:200]) from error


def is_slow(screen: Screen) -> bool:
    return screen.seat.habit == "slow" and not screen.crowd.calm


class Trickle:
    """Lets a connection bring little at a time, while its screen is slow."""

    def __init__(self, screen: Screen, transport: asyncio.Transport) -> None:
        self._screen = screen
        self._transport = transport
        self._timer: asyncio.TimerHandle | None = None
        if is_slow(screen):
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_RECEIVE_BYTES)

    def rest(self) -> None:
        """Something came: take nothing for a while."""
        if is_slow(self._screen) and self._timer is None:
            self._transport.pause_reading()
            self._timer = asyncio.get_running_loop().call_later(SLOW_PAUSE_SECONDS, self._go_on)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _go_on(self) -> None:
        self._timer = None
        if not self._transport.is_closing():
            self._transport.resume_reading()


class Stream(asyncio.Protocol):
    """One connection to the event stream, whose blocks go to a screen as they come."""

    def __init__(self, screen: Screen, asked: bytes, token: str) -> None:
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._screen = screen
        self._asked = asked
        self._token = token
        self._bytes = StreamBytes()
        self._transport: asyncio.Transport | None = None
        self._trickle: Trickle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._trickle = Trickle(self._screen, self._transport)
        self._transport.write(self._asked)

    def data_received(self, data: bytes) -> None:
        if self.ended.done():
            return
        self._screen.heard_at = now()  # Half a block is a sign of life, too.
        try:
            for block in self._bytes.blocks(data):
                self._screen.hear(frame_of_block(block))
        except Refused as refused:
            self._screen.refused(refused.status, self._token)
            self._screen.catch_up()
            self._end(f"refused: {refused.status}")
        except ValueError as error:
            self._screen.tell("strange", None, repr(error))
            self._end("unreadable")
        if self._bytes.ended:
            self._end("ended by the server")
        elif self._trickle is not None:
            self._trickle.rest()

    def connection_lost(self, error: Exception | None) -> None:
        if self._trickle is not None:
            self._trickle.end()
        self._end(f"lost: {type(error).__name__}")

    def cut(self) -> None:
        self._end("cut")

    def _end(self, why: str) -> None:
        if not self.ended.done():
            self.ended.set_result(why)
        if self._transport is not None and not self._transport.is_closing():
            reset(self._transport)
