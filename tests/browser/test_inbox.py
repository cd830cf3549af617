"""The list of conversations: complete and in order while it moves, searched, and cut by who answers."""

import asyncio
import time

import pytest
from playwright.async_api import expect

from browser.screen import OpenBrowser, Screen, until
from story.phone import Phones
from story.scene import Scene
from story.wire import NOON, Customer, text

pytestmark = pytest.mark.anyio

GUESTS = [Customer(f"Guest {place:03d}", f"96170{place:06d}") for place in range(120)]
LATE = Customer("Late Guest", "96171000000")


@pytest.fixture
async def guests(emulated: Scene, phones: Phones) -> list[str]:
    """A hundred and twenty customers have written; the ids of their conversations, newest first."""
    number = emulated.bakery.number
    now = round(time.time()) - NOON
    value = number.value(
        contacts=[guest.contact() for guest in GUESTS],
        messages=[text(guest, f"I am {guest.name}", at=now - 200 + place) for place, guest in enumerate(GUESTS)],
    )
    await phones.remote.deliver([value], wait=True, phone_number_id=number.phone_number_id)
    return [emulated.bakery.conversation_id(guest) for guest in reversed(GUESTS)]


async def rows_on_the_way(screen: Screen, pixels: float) -> list[list[str]]:
    """Turn the wheel over the list until it goes no further; the rows in the page at every halt."""
    halts = [await screen.row_ids()]
    while True:
        before = await screen.settled(screen.list)
        await screen.wheel(screen.list, pixels)
        halts.append(await screen.row_ids())
        state = await screen.page.get_by_test_id("load-state").get_attribute("data-state")
        if await screen.settled(screen.list) == before and (pixels < 0 or state == "complete"):
            return halts


async def test_the_whole_list_is_walked_while_it_moves(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, guests: list[str]
) -> None:
    sara = await (await open_browser(emulated.bakery.operators[0])).open()
    await until(lambda: begins_with(sara, guests[:8]), shown=sara.row_ids)

    async def write_again() -> None:
        for guest in GUESTS[:30]:
            await phones.write("once more", guest)
        await phones.write("I am new here", LATE)

    writing = asyncio.create_task(write_again())
    down = await rows_on_the_way(sara, 700)
    await writing
    up = await rows_on_the_way(sara, -1200)
    late = emulated.bakery.conversation_id(LATE)
    await until(lambda: begins_with(sara, [late]), shown=sara.row_ids)
    seen = {row for halt in (*down, *up) for row in halt} | set(await sara.row_ids())
    assert seen == {*guests, late}

    # What stands there now is what a fresh look at the server would show, without a hole at any halt.
    order = [chat["conversation_id"] for chat in (await emulated.sara.chats(page_size=100))["chats"]]
    order += [row for row in guests if row not in order]
    for halt in await rows_on_the_way(sara, 700):
        start = order.index(halt[0])
        assert halt == order[start : start + len(halt)]
    assert await sara.is_unrefreshed()


async def begins_with(screen: Screen, ids: list[str]) -> bool:
    return (await screen.row_ids())[: len(ids)] == ids


async def test_search_finds_by_name_and_by_phone(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, guests: list[str]
) -> None:
    sara = await (await open_browser(emulated.bakery.operators[0])).open()
    wanted = emulated.bakery.conversation_id(GUESTS[7])
    search = sara.page.get_by_test_id("search")
    for words in ("guest 007", "+961 70 000007", "70000007"):
        await search.fill(words)
        await until(lambda: shows_only(sara, [wanted]), shown=sara.row_ids)
    await sara.row(wanted).click()
    await sara.until_words(["I am Guest 007"])
    # What was found is as alive as the list.
    await phones.write("found me?", GUESTS[7])
    await expect(sara.row(wanted)).to_contain_text("found me?")
    await search.fill("nobody of that name")
    await until(lambda: shows_only(sara, []), shown=sara.row_ids)
    await expect(sara.list).to_contain_text("nobody of that name")
    await search.fill("")
    await until(lambda: begins_with(sara, [wanted, guests[0]]), shown=sara.row_ids)


async def shows_only(screen: Screen, ids: list[str]) -> bool:
    loaded = await screen.list.get_attribute("data-loaded") == "true"
    return loaded and await screen.row_ids() == ids


async def test_the_filter_follows_who_answers(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, guests: list[str]
) -> None:
    sara, omar = [await open_browser(person) for person in emulated.bakery.operators]
    await sara.open(query="?status=human")
    await until(lambda: shows_only(sara, []), shown=sara.row_ids)
    # Deep in the list, where no page was loaded yet.
    [chat] = (await emulated.sara.chats(search=GUESTS[3].phone))["chats"]
    await omar.open(chat)
    await omar.page.get_by_test_id("takeover").click()
    await until(lambda: shows_only(sara, [chat["conversation_id"]]), shown=sara.row_ids)
    await expect(sara.row(chat["conversation_id"])).to_contain_text("Omar")
    await sara.page.get_by_test_id("filter-waiting_human").click()
    await until(lambda: begins_with(sara, guests[:5]), shown=sara.row_ids)
    await expect(sara.row(chat["conversation_id"])).to_have_count(0)
    await sara.page.get_by_test_id("filter-human").click()
    await until(lambda: shows_only(sara, [chat["conversation_id"]]), shown=sara.row_ids)
    await omar.page.get_by_test_id("end").click()
    await until(lambda: shows_only(sara, []), shown=sara.row_ids)
    await sara.page.get_by_test_id("filter-resolved").click()
    await until(lambda: shows_only(sara, [chat["conversation_id"]]), shown=sara.row_ids)
    await expect(sara.page.get_by_test_id("metrics")).to_contain_text(f"{len(guests) - 1} are waiting")


async def test_unread_counts_are_each_operator_s_own(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, guests: list[str]
) -> None:
    sara, omar = [await (await open_browser(person)).open() for person in emulated.bakery.operators]
    newest = guests[0]
    await phones.write("and another thing", GUESTS[-1])
    for screen in (sara, omar):
        await expect(screen.row(newest)).to_have_attribute("data-unread", "2")
    await sara.row(newest).click()
    await sara.until_words(["I am Guest 119", "and another thing"])
    await expect(sara.row(newest)).to_have_attribute("data-unread", "0")
    await phones.write("read at once", GUESTS[-1])
    await sara.until_words(["I am Guest 119", "and another thing", "read at once"])
    await expect(omar.row(newest)).to_have_attribute("data-unread", "3")
    await expect(sara.row(newest)).to_have_attribute("data-unread", "0")
