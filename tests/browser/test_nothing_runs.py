"""What customers write is text: on no screen does any of it run, load, or lead where no link of ours leads."""

import json
from urllib.parse import quote, urlsplit

import pytest
from playwright.async_api import Page, expect

from browser.screen import OpenBrowser, Screen
from browser.test_session import come_in
from story.phone import Phones
from story.scene import Scene
from story.wire import Customer, JsonObject, text
from wasl.torture.process import Emulator

# What a browser does with a text does not depend on the database.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

RUN = "window.smuggled=1"
ATTACKS = [
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f"<svg/onload={RUN}>",
    f"\"'><iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"javascript:{RUN}",
    f"JaVaScRiPt&colon;{RUN}//https://example.com",
    f"data:text/html,<script>{RUN}</script>",
    f"vbscript:{RUN} file:///etc/passwd blob:x",
    f'https://example.com/"onmouseover="{RUN}',
    f"https://example.com/'onclick='{RUN}'<b>x</b>",
    f"*<a href=javascript:{RUN}>bold</a>* _[x](javascript:{RUN})_ `<script>{RUN}</script>`",
    f"{{{{constructor.constructor('{RUN}')()}}}} ${{{RUN}}} <%={RUN}%>",
    "</title></style></textarea><base href=https://evil.example/><meta http-equiv=refresh content=0;url=//a.example>",
    "\u202ehttps://example.com/\u202c \u200bjavascript\u200b:alert(1)",
]
KINDS: list[JsonObject] = [
    {"type": "location", "location": {"latitude": 33.9, "longitude": 35.5, "name": ATTACKS[1], "url": ATTACKS[4]}},
    {"type": "location", "location": {"latitude": f'1"onclick="{RUN}', "longitude": ATTACKS[4], "address": ATTACKS[0]}},
    {"type": "contacts", "contacts": [{"name": {"formatted_name": ATTACKS[1]}, "urls": [{"url": ATTACKS[4]}]}]},
    {"type": "hologram", "hologram": {"<b>": ATTACKS[1], "url": ATTACKS[4]}},
    {
        "type": "document",
        "document": {"id": "1", "filename": ATTACKS[1], "mime_type": "text/html", "caption": ATTACKS[2]},
    },
    {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": ATTACKS[2]}}},
    {
        "type": "text",
        "text": {"body": "from an advertisement"},
        "referral": {"source_url": ATTACKS[4], "body": ATTACKS[1]},
    },
]
NAME = f'<img src=x onerror="{RUN}"> Eve'
EVE = Customer(NAME, "9613666001")
LINK_SCHEMES = {"http", "https", "tel", "mailto"}
_LINKS = """() => [...document.querySelectorAll('a[href], area[href], form[action], iframe, object, embed, base')]
    .map(e => [e.tagName, e.getAttribute('href') ?? '', e.href ?? '', e.target ?? '', e.rel ?? ''])"""


async def nothing_ran(page: Page) -> None:
    """No word of an attack became a program, a picture or an address."""
    assert await page.evaluate("window.smuggled") is None
    assert await page.evaluate("frames.length") == 0
    assert (
        await page.locator("script:not([src]), iframe, object, embed, base, img[src=x], [onerror], [onload]").count()
        == 0
    )
    for tag, written, address, target, rel in await page.evaluate(_LINKS):
        assert tag in ("A", "FORM"), (tag, written)
        assert urlsplit(address).scheme in LINK_SCHEMES, written
        if urlsplit(address).netloc != urlsplit(page.url).netloc:
            assert target == "_blank", written
            assert {"noopener", "noreferrer"} <= set(rel.split()), written


async def attacked(scene: Scene) -> None:
    """Eve has written everything that she knows."""
    number = scene.bakery.number
    messages = [text(EVE, words, at=place) for place, words in enumerate(ATTACKS)]
    messages += [text(EVE, "", at=100 + place) | kind for place, kind in enumerate(KINDS)]
    change = number.said(messages, EVE)
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}).encode()
    assert (await scene.outside.deliver(number, body)).status_code == 200


