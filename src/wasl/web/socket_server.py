"""python-socketio's server as we let clients meet it: every packet is checked before it counts."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import socketio
from socketio.packet import ACK, BINARY_ACK, BINARY_EVENT, CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, Packet
from starlette.types import Scope

from wasl.errors import Invalid, NotFound, WaslError
from wasl.web.engine_io import Engine
from wasl.web.engine_socket import Socket, unreadable
from wasl.web.rooms import Rooms

NAMESPACE = "/"
_KINDS = "0123456"
Json = dict[str, Any]
Call = Callable[..., Awaitable[Json]]
"""Answers an event of a client: `(sid, *arguments) -> acknowledgement`. It raises WaslError for a refusal."""


class Door(Protocol):
    """Who decides about sockets."""

    async def let_in(self, sid: str, scope: Scope, auth: Any) -> None:
        """Decide whether a socket may come in. Raises python-socketio's ConnectionRefusedError."""

    async def welcome(self, sid: str) -> None:
        """Begin to tell a socket what is new, now that its client knows that it is in."""

    async def see_off(self, sid: str, reason: str) -> None:
        """A socket that was let in has left."""


class SocketServer(socketio.AsyncServer):  # type: ignore[misc] # It has no types.
    """On our engine, with its local manager only. By itself python-socketio would let a client play the server's own
    `disconnect`, collect attachments without bound, and log what it cannot read."""

    def __init__(self, door: Door, calls: dict[str, Call]) -> None:
        silence = logging.Logger("socketio", level=logging.CRITICAL + 1)  # It would log what clients send.
        super().__init__(client_manager=Rooms(), async_handlers=False, logger=silence, engineio_logger=silence)
        self._door = door
        self._calls = calls
        self.on("connect", door.let_in)
        self.on("disconnect", door.see_off)

    def socket_of(self, sid: str) -> Socket:
        """The Engine.IO socket of somebody who is in."""
        socket: Socket = self.eio.sockets[self.manager.eio_sid_from_sid(sid, NAMESPACE)]
        return socket

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    async def _handle_eio_message(self, eio_sid: str, data: str) -> None:
        packet = _packet_of(data)
        kind, namespace = packet.packet_type, packet.namespace
        if kind == CONNECT:
            await self._handle_connect(eio_sid, namespace, packet.data)
        elif kind == DISCONNECT:
            await self._handle_disconnect(eio_sid, namespace, self.reason.CLIENT_DISCONNECT)
            self.eio.lets_out(eio_sid)
        else:
            await self._handle_event(eio_sid, namespace, packet.id, packet.data)

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        if namespace not in (None, NAMESPACE):
            await self._refuse(eio_sid, namespace, NotFound("There is no such namespace.", code="unknown_namespace"))
            return
        if self.manager.sid_from_eio_sid(eio_sid, NAMESPACE) is not None:
            await self._refuse(eio_sid, namespace, Invalid("This socket is connected.", code="already_connected"))
            return
        await super()._handle_connect(eio_sid, namespace, data)
        sid = self.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        if sid is None:
            return
        if eio_sid in self.eio.sockets:
            self.eio.lets_in(eio_sid)
            await self._door.welcome(sid)
        else:  # It left while the door decided.
            await self._handle_disconnect(eio_sid, NAMESPACE, self.reason.TRANSPORT_CLOSE)

    async def _refuse(self, eio_sid: str, namespace: str | None, error: WaslError) -> None:
        said = {"message": error.message, "data": {"code": error.code, "error": error.message}}
        await self._send_packet(eio_sid, self.packet_class(CONNECT_ERROR, data=said, namespace=namespace))

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        sid = self.manager.sid_from_eio_sid(eio_sid, NAMESPACE)
        if namespace not in (None, NAMESPACE) or not self.manager.is_connected(sid, NAMESPACE):
            raise Invalid("Connect first.", code="not_connected")
        name, *arguments = data
        try:
            call = self._calls.get(name)
            if call is None:
                raise NotFound("There is no such event here.", code="unknown_event")
            answer = await call(sid, *arguments)
        except WaslError as error:
            answer = {**error.details, "success": False, "code": error.code, "error": error.message}
        if id is not None:
            await self._send_packet(eio_sid, self.packet_class(ACK, namespace=namespace, id=id, data=[answer]))


def _packet_of(text: str) -> Packet:
    """Raises Invalid for whatever no client of ours has a reason to send."""
    if text[:1] not in _KINDS or not text:  # Python's digits are those of every script.
        raise unreadable()
    try:
        packet = Packet(encoded_packet=text)
    except (ValueError, RecursionError) as error:
        raise unreadable() from error
    if packet.packet_type in (BINARY_EVENT, BINARY_ACK):
        raise Invalid("This server takes text only.", code="binary_packet")
    if packet.packet_type not in (CONNECT, DISCONNECT, EVENT):
        raise unreadable()
    if packet.packet_type == DISCONNECT and packet.namespace not in (None, NAMESPACE):
        raise unreadable()  # Nobody was ever let in there.
    if packet.packet_type == EVENT:
        named = isinstance(packet.data, list) and packet.data and isinstance(packet.data[0], str)
        if not named:
            raise unreadable()
    return packet
