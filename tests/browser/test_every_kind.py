"""Whatever a customer can send, and whatever we can, is drawn as what it is, in both languages and in the list."""

from typing import Any

import pytest
from playwright.async_api import expect

import samples
from browser.screen import OpenBrowser, Screen, until
from story.phone import Phones
from story.scene import Scene
from story.test_files import send_file

# What is painted does not depend on the database.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("home", ["sqlite"], indirect=True)]

FORM = '{"full_name": "Rana", "guests": [4], "flow_token": "unseen"}'
IMAGE, VOICE, SONG = (
    (samples.picture(), "image/png"),
    (samples.sound("ogg"), "audio/ogg"),
    (samples.sound("mp3", "mp3"), "audio/mpeg"),
)
FILM, PAPER = (samples.film(), "video/mp4"), (samples.PDF, "application/pdf")
STICKER = (samples.picture("WEBP", (200, 200), "RGBA"), "image/webp")
PLACE = {"latitude": 33.89, "longitude": 35.5}

INBOUND: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("text", {"text": "*hello*"}, "message-text", "hello", "hello"),
    ("image", {"file": IMAGE}, "open-media", "Photo", "صورة"),
    ("sticker", {"file": STICKER}, "open-media", "Sticker", "ملصق"),
    ("video", {"file": FILM}, "open-media", "Video", "مقطع فيديو"),
    ("voice", {"file": VOICE}, "player", "Voice message", "رسالة صوتية"),
    ("audio", {"file": SONG}, "player", "Audio", "مقطع صوتي"),
    ("document", {"file": PAPER, "filename": "a.pdf"}, "document", "Document", "مستند"),
    ("location", {"raw": {"location": PLACE | {"name": "Home"}}}, "location", "Home", "Home"),
    ("location", {"raw": {"location": PLACE}}, "location", "Location", "موقع"),
    ("contacts", {"name": "Rami Haddad"}, "contact-cards", "Rami Haddad: +9613000099", "Rami Haddad: +9613000099"),
    ("order", {}, "order", "Order", "طلب شراء"),
    ("button_reply", {"id": "y", "title": "Yes"}, "chosen", "Yes", "Yes"),
    ("list_reply", {"id": "8", "title": "Eight", "description": "early"}, "chosen", "Eight early", "Eight early"),
    ("button", {"text": "Stop"}, "chosen", "Stop", "Stop"),
    (
        "form_reply",
        {"response_json": FORM},
        "form-answer",
        "Form answered full_name: Rana",
        "تم ملء النموذج full_name: Rana",
    ),
    ("unsupported", {}, "unsupported", "Unsupported message", "رسالة غير مدعومة"),
    ("request_welcome", {}, "unsupported", "The customer opened the chat", "فتح العميل المحادثة"),
]
"""Kind, what is sent, what is drawn, and the line in the list in English and in Arabic."""


CHOICES = [{"id": "y", "title": "Yes please"}, {"id": "n", "title": "No thanks"}]
ROWS = [{"id": "8", "title": "Eight", "description": "early"}, {"id": "9", "title": "Nine"}]
LIST = {"button": "Times", "sections": [{"title": "Morning", "rows": ROWS}]}
MENU = {"cta": {"text": "Open", "url": "https://example.com/menu"}}
MENU_WORDS = {"header": "Menu", "body": "All of it", "footer": "Cedar Bakery"}
OMAR = {"name": {"formatted_name": "Omar"}, "phones": [{"phone": "+96170"}]}
SENT: list[tuple[dict[str, Any], str]] = [
    ({"interactive": {"kind": "button", "body": "Today?", "buttons": CHOICES}}, "offer"),
    ({"interactive": {"kind": "list", "body": "When?", "list": LIST}}, "offer"),
    ({"interactive": {"kind": "cta_url", **MENU_WORDS, **MENU}}, "offer"),
    ({"location": PLACE | {"name": "Cedar Bakery", "address": "Hamra"}}, "location"),
    ({"contacts": [OMAR]}, "contact-cards"),
]
"""What is sent, and what is drawn."""
FILES = [(IMAGE[0], "a.png", "open-media"), (VOICE[0], "v.ogg", "player"), (PAPER[0], "a.pdf", "document")]


