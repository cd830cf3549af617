"""Attempts to send whose makers die, freeze, or learn late what became of them: never two, and the truth wins."""

import pytest

from arrivals import arrival, reacted, reported, said
from attempts import NODE, Desk, claimed, die, due_of, live
from cast import Cast
from wasl.domain.message import MessageStatus
from wasl.domain.sending import Accepted, NotSent, Refused, SendOutcome, Unclear
from wasl.limits import (
    SEND_ATTEMPTS_MAX,
    SEND_LEASE_SECONDS,
    SEND_UNKNOWN_BLOCKS_SECONDS,
    SEND_WINDOW_TRUSTED_SECONDS,
)
from wasl.store.attempts import ClaimMessage, ForsakeAttempt, ReturnClaim, forsaken_claims
from wasl.store.database import Database
from wasl.store.journal import Journal

pytestmark = pytest.mark.anyio
BUSY = NotSent("busy", "WhatsApp is busy.", 60.0)
OTHER = "n2:of the tests"


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
    await desk.wait(SEND_LEASE_SECONDS - 45)
    assert await desk.forsake() == []
    await desk.wait(50)
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


@pytest.mark.parametrize(
    ("outcome", "pauses"),
    [
        (NotSent("busy", "WhatsApp is busy.", 20.0), [20, 40, 80, 160]),
        (NotSent("131056", "Too many to this customer.", 20.0, growth=4), [20, 80, 300, 300]),
        (NotSent("190", "The token has ended.", 50.0, counts_as_attempt=False), [50, 50, 50, 50]),
    ],
    ids=["busy", "pair", "held"],
)
async def test_every_failure_that_counts_waits_longer(
    desk: Desk, journal: Journal, outcome: NotSent, pauses: list[int]
) -> None:
    message = await desk.write("one")
    for pause in pauses:
        claim = await claimed(journal, message)
        await desk.settle(message, claim.attempt, outcome)
        await desk.wait(pause - 15)
        assert desk.due() == []
        await desk.wait(15)
        assert desk.due() == [message.sequence]


async def test_what_has_been_attempted_since_it_was_found_due_is_not_claimed(desk: Desk, journal: Journal) -> None:
    message = await desk.write("one")
    claim = await claimed(journal, message)
    await desk.settle(message, claim.attempt, NotSent("131056", "Too many to this customer.", 60.0))
    assert await journal.submit(ClaimMessage(due_of(message, attempts=0), NODE)) is None
    assert (desk.status(message), desk.states()) == ("queued", ["queued"])


async def test_a_lost_claim_takes_back_no_earlier_attempt(desk: Desk, journal: Journal) -> None:
    message = await desk.write("one")
    claim = await claimed(journal, message)
    await desk.settle(message, claim.attempt, Unclear("time-out"))
    assert not await journal.submit(ReturnClaim(due_of(message, attempts=claim.attempt), NODE))
    assert (desk.status(message), desk.states()) == ("unknown", ["unknown"])


async def test_waiting_for_an_administrator_uses_up_no_attempts(desk: Desk, journal: Journal) -> None:
    message = await desk.write("one")
    for _ in range(SEND_ATTEMPTS_MAX + 1):
        claim = await claimed(journal, message)
        await desk.settle(message, claim.attempt, NotSent("190", "The token has ended.", 5.0, counts_as_attempt=False))
    claim = await claimed(journal, message)
    await desk.settle(message, claim.attempt, NotSent("131056", "Too many to this customer.", 5.0, growth=4))
    await desk.wait(5)
    assert desk.due() == [message.sequence]


async def test_what_has_waited_until_the_window_closed_does_not_leave(desk: Desk, journal: Journal) -> None:
    late, fresh = await desk.write("late"), await desk.write("fresh")
    await desk.close_window()
    await desk.age(late, SEND_WINDOW_TRUSTED_SECONDS + 1)
    await live(journal)
    assert await journal.submit(ClaimMessage(due_of(late), NODE)) is None
    assert (desk.status(late), desk.due()) == ("failed", [fresh.sequence])
    assert '"code":"window_closed"' in desk.error(late)
    # Its window was open a moment ago, when it was taken.
    await claimed(journal, fresh)


async def test_a_status_that_names_a_message_brings_what_waited_for_the_name(
    desk: Desk, journal: Journal, cast: Cast
) -> None:
    """The answer was lost; the customer's reaction comes before the first status that tells whose name it is."""
    message = await desk.write("one")
    claim = await claimed(journal, message)
    await desk.settle(message, claim.attempt, Unclear("time-out"))
    await journal.submit(arrival(cast, reacted("wamid.1", "👍", at=5)))
    await journal.submit(arrival(cast, reported("wamid.1", MessageStatus.SENT, at=4, ours=f"m:{message.id}:1")))
    [(reactions, waiting)] = desk.rows(
        "SELECT reactions, (SELECT count(*) FROM parked_updates) FROM messages WHERE sequence = ?", message.sequence
    )
    assert ("👍" in reactions, waiting) == (True, 0)
