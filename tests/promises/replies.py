"""Operators who read, and who answer: each reply is repeated under its id until some server says that it has it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import LiteralString

import httpx2
import psycopg

from promises.oracle import rows
from story.people import Business, Operator, UnexpectedStatus
from story.phone import Phones
from story.wire import Customer, JsonObject
from wasl.settings import Settings

GUESTS = [Customer(f"Caller {place}", f"96171{place:06d}") for place in range(12)]
MOVABLE = (
    "SELECT count(*) FROM outbox o WHERE o.account_id = ? AND o.state = 'queued' AND NOT EXISTS (SELECT 1"
    " FROM outbox e WHERE e.account_id = o.account_id AND e.conversation_key = o.conversation_key"
    " AND e.sequence < o.sequence)"
)
STORED = "SELECT content, status FROM messages WHERE account_id = ? AND role = 'operator'"


@dataclass(slots=True)
class Replies:
    """What was asked for, by conversation, and how often it had to be repeated."""

    asked: dict[str, list[str]] = field(default_factory=dict)
    repeats: int = 0
    twins: int = 0
    over: bool = False

    async def write(
        self,
        desks: Sequence[Operator],
        chat: JsonObject,
        chance: Random,
        count: int,
        pause_seconds: tuple[float, float] = (0.05, 0.3),
    ) -> None:
        """Write so many replies into a conversation, or until it is over: each at a random desk, some at two at once,
        with a random pause between such bounds after each.

        Both desks of such a twin must be told of one and the same message.
        """
        asked = self.asked.setdefault(chat["user_id"], [])
        for place in range(count):
            if self.over:
                return
            words = f"{chat['user_id']}: part {place:03d}"
            asked.append(words)
            while not await self._once(desks, chat, words, chance):
                self.repeats += 1
                await asyncio.sleep(0.05)
            await asyncio.sleep(chance.uniform(*pause_seconds))

    async def _once(self, desks: Sequence[Operator], chat: JsonObject, words: str, chance: Random) -> bool:
        chosen = chance.sample(desks, 2 if len(desks) > 1 and chance.random() < 0.3 else 1)
        asking = [desk.send(chat, words, client_message_id=words) for desk in chosen]
        taken = set()
        for answer in await asyncio.gather(*asking, return_exceptions=True):
            if isinstance(answer, BaseException):
                require_outage(answer)
            else:
                taken.add(answer["message"]["message_id"])
        assert len(taken) <= 1, f"{words} became two messages"
        self.twins += len(chosen) - 1
        return bool(taken)


def require_outage(answer: BaseException) -> None:
    """An operator may be told that nobody is there, or to come back later; nothing else."""
    later = isinstance(answer, UnexpectedStatus) and answer.status == 503
    if not later and not isinstance(answer, httpx2.HTTPError):
        raise answer


async def read_now_and_then(desks: Sequence[Operator], chance: Random) -> None:
    """Mark conversations as read up to somewhere, again and again at some desk, whatever becomes of the request."""
    while True:
        desk = chance.choice(desks)
        try:
            chat = chance.choice((await desk.chats(page_size=40))["chats"])
            await desk.read(chat, chance.randrange(1, chat["last_sequence"] + 1))
        except (httpx2.HTTPError, UnexpectedStatus, IndexError):
            pass  # The server was killed meanwhile, or nobody has written yet.
        await asyncio.sleep(0.05)


async def until_settled(home: Settings, business: Business, phones: Phones, within_seconds: float = 60.0) -> None:
    """Wait until every reply that can still move has moved: what was interrupted waits for its lease or a person."""
    account = int(business.account_id)

    async def at_rest() -> bool:
        await phones.remote.until_quiet(within_seconds, phone_number_id=phones.number)
        return rows(home, MOVABLE, account) == [(0,)]

    async with asyncio.timeout(within_seconds):
        while True:
            if await at_rest():
                await asyncio.sleep(0.3)
                if await at_rest():
                    return
            await asyncio.sleep(0.1)


def end_leases(home: Settings, business: Business) -> int:
    """Let the time pass that interrupted attempts are given; how many there were."""
    return _pass(home, business, "UPDATE outbox SET lease_ms = 0 WHERE account_id = %s AND state = 'sending'")


def end_waiting(home: Settings, business: Business) -> int:
    """Let the time pass for which unknown messages hold back those behind them; how many there were."""
    return _pass(home, business, "UPDATE outbox SET due_ms = 0 WHERE account_id = %s AND state = 'unknown'")


def _pass(home: Settings, business: Business, update: LiteralString) -> int:
    assert home.database_url is not None
    while True:
        try:
            with psycopg.connect(home.database_url) as connection:
                return connection.execute(update, (int(business.account_id),)).rowcount
        except psycopg.errors.DeadlockDetected:
            continue  # It takes rows as they come, in the middle of the nodes' work: theirs goes first.


async def check_sent(
    home: Settings, business: Business, phones: Phones, asked: dict[str, list[str]], left: frozenset[str]
) -> Counter[str]:
    """The provider took each reply at most once, and those of a conversation in their order; each is stored once, and
    shown as delivered exactly if the provider took it. The others may be `left` in these states."""
    accepted = await phones.words_accepted()
    assert [words for words, count in Counter(accepted).items() if count > 1] == []
    found = rows(home, STORED, int(business.account_id))
    assert sorted(words for words, _ in found) == sorted(words for part in asked.values() for words in part)
    stored: dict[str, str] = dict(found)
    assert {words for words, status in stored.items() if status == "delivered"} == set(accepted)
    other = {words: status for words, status in stored.items() if status not in {"delivered", *left}}
    assert other == {}, other
    for part in asked.values():
        mine = set(part)
        in_order = [words for words in accepted if words in mine]
        assert in_order == [words for words in part if words in set(in_order)]
    return Counter(stored.values())
