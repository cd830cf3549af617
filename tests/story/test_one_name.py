"""One conversation has one name everywhere; the log tells ids and times by fixed names, and never what was said."""

import asyncio
import re

import pytest

from story.phone import Phones
from story.scene import Scene
from story.wire import RANA
from wasl.store.open import open_engine

pytestmark = pytest.mark.anyio

SECRET_WORDS = "kilo-of-knefeh-please"
ANSWER = "of-course-habibti"


async def test_the_same_string_everywhere(emulated: Scene, phones: Phones) -> None:
    sara = await emulated.watch(emulated.sara)
    message_id = await phones.write(SECRET_WORDS)
    name = emulated.bakery.conversation_id(RANA)
    await sara.until_message(message_id)
    assert {frame.data["conversation_id"] for frame in sara.events} == {name}
    assert {frame.data["conversation"]["conversation_id"] for frame in sara.events} == {name}
    assert sara.arrivals()[0]["conversation_id"] == name
    chat = await emulated.sara.chat()
    assert chat["conversation_id"] == name
    history = await emulated.sara.history(chat)
    assert history["conversation"]["conversation_id"] == history["messages"][0]["conversation_id"] == name
    assert (await emulated.sara.move("takeover", chat))["conversation_id"] == name
    assert (await emulated.sara.read(chat, 1))["conversation_id"] == name

    connection = open_engine(emulated.node.settings).connect()
    account = int(emulated.bakery.account_id)
    for table in ("conversations", "events"):
        sql = f"SELECT DISTINCT conversation_id FROM {table} WHERE account_id = ?"
        assert connection.rows(sql, (account,)) == [(name,)]
    connection.close()
    await sara.cut()
    saved = await line_of(emulated, "message saved", message_id=message_id)
    assert saved["conversation_id"] == name


async def line_of(scene: Scene, event: str, **fields: object) -> dict[str, object]:
    """Wait for a line of the log with this name and these fields."""
    async with asyncio.timeout(30):
        while True:
            for line in scene.node.lines(event):
                if fields.items() <= line.items():
                    return line
            await asyncio.sleep(0.05)


async def test_the_lines_of_the_log(emulated: Scene, phones: Phones) -> None:
    sara = await emulated.watch(emulated.sara)
    message_id = await phones.write(SECRET_WORDS)
    await sara.until_message(message_id)
    name, account = emulated.bakery.conversation_id(RANA), int(emulated.bakery.account_id)
    connected = await line_of(emulated, "sse client connected", account_id=account)
    assert connected["operator_id"] == int(emulated.sara.id)
    broadcast = await line_of(emulated, "sse broadcast", conversation_id=name, kind="new_message")
    assert (broadcast["sequence"], broadcast["clients"]) == (2, 1)
    saved = await line_of(emulated, "message saved", conversation_id=name, message_id=message_id)
    assert saved["sequence"] == 2
    assert isinstance(saved["ms"], float)
    for _ in range(2):
        await emulated.sara.chats()
    for event in ("unified-chats read", "unified-chats cache hit"):
        line = await line_of(emulated, event, account_id=account)
        assert line["chats"] == 1
        assert isinstance(line["ms"], float)


async def test_no_line_says_what_was_said_or_any_secret(emulated: Scene, phones: Phones) -> None:
    sara = await emulated.watch(emulated.sara)
    first = await phones.write(SECRET_WORDS)
    message = (await emulated.sara.send(await emulated.sara.chat(), ANSWER, reply_to=first))["message"]
    await sara.until_message(message["message_id"], status="delivered")
    await phones.send("edit", message_id=first, text=SECRET_WORDS + " and more")
    await emulated.sara.send(await emulated.sara.chat(), "", expect=422)
    await emulated.sara.chats(search=SECRET_WORDS)
    await line_of(emulated, "message sent", account_id=int(emulated.bakery.account_id))
    said = emulated.node.said()
    number = emulated.bakery.number
    for secret in (SECRET_WORDS, ANSWER, number.secret, emulated.bakery.access_token, emulated.sara.token, "Traceback"):
        assert secret not in said
    lines = emulated.node.lines()
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    assert all(re.fullmatch(r"[a-z0-9' -]+", str(line["event"])) for line in lines)


async def test_a_trace_tells_every_hop(emulated: Scene, phones: Phones) -> None:
    await emulated.watch(emulated.sara)
    message_id = await phones.write("hello")
    hops = (await emulated.sara.trace(message_id))["hops"]
    assert [hop["hop"] for hop in hops][:2] == ["received", "saved"]
    assert all(hop["at"].endswith("Z") for hop in hops)
