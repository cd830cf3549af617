"""Requests to a provider: a send is made at most once, and told honestly what became of it.

No provider has a key that makes a repeated send harmless, and a send whose answer was lost cannot be asked for. So
`post` says which of four things happened, and only what provably was not taken may be tried again. What may be repeated
without harm is asked with `ask`.
"""

import asyncio
import math
import re
from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import BytesPayload
from yarl import URL

from wasl import limits
from wasl.channels.fields import Object, object_of
from wasl.channels.json_body import read_json
from wasl.channels.limits import SEND_ANSWER_BYTES_MAX
from wasl.clock import monotonic
from wasl.domain.sending import NOT_BEGUN, NotSent, SendOutcome, Unclear

HEADER_TEXT = re.compile(r"[\x21-\x7e]+")
"""What may stand in a header or a path as it is."""

SEND_TIMEOUT = aiohttp.ClientTimeout(
    connect=limits.SEND_POOL_SECONDS_MAX + limits.SEND_CONNECT_SECONDS_MAX,
    sock_connect=limits.SEND_CONNECT_SECONDS_MAX,
    sock_read=limits.SEND_READ_SECONDS_MAX,
)
_KEPT_SECONDS = 4.0
"""How long a connection is kept for the next request. Servers keep theirs for 5 s or longer: one that closes it while
it is used again is an answer lost."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a provider is asked. `body` is sent as it comes; one that comes in pieces has its length in the headers."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | AsyncIterable[bytes] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said. Secrets that it repeats are blotted out: what an answer says is kept and shown."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Object:
        """Its JSON object; an empty one when it is none."""
        try:
            return object_of(read_json(self.body)) or {}
        except ValueError:
            return {}


Judge = Callable[[Answer], SendOutcome]


class ProviderAway(Exception):
    """A question got no answer: `outcome` says why, and when to ask again."""

    def __init__(self, outcome: NotSent) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


class Exchange:
    """Speaks through connections that all channels share. They belong to the event loop in which the first request is
    made; `aclose` ends them."""

    def __init__(
        self,
        timeout: aiohttp.ClientTimeout = SEND_TIMEOUT,
        total_seconds: float = limits.SEND_TOTAL_SECONDS_MAX,
        connections_max: int = limits.SENDS_AT_ONCE + 100,
    ) -> None:
        self._timeout = timeout
        self._connections_max = connections_max
        self._total_seconds = total_seconds
        self._session: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        """Close every connection; nothing happens when there is none."""
        if self._session is not None:
            await self._session.close()

    @staticmethod
    def request(
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        json: Any = None,
        form: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        content: bytes | AsyncIterable[bytes] | None = None,
    ) -> Request:
        """Build a request, with one body or none. Raises ValueError for a header or an address that cannot be used."""
        if any(not HEADER_TEXT.fullmatch(value.replace(" ", "")) for value in headers.values()):
            raise ValueError("unfit for a header")
        # Answers are short; a packed one could unpack to more than is read.
        asked = {**headers, "Accept-Encoding": "identity"}
        if json is not None:
            content = orjson.dumps(json)
            asked["Content-Type"] = "application/json"
        elif form is not None:
            content = urlencode(form).encode()
            asked["Content-Type"] = "application/x-www-form-urlencoded"
        return Request(method, address_of(url), asked, content)

    async def post(
        self, request: Request, judge: Judge, *, until: float = math.inf, hide: Iterable[str] = ()
    ) -> SendOutcome:
        """Hand something to the provider, once. Never raises for what the network or the provider does.

        Whoever stood still past `until` (monotonic seconds) sends nothing any more: NOT_BEGUN. `hide` are secrets.
        """
        assert isinstance(request.body, bytes), "what is sent once is whole before it is sent"
        body = _HeldBack(request.body, until)
        try:
            async with asyncio.timeout(self._total_seconds):
                return judge(await self._answer(request, body, SEND_ANSWER_BYTES_MAX, hide))
        except aiohttp.ClientError as error:
            return NOT_BEGUN if body.too_late else _outcome_of_failure(error)
        except TimeoutError:
            return Unclear(f"no whole answer within {self._total_seconds:g} s")
        except OSError as error:
            return _outcome_of_failure(error)

    async def ask(
        self, request: Request, bytes_max: int, *, hide: Iterable[str] = (), seconds_max: float | None = None
    ) -> Answer:
        """Ask something that may be asked again. Raises ProviderAway."""
        try:
            async with asyncio.timeout(seconds_max or self._total_seconds):
                return await self._answer(request, request.body, bytes_max, hide)
        except (OSError, aiohttp.ClientError) as error:
            sentence = "The provider could not be reached."
            raise ProviderAway(NotSent(name_of(error), sentence, limits.SEND_BUSY_RETRY_SECONDS)) from error

    async def _answer(self, request: Request, body: Any, bytes_max: int, hide: Iterable[str]) -> Answer:
        # Redirects are never followed: a message must not be posted twice.
        asking = self._connections().request(
            request.method,
            request.url,
            headers=request.headers,
            data=body,
            allow_redirects=False,
            proxy=_proxy_of(request.url.scheme, request.url.host or ""),
        )
        async with asking as response:
            read = bytearray()
            async for part in response.content.iter_any():
                read += part
                if len(read) > bytes_max:
                    # There is no end to wait for, and nobody else may be handed what is left of it.
                    response.close()
                    break
        said = bytes(read)
        for secret in filter(None, hide):
            said = said.replace(secret.encode(), b"[secret]")
        return Answer(response.status, response.headers, said)

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections_max, keepalive_timeout=_KEPT_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "Wasl"},
                auto_decompress=False,
            )
        return self._session


class _HeldBack(BytesPayload):
    """A body that is not sent after the moment up to which a message may leave: a request without its body is none."""

    def __init__(self, body: bytes, until: float) -> None:
        super().__init__(body)
        self._until = until
        self.too_late = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Send it, as the last step before anybody could take the message."""
        self.too_late = monotonic() >= self._until
        if self.too_late:
            raise aiohttp.ClientConnectionError
        await super().write_with_length(writer, content_length)


