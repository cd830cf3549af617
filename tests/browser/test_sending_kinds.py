"""Places, cards and choices: made in their forms, sent once, and offered only where they are taken."""

import pytest
from playwright.async_api import Route, expect

from browser.answering import CLOUD, Composer, at_desk, offer
from browser.screen import OpenBrowser
from story.phone import Phones
from story.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]


async def test_a_place_a_card_and_choices_go_out(emulated: Scene, phones: Phones, open_browser: OpenBrowser) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    page = sara.page
    await sara.choose("location")
    await page.get_by_test_id("location-point").fill("https://www.openstreetmap.org/#map=16/33.8938/35.5018")
    await page.get_by_test_id("location-name").fill("Cedar Bakery")
    await page.keyboard.press("Enter")
    await expect(sara.last).to_have_attribute("data-status", "delivered")
    await expect(sara.screen.composer).to_be_focused()

    await sara.choose("contacts")
    await page.get_by_test_id("contact-name").fill("Rami Haddad")
    await page.get_by_test_id("contact-phone").fill("+961 3 000 009")
    await page.keyboard.press("Enter")
    await expect(sara.screen.bubbles).to_have_count(3)
    await expect(sara.last).to_have_attribute("data-status", "delivered")

    await sara.choose("interactive")
    await page.get_by_test_id("interactive-body").fill("When?")
    await expect(page.get_by_test_id("form-send")).to_be_disabled()
    await page.get_by_test_id("interactive-title").fill("Today")
    await page.get_by_test_id("interactive-add").click()
    await page.get_by_test_id("interactive-title").nth(1).fill("Tomorrow")
    await page.get_by_test_id("form-send").click()
    await expect(sara.screen.bubbles).to_have_count(4)
    await expect(sara.last).to_have_attribute("data-status", "delivered")

    place, card, choice = [send["body"] for send in await phones.accepted()]
    assert place["location"] == {"latitude": 33.8938, "longitude": 35.5018, "name": "Cedar Bakery"}
    assert card["contacts"][0]["phones"][0]["phone"] == "+961 3 000 009"
    buttons = choice["interactive"]["action"]["buttons"]
    assert [button["reply"]["title"] for button in buttons] == ["Today", "Tomorrow"]


async def test_a_window_that_closes_under_the_pen_costs_nothing_that_was_written(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    refusal = {"success": False, "code": "window_closed", "error": "Only a template can be sent now."}

    async def refuse(route: Route) -> None:
        await route.fulfill(status=409, json=refusal)

    await sara.page.route("**/api/live-chat/send-message", refuse)
    await sara.screen.type("one")
    await expect(sara.notice).to_be_visible()
    await expect(sara.page.get_by_test_id("choose-template")).to_be_visible()
    await expect(sara.screen.composer).to_have_value("one")
    await expect(sara.screen.bubbles).to_have_count(1)


async def test_what_a_channel_cannot_do_is_not_offered(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    few = {"kinds": ["text", "image", "location"], "files": {"image": CLOUD["files"]["image"]}}
    screen = await open_browser(emulated.bakery.operators[0])
    await offer(screen, chat, **few, interactive=[], quotes=False, reactions=False)
    sara = Composer(await screen.open(chat))
    assert await sara.items() == ["picture", "location"]
    await expect(sara.page.get_by_test_id("record")).to_have_count(0)
    await screen.bubble("hello").hover()
    for testid in ("reply", "react"):
        await expect(screen.bubble("hello").get_by_test_id(testid)).to_have_count(0)
    paper = await sara.hold("order.pdf", "application/pdf", b"%PDF-1.4")
    await paper.evaluate("held => held.drop()")
    await expect(sara.page.get_by_test_id("tray-error")).to_contain_text("no files of this kind")


async def test_where_only_text_is_taken_there_is_only_text(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    screen = await open_browser(emulated.bakery.operators[0])
    await offer(screen, chat, kinds=["text"], files={}, interactive=[])
    sara = Composer(await screen.open(chat))
    await expect(sara.page.get_by_test_id("add")).to_have_count(0)
    paper = await sara.hold("order.pdf", "application/pdf", b"%PDF-1.4")
    await paper.evaluate("held => held.drag()")
    await expect(sara.page.get_by_test_id("drop-zone")).to_have_count(0)
    await paper.evaluate("held => held.drop()")
    await expect(sara.tray).to_have_count(0)


async def test_the_menu_is_walked_through_with_keys(emulated: Scene, phones: Phones, open_browser: OpenBrowser) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    page = sara.page
    await page.get_by_test_id("add").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("add-picture")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_test_id("add-template")).to_be_focused()
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
    await expect(page.get_by_test_id("add-location")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("location-point")).to_be_focused()
    for what in ("location-form", "add-panel"):
        await page.keyboard.press("Escape")
        await expect(page.get_by_test_id(what)).to_be_hidden()
        # Escape has closed that, and not the conversation.
        await expect(sara.screen.bubble("hello")).to_be_visible()
        await page.get_by_test_id("add").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("add-picture")).to_be_focused()
