"""One connection to Redis: opened with our own timeouts, and closed without waiting for anybody."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Protocol, cast

from redis import exceptions
from redis.asyncio import Connection
from redis.asyncio.connection import parse_url

from wasl.errors import Misconfigured
from wasl.limits import BUS_ANSWER_SECONDS

FAILURES = (exceptions.RedisError, OSError, ValueError)
"""What the driver raises when Redis cannot be reached, breaks off, refuses, or is no Redis at all."""


class Line(Protocol):
    """What we use of the driver's connection."""

    async def connect(self) -> None: ...

    async def disconnect(self, nowait: bool = False) -> None: ...

    async def send_command(self, *words: str | bytes) -> None: ...

    def pack_commands(self, commands: Iterable[Iterable[str | bytes]]) -> list[bytes]: ...

    async def send_packed_command(self, command: Iterable[bytes]) -> None: ...

    async def read_response(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the driver's name for it
        disconnect_on_error: bool = True,
    ) -> Any:
        """The next answer. With a timeout, None when there was none; without, the driver's own error."""


class RedisAddress:
    """Where Redis is, and with which name and password. Neither is ever shown."""

    def __init__(self, url: str) -> None:
        """Raises Misconfigured when the URL cannot be used."""
        try:
            options = dict(parse_url(url))
            self._kind = cast(Any, options.pop("connection_class", Connection))
            # Nothing of the driver's own patience: it would hide that Redis is gone. The older protocol, because in it
            # the answer to a question is a message like any other, on every version of Redis.
            self._options = options | {
                "socket_timeout": BUS_ANSWER_SECONDS,
                "socket_connect_timeout": BUS_ANSWER_SECONDS,
                "protocol": 2,
                "driver_info": None,
                "decode_responses": False,
                "health_check_interval": 0,
            }
            self._kind(**self._options)
        except (ValueError, TypeError, exceptions.RedisError) as error:
            # Without the driver's words, which may hold the URL and with it the password.
            raise Misconfigured(
                "WASL_REDIS_URL cannot be read; it looks like redis://user:password@host:6379/0 (or rediss:// for TLS)."
            ) from error

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """An open connection. Raises one of FAILURES."""
        line: Line = self._kind(**self._options)
        try:
            await line.connect()
            yield line
        except RuntimeError as error:
            # What uvloop calls it when a connection was lost a moment before something is written to it.
            if "closed" not in str(error):
                raise
            raise exceptions.ConnectionError("lost") from error
        finally:
            await line.disconnect(nowait=True)


async def subscribe(line: Line, channels: list[str]) -> list[Any]:
    """Subscribe to all of them; what was said there while the confirmations came."""
    await line.send_command("SUBSCRIBE", *channels)
    said, confirmed = [], 0
    while confirmed < len(channels):
        answer = await line.read_response(disconnect_on_error=False)
        if answer[0] == b"subscribe":
            confirmed += 1
        else:
            said.append(answer)
    return said


def complaint_of(error: BaseException) -> str:
    """What is wrong with Redis, in words that hold no address and no password."""
    # To somebody unknown Redis does not even listen when they say as much as our subscription.
    if isinstance(error, exceptions.AuthenticationError) or "unauthenticated" in str(error):
        return "refuses the login"
    match error:
        case exceptions.TimeoutError() | TimeoutError():
            return "does not answer"
        case exceptions.NoPermissionError():
            return "does not permit this user to publish and subscribe"
        case exceptions.ResponseError():
            return "refuses"
        case exceptions.ConnectionError() | OSError():
            return "unreachable"
    return "answers something else than Redis"
