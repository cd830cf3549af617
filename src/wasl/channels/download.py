"""Files fetched from addresses that somebody else named: never from inside our own network, never for ever.

An address in a webhook could name anything that this server reaches and the world does not. So every name is looked up
here, each of its addresses must be a public one, and the connection is made to the address that was judged: a name that
changes its mind between look and connection wins nothing. What an administrator entered as the provider's own address
is exempt.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urljoin, urlsplit

import httpx2

from wasl import limits
from wasl.channels.adapter import Download, NotFetched
from wasl.channels.exchange import name_of, pause_of
from wasl.channels.limits import FETCH_MISSING_ATTEMPTS_MAX, FETCH_REDIRECTS_MAX, FETCH_STEP_SECONDS_MAX

_TIMEOUT = httpx2.Timeout(FETCH_STEP_SECONDS_MAX)
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""By which networks without old addresses reach them (RFC 6052)."""
_CLOSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        # Nobody's, this machine's, a private network's, or a provider's own behind its address translation.
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # Azure's own services, at an address that looks like the world's.
        *("100::/64", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
        # Forms that hold an address of the old kind: unspecified, loopback and compatible (RFC 4291), translated
        # (RFC 2765), translated within one network (RFC 8215).
        *("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48"),
    )
)
"""Refused whatever the interpreter's own tables say, which differ from one version to the next."""
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
            address = await _public_address(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
            # The certificate is still that of the name, and so is the Host header, which was made from it.
            request.extensions["sni_hostname"] = parts.hostname
            request.url = request.url.copy_with(host=address)
        return request


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what two addresses must share to be of one place."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port


async def _public_address(host: str, port: int) -> str:
    """An address of a name, all of whose addresses are public ones."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(_is_public(address) for address in addresses):
        raise NotFetched("address_refused", "The file's address is not a public one.", None)
    return addresses[0]


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    # Some addresses of the new kind stand for one of the old, which may be anybody's.
    inner = _inside(found) if isinstance(found, ipaddress.IPv6Address) else None
    meant = inner or found
    return meant.is_global and not meant.is_multicast and not any(meant in network for network in _CLOSED)


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


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
