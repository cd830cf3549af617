"""Templates: found, filled in, seen before they go, and offered when the window is closed."""

import time
from pathlib import Path

import pytest
from playwright.async_api import expect

from browser.answering import Composer, at_desk, kinds, saved
from browser.screen import OpenBrowser
from samples import picture
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI, NOON, RANA, text

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

DAY_SECONDS = 86_400


async def test_templates_are_offered_when_the_window_is_closed(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    bakery = emulated.bakery
    yesterday = int(time.time()) - NOON - DAY_SECONDS - 600
    await emulated.outside.tell(bakery.number, bakery.number.said([text(RANA, "anything new?", at=yesterday)], RANA))
    await phones.write("good morning", HADI)  # By whom the server knows what time it is at WhatsApp.
    chat = await emulated.sara.chat()
    screen = await open_browser(bakery.operators[0])
    sara = Composer(await screen.open(chat))
    await expect(sara.notice).to_be_visible()
    await screen.composer.fill("half an answer")
    await sara.page.keyboard.press("Enter")
    await expect(sara.send).to_be_disabled()
    assert await sara.items() == ["template"]

    page = sara.page
    await page.get_by_test_id("choose-template").click()
    await page.get_by_test_id("template-refresh").click()
    await page.get_by_test_id("template-search").fill("order way")
    await expect(page.get_by_test_id("template")).to_have_count(2)
    await page.locator("[data-testid=template][data-language=en]").click()
    await page.get_by_test_id("gap-body-1").fill("Rana")
    await expect(page.get_by_test_id("form-send")).to_be_disabled()
    await page.get_by_test_id("gap-body-2").fill("77")
    await expect(page.get_by_test_id("template-preview")).to_contain_text("Hello Rana, your order 77 is on its way.")
    await page.get_by_test_id("form-send").click()
    await expect(sara.last).to_have_attribute("data-status", "delivered")
    await expect(sara.last).to_contain_text("Hello Rana, your order 77 is on its way.")
    await expect(screen.composer).to_have_value("half an answer")
    assert kinds(await phones.accepted()) == ["template"]

    await phones.write("thanks!")
    await expect(sara.notice).to_have_count(0)
    await sara.send.click()
    await expect(screen.bubble("half an answer")).to_have_attribute("data-status", "delivered")


async def test_a_template_with_a_picture_and_a_link_goes_out_as_it_was_seen(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    page = sara.page
    await sara.choose("template")
    await page.get_by_test_id("template-refresh").click()
    await expect(page.locator("[data-testid=template][data-name=we_miss_you]")).to_be_disabled()
    await page.locator("[data-testid=template][data-name=new_arrivals]").click()
    await page.get_by_test_id("gap-body-first_name").fill("Rana")
    await page.get_by_test_id("gap-buttons-0").fill("bread")
    await expect(page.get_by_test_id("form-send")).to_be_disabled()
    async with page.expect_file_chooser() as asked:
        await page.get_by_test_id("header-file").click()
    await (await asked.value).set_files(saved(tmp_path, "bread.jpg", picture("JPEG")))
    await expect(page.get_by_test_id("template-preview").locator("img")).to_be_visible()
    await page.get_by_test_id("form-send").click()
    await expect(sara.last).to_have_attribute("data-status", "delivered")
    await expect(sara.last).to_contain_text("New for you, Rana: see what came in today.")
    [sent] = await phones.accepted()
    header, body, button = sent["body"]["template"]["components"]
    assert header["parameters"][0]["type"] == "image"
    assert body["parameters"] == [{"type": "text", "parameter_name": "first_name", "text": "Rana"}]
    assert button["parameters"][0]["text"] == "bread"
