"""What an operator does at the composer beside typing: attach, speak, choose from the menu."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Route, expect

from browser.screen import OpenBrowser, Screen
from story.phone import Phones
from story.scene import Scene
from story.wire import JsonObject
from wasl.channels.cloud_limits import CLOUD_CAPABILITIES

_DROP = """([name, type, base64]) => {
    const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, {type}));
    const list = document.querySelector('[data-testid=message-list]');
    const composer = document.querySelector('[data-testid=composer]');
    const made = kind => kind === 'paste'
        ? new ClipboardEvent(kind, {clipboardData: transfer, bubbles: true, cancelable: true})
        : new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true});
    return {
        drag: () => list.dispatchEvent(made('dragover')),
        drop: () => list.dispatchEvent(made('drop')),
        paste: () => composer.dispatchEvent(made('paste')),
    };
}"""
CLOUD = CLOUD_CAPABILITIES.as_json()


class Composer:
    """The lower end of one tab's conversation."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.page = screen.page
        self.tray = self.page.get_by_test_id("tray-file")
        self.send = self.page.get_by_test_id("send")
        self.recorder = self.page.get_by_test_id("recorder")
        self.notice = self.page.get_by_test_id("window-closed")

    async def choose(self, item: str) -> None:
        """Open the menu and take one of its items."""
        await self.page.get_by_test_id("add").click()
        await self.page.get_by_test_id(f"add-{item}").click()

    async def items(self) -> list[str]:
        """What the menu offers."""
        await self.page.get_by_test_id("add").click()
        panel = self.page.get_by_test_id("add-panel")
        await expect(panel).to_be_visible()
        found = [str(await item.get_attribute("data-testid")) for item in await panel.get_by_role("menuitem").all()]
        await self.page.keyboard.press("Escape")
        await expect(panel).to_be_hidden()
        return [name.removeprefix("add-") for name in found]

    async def attach(self, *paths: Path, by: str = "file") -> None:
        """Choose files by the menu, as a person does in the window of the system."""
        async with self.page.expect_file_chooser() as asked:
            await self.choose(by)
        await (await asked.value).set_files(list(paths))

    async def hold(self, name: str, mime_type: str, content: bytes) -> Any:
        """A file in the hand or on the clipboard: `drag`, `drop` or `paste` it with `evaluate`."""
        return await self.page.evaluate_handle(_DROP, [name, mime_type, base64.b64encode(content).decode()])

    async def slow_line(self, bytes_per_second: int) -> None:
        """What goes to the server takes its time from now on."""
        session = await self.page.context.new_cdp_session(self.page)
        about = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_second}
        await session.send("Network.emulateNetworkConditions", about)

    async def until_ready(self, count: int = 1) -> None:
        """Wait until so many files stand in the tray, all of them at the server."""
        await expect(self.tray).to_have_count(count)
        for place in range(count):
            await expect(self.tray.nth(place)).to_have_attribute("data-state", "ready")

    @property
    def last(self) -> Locator:
        return self.screen.bubbles.last


async def at_desk(scene: Scene, phones: Phones, open_browser: OpenBrowser) -> Composer:
    """Sara before Rana, who has just written “hello”."""
    await phones.write("hello")
    chat = await scene.sara.chat()
    screen = await open_browser(scene.bakery.operators[0])
    return Composer(await screen.open(chat))


async def offer(screen: Screen, chat: JsonObject, **changes: Any) -> None:
    """Let a channel's provider take only this from now on, as the next look at `/channels` tells."""
    channel = chat["channel"]
    told = {**channel, "title": "A provider", "capabilities": {**CLOUD, **changes}}

    async def tell(route: Route) -> None:
        await route.fulfill(json={"success": True, "channels": [told]})

    await screen.context.route("**/api/live-chat/channels", tell)


def saved(folder: Path, name: str, content: bytes) -> Path:
    """A file as it lies on an operator's machine."""
    path = folder / name
    path.write_bytes(content)
    return path


def filled_up(film: bytes, size: int) -> bytes:
    """The same film in exactly so many bytes: players pass over what fills it up."""
    rest = size - len(film)
    return film + rest.to_bytes(4, "big") + b"free" + bytes(rest - 8)


def kinds(sends: Sequence[JsonObject]) -> list[str]:
    """What WhatsApp took, by kind."""
    return [send["body"]["type"] for send in sends]
