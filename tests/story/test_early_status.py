"""A provider that tells how far a message has come before it has answered the request that sent it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from story.people import open_business
from story.scene import Scene, scene_of
from story.wire import RANA, status
from wasl.torture.servers import free_port

pytestmark = pytest.mark.anyio


class SlowProvider:
    """Takes one send and holds its answer back until it is told to give it."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        self.asked.set()
        await self.answer.wait()
        body = b'{"messaging_product": "whatsapp", "messages": [{"id": "wamid.early.%d"}]}' % id(self)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    @property
    def message_id(self) -> str:
        return f"wamid.early.{id(self)}"


@asynccontextmanager
async def slow_provider(port: int) -> AsyncIterator[SlowProvider]:
    provider = SlowProvider()
    server = await asyncio.start_server(provider.take, "127.0.0.1", port)
    try:
        yield provider
    finally:
        server.close()
        await server.wait_closed()


async def at_provider(scene: Scene, port: int) -> Scene:
    """The scene with a bakery whose number is at that port."""
    address = f"http://127.0.0.1:{port}"
    bakery = await open_business(scene.node.settings, "Cedar Bakery", "Sara", "Omar", api_base_url=address)
    return await scene_of(scene.node, scene.outside, bakery, scene.garage)


async def test_a_status_without_our_mark_waits_for_the_answer(scene: Scene) -> None:
    port = free_port()
    scene = await at_provider(scene, port)
    bakery = scene.bakery
    async with slow_provider(port) as provider:
        await scene.outside.say(bakery, RANA, "hello")
        sara = await scene.watch(scene.sara)
        message = (await scene.sara.send(await scene.sara.chat(), "on its way"))["message"]
        async with asyncio.timeout(30):
            await provider.asked.wait()
        reports = [status(provider.message_id, word) for word in ("read", "delivered", "sent")]
        await scene.outside.tell(bakery.number, bakery.number.told(reports))
        shown = await sara.until_message(message["message_id"])
        assert shown["status"] in ("queued", "sending")
        provider.answer.set()
        done = await sara.until_message(message["message_id"], status="read")
    assert done["metadata"]["source_message_id"] == provider.message_id
    scene.node.check_ledger()


async def test_a_status_with_our_mark_settles_it_before_the_answer(scene: Scene) -> None:
    port = free_port()
    scene = await at_provider(scene, port)
    bakery = scene.bakery
    async with slow_provider(port) as provider:
        await scene.outside.say(bakery, RANA, "hello")
        sara = await scene.watch(scene.sara)
        message = (await scene.sara.send(await scene.sara.chat(), "on its way"))["message"]
        async with asyncio.timeout(30):
            await provider.asked.wait()
        mark = f"m:{message['message_id']}:1"
        report = status(provider.message_id, "delivered", biz_opaque_callback_data=mark)
        await scene.outside.tell(bakery.number, bakery.number.told([report]))
        await sara.until_message(message["message_id"], status="delivered")
        provider.answer.set()
        await scene.outside.say(bakery, RANA, "thanks")
        await asyncio.sleep(0.2)
    [_, sent, _] = await scene.sara.whole_history(await scene.sara.chat())
    assert sent["status"] == "delivered"
