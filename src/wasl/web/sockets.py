"""Socket.IO at `/socket.io`: the same events as the event stream, for clients that were written for it.

A socket is one more reader of its account's feed. Rooms say what an operator looks at; no event travels by them, so
none comes twice.
"""

from dataclasses import dataclass, field
from typing import Any

from socketio.exceptions import ConnectionRefusedError as Refused
from starlette.types import Receive, Scope, Send

from wasl.clock import monotonic
from wasl.domain.events import Cursor
from wasl.domain.pace import Pace
from wasl.errors import Invalid, NotFound, NotSignedIn, TooMany, WaslError
from wasl.limits import ID_CHARACTERS_MAX, SOCKET_CALLS_BURST, SOCKET_CALLS_PER_SECOND, SOCKET_CONVERSATIONS_MAX
from wasl.live.feed import Feed
from wasl.live.hub import Hub
from wasl.live.presence import Presence
from wasl.live.reader import Reader
from wasl.live.whispers import Whispers
from wasl.observe import log
from wasl.web.events import Snapshot, parsed_cursor
from wasl.web.session import Session, Sessions
from wasl.web.socket_server import Call, Json, SocketServer


@dataclass(slots=True)
class Guest:
    """Somebody who was let in: whose session, and from where their events go on."""

    session: Session
    feed: Feed
    cursor: Cursor
    page: Json | None
    """The first page of the list, for one who came without a cursor."""
    pace: Pace
    conversations: list[str] = field(default_factory=list)
    """Those that it joined; the one that was joined last is where its operator looks."""
    reader: Reader | None = None
    counted: bool = True


