"""Takes the README's pictures of a running demo: `PYTHONPATH=tests .venv/bin/python -m browser.screenshots`.

Nobody sits at the demo's desk, so this plays Sara and Omar: they take over, answer and give back; then the customers
ask what the assistant knows.
"""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect

from browser.chromium import chromium
from browser.screen import Screen, until
from story.wire import JsonObject
from wasl.demo import OPERATORS, PASSWORD, PHONE_NUMBER_ID
from wasl.emulator.cast import CAST
from wasl.emulator.remote import RemoteEmulator
from wasl.torture.process import Process
from wasl.torture.servers import free_port

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
BYTES_MAX = 200_000
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 800}
ANSWERS = {
    "Maya Khoury": "Of course! The driver leaves at four, so you have them by five.",
    "كريم منصور": "أكيد كريم، منجهزلك صينيتين ليوم الجمعة. بتحب نضيف عليهن كعك متل المرة الماضية؟",
}
"""Whom Sara answers, and what she writes."""
QUESTIONS = {
    "Maya Khoury": "What time do you close on Saturday?",
    "كريم منصور": "كم التوصيل؟",
}
"""What they ask then, when the assistant has the conversation again."""
PLEASED = "Maya Khoury"
LAST_OF_THE_PAST = CAST[-1].name, CAST[-1].past[-1].text
AFTERNOON = 15
PATIENCE_SECONDS = 60.0


async def main() -> None:
    """Run the demo, let it live for a minute, and take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as (shop, phones_url):
        async with chromium() as browser:
            sara = await at_desk(browser, shop, "Sara", viewport=DESK)
            omar = await at_desk(browser, shop, "Omar", viewport=DESK)
            await sara.open()
            # Who is answered goes on writing: it need not be the newest for long.
            await until(partial(has_said, sara, *LAST_OF_THE_PAST), PATIENCE_SECONDS)
            async with RemoteEmulator(phones_url) as phones:
                await work(sara, omar, phones)
                [answer] = [
                    send for send in await phones.accepted() if send["body"]["text"]["body"] == ANSWERS[PLEASED]
                ]
                await phones.react(f"+{answer['recipient']}", answer["message_id"], "❤️", wait=True)
            await take(browser, shop, "Maya Khoury", "inbox-light", viewport=DESK)
            await take(browser, shop, "Nour", "inbox-dark", viewport=DESK, color_scheme="dark")
            await take(browser, shop, "كريم منصور", "inbox-arabic", viewport=DESK, locale="ar-LB")
            phone: dict[str, Any] = {
                "viewport": PHONE,
                "device_scale_factor": 1,
                "locale": "ar-LB",
                "color_scheme": "dark",
            }
            await take(browser, shop, "أم جاد", "phone-arabic-dark", **phone)
            await take(browser, shop, "Maya Khoury", "teaching", teaching, viewport=DESK)
            await take_page(browser, shop, "knowledge/unanswered", "unanswered-group", "knowledge", viewport=DESK)


async def work(sara: Screen, omar: Screen, phones: RemoteEmulator) -> None:
    """Omar sorts some conversations; Sara answers some, gives them back, and her customers ask the assistant."""
    for name, action in (("Daniel Weber", "takeover"), ("Rana Saab", "takeover"), ("Layal Fares", "end-conversation")):
        chat = await chat_of(omar, name)
        asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"]}
        await omar.page.request.post(f"{omar.url}/api/live-chat/{action}", data=asked, headers={"Origin": omar.url})
    for name, words in ANSWERS.items():
        await sara.open(await chat_of(sara, name))
        await sara.type(words)
        # Before they write anything else: what is still open would have to be answered with it.
        await until(partial(was_answered, sara, name), PATIENCE_SECONDS)
        await let_ask(sara, phones, name, QUESTIONS[name])


async def let_ask(sara: Screen, phones: RemoteEmulator, name: str, words: str) -> None:
    """Sara gives a conversation back, and the customer gets an answer of the assistant's."""
    chat = await chat_of(sara, name)
    asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"]}
    await sara.page.request.post(f"{sara.url}/api/live-chat/release", data=asked, headers={"Origin": sara.url})
    about = {"phone_number_id": PHONE_NUMBER_ID, "profile_name": name, "wait": True}
    await phones.send(f"+{chat['phone_clean']}", "text", text=words, **about)

    async def since() -> list[JsonObject]:
        messages = await said_in(sara, chat)
        place = next((place for place, message in enumerate(messages) if message["content"] == words), len(messages))
        return messages[place:]

    async def is_answered() -> bool:
        return any(message["metadata"].get("assistant") for message in await since())

    await until(is_answered, PATIENCE_SECONDS, since)


