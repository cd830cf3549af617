"""Languages, directions, themes and sizes: the page turns as a whole, and fits every screen."""

import pytest
from playwright.async_api import Locator, expect

from browser.screen import OpenBrowser, Screen
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI, Customer

# What is painted does not depend on the database.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

LONG = "https://example.com/" + "a-very-long-address-without-any-place-to-break/" * 8


async def left_of(part: Locator) -> float:
    box = await part.bounding_box()
    assert box is not None, "it is not on the screen"
    return box["x"]


async def direction_of(part: Locator) -> str:
    return str(await part.evaluate("e => getComputedStyle(e).direction"))


async def test_arabic_turns_the_page_and_leaves_each_text_its_direction(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("Good morning")
    await phones.write("مرحبا، كيفكم اليوم؟")
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    root = sara.page.locator("html")
    await expect(root).to_have_attribute("dir", "ltr")
    assert await left_of(sara.list) < await left_of(sara.message_list)
    assert await direction_of(sara.bubble("مرحبا").get_by_test_id("message-text")) == "rtl"

    await sara.page.get_by_test_id("language-switch").click()
    await expect(root).to_have_attribute("dir", "rtl")
    await expect(root).to_have_attribute("lang", "ar")
    await expect(sara.page.locator("h1")).not_to_have_text("Inbox")
    assert await left_of(sara.list) > await left_of(sara.message_list)
    # A customer's bubbles stand where an Arabic reader begins.
    assert await left_of(sara.bubble("Good morning").get_by_test_id("message-text")) > await left_of(sara.message_list)
    assert await direction_of(sara.bubble("Good morning").get_by_test_id("message-text")) == "ltr"
    assert await direction_of(sara.bubble("مرحبا").get_by_test_id("message-text")) == "rtl"
    await sara.type("أهلاً وسهلاً")
    await expect(sara.bubble("أهلاً وسهلاً")).to_have_attribute("data-status", "delivered")
    await sara.check_no_sideways_scroll()

    await sara.page.reload()
    await sara.until_live()
    await expect(root).to_have_attribute("dir", "rtl")
    await sara.page.get_by_test_id("language-switch").click()
    await expect(root).to_have_attribute("dir", "ltr")
    await expect(sara.page.locator("h1")).to_have_text("Inbox")


async def brightness(screen: Screen) -> float:
    """Of the page's ground, 0 (black) to 255."""
    return float(
        await screen.page.evaluate(
            """() => {
                const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
                canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
                canvas.fillRect(0, 0, 1, 1);
                const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
                return (red + green + blue) / 3;
            }"""
        )
    )


async def test_the_theme_is_the_system_s_until_it_is_chosen_and_stays_chosen(
    emulated: Scene, open_browser: OpenBrowser
) -> None:
    sara = await (await open_browser(emulated.bakery.operators[0])).open()
    assert await brightness(sara) > 200
    await sara.page.emulate_media(color_scheme="dark")
    assert await brightness(sara) < 60
    switch = sara.page.get_by_test_id("theme-switch")
    await switch.click()
    await expect(sara.page.locator("html")).to_have_attribute("data-theme", "light")
    assert await brightness(sara) > 200
    await switch.click()
    await sara.page.emulate_media(color_scheme="light")
    await sara.page.reload()
    await sara.until_live()
    await expect(sara.page.locator("html")).to_have_attribute("data-theme", "dark")
    assert await brightness(sara) < 60


@pytest.mark.parametrize("language", ["en-US", "ar-LB"])
async def test_a_phone_shows_one_thing_at_a_time(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, language: str
) -> None:
    await phones.write("hello from Hadi", HADI)
    await phones.write("hello")
    await phones.write(LONG)
    await phones.write("x" * 300, Customer("A customer whose name is far too long for any telephone", "9613000009"))
    chat = await emulated.sara.chat()
    size = {"width": 390, "height": 844}
    sara = await open_browser(emulated.bakery.operators[0], viewport=size, locale=language, has_touch=True)
    await sara.open()
    await expect(sara.list).to_be_visible()
    await expect(sara.page.get_by_test_id("conversation")).to_have_count(0)
    await sara.check_no_sideways_scroll()
    await sara.row(chat["conversation_id"]).tap()
    await expect(sara.bubble("hello").first).to_be_visible()
    await expect(sara.list).to_be_hidden()
    await sara.check_no_sideways_scroll()
    await sara.composer.tap()
    await sara.composer.fill("written with a thumb")
    await sara.page.get_by_test_id("send").tap()
    await expect(sara.bubble("written with a thumb")).to_have_attribute("data-status", "delivered")
    for button in ("release", "end", "details", "add", "record", "back"):
        await expect(sara.page.get_by_test_id(button)).to_be_in_viewport(ratio=1)
    await sara.page.get_by_test_id("back").tap()
    await expect(sara.list).to_be_visible()
    await expect(sara.page.get_by_test_id("conversation")).to_have_count(0)
    await sara.page.go_back()
    await expect(sara.bubble("written with a thumb")).to_be_visible()
    await sara.check_no_sideways_scroll()
