"""Statuses that name only their customer: joined to the message that fits by time, once, and never to decide whether
something left."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from arrivals import ADAM, BISAN, arrival, moved, reacted, reported, said
from attempts import claimed, due_of
from cast import Cast
from wasl.clock import now_ms
from wasl.domain.identity import Party
from wasl.domain.message import Content, MessageStatus
from wasl.domain.sending import Accepted, Refused, SendOutcome, Unclear
from wasl.domain.updates import StatusReported
from wasl.store.attempts import SettleAttempt
from wasl.store.database import Database
from wasl.store.draft import Draft
from wasl.store.journal import Journal, change_of
from wasl.store.limits import STATUS_JOIN_AFTER_SECONDS, STATUS_JOIN_BEFORE_SECONDS, STATUS_JOIN_SAME_SECONDS
from wasl.store.message_row import MESSAGE_SELECT, Json, Message
from wasl.store.outbox import QueueMessage
from wasl.store.touch import touch_message

pytestmark = pytest.mark.anyio
SENT, DELIVERED, READ, FAILED = (
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.READ,
    MessageStatus.FAILED,
)


class Monty:
    """A provider that answers sends with one name and tells of them under another."""

    def __init__(self, journal: Journal, database: Database, cast: Cast) -> None:
        self._journal, self._database, self._cast = journal, database, cast

    async def begin(self, text: str, party: Party = ADAM) -> Message:
        """An operator's message, claimed and on its way."""
        sql = (
            "SELECT c.conversation_id, c.contact_id FROM conversations c JOIN contact_identities i"
            " ON i.account_id = c.account_id AND i.contact_id = c.contact_id WHERE i.value = ?"
        )
        [(conversation_id, contact_id)] = self.rows(sql, party.phone)
        asked = (self._cast.olive.id, self._cast.rana, conversation_id, str(contact_id), Content.of_text(text))
        message = await self._journal.submit(QueueMessage(*asked))
        await claimed(self._journal, message)
        return message

    async def answer(self, message: Message, outcome: SendOutcome | None = None) -> None:
        taken = Accepted(f"guid-{message.sequence}", named_in_statuses=False)
        await self._journal.submit(SettleAttempt(due_of(message), 1, outcome or taken))

    async def send(self, text: str, party: Party = ADAM) -> Message:
        message = await self.begin(text, party)
        await self.answer(message)
        return message

    async def tell(self, name: str, status: MessageStatus, **when: Any) -> None:
        await self._journal.submit(arrival(self._cast, self.status(name, status, **when)))

    def status(
        self, name: str, status: MessageStatus, *, of: Message | None = None, after: int = 0, party: Party = ADAM
    ) -> StatusReported:
        """A status that names its customer only, of when a message was sent, or `after` so many seconds from now."""
        at = (self.sent_ms(of) if of is not None else now_ms()) // 1000 + after
        joined = Party(phone=party.phone)
        error = ("131026", "Not on WhatsApp.") if status is FAILED else None
        return replace(reported(name, status, at=0, error=error), timestamp_seconds=at, joined_by=joined)

    async def take_in(self, *updates: StatusReported) -> None:
        await self._journal.submit(arrival(self._cast, *updates))

    def shown(self, message: Message) -> Json:
        sql = f"{MESSAGE_SELECT} WHERE m.account_id = ? AND m.sequence = ?"
        [row] = self.rows(sql, message.account_id, message.sequence)
        return Message.of_row(row).as_json()

    def sent_ms(self, message: Message) -> int:
        [row] = self.rows(f"{MESSAGE_SELECT} WHERE m.account_id = 1 AND m.sequence = ?", message.sequence)
        return next(int(at) for hop, at, _ in Message.of_row(row).hops if hop == "sending")

    def status_of(self, message: Message) -> str:
        return str(self.shown(message)["status"])

    def waiting(self) -> int:
        return len(self.rows("SELECT 1 FROM parked_updates"))

    def ledger(self) -> dict[str, int]:
        names = ("received", "stored", "duplicates", "quarantined", "set_aside")
        [row] = self.rows(f"SELECT {', '.join(names)} FROM ledger WHERE account_id = ?", self._cast.olive.id)
        found = dict(zip(names, map(int, row), strict=True))
        assert found["received"] == sum(found.values()) - found["received"], found
        return found

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        return self._database.read_now(lambda c: c.rows(sql, parameters))


