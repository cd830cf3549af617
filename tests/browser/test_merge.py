"""The contact panel: two contacts are told to be one person, on a colleague's screen at once, and apart again."""

import pytest
from playwright.async_api import expect

from browser.screen import OpenBrowser
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI, RANA, Customer, text

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]


async def test_two_contacts_are_merged_in_the_panel_and_told_apart_again(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("from my own phone", RANA)
    await phones.write("from my office", HADI)
    chats = {chat["user_name"]: chat for chat in (await emulated.sara.chats())["chats"]}
    sara, omar = [await open_browser(person) for person in emulated.bakery.operators]
    await sara.open(chats["Rana"])
    await omar.open(chats["Hadi"])
    for screen in (sara, omar):
        await screen.page.get_by_test_id("details").click()
        await expect(screen.page.get_by_test_id("contact-panel")).to_be_visible()
    await expect(sara.page.get_by_test_id("identity").first).to_be_visible()

    await sara.page.get_by_test_id("merge").click()
    await sara.page.get_by_test_id("merge-search").fill("Hadi")
    await sara.page.get_by_test_id("merge-choice").click()
    await sara.page.get_by_test_id("merge-confirm").click()
    for screen, other in ((sara, "from my office"), (omar, "from my own phone")):
        await expect(screen.page.get_by_test_id("other-conversation")).to_contain_text(other)
    await expect(omar.page.get_by_test_id("merge-made")).to_contain_text("Sara")

    await omar.page.get_by_test_id("unmerge").click()
    for screen in (sara, omar):
        await expect(screen.page.get_by_test_id("other-conversation")).to_have_count(0)
        assert await screen.is_unrefreshed()


async def test_a_conversation_that_goes_on_in_another_leads_there_and_takes_nothing_new(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    number, nadia = scene.bakery.number, Customer("Nadia", "9613000777")
    hidden = {"profile": {"name": "Nadia"}, "user_id": "LB.7770000001"}
    await scene.outside.tell(number, number.said([text(nadia, "from my number")], nadia))
    unseen = text(nadia, "from my username", at=1) | {"from_user_id": hidden["user_id"]}
    del unseen["from"]
    change = number.said([unseen])
    change["value"]["contacts"] = [hidden]
    await scene.outside.tell(number, change)
    younger = next(chat for chat in (await scene.sara.chats())["chats"] if chat["phone_clean"] is None)
    sara = await open_browser(scene.bakery.operators[0])
    await sara.open(younger)
    await expect(sara.composer).to_be_visible()

    linked = text(nadia, "both are me", at=2) | {"from_user_id": hidden["user_id"]}
    change = number.said([linked], nadia)
    change["value"]["contacts"][0]["user_id"] = hidden["user_id"]
    await scene.outside.tell(number, change)
    await expect(sara.page.get_by_test_id("closed-for-good")).to_be_visible()
    await expect(sara.composer).to_have_count(0)
    await sara.page.get_by_test_id("continued-in").click()
    await expect(sara.composer).to_be_visible()
    await sara.until_words(["from my number", "both are me"])
