"""Watching while scrolling: pages of histories and of the list are loaded one by one, in the middle of the load."""

import asyncio
import contextlib

from wasl.torture.asking import Lost
from wasl.torture.pages import TINY_PAGE, load_history, load_list
from wasl.torture.reading import Refused
from wasl.torture.screen import Screen
from wasl.torture.stream import Open
from wasl.torture.stream import watch as watch_stream

PAGES = (TINY_PAGE, 20, 50)
PAUSE_SECONDS = 0.03
"""Between two pages, so that something happens there."""
REST_SECONDS = 0.3


async def watch(screen: Screen, open_one: Open) -> None:
    """Watch by a stream, and scroll beside it, until the crowd is over."""
    walking = screen.crowd.begin(_walk(screen))
    try:
        await watch_stream(screen, open_one)
    finally:
        walking.cancel()


async def _walk(screen: Screen) -> None:
    while not screen.crowd.calm and not screen.crowd.over:
        await screen.idle()
        # What failed is noted already, and what is missing is loaded by the next walk.
        with contextlib.suppress(Lost, Refused):
            await _walk_once(screen)
        await asyncio.sleep(REST_SECONDS)


async def _walk_once(screen: Screen) -> None:
    if screen.view.cursor is None:
        return
    if screen.chance.random() < 0.3:
        await load_list(screen, screen.view, pause_seconds=PAUSE_SECONDS)
        return
    conversation = _one_with_much(screen)
    if conversation is None:
        return
    # Closed and opened again it begins with its newest page, and the walk leads to its beginning.
    async with screen.scrolls:
        screen.view.close(conversation)
    size = screen.chance.choice(PAGES)
    await load_history(screen, screen.view, conversation, size=size, pause_seconds=PAUSE_SECONDS)


def _one_with_much(screen: Screen) -> str | None:
    """One of the opened conversations, rather a long one."""
    rows = [row for row in screen.view.conversations if row["conversation_id"] in screen.opened]
    if not rows:
        return None
    chosen = screen.chance.choices(rows, [1 + row["message_count"] for row in rows])[0]
    return str(chosen["conversation_id"])
