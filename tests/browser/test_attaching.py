"""Files that operators bring: chosen, pasted or dropped, seen on their way, cancelled, and sent once."""

from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from browser.answering import at_desk, filled_up, kinds, saved
from browser.screen import OpenBrowser
from samples import PDF, PROGRAM, film, picture
from story.phone import Phones
from story.scene import Scene

pytestmark = pytest.mark.anyio

FILM_BYTES = 16 * 1024 * 1024
"""As large as WhatsApp takes a film."""
SLOW_BYTES_PER_SECOND = 3 * 1024 * 1024


async def test_a_photo_goes_with_its_caption_and_quote(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    await sara.attach(saved(tmp_path, "bread.jpg", picture("JPEG")), by="picture")
    await sara.until_ready()
    await expect(sara.tray.locator("img")).to_be_visible()
    await sara.screen.type("fresh today")
    await expect(sara.tray).to_have_count(0)
    await expect(sara.last).to_have_attribute("data-status", "delivered")
    await expect(sara.last).to_contain_text("fresh today")
    [sent] = await phones.accepted()
    assert sent["body"]["type"] == "image"
    assert sent["body"]["image"]["caption"] == "fresh today"


async def test_a_film_of_sixteen_megabytes_is_seen_on_its_way_and_arrives(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    await sara.slow_line(SLOW_BYTES_PER_SECOND)
    path = saved(tmp_path, "oven.mp4", filled_up(film(), FILM_BYTES))
    await sara.attach(path, by="picture")
    await sara.page.wait_for_function(
        "() => { const line = document.querySelector('[data-testid=tray-progress]');"
        " return line && line.value > 5 && line.value < 95 }"
    )
    # It may be sent before it has arrived: then it is seen on its way in its bubble.
    await sara.send.click()
    await expect(sara.tray).to_have_count(0)
    await expect(sara.page.get_by_test_id("pending-progress")).to_be_visible()
    await sara.screen.type("and this is the oven")
    await expect(sara.screen.bubble("and this is the oven")).to_have_attribute(
        "data-status", "delivered", timeout=60_000
    )
    assert kinds(await phones.accepted()) == ["video", "text"]


async def test_papers_are_pasted_and_dropped(emulated: Scene, phones: Phones, open_browser: OpenBrowser) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    paper = await sara.hold("order.pdf", "application/pdf", PDF)
    await paper.evaluate("held => held.drag()")
    await expect(sara.page.get_by_test_id("drop-zone")).to_be_visible()
    await paper.evaluate("held => held.drop()")
    await expect(sara.page.get_by_test_id("drop-zone")).to_be_hidden()
    photo = await sara.hold("image.png", "image/png", picture("PNG"))
    await photo.evaluate("held => held.paste()")
    await sara.until_ready(2)
    await sara.page.keyboard.press("Enter")
    await expect(sara.last).to_have_attribute("data-status", "delivered")
    sent = await phones.accepted()
    assert kinds(sent) == ["document", "image"]
    assert sent[0]["body"]["document"]["filename"] == "order.pdf"


async def test_a_file_on_its_way_is_cancelled(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    await sara.slow_line(512 * 1024)
    await sara.attach(saved(tmp_path, "oven.mp4", filled_up(film(), FILM_BYTES)))
    await expect(sara.page.get_by_test_id("tray-progress")).to_be_visible()
    await sara.page.get_by_test_id("tray-remove").click()
    await expect(sara.tray).to_have_count(0)
    await expect(sara.screen.composer).to_be_focused()
    await sara.screen.type("never mind")
    await expect(sara.screen.bubble("never mind")).to_have_attribute("data-status", "delivered")
    assert kinds(await phones.accepted()) == ["text"]


async def test_what_nobody_should_be_sent_is_refused_with_a_sentence(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    await sara.attach(saved(tmp_path, "invoice.pdf", PROGRAM))
    await expect(sara.page.get_by_test_id("tray-error")).to_contain_text("Programs")
    await expect(sara.send).to_be_disabled()
    await expect(sara.page.get_by_test_id("tray-retry")).to_have_count(0)
    await sara.page.get_by_test_id("tray-remove").click()
    await expect(sara.tray).to_have_count(0)


async def test_a_photo_goes_once_though_the_answer_is_lost(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    lost = 0

    async def lose_one(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost > 1:
            await route.continue_()
        else:
            await route.fetch()
            await route.abort()

    await sara.page.route("**/api/live-chat/send-message", lose_one)
    await sara.attach(saved(tmp_path, "bread.jpg", picture("JPEG")))
    await sara.until_ready()
    await sara.page.keyboard.press("Enter")
    await expect(sara.last).to_have_attribute("data-status", "delivered")
    await expect(sara.screen.bubbles).to_have_count(2)
    assert kinds(await phones.accepted()) == ["image"]


async def test_files_that_have_arrived_are_there_after_a_reload(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    await sara.attach(saved(tmp_path, "bread.jpg", picture("JPEG")))
    await sara.until_ready()
    await sara.screen.composer.fill("half a caption")
    await sara.page.reload()
    await sara.screen.until_live()
    await sara.until_ready()
    await expect(sara.screen.composer).to_have_value("half a caption")
    await sara.send.click()
    await expect(sara.last).to_have_attribute("data-status", "delivered")
    assert kinds(await phones.accepted()) == ["image"]
