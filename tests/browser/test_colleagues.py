"""Two colleagues before two screens: each sees where the other looks and that the other types, as it happens."""

import pytest
from playwright.async_api import Locator, expect

from browser.screen import OpenBrowser, Screen, until
from story.people import Operator
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI

# What is told in passing does not depend on the database.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]


def part(screen: Screen, name: str) -> Locator:
    return screen.page.get_by_test_id(name)


def isolated(name: str) -> str:
    """A name as it stands in a sentence of any direction."""
    return f"\u2068{name}\u2069"


async def nothing_unread(*operators: Operator) -> bool:
    return not any([(await operator.chat())["unread_count"] for operator in operators])


async def test_two_operators_see_each_other_look_and_type(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("hello from Hadi", HADI)
    await phones.write("hello")
    rana, hadi = await emulated.sara.chat(), await emulated.sara.chat(HADI)
    sara = await (await open_browser(emulated.bakery.operators[0])).open(rana)
    omar = await (await open_browser(emulated.bakery.operators[1])).open()

    # Who is there, in the rail.
    await expect(part(sara, "team-count")).to_have_text("1")
    await expect(part(sara, "also-here")).to_have_count(0)
    await expect(omar.row(rana["conversation_id"]).get_by_test_id("colleague-mark")).to_have_attribute(
        "aria-label", f"{isolated('Sara')} is in this conversation"
    )

    # Who else looks at it.
    await omar.row(rana["conversation_id"]).click()
    await expect(part(sara, "also-here")).to_contain_text(f"{isolated('Omar')} is here too")
    await expect(part(omar, "also-here")).to_contain_text(f"{isolated('Sara')} is here too")

    # Who types in it, and no longer does.
    await omar.composer.press_sequentially("I will")
    await expect(part(sara, "typing-line")).to_contain_text(f"{isolated('Omar')} is typing…")
    await expect(sara.row(rana["conversation_id"]).get_by_test_id("colleague-mark")).to_have_attribute(
        "data-typing", "true"
    )
    await expect(part(omar, "typing-line")).to_have_count(0)
    await omar.composer.fill("")
    await expect(part(sara, "typing-line")).to_have_count(0)
    await omar.composer.press_sequentially("I will answer")
    await expect(part(sara, "typing-line")).to_be_visible()
    await omar.composer.press("Enter")
    await expect(sara.bubble("I will answer")).to_be_visible()
    await expect(part(sara, "typing-line")).to_have_count(0)

    # Who goes elsewhere takes it along.
    await omar.row(hadi["conversation_id"]).click()
    await expect(part(sara, "also-here")).to_have_count(0)
    await expect(sara.row(hadi["conversation_id"]).get_by_test_id("colleague-mark")).to_be_visible()
    await omar.context.close()
    await expect(part(sara, "team-count")).to_have_count(0)


async def test_every_tab_hears_of_it_and_the_one_in_front_says_where_one_looks(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("hello from Hadi", HADI)
    await phones.write("hello")
    rana, hadi = await emulated.sara.chat(), await emulated.sara.chat(HADI)
    omar = await (await open_browser(emulated.bakery.operators[1])).open(rana)
    leader = await (await open_browser(emulated.bakery.operators[0])).open(hadi)
    follower = await (await leader.another_tab()).open(rana)
    await expect(part(follower, "team-count")).to_have_text("1")
    await expect(part(follower, "also-here")).to_be_visible()
    await expect(part(omar, "also-here")).to_be_visible()
    await omar.composer.press_sequentially("let me see")
    await expect(part(follower, "typing-line")).to_be_visible()
    await expect(leader.row(rana["conversation_id"]).get_by_test_id("colleague-mark")).to_have_attribute(
        "data-typing", "true"
    )

    # The tab that holds the stream is closed: the other one leads, and nobody seems to leave.
    await leader.page.close()
    await follower.until_live()
    await follower.composer.press_sequentially("me too")
    await expect(part(omar, "typing-line")).to_contain_text(f"{isolated('Sara')} is typing…")
    await expect(part(omar, "also-here")).to_be_visible()
    await expect(part(follower, "team-count")).to_have_text("1")


async def test_the_team_is_listed_with_its_status(emulated: Scene, phones: Phones, open_browser: OpenBrowser) -> None:
    await phones.write("hello")
    rana = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open()
    omar = await (await open_browser(emulated.bakery.operators[1])).open(rana)
    await part(sara, "team").click()
    colleague = part(sara, "colleague")
    await expect(colleague).to_have_count(1)
    await expect(colleague).to_contain_text("Omar")
    await expect(colleague).to_contain_text("Available")
    await part(omar, "operator-status").click()
    await expect(colleague).to_contain_text("Busy")
    await colleague.get_by_role("link").click()
    await expect(part(sara, "also-here")).to_be_visible()
    await expect(part(sara, "team-panel")).to_be_hidden()


async def test_what_is_told_in_passing_moves_no_cursor(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("hello")
    rana = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(rana)
    omar = await (await open_browser(emulated.bakery.operators[1])).open(rana)
    await sara.until_words(["hello"])
    # Both have read it, which is told in the log, and Sara's screen knows it.
    await until(lambda: nothing_unread(emulated.sara, emulated.omar))
    before = (await emulated.sara.ask("GET", "/api/live-chat/events/poll"))["cursor"].partition("-")[0]
    await expect(sara.live).to_have_attribute("data-sequence", before)
    for words in ("one", ""):
        await omar.composer.fill(words)
    await omar.composer.press_sequentially("two")
    await expect(part(sara, "typing-line")).to_be_visible()
    assert await sara.live.get_attribute("data-sequence") == before
    await phones.write("and then?")
    await sara.until_words(["hello", "and then?"])
    await sara.until_live()
    assert (await sara.recorded())["phases"].count("catching-up") <= 1


@pytest.mark.parametrize("language", ["en-US", "ar-LB"])
async def test_a_phone_has_room_for_the_colleagues_too(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, language: str
) -> None:
    await phones.write("hello")
    rana = await emulated.sara.chat()
    omar = await (await open_browser(emulated.bakery.operators[1])).open(rana)
    size = {"width": 360, "height": 740}
    sara = await open_browser(emulated.bakery.operators[0], viewport=size, locale=language, has_touch=True)
    await sara.open()
    await part(sara, "team").tap()
    await expect(part(sara, "colleague")).to_be_in_viewport(ratio=1)
    await sara.page.keyboard.press("Escape")
    await sara.row(rana["conversation_id"]).tap()
    await omar.composer.press_sequentially("one moment")
    for name in ("also-here-faces", "typing-line", "takeover", "end", "details", "record"):
        await expect(part(sara, name)).to_be_in_viewport(ratio=1)
    await expect(part(sara, "also-here")).to_be_hidden()
    assert await sara.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
