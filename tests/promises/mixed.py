"""Operators who answer with words and with pictures between them, and what became of each of their messages."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import LiteralString

import psycopg

import samples
from promises.oracle import rows
from promises.replies import require_outage
from story.people import Business, Operator
from story.phone import Phones
from story.wire import JsonObject
from wasl.settings import Settings
from wasl.store.open import DATABASE_FILE

PICTURE_EVERY = 3
LEFT = "SELECT state FROM outbox WHERE account_id = ?"
STORED = (
    "SELECT client_message_id, status, error, message_id, conversation_key FROM messages"
    " WHERE account_id = ? AND role = 'operator'"
)


@dataclass(slots=True)
class Mixed:
    """What was asked for, by customer, under the client's own ids; and how often a person asked for one again."""

    asked: dict[str, list[str]] = field(default_factory=dict)
    again: Counter[str] = field(default_factory=Counter)

    async def write(self, desks: Sequence[Operator], chat: JsonObject, count: int, pause_seconds: float = 0.05) -> None:
        """Write so many messages to a customer, every third of them a picture, each at the next desk. What no server
        says that it has is asked for again, under its id."""
        mine = self.asked.setdefault(chat["user_id"], [])
        for place in range(len(mine), len(mine) + count):
            name = f"{chat['user_id']}-{place:03d}"
            mine.append(name)
            for turn in range(10_000):
                if await self._once(desks[(place + turn) % len(desks)], chat, name, place % PICTURE_EVERY == 1):
                    break
                await asyncio.sleep(0.05)
            await asyncio.sleep(pause_seconds)

    async def _once(self, desk: Operator, chat: JsonObject, name: str, with_picture: bool) -> bool:
        more: JsonObject = {"client_message_id": name, "force": True}
        try:
            if with_picture:
                content = samples.picture("PNG", (32 + len(name) % 7, 32))
                path = "/api/live-chat/uploads"
                upload = (await desk.ask("POST", path, params={"name": "cake.png"}, content=content))["upload"]
                more |= {"message_type": "image", "upload_id": upload["upload_id"]}
            await desk.send(chat, name, **more)
        except Exception as error:
            require_outage(error)
            return False
        return True


async def taken(phones: Phones) -> list[str]:
    """What WhatsApp took, in the order it came, by the client's ids: they stand in the words."""
    bodies = [send["body"] for send in await phones.accepted()]
    return [body["text"]["body"] if body["type"] == "text" else body["image"]["caption"] for body in bodies]


async def until_at_rest(home: Settings, business: Business, phones: Phones, within_seconds: float) -> None:
    """Wait until nothing is queued or under way: what is left waits for a person."""
    account = int(business.account_id)
    async with asyncio.timeout(within_seconds):
        while {state for (state,) in rows(home, LEFT, account)} - {"unknown"}:
            await asyncio.sleep(0.1)
        # A status may be told as late as the request was given up, and then some.
        await phones.remote.until_quiet(within_seconds, phone_number_id=phones.number)


async def check_once_and_in_order(home: Settings, business: Business, phones: Phones, mixed: Mixed) -> Counter[str]:
    """WhatsApp took each at most once, and once more for each time a person asked; in their order the first time. What
    it took is shown as delivered, whatever became of the answer; what is unknown is put before an operator."""
    counts = Counter(found := await taken(phones))
    assert {name: count for name, count in counts.items() if count > 1 + mixed.again[name]} == {}
    for mine in mixed.asked.values():
        # What a person asked for once more comes when it comes.
        steady = set(mine) - mixed.again.keys()
        first = list(dict.fromkeys(name for name in found if name in steady))
        assert first == [name for name in mine if name in set(first)], "out of order"
    stored = rows(home, STORED, int(business.account_id))
    assert sorted(row[0] for row in stored) == sorted(name for mine in mixed.asked.values() for name in mine)
    states = {name: status for name, status, *_ in stored}
    assert {name: states[name] for name in counts if states[name] != "delivered"} == {}
    assert set(states.values()) <= {"delivered", "failed", "unknown"}
    undecided = [row for row in stored if row[1] == "unknown"]
    assert [row for row in undecided if "decide_after" not in row[2]] == []
    return Counter(states.values())


async def send_all_again(home: Settings, business: Business, desk: Operator, mixed: Mixed) -> int:
    """Let a person decide about everything that is unknown: send it again; how many there were."""
    end_waits(home, business)
    undecided = [row for row in rows(home, STORED, int(business.account_id)) if row[1] == "unknown"]
    keys = "SELECT conversation_key, conversation_id FROM conversations WHERE account_id = ?"
    named: dict[int, str] = dict(rows(home, keys, int(business.account_id)))
    for name, _, _, message_id, key in undecided:
        mixed.again[name] += 1
        asked = {"conversation_id": named[key], "message_id": message_id}
        await desk.ask("POST", "/api/live-chat/send-again", json=asked)
    return len(undecided)


def end_waits(home: Settings, business: Business) -> None:
    """Let the two minutes pass for which unknown messages hold back those behind them."""
    _pass(home, business, "UPDATE outbox SET due_ms = 0 WHERE account_id = {} AND state = 'unknown'")


def end_all_leases(home: Settings, business: Business) -> None:
    """Let the time pass that attempts under way are given."""
    _pass(home, business, "UPDATE outbox SET lease_ms = 1 WHERE account_id = {} AND state = 'sending'")


def _pass(home: Settings, business: Business, update: LiteralString) -> None:
    account = int(business.account_id)
    if home.database_url is None:
        with sqlite3.connect(home.data_dir / DATABASE_FILE, timeout=5) as file:
            file.execute(update.format("?"), (account,))
        return
    while True:
        try:
            with psycopg.connect(home.database_url) as connection:
                connection.execute(update.format("%s"), (account,))
            return
        except psycopg.errors.DeadlockDetected:
            continue  # It takes rows as they come, in the middle of the nodes' work: theirs goes first.
