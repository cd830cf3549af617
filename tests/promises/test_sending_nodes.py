"""Operators answer through every node, and every node looks at the outbox: WhatsApp takes each reply once, in order.

WASL_TEST_SEED repeats a run: the seed that it used is printed.
"""

import asyncio
from random import Random

import pytest

from promises.cluster import Cluster, Crowd, Load, telephony, until
from promises.observers import end
from promises.oracle import rows
from promises.replies import GUESTS, Replies, check_sent, end_leases, end_waiting, until_settled
from promises.verdict import check_whole
from story.node import Node
from story.phone import Phones
from wasl.limits import NODE_PULSE_SECONDS, NODE_SILENT_SECONDS_MAX

pytestmark = pytest.mark.anyio

REPLIES = 10
KILLS = 3
BURIED_SECONDS_MAX = NODE_SILENT_SECONDS_MAX + 3 * NODE_PULSE_SECONDS + 20.0
LOST_ANSWERS = {"ending": "lose_reply", "times": None, "chance": 0.1}
"""WhatsApp takes the message, and its answer never comes: only a status tells of it."""
BUSY = {"ending": "refuse", "code": 131016, "times": 6, "chance": 0.1}
"""WhatsApp did not take it and says so: it is tried again, and whatever is behind it in line waits for it."""
SLOW = {"ending": "hang", "hold_seconds": 0.3, "times": None, "chance": 0.3}
"""So that something is under way whenever a node dies."""
DROPPED = {"ending": "drop", "times": None, "chance": 0.05}
"""WhatsApp does not take it, and nobody can know."""


async def test_every_node_sends_and_none_twice(cluster: Cluster, seed: int) -> None:
    chance, replies, number = Random(seed), Replies(), cluster.bakery.number.phone_number_id
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    async with telephony(cluster) as phones:
        await phones.behave(sends=[LOST_ANSWERS, BUSY])
        writing = await begin_to_answer(cluster, phones, replies, load, chance)
        load.begin()
        await asyncio.gather(*writing)
        await load.end()
        await until_settled(cluster.home, cluster.bakery, phones)
        states = await check_sent(cluster.home, cluster.bakery, phones, replies.asked, frozenset())
        refused = [send for send in await phones.remote.refused() if send["phone_number_id"] == number]
    print(f"{states}, {replies.twins} asked for at two nodes at once, {replies.repeats} repeats")
    await check_whole(cluster, crowd, load)
    assert rows(cluster.home, "SELECT count(*) FROM outbox") == [(0,)]
    # Each node had its share, and all of them together made one attempt for each reply, and one after each refusal.
    attempts = [attempts_of(node.figures()) for node in cluster.nodes]
    assert (min(attempts) > 0, sum(attempts)) == (True, len(GUESTS) * REPLIES + len(refused)), attempts
    assert refused
    assert replies.twins > 0


async def test_a_node_dies_while_it_sends(cluster: Cluster, seed: int) -> None:
    """What it had under way is settled by its status, or unknown; it is never sent again, and nothing overtakes it."""
    chance, replies = Random(seed), Replies()
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    async with telephony(cluster) as phones:
        # The first one for certain: chance alone may spare all of them.
        await phones.behave(sends=[{**DROPPED, "times": 1, "chance": 1.0}, SLOW, DROPPED])
        writing = await begin_to_answer(cluster, phones, replies, load, chance)
        load.begin()
        passing = asyncio.create_task(let_minutes_pass(cluster))
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.1, 0.5))
            node = chance.choice(cluster.nodes)
            node.kill()
            await asyncio.to_thread(node.start)
        await asyncio.gather(*writing)
        await load.end()
        await until_settled(cluster.home, cluster.bakery, phones)
        interrupted = end_leases(cluster.home, cluster.bakery)
        await until(lambda: rows(cluster.home, "SELECT count(*) FROM outbox WHERE state <> 'unknown'") == [(0,)])
        await until_settled(cluster.home, cluster.bakery, phones)
        await end([passing])
        states = await check_sent(cluster.home, cluster.bakery, phones, replies.asked, frozenset(("unknown",)))
    print(f"{states}, {interrupted} interrupted, {replies.repeats} repeats")
    await check_whole(cluster, crowd, load)
    assert states["unknown"] > 0


async def test_a_node_that_was_taken_for_dead_comes_back(cluster: Cluster, seed: int) -> None:
    """It stands still with messages in hand until the others have buried it. When it goes on, it sends none of them:
    the next of their conversations have left meanwhile."""
    chance, replies = Random(seed), Replies()
    crowd, load = Crowd(cluster), Load(cluster, chance)
    await crowd.gather(chance)
    node = cluster.nodes[-1]
    async with telephony(cluster) as phones:
        await phones.behave(sends=[SLOW])
        writing = await begin_to_answer(cluster, phones, replies, load, chance, count=10 * REPLIES)
        load.begin()
        passing = asyncio.create_task(let_minutes_pass(cluster))
        await freeze_before_sending(cluster, phones, node)
        await until(lambda: any(other.lines("node is gone") for other in cluster.nodes), BURIED_SECONDS_MAX)
        await load.messages(20)
        node.thaw()
        replies.over = True
        await asyncio.gather(*writing)
        await load.end()
        await until_settled(cluster.home, cluster.bakery, phones)
        await end([passing])
        # What it had claimed and not begun is known not to have left.
        states = await check_sent(cluster.home, cluster.bakery, phones, replies.asked, frozenset(("failed",)))
    print(f"{states}, {replies.repeats} repeats")
    await check_whole(cluster, crowd, load)


async def freeze_before_sending(cluster: Cluster, phones: Phones, node: Node) -> None:
    """Freeze a node at a moment at which it has claimed a reply and not sent it yet; the moment is looked for."""
    name = f"node-{cluster.nodes.index(node)}:%"
    claimed = (
        "SELECT m.content FROM outbox o JOIN messages m ON m.account_id = o.account_id AND m.sequence = o.sequence"
        " WHERE o.state = 'sending' AND o.node LIKE ?"
    )
    for _ in range(500):
        node.freeze()
        await asyncio.sleep(0.05)  # What had left has arrived by then.
        mine = {words for (words,) in rows(cluster.home, claimed, name)}
        if mine - set(await phones.words_accepted()):
            return
        node.thaw()
        await asyncio.sleep(0.02)
    raise AssertionError("it never stood between a claim and its request")


async def let_minutes_pass(cluster: Cluster) -> None:
    """What is unknown holds its conversation back for two minutes; here they pass at once."""
    while True:
        await asyncio.to_thread(end_waiting, cluster.home, cluster.bakery)
        await asyncio.sleep(0.3)


async def begin_to_answer(
    cluster: Cluster, phones: Phones, replies: Replies, load: Load, chance: Random, count: int = REPLIES
) -> list[asyncio.Task[None]]:
    """Let guests write through WhatsApp, and Sara and Omar answer each of them through all nodes."""
    load.sent.ids.update(ids := [await phones.write("hello", guest) for guest in GUESTS])
    load.sent.note(ids)
    chats = [await cluster.sara[0].chat(guest) for guest in GUESTS]
    desks = [*cluster.sara, *cluster.omar]
    own = [Random(chance.random()) for _ in chats]
    return [
        asyncio.create_task(replies.write(desks, chat, chance, count)) for chat, chance in zip(chats, own, strict=True)
    ]


def attempts_of(figures: dict[str, float]) -> int:
    """How many attempts to send a node made, whatever became of them."""
    return int(sum(value for name, value in figures.items() if name.startswith("wasl_sends_total")))
