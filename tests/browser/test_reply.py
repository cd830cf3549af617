"""An operator's reply: on a colleague's screen at once, its ticks advancing, held back when something came unseen."""

import asyncio
import time

import pytest
from playwright.async_api import Route, expect

from browser.screen import OpenBrowser, Screen
from story.phone import Phones
from story.scene import Scene
from story.wire import RANA

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

AT_ONCE_SECONDS = 1.0
"""A colleague calls this at once, on a busy test machine too."""
TRIES = 3
"""A machine may pause at the wrong moment; hardly each time."""


async def both(scene: Scene, open_browser: OpenBrowser) -> tuple[Screen, Screen]:
    """Sara and Omar before the same conversation, each at a browser of their own."""
    chat = await scene.sara.chat()
    sara, omar = [await open_browser(person) for person in scene.bakery.operators]
    return await sara.open(chat), await omar.open(chat)


async def test_a_colleague_sees_it_at_once_and_the_ticks_advance(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("Are you open?")
    sara, omar = await both(emulated, open_browser)
    words = ["Until eight"]
    while (seconds := await seconds_until_seen(sara, omar, words[-1])) >= AT_ONCE_SECONDS:
        assert len(words) < TRIES, seconds
        words.append(f"Do come {len(words)}")
    await expect(omar.bubble("Until eight")).to_contain_text("Sara")
    for screen in (sara, omar):
        await expect(screen.bubble("Until eight")).to_have_attribute("data-status", "delivered")
        await expect(screen.row(emulated.bakery.conversation_id(RANA))).to_contain_text(words[-1])
    await phones.look()
    for screen in (sara, omar):
        await expect(screen.bubble("Until eight")).to_have_attribute("data-status", "read")
        await screen.until_words(["Are you open?", *words])
        assert set((await screen.most_at_once()).values()) == {1}
        states = (await screen.recorded())["states"]["Until eight"]
        ranks = ["queued", "sending", "sent", "delivered", "read"]
        assert [rank for rank in ranks if rank in states] == states
        assert await screen.is_unrefreshed()
    await expect(sara.composer).to_have_value("")
    assert await phones.words_accepted() == words


async def seconds_until_seen(sara: Screen, omar: Screen, words: str) -> float:
    """How long it takes from Sara's Enter to Omar's screen."""
    await sara.composer.click()
    await sara.page.keyboard.type(words)
    await sara.page.keyboard.press("Enter")
    pressed = time.monotonic()
    await expect(omar.bubble(words)).to_be_visible()
    return time.monotonic() - pressed


async def test_several_quick_answers_keep_their_order(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("tell me everything")
    sara, omar = await both(emulated, open_browser)
    words = [f"answer {place}" for place in range(6)]
    for line in words:
        await sara.type(line)
    for screen in (sara, omar):
        await screen.until_words(["tell me everything", *words])
        await expect(screen.bubble("answer 5")).to_have_attribute("data-status", "delivered")
        await screen.until_words(["tell me everything", *words])
        assert set((await screen.most_at_once()).values()) == {1}
    assert await phones.words_accepted() == words


@pytest.mark.parametrize("outcome", ["late", "lost"])
async def test_the_event_overtakes_the_answer_to_a_send(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, outcome: str
) -> None:
    """The server took it, but the browser learns that from the stream first; or never, and asks again."""
    await phones.write("hello")
    sara, omar = await both(emulated, open_browser)
    delivered = asyncio.Event()

    async def hold_back(route: Route) -> None:
        answer = await route.fetch()
        await delivered.wait()
        await (route.fulfill(response=answer) if outcome == "late" else route.abort())

    await sara.page.route("**/send-message", hold_back, times=1)
    await sara.type("once")
    for screen in (omar, sara):
        await expect(screen.bubble("once")).to_have_attribute("data-status", "delivered")
    delivered.set()
    await sara.type("and twice")
    for screen in (omar, sara):
        await expect(screen.bubble("and twice")).to_have_attribute("data-status", "delivered")
        await screen.until_words(["hello", "once", "and twice"])
        assert set((await screen.most_at_once()).values()) == {1}
    assert await phones.words_accepted() == ["once", "and twice"]


async def leave_unseen(phones: Phones, sara: Screen) -> None:
    """Sara reads further up while a customer changes her mind."""
    await sara.wheel(sara.message_list, -1500)
    await phones.write("wait, make it two")
    await expect(sara.page.get_by_test_id("jump-to-newest")).to_have_attribute("data-count", "1")
    await sara.type("One is ready")
    await expect(sara.page.get_by_test_id("guard")).to_be_visible()
    await expect(sara.page.get_by_test_id("guard")).to_contain_text("wait, make it two")
    # What is held back and what it was held back for stand right above the question.
    for words in ("wait, make it two", "One is ready"):
        await expect(sara.bubble(words)).to_be_in_viewport(ratio=1)
    assert await phones.words_accepted() == []


async def talk(phones: Phones) -> None:
    for place in range(30):
        await phones.write(f"line {place}", wait=place == 29)


async def test_the_guard_stops_an_answer_to_something_unseen_and_lets_it_go_once(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await talk(phones)
    sara, omar = await both(emulated, open_browser)
    await leave_unseen(phones, sara)
    await sara.page.get_by_test_id("guard-send-anyway").click()
    await expect(sara.page.get_by_test_id("guard")).to_be_hidden()
    for screen in (sara, omar):
        await expect(screen.bubble("One is ready")).to_have_attribute("data-status", "delivered")
        assert (await screen.words())[-2:] == ["wait, make it two", "One is ready"]
        assert (await screen.most_at_once())["One is ready"] == 1
    assert await phones.words_accepted() == ["One is ready"]


async def test_the_guarded_answer_can_be_written_anew(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await talk(phones)
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    await leave_unseen(phones, sara)
    await sara.page.get_by_test_id("guard-edit").click()
    await expect(sara.composer).to_have_value("One is ready")
    await expect(sara.bubble("One is ready")).to_have_count(0)
    await sara.composer.fill("Two are ready")
    await sara.page.get_by_test_id("send").click()
    await expect(sara.bubble("Two are ready")).to_have_attribute("data-status", "delivered")
    assert await phones.words_accepted() == ["Two are ready"]


async def test_the_guard_knows_a_colleague_s_answer_too(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await talk(phones)
    sara, omar = await both(emulated, open_browser)
    await sara.wheel(sara.message_list, -1500)
    await omar.type("I take care of it")
    await expect(omar.bubble("I take care of it")).to_have_attribute("data-status", "delivered")
    await sara.until_messages(lambda bubbles: bubbles[-1].words == "I take care of it")
    await sara.type("Me too")
    await expect(sara.page.get_by_test_id("guard")).to_contain_text("I take care of it")
    assert await phones.words_accepted() == ["I take care of it"]


async def test_a_failed_send_says_why(emulated: Scene, phones: Phones, open_browser: OpenBrowser) -> None:
    await phones.write("hello")
    await phones.behave(sends=[{"ending": "refuse", "code": 131047}])
    sara, omar = await both(emulated, open_browser)
    await sara.type("too late")
    for screen in (sara, omar):
        await expect(screen.bubble("too late")).to_have_attribute("data-status", "failed")
        await expect(screen.bubble("too late").get_by_test_id("failure-reason")).to_contain_text("24 hours")
