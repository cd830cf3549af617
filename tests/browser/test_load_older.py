"""Scrolling up a long conversation neither reorders, drops nor doubles a message, and nothing jumps under the eye."""

import asyncio
import time
from functools import partial

import pytest
from playwright.async_api import Route, expect

from browser.screen import Bubble, OpenBrowser, Screen, until
from story.phone import Phones
from story.scene import Scene
from story.wire import NOON, RANA, JsonObject, text

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

JUMP_PIXELS_MAX = 3.0
"""A reader does not see a shift of this much."""


async def fill(scene: Scene, phones: Phones, count: int) -> JsonObject:
    """A past of so many messages of every length, one each twenty seconds; the conversation's row."""
    number = scene.bakery.number
    now = round(time.time()) - NOON
    messages = [
        text(RANA, f"line {place} " + "of a longer story " * (place % 7), at=now - 20 * (count - place))
        for place in range(count)
    ]
    value = number.value(contacts=[RANA.contact()], messages=messages)
    await phones.remote.deliver([value], wait=True, phone_number_id=number.phone_number_id)
    return await scene.sara.chat()


async def order_of(scene: Scene, chat: JsonObject) -> list[str]:
    """All ids of a conversation, as the server orders them."""
    return [message["message_id"] for message in await scene.sara.whole_history(chat, limit=100)]


class Walk:
    """A reader's way through a conversation: what was in the page at each halt."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.halts: list[list[Bubble]] = []

    async def to_top(self) -> None:
        """Turn the wheel up until the conversation begins."""
        begin = self.screen.page.get_by_test_id("load-older")
        while (
            await begin.get_attribute("data-state") != "complete"
            or await self.screen.settled(self.screen.message_list) > 0
        ):
            await self._halt_after(-900)

    async def to_end(self) -> None:
        while await self.screen.room_below(self.screen.message_list) > 1:
            await self._halt_after(1500)

    def check(self, order: list[str]) -> None:
        """At every halt a stretch of the conversation without a hole stood there; altogether all of it."""
        seen = {bubble.id for halt in self.halts for bubble in halt}
        assert [message_id for message_id in order if message_id not in seen] == []
        for halt in self.halts:
            ids = [bubble.id for bubble in halt]
            start = order.index(ids[0])
            assert ids == order[start : start + len(ids)]

    async def _halt_after(self, pixels: float) -> None:
        await self.screen.wheel(self.screen.message_list, pixels)
        self.halts.append(await self.screen.messages())


# Up to 300 the page holds every message; above, only those near the eye.
@pytest.mark.parametrize("count", [135, 360])
async def test_all_the_way_up_and_down_while_customers_write(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, count: int
) -> None:
    chat = await fill(emulated, phones, count)
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    walk = Walk(sara)

    async def write() -> None:
        for place in range(12):
            await phones.write(f"meanwhile {place}")

    await sara.wheel(sara.message_list, -900)
    writing = asyncio.create_task(write())
    await walk.to_top()
    await writing
    jump = sara.page.get_by_test_id("jump-to-newest")
    await expect(jump).to_have_attribute("data-count", "12")
    await walk.to_end()
    await expect(jump).to_be_hidden()
    order = await order_of(emulated, chat)
    assert len(order) == count + 12
    await sara.until_messages(lambda bubbles: bubbles[-1].id == order[-1])
    walk.check(order)
    assert set((await sara.most_at_once()).values()) == {1}
    assert await sara.is_unrefreshed()


@pytest.mark.parametrize("count", [180, 360])
async def test_what_one_reads_stays_where_it_is(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, count: int
) -> None:
    """The older page comes late; meanwhile and afterwards customers write. Every painted frame is looked at."""
    chat = await fill(emulated, phones, count)
    sara = await open_browser(emulated.bakery.operators[0])
    asked, answer = asyncio.Event(), asyncio.Event()

    async def keep_waiting(route: Route) -> None:
        asked.set()
        await answer.wait()
        await route.continue_()

    await sara.page.route("**/conversation/*/*before=*", keep_waiting)
    await sara.open(chat)
    for _ in range(2):
        while not asked.is_set():
            await sara.wheel(sara.message_list, -400)
        await sara.settled(sara.message_list)
        held = await sara.messages()
        anchor = next(bubble for bubble in held if bubble.top > 60)
        selector = f'[data-testid=message][data-message-id="{anchor.id}"]'
        await sara.page.evaluate("selector => follow(selector)", selector)
        await phones.write("before it came")
        answer.set()
        await sara.until_messages(partial(begins_above, held[0].id))
        await phones.write("after it came")
        await until(lambda: has_arrived(emulated, sara, chat))
        await sara.settled(sara.message_list)
        tops: list[float | None] = await sara.page.evaluate("stopFollowing()")
        assert len(tops) > 5
        assert None not in tops
        moved = max(top for top in tops if top is not None) - min(top for top in tops if top is not None)
        assert moved <= JUMP_PIXELS_MAX, tops
        asked.clear()
        answer.clear()


def begins_above(message_id: str, bubbles: list[Bubble]) -> bool:
    return bubbles[0].id != message_id


async def has_arrived(scene: Scene, screen: Screen, chat: JsonObject) -> bool:
    """Whether the screen knows everything that the server knows of a conversation."""
    fresh = await scene.sara.chat()
    known = int(await screen.live.get_attribute("data-sequence") or 0)
    return known >= int(fresh["version"])


async def test_the_reader_at_the_end_follows_and_the_reader_above_does_not(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    chat = await fill(emulated, phones, 60)
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    await phones.write("at the end")
    await expect(sara.bubble("at the end")).to_be_in_viewport()
    await sara.wheel(sara.message_list, -1200)
    place = await sara.settled(sara.message_list)
    await phones.write("unseen one")
    await phones.write("unseen two")
    jump = sara.page.get_by_test_id("jump-to-newest")
    await expect(jump).to_have_attribute("data-count", "2")
    assert await sara.settled(sara.message_list) == place
    await jump.click()
    await expect(sara.bubble("unseen two")).to_be_in_viewport()
    await expect(jump).to_be_hidden()
