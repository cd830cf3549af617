"""An operator decides about a message of which nobody knows whether it went out, and what is told of it afterwards:
whatever the order, the message shows the truth, and it leaves a second time only when somebody said so."""

from typing import Any

import pytest

from arrivals import arrival, reported, said
from attempts import Desk, claimed, die
from cast import Cast
from wasl.domain.message import MessageStatus
from wasl.domain.sending import Accepted, NotSent, Refused, SendOutcome, Unclear
from wasl.errors import Conflict, NotFound
from wasl.limits import SEND_UNKNOWN_BLOCKS_SECONDS
from wasl.store.database import Database
from wasl.store.decide import Decide
from wasl.store.journal import Journal
from wasl.store.message_row import Message

pytestmark = pytest.mark.anyio
FAILED, SENT, DELIVERED = MessageStatus.FAILED, MessageStatus.SENT, MessageStatus.DELIVERED
WHY = ("131026", "Nobody there.")
BUSY = NotSent("busy", "WhatsApp is busy.", 1.0)


class Unsettled(Desk):
    """A desk with a message whose first attempt nobody knows anything of."""

    def __init__(self, journal: Journal, database: Database, cast: Cast) -> None:
        super().__init__(journal, database, cast)
        self.message: Message

    async def lose_an_answer(self) -> None:
        self.message = await self.write("once")
        claim = await claimed(self._journal, self.message)
        await self.settle(self.message, claim.attempt, Unclear("time-out"))

    async def decide(self, *, again: bool, wait: bool = True, operator_id: int = 1) -> Message:
        if wait:
            await self.wait(SEND_UNKNOWN_BLOCKS_SECONDS + 1)
        of = self.message
        decision = Decide(self._cast.olive.id, operator_id, of.conversation_id, of.id, again)
        return await self._journal.submit(decision)

    async def told(self, status: MessageStatus, attempt: int, *, twice: bool = True, **more: Any) -> str:
        """WhatsApp tells of an attempt, twice as it likes to; the status shown then."""
        error = WHY if status is FAILED else None
        for _ in range(1 + twice):
            ours = f"m:{self.message.id}:{attempt}"
            told = reported(f"wamid.{attempt}", status, at=attempt, error=error, ours=ours)
            await self._journal.submit(arrival(self._cast, told))
        return self.status(self.message)

    async def attempt_again(self) -> int:
        return (await claimed(self._journal, self.message)).attempt

    async def finish(self, attempt: int, outcome: SendOutcome) -> str:
        await self.settle(self.message, attempt, outcome)
        return self.status(self.message)

    def settled(self) -> bool:
        """Nothing of it can leave any more."""
        return self.states() == []


@pytest.fixture
async def desk(journal: Journal, database: Database, cast: Cast) -> Unsettled:
    await journal.submit(arrival(cast, said("hello")))
    desk = Unsettled(journal, database, cast)
    await desk.lose_an_answer()
    return desk


async def test_nobody_decides_before_whatsapp_had_its_time(desk: Unsettled) -> None:
    assert '"decide_after":"20' in desk.error(desk.message)
    for again in (True, False):
        with pytest.raises(Conflict) as refused:
            await desk.decide(again=again, wait=False)
        assert refused.value.code == "not_decidable"
    assert desk.status(desk.message) == "unknown"
    await desk.wait(SEND_UNKNOWN_BLOCKS_SECONDS - 45)
    with pytest.raises(Conflict):
        await desk.decide(again=True, wait=False)


async def test_nothing_is_sent_again_once_the_window_has_closed(desk: Unsettled) -> None:
    await desk.close_window()
    with pytest.raises(Conflict) as refused:
        await desk.decide(again=True)
    assert refused.value.code == "window_closed"
    assert (desk.status(desk.message), desk.states()) == ("unknown", ["unknown"])
    await desk.decide(again=False)
    assert desk.status(desk.message) == "failed"


async def test_nobody_decides_twice(desk: Unsettled) -> None:
    await desk.decide(again=True)
    for again in (True, False):
        with pytest.raises(Conflict):
            await desk.decide(again=again)
    assert desk.states() == ["queued"]


@pytest.mark.parametrize("status", [SENT, FAILED])
async def test_nobody_decides_about_what_is_known(desk: Unsettled, status: MessageStatus) -> None:
    assert await desk.told(status, 1) == status
    for again in (True, False):
        with pytest.raises(Conflict):
            await desk.decide(again=again)
    assert desk.settled()


async def test_a_message_of_another_conversation_is_not_there(desk: Unsettled) -> None:
    desk.message.id = "msg_of_nobody"
    with pytest.raises(NotFound):
        await desk.decide(again=True)


async def test_sent_again_it_is_another_attempt_of_the_same_message(desk: Unsettled) -> None:
    shown = await desk.decide(again=True)
    assert (shown.id, shown.status, shown.error) == (desk.message.id, "queued", None)
    assert shown.metadata["sent_again"] is True
    assert desk.due() == [desk.message.sequence]
    attempt = await desk.attempt_again()
    assert attempt == 2
    assert await desk.finish(attempt, Accepted("wamid.2")) == "sent"
    assert await desk.told(DELIVERED, 2) == "delivered"
    assert desk.settled()


async def test_it_goes_before_what_waits_behind_it(desk: Unsettled) -> None:
    after = await desk.write("after")
    await desk.decide(again=True)
    assert desk.due() == [desk.message.sequence]
    await desk.finish(await desk.attempt_again(), Accepted("wamid.2"))
    assert desk.due() == [after.sequence]


