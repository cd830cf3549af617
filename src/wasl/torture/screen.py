"""A dashboard's inside, as `dashboard/src/live/` has it: takes what comes, fills gaps, and loads anew what it shows.

Whatever it sees goes into the history first; what its own rules make of it comes afterwards.
"""

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from random import Random
from urllib.parse import quote

import orjson

from wasl.torture.asking import ANSWER_SECONDS, Callers, Lost, bearing
from wasl.torture.complaints import Complaints
from wasl.torture.history import Listed, Opened, Shown, Told, Watcher, now
from wasl.torture.http import request_of
from wasl.torture.reading import DURABLE, PASSING, Event, Frame, Json, Refused, items_of_page, row_of
from wasl.torture.seat import Crowd, Seat
from wasl.torture.view import Applied, View, sequence_of

WAITING_EVENTS_MAX = 5000
"""More than this is cheaper to load anew than to keep waiting."""
RETRY_SECONDS_MIN = 0.05
RETRY_SECONDS_MAX = 1.0
"""The dashboard's one and ten seconds, so much shorter that a run is dense."""
HEARTBEAT_SECONDS_EXPECTED = 2.0
SILENT_HEARTBEATS_MAX = 2.5
"""A stream that is silent for this many heartbeats is dead."""
PLACES_REMEMBERED = 512
_LIVE_CHAT = "/api/live-chat"
_UNREADABLE_CURSOR = (400, 404, 410, 422)


def retry_seconds(attempt: int, chance: Random) -> float:
    """Doubles; up to half of it more keeps a crowd from returning in the same instant."""
    seconds: float = min(RETRY_SECONDS_MAX / 1.5, RETRY_SECONDS_MIN * 2 ** min(attempt, 10))
    return seconds * (1 + chance.random() / 2)