class Sockets:
    """A raw ASGI endpoint for HTTP and WebSockets."""

    def __init__(
        self, hub: Hub, sessions: Sessions, presence: Presence, whispers: Whispers, snapshot: Snapshot
    ) -> None:
        self._hub = hub
        self._sessions = sessions
        self._presence = presence
        self._whispers = whispers
        self._snapshot = snapshot
        self._guests: dict[str, Guest] = {}
        calls: dict[str, Call] = {
            "join_conversation": self._join_conversation,
            "leave_conversation": self._leave_conversation,
            "typing": self._tell_typing,
        }
        self._server = SocketServer(self, calls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._server.handle_request(scope, receive, send)

    # -- coming and going ----------------------------------------------------------------------------------------------

    async def let_in(self, sid: str, scope: Scope, auth: Any) -> None:
        """Decide whether a socket may come in. Raises python-socketio's refusal, with `{code, error}` as its data."""
        try:
            session, cursor, page = self._session(scope, auth), _cursor_of(auth), None
            operator = session.operator
            feed = await self._hub.feed(operator.account_id)
            if cursor is None:
                cursor, page = await self._snapshot(operator)
            self._presence.enter(operator)  # Last, so that whoever is counted is also counted out.
        except WaslError as error:
            log.info("socket refused", code=error.code)
            raise Refused(error.message, {"code": error.code, "error": error.message}) from error
        pace = Pace.full(SOCKET_CALLS_PER_SECOND, SOCKET_CALLS_BURST, monotonic())
        self._guests[sid] = Guest(session, feed, cursor, page, pace)
        self._hub.metrics.streams.inc()

    def _session(self, scope: Scope, auth: Any) -> Session:
        token = auth.get("token") if isinstance(auth, dict) else None
        if token is None:
            return self._sessions.session_of(scope)
        if not isinstance(token, str):
            raise NotSignedIn("The token of a session is text; sign in again.")
        return self._sessions.session_of_token(token)

    async def welcome(self, sid: str) -> None:
        """Begin to tell a socket what is new, now that its client knows that it is in."""
        guest, socket = self._guests[sid], self._server.socket_of(sid)
        operator, resumed = guest.session.operator, guest.page is None
        await self._server.enter_room(sid, f"account:{operator.account_id}")
        facts = {"heartbeat_seconds": self._hub.heartbeat_seconds, "node": self._hub.node}
        socket.line.note("connected", {"cursor": str(guest.cursor), **facts}, guest.cursor)
        if guest.page is not None:
            socket.line.note("conversations", guest.page, guest.cursor)
            guest.page = None
        guest.reader = self._hub.join(
            guest.feed,
            socket.line,
            guest.cursor,
            proven=not resumed,
            allowed=lambda: self._sessions.holds(guest.session),
            left=lambda: self._count_out(guest),
        )
        log.info(
            "socket connected",
            account_id=operator.account_id,
            operator_id=operator.id,
            cursor=str(guest.cursor),
            resumed=resumed,
            websocket=socket.upgraded,
            clients=len(guest.feed.readers),
        )

    async def see_off(self, sid: str, reason: str) -> None:
        """A socket that was let in has left."""
        guest = self._guests.pop(sid)
        if guest.reader is not None:
            guest.reader.leave()
        self._count_out(guest)
        operator = guest.session.operator
        log.info("socket left", account_id=operator.account_id, operator_id=operator.id, reason=reason)

    def _count_out(self, guest: Guest) -> None:
        if guest.counted:
            guest.counted = False
            self._hub.metrics.streams.dec()
            self._presence.leave(guest.session.operator)

    # -- which conversations an operator looks at ----------------------------------------------------------------------

    async def _join_conversation(self, sid: str, *asked: Any) -> Json:
        guest, conversation_id = self._guests[sid], _conversation_id(asked)
        is_new = conversation_id not in guest.conversations
        if is_new and len(guest.conversations) >= SOCKET_CONVERSATIONS_MAX:
            sentence = f"A socket can be in {SOCKET_CONVERSATIONS_MAX} conversations; leave one of them first."
            raise TooMany(sentence, code="too_many_conversations")
        if is_new:
            self._slow_down(guest)
        await self._whispers.tell_viewing(guest.session.operator, conversation_id)
        if is_new:
            await self._server.enter_room(sid, f"conversation:{conversation_id}")
        else:
            guest.conversations.remove(conversation_id)
        guest.conversations.append(conversation_id)
        return _done(conversation_id)

    async def _leave_conversation(self, sid: str, *asked: Any) -> Json:
        guest, conversation_id = self._guests[sid], _conversation_id(asked)
        if conversation_id not in guest.conversations:
            self._slow_down(guest)
            await self._whispers.require_conversation(guest.session.operator, conversation_id)
            return _done(conversation_id)
        looked = guest.conversations[-1] == conversation_id
        guest.conversations.remove(conversation_id)
        await self._server.leave_room(sid, f"conversation:{conversation_id}")
        if looked:
            next_one = guest.conversations[-1] if guest.conversations else None
            await self._whispers.tell_viewing(guest.session.operator, next_one)
        return _done(conversation_id)

    async def _tell_typing(self, sid: str, *asked: Any) -> Json:
        guest, conversation_id = self._guests[sid], _conversation_id(asked)
        typing = asked[0].get("typing") if isinstance(asked[0], dict) else None
        if not isinstance(typing, bool):
            raise Invalid("Say with `typing` whether the operator types: true or false.")
        if conversation_id not in guest.conversations:
            self._slow_down(guest)
        await self._whispers.tell_typing(guest.session.operator, conversation_id, typing)
        return _done(conversation_id) | {"typing": typing}

    @staticmethod
    def _slow_down(guest: Guest) -> None:
        seconds = guest.pace.take(monotonic())
        if seconds:
            details = {"retry_after_seconds": max(1, round(seconds))}
            raise TooMany("Too many conversations at once; go on more slowly.", code="too_many_calls", details=details)


def _done(conversation_id: str) -> Json:
    return {"success": True, "conversation_id": conversation_id, "conversationId": conversation_id}


def _cursor_of(auth: Any) -> Cursor | None:
    text = auth.get("cursor") if isinstance(auth, dict) else None
    return None if text is None or text == "" else parsed_cursor(text)


def _conversation_id(asked: tuple[Any, ...]) -> str:
    """The id that a call names: as text, or as the one field of an object."""
    found = asked[0] if asked else None
    if isinstance(found, dict):
        found = found.get("conversation_id", found.get("conversationId"))
    if not isinstance(found, str) or not 0 < len(found) <= ID_CHARACTERS_MAX:
        raise Invalid("Name the conversation by its conversation_id.")
    if "\x00" in found or any("\ud800" <= character <= "\udfff" for character in found):
        raise NotFound("There is no such conversation.")  # No text of ours can hold such a character.
    return found
