"""How a webhook leaves the emulator: one post, one answer."""

from collections.abc import Awaitable, Callable, Mapping

import aiohttp
from yarl import URL

from wasl.emulator.limits import EMULATOR_CONNECTIONS_MAX

Carry = Callable[[str, bytes, Mapping[str, str], float], Awaitable[int]]
"""Post a body with its headers to an address within so many seconds: the status of the answer. Raises
aiohttp.ClientError or TimeoutError."""


class Carrier:
    """Carries over connections of its own, which belong to the event loop of the first post; `aclose` ends them."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], seconds_max: float) -> int:
        """Post once, whatever the answer is; it is not read further than its status."""
        if self._session is None:
            # The businesses are few and near: connections are kept, and no proxy stands between.
            connector = aiohttp.TCPConnector(limit=EMULATOR_CONNECTIONS_MAX)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        patience = aiohttp.ClientTimeout(total=seconds_max)
        # As it stands: Twilio signs the address too, and a tidied one would be another.
        exactly = URL(url, encoded=True)
        asking = self._session.post(exactly, data=body, headers=headers, timeout=patience, allow_redirects=False)
        async with asking as answer:
            await answer.read()
            return answer.status

    async def aclose(self) -> None:
        """Close every connection; nothing happens when there is none."""
        if self._session is not None:
            await self._session.close()