@pytest.fixture
async def monty(journal: Journal, database: Database, cast: Cast) -> Monty:
    at = now_ms() // 1000
    hello = [replace(said(f"in-{party.name}", party=party), timestamp_seconds=at) for party in (ADAM, BISAN)]
    await journal.submit(arrival(cast, *hello))
    return Monty(journal, database, cast)


async def test_a_status_finds_the_message_to_its_customer_and_the_ticks_say_that_they_are_guesses(monty: Monty) -> None:
    mine, other = await monty.send("to Adam"), await monty.send("to Bisan", BISAN)
    assert monty.shown(mine)["metadata"]["ticks"] == "best_effort"
    await monty.tell("wamid.1", DELIVERED)
    assert (monty.status_of(mine), monty.status_of(other)) == ("delivered", "sent")
    # From now on it is known by WhatsApp's own name, and MontyMobile's is kept for whoever must ask there.
    metadata = monty.shown(mine)["metadata"]
    assert metadata["source_message_id"] == "wamid.1"
    assert metadata["acceptance_id"] == f"guid-{mine.sequence}"
    assert metadata["ticks"] == "best_effort"
    monty.ledger()


async def test_statuses_of_the_same_name_follow_and_never_go_back(monty: Monty) -> None:
    """Seen there: `delivered` before `sent`."""
    first, second = await monty.send("one"), await monty.send("two")
    await monty.tell("wamid.1", DELIVERED, of=first)
    await monty.tell("wamid.1", SENT, of=first)
    await monty.tell("wamid.1", READ, after=STATUS_JOIN_AFTER_SECONDS * 10)
    assert (monty.status_of(first), monty.status_of(second)) == ("read", "sent")
    assert monty.ledger()["duplicates"] == 1


async def test_the_same_status_twice_changes_nothing_the_second_time(monty: Monty) -> None:
    first, second = await monty.send("one"), await monty.send("two")
    update = monty.status("wamid.1", DELIVERED, of=first)
    for _ in range(3):
        await monty.take_in(update)
    assert (monty.status_of(first), monty.status_of(second)) == ("delivered", "sent")
    assert monty.ledger()["duplicates"] == 2


async def test_messages_of_one_moment_are_told_of_in_their_order(monty: Monty) -> None:
    messages = [await monty.send(text) for text in ("one", "two", "three")]
    await monty.take_in(*(monty.status(f"wamid.{place}", DELIVERED, of=messages[0]) for place in range(2)))
    assert [monty.status_of(message) for message in messages] == ["delivered", "delivered", "sent"]
    names = [monty.shown(message)["metadata"]["source_message_id"] for message in messages]
    assert names[:2] == ["wamid.0", "wamid.1"]


async def test_what_happened_long_after_a_message_is_about_a_later_one(monty: Monty, journal: Journal) -> None:
    older, later = await monty.send("older"), await monty.send("later")

    def earlier(draft: Draft) -> None:
        """Let a minute lie between the two."""
        message = draft.message_where("m.sequence = ?", (older.sequence,))
        assert message is not None
        message.hops = [[hop, at - 60_000, detail] for hop, at, detail in message.hops]
        touch_message(draft, message, "status")

    await journal.submit(change_of(older.account_id, earlier))
    await monty.tell("wamid.2", DELIVERED, of=later)
    assert (monty.status_of(older), monty.status_of(later)) == ("sent", "delivered")
    await monty.tell("wamid.1", DELIVERED, of=older)
    assert monty.status_of(older) == "delivered"


async def test_a_customers_answer_quotes_the_message_by_the_name_that_was_joined(
    monty: Monty, journal: Journal, cast: Cast
) -> None:
    mine = await monty.send("which size?")
    await monty.tell("wamid.1", SENT)
    at = now_ms() // 1000
    await journal.submit(arrival(cast, replace(said("in-2", "small", reply_to="wamid.1"), timestamp_seconds=at)))
    [(quoted,)] = monty.rows("SELECT reply_preview FROM messages WHERE message_id = 'in-2'")
    assert orjson.loads(quoted)["message_id"] == mine.id


