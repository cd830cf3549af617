"""Watching by long-poll: one question after another, each where the last answer ended."""

from urllib.parse import quote

from wasl.torture.asking import Lost
from wasl.torture.history import now
from wasl.torture.pages import load_screen
from wasl.torture.reading import Refused
from wasl.torture.screen import SILENT_HEARTBEATS_MAX, Screen

WAIT_SECONDS = 1.0
LEAVES = 0.05
"""How often somebody goes on at another node, though nothing is wrong with this one."""
_UNREADABLE_CURSOR = (400, 404, 410, 422)


async def watch(screen: Screen) -> None:
    """Ask again and again until the crowd is over."""
    screen.load = lambda: load_screen(screen)
    screen.reload()
    while not screen.crowd.over:
        await screen.idle()
        cursor = screen.view.cursor
        if cursor is None:
            screen.reload()
            continue
        try:
            await _ask(screen, cursor)
        except Lost as lost:
            screen.tell("lost", None, str(lost))
        except Refused as refused:
            if refused.status in _UNREADABLE_CURSOR:
                screen.reload()
        else:
            screen.attempt = 0
            if screen.chance.random() < LEAVES:
                screen.leave_door()
            continue
        await screen.pause(screen.attempt)
        screen.attempt += 1


async def _ask(screen: Screen, cursor: str) -> None:
    wait = 0.2 if screen.crowd.calm else WAIT_SECONDS
    patience = wait + screen.heartbeat_seconds * SILENT_HEARTBEATS_MAX
    screen.opening("query", cursor)
    body = await screen.ask(f"/events/poll?after={quote(cursor)}&wait={wait}", patience)
    screen.heard_at = now()
    _, resync = screen.take_page(body, screen.take)
    if resync:
        screen.reload()
