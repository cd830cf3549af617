"""Tools that an account has defined: one request to an address that it named, and an answer that is data.

An administrator of one account is not one of the machine. So a tool reaches nothing inside our network, unless whoever
runs the machine says so of an origin (`WASL_TOOL_ORIGINS`). A tool may lie, hang, redirect or send without end:
whatever it does is told to the model in a sentence, and nothing of it is raised.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import orjson

from wasl.assistant.documents.written_texts import decoded
from wasl.assistant.limits import (
    TOOL_ADDRESS_CHARACTERS_MAX,
    TOOL_ANSWER_BYTES_MAX,
    TOOL_ANSWER_CHARACTERS_MAX,
    TOOL_SECONDS_MAX,
)
from wasl.assistant.outside import Reach
from wasl.assistant.plain_text import beginning, plain
from wasl.public_address import NotPublic

_HEADER_TEXT = re.compile(r"[\x21-\x7e]+")
DEFAULT_HEADER = "Authorization"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class HttpTool:
    """A tool as an account has set it up. `parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    url: str
    method: str = "GET"
    """`GET` puts the arguments into the address and changes nothing; the others send them as JSON."""
    header: str = DEFAULT_HEADER
    """In which the secret goes: as it is, but in `Authorization` after `Bearer`, unless it names another scheme."""
    secret: str | None = field(default=None, repr=False)

    @property
    def only_reads(self) -> bool:
        return self.method == "GET"


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What came of a call: its text if it went well, and otherwise also a sentence that says why not."""

    ok: bool
    text: str = field(default="", repr=False)
    error: str | None = None


class HttpTools:
    """Calls tools through a client of its own; `aclose` ends it. `inside` are origins that may lie anywhere."""

    def __init__(self, inside: Iterable[str] = ()) -> None:
        self._reach = Reach.of(inside)
        # No connection is used twice: kept by address, it would carry a request for another name at that address.
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(TOOL_SECONDS_MAX),
            limits=httpx2.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def call(self, tool: HttpTool, arguments: Mapping[str, Any], deed: str, seconds: float) -> ToolAnswer:
        """Call a tool once. `deed` names what it is done for: a server may tell by it that it has done this already."""
        allowed = min(seconds, TOOL_SECONDS_MAX)
        try:
            async with asyncio.timeout(allowed):
                return await self._call(tool, arguments, deed)
        except TimeoutError:
            error = f"It did not answer within {allowed:.0f} seconds."
        except NotPublic:
            error = "Its address is not a public one."
        except _TooLong:
            error = f"Its answer has more than {TOOL_ANSWER_BYTES_MAX // 1024} KB."
        except (OSError, httpx2.HTTPError):
            error = "It could not be reached."
        except orjson.JSONEncodeError:
            error = "Its arguments hold characters or numbers that cannot be sent."
        except (httpx2.InvalidURL, ValueError):
            error = "It is not set up correctly."
        return ToolAnswer(False, error=error)

    async def _call(self, tool: HttpTool, arguments: Mapping[str, Any], deed: str) -> ToolAnswer:
        response = await self._client.send(await self._request(tool, arguments, deed), stream=True)
        try:
            if response.is_redirect or 300 <= response.status_code < 400:
                return ToolAnswer(False, error="It sends elsewhere, and that is not followed.")
            text = _without(await _read(response), tool.secret)
            told = beginning(plain(text), TOOL_ANSWER_CHARACTERS_MAX)
            if response.is_success:
                return ToolAnswer(True, told)
            return ToolAnswer(False, told, f"It answered with the status {response.status_code}.")
        finally:
            await response.aclose()

    async def _request(self, tool: HttpTool, arguments: Mapping[str, Any], deed: str) -> httpx2.Request:
        url, content = tool.url, None
        headers = {"Accept": "application/json, text/plain", "Accept-Encoding": "identity", "User-Agent": "Wasl"}
        headers |= _secret_header(tool)
        if tool.only_reads:
            url = _with_query(url, arguments)
        else:
            content = orjson.dumps(arguments)
            said = tool.name.encode() + b"\0" + orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS)
            once = hashlib.sha256(deed.encode() + b"\0" + said).hexdigest()
            headers |= {"Content-Type": "application/json", "Idempotency-Key": once}
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > TOOL_ADDRESS_CHARACTERS_MAX:
            raise ValueError("no address of the web, or too long")
        request = self._client.build_request(tool.method, url, headers=headers, content=content)
        await self._reach.lead(request)
        return request


class _TooLong(Exception):
    """A tool's answer is longer than is read of one."""


def _secret_header(tool: HttpTool) -> dict[str, str]:
    if not tool.secret:
        return {}
    # Of two words the first is the scheme, as in `Basic bWU6eW91` (RFC 9110, section 11.4).
    is_bare = tool.header.lower() == DEFAULT_HEADER.lower() and " " not in tool.secret
    value = f"Bearer {tool.secret}" if is_bare else tool.secret
    if not _HEADER_TEXT.fullmatch(value.replace(" ", "")):
        raise ValueError("unfit for a header")
    return {tool.header: value}


def _with_query(url: str, arguments: Mapping[str, Any]) -> str:
    """An address with its arguments. Lists become several parameters, and what is deeper becomes JSON."""
    pairs = [
        (name, one) for name, value in arguments.items() for one in (value if isinstance(value, list) else [value])
    ]
    if not pairs:
        return url
    texts = [(name, one if isinstance(one, str) else orjson.dumps(one).decode()) for name, one in pairs]
    bare, _, fragment = url.partition("#")
    del fragment  # It is never sent.
    return f"{bare}{'&' if '?' in bare else '?'}{urlencode(texts)}"


async def _read(response: httpx2.Response) -> str:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise httpx2.DecodingError("the answer came packed")  # It might unpack to anything.
    read = bytearray()
    async for part in response.aiter_raw():
        read += part
        if len(read) > TOOL_ANSWER_BYTES_MAX:
            raise _TooLong
    return decoded(bytes(read))


def _without(text: str, secret: str | None) -> str:
    """What a tool says is shown to a model, and kept: not its own secret."""
    return text.replace(secret, "[secret]") if secret else text
