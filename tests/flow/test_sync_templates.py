"""Templates are fetched by the hour and by one node; a list that does not come takes nothing away."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast as to_adapter

import pytest

from cast import Cast
from wasl.channels.adapter import Adapter
from wasl.channels.exchange import ProviderAway
from wasl.domain.channels import Access
from wasl.domain.sending import NotSent
from wasl.domain.templates import Template
from wasl.errors import Conflict
from wasl.flow.sync_templates import TemplateKeeper
from wasl.store.database import Database, Engine
from wasl.store.duties import Duties
from wasl.store.journal import Journal
from wasl.store.pulse import Pulse
from wasl.store.team import Team
from wasl.store.templates import channel_templates, synced_ms

pytestmark = pytest.mark.anyio


def named(*names: str) -> list[Template]:
    return [Template(name, "en", "utility", "approved", None, [{"type": "BODY", "text": name}]) for name in names]


class Provider:
    """Lists what it is given, or nothing at all; remembers which numbers asked."""

    def __init__(self) -> None:
        self.listed: list[Template] | None = named("one", "two")
        self.asked: list[str] = []

    async def templates(self, access: Access) -> list[Template]:
        self.asked.append(access.phone_number_id)
        if self.listed is None:
            raise ProviderAway(NotSent("http_500", "WhatsApp did not list the templates.", 60.0))
        return self.listed


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
async def keepers(
    engine: Engine,
    database: Database,
    journal: Journal,
    team: Team,
    cast: Cast,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[list[TemplateKeeper]]:
    """Those of two nodes, which look all the time."""
    monkeypatch.setattr("wasl.flow.sync_templates.TEMPLATES_LOOK_SECONDS", 0.05)
    monkeypatch.setattr("wasl.flow.sync_templates.TEMPLATES_GATHER_SECONDS", 0.05)
    keepers, pulses = [], []
    for place in range(2):
        own = Database(engine, readers=1)
        pulses.append(Pulse(own, f"n{place}", alone=False))
        await pulses[-1].start()
        adapters = {"meta": to_adapter(Adapter, provider)}
        keepers.append(TemplateKeeper(database, journal, team, adapters, Duties(own, pulses[-1].node)))
    yield keepers
    for pulse in pulses:
        await pulse.close()


async def names(database: Database, cast: Cast) -> list[str]:
    number = cast.olive_number
    found = await database.read(lambda c: channel_templates(c, number.account_id, number.id))
    return [template.name for template in found]


async def until_asked(provider: Provider, count: int) -> None:
    async with asyncio.timeout(30):
        while len(provider.asked) < count:
            await asyncio.sleep(0.01)


async def until_named(database: Database, cast: Cast, *wanted: str) -> None:
    async with asyncio.timeout(30):
        while await names(database, cast) != list(wanted):
            await asyncio.sleep(0.01)


async def make_old(database: Database) -> None:
    """Let an hour pass for the lists."""
    sql = "UPDATE template_syncs SET tried_ms = tried_ms - 3600001, synced_ms = synced_ms - 3600001"
    await database.write(lambda c: c.run(sql))


async def test_every_list_is_fetched_once_an_hour_by_one_node(
    keepers: list[TemplateKeeper], database: Database, cast: Cast, provider: Provider
) -> None:
    for keeper in keepers:
        keeper.start()
    try:
        await until_asked(provider, 2)
        await until_named(database, cast, "one", "two")
        await asyncio.sleep(0.4)
        assert sorted(provider.asked) == ["155501", "155502"]
        await make_old(database)
        provider.listed = named("three")
        await until_asked(provider, 4)
        await until_named(database, cast, "three")
        await asyncio.sleep(0.3)
        assert len(provider.asked) == 4
    finally:
        for keeper in keepers:
            await keeper.close()


async def test_a_list_that_does_not_come_takes_nothing_away_and_is_not_asked_for_all_the_time(
    keepers: list[TemplateKeeper], database: Database, cast: Cast, provider: Provider
) -> None:
    await keepers[0].refresh(cast.olive_number)
    await make_old(database)
    before = await database.read(lambda c: synced_ms(c, cast.olive_number.id))
    provider.listed = None
    with pytest.raises(Conflict) as refused:
        await keepers[0].refresh(cast.olive_number)
    assert refused.value.code == "templates_not_listed"
    with pytest.raises(Conflict):
        await keepers[0].refresh(cast.olive_number)
    assert len(provider.asked) == 2
    assert await names(database, cast) == ["one", "two"]
    assert await database.read(lambda c: synced_ms(c, cast.olive_number.id)) == before
    provider.asked.clear()
    keepers[0].start()
    await until_asked(provider, 1)
    await asyncio.sleep(0.3)
    await keepers[0].close()
    assert provider.asked == ["155502"]


async def test_somebody_who_presses_a_button_all_the_time_asks_once(
    keepers: list[TemplateKeeper], cast: Cast, provider: Provider
) -> None:
    for _ in range(5):
        await keepers[0].refresh(cast.olive_number)
    assert provider.asked == ["155501"]


async def test_a_flock_of_webhooks_is_one_look_at_the_numbers_of_that_secret(
    keepers: list[TemplateKeeper], database: Database, cast: Cast, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.flow.sync_templates.TEMPLATES_LOOK_SECONDS", 3600.0)
    keepers[0].start()
    for _ in range(20):
        keepers[0].moved(cast.olive_number)
    await until_asked(provider, 1)  # Long before the next look.
    await until_named(database, cast, "one", "two")
    await asyncio.sleep(0.3)
    await keepers[0].close()
    assert provider.asked == ["155501"]
