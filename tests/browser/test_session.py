"""A whole working day through the door and out again: nothing is complained about, nothing is left behind."""

from functools import partial

import pytest
from playwright.async_api import Browser, expect

from browser.screen import OpenBrowser, Screen, until, until_streams
from story.node import Node
from story.people import PASSWORD, Identity
from story.phone import Phones
from story.scene import Scene
from story.wire import HADI
from wasl.web.session import COOKIE

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]


async def sign_in(screen: Screen, email: str, password: str) -> None:
    await screen.page.get_by_test_id("login-email").fill(email)
    await screen.page.get_by_test_id("login-password").fill(password)
    await screen.page.get_by_test_id("login-submit").click()


async def come_in(screen: Screen, person: Identity) -> None:
    await screen.page.goto(screen.url)
    await sign_in(screen, person.email, PASSWORD)
    await screen.until_live()


async def test_a_session_without_a_complaint(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, node: Node
) -> None:
    await phones.write("hello")
    person = emulated.bakery.operators[0]
    sara = await open_browser(None)
    await come_in(sara, person)
    await sara.row((await emulated.sara.chat())["conversation_id"]).click()
    await sara.until_words(["hello"])
    await sara.page.get_by_test_id("takeover").click()
    await expect(sara.page.get_by_test_id("conversation-status")).to_have_attribute("data-status", "human")
    await sara.type("welcome *back*")
    await expect(sara.bubble("welcome back")).to_have_attribute("data-status", "delivered")
    await sara.bubble("welcome back").hover()
    await sara.bubble("welcome back").get_by_test_id("trace").click()
    await expect(sara.page.get_by_test_id("message-trace")).to_be_visible()
    await sara.page.keyboard.press("Escape")
    await sara.page.get_by_test_id("details").click()
    await expect(sara.page.get_by_test_id("contact-panel")).to_be_visible()
    await sara.page.get_by_test_id("details").click()
    await phones.send("image", caption="look")
    await expect(sara.bubble("look")).to_be_visible()
    for switch in ("language-switch", "theme-switch", "operator-status"):
        await sara.page.get_by_test_id(switch).click()
    await sara.page.get_by_test_id("end").click()
    await expect(sara.page.get_by_test_id("conversation-status")).to_have_attribute("data-status", "resolved")
    await sara.page.get_by_test_id("logout").click()
    await expect(sara.page.get_by_test_id("login-email")).to_be_visible()

    recorded = await sara.recorded()
    assert (sara.complaints, recorded["violations"]) == ([], [])
    # The first question, whether anybody is signed in, is answered with a 401; nothing else may fail.
    assert [line for line in sara.refused if "401" not in line or "/api/session" not in line] == []
    assert len(sara.refused) <= 1


async def test_the_page_itself_needs_nothing_inline(open_browser: OpenBrowser) -> None:
    sara = await open_browser(None)
    answer = await sara.page.goto(sara.url)
    assert answer is not None
    policy = (await answer.all_headers())["content-security-policy"]
    assert "unsafe" not in policy
    await expect(sara.page.get_by_test_id("login-submit")).to_be_visible()
    inline = sara.page.locator("script:not([src]), style, [style], [onclick], [onload]")
    await expect(inline).to_have_count(0)


async def test_the_content_policy_is_in_force(browser: Browser, node: Node) -> None:
    """The other stories prove nothing by its silence, unless it would speak."""
    page = await browser.new_page()
    await page.goto(node.url)
    stopped = """() => new Promise(stopped => {
        document.addEventListener('securitypolicyviolation', event => stopped(event.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'window.smuggled = true';
        document.head.append(script);
    })"""
    assert await page.evaluate(stopped) == "script-src-elem"
    assert await page.evaluate("window.smuggled") is None
    await page.close()


