"""Colleagues at different nodes see each other; a node that dies takes nobody with it for longer than it must."""

import asyncio

import pytest

from promises.cluster import Cluster
from story.passing import tell_typing, tell_viewing, there, told, typing
from story.people import open_business
from story.watcher import Watcher
from story.wire import HADI, RANA, Customer, JsonObject
from wasl.limits import PRESENCE_BEAT_SECONDS, PRESENCE_GRACE_SECONDS, PRESENCE_SILENT_SECONDS

pytestmark = pytest.mark.anyio
TWO_NODES = pytest.mark.parametrize("cluster", [2], indirect=True)
BACK_SECONDS = PRESENCE_BEAT_SECONDS + 40.0
GONE_SECONDS = PRESENCE_SILENT_SECONDS + 40.0
STAYED_SECONDS = PRESENCE_SILENT_SECONDS + 10.0
"""After which somebody would be gone who had left."""


async def chat_of(cluster: Cluster, person: Customer = RANA) -> JsonObject:
    """A conversation of the bakery, begun now."""
    await cluster.outsides[0].say(cluster.bakery, person, "hello")
    return await cluster.sara[0].chat(person)


async def two_watch(cluster: Cluster) -> tuple[Watcher, Watcher]:
    """Sara watches at the first node, Omar at the second."""
    sara = await cluster.outsides[0].watcher(cluster.sara[0]).open()
    omar = await cluster.outsides[1].watcher(cluster.omar[1]).open()
    for watcher in (sara, omar):
        await until_there(watcher, {"Sara": None, "Omar": None})
    return sara, omar


async def until_there(watcher: Watcher, expected: dict[str, str | None], within_seconds: float = 30.0) -> None:
    await watcher.until(lambda: there(watcher) == expected, within_seconds)


@TWO_NODES
async def test_whichever_node_a_call_hits_every_screen_hears_of_it(cluster: Cluster) -> None:
    chat, other = await chat_of(cluster), await chat_of(cluster, HADI)
    sara, omar = await two_watch(cluster)
    # Sara's stream is at the first node, what she does arrives at the second.
    await tell_viewing(cluster.sara[1], chat)
    await tell_typing(cluster.sara[1], chat)
    for watcher in (sara, omar):  # What is said at another node is on its way: it might come after what is said here.
        await watcher.until(lambda heard=watcher: typing(heard) == [("Sara", True)])  # type: ignore[misc]
    await tell_typing(cluster.sara[0], chat, False)
    for watcher in (sara, omar):
        await until_there(watcher, {"Sara": chat["conversation_id"], "Omar": None})
        await watcher.until(lambda heard=watcher: typing(heard) == [("Sara", True), ("Sara", False)])  # type: ignore[misc]
    for place, shown in ((0, other), (1, chat), (0, None), (1, other)):
        await tell_viewing(cluster.sara[place], shown)
        for watcher in (sara, omar):
            await until_there(watcher, {"Sara": shown["conversation_id"] if shown else None, "Omar": None})
    await cluster.omar[0].ask("POST", "/api/live-chat/operator-status", json={"status": "busy"})
    for watcher in (sara, omar):
        await watcher.until(lambda heard=watcher: statuses(heard)["Omar"] == "busy")  # type: ignore[misc]
        watcher.check()


@TWO_NODES
async def test_another_account_hears_nothing_at_any_node(cluster: Cluster) -> None:
    chat = await chat_of(cluster)
    garage = await open_business(cluster.home, "Blue Garage", "Karim")
    karim = await cluster.outsides[1].sign_in(garage.operators[0])
    screens = [await outside.watcher(karim).open() for outside in cluster.outsides[1:]]
    sara, _ = await two_watch(cluster)
    await tell_viewing(cluster.sara[0], chat)
    await tell_typing(cluster.sara[0], chat)
    await tell_typing(karim, chat, expect=404)
    await tell_viewing(karim, chat, expect=404)
    await sara.until(lambda: typing(sara) == [("Sara", True)])
    await asyncio.sleep(1.0)
    for screen in screens:
        assert there(screen) == {"Karim": None}
        assert typing(screen) == []
        assert {face["name"] for data in told(screen, "presence") for face in data["operators"]} == {"Karim"}


@TWO_NODES
async def test_who_comes_to_a_node_sees_at_once_who_was_at_the_other_all_the_time(cluster: Cluster) -> None:
    chat = await chat_of(cluster)
    await cluster.outsides[0].watcher(cluster.sara[0]).open()
    await tell_viewing(cluster.sara[0], chat)
    await asyncio.sleep(1.0)
    omar = await cluster.outsides[1].watcher(cluster.omar[1]).open()
    await omar.until(lambda: told(omar, "presence"))
    first = told(omar, "presence")[0]
    assert first["whole"]
    assert {(face["name"], face["conversation_id"]) for face in first["operators"]} == {
        ("Sara", chat["conversation_id"]),
        ("Omar", None),
    }


@TWO_NODES
async def test_redis_goes_and_returns_and_so_do_the_colleagues_of_the_other_node(cluster: Cluster) -> None:
    sara, omar = await two_watch(cluster)
    cluster.redis.kill()
    await until_there(sara, {"Sara": None}, GONE_SECONDS)
    await until_there(omar, {"Omar": None}, GONE_SECONDS)
    chat = await chat_of(cluster)
    await tell_typing(cluster.sara[0], chat)  # Within a node it goes on.
    await sara.until(lambda: typing(sara) == [("Sara", True)])
    cluster.redis.start()
    for watcher in (sara, omar):
        await until_there(watcher, {"Sara": None, "Omar": None}, BACK_SECONDS)
        watcher.check()


@TWO_NODES
async def test_the_operators_of_a_node_that_died_are_soon_gone_and_come_back_elsewhere(cluster: Cluster) -> None:
    sara, omar = await two_watch(cluster)
    cluster.nodes[1].kill()
    await asyncio.sleep(PRESENCE_GRACE_SECONDS + 1)
    assert "Omar" in there(sara)
    await until_there(sara, {"Sara": None}, GONE_SECONDS)
    omar = await cluster.outsides[0].watcher(cluster.omar[0]).open(cursor=omar.cursor)
    for watcher in (sara, omar):
        await until_there(watcher, {"Sara": None, "Omar": None})
    await asyncio.to_thread(cluster.nodes[1].start)
    again = await cluster.outsides[1].watcher(cluster.omar[1]).open()
    await until_there(again, {"Sara": None, "Omar": None})


@TWO_NODES
async def test_a_node_that_stops_in_order_makes_nobody_blink(cluster: Cluster) -> None:
    sara, omar = await two_watch(cluster)
    stopping = asyncio.create_task(asyncio.to_thread(cluster.nodes[1].stop))
    await omar.until(lambda: omar.said_bye)
    omar = await cluster.outsides[0].watcher(cluster.omar[0]).open(cursor=omar.cursor)
    await stopping
    await asyncio.sleep(STAYED_SECONDS)
    assert there(sara) == there(omar) == {"Sara": None, "Omar": None}
    assert [face for data in told(sara, "presence") for face in data["operators"] if not face["online"]] == []


def statuses(watcher: Watcher) -> dict[str, str]:
    """How everybody is, as it was told last."""
    return {face["name"]: face["status"] for data in told(watcher, "presence") for face in data["operators"]}