@pytest.mark.parametrize("last", [SENT, DELIVERED])
async def test_what_went_out_after_all_does_not_go_out_again(desk: Unsettled, last: MessageStatus) -> None:
    """The status of the first attempt comes between the decision and the second attempt."""
    await desk.decide(again=True)
    assert await desk.told(last, 1) == last
    assert (desk.due(), desk.settled()) == ([], True)


async def test_a_frozen_sender_that_knows_better_stops_the_second_attempt(desk: Unsettled) -> None:
    await desk.decide(again=True)
    assert await desk.finish(1, Accepted("wamid.1")) == "sent"
    assert desk.settled()


@pytest.mark.parametrize("late", [BUSY, Refused("blocked", "Never."), Unclear("time-out")])
async def test_a_frozen_sender_whose_attempt_was_in_vain_changes_nothing(desk: Unsettled, late: SendOutcome) -> None:
    await desk.decide(again=True)
    assert await desk.finish(1, late) == "queued"
    attempt = await desk.attempt_again()
    assert await desk.finish(1, late) == "sending"
    assert await desk.finish(attempt, Accepted("wamid.2")) == "sent"


async def test_the_failure_of_the_first_attempt_does_not_stop_the_second(desk: Unsettled) -> None:
    await desk.decide(again=True)
    assert await desk.told(FAILED, 1) == "queued"
    attempt = await desk.attempt_again()
    assert await desk.told(FAILED, 1) == "sending"
    assert await desk.finish(attempt, Unclear("time-out")) == "unknown"
    assert await desk.told(FAILED, 1) == "unknown"
    assert await desk.told(SENT, 2) == "sent"
    assert await desk.told(FAILED, 1) == "sent"
    assert desk.settled()


async def test_the_failure_of_the_second_attempt_is_the_messages(desk: Unsettled) -> None:
    await desk.decide(again=True)
    attempt = await desk.attempt_again()
    assert await desk.finish(attempt, Accepted("wamid.2")) == "sent"
    assert await desk.told(FAILED, 2) == "failed"
    assert WHY[1] in desk.error(desk.message)
    assert desk.settled()


async def test_whichever_attempt_went_out_the_message_did(desk: Unsettled) -> None:
    """The second failed, and then it turns out that the first did not."""
    await desk.decide(again=True)
    await desk.finish(await desk.attempt_again(), Refused("blocked", "Never."))
    assert desk.status(desk.message) == "failed"
    assert await desk.told(SENT, 1) == "sent"
    assert desk.error(desk.message) is None
    assert await desk.told(FAILED, 2) == "sent"
    assert await desk.told(FAILED, 1) == "failed"
    assert await desk.told(DELIVERED, 1) == "delivered"


async def test_both_attempts_went_out(desk: Unsettled) -> None:
    await desk.decide(again=True)
    attempt = await desk.attempt_again()
    assert await desk.told(SENT, 1) == "sent"
    assert await desk.finish(attempt, Accepted("wamid.2")) == "sent"
    assert await desk.told(DELIVERED, 2) == "delivered"
    assert await desk.told(SENT, 2) == "delivered"
    assert await desk.told(FAILED, 1) == "delivered"
    assert desk.settled()


async def test_the_second_attempt_can_be_lost_as_well(desk: Unsettled, journal: Journal) -> None:
    await desk.decide(again=True)
    attempt = await desk.attempt_again()
    await die(journal)
    assert await desk.forsake() == [True]
    assert desk.status(desk.message) == "unknown"
    with pytest.raises(Conflict):
        await desk.decide(again=False, wait=False)
    await desk.decide(again=True)
    assert await desk.attempt_again() == attempt + 1


async def test_a_discarded_message_is_failed_and_never_leaves(desk: Unsettled) -> None:
    shown = await desk.decide(again=False)
    assert (shown.status, shown.error and shown.error["code"]) == ("failed", "discarded")
    assert (desk.settled(), desk.due()) == (True, [])
    with pytest.raises(Conflict):
        await desk.decide(again=True)


@pytest.mark.parametrize("status", [SENT, DELIVERED])
async def test_a_discarded_message_that_went_out_shows_it(desk: Unsettled, status: MessageStatus) -> None:
    await desk.decide(again=False)
    assert await desk.told(status, 1) == status
    assert desk.error(desk.message) is None
    assert await desk.told(FAILED, 1) == ("failed" if status is SENT else "delivered")


async def test_a_discarded_message_that_failed_tells_why(desk: Unsettled) -> None:
    await desk.decide(again=False)
    assert await desk.told(FAILED, 1) == "failed"
    assert WHY[1] in desk.error(desk.message)
    assert await desk.told(SENT, 1) == "failed"


async def test_a_frozen_sender_tells_the_truth_of_a_discarded_message(desk: Unsettled) -> None:
    await desk.decide(again=False)
    for late in (BUSY, Refused("blocked", "Never."), Unclear("time-out")):
        assert await desk.finish(1, late) == "failed"
        assert "discarded" in desk.error(desk.message)
    assert await desk.finish(1, Accepted("wamid.1")) == "sent"
    assert await desk.told(DELIVERED, 1) == "delivered"


async def test_what_it_is_called_is_what_went_out(desk: Unsettled) -> None:
    """A customer who quotes it quotes that."""
    await desk.decide(again=True)
    await desk.finish(await desk.attempt_again(), Accepted("wamid.2"))
    await desk.told(FAILED, 2)
    await desk.told(SENT, 1)
    sql = "SELECT provider_message_id FROM messages WHERE sequence = ?"
    assert desk.rows(sql, desk.message.sequence) == [("wamid.1",)]