async def test_a_wrong_login_says_so_and_the_right_one_still_works(emulated: Scene, open_browser: OpenBrowser) -> None:
    person = emulated.bakery.operators[0]
    sara = await open_browser(None)
    await sara.page.goto(sara.url)
    error = sara.page.get_by_test_id("login-error")
    for email, password in ((person.email, "not this"), ("nobody@story.example", PASSWORD)):
        await sign_in(sara, email, password)
        await expect(error).to_contain_text("not right")
        await expect(sara.live).to_have_count(0)
    await sara.page.get_by_test_id("language-switch").click()
    await expect(sara.page.locator("html")).to_have_attribute("dir", "rtl")
    await expect(error).not_to_contain_text("not right")
    await sign_in(sara, person.email, PASSWORD)
    await sara.until_live()


async def test_too_many_tries_are_told_apart_from_a_wrong_password(emulated: Scene, open_browser: OpenBrowser) -> None:
    omar = await open_browser(None)
    await omar.page.goto(omar.url)
    error = omar.page.get_by_test_id("login-error")
    for _ in range(5):
        async with omar.page.expect_response("**/api/session"):
            await sign_in(omar, emulated.bakery.operators[1].email, "guess")
    await expect(error).to_contain_text("not right")
    await sign_in(omar, emulated.bakery.operators[1].email, PASSWORD)
    await expect(error).to_contain_text("Too many")


async def test_logging_out_ends_the_stream_and_leaves_nothing_behind(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, node: Node
) -> None:
    await phones.write("the secret recipe")
    await phones.write("hello", HADI)
    chat = await emulated.sara.chat()
    sara = await open_browser(None)
    await come_in(sara, emulated.bakery.operators[0])
    other_tab = await (await sara.another_tab()).open(chat)
    await sara.row(chat["conversation_id"]).click()
    await sara.until_words(["the secret recipe"])
    await until_streams(node, 1)
    # The browser remembers what it shows, to paint it at once the next time.
    await until(partial(remembers, sara, "the secret recipe"))

    await sara.page.get_by_test_id("logout").click()
    for tab in (sara, other_tab):
        await expect(tab.page.get_by_test_id("login-email")).to_be_visible()
        await expect(tab.page.get_by_text("the secret recipe")).to_have_count(0)
    await until_streams(node, 0)
    await sara.page.go_back()
    await expect(sara.page.get_by_test_id("login-email")).to_be_visible()
    await expect(sara.page.get_by_text("the secret recipe")).to_have_count(0)
    await sara.page.reload()
    await expect(sara.page.get_by_test_id("login-email")).to_be_visible()
    assert not await remembers(sara, "secret")
    assert emulated.bakery.operators[0].email not in await left_in_browser(sara)


async def remembers(screen: Screen, words: str) -> bool:
    return words in await left_in_browser(screen)


async def left_in_browser(screen: Screen) -> str:
    """Everything that the page's origin keeps in this browser, as text."""
    return str(
        await screen.page.evaluate(
            """async () => {
                const found = {local: {...localStorage}, session: {...sessionStorage}};
                for (const {name} of await indexedDB.databases()) {
                    const database = await new Promise((resolve, reject) => {
                        const opening = indexedDB.open(name);
                        opening.onsuccess = () => resolve(opening.result);
                        opening.onerror = reject;
                    });
                    for (const store of database.objectStoreNames) {
                        found[`${name}/${store}`] = await new Promise((resolve) => {
                            const all = database.transaction(store).objectStore(store).getAll();
                            all.onsuccess = () => resolve(all.result);
                        });
                    }
                    database.close();
                }
                return JSON.stringify(found);
            }"""
        )
    )


async def test_a_session_that_was_ended_elsewhere_shows_the_door(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("hello")
    sara = await open_browser(None)
    await come_in(sara, emulated.bakery.operators[0])
    [cookie] = [each for each in await sara.context.cookies() if each.get("name") == COOKIE]
    token = {"Authorization": f"Bearer {cookie['value']}"}
    ended = await emulated.outside.client.delete("/api/session", headers=token)
    assert ended.status_code == 200
    await expect(sara.page.get_by_test_id("login-email")).to_be_visible()
    await expect(sara.page.get_by_text("has ended")).to_be_visible()
