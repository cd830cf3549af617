"""Watching by opening the page anew, again and again: a snapshot, and the stream from where it was read."""

from wasl.torture.history import now
from wasl.torture.pages import OPENED_ANEW, load_history, load_list, open_more
from wasl.torture.screen import Screen
from wasl.torture.stream import Open, hold, opened, rest

LIFE_SECONDS = (0.2, 3.0)
"""How long a page stays open."""


async def watch(screen: Screen, open_one: Open) -> None:
    """Open the page, look at it for a while, and close it, until the crowd is over. The last life stays."""

    async def load() -> None:
        rows = await load_list(screen, screen.view, pages_max=1)
        open_more(screen, rows, screen.chance.randrange(1, OPENED_ANEW + 1))
        for conversation in list(screen.opened):
            await load_history(screen, screen.view, conversation)

    screen.load = load
    while not screen.crowd.over:
        screen.begin_anew()
        await screen.idle()
        ends_at = now() + screen.chance.uniform(*LIFE_SECONDS)
        while not screen.crowd.over and (screen.crowd.calm or now() < ends_at):
            held = await opened(screen, open_one)
            if held is not None:
                await hold(screen, held, ends_at)
            await rest(screen)
