"""What an operator's browser shows, read from the page as a person would see it."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from story.node import Node
from story.wire import JsonObject

WITHIN_SECONDS = 30.0
_BUBBLES = """list => [...list.querySelectorAll('[data-testid=message]')].map(bubble => ({
    id: bubble.dataset.messageId, sequence: Number(bubble.dataset.sequence), status: bubble.dataset.status,
    role: bubble.dataset.role, words: bubble.querySelector('[data-testid=message-text]')?.textContent ?? '',
    top: bubble.getBoundingClientRect().top - list.getBoundingClientRect().top}))"""
_ROWS = """list => [...list.querySelectorAll('[data-testid=conversation-row]')].map(
    row => [row.dataset.conversationId, row.getBoundingClientRect().top])"""
_WIDE = """() => [document.documentElement, ...document.querySelectorAll('body *')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && ['auto', 'scroll', 'visible']
        .includes(getComputedStyle(e).overflowX) && e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.outerHTML.slice(0, 120))"""
_SETTLED = """element => new Promise(resolve => {
    let before = null, still = 0;
    const look = () => {
        still = element.scrollTop === before ? still + 1 : 0;
        before = element.scrollTop;
        still >= 3 ? resolve(before) : requestAnimationFrame(look);
    };
    look();
})"""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it stands on the screen; `top` is in pixels from the top of the visible part."""

    id: str
    sequence: int
    status: str
    role: str
    words: str
    top: float