async def said_in(screen: Screen, chat: JsonObject) -> list[JsonObject]:
    """The newest messages of a conversation."""
    path = f"{screen.url}/api/live-chat/conversation/{chat['user_id']}/{chat['conversation_id']}"
    found: list[JsonObject] = (await (await screen.page.request.get(path)).json())["messages"]
    return found


async def has_said(screen: Screen, name: str, words: str) -> bool:
    path = f"{screen.url}/api/live-chat/unified-chats"
    chats = (await (await screen.page.request.get(path, params={"search": name})).json())["chats"]
    return bool(chats) and any(message["content"] == words for message in await said_in(screen, chats[0]))


async def teaching(screen: Screen) -> None:
    """Sara is about to change the entry behind an answer."""
    answer = screen.page.get_by_test_id("answer-foot").filter(has_text="opening hours").last
    await answer.get_by_test_id("verdict-down").click()
    field = screen.page.get_by_test_id("entry-answers-text")
    await field.fill(await field.input_value() + " On Saturdays in December we stay open until 22.")


async def was_answered(screen: Screen, name: str) -> bool:
    last = (await chat_of(screen, name))["last_message"]
    return last is not None and not last["is_user"]


async def chat_of(screen: Screen, name: str) -> JsonObject:
    """The row of a customer, by name."""
    answer = await screen.page.request.get(f"{screen.url}/api/live-chat/unified-chats", params={"search": name})
    found: JsonObject = (await answer.json())["chats"][0]
    return found


async def at_desk(browser: Browser, shop: Process, name: str, **options: Any) -> Screen:
    """A browser of one of the shop's operators, signed in."""
    [email] = [email for email, known, _ in OPERATORS if known == name]
    context = await browser.new_context(**({"locale": "en-US", "timezone_id": afternoon_somewhere()} | options))
    answer = await context.request.post(f"{shop.url}/api/session", data={"email": email, "password": PASSWORD})
    assert answer.ok, await answer.text()
    return Screen(await context.new_page(), shop.url)


def afternoon_somewhere() -> str:
    """A time zone where it is about three o'clock now: at midnight the shop would look asleep."""
    east = min(14, AFTERNOON - datetime.now(UTC).hour)
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


Doing = Callable[[Screen], Awaitable[None]]


async def take(
    browser: Browser, shop: Process, name: str, picture: str, doing: Doing | None = None, **options: Any
) -> None:
    """Open a customer's conversation and take a picture of the whole window."""
    screen = await at_desk(browser, shop, "Sara", **options)
    await screen.open(await chat_of(screen, name))
    await expect(screen.bubbles.last).to_be_in_viewport()
    if doing is not None:
        await doing(screen)
    await screen.settled(screen.message_list)
    await keep(screen, picture)


async def take_page(browser: Browser, shop: Process, path: str, part: str, picture: str, **options: Any) -> None:
    """The same of a page that is no conversation, once a part of it is there."""
    screen = await at_desk(browser, shop, "Sara", **options)
    await screen.page.goto(f"{screen.url}/{path}")
    await expect(screen.page.get_by_test_id(part).first).to_be_visible()
    await keep(screen, picture)


async def keep(screen: Screen, picture: str) -> None:
    path = FOLDER / f"{picture}.png"
    # Fonts are loaded and nothing moves any more.
    await screen.page.evaluate("document.fonts.ready")
    await screen.page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    print(f"{path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}  {size / 1000:.0f} kB")
    if size > BYTES_MAX:
        raise SystemExit(f"{picture} is larger than {BYTES_MAX / 1000:.0f} kB, which is much for a README.")
    await screen.context.close()


@contextlib.contextmanager
def demo() -> Iterator[tuple[Process, str]]:
    """The demo, on free ports and with data of its own; and the address of its customers' phones."""
    with tempfile.TemporaryDirectory(prefix="wasl-pictures-") as folder:
        port, phone = free_port(), free_port()
        command = [sys.executable, "-m", "wasl", "demo", "--port", str(port), "--emulator-port", str(phone)]
        shop = Process(command, Path(folder, "demo.log"), {})
        shop.port = port
        shop.start()
        try:
            yield shop, f"http://127.0.0.1:{phone}"
        finally:
            shop.stop()


if __name__ == "__main__":
    asyncio.run(main())
