"""Files fetched from addresses that somebody else named: never from inside our own network, never for ever.

An address in a webhook could name anything, so it must be a public one (`public_address.py`). What an administrator
entered as the provider's own address is exempt.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urljoin, urlsplit

import httpx2

from wasl import limits
from wasl.channels.adapter import Download, NotFetched
from wasl.channels.exchange import name_of, pause_of
from wasl.channels.limits import FETCH_MISSING_ATTEMPTS_MAX, FETCH_REDIRECTS_MAX, FETCH_STEP_SECONDS_MAX
from wasl.public_address import NotPublic, origin_of, public_address

_TIMEOUT = httpx2.Timeout(FETCH_STEP_SECONDS_MAX)
_MOVED = frozenset((301, 302, 303, 307, 308))
_AGAIN_STATUSES = frozenset((408, 421, 425, 429))


class Downloads:
    """Fetches through a client of its own; `aclose` ends it."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        # No connection is used twice: kept by address, it would carry a request for another name at that address,
        # whose certificate nobody has looked at.
        self._client = httpx2.AsyncClient(
            transport=transport,
            timeout=_TIMEOUT,
            limits=httpx2.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    @asynccontextmanager
    async def open(self, url: str, headers: Mapping[str, str], trusted: str = "") -> AsyncIterator[Download]:
        """Open a file. `headers` go to the first address's host only; `trusted` is an origin that may lie anywhere.

        Raises NotFetched, also while the chunks are read.
        """
        try:
            response = await self._follow(url, headers, trusted)
        except (OSError, httpx2.HTTPError) as error:
            raise _unreachable(error) from error
        try:
            _check(response)
            yield Download(
                chunks=_chunks(response),
                bytes=_length_of(response.headers),
                mime_type=response.headers.get("content-type"),
            )
        finally:
            await response.aclose()

    async def _follow(self, url: str, headers: Mapping[str, str], trusted: str) -> httpx2.Response:
        first = origin_of(url)
        for _ in range(FETCH_REDIRECTS_MAX + 1):
            sent = headers if origin_of(url) == first else {}
            request = await self._request(url, sent, trusted)
            response = await self._client.send(request, stream=True)
            target = response.headers.get("location") if response.status_code in _MOVED else None
            if target is None:
                return response
            await response.aclose()
            url = urljoin(url, target)
        raise NotFetched("too_many_redirects", "The file's address leads from one place to the next.", None)

    async def _request(self, url: str, headers: Mapping[str, str], trusted: str) -> httpx2.Request:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NotFetched("address_refused", "The file's address is none that can be fetched.", None)
        try:
            request = self._client.build_request("GET", url, headers={**headers, "Accept-Encoding": "identity"})
        except (httpx2.InvalidURL, ValueError) as error:
            raise NotFetched("address_refused", "The file's address is none that can be fetched.", None) from error
        if origin_of(url) != origin_of(trusted):
            port = parts.port or (443 if parts.scheme == "https" else 80)
            try:
                address = await public_address(parts.hostname, port)
            except NotPublic as error:
                raise NotFetched("address_refused", "The file's address is not a public one.", None) from error
            # The certificate is still that of the name, and so is the Host header, which was made from it.
            request.extensions["sni_hostname"] = parts.hostname
            request.url = request.url.copy_with(host=address)
        return request


def _check(response: httpx2.Response) -> None:
    status = response.status_code
    if 200 <= status < 300:
        return
    if status >= 500 or status in _AGAIN_STATUSES:
        pause = pause_of(limits.FETCH_RETRY_SECONDS, response.headers)
        raise NotFetched(f"http_{status}", "The provider could not give the file out.", pause)
    if status == 404:
        # An address lives for minutes: another one may lead to the file (Meta, "Media").
        sentence, pause = "The provider does not have the file there any more.", limits.FETCH_RETRY_SECONDS
        raise NotFetched("http_404", sentence, pause, FETCH_MISSING_ATTEMPTS_MAX)
    raise NotFetched(f"http_{status}", "The provider does not give the file out (any more).", None)


async def _chunks(response: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.aiter_raw():
            yield chunk
    except httpx2.HTTPError as error:
        raise _unreachable(error) from error


def _unreachable(error: Exception) -> NotFetched:
    return NotFetched(name_of(error), "The file's address could not be reached.", limits.FETCH_RETRY_SECONDS)


def _length_of(headers: Mapping[str, str]) -> int | None:
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
