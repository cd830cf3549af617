"""Stories of the screen: real Chromium, the real server, the real emulator.

A screen does not see which database is behind its server, and what it asks of one is told on both by `tests/story`. So
the inbox and the ten messages, which go through everything, are seen on both, and the other stories on SQLite.
"""

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from browser.chromium import chromium
from browser.screen import WITHIN_SECONDS, OpenBrowser, Screen
from story.node import Node
from story.people import PASSWORD, Identity
from story.scene import emulated, home, outside, phones, scene, whatsapp
from wasl.settings import Settings
from wasl.torture.servers import Unavailable

__all__ = ["emulated", "home", "outside", "phones", "scene", "whatsapp"]

ROOT = Path(__file__).resolve().parents[2]
RECORDER = Path(__file__).with_name("recorder.js")

# The machine may be busy with other things; a story still waits for what it says, and no longer.
expect.set_options(timeout=WITHIN_SECONDS * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def built_dashboard() -> None:
    """What the server serves is there; built now if it was not."""
    if (ROOT / "src/wasl/dashboard_build/index.html").exists():
        return
    npm = shutil.which("npm")
    if npm is None or not (ROOT / "dashboard/node_modules").exists():
        pytest.fail("The dashboard is not built, and its packages are not installed: run bin/setup first.")
    built = subprocess.run([npm, "run", "build"], cwd=ROOT / "dashboard", capture_output=True, text=True, check=False)
    if built.returncode:
        pytest.fail(f"The dashboard cannot be built:\n{built.stdout[-2000:]}\n{built.stderr[-2000:]}")


@pytest.fixture(scope="session")
def node(home: Settings, built_dashboard: None) -> Iterator[Node]:
    """A server for all stories of the screen; some of them kill it."""
    # Long enough for a busy machine not to take its own slowness for a cut line.
    node = Node(home, home.data_dir / "server.log", WASL_HEARTBEAT_SECONDS="1.5")
    node.start()
    try:
        yield node
        node.check_ledger()
        assert not [line for line in node.lines() if line["event"] in ("request failed", "live task failed")]
        assert node.stop()[0] == 0
    finally:
        node.kill()


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """One Chromium for all stories; each person's browser is a context of it, which shares nothing with the others."""
    try:
        async with chromium() as browser:
            yield browser
    except Unavailable as missing:
        pytest.skip(f"No story of the screen can be told here: {missing}")


@pytest.fixture
async def open_browser(browser: Browser, node: Node) -> AsyncIterator[OpenBrowser]:
    """Browsers of people; in the end none of their tabs has complained about anything."""
    contexts: list[BrowserContext] = []
    tabs: list[Screen] = []

    async def open_one(person: Identity | None, **options: Any) -> Screen:
        about = {"locale": "en-US", "timezone_id": "Asia/Beirut", "color_scheme": "light"} | options
        context = await browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **about})
        contexts.append(context)
        await context.add_init_script(path=RECORDER)
        context.on("page", lambda page: tabs.append(Screen(page, node.url)))
        if person is not None:
            signing_in = {"email": person.email, "password": PASSWORD}
            answer = await context.request.post(f"{node.url}/api/session", data=signing_in)
            assert answer.ok, await answer.text()
        return Screen(await context.new_page(), node.url)

    yield open_one
    try:
        for tab in tabs:
            await tab.check()
    finally:
        for context in contexts:
            await context.close()