class Screen:
    """One screen of one operator."""

    def __init__(self, seat: Seat, crowd: Crowd, who: str | None = None) -> None:
        self.seat = seat
        self.crowd = crowd
        self.who = who or seat.who
        self.chance = Random(f"{seat.seed}/{self.who}")
        self.view = View(str(seat.operator.id))
        self.opened: dict[str, str] = {}
        """Conversations that it keeps open, each with its customer's `user_id`."""
        self.last_id: str | None = None
        """Of what a stream brought: what a browser says when it returns by itself."""
        self.heartbeat_seconds = HEARTBEAT_SECONDS_EXPECTED
        self.attempt = 0
        self.heard_at = now()
        self.said_bye = False
        self.life = 0
        """Rises whenever everything shown is forgotten: a page asked for before joins nothing any more."""
        self.floor = -1
        """Where in the log its connection began: an older page, from a node that is behind, is asked for again."""
        self.load: Callable[[], Awaitable[None]] = self._load_nothing
        """Loads what it shows, from nothing."""
        self.places: deque[str] = deque(maxlen=PLACES_REMEMBERED)
        """Where in the log it has stood."""
        self.scrolls = asyncio.Lock()
        """Held while pages are loaded one after the other, so that walks do not cross."""
        self._callers = Callers()
        self._door = 0
        self._waiting: list[Event] = []
        self._busy = False
        self._reload_wanted = False
        self._work: asyncio.Task[None] | None = None
        self._complaints = Complaints(crowd.writer, self.who)
        crowd.writer.write(Watcher(self.who, seat.account, seat.operator.id, seat.by, seat.habit))

    # -- asking --------------------------------------------------------------------------------------------------------

    @property
    def door(self) -> str:
        """The server that it asks now."""
        return self.seat.doors[self._door]

    def leave_door(self) -> None:
        """Ask at another one from now on."""
        self._door = (self._door + 1) % len(self.seat.doors)

    async def token(self) -> str:
        """The session. Raises Lost, Refused."""
        try:
            return await self.crowd.sessions.token(self.seat.eyes, self.door)
        except (Lost, Refused):
            self.leave_door()
            raise

    async def ask(self, path: str, within_seconds: float = ANSWER_SECONDS) -> bytes:
        """The body of a GET's answer. Raises Lost, and Refused for any status but 200; the next is asked elsewhere."""
        token, door = await self.token(), self.door
        try:
            asked = request_of("GET", _LIVE_CHAT + path, b"", **bearing(token))
            status, body = await self._callers.ask(door, asked, within_seconds)
        except Lost:
            self.leave_door()
            raise
        if status != 200:
            self.refused(status, token)
            self.leave_door()
            raise Refused(status, body)
        return body

    async def read(self, path: str) -> Json:
        """The JSON of a GET's answer. Raises as `ask`."""
        found: Json = orjson.loads(await self.ask(path))
        return found

    def refused(self, status: int, token: str | None, detail: str = "") -> None:
        """Note an answer that is not what one came for."""
        self.tell("refused", None, f"{status} {detail}".strip())
        if status == 401 and token is not None:
            self.crowd.sessions.ended(self.seat.eyes, token)

    async def pause(self, attempt: int) -> None:
        await asyncio.sleep(retry_seconds(attempt, self.chance))

    async def until_done(self, work: Callable[[], Awaitable[None]]) -> None:
        """Repeat something until the servers let it be done."""
        for attempt in itertools.count():
            try:
                await work()
            except (Lost, Refused):
                if not self.crowd.over:
                    await self.pause(attempt)
                    continue
            return

    # -- what is told --------------------------------------------------------------------------------------------------

    def opening(self, how: str, cursor: str | None) -> None:
        """Note that a connection is asked for."""
        self.crowd.writer.write(Opened(now(), self.who, self.door, how, cursor))

    def tell(self, kind: str, cursor: str | None = None, detail: str = "") -> None:
        """Note something that is no event."""
        self.crowd.writer.write(Told(now(), self.who, kind, cursor, detail[:200]))

    def hear(self, frame: Frame) -> None:
        """Take what a stream or a socket brought."""
        self.heard_at = now()
        kind = frame.kind
        if kind in DURABLE:
            self.last_id = frame.id
            self.take_raw(kind, frame.raw, frame.id)
        elif kind == "heartbeat":
            self.last_id = frame.id
            self.tell(kind, frame.id)
            self.note_findings("")
            # A heartbeat names what was sent. If that is more than what came, something was missed.
            if not self._busy and sequence_of(frame.id) > sequence_of(self.view.cursor):
                self.catch_up()
        elif kind in PASSING:
            if frame.id is not None:
                self.tell("strange", frame.id, f"{kind} moves the cursor")
        else:
            self._hear_about_stream(frame)

    def _hear_about_stream(self, frame: Frame) -> None:
        kind = frame.kind
        if kind == "connected":
            data = frame.data
            self.attempt, self.said_bye = 0, False
            self.heartbeat_seconds = float(data["heartbeat_seconds"])
            if self.view.cursor is None:
                self.floor = sequence_of(frame.id)
            self.last_id = frame.id
            self.tell(kind, frame.id, str(data["node"]))
        elif kind == "conversations":
            data = frame.data
            rows = [row_of(row) for row in data["conversations"]]
            # Socket.IO has no place for the cursor beside the page; `connected` has just told it.
            self.last_id = frame.id or self.last_id
            self.crowd.writer.write(Listed(now(), self.who, 0, not data["has_more"], self.last_id, rows))
            self.tell(kind, self.last_id, "stream")
            self.view.load_list({"chats": data["conversations"], "as_of": self.last_id})
            self.note_findings("", certain=False)
            # The rest is loaded as by somebody who scrolls, while events come.
            self.crowd.begin(self.until_done(self.load))
        elif kind == "resync":
            self.last_id, self.floor = frame.id, sequence_of(frame.id)
            self.tell(kind, frame.id, str(frame.data["reason"]))
            self.reload()
        elif kind == "bye":
            self.said_bye = True
            self.tell(kind, None, str(frame.retry_ms))
        else:
            self.tell("strange", frame.id, f"{kind}: {frame.raw[:120]!r}")

    def take_raw(self, kind: str, raw: bytes, place: str | None) -> None:
        """Take an event by its bytes; `place` is what the transport says of where it stands."""
        try:
            event = self.crowd.events.read(kind, raw)
        except (ValueError, KeyError, TypeError) as error:
            self.tell("strange", place, f"{kind}: {error!r} {raw[:120]!r}")
            return
        if place != event.cursor:
            self.tell("strange", place, f"an event at {event.cursor}")
        self.show(event)
        self.take(event)

    def show(self, event: Event) -> None:
        """Note an event."""
        self.crowd.writer.write(
            Shown(
                now(),
                self.who,
                event.sequence,
                event.tag,
                event.previous,
                event.kind,
                event.conversation,
                event.digest,
                event.message,
                event.row,
            )
        )

    # -- in order and once (`intake.ts`) -------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether it reads the log or loads anew, and what comes has to wait."""
        return self._busy

    def take(self, event: Event) -> None:
        """Let an event in when it is next in line."""
        if self._busy:
            self._keep(event)
        elif self.admit(event) is Applied.GAP:
            self._keep(event)
            self.catch_up()

    def admit(self, event: Event) -> Applied:
        """Apply an event by the client's rule."""
        view, conversation = self.view, event.conversation
        outcome = view.apply(event.kind, event.data)
        if outcome is Applied.APPLIED:
            self.places.append(event.cursor)
            if event.kind == "new_conversation":
                self._see_begin(conversation, event)
            self.note_findings(conversation)
        return outcome

    def _see_begin(self, conversation: str, event: Event) -> None:
        """A conversation that was seen to begin is whole; only so many are kept open."""
        if conversation in self.opened:
            return
        if len(self.opened) < self.seat.opened:
            self.opened[conversation] = str(event.data["user_id"])
        else:
            self.view.close(conversation)

    def note_findings(self, conversation: str, *, certain: bool = True) -> None:
        """Write down what the view complains of; `certain` as Complaints has it."""
        self._complaints.note(self.view, conversation, certain=certain)

    def _keep(self, event: Event) -> None:
        if len(self._waiting) < WAITING_EVENTS_MAX:
            self._waiting.append(event)
        else:
            self._reload_wanted = True

    def catch_up(self) -> None:
        """Ask the log for everything after the cursor. Harmless when nothing is missing."""
        self._begin(self._read_log)

    def reload(self) -> None:
        """Load what is shown anew; what comes meanwhile waits."""
        # What waits now was numbered before the resync, perhaps by a history that no longer exists.
        self._waiting = []
        if self._busy:
            self._reload_wanted = True
        else:
            self._begin(self._load_anew)

    def begin_anew(self) -> None:
        """Be a page that was just opened."""
        self.note_findings("")
        self.opened.clear()
        self.last_id, self.floor = None, -1
        self.places.clear()
        self.opening("page", None)
        self.reload()

    async def idle(self) -> None:
        """Wait until nothing has to wait."""
        while self._work is not None and not self._work.done():
            await asyncio.wait([self._work])

    def _begin(self, work: Callable[[], Awaitable[None]]) -> None:
        if self._busy or self.crowd.over:
            return
        self._busy = True
        self._work = self.crowd.begin(self._exclusively(work))

    async def _exclusively(self, work: Callable[[], Awaitable[None]]) -> None:
        await self.until_done(work)
        while self._reload_wanted and not self.crowd.over:
            self._reload_wanted = False
            await self.until_done(self._load_anew)
        self._busy = False
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            # What one tab heard out of turn from another is noted once more when its turn comes.
            if self.seat.by == "tab" and event.sequence > sequence_of(self.view.cursor):
                self.show(event)
            self.take(event)

    async def _load_anew(self) -> None:
        self.life += 1
        # What was heard before the server is asked is in its answer, or of a history that no longer exists.
        self._waiting = []
        self.last_id = None  # The next stream is another one, for which a browser remembers nothing yet.
        self.view.begin_again()
        self._complaints.forget()
        await self.load()
        if self.view.cursor is not None:
            self.places.append(self.view.cursor)
            self.tell("conversations", self.view.cursor, "loaded")

    async def _load_nothing(self) -> None:
        raise NotImplementedError

    async def _read_log(self) -> None:
        while (after := self.view.cursor) is not None:
            has_more = await self._read_page(after)
            if self._reload_wanted:
                return
            if not has_more:
                stuck = any(event.previous > sequence_of(self.view.cursor) for event in self._waiting)
                if stuck and sequence_of(self.view.cursor) <= sequence_of(after):
                    self._reload_wanted = True
                return
        self._reload_wanted = True

    async def _read_page(self, after: str) -> bool:
        if self._reload_wanted:
            return False  # Since an earlier try: this cursor may be of a history that is lost.
        self.opening("query", after)
        try:
            body = await self.ask(f"/events/poll?after={quote(after)}&wait=0")
        except Refused as refused:
            if refused.status not in _UNREADABLE_CURSOR:
                raise
            self._reload_wanted = True
            return False
        has_more, resync = self.take_page(body, self.admit)
        self._reload_wanted = self._reload_wanted or resync
        return has_more

    def take_page(self, body: bytes, take: Callable[[Event], object]) -> tuple[bool, bool]:
        """Take a page of the log; whether there is more, and whether the cursor could not be proven."""
        page: Json = orjson.loads(body)
        if (resync := page["resync"]) is not None:
            self.floor = sequence_of(page["cursor"])
            self.tell("resync", page["cursor"], str(resync["reason"]))
            return False, True
        for item, raw in items_of_page(body, page["events"]):
            try:
                event = self.crowd.events.read(item["event"], raw)
            except (ValueError, KeyError, TypeError) as error:
                self.tell("strange", item["id"], f"{error!r} {raw[:120]!r}")
                continue
            if item["id"] != event.cursor:
                self.tell("strange", item["id"], f"an event at {event.cursor}")
            self.show(event)
            take(event)
        if not page["events"]:
            self.tell("heartbeat", page["cursor"], "poll")
        self.view.advance(page["cursor"])
        return bool(page["has_more"]), False

    # -- the end -------------------------------------------------------------------------------------------------------

    def has_reached(self, head: str) -> bool:
        """Whether it has stood at a head of the log, and nothing is under way."""
        return not self._busy and any(place == head or place.startswith(f"{head}-") for place in self._all_places())

    def _all_places(self) -> list[str]:
        return [*self.places, self.view.cursor or ""]

    async def close(self) -> None:
        """Stop what is under way."""
        self.note_findings("")
        if self._work is not None:
            self._work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._work
        self._callers.cut()
