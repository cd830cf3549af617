"""How often a file is asked for that is not where its provider said it was."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from arrivals import arrival, said
from cast import Cast
from wasl.channels.adapter import Download, NotFetched
from wasl.channels.providers.meta import Meta
from wasl.domain.channels import Access
from wasl.domain.message import MessageType
from wasl.flow.fetch_media import MediaFetcher
from wasl.observe import Metrics
from wasl.store.database import Database, Engine
from wasl.store.journal import Journal
from wasl.store.pulse import Pulse
from wasl.store.team import Team

pytestmark = pytest.mark.anyio


class Forgetful(Meta):
    """A provider that always names an address where nothing is."""

    def __init__(self, attempts_max: int | None) -> None:
        super().__init__(cast(Any, None), cast(Any, None))
        self.asked = 0
        self._attempts_max = attempts_max

    @asynccontextmanager
    async def fetch(self, access: Access, media: Mapping[str, Any]) -> AsyncIterator[Download]:
        self.asked += 1
        yield self._missing()

    def _missing(self) -> Download:
        raise NotFetched("http_404", "It is not there.", 0.001, self._attempts_max)


@pytest.mark.parametrize(("attempts_max", "asked"), [(4, 4), (1, 1), (None, 6)])
async def test_it_is_given_up_after_as_many_attempts_as_its_provider_is_worth(
    attempts_max: int | None,
    asked: int,
    engine: Engine,
    database: Database,
    journal: Journal,
    team: Team,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wasl.flow.fetch_media.MEDIA_LOOK_SECONDS", 0.01)
    monkeypatch.setattr("wasl.flow.fetch_media.MEDIA_ATTEMPTS_MAX", 6)
    await journal.submit(arrival(cast, said("one", "", kind=MessageType.IMAGE, media={"id": "m-1"})))
    pulse = Pulse(Database(engine, readers=1), "n0", alone=False)
    await pulse.start()
    provider, nothing = Forgetful(attempts_max), _nothing()
    fetcher = MediaFetcher(database, journal, team, {"meta": provider}, nothing, nothing, pulse, Metrics())
    fetcher.start()
    try:
        async with asyncio.timeout(30):
            while await database.read(lambda c: c.rows("SELECT state FROM media_jobs")) != [("failed",)]:
                await asyncio.sleep(0.01)
    finally:
        await fetcher.close()
        await pulse.close()
    assert provider.asked == asked


def _nothing() -> Any:
    """Where files would be kept and looked at, if any came."""
    return None
