"""A light client: connections that are kept, and sessions that are renewed."""

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass

import orjson

from wasl.torture.http import BrokenAnswer, Caller, request_of
from wasl.torture.reading import Refused

ANSWER_SECONDS = 8.0
"""A server that has not answered by then is left: longer than it takes to notice a frozen database."""


class Lost(Exception):
    """Nobody answered, or the connection broke."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """An operator, and how they sign in."""

    id: int
    email: str
    password: str


def bearing(token: str) -> dict[str, str]:
    """The header of a session."""
    return {"Authorization": f"Bearer {token}"}


def reset(transport: asyncio.Transport) -> None:
    """Break a connection off without a word, as a lost network does."""
    raw = transport.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class Callers:
    """Asks servers, over connections that it keeps. Close it by `cut`."""

    def __init__(self) -> None:
        self._kept: dict[str, Caller] = {}

    async def ask(self, door: str, asked: bytes, within_seconds: float = ANSWER_SECONDS) -> tuple[int, bytes]:
        """Status and body of the answer. Raises Lost."""
        # Taken out while it asks: several questions at a time need a connection each.
        caller = self._kept.pop(door, None) or Caller(door)
        try:
            status, body = await caller.ask(asked, within_seconds)
        except (OSError, BrokenAnswer, ValueError) as error:
            raise Lost(f"{type(error).__name__}: {error}"[:200]) from error
        if door in self._kept:
            caller.close()
        else:
            self._kept[door] = caller
        return status, body

    def cut(self) -> None:
        """Break all connections off."""
        for caller in self._kept.values():
            caller.close()
        self._kept.clear()


class Sessions:
    """Everybody's sessions. An operator signs in once, and again when a server does not know the session any more."""

    def __init__(self) -> None:
        self._tokens: dict[int, str] = {}
        self._turns: dict[int, asyncio.Lock] = {}

    async def token(self, eyes: Eyes, door: str) -> str:
        """An operator's session; signs in when there is none. Raises Lost, Refused."""
        if (token := self._tokens.get(eyes.id)) is not None:
            return token
        async with self._turns.setdefault(eyes.id, asyncio.Lock()):
            if (token := self._tokens.get(eyes.id)) is not None:
                return token
            callers = Callers()
            body = orjson.dumps({"email": eyes.email, "password": eyes.password})
            try:
                status, answer = await callers.ask(door, request_of("POST", "/api/session", body))
            finally:
                callers.cut()
            if status != 200:
                raise Refused(status, answer)
            token = self._tokens[eyes.id] = str(orjson.loads(answer)["token"])
            return token

    def ended(self, eyes: Eyes, token: str) -> None:
        """A server refused this session: the next who asks signs in."""
        if self._tokens.get(eyes.id) == token:
            del self._tokens[eyes.id]