class Screen:
    """One tab of a browser."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self.refused: list[str] = []
        self.live = page.get_by_test_id("live-state")
        self.rows = page.get_by_test_id("conversation-row")
        self.list = page.get_by_test_id("conversation-list")
        self.bubbles = page.get_by_test_id("message")
        self.message_list = page.get_by_test_id("message-list")
        self.composer = page.get_by_test_id("composer")
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("console", self._hear)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    # Where to look

    async def open(self, chat: JsonObject | None = None, query: str = "") -> "Screen":
        """Go to the list, or to a conversation, as by a bookmark; return when it is shown and live."""
        path = f"/conversations/{chat['user_id']}/{chat['conversation_id']}" if chat else "/"
        await self.page.goto(self.url + path + query)
        await self.until_live()
        if chat:
            await expect(self.message_list).to_be_visible()
        await self.page.evaluate("window.unrefreshed = true")
        return self

    async def another_tab(self) -> "Screen":
        """A further tab of the same browser, still empty."""
        return Screen(await self.context.new_page(), self.url)

    async def is_unrefreshed(self) -> bool:
        """Whether the page is still the one that was opened."""
        return bool(await self.page.evaluate("window.unrefreshed === true"))

    async def until_live(self, within_seconds: float = WITHIN_SECONDS) -> None:
        await self.until_state("live", within_seconds)

    async def until_state(self, state: str, within_seconds: float = WITHIN_SECONDS) -> None:
        """Wait until the line above says live, catching-up or offline."""
        await expect(self.live).to_have_attribute("data-state", state, timeout=within_seconds * 1000)

    async def until_cut(self) -> None:
        """Wait until the line is seen to be cut, whether for a moment or for longer."""
        await expect(self.live).to_have_attribute("data-state", re.compile("catching-up|offline"))

    # The messages

    async def messages(self) -> list[Bubble]:
        """The messages in the page, as they stand from top to bottom; two never stand in each other's place."""
        found = [Bubble(**bubble) for bubble in await self.message_list.evaluate(_BUBBLES)]
        tops = [bubble.top for bubble in found]
        assert tops == sorted(set(tops)), found
        return found

    async def words(self) -> list[str]:
        return [bubble.words for bubble in await self.messages()]

    async def until_words(self, words: Sequence[str], within_seconds: float = WITHIN_SECONDS) -> None:
        """Wait until the open conversation says exactly this."""

        expected = list(words)
        await self.until_messages(lambda shown: [bubble.words for bubble in shown] == expected, within_seconds)

    async def until_messages(
        self, true: Callable[[list[Bubble]], bool], within_seconds: float = WITHIN_SECONDS
    ) -> list[Bubble]:
        """Wait until the messages in the page fulfil something; return them."""

        async def holds() -> bool:
            return true(await self.messages())

        await until(holds, within_seconds, self.words)
        return await self.messages()

    def bubble(self, words: str) -> Locator:
        """The message that says exactly this."""
        exact = self.page.get_by_test_id("message-text").get_by_text(words, exact=True)
        text = self.page.locator("[data-testid=message-text]", has_text=words)
        return self.bubbles.filter(has=exact.or_(text))

    async def type(self, words: str) -> None:
        """Write and send an answer with the keyboard."""
        await self.composer.click()
        await self.page.keyboard.type(words)
        await self.page.keyboard.press("Enter")

    # The list

    async def row_ids(self) -> list[str]:
        """The conversations whose rows are in the page, from top to bottom."""
        found = await self.list.evaluate(_ROWS)
        ids = [conversation_id for conversation_id, _ in sorted(found, key=lambda row: row[1])]
        assert len(ids) == len(set(ids)), ids
        return ids

    def row(self, conversation_id: str) -> Locator:
        return self.page.locator(f'[data-testid=conversation-row][data-conversation-id="{conversation_id}"]')

    # Moving

    async def wheel(self, over: Locator, pixels: float) -> None:
        """Turn the wheel over a part of the page, and wait until it stands still again."""
        box = await over.bounding_box()
        assert box is not None, "it is not on the screen"
        await self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await self.page.mouse.wheel(0, pixels)
        await self.settled(over)

    async def settled(self, part: Locator) -> float:
        """Wait until a scrolling part stands still; how far from its top it stands, in pixels."""
        return float(await part.evaluate(_SETTLED))

    async def room_below(self, part: Locator) -> float:
        """Pixels between what is visible of a scrolling part and its end."""
        return float(await part.evaluate("e => e.scrollHeight - e.clientHeight - e.scrollTop"))

    async def check_no_sideways_scroll(self) -> None:
        """Nothing stands over the edge of the window."""
        wide: list[str] = await self.page.evaluate(_WIDE)
        assert wide == []
        assert await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await self.message_list.evaluate_all("lists => lists.every(e => e.scrollWidth <= e.clientWidth)")

    # What the recorder saw

    async def recorded(self) -> dict[str, Any]:
        """Everything since the page was loaded: violations, most bubbles at once by text, states by text, phases."""
        found: dict[str, Any] = await self.page.evaluate("window.recorded ?? null") or {}
        return found

    async def most_at_once(self) -> dict[str, int]:
        """For each text, how many bubbles ever stood in the page at the same moment."""
        found: dict[str, int] = (await self.recorded())["most"]
        return found

    async def check(self) -> None:
        """Nothing was thrown, complained about, or stopped by the page's content policy."""
        if not self.page.is_closed():
            self.complaints += (await self.recorded()).get("violations", [])
        assert self.complaints == [], self.complaints

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # Chromium says so of every request that fails, and stories cut the network.
        kind = self.refused if message.text.startswith("Failed to load resource") else self.complaints
        kind.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")


OpenBrowser = Callable[..., Awaitable[Screen]]
"""Opens a browser of its own for a person, signed in, with one empty tab; options are Playwright's of a context."""


async def until(
    true: Callable[[], Awaitable[bool]],
    within_seconds: float = WITHIN_SECONDS,
    shown: Callable[[], Awaitable[object]] | None = None,
) -> None:
    """Wait until something holds; when it never does, say what is `shown` instead."""
    ends = time.monotonic() + within_seconds
    while not await true():
        if time.monotonic() > ends:
            raise AssertionError(f"not within {within_seconds} s; instead: {await shown() if shown else ''}")
        await asyncio.sleep(0.03)


async def until_streams(node: Node, count: int) -> None:
    """Wait until so many event streams are open at the server."""

    async def streams() -> float:
        return (await asyncio.to_thread(node.figures))["wasl_streams"]

    async def are_so_many() -> bool:
        return await streams() == count

    await until(are_so_many, shown=streams)
