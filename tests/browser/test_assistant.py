"""The assistant beside those who watch it: who answers, on what that stands, what it is taught, and how it helps."""

import re

import pytest
from playwright.async_api import expect

from browser.screen import OpenBrowser, Screen
from story.assistants import HOURS_EN, employ, until_chat
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI, RANA

# A screen does not see which database is behind its server.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

QUESTION = "When are you open?"
GREETING = "Hello! How can we help you?"
ASKING = "I want to talk to a real person please"
FURIOUS = "This is the worst service ever, I am furious!"


async def sara_at(emulated: Scene, open_browser: OpenBrowser, query: str = "") -> Screen:
    return await (await open_browser(emulated.bakery.operators[0])).open(query=query)


async def before_rana(emulated: Scene, phones: Phones, open_browser: OpenBrowser, words: str) -> Screen:
    """Sara before Rana, who has just written."""
    await phones.write(words)
    chat = await until_chat(emulated.sara, {"phone_clean": RANA.phone})
    return await (await open_browser(emulated.bakery.operators[0])).open(chat)


async def test_an_answer_appears_by_itself_with_what_it_stands_on(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await employ(emulated.sara)
    sara = await sara_at(emulated, open_browser)
    await phones.write(QUESTION)
    row = sara.row(emulated.bakery.conversation_id(RANA))
    await expect(row.get_by_test_id("who-answers")).to_have_text("Assistant answers")
    await expect(row).to_contain_text(HOURS_EN)
    await row.click()
    answer = sara.bubble(HOURS_EN)
    await expect(answer.get_by_test_id("sources")).to_contain_text(QUESTION)
    await expect(sara.page.get_by_test_id("conversation-status")).to_have_attribute("data-status", "bot")
    await answer.get_by_test_id("sources").click()
    match = sara.page.get_by_test_id("match").first
    await expect(match).to_have_attribute("data-tier", "exact")
    await expect(match).to_contain_text(HOURS_EN)
    await sara.page.get_by_test_id("dialog-close").click()

    await phones.write("thank you!")
    courtesy = sara.bubbles.filter(has=sara.page.get_by_text("You're welcome!"))
    await expect(courtesy.get_by_test_id("sources")).to_have_text("no entry was needed")
    assert await sara.is_unrefreshed()


async def test_a_thumb_down_changes_the_entry_and_the_next_customer_gets_the_new_answer(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await employ(emulated.sara)
    sara = await before_rana(emulated, phones, open_browser, QUESTION)
    omar = await open_browser(emulated.bakery.operators[1])
    await omar.open(await emulated.omar.chat())
    answer = sara.bubble(HOURS_EN)
    await answer.get_by_test_id("verdict-down").click()
    await expect(sara.page.get_by_test_id("asked-and-said")).to_contain_text(QUESTION)
    await expect(sara.page.get_by_test_id("lesson-entry")).to_be_checked()
    await expect(sara.page.get_by_test_id("teach-save")).to_be_disabled()
    await sara.page.get_by_test_id("entry-answers-text").fill("From nine to eight, since June.")
    await sara.page.get_by_test_id("teach-save").click()
    await expect(sara.page.get_by_test_id("teach-done")).to_be_visible()
    # Whoever looks at the same answer sees that it was looked after.
    await expect(omar.bubble(HOURS_EN).get_by_test_id("taught")).to_have_text("taught: entry changed")
    await expect(omar.bubble(HOURS_EN).get_by_test_id("verdict-down")).to_have_attribute("aria-pressed", "true")

    await phones.write(QUESTION, HADI)
    await expect(omar.row(emulated.bakery.conversation_id(HADI))).to_contain_text("From nine to eight, since June.")
    assert (await phones.words_accepted())[-1] == "From nine to eight, since June."


async def test_whoever_asks_for_a_person_waits_with_reason_and_window_and_is_taken_and_given_back_by_one_key(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await employ(emulated.sara)
    sara = await sara_at(emulated, open_browser, "?view=waiting")
    await phones.write(ASKING)
    asked = sara.row(emulated.bakery.conversation_id(RANA))
    await expect(asked.get_by_test_id("who-answers")).to_have_attribute("data-reason", "asked")
    await expect(asked.get_by_test_id("who-answers")).to_contain_text("Asked for a person")
    await expect(asked.get_by_test_id("window-left")).to_have_attribute("aria-label", re.compile("Free answers end in"))
    # Hadi came later, and his anger counts more.
    await phones.write(FURIOUS, HADI)
    await expect(sara.rows).to_have_count(2)
    queue = [emulated.bakery.conversation_id(person) for person in (HADI, RANA)]
    assert await sara.row_ids() == queue
    assert [row["conversation_id"] for row in await emulated.sara.queue()] == queue
    await expect(sara.page.get_by_test_id("waiting-count")).to_have_text("2")

    await sara.page.keyboard.press("j")
    await expect(sara.page.get_by_test_id("handover-line")).to_have_attribute("data-reason", "upset")
    await sara.page.keyboard.press("t")
    status = sara.page.get_by_test_id("conversation-status")
    await expect(status).to_have_text("You answer")
    await expect(sara.rows).to_have_count(1)
    await expect(sara.composer).to_be_focused()
    await sara.page.keyboard.press("Alt+g")
    await expect(status).to_have_text("Assistant answers")
    assert (await emulated.sara.chat(HADI))["status"] == "bot"
    assert await sara.is_unrefreshed()


async def test_a_suggestion_lands_in_the_composer_and_is_sent_by_nobody_but_a_person(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await employ(emulated.sara, mode="off")
    sara = await before_rana(emulated, phones, open_browser, QUESTION)
    await sara.page.get_by_test_id("copilot").wait_for()
    await sara.page.keyboard.press("Control+j")
    await expect(sara.composer).to_have_value(HOURS_EN)
    await expect(sara.page.get_by_test_id("copilot-help")).to_contain_text(QUESTION)
    assert await phones.words_accepted() == []
    await sara.composer.press("Enter")
    await expect(sara.bubble(HOURS_EN)).to_have_attribute("data-status", "delivered")
    assert await phones.words_accepted() == [HOURS_EN]

    await sara.composer.fill("Dear Rana, ")
    await phones.write(QUESTION)
    await expect(sara.bubbles).to_have_count(3)
    await sara.page.keyboard.press("Control+j")
    await expect(sara.page.get_by_test_id("copilot-text")).to_have_text(HOURS_EN)
    await expect(sara.composer).to_have_value("Dear Rana, ")
    await sara.page.get_by_test_id("copilot-exchange").click()
    await expect(sara.composer).to_have_value(HOURS_EN)
    await sara.page.get_by_test_id("copilot-exchange").click()
    await expect(sara.composer).to_have_value("Dear Rana, ")
    assert await phones.words_accepted() == [HOURS_EN]


async def test_a_suggestion_that_comes_when_nobody_looks_any_more_goes_into_no_composer(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await employ(emulated.sara, mode="off")
    await phones.write("hello", HADI)
    sara = await before_rana(emulated, phones, open_browser, QUESTION)
    await sara.page.get_by_test_id("copilot").wait_for()
    async with sara.page.expect_response("**/copilot/suggest"):
        # In the same moment: nothing can come in between.
        await sara.page.evaluate(
            """id => {
                window.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', code: 'KeyJ', ctrlKey: true}));
                document.querySelector(`[data-testid=conversation-row][data-conversation-id="${id}"]`).click();
            }""",
            emulated.bakery.conversation_id(HADI),
        )
    await expect(sara.bubble("hello")).to_be_visible()
    await expect(sara.composer).to_have_value("")
    await sara.row(emulated.bakery.conversation_id(RANA)).click()
    await expect(sara.page.get_by_test_id("copilot-text")).to_have_text(HOURS_EN)
    await expect(sara.composer).to_have_value("")
