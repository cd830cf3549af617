"""The database does not answer while a message is on its way: what the sender knows it writes down in the end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from math import inf
from typing import Any
from typing import cast as to_any

import pytest

from arrivals import arrival, said
from cast import Cast
from wasl.channels.adapter import Adapter
from wasl.clock import monotonic
from wasl.domain.channels import Access
from wasl.domain.events import Event
from wasl.domain.message import Content
from wasl.domain.sending import NOT_BEGUN, Accepted, Outgoing, SendOutcome, Unclear
from wasl.errors import Unavailable
from wasl.flow.send import Sender
from wasl.observe import Metrics
from wasl.store.attempts import ClaimMessage, SettleAttempt
from wasl.store.database import Database, Engine
from wasl.store.journal import Change, Journal
from wasl.store.outbox import QueueMessage, due_messages
from wasl.store.pulse import Pulse
from wasl.store.team import Team

pytestmark = pytest.mark.anyio


class Provider:
    """Takes everything that comes in time, and remembers it."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def send(self, access: Access, outgoing: Outgoing, until: float = inf) -> SendOutcome:
        if monotonic() >= until:
            return NOT_BEGUN
        self.taken.append(outgoing.content.text)
        return Accepted(f"wamid.{len(self.taken)}")


class Losing(Journal):
    """Loses the answers to some changes: each is committed, or not, and the caller is told that nobody knows."""

    lost: type[Change[Any]] | None = None
    commits = True

    def submit(self, change: Change[Any]) -> "asyncio.Future[Any]":
        if self.lost is None or not isinstance(change, self.lost):
            return super().submit(change)
        self.lost = None
        return asyncio.ensure_future(self._lose(super().submit(change) if self.commits else None))

    async def _lose(self, committed: "asyncio.Future[Any] | None") -> None:
        if committed is not None:
            await committed
        raise Unavailable("lost")


@pytest.fixture
async def losing(engine: Engine, anyio_backend: str) -> AsyncIterator[Losing]:
    told: list[Callable[[Sequence[Event]], None]] = []

    def listen(events: Sequence[Event]) -> None:
        for hear in told:
            hear(events)

    losing = Losing(engine, listen, Metrics())
    losing.start()
    losing.told = told  # type: ignore[attr-defined]
    yield losing
    await losing.close()


@pytest.fixture
async def pulse(engine: Engine, anyio_backend: str) -> AsyncIterator[Pulse]:
    pulse = Pulse(Database(engine, readers=1), "n1", alone=False)
    await pulse.start()
    yield pulse
    await pulse.close()


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
async def sender(
    database: Database, losing: Losing, team: Team, provider: Provider, pulse: Pulse, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Sender]:
    monkeypatch.setattr("wasl.flow.send.OUTBOX_LOOK_SECONDS", 0.02)
    sender = Sender(database, losing, team, {"meta": to_any(Adapter, provider)}, Metrics(), pulse, nodes=lambda: 1)
    losing.told.append(sender.hear)  # type: ignore[attr-defined]
    sender.start()
    yield sender
    await sender.close()


async def write(journal: Journal, database: Database, cast: Cast, text: str) -> None:
    [(conversation_id, contact_id)] = database.read_now(
        lambda c: c.rows("SELECT conversation_id, contact_id FROM conversations")
    )
    await journal.submit(
        QueueMessage(cast.olive.id, cast.rana, conversation_id, str(contact_id), Content.of_text(text))
    )


async def until_sent(database: Database, count: int) -> None:
    sql = "SELECT count(*) FROM messages WHERE role = 'operator' AND status = 'sent'"
    async with asyncio.timeout(30):
        while await database.read(lambda c: c.rows(sql)) != [(count,)]:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("commits", [True, False], ids=["after the commit", "before the commit"])
