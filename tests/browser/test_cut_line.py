"""The line is cut, by a killed server or a lost network, and the screen catches up by itself, without a refresh."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial

import pytest
from playwright.async_api import expect

from browser.line import line_to
from browser.screen import Bubble, OpenBrowser, Screen
from story.node import Node
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

PAUSE_SECONDS = 0.1
"""Between two messages of a customer in a hurry."""


@contextlib.asynccontextmanager
async def killed(node: Node) -> AsyncIterator[None]:
    """The server is gone; afterwards it is back on the same port, whatever a test found out meanwhile."""
    node.kill()
    try:
        yield
    finally:
        # Not in another thread: the server would die with it.
        node.start()


async def send_anyway(screen: Screen, *newer: str) -> None:
    """What came meanwhile was not seen when the answer was written, so it is held back and says so."""
    guard = screen.page.get_by_test_id("guard")
    for words in newer:
        await expect(guard).to_contain_text(words)
    await screen.page.get_by_test_id("guard-send-anyway").click()
    await expect(guard).to_be_hidden()


async def phases(screen: Screen) -> list[str]:
    """How the line stood, one state after another, since the page was live for the first time."""
    found: list[str] = (await screen.recorded())["phases"]
    return found[found.index("live") :]


async def test_a_killed_server_that_comes_back(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, node: Node
) -> None:
    await phones.write("before")
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    await sara.until_words(["before"])
    async with killed(node):
        await sara.until_cut()
        # WhatsApp holds them, and delivers them when somebody answers again.
        for words in ("missed 1", "missed 2", "missed 3"):
            await phones.write(words, wait=False)
        await phones.write("somebody else", HADI, wait=False)
        await sara.type("written in the dark")
        await expect(sara.bubble("written in the dark")).to_have_attribute("data-status", "queued")
        await sara.until_state("offline")
        await expect(sara.live).to_contain_text("Offline")

    await sara.until_live()
    everything = {"before", "missed 1", "missed 2", "missed 3", "written in the dark"}
    await sara.until_messages(lambda bubbles: {bubble.words for bubble in bubbles} == everything)
    await expect(sara.row(emulated.bakery.conversation_id(HADI))).to_contain_text("somebody else")
    if await sara.page.get_by_test_id("guard").is_visible():
        await send_anyway(sara)
    await expect(sara.bubble("written in the dark")).to_have_attribute("data-status", "delivered")
    assert await sara.is_unrefreshed()
    assert (await phases(sara))[:3] == ["live", "catching-up", "offline"]
    history = (await emulated.sara.history(chat))["messages"]
    assert [bubble.id for bubble in await sara.messages()] == [message["message_id"] for message in history]
    assert set((await sara.most_at_once()).values()) == {1}
    assert await phones.words_accepted() == ["written in the dark"]


@pytest.mark.parametrize("how", ["cut", "silent"])
async def test_a_network_that_was_away(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, node: Node, how: str
) -> None:
    await phones.write("before")
    chat = await emulated.sara.chat()
    async with line_to(node.port) as line:
        sara = await open_browser(emulated.bakery.operators[0])
        sara.url = line.url
        await sara.open(chat)
        await sara.until_words(["before"])
        if how == "cut":
            line.cut()
        else:
            line.fall_silent()
        await sara.until_cut()
        for words in ("missed 1", "missed 2"):
            await phones.write(words)
        await sara.type("from a tunnel")
        await sara.until_words(["before", "from a tunnel"])
        assert await phones.words_accepted() == []

        await line.mend()
        await sara.until_live()
        await sara.until_words(["before", "missed 1", "missed 2", "from a tunnel"])
        await send_anyway(sara, "missed 1", "missed 2")
        await expect(sara.bubble("from a tunnel")).to_have_attribute("data-status", "delivered")
        assert await phones.words_accepted() == ["from a tunnel"]
        assert set((await sara.most_at_once()).values()) == {1}
        assert await sara.is_unrefreshed()


def has_more_than(count: int, bubbles: list[Bubble]) -> bool:
    return len(bubbles) > count


async def test_killed_again_and_again_while_customers_write(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, node: Node
) -> None:
    await phones.write("word 0")
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    words = ["word 0"]
    enough = asyncio.Event()

    async def write() -> None:
        while not enough.is_set():
            words.append(f"word {len(words)}")
            await phones.write(words[-1])
            await asyncio.sleep(PAUSE_SECONDS)

    writing = asyncio.create_task(write())
    for _ in range(2):
        shown = len(await sara.messages())
        await sara.until_messages(partial(has_more_than, shown))
        async with killed(node):
            await sara.until_cut()
        await sara.until_live()
    enough.set()
    await writing
    await sara.until_words(words)
    assert set((await sara.most_at_once()).values()) == {1}
    assert await sara.is_unrefreshed()
