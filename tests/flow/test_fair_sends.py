"""One number never holds up another: neither while its provider hangs, nor while it waits for its rate."""

import asyncio
from collections.abc import AsyncIterator
from math import inf
from typing import cast as to_adapter

import pytest

from arrivals import arrival, said
from cast import Cast
from wasl.channels.adapter import Adapter
from wasl.clock import monotonic
from wasl.domain.channels import Access
from wasl.domain.identity import Party
from wasl.domain.message import Content
from wasl.domain.people import Operator
from wasl.domain.sending import Accepted, Outgoing, SendOutcome
from wasl.flow.send import Sender
from wasl.observe import Metrics
from wasl.store.database import Database, Engine
from wasl.store.journal import Journal
from wasl.store.outbox import QueueMessage
from wasl.store.pulse import Pulse
from wasl.store.team import Channel, Team

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("settings", ["sqlite"], indirect=True)]
CUSTOMERS = [Party(phone=f"96130000{place:02d}", name=f"Customer {place}") for place in range(8)]


class Provider:
    """Hangs with what comes from one number, and takes everything else."""

    def __init__(self) -> None:
        self.hanging = ""
        self.hung = 0
        self.answers = asyncio.Event()
        """Set when what hangs is taken after all."""
        self.taken: list[str] = []

    async def send(self, access: Access, outgoing: Outgoing, until: float = inf) -> SendOutcome:
        if access.phone_number_id == self.hanging:
            self.hung += 1
            await self.answers.wait()
        self.taken.append(access.phone_number_id)
        return Accepted(f"wamid.{len(self.taken)}")


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
async def sender(
    engine: Engine,
    database: Database,
    journal: Journal,
    team: Team,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Sender]:
    monkeypatch.setattr("wasl.flow.send.OUTBOX_LOOK_SECONDS", 0.02)
    monkeypatch.setattr("wasl.flow.send.SEND_STOP_SECONDS", 0.1)
    monkeypatch.setattr("wasl.flow.send.SEND_CLAIM_MAX", 3)
    monkeypatch.setattr("wasl.flow.send.SENDS_AT_ONCE", 4)
    monkeypatch.setattr("wasl.flow.send.SENDS_OF_CHANNEL_AT_ONCE", 2)
    pulse = Pulse(Database(engine, readers=1), "n1", alone=True)
    await pulse.start()
    adapters = {"meta": to_adapter(Adapter, provider)}
    sender = Sender(database, journal, team, adapters, Metrics(), pulse, nodes=lambda: 1)
    yield sender
    await sender.close()
    await pulse.close()


async def write_to_everybody(journal: Journal, database: Database, number: Channel, operator: Operator) -> None:
    for place, party in enumerate(CUSTOMERS):
        told = said(f"{number.phone_number_id}-{place}", party=party, number=number.phone_number_id)
        await journal.submit(arrival(to_adapter(Cast, None), told, channel=number))
    sql = "SELECT conversation_id, contact_id FROM conversations WHERE account_id = ?"
    for conversation_id, contact_id in database.read_now(lambda c: c.rows(sql, (number.account_id,))):
        reply = QueueMessage(number.account_id, operator, conversation_id, str(contact_id), Content.of_text("hi"))
        await journal.submit(reply)


async def until_taken(provider: Provider, number: Channel, count: int) -> None:
    async with asyncio.timeout(30):
        while provider.taken.count(number.phone_number_id) < count:
            await asyncio.sleep(0.01)


async def test_a_provider_that_hangs_holds_up_its_own_number_only(
    sender: Sender, journal: Journal, database: Database, cast: Cast, provider: Provider
) -> None:
    provider.hanging = cast.olive_number.phone_number_id
    await write_to_everybody(journal, database, cast.olive_number, cast.rana)
    await write_to_everybody(journal, database, cast.cedar_number, cast.clara)
    sender.start()
    await until_taken(provider, cast.cedar_number, len(CUSTOMERS))
    async with asyncio.timeout(30):
        while provider.hung < 2:
            await asyncio.sleep(0.01)
    assert provider.hung == 2


async def test_a_number_that_waits_for_its_rate_holds_up_itself_only(
    sender: Sender, journal: Journal, database: Database, team: Team, cast: Cast, provider: Provider
) -> None:
    await team.change_pace(cast.olive_number.id, 1)
    await write_to_everybody(journal, database, cast.olive_number, cast.rana)
    await write_to_everybody(journal, database, cast.cedar_number, cast.clara)
    began = monotonic()
    sender.start()
    await until_taken(provider, cast.cedar_number, len(CUSTOMERS))
    assert provider.taken.count(cast.olive_number.phone_number_id) <= 2 + (monotonic() - began)
    await until_taken(provider, cast.olive_number, 3)


async def test_customers_who_wait_for_their_pace_hide_nobody_behind_them(
    sender: Sender,
    journal: Journal,
    database: Database,
    cast: Cast,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wasl.flow.paces.PAIR_BURST", 1)
    for _ in range(2):
        await write_to_everybody(journal, database, cast.olive_number, cast.rana)
    await write_to_everybody(journal, database, cast.cedar_number, cast.clara)
    at_once = monotonic()
    monkeypatch.setattr("wasl.flow.paces.monotonic", lambda: at_once)
    sender.start()
    for number in (cast.cedar_number, cast.olive_number):
        await until_taken(provider, number, len(CUSTOMERS))
    await asyncio.sleep(0.1)
    assert provider.taken.count(cast.olive_number.phone_number_id) == len(CUSTOMERS)


async def test_one_that_stops_begins_nothing_in_the_place_of_what_ends_meanwhile(
    sender: Sender,
    journal: Journal,
    database: Database,
    cast: Cast,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wasl.flow.send.SENDS_OF_CHANNEL_AT_ONCE", 8)
    monkeypatch.setattr("wasl.flow.send.SEND_STOP_SECONDS", 30.0)
    provider.hanging = cast.olive_number.phone_number_id
    await write_to_everybody(journal, database, cast.olive_number, cast.rana)
    sender.start()
    async with asyncio.timeout(30):
        while provider.hung < 4:
            await asyncio.sleep(0.01)
    stopping = asyncio.create_task(sender.close())
    await asyncio.sleep(0)
    provider.answers.set()
    await stopping
    await asyncio.sleep(0.1)
    states = database.read_now(lambda c: c.rows("SELECT state FROM outbox"))
    assert (provider.hung, states) == (4, [("queued",)] * 4)