async def check_seen(screen: Screen) -> None:
    """Every bubble shows something, within the page."""
    width = await screen.page.evaluate("innerWidth")
    for bubble in await screen.bubbles.all():
        await bubble.scroll_into_view_if_needed()
        box = await bubble.bounding_box()
        assert box is not None
        assert box["height"] > 24, await bubble.inner_html()
        assert box["x"] >= 0, await bubble.inner_html()
        assert box["x"] + box["width"] <= width, await bubble.inner_html()


@pytest.mark.parametrize("language", ["en-US", "ar-LB"])
async def test_what_customers_send_is_drawn_and_told_in_the_list(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser, language: str
) -> None:
    await phones.write("first")
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0], locale=language)).open(chat)
    row = sara.row(chat["conversation_id"])
    for place, (kind, options, drawn, *lines) in enumerate(INBOUND, start=1):
        about = dict(options)
        if "file" in about:
            about["media_id"] = await phones.remote.keep_file(*about.pop("file"))
        await phones.send(kind, **about)
        await expect(sara.bubbles.nth(place).get_by_test_id(drawn).first, kind).to_be_visible()
        await expect(row, kind).to_contain_text(lines[language.startswith("ar")])
    await check_seen(sara)
    looks = await sara.message_list.evaluate("list => list.innerText")
    await sara.page.reload()
    await sara.until_live()

    async def is_the_same() -> bool:
        return bool(await sara.message_list.evaluate("list => list.innerText") == looks)

    await until(is_the_same)


async def test_what_we_send_is_drawn_and_shows_what_was_chosen(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    await phones.write("hello")
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    for place, (asked, drawn) in enumerate(SENT, start=1):
        await emulated.sara.send(chat, "", force=True, message_type=next(iter(asked)), **asked)
        await expect(sara.bubbles.nth(place).get_by_test_id(drawn)).to_be_visible()
        await expect(sara.bubbles.nth(place)).to_have_attribute("data-status", "delivered")
    for content, name, drawn in (
        (IMAGE[0], "a.png", "open-media"),
        (VOICE[0], "v.ogg", "player"),
        (PAPER[0], "a.pdf", "document"),
    ):
        await send_file(emulated.sara, content, name, words="" if drawn == "player" else "with words")
        await expect(sara.bubbles.last.get_by_test_id(drawn)).to_be_visible()
    await check_seen(sara)
    await expect(sara.bubbles.nth(3).get_by_role("link", name="Open")).to_have_attribute(
        "href", "https://example.com/menu"
    )

    first, second, *_ = await phones.accepted()
    await phones.send("button_reply", id="n", title="No thanks", reply_to=first["message_id"])
    await expect(sara.bubbles.nth(1).get_by_label("Chosen by the customer")).to_have_count(1)
    await phones.send("list_reply", id="9", title="Nine", reply_to=second["message_id"])
    await expect(sara.bubbles.nth(2).get_by_label("Chosen by the customer")).to_be_visible()
    # The answer quotes what it answers, and leads there.
    quote = sara.bubbles.nth(-2).get_by_test_id("quote")
    await expect(quote).to_contain_text("Today?")
    await quote.click()
    await expect(sara.bubbles.nth(1)).to_be_in_viewport()


async def test_a_quote_of_something_far_back_leads_there(
    emulated: Scene, phones: Phones, open_browser: OpenBrowser
) -> None:
    beginning = await phones.write("the beginning")
    number = emulated.bakery.number.phone_number_id
    await phones.remote.write_all(
        "+9613000001", [f"line {place}" for place in range(130)], phone_number_id=number, wait=True
    )
    await phones.write("about that", reply_to=beginning)
    chat = await emulated.sara.chat()
    sara = await (await open_browser(emulated.bakery.operators[0])).open(chat)
    await expect(sara.bubble("the beginning")).to_have_count(0)
    await sara.page.get_by_test_id("quote").click()
    await expect(sara.bubble("the beginning")).to_be_in_viewport()