@pytest.mark.parametrize("after", [-STATUS_JOIN_BEFORE_SECONDS - 2, STATUS_JOIN_AFTER_SECONDS + 60])
async def test_what_happened_at_another_time_is_about_another_message(monty: Monty, after: int) -> None:
    mine = await monty.send("one")
    await monty.tell("wamid.campaign", FAILED, of=mine, after=after)
    assert (monty.status_of(mine), monty.waiting()) == ("sent", 1)
    # Nor is it joined by what is told of it later, or to what is sent later.
    await monty.tell("wamid.campaign", FAILED)
    assert (monty.status_of(mine), monty.waiting()) == ("sent", 2)
    assert monty.ledger()["set_aside"] == 2


async def test_a_status_that_is_no_news_joins_all_the_same(monty: Monty) -> None:
    """`sent` is what the answer said already; but now the message has a name, and the next status finds it."""
    first, second = await monty.send("one"), await monty.send("two")
    await monty.tell("wamid.1", SENT, of=first)
    assert monty.shown(first)["metadata"]["source_message_id"] == "wamid.1"
    await monty.tell("wamid.1", READ)
    await monty.tell("wamid.2", READ)
    assert (monty.status_of(first), monty.status_of(second)) == ("read", "read")


async def test_a_customer_who_turns_out_to_be_another_keeps_the_ticks(
    monty: Monty, journal: Journal, cast: Cast
) -> None:
    """The conversation goes on in the other one's; the message stands where it was sent."""
    mine = await monty.send("to Adam", ADAM)
    await journal.submit(arrival(cast, moved(ADAM, BISAN, at=1)))
    await monty.tell("wamid.1", READ)
    assert monty.status_of(mine) == "read"


async def test_a_status_to_somebody_else_touches_nobody(monty: Monty) -> None:
    mine = await monty.send("one")
    await monty.tell("wamid.x", FAILED, party=BISAN)
    await monty.tell("wamid.y", FAILED, party=Party(phone="4915112345678"))
    assert monty.status_of(mine) == "sent"
    assert monty.ledger()["set_aside"] == 2


async def test_what_comes_before_the_answer_waits_for_it(monty: Monty) -> None:
    message = await monty.begin("one")
    await monty.tell("wamid.1", DELIVERED)
    await monty.tell("wamid.1", SENT)
    assert (monty.status_of(message), monty.waiting()) == ("sending", 2)
    await monty.answer(message)
    assert (monty.status_of(message), monty.waiting()) == ("delivered", 0)
    assert monty.shown(message)["metadata"]["source_message_id"] == "wamid.1"
    ledger = monty.ledger()
    assert (ledger["set_aside"], ledger["duplicates"]) == (0, 1)  # `sent` after `delivered` says nothing new.


async def test_what_waits_for_an_answer_is_not_given_to_an_older_message(monty: Monty) -> None:
    older, message = await monty.send("older"), await monty.begin("one")
    await monty.tell("wamid.0", SENT, of=older)
    await monty.tell("wamid.1", READ)
    await monty.answer(message)
    assert (monty.status_of(older), monty.status_of(message)) == ("sent", "read")
    assert monty.shown(older)["metadata"]["source_message_id"] == "wamid.0"


async def test_an_old_status_that_waits_is_not_given_to_a_new_message(monty: Monty) -> None:
    await monty.tell("wamid.campaign", READ, after=-3600)
    message = await monty.send("one")
    assert (monty.status_of(message), monty.waiting()) == ("sent", 1)


async def test_whether_a_message_left_is_never_guessed_but_the_operator_is_told_what_came(monty: Monty) -> None:
    message = await monty.begin("one")
    await monty.answer(message, Unclear("the answer was lost"))
    await monty.tell("wamid.1", DELIVERED)
    shown = monty.shown(message)
    assert (shown["status"], shown["error"]["code"]) == ("unknown", "unknown_outcome")
    assert "What may be this message is delivered" in shown["error"]["message"]
    assert shown["error"]["perhaps"] == "delivered"
    assert monty.rows("SELECT state FROM outbox") == [("unknown",)]
    assert monty.waiting() == 1


