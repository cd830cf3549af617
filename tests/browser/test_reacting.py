"""Reactions of ours: given, changed and taken back, and seen by the customer each time."""

import pytest
from playwright.async_api import expect

from browser.answering import at_desk
from browser.screen import OpenBrowser, until
from story.phone import Phones
from story.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]


async def test_a_reaction_goes_is_changed_and_taken_back(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    sara = await at_desk(emulated, phones, open_browser)
    bubble = sara.screen.bubble("hello")

    async def react(emoji: str) -> None:
        await bubble.hover()
        await bubble.get_by_test_id("react").click()
        await sara.page.locator(f"[data-testid=react-emoji][data-emoji='{emoji}']").last.click()

    await react("👍")
    await expect(bubble.get_by_test_id("reactions")).to_have_text("👍")
    await react("❤️")
    await expect(bubble.get_by_test_id("reactions")).to_have_text("❤️")
    await react("❤️")
    await expect(bubble.get_by_test_id("reactions")).to_have_count(0)
    await react("🙏")
    await bubble.get_by_test_id("reaction-own").click()
    await expect(bubble.get_by_test_id("reactions")).to_have_count(0)

    async def is_gone() -> bool:
        return [send["body"]["reaction"]["emoji"] for send in await phones.accepted()][-1:] == [""]

    await until(is_gone)
