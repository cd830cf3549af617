"""The pages behind the inbox: what the assistant knows, what it could not answer, trying it out, and its settings."""

import pytest
from playwright.async_api import expect

from browser.screen import OpenBrowser, Screen
from story.assistants import API, HOURS_EN, employ, until_chat
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI, NOUR

# A screen does not see which database is behind its server.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

CANDLES = "Do you sell birthday candles?"
SOLD = "Yes, in all colours, two dollars each."


async def at_page(screen: Screen, path: str) -> Screen:
    """Go to a page that is no conversation."""
    await screen.page.goto(f"{screen.url}/{path}")
    await screen.until_live()
    await screen.page.evaluate("window.unrefreshed = true")
    return screen


async def test_what_nobody_knew_becomes_an_entry_and_leaves_the_list(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await employ(emulated.sara)
    sara = await open_browser(emulated.bakery.operators[0])
    for person in (HADI, NOUR):
        await phones.write(CANDLES, person)
        await until_chat(emulated.sara, {"phone_clean": person.phone, "status": "waiting_human"})
    await at_page(sara, "knowledge/unanswered")
    group = sara.page.get_by_test_id("unanswered-group")
    await expect(group).to_contain_text(CANDLES)
    await expect(group).to_contain_text("asked 2 times")
    await group.get_by_test_id("unanswered-answer").click()
    await expect(sara.page.get_by_test_id("entry-question")).to_have_value(CANDLES)
    await sara.page.get_by_test_id("entry-answers-text").fill(SOLD)
    await sara.page.get_by_test_id("entry-save").click()
    await expect(group).to_have_count(0)
    await sara.page.get_by_test_id("section-entries").click()
    await expect(sara.page.get_by_test_id("entry").first).to_contain_text(SOLD)

    await phones.write(CANDLES)
    chat = await until_chat(emulated.sara, {"status": "bot"})
    assert chat["last_message"]["content"] in (CANDLES, SOLD)
    await sara.page.get_by_test_id("nav-inbox").click()
    await expect(sara.row(chat["conversation_id"])).to_contain_text(SOLD)
    assert await sara.is_unrefreshed()


async def test_trying_it_shows_what_it_would_say_and_sends_nothing(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await employ(emulated.sara, mode="off")
    sara = await at_page(await open_browser(emulated.bakery.operators[0]), "knowledge/try")
    await sara.page.get_by_test_id("try-question").fill("emta btefta7o?")
    await sara.page.get_by_test_id("try-ask").click()
    outcome = sara.page.get_by_test_id("try-outcome")
    await expect(outcome).to_have_attribute("data-outcome", "replied")
    await expect(outcome.get_by_test_id("match").first).to_contain_text("When are you open?")
    await sara.page.get_by_test_id("try-question").fill(CANDLES)
    await sara.page.get_by_test_id("try-ask").click()
    await expect(outcome).to_have_attribute("data-outcome", "handed_over")
    await expect(outcome.get_by_test_id("try-reason")).to_have_text("Nothing known fits")
    assert await phones.words_accepted() == []
    assert (await emulated.sara.chats())["total"] == 0
    assert (await emulated.sara.ask("GET", f"{API}/knowledge/unanswered"))["groups"] == []


async def test_an_entry_that_two_people_change_is_nobody_s_loss(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await employ(emulated.sara)
    sara = await at_page(await open_browser(emulated.bakery.operators[0]), "knowledge")
    omar = await at_page(await open_browser(emulated.bakery.operators[1]), "knowledge")
    for screen, answer in ((sara, "From nine."), (omar, "From ten.")):
        await screen.page.get_by_test_id("entry").filter(has_text=HOURS_EN).click()
        await screen.page.get_by_test_id("entry-answers-text").fill(answer)
    await sara.page.get_by_test_id("entry-save").click()
    await expect(sara.page.get_by_test_id("entry-dialog")).to_have_count(0)
    await omar.page.get_by_test_id("entry-save").click()
    conflict = omar.page.get_by_test_id("conflict")
    await expect(conflict).to_contain_text("From nine.")
    await expect(conflict).to_contain_text("Sara")
    await expect(omar.page.get_by_test_id("entry-answers-text")).to_have_value("From ten.")
    await omar.page.get_by_test_id("conflict-mine").click()
    await expect(omar.page.get_by_test_id("entry-dialog")).to_have_count(0)
    await expect(omar.page.get_by_test_id("entry").filter(has_text="From ten.")).to_be_visible()


async def test_a_number_is_set_differently_and_goes_with_the_others_again(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await employ(emulated.sara)
    number = (await emulated.sara.ask("GET", f"{API}/assistant/settings"))["channels"][0]["channel_id"]
    sara = await at_page(await open_browser(emulated.bakery.operators[0]), "assistant")
    await expect(sara.page.get_by_test_id("mode-auto")).to_be_checked()
    await sara.page.get_by_test_id(f"section-{number}").click()
    await expect(sara.page.get_by_test_id("mode-auto")).to_be_checked()
    await sara.page.get_by_test_id("mode-shadow").check()
    await sara.page.get_by_test_id("settings-save").click()
    await expect(sara.page.get_by_test_id("settings-standing")).to_have_text("Saved")
    told = await emulated.sara.ask("GET", f"{API}/assistant/settings")
    assert told["account"]["settings"]["mode"] == "auto"
    assert told["channels"][0]["settings"] == {"mode": "shadow"}
    await phones.write("When are you open?")
    await until_chat(emulated.sara, {"status": "waiting_human"})

    await sara.page.get_by_test_id("reset-mode").click()
    await sara.page.get_by_test_id("settings-save").click()
    await expect(sara.page.get_by_test_id("settings-standing")).to_have_text("Saved")
    await phones.write("When are you open?", HADI)
    await sara.page.get_by_test_id("nav-inbox").click()
    await expect(sara.row(emulated.bakery.conversation_id(HADI))).to_contain_text(HOURS_EN)
    assert await phones.words_accepted() == [HOURS_EN]


async def test_whoever_is_no_administrator_reads_the_settings(emulated: Scene, open_browser: OpenBrowser) -> None:
    omar = await at_page(await open_browser(emulated.bakery.operators[1]), "assistant")
    await expect(omar.page.get_by_test_id("setting-persona")).to_be_disabled()
    await expect(omar.page.get_by_test_id("settings-save")).to_have_count(0)


@pytest.mark.parametrize("language", ["en-US", "ar-LB"])
async def test_every_page_fits_a_phone(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, language: str
) -> None:
    await employ(emulated.sara)
    await phones.write(CANDLES)
    await until_chat(emulated.sara, {"status": "waiting_human"})
    size = {"width": 390, "height": 844}
    sara = await open_browser(emulated.bakery.operators[0], viewport=size, locale=language, has_touch=True)
    parts = {
        "knowledge": "entry",
        "knowledge/documents": "document-drop",
        "knowledge/unanswered": "unanswered-group",
        "knowledge/try": "try-question",
        "assistant": "settings-form",
        "assistant/tools": "tools-form",
        "assistant/report": "report",
    }
    for path, part in parts.items():
        await at_page(sara, path)
        await expect(sara.page.get_by_test_id(part).first).to_be_visible()
        await sara.check_no_sideways_scroll()
    await at_page(sara, "knowledge")
    await sara.page.get_by_test_id("entry").first.tap()
    await expect(sara.page.get_by_test_id("entry-save")).to_be_in_viewport(ratio=1)
    await sara.check_no_sideways_scroll()
