"""Beside a conversation stands who it is with, and what else passed with the same person."""

import pytest
from playwright.async_api import expect

from browser.screen import OpenBrowser
from story.scene import Scene
from story.wire import RANA, Number, text
from wasl.memory import open_memory
from wasl.store.channel_form import NewChannel

# What is painted does not depend on the database.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]


async def open_branch(scene: Scene) -> Number:
    """A second number of the bakery, which the running server finds by itself."""
    number = scene.bakery.number
    branch = Number(f"66{number.phone_number_id}", "9611000666", number.secret)
    new = NewChannel(
        provider="meta",
        phone_number_id=branch.phone_number_id,
        values={"app_secret": branch.secret, "verify_token": "verify", "access_token": "token"},
        display_phone_number=f"+{branch.display}",
        name="The branch",
    )
    async with open_memory(scene.node.settings) as memory:
        await memory.team.add_channel(int(scene.bakery.account_id), new)
    return branch


async def test_the_conversations_of_one_person_over_two_numbers_lead_to_each_other(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    branch = await open_branch(scene)
    await scene.outside.say(scene.bakery, RANA, "hello, bakery")
    await scene.outside.tell(branch, branch.said([text(RANA, "hello, *branch*")], RANA))
    [at_branch, at_bakery] = (await scene.sara.chats(search=RANA.phone))["chats"]
    assert at_branch["user_id"] == at_bakery["user_id"]
    sara = await (await open_browser(scene.bakery.operators[0])).open(at_bakery)
    await sara.page.get_by_test_id("details").click()
    other = sara.page.get_by_test_id("other-conversation")
    await expect(other).to_have_count(1)
    await expect(other).to_contain_text("The branch")
    await expect(other).to_contain_text("hello, branch")
    await scene.outside.tell(branch, branch.said([text(RANA, "are you open?")], RANA))
    await expect(other).to_contain_text("are you open?")
    await other.click()
    await sara.until_words(["hello, branch", "are you open?"])


async def test_nothing_is_said_of_other_conversations_where_there_are_none(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    await scene.outside.say(scene.bakery, RANA, "hello")
    sara = await (await open_browser(scene.bakery.operators[0])).open(await scene.sara.chat())
    async with sara.page.expect_response("**/conversations"):
        await sara.page.get_by_test_id("details").click()
    await expect(sara.page.get_by_test_id("contact-panel")).to_be_visible()
    await expect(sara.page.get_by_test_id("other-conversations")).to_have_count(0)
