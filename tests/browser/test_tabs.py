"""All tabs of a browser share one stream; when the tab that holds it is closed, another takes over without a loss."""

import asyncio

import pytest

from browser.screen import Bubble, OpenBrowser, until_streams
from story.node import Node
from story.phone import Phones
from story.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]


async def test_the_leader_is_closed_while_customers_write(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, node: Node
) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    await until_streams(node, 0)
    leader = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    await until_streams(node, 1)
    others = [await (await leader.another_tab()).open(chat) for _ in range(2)]
    await phones.write("to all of you")
    for tab in (leader, *others):
        await tab.until_words(["hello", "to all of you"])
    await until_streams(node, 1)

    words = [f"word {place}" for place in range(15)]

    async def write() -> None:
        for line in words:
            await phones.write(line)

    writing = asyncio.create_task(write())
    await others[0].until_messages(lambda bubbles: len(bubbles) > 4)
    await leader.page.close()
    await writing
    for tab in others:
        await tab.until_words(["hello", "to all of you", *words])
        await tab.until_live()
        assert set((await tab.most_at_once()).values()) == {1}
        assert await tab.is_unrefreshed()
    await until_streams(node, 1)

    await others[0].page.close()
    await phones.write("still there?")
    await others[1].until_words(["hello", "to all of you", *words, "still there?"])
    await until_streams(node, 1)


async def test_what_one_tab_sends_stands_once_in_the_other(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    first = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    second = await (await first.another_tab()).open(chat)
    await second.type("from the second tab")
    await first.type("from the first tab")
    for tab in (first, second):
        await tab.until_messages(is_complete)
        assert set((await tab.most_at_once()).values()) == {1}
    assert await first.words() == await second.words()
    assert sorted(await phones.words_accepted()) == ["from the first tab", "from the second tab"]


def is_complete(bubbles: list[Bubble]) -> bool:
    return len(bubbles) == 3 and all(bubble.status in ("", "delivered") for bubble in bubbles)
