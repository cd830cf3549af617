"""Every kind of thing that can happen to a message is seen as it happens, and looks the same after a reload."""

import pytest
from playwright.async_api import expect

from browser.screen import OpenBrowser
from story.phone import Phones
from story.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]


async def test_reactions_edits_and_deletions(emulated: Scene, phones: Phones, open_browser: OpenBrowser) -> None:
    first = await phones.write("two breads please")
    second = await phones.write("my card is 1234")
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    await sara.type("coming")
    await expect(sara.bubble("coming")).to_have_attribute("data-status", "delivered")
    [sent] = await phones.accepted()
    stood = [bubble.id for bubble in await sara.messages()]

    await phones.send("reaction", message_id=sent["message_id"], emoji="❤️")
    await expect(sara.bubble("coming").get_by_test_id("reactions")).to_have_text("❤️")
    await phones.send("reaction", message_id=sent["message_id"], emoji="👍")
    await expect(sara.bubble("coming").get_by_test_id("reactions")).to_have_text("👍")
    await phones.send("edit", message_id=first, text="three breads please")
    await expect(sara.bubble("three breads please").get_by_test_id("edited-mark")).to_be_visible()
    await phones.send("revoke", message_id=second)
    await expect(sara.page.get_by_test_id("deleted-mark")).to_be_visible()

    for _ in range(2):
        assert await sara.words() == ["three breads please", "", "coming"]
        assert [bubble.id for bubble in await sara.messages()] == stood
        await expect(sara.page.get_by_text("1234")).to_have_count(0)
        await expect(sara.bubble("coming").get_by_test_id("reactions")).to_have_text("👍")
        await sara.page.reload()
        await sara.until_live()
        await expect(sara.bubble("coming")).to_be_visible()
    await phones.send("reaction", message_id=sent["message_id"], emoji="")
    await expect(sara.bubble("coming").get_by_test_id("reactions")).to_have_count(0)


async def test_quotes_of_both_sides(emulated: Scene, phones: Phones, open_browser: OpenBrowser) -> None:
    asked = await phones.write("do you have ka3ek?")
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    bubble = sara.bubble("do you have ka3ek?")
    await bubble.hover()
    await bubble.get_by_test_id("reply").click()
    await expect(sara.page.get_by_test_id("quoted-reply")).to_contain_text("do you have ka3ek?")
    await sara.type("Every morning")
    answer = sara.bubble("Every morning")
    await expect(answer.get_by_test_id("quote")).to_contain_text("do you have ka3ek?")
    await expect(answer).to_have_attribute("data-status", "delivered")
    await expect(sara.page.get_by_test_id("quoted-reply")).to_have_count(0)
    [sent] = await phones.accepted()
    assert sent["body"]["context"] == {"message_id": asked}

    await phones.write("perfect", reply_to=sent["message_id"])
    await expect(sara.bubble("perfect").get_by_test_id("quote")).to_contain_text("Every morning")
    await sara.bubble("perfect").get_by_test_id("quote").click()
    await expect(answer).to_be_in_viewport()


async def test_what_cannot_be_shown_yet_is_said_and_kept(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    await sara.until_words(["hello"])
    await phones.send("unsupported")
    strange = sara.bubbles.nth(1)
    await expect(strange).to_contain_text("cannot be shown")
    await strange.locator("summary").click()
    await expect(strange.locator("pre")).to_contain_text("131051")


async def test_kinds_of_content(emulated: Scene, phones: Phones, open_browser: OpenBrowser) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    await phones.send("image", caption="like this one")
    await phones.send("voice")
    await phones.send("document", filename="order.pdf")
    await phones.send("location", name="Home")
    await phones.send("contacts", name="Rami Haddad")
    await phones.send("order")
    kinds = ["hello", "like this one", "", "order.pdf", "Home", "Rami Haddad", "cedar-biscuits × 2"]
    await expect(sara.bubbles).to_have_count(len(kinds))
    for place, words in enumerate(kinds):
        await expect(sara.bubbles.nth(place)).to_contain_text(words)
    await expect(sara.bubbles.nth(2).get_by_label("Play the voice message")).to_be_visible()
    await phones.write("written on the shop's phone", echo=True)
    echo = sara.bubble("written on the shop's phone")
    await expect(echo.get_by_test_id("echo-mark")).to_be_visible()
    await expect(echo).to_have_attribute("data-role", "operator")


async def test_nothing_that_a_customer_writes_becomes_part_of_the_page(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script> *bold* [x](javascript:alert(3))"
    await phones.write(hostile)
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    dialogs: list[str] = []
    sara.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await sara.until_words(["<img src=x onerror=alert(1)><script>alert(2)</script> bold [x](javascript:alert(3))"])
    await expect(sara.message_list.locator("img, script, a")).to_have_count(0)
    await expect(sara.message_list.locator("strong")).to_have_text("bold")
    assert dialogs == []