@pytest.mark.parametrize("lost", [ClaimMessage, SettleAttempt])
async def test_a_lost_answer_neither_doubles_nor_loses_a_message(
    sender: Sender,
    losing: Losing,
    database: Database,
    cast: Cast,
    provider: Provider,
    lost: type[Change[Any]],
    commits: bool,
) -> None:
    await losing.submit(arrival(cast, said("hello")))
    losing.lost, losing.commits = lost, commits
    await write(losing, database, cast, "one")
    await write(losing, database, cast, "two")
    await until_sent(database, 2)
    assert provider.taken == ["one", "two"]
    assert database.read_now(lambda c: c.rows("SELECT state FROM outbox")) == []


async def test_a_node_that_may_be_taken_for_dead_begins_nothing(
    sender: Sender,
    losing: Losing,
    database: Database,
    cast: Cast,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await losing.submit(arrival(cast, said("hello")))
    monkeypatch.setattr(Pulse, "living_until", -inf)
    await write(losing, database, cast, "one")
    await asyncio.sleep(0.2)
    assert provider.taken == []
    assert database.read_now(lambda c: c.rows("SELECT state, attempt FROM outbox")) == [("queued", 0)]
    monkeypatch.undo()
    await until_sent(database, 1)


async def test_a_reply_does_not_wait_for_the_hour_that_a_wrong_clock_told(
    sender: Sender,
    losing: Losing,
    database: Database,
    cast: Cast,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wasl.flow.send.OUTBOX_REDATE_SECONDS", 0.02)
    await losing.submit(arrival(cast, said("hello")))
    with monkeypatch.context() as while_nothing_leaves:
        while_nothing_leaves.setattr(Pulse, "living_until", -inf)
        await write(losing, database, cast, "one")
        put_back = "UPDATE outbox SET due_ms = due_ms + 3600000, since_ms = since_ms + 3600000"
        await database.write(lambda c: c.run(put_back))
    await until_sent(database, 1)
    assert provider.taken == ["one"]


async def test_one_that_was_frozen_after_its_claim_sends_nothing_and_claims_again(
    sender: Sender,
    losing: Losing,
    database: Database,
    cast: Cast,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await losing.submit(arrival(cast, said("hello")))
    seen: list[type[Any]] = []
    plain = losing.submit

    def submit(change: Change[Any]) -> "asyncio.Future[Any]":
        seen.append(type(change))
        return plain(change)

    monkeypatch.setattr(losing, "submit", submit)
    # The time that its last sign of life gave it is over when the claim is made; a later one gives none back.
    monkeypatch.setattr(Pulse, "living", True)
    monkeypatch.setattr(Pulse, "living_until", property(lambda _: inf if SettleAttempt in seen else monotonic()))
    await write(losing, database, cast, "one")
    await until_sent(database, 1)
    assert provider.taken == ["one"]
    [(hops,)] = database.read_now(lambda c: c.rows("SELECT hops FROM messages WHERE role = 'operator'"))
    assert '"attempt":2' in hops


async def test_a_claim_that_is_lost_after_an_attempt_takes_nothing_back(
    losing: Losing, database: Database, cast: Cast, team: Team, pulse: Pulse
) -> None:
    """A message that was found due, was attempted meanwhile and became unknown is not claimed as it was found."""

    class Forgetful(Provider):
        async def send(self, access: Access, outgoing: Outgoing, until: float = inf) -> SendOutcome:
            await super().send(access, outgoing, until)
            return Unclear("time-out")

    provider = Forgetful()
    sender = Sender(database, losing, team, {"meta": to_any(Adapter, provider)}, Metrics(), pulse, nodes=lambda: 1)
    await losing.submit(arrival(cast, said("hello")))
    await write(losing, database, cast, "one")
    found = database.read_now(lambda c: due_messages(c, [], 10))
    for commits in (True, False):
        await sender._send_each(found)
        await asyncio.gather(*sender._tasks)
        losing.lost, losing.commits = ClaimMessage, commits
    assert provider.taken == ["one"]
    assert database.read_now(lambda c: c.rows("SELECT state FROM outbox")) == [("unknown",)]