async def test_the_operator_is_told_of_every_step_and_of_nothing_older(monty: Monty) -> None:
    await monty.tell("wamid.campaign", READ, after=-3600)
    message = await monty.begin("one")
    await monty.answer(message, Unclear("the answer was lost"))
    await monty.tell("wamid.campaign", READ)
    assert "may be this message" not in monty.shown(message)["error"]["message"]
    for status in (SENT, DELIVERED):
        await monty.tell("wamid.1", status)
        assert f"may be this message is {status.value}" in monty.shown(message)["error"]["message"]


async def test_what_waited_for_a_message_that_was_refused_goes_to_the_one_before(monty: Monty) -> None:
    older, message = await monty.send("older"), await monty.begin("one")
    await monty.tell("wamid.1", SENT, after=STATUS_JOIN_SAME_SECONDS + 2)  # Nearer to the one that is on its way.
    await monty.answer(message, Refused("http_400", "No."))
    await monty.tell("wamid.1", DELIVERED)
    assert (monty.status_of(older), monty.status_of(message), monty.waiting()) == ("delivered", "failed", 0)
    monty.ledger()


async def test_a_late_answer_of_an_unknown_message_takes_what_waits(monty: Monty) -> None:
    message = await monty.begin("one")
    await monty.answer(message, Unclear("the answer was lost"))
    await monty.tell("wamid.1", DELIVERED)
    await monty.answer(message)
    shown = monty.shown(message)
    assert (shown["status"], shown["error"], monty.waiting()) == ("delivered", None, 0)


async def test_a_failure_that_is_told_later_shows_its_reason(monty: Monty) -> None:
    mine = await monty.send("one")
    await monty.tell("wamid.1", FAILED)
    error = monty.shown(mine)["error"]
    assert (error["code"], error["message"]) == ("131026", "Not on WhatsApp.")
    assert monty.status_of(mine) == "failed"


async def test_a_refused_message_is_joined_to_nothing(monty: Monty) -> None:
    message = await monty.begin("one")
    await monty.answer(message, Refused("http_400", "No."))
    await monty.tell("wamid.1", DELIVERED)
    assert (monty.status_of(message), monty.waiting()) == ("failed", 1)


async def test_a_message_whose_statuses_name_it_is_never_taken_for_another(monty: Monty) -> None:
    """MontyMobile might answer with WhatsApp's own id one day: then nothing has to be guessed."""
    message = await monty.begin("one")
    await monty.answer(message, Accepted("wamid.own"))
    await monty.tell("wamid.other", READ)
    assert (monty.status_of(message), monty.waiting()) == ("sent", 1)
    await monty.tell("wamid.own", DELIVERED)
    assert monty.status_of(message) == "delivered"
    assert "ticks" not in monty.shown(message)["metadata"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_looking_for_a_status_reads_no_more_than_the_newest_messages(monty: Monty) -> None:
    where = "WHERE m.account_id = ? AND m.conversation_key = ? ORDER BY m.clock DESC, m.sequence DESC LIMIT ?"
    plan = " ".join(str(tuple(row)) for row in monty.rows(f"EXPLAIN QUERY PLAN {MESSAGE_SELECT} {where}", 1, 1, 50))
    assert "USING INDEX messages_page" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("first", ["answer", "status"])
async def test_a_reaction_waits_for_the_status_that_tells_the_messages_name(
    monty: Monty, journal: Journal, cast: Cast, first: str
) -> None:
    message = await monty.begin("one")
    await journal.submit(arrival(cast, reacted("wamid.1", "👍", at=5)))
    if first == "answer":
        await monty.answer(message)
    await monty.tell("wamid.1", DELIVERED, of=message)
    if first == "status":
        await monty.answer(message)
    [(status, reactions)] = monty.rows("SELECT status, reactions FROM messages WHERE sequence = ?", message.sequence)
    assert (status, "👍" in reactions) == ("delivered", True)
    assert monty.rows("SELECT count(*) FROM parked_updates") == [(0,)]
