"""The assistant on several nodes: whichever of them is killed, and at whichever step, each burst gets one answer."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from assistant.wire_server import Says, WireServer, fails, reply, wire_server
from promises.cluster import Cluster, until
from promises.oracle import rows
from story.assistants import API, HOURS_EN, employ
from story.node import Node
from story.wire import Customer, text
from wasl.limits import NODE_SILENT_SECONDS_MAX
from wasl.store.limits import TURN_ATTEMPTS_MAX

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("cluster", [2], indirect=True)]

PERSON_WISHES = (
    "I want to talk to a real person please",
    "Je voudrais parler à un humain svp",
    "بدي احكي مع موظف",
    "badde e7ke ma3 7ada please",
)
WITHIN_SECONDS = NODE_SILENT_SECONDS_MAX + 50.0
ANSWERED = (
    "SELECT c.conversation_id, count(*) FROM messages m JOIN conversations c ON c.account_id = m.account_id"
    " AND c.conversation_key = m.conversation_key WHERE m.role = 'bot' GROUP BY c.conversation_id"
)


@pytest.fixture
async def model() -> AsyncIterator[WireServer]:
    async with wire_server() as server:
        yield server


async def at_work(cluster: Cluster, model: WireServer | None = None, **more: Any) -> None:
    """Employ the assistant, and wait until every node knows of it."""
    terms: dict[str, Any] = {"model": {"base_url": model.url, "name": "invented-1"}} if model else {}
    await employ(cluster.sara[0], **terms, **more)
    async with asyncio.timeout(WITHIN_SECONDS):
        for desk in cluster.sara:
            while (await desk.ask("GET", f"{API}/assistant/settings"))["account"]["settings"].get("mode") != "auto":
                await asyncio.sleep(0.05)


def guests(count: int) -> list[Customer]:
    return [Customer(f"Guest {place}", f"961715550{place:02d}") for place in range(count)]


def answers(cluster: Cluster) -> dict[str, int]:
    """How many answers each conversation has."""
    return dict(rows(cluster.home, ANSWERED))


def thinking_node(cluster: Cluster) -> Node | None:
    """The node that makes an answer now."""
    held = rows(cluster.home, "SELECT node FROM turns WHERE state = 'thinking'")
    names = [name.partition(":")[0] for (name,) in held]
    return cluster.nodes[int(names[0].removeprefix("node-"))] if names else None


async def test_every_burst_gets_one_answer_whichever_node_hears_of_it(cluster: Cluster) -> None:
    # So long that no pause of the machine is taken for the end of a burst.
    await at_work(cluster, quiet_seconds=4.0, burst_seconds=30.0)
    people = guests(12)

    async def write(place: int, guest: Customer) -> None:
        for turn, words in enumerate(("hello", "one question", "when are you open?")):
            await cluster.outsides[(place + turn) % 2].say(cluster.bakery, guest, words)

    await asyncio.gather(*(write(place, guest) for place, guest in enumerate(people)))
    await until(lambda: len(answers(cluster)) == len(people), WITHIN_SECONDS)
    await asyncio.sleep(2.0)
    assert answers(cluster) == {cluster.bakery.conversation_id(guest): 1 for guest in people}
    assert rows(cluster.home, "SELECT * FROM turns") == []


async def test_what_one_node_is_taught_the_other_says(cluster: Cluster) -> None:
    await at_work(cluster)
    [first, second] = guests(2)
    await cluster.outsides[1].say(cluster.bakery, first, "when are you open?")
    await until(lambda: len(answers(cluster)) == 1, WITHIN_SECONDS)
    entries = (await cluster.sara[0].ask("GET", f"{API}/knowledge/entries"))["entries"]
    entry = next(entry for entry in entries if entry["question"] == "When are you open?")
    asked = {name: entry[name] for name in ("question", "phrasings", "topic", "version")}
    changed = asked | {"answers": {"en": "From nine to eight, since June."}}
    await cluster.sara[0].ask("PUT", f"{API}/knowledge/entries/{entry['entry_id']}", json=changed)
    await cluster.outsides[1].say(cluster.bakery, second, "when are you open?")
    await until(lambda: len(answers(cluster)) == 2, WITHIN_SECONDS)
    said = [text for (text,) in rows(cluster.home, "SELECT content FROM messages WHERE role = 'bot' ORDER BY sequence")]
    assert said == [HOURS_EN, "From nine to eight, since June."]


async def begun(cluster: Cluster, model: WireServer, guest: Customer) -> tuple[int, asyncio.Event]:
    """Let a guest ask something that the model thinks about until it is told to answer; the place of the node that does
    not, and what tells it."""
    thought = asyncio.Event()
    model.will(Says(reply("Until six."), until=thought))
    await cluster.outsides[0].say(cluster.bakery, guest, "when are you open?")
    await model.until_asked()
    node = thinking_node(cluster)
    assert node is not None
    return 1 - cluster.nodes.index(node), thought


async def is_over(cluster: Cluster, thought: asyncio.Event) -> None:
    """Let the model answer now, and wait until nobody waits for the assistant, and somewhat longer."""
    thought.set()
    await until(lambda: rows(cluster.home, "SELECT * FROM turns") == [], WITHIN_SECONDS)
    await asyncio.sleep(1.5)


async def test_whoever_takes_over_at_the_other_node_is_not_talked_over(cluster: Cluster, model: WireServer) -> None:
    await at_work(cluster, model)
    [guest] = guests(1)
    other, thought = await begun(cluster, model, guest)
    await cluster.omar[other].move("takeover", await cluster.omar[other].chat(guest))
    await is_over(cluster, thought)
    assert answers(cluster) == {}
    assert (await cluster.sara[1 - other].chat(guest))["status"] == "human"


async def test_whoever_answers_on_the_phone_is_not_talked_over(cluster: Cluster, model: WireServer) -> None:
    await at_work(cluster, model)
    [guest] = guests(1)
    (other, thought), number = await begun(cluster, model, guest), cluster.bakery.number
    echo = {**text(guest, "From nine"), "from": number.display, "to": guest.phone}
    echoes = {"field": "smb_message_echoes", "value": number.value(message_echoes=[echo])}
    await cluster.outsides[other].tell(number, echoes)
    await is_over(cluster, thought)
    assert answers(cluster) == {}
    assert (await cluster.sara[1 - other].chat(guest))["status"] == "human"


async def test_whoever_writes_on_to_the_other_node_gets_one_answer_to_all(cluster: Cluster, model: WireServer) -> None:
    await at_work(cluster, model)
    [guest] = guests(1)
    other, thought = await begun(cluster, model, guest)
    await cluster.outsides[other].say(cluster.bakery, guest, "on Sundays I mean")
    await is_over(cluster, thought)
    assert answers(cluster) == {cluster.bakery.conversation_id(guest): 1}
    assert model.asked[-1].words == "when are you open?\non Sundays I mean"


async def test_what_is_edited_at_the_other_node_is_answered_as_it_reads_now(
    cluster: Cluster, model: WireServer
) -> None:
    await at_work(cluster, model)
    [guest] = guests(1)
    (other, thought), number = await begun(cluster, model, guest), cluster.bakery.number
    [(asked,)] = rows(cluster.home, "SELECT message_id FROM messages WHERE role = 'user'")
    words = {"message": {"type": "text", "text": {"body": "on Sundays?"}}}
    edit = {**text(guest, ""), "type": "edit", "edit": {"original_message_id": asked, **words}}
    await cluster.outsides[other].tell(number, number.said([edit], guest))
    await is_over(cluster, thought)
    assert answers(cluster) == {cluster.bakery.conversation_id(guest): 1}
    assert model.asked[-1].words == "on Sundays?"


async def test_who_cannot_be_answered_waits_in_the_queue_of_every_node(cluster: Cluster, model: WireServer) -> None:
    """The model is down, and some want a person anyhow: all nodes show the same order with the same reasons."""
    await at_work(cluster, model)
    model.otherwise = fails(503)
    people = guests(5)
    wishes = ("when are you open?", *PERSON_WISHES)
    for place, (guest, words) in enumerate(zip(people, wishes, strict=True)):
        await cluster.outsides[place % 2].say(cluster.bakery, guest, words)

    async def queues() -> list[list[tuple[str, str]]]:
        found = [await desk.queue() for desk in (*cluster.sara, *cluster.omar)]
        return [[(row["user_name"], row["handover_reason"]) for row in queue] for queue in found]

    async with asyncio.timeout(WITHIN_SECONDS):
        while any(len(queue) < len(people) for queue in await queues()):
            await asyncio.sleep(0.1)
    first, *others = await queues()
    assert others == [first] * 3
    assert dict(first) == {people[0].name: "failed"} | {guest.name: "asked" for guest in people[1:]}
    assert answers(cluster) == {cluster.bakery.conversation_id(guest): 1 for guest in people}, "each is told once"


async def test_killed_while_the_model_thinks(cluster: Cluster, model: WireServer) -> None:
    await at_work(cluster, model)
    model.will(Says(reply("Until six."), wait_seconds=60.0))
    [guest] = guests(1)
    await cluster.outsides[0].say(cluster.bakery, guest, "when are you open?")
    await model.until_asked()
    node = thinking_node(cluster)
    assert node is not None
    node.kill()
    await until(lambda: answers(cluster) != {}, WITHIN_SECONDS)
    await asyncio.to_thread(node.start)
    await asyncio.sleep(3.0)
    assert answers(cluster) == {cluster.bakery.conversation_id(guest): 1}
    assert len(model.asked) == 2


async def test_killed_at_any_step(cluster: Cluster, model: WireServer, seed: int) -> None:
    """From the claim to the commit and the send: at some moment of it the node that does it dies."""
    await at_work(cluster, model)
    model.otherwise = Says(reply("Until six.", entry_ids=[1]), wait_seconds=0.2)
    chance, people, heard_by = Random(seed), guests(6), 0
    for guest in people:
        asked = len(model.asked)
        await cluster.outsides[heard_by].say(cluster.bakery, guest, "when are you open?")
        await model.until_asked(asked + 1)
        await asyncio.sleep(chance.uniform(0.0, 0.4))
        node = thinking_node(cluster) or chance.choice(cluster.nodes)
        node.kill()
        heard_by = 1 - cluster.nodes.index(node)  # The lines to the other one are whole.
        await asyncio.to_thread(node.start)
    everyone = {cluster.bakery.conversation_id(guest) for guest in people}
    await until(lambda: answers(cluster).keys() == everyone, WITHIN_SECONDS * TURN_ATTEMPTS_MAX)
    await until(lambda: rows(cluster.home, "SELECT * FROM turns") == [], WITHIN_SECONDS)
    await asyncio.sleep(2.0)
    assert answers(cluster) == dict.fromkeys(everyone, 1)
