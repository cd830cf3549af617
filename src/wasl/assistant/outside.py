"""Servers that an account has named, its model's and its tools': they lie in the world, and not inside our network.

An administrator of one account is not one of the machine, who alone says which places inside may be reached. What is
judged is what is connected to: the address goes into the request, and the name stays in its certificate and its `Host`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import httpx2

from wasl.public_address import Origin, origin_of, public_address

ANY_ORIGIN = "*"
"""In place of an origin: every place inside."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an account may send us: everywhere in the world, and to these places inside."""

    inside: frozenset[Origin] = frozenset()
    anywhere: bool = False

    @classmethod
    def of(cls, origins: Iterable[str]) -> Self:
        """By the places that whoever runs the machine has named. Raises ValueError for a port that is none."""
        named = frozenset(origins)
        return cls(frozenset(origin_of(one) for one in named - {ANY_ORIGIN}), ANY_ORIGIN in named)

    def trusts(self, url: str) -> bool:
        """Whether a server may lie anywhere."""
        # As the client reads an address, and not as another reader would: they must mean the same server.
        return self.anywhere or origin_of(str(httpx2.URL(url))) in self.inside

    async def lead(self, request: httpx2.Request) -> None:
        """Let a request go to the address that was judged. Raises NotPublic, and OSError when nobody knows the name."""
        url = request.url
        if self.trusts(str(url)):
            return
        address = await public_address(url.host, url.port or (443 if url.scheme == "https" else 80))
        request.extensions["sni_hostname"] = url.host
        request.url = url.copy_with(host=address)


ANYWHERE = Reach(anywhere=True)
"""Of whoever runs the machine."""