def address_of(url: str) -> URL:
    """An address of the web. Raises ValueError when it is none."""
    found = URL(url)
    if found.scheme not in {"http", "https"} or not found.host:
        raise ValueError("unfit for an address")
    return found


@lru_cache(256)
def _proxy_of(scheme: str, host: str) -> str | None:
    """The proxy of HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY names the host. aiohttp's own `trust_env` would also look
    for a password in .netrc, in another thread, at every request."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


def _outcome_of_failure(error: aiohttp.ClientError | OSError) -> SendOutcome:
    """Tell what never left from what may have: only a connection that was not there yet proves anything."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            return _unreached("connect_timeout")
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return _unreached("proxy_error")
        case aiohttp.ClientConnectorError():
            return _unreached("connect_error")
        case aiohttp.InvalidURL():
            return misconfigured("The channel's address must begin with https://.")
        case _:
            return Unclear(f"the answer was lost ({name_of(error)})")


def _unreached(code: str) -> NotSent:
    return NotSent(code, "WhatsApp could not be reached.", limits.SEND_BUSY_RETRY_SECONDS, holds="channel")


def misconfigured(what: str) -> NotSent:
    """Everything of the channel waits until an administrator has corrected it."""
    sentence = f"{what} An administrator must correct it."
    return NotSent("misconfigured", sentence, limits.SEND_HELD_RETRY_SECONDS, holds="channel", counts_as_attempt=False)


def pause_of(seconds: float, headers: Mapping[str, str]) -> float:
    """Wait as long as the provider asks for, within bounds, and never less than we think right."""
    asked = headers.get("retry-after", "")
    wanted = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0.0
    return max(seconds, min(wanted, limits.SEND_RETRY_AFTER_SECONDS_MAX))


def name_of(error: Exception) -> str:
    """Turn `ClientPayloadError` into `client_payload_error`: messages may hold addresses, names of classes do not."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()
