"""A light client: connections that are kept, and sessions that are renewed."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

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


def address_of(door: str) -> tuple[str, int]:
    """Host and port of a server's URL."""
    parts = urlsplit(door)
    return parts.hostname or "127.0.0.1", parts.port or 80


def request(
    method: str, path: str, token: str | None, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """A request as it leaves."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def reset(transport: asyncio.Transport) -> None:
    """Break a connection off without a word, as a lost network does."""
    raw = transport.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class Caller:
    """Asks one question after another, over a connection to each server that it keeps. Close it by `cut`."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}

    async def ask(self, door: str, asked: bytes, within_seconds: float = ANSWER_SECONDS) -> tuple[int, bytes]:
        """Status and body of the answer. Raises Lost."""
        kept = self._held.pop(door, None)
        try:
            async with asyncio.timeout(within_seconds):
                reader, writer = kept or await asyncio.open_connection(*address_of(door), limit=1 << 22)
                kept = reader, writer
                writer.write(asked)
                status, body, keeps = await _answer(reader)
        except (OSError, EOFError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            if kept is not None:
                kept[1].transport.abort()
            raise Lost(f"{type(error).__name__}: {error}"[:200]) from error
        except BaseException:
            if kept is not None:
                kept[1].transport.abort()
            raise
        if keeps and door not in self._held:
            self._held[door] = kept
        else:
            writer.close()
        return status, body

    def cut(self) -> None:
        """Break all connections off."""
        held, self._held = self._held, {}
        for _, writer in held.values():
            writer.transport.abort()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    headers = dict(line.partition(": ")[::2] for line in head[1:] if line)
    status, keeps = int(head[0].split()[1]), headers.get("connection") != "close"
    if headers.get("transfer-encoding") != "chunked":
        return status, await reader.readexactly(int(headers.get("content-length", 0))), keeps
    parts = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readexactly(2)
    return status, b"".join(parts), keeps


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
            caller = Caller()
            body = orjson.dumps({"email": eyes.email, "password": eyes.password})
            try:
                status, answer = await caller.ask(door, request("POST", "/api/session", None, body))
            finally:
                caller.cut()
            if status != 200:
                raise Refused(status, answer)
            token = self._tokens[eyes.id] = str(orjson.loads(answer)["token"])
            return token

    def ended(self, eyes: Eyes, token: str) -> None:
        """A server refused this session: the next who asks signs in."""
        if self._tokens.get(eyes.id) == token:
            del self._tokens[eyes.id]
