"""The server is killed while files are on their way: each is fetched in the end, and each message leaves once."""

import asyncio

import pytest

import samples
from promises.cluster import Cluster, until
from promises.test_kill_while_sending import bakery, phones
from story.node import Node
from story.people import Business, Operator, Outside
from story.phone import Phones
from story.test_files import send_file, uploads_of
from story.wire import JsonObject
from wasl.emulator.remote import RemoteEmulator
from wasl.settings import Settings
from wasl.store.open import open_engine

__all__ = ["bakery", "phones"]
pytestmark = pytest.mark.anyio
KNOWN_WITHIN_SECONDS = 60.0
"""A node that returns under its name is believed to have died after some seconds; more than that is too long."""


async def until_ready(operator: Operator, within_seconds: float = KNOWN_WITHIN_SECONDS) -> JsonObject:
    """Wait until the newest message of the conversation shows its file."""
    async with asyncio.timeout(within_seconds):
        while True:
            message = (await operator.history(await operator.chat()))["messages"][-1]
            if message["media"]["state"] == "ready":
                return dict(message)
            await asyncio.sleep(0.1)


async def test_a_file_that_was_being_fetched_is_fetched_by_whoever_lives(
    mortal: Node, outside: Outside, bakery: Business, phones: Phones, home: Settings
) -> None:
    await phones.behave()
    content = samples.picture("PNG", (400, 300))
    media_id = await phones.remote.keep_file(content, "image/png")
    await phones.remote.trouble_file(media_id, times=1, seconds=5.0)
    await phones.send("image", media_id=media_id)
    await asyncio.sleep(0.7)
    mortal.kill()
    await asyncio.to_thread(mortal.start)
    sara = await outside.sign_in(bakery.operators[0])
    shown = await until_ready(sara)
    assert shown["media"]["bytes"] == len(content)
    # What it had written of the file when it died has no name, and is no file.
    named = [
        path for path in (home.data_dir / "media").rglob("*") if path.is_file() and path.parent.name != "unfinished"
    ]
    assert all(path.stat().st_size for path in named)


async def test_a_message_whose_file_was_being_brought_leaves_once(
    mortal: Node, outside: Outside, bakery: Business, phones: Phones
) -> None:
    await phones.behave()
    await phones.write("hello")
    sara = await outside.sign_in(bakery.operators[0])
    await phones.behave(upload_seconds=3.0)
    await send_file(sara, samples.picture("PNG", (410, 300)), "oven.png")
    last = (await sara.send(await sara.chat(), "That is our oven", force=True))["message"]
    await asyncio.sleep(0.7)
    mortal.kill()
    await asyncio.to_thread(mortal.start)
    async with asyncio.timeout(60):
        while (await shown(sara, last["message_id"]))["status"] not in ("sent", "delivered", "read"):
            await asyncio.sleep(0.1)
    assert [send["body"]["type"] for send in await phones.accepted()] == ["image", "text"]
    for message in (await sara.history(await sara.chat()))["messages"]:
        assert message["status"] in (None, "sent", "delivered", "read")


async def shown(operator: Operator, message_id: str) -> JsonObject:
    messages: list[JsonObject] = (await operator.history(await operator.chat()))["messages"]
    return next(message for message in messages if message["message_id"] == message_id)


@pytest.mark.parametrize("cluster", [2], indirect=True)
async def test_what_one_node_was_fetching_another_fetches(cluster: Cluster) -> None:
    async with RemoteEmulator(cluster.whatsapp.url) as remote:
        phones = await phones_of(cluster, remote)
        content = samples.picture("PNG", (420, 300))
        media_id = await remote.keep_file(content, "image/png")
        await remote.trouble_file(media_id, times=1, seconds=15.0)
        await phones.send("image", media_id=media_id)
        await until(lambda: bool(fetching(cluster)))
        await asyncio.sleep(0.7)  # And the provider has been asked.
        [holder] = fetching(cluster)
        place = int(holder.partition(":")[0].removeprefix("node-"))
        cluster.nodes[place].kill()
        assert (await until_ready(cluster.sara[1 - place]))["media"]["bytes"] == len(content)


@pytest.mark.parametrize("cluster", [3], indirect=True)
async def test_several_nodes_bring_a_file_once(cluster: Cluster) -> None:
    async with RemoteEmulator(cluster.whatsapp.url) as remote:
        phones = await phones_of(cluster, remote)
        await phones.write("hello")
        await phones.behave(upload_seconds=2.5)
        message = await send_file(cluster.sara[0], samples.picture("PNG", (430, 300)), "oven.png")
        async with asyncio.timeout(KNOWN_WITHIN_SECONDS):
            while (await shown(cluster.sara[1], message["message_id"]))["status"] not in ("sent", "delivered"):
                await asyncio.sleep(0.1)
        assert len(await uploads_of(phones)) == 1
        assert len(await remote.brought(cluster.bakery.number.phone_number_id)) == 1


async def phones_of(cluster: Cluster, remote: RemoteEmulator) -> Phones:
    number = cluster.bakery.number
    await remote.add_number(
        number.phone_number_id,
        f"{cluster.nodes[0].url}/webhooks/meta",
        display_phone_number=number.display,
        access_token=cluster.bakery.access_token,
        app_secret=number.secret,
    )
    return Phones(remote, cluster.bakery)


def fetching(cluster: Cluster) -> list[str]:
    """Who fetches just now."""
    connection = open_engine(cluster.home).connect()
    try:
        return [node for (node,) in connection.rows("SELECT node FROM media_jobs WHERE state = 'fetching'")]
    finally:
        connection.close()
