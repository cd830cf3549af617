"""Addresses that somebody else has named: what this server reaches and the world does not is reached by none of them.

Such an address could name anything inside our own network. So every name is looked up here, each of its addresses must
be a public one, and whoever connects does so to the address that was judged: a name that changes its mind between look
and connection wins nothing.
"""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

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


_PORTS = {"http": 80, "https": 443}
Origin = tuple[str, str, int | None]


class NotPublic(Exception):
    """A name that leads to an address inside a network, or to none."""


async def public_address(host: str, port: int) -> str:
    """An address of a name, all of whose addresses are public ones. Raises NotPublic, and OSError when nobody knows the
    name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise NotPublic(host)
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address, in digits, is the world's."""
    found = ipaddress.ip_address(address.partition("%")[0])
    # Some addresses of the new kind stand for one of the old, which may be anybody's.
    inner = _inside(found) if isinstance(found, ipaddress.IPv6Address) else None
    meant = inner or found
    return meant.is_global and not meant.is_multicast and not any(meant in network for network in _CLOSED)


def origin_of(url: str) -> Origin:
    """Scheme, host and port: what two addresses must share to be of one place."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme)


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