async def test_a_customers_words_stay_words_on_every_screen(emulated: Scene, open_browser: OpenBrowser) -> None:
    await attacked(emulated)
    sara = await open_browser(None)
    await come_in(sara, emulated.bakery.operators[0])
    await expect(sara.list).to_contain_text(NAME)
    chat = await emulated.sara.chat(EVE)
    await sara.row(chat["conversation_id"]).click()
    await expect(sara.bubbles.last).to_contain_text("from an advertisement")
    shown = await sara.message_list.inner_text()
    for attack in (ATTACKS[0], ATTACKS[1], ATTACKS[4]):
        assert attack in shown
    await sara.page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    await sara.page.get_by_test_id("takeover").click()
    await sara.type(ATTACKS[1])
    await expect(sara.bubbles.last).to_contain_text("onerror")
    await sara.page.get_by_test_id("details").click()
    await expect(sara.page.get_by_test_id("contact-panel")).to_contain_text(NAME)
    await nothing_ran(sara.page)
    for switch in ("theme-switch", "language-switch", "theme-switch"):
        await sara.page.get_by_test_id(switch).click()
        await nothing_ran(sara.page)
    for link in await sara.message_list.locator("a").all():
        await link.hover()
    await nothing_ran(sara.page)
    assert sara.complaints == (await sara.recorded())["violations"] == []


PLACES = [
    f"/#{quote(ATTACKS[1])}",
    f"/#javascript:{RUN}",
    f"/?search={quote(ATTACKS[1])}&status={quote(ATTACKS[0])}",
    f"/conversations/{quote(ATTACKS[1], safe='')}/{quote(ATTACKS[0], safe='')}",
    f"/conversations/7/x?reply={quote(ATTACKS[2])}#{quote(ATTACKS[2])}",
    f"/login?next=javascript:{RUN}",
    f"/{quote('//evil.example/')}?next=//evil.example/#//evil.example",
]


@pytest.mark.parametrize("place", PLACES)
async def test_an_address_is_no_program(emulated: Scene, open_browser: OpenBrowser, place: str) -> None:
    sara = await open_browser(emulated.bakery.operators[0])
    await sara.page.goto(sara.url + place)
    await expect(sara.page.locator("#root > *").first).to_be_visible()
    await sara.page.wait_for_timeout(300)
    assert urlsplit(sara.page.url).netloc == urlsplit(sara.url).netloc
    await nothing_ran(sara.page)
    assert (await sara.recorded())["violations"] == []


async def test_the_handset_shows_words_as_words(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, whatsapp: Emulator
) -> None:
    await phones.write("hello", EVE)
    for attack in ATTACKS[:4]:
        await phones.write(attack, EVE)
    chat = await emulated.sara.chat(EVE)
    await emulated.sara.move("takeover", chat)
    await emulated.sara.send(chat, ATTACKS[1], force=True)
    tab = await open_browser(None)
    page = await tab.context.new_page()
    handset = Screen(page, whatsapp.url)
    await page.goto(f"{whatsapp.url}/handset")
    await page.locator("#number").select_option(value=emulated.bakery.number.phone_number_id)
    await page.get_by_text("Eve").first.click()
    await expect(page.locator("#thread")).to_contain_text(ATTACKS[0])
    await page.wait_for_timeout(500)
    assert await page.evaluate("window.smuggled") is None
    assert await page.locator("script:not([src]), iframe, img[src=x], [onerror], [style]").count() == 0
    assert handset.complaints == (await handset.recorded())["violations"] == []
    await page.close()


async def test_the_reference_of_the_api_needs_nothing_from_elsewhere(open_browser: OpenBrowser) -> None:
    tab = await open_browser(None)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    await tab.page.goto(f"{tab.url}/docs")
    await expect(tab.page.get_by_text("/api/live-chat/send-message").first).to_be_visible()
    assert all(urlsplit(url).netloc == urlsplit(tab.url).netloc for url in asked)
    assert (await tab.recorded())["violations"] == []
