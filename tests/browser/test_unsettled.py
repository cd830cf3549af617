"""A send whose outcome nobody knows: after two minutes, and not before, a person sends it again or discards it."""

import pytest
from playwright.async_api import expect

from browser.screen import OpenBrowser, Screen
from story.phone import Phones
from story.scene import Scene
from story.wire import status
from wasl.limits import SEND_UNKNOWN_BLOCKS_SECONDS
from wasl.memory import open_memory
from wasl.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]


async def lose(scene: Scene, phones: Phones, open_browser: OpenBrowser, words: str) -> Screen:
    """Sara sends something whose answer is lost."""
    await phones.write("is it ready?")
    chat = await scene.sara.chat()
    sara = await open_browser(scene.bakery.operators[0])
    await sara.page.clock.install()
    await sara.open(chat)
    await phones.behave(sends=[{"ending": "lose_reply"}], statuses=[])
    await sara.type(words)
    await expect(sara.bubble(words)).to_have_attribute("data-status", "unknown")
    return sara


async def let_two_minutes_pass(screen: Screen, home: Settings) -> None:
    """For the server and for the page."""
    milliseconds = (SEND_UNKNOWN_BLOCKS_SECONDS + 1) * 1000
    async with open_memory(home) as memory:
        sql = "UPDATE outbox SET due_ms = due_ms - ? WHERE state = 'unknown'"
        await memory.database.write(lambda connection: connection.run(sql, (milliseconds,)))
    await screen.page.clock.fast_forward(milliseconds)


async def test_it_is_sent_again_only_when_a_person_says_so(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, home: Settings
) -> None:
    sara = await lose(emulated, phones, open_browser, "Ready!")
    choice = sara.bubble("Ready!").get_by_test_id("unsettled")
    await expect(choice).to_have_count(0)
    await phones.behave()
    await let_two_minutes_pass(sara, home)
    await expect(choice).to_contain_text("twice")
    assert await phones.words_accepted() == ["Ready!"]
    await choice.get_by_test_id("send-again").focus()
    await sara.page.keyboard.press("Enter")
    await expect(sara.bubble("Ready!")).to_have_attribute("data-status", "delivered")
    await expect(choice).to_have_count(0)
    assert await phones.words_accepted() == ["Ready!", "Ready!"]
    assert (await sara.words()).count("Ready!") == 1


async def test_it_is_discarded(emulated: Scene, phones: Phones, open_browser: OpenBrowser, home: Settings) -> None:
    sara = await lose(emulated, phones, open_browser, "Ready!")
    await let_two_minutes_pass(sara, home)
    await sara.bubble("Ready!").get_by_test_id("discard-message").click()
    await expect(sara.bubble("Ready!")).to_have_attribute("data-status", "failed")
    await expect(sara.page.get_by_test_id("unsettled")).to_have_count(0)
    assert await phones.words_accepted() == ["Ready!"]


async def test_a_status_that_comes_first_takes_the_question_away(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, home: Settings
) -> None:
    sara = await lose(emulated, phones, open_browser, "Ready!")
    await let_two_minutes_pass(sara, home)
    await expect(sara.page.get_by_test_id("unsettled")).to_be_visible()
    [accepted] = await phones.accepted()
    number = emulated.bakery.number
    report = status(accepted["message_id"], "delivered", biz_opaque_callback_data=accepted["callback_data"])
    await emulated.outside.tell(number, number.told([report]))
    await expect(sara.bubble("Ready!")).to_have_attribute("data-status", "delivered")
    await expect(sara.page.get_by_test_id("unsettled")).to_have_count(0)
