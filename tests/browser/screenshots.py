"""Takes the README's pictures of a running demo: `PYTHONPATH=tests .venv/bin/python -m browser.screenshots`.

Nobody sits at the demo's desk, so this plays Sara and Omar: they take over, answer, and wait for the customers.
"""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect

from browser.chromium import chromium
from browser.screen import Screen, until
from story.wire import JsonObject
from wasl.demo import OPERATORS, PASSWORD
from wasl.emulator.remote import RemoteEmulator
from wasl.torture.process import Process
from wasl.torture.servers import free_port

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
BYTES_MAX = 200_000
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 800}
ANSWERS = {
    "Maya Khoury": "Of course! The driver leaves at four, so you have them by five.",
    "Nour": "Ahla Nour! 20 man2oushe, kteer mnih. Eymta baddik yehon?",
    "كريم منصور": "أكيد كريم، منجهزلك صينيتين ليوم الجمعة. بتحب نضيف عليهن كعك متل المرة الماضية؟",
    "أم جاد": "أهلاً أم جاد! منشحن لألمانيا، وبتوصل خلال أسبوع تقريباً. بكم علبة حابة نبلّش؟",
}
"""Whom Sara answers, and what she writes."""
PLEASED = "Maya Khoury"
LAST_OF_THE_PAST = "Any word from them?"
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
            await expect(sara.list).to_contain_text(LAST_OF_THE_PAST, timeout=PATIENCE_SECONDS * 1000)
            await work(sara, omar)
            async with RemoteEmulator(phones_url) as phones:
                [answer] = [
                    send for send in await phones.accepted() if send["body"]["text"]["body"] == ANSWERS[PLEASED]
                ]
                await phones.react(f"+{answer['recipient']}", answer["message_id"], "❤️", wait=True)
            await take(browser, shop, "Maya Khoury", "inbox-light", viewport=DESK)
            await take(browser, shop, "Nour", "inbox-dark", viewport=DESK, color_scheme="dark")
            await take(browser, shop, "كريم منصور", "inbox-arabic", viewport=DESK, locale="ar-LB")
            phone = {"viewport": PHONE, "device_scale_factor": 1, "locale": "ar-LB", "color_scheme": "dark"}
            await take(browser, shop, "أم جاد", "phone-arabic-dark", **phone)


async def work(sara: Screen, omar: Screen) -> None:
    """Omar sorts some conversations, Sara answers some, and her customers answer her."""
    for name, action in (("Daniel Weber", "takeover"), ("Rana Saab", "takeover"), ("Layal Fares", "end-conversation")):
        chat = await chat_of(omar, name)
        asked = {"conversation_id": chat["conversation_id"], "user_id": chat["user_id"]}
        await omar.page.request.post(f"{omar.url}/api/live-chat/{action}", data=asked, headers={"Origin": omar.url})
    for name, words in ANSWERS.items():
        await sara.open(await chat_of(sara, name))
        await sara.type(words)
    for name in ANSWERS:
        await until(partial(was_answered, sara, name), PATIENCE_SECONDS)


async def was_answered(screen: Screen, name: str) -> bool:
    last = (await chat_of(screen, name))["last_message"]
    return last is not None and bool(last["is_user"])


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


async def take(browser: Browser, shop: Process, name: str, picture: str, **options: Any) -> None:
    """Open a customer's conversation and take a picture of the whole window."""
    screen = await at_desk(browser, shop, "Sara", **options)
    await screen.open(await chat_of(screen, name))
    await expect(screen.bubbles.last).to_be_in_viewport()
    path = FOLDER / f"{picture}.png"
    # Fonts are loaded and nothing moves any more.
    await screen.page.evaluate("document.fonts.ready")
    await screen.settled(screen.message_list)
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
