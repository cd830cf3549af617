"""The server is killed with kill -9 over and over, under load: what was acknowledged is there, once, and nothing else.

WASL_TEST_SEED repeats a run: the seed that it used is printed.
"""

import asyncio
import itertools
from dataclasses import dataclass
from random import Random

import pytest

from promises.load import Sent, bodies_of, deliver_all
from promises.observers import Observer, caught_up, end, poll, watch
from promises.oracle import (
    check_conversations,
    check_log,
    check_messages,
    check_seen,
    check_unread,
    head_sequence,
)
from promises.replies import read_now_and_then
from promises.sockets import watch_by_socket
from story.node import Node
from story.people import Business, Operator, Outside, open_business
from wasl.settings import Settings

pytestmark = pytest.mark.anyio

KILLS = 20
MESSAGES = 20_100
SENDERS = 12


@dataclass(slots=True)
class Kills:
    """When the server dies: after random shares of the load, and a random moment more."""

    node: Node
    sent: Sent
    chance: Random
    done: int = 0

    async def run(self) -> None:
        shares = sorted(self.chance.uniform(0.01, 0.97) for _ in range(KILLS))
        for share in shares:
            while len(self.sent.acknowledged) < share * MESSAGES:
                await asyncio.sleep(0.002)
            await asyncio.sleep(self.chance.uniform(0.0, 0.04))
            self.node.kill()
            self.done += 1
            await asyncio.to_thread(self.node.start)


async def test_nothing_acknowledged_is_lost(home: Settings, mortal: Node, outside: Outside, seed: int) -> None:
    chance, sent = Random(seed), Sent()
    bakery = await open_business(home, "Cedar Bakery", "Sara", "Omar")
    sara, omar = [await outside.sign_in(person) for person in bakery.operators]
    start = (await sara.ask("GET", "/api/live-chat/events/poll"))["cursor"]
    observers = [Observer(name, start) for name in ("steady", "by header", "restless", "polling", "by socket")]

    cuts, here = [None, None, Random(chance.random()), None], itertools.repeat(mortal)
    watching = [
        asyncio.create_task(watch(observers[place], here, sara, by=("query", "header")[place % 2], cuts=cuts[place]))
        for place in range(3)
    ]
    watching.append(asyncio.create_task(poll(observers[3], here, omar)))
    watching.append(asyncio.create_task(watch_by_socket(observers[4], here, sara)))
    watching.append(asyncio.create_task(read_now_and_then([omar], Random(chance.random()))))
    kills = Kills(mortal, sent, Random(chance.random()))
    bodies = bodies_of(bakery, MESSAGES, chance)
    await asyncio.gather(deliver_all([mortal.url], bakery, bodies, sent, SENDERS), kills.run())
    await end(watching[-1:])

    head = head_sequence(home, bakery)
    await caught_up(observers, head, within_seconds=60)
    await end(watching[:-1])
    print(f"{kills.done} kills, {len(sent.acknowledged)} messages in {sent.bodies} bodies, {sent.retries} retries")
    await check_everything(home, mortal, bakery, sent, observers, [sara, omar])
    assert (kills.done, len(sent.acknowledged)) >= (20, 20_000)


async def check_everything(
    home: Settings, node: Node, bakery: Business, sent: Sent, observers: list[Observer], operators: list[Operator]
) -> None:
    assert sent.ids == sent.acknowledged
    assert [observer.put_off for observer in observers] == [0] * len(observers)
    check_messages(home, bakery, sent.acknowledged)
    log = check_log(home, bakery)
    check_seen(log, observers)
    check_conversations(home, bakery)
    for operator in operators:
        await check_unread(home, bakery, operator)
    node.check_ledger()
    assert node.stop()[0] == 0
