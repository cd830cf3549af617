"""The proxies that deploy/ has a configuration for, each before whatever nodes a test has."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest

from proxies import Proxy, caddy, nginx
from wasl.torture.servers import Unavailable

Before = Callable[[Sequence[int]], Proxy]
"""Puts a proxy before the nodes on these ports, until the test ends."""


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def before(request: pytest.FixtureRequest) -> Iterator[Before]:
    with ExitStack() as running:

        def put(nodes: Sequence[int]) -> Proxy:
            try:
                proxy: Proxy = running.enter_context(request.param(nodes))
            except Unavailable as missing:
                pytest.skip(f"A proxy cannot be run here: {missing}")
            return proxy

        yield put
