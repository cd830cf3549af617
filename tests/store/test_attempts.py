"""Attempts to send whose makers die, freeze, or learn late what became of them: never two, and the truth wins."""

from typing import Any

import pytest

from arrivals import arrival, said
from attempts import NODE, claimed, die, due_of, live
from cast import Cast
from wasl.domain.message import MessageStatus
from wasl.domain.sending import Accepted, NotSent, Refused, SendOutcome, Unclear
from wasl.limits import SEND_LEASE_SECONDS, SEND_UNKNOWN_BLOCKS_SECONDS
from wasl.store.attempts import ClaimMessage, ForsakeAttempt, ReturnClaim, SettleAttempt, forsaken_claims
from wasl.store.database import Database
from wasl.store.draft import Draft
from wasl.store.journal import Journal, change_of
from wasl.store.message_row import Message
from wasl.store.outbox import QueueMessage, due_messages

pytestmark = pytest.mark.anyio
BUSY = NotSent("busy", "WhatsApp is busy.", 60.0)
OTHER = "n2:of the tests"


class Desk:
    """Rana's replies to Adam, and the outbox as every node sees it."""

    def __init__(self, journal: Journal, database: Database, cast: Cast) -> None:
        self._journal, self._database, self._cast = journal, database, cast

    async def write(self, text: str) -> Message:
        sql = "SELECT conversation_id, contact_id FROM conversations WHERE account_id = ?"
        [(conversation_id, contact_id)] = self.rows(sql, self._cast.olive.id)
        olive, rana = self._cast.olive.id, self._cast.rana
        return await self._journal.submit(QueueMessage(olive, rana, conversation_id, str(contact_id), text))

    async def settle(self, message: Message, attempt: int, outcome: SendOutcome) -> MessageStatus | None:
        return await self._journal.submit(SettleAttempt(due_of(message), attempt, outcome))

    async def forsake(self) -> list[bool]:
        """What every node does once a second."""
        found = self._database.read_now(forsaken_claims)
        return [await self._journal.submit(ForsakeAttempt(due, attempt)) for due, attempt in found]

    def due(self) -> list[int]:
        return [due.sequence for due in self._database.read_now(lambda c: due_messages(c, [], 50))]

    def status(self, message: Message) -> str:
        [(status,)] = self.rows("SELECT status FROM messages WHERE sequence = ? AND account_id = 1", message.sequence)
        return str(status)

    def states(self) -> list[str]:
        return [state for (state,) in self.rows("SELECT state FROM outbox ORDER BY sequence")]

    async def wait(self, seconds: int) -> None:
        """Let this time pass for the outbox."""

        def earlier(draft: Draft) -> None:
            about = (seconds * 1000, seconds * 1000)
            draft.connection.run("UPDATE outbox SET due_ms = due_ms - ?, lease_ms = lease_ms - ?", about)

        await self._journal.submit(change_of(0, earlier))

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        return self._database.read_now(lambda c: c.rows(sql, parameters))


@pytest.fixture
async def desk(journal: Journal, database: Database, cast: Cast) -> Desk:
    await journal.submit(arrival(cast, said("hello")))
    return Desk(journal, database, cast)


async def test_one_node_has_the_attempt(desk: Desk, journal: Journal) -> None:
    message = await desk.write("one")
    await live(journal, OTHER)
    await claimed(journal, message)
    assert await journal.submit(ClaimMessage(due_of(message), OTHER)) is None
    assert desk.due() == []


async def test_a_node_that_is_dead_to_the_others_begins_nothing(desk: Desk, journal: Journal) -> None:
    message = await desk.write("one")
    assert await journal.submit(ClaimMessage(due_of(message), "n9:never heard of")) is None
    assert desk.due() == [message.sequence]


async def test_an_attempt_of_a_living_node_is_left_to_it_until_its_lease_ends(desk: Desk, journal: Journal) -> None:
    message = await desk.write("one")
    await claimed(journal, message)
    assert await desk.forsake() == []
    await desk.wait(SEND_LEASE_SECONDS - 5)
    assert await desk.forsake() == []
    await desk.wait(10)
    assert await desk.forsake() == [True]
    assert desk.status(message) == "unknown"


async def test_an_attempt_of_a_dead_node_is_given_up_at_once(desk: Desk, journal: Journal) -> None:
    message, after = await desk.write("one"), await desk.write("two")
    await claimed(journal, message)
    await die(journal)
    assert await desk.forsake() == [True]
    assert (desk.status(message), desk.due()) == ("unknown", [])
    assert await desk.forsake() == []
    await desk.wait(SEND_UNKNOWN_BLOCKS_SECONDS + 1)
    assert desk.due() == [after.sequence]


async def test_who_comes_back_in_between_is_not_given_up(desk: Desk, journal: Journal, database: Database) -> None:
    message = await desk.write("one")
    await claimed(journal, message)
    await die(journal)
    [(due, attempt)] = database.read_now(forsaken_claims)
    await live(journal)
    assert not await journal.submit(ForsakeAttempt(due, attempt))
    assert desk.status(message) == "sending"


@pytest.mark.parametrize(
    ("outcome", "status", "states"),
    [
        (Accepted("wamid.1"), "sent", []),
        (Refused("blocked", "Never."), "failed", []),
        (BUSY, "queued", ["queued"]),
        (Unclear("time-out"), "unknown", ["unknown"]),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str | list) else "",
)
async def test_what_a_frozen_node_tells_late_is_still_the_truth(
    desk: Desk, journal: Journal, outcome: SendOutcome, status: str, states: list[str]
) -> None:
    message = await desk.write("one")
    claim = await claimed(journal, message)
    await die(journal)
    await desk.forsake()
    await desk.settle(message, claim.attempt, outcome)
    assert (desk.status(message), desk.states()) == (status, states)


async def test_what_did_not_leave_in_time_never_overtakes(desk: Desk, journal: Journal) -> None:
    """The message behind it has left meanwhile: it must not follow by itself."""
    message, after = await desk.write("one"), await desk.write("two")
    claim = await claimed(journal, message)
    await die(journal)
    await desk.forsake()
    await desk.wait(SEND_UNKNOWN_BLOCKS_SECONDS + 1)
    await claimed(journal, after, OTHER)
    await desk.settle(message, claim.attempt, BUSY)
    assert (desk.status(message), desk.states()) == ("failed", ["sending"])


async def test_only_the_attempt_that_is_spoken_of_is_settled(desk: Desk, journal: Journal) -> None:
    message = await desk.write("one")
    first = await claimed(journal, message)
    await desk.settle(message, first.attempt, BUSY)
    await desk.wait(61)
    second = await claimed(journal, message, OTHER)
    assert (first.attempt, second.attempt) == (1, 2)
    for late in (Refused("blocked", "Never."), BUSY, Unclear("time-out")):
        await desk.settle(message, first.attempt, late)
        assert desk.status(message) == "sending"


async def test_a_claim_whose_answer_was_lost_is_given_back(desk: Desk, journal: Journal) -> None:
    message = await desk.write("one")
    claim = await claimed(journal, message)
    assert not await journal.submit(ReturnClaim(due_of(message), OTHER))
    assert await journal.submit(ReturnClaim(due_of(message), NODE))
    assert (desk.status(message), desk.due()) == ("queued", [message.sequence])
    assert not await journal.submit(ReturnClaim(due_of(message), NODE))
    again = await claimed(journal, message)
    assert again.attempt == claim.attempt + 1
