"""What a screen loads: the list and the histories of conversations, page by page, each noted as it was given."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, urlencode

from wasl.torture.asking import Lost
from wasl.torture.history import Listed, Message, Paged, Row, Viewed, now
from wasl.torture.reading import Json, Refused, message_of, row_of
from wasl.torture.screen import Screen
from wasl.torture.view import View, sequence_of

LIST_PAGE = 100
HISTORY_PAGE = 100
TINY_PAGE = 5
"""What fits into a small window."""
LIST_PAGES_MAX = 20
HISTORY_PAGES_MAX = 200
"""A screen that scrolls further than this holds more than anybody looks at; what is compared stays bounded."""
OPENED_ANEW = 3
"""Conversations that are loaded at once: a crowd that has to load everything anew must not be a flood."""
STALE_PAGES_MAX = 3
"""A page that is older than the remembered events is asked for again, but not for ever."""
_GONE = (404, 422)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many entries fit on a page of the list, and of a history."""

    rows: int = LIST_PAGE
    messages: int = HISTORY_PAGE

    @classmethod
    def of(cls, screen: Screen) -> "Sizes":
        return cls(TINY_PAGE, TINY_PAGE) if screen.seat.habit == "tiny" else cls()


async def load_screen(screen: Screen) -> None:
    """What is loaded when a page is opened, or has to be anew: the top of the list, and a few conversations of those
    that were open. The rest comes by events, or with `fill`. Raises Lost, Refused."""
    rows = await load_list(screen, screen.view, pages_max=1)
    for conversation in list(screen.opened)[OPENED_ANEW:]:
        del screen.opened[conversation]
        screen.view.close(conversation)
    open_more(screen, rows, OPENED_ANEW)
    for conversation in list(screen.opened):
        await load_history(screen, screen.view, conversation)


def open_more(screen: Screen, rows: list[Json], most: int) -> None:
    """Choose conversations to keep open, the first and others by chance, until there are so many."""
    wanted = min(most, screen.seat.opened)
    if rows and len(screen.opened) < wanted:
        for row in [rows[0], *screen.chance.sample(rows, min(len(rows), 2 * wanted))]:
            if len(screen.opened) < wanted:
                screen.opened.setdefault(row["conversation_id"], row["user_id"])


async def load_list(
    screen: Screen, view: View, *, pages_max: int = LIST_PAGES_MAX, pause_seconds: float = 0.0
) -> list[Json]:
    """The list from its top on; the rows of the first page. Raises Lost, Refused."""
    async with screen.scrolls:
        return await _list_pages(screen, view, pages_max, pause_seconds)


async def _list_pages(screen: Screen, view: View, pages_max: int, pause_seconds: float) -> list[Json]:
    cursor, size = None, Sizes.of(screen).rows
    first: list[Json] = []
    for number in range(pages_max):
        query = {"page_size": size, **({"cursor": cursor} if cursor else {})}
        page = await _list_page(screen, view, f"/unified-chats?{urlencode(query)}", number)
        if page is None:
            break
        first = first or page["chats"]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
        if pause_seconds:
            await asyncio.sleep(pause_seconds)
    return first


async def load_history(
    screen: Screen, view: View, conversation: str, *, size: int | None = None, pause_seconds: float = 0.0
) -> None:
    """What is not loaded yet of a conversation, from the newest page on to its beginning. Raises Lost, Refused; one
    that is not there (any more) is not open any more."""
    async with screen.scrolls:
        await _history_pages(screen, view, conversation, size or Sizes.of(screen).messages, pause_seconds)


async def _history_pages(screen: Screen, view: View, conversation: str, size: int, pause_seconds: float) -> None:
    for _ in range(HISTORY_PAGES_MAX):
        if conversation not in screen.opened:
            return  # Somebody closed it meanwhile.
        loaded = view.is_loaded(conversation)
        if loaded and view.is_complete(conversation):
            return
        before = view.next_before(conversation) if loaded else None
        try:
            found = await _history_page(screen, view, conversation, before, size)
        except Refused as refused:
            if refused.status not in _GONE:
                raise
            screen.opened.pop(conversation, None)
            view.close(conversation)
            return
        if not found:
            return
        if pause_seconds:
            await asyncio.sleep(pause_seconds)


async def _history_page(screen: Screen, view: View, conversation: str, before: str | None, size: int) -> bool:
    """One page of a history. False when the screen has forgotten everything meanwhile. Raises Lost, Refused."""
    query = {"limit": size, **({"before": before} if before else {})}
    user_id = screen.opened[conversation]
    path = f"/conversation/{quote(user_id, safe='')}/{quote(conversation, safe='')}?{urlencode(query)}"

    def note(page: Json) -> None:
        messages = [message_of(message) for message in page["messages"]]
        screen.crowd.writer.write(
            Paged(now(), screen.who, conversation, before, page["next_before"], page["as_of"], messages)
        )

    found = await _taken(screen, view, path, note, partial(view.load_history, conversation))
    screen.note_findings(conversation, certain=False)
    return found is not None


async def _list_page(screen: Screen, view: View, path: str, number: int) -> Json | None:
    def note(page: Json) -> None:
        rows = [row_of(row) for row in page["chats"]]
        screen.crowd.writer.write(Listed(now(), screen.who, number, not page["has_more"], page["as_of"], rows))

    found = await _taken(screen, view, path, note, view.load_list)
    screen.note_findings("", certain=False)
    return found


async def _taken(
    screen: Screen, view: View, path: str, note: Callable[[Json], None], join: Callable[[Json], bool]
) -> Json | None:
    """A page that the view took; None when what it would have continued is forgotten."""
    life = screen.life
    for _ in range(STALE_PAGES_MAX):
        page = await screen.read(path)
        note(page)
        if view is screen.view and screen.life != life:
            return None
        is_late = view is screen.view and sequence_of(page["as_of"]) < screen.floor
        if not is_late and join(page):
            return page
        await screen.pause(0)
    screen.floor = -1  # It was a place in a log that was taken back.
    raise Lost("The page was older than the stream.")


# -- the end -----------------------------------------------------------------------------------------------------------


async def fill(screen: Screen) -> None:
    """Load what the list and the opened conversations still lack, while events go on. Raises Lost, Refused."""
    await screen.idle()
    if screen.view.cursor is None:
        raise Lost("It stands nowhere.")
    rows = await load_list(screen, screen.view)
    open_more(screen, rows, OPENED_ANEW)
    for conversation in list(screen.opened):
        await load_history(screen, screen.view, conversation)


def write_view(screen: Screen, view: View, fresh: bool) -> None:
    """What a view shows in the end."""
    rows: list[Row] = [row_of(row) for row in view.conversations]
    shown: dict[str, list[Message]] = {
        conversation: [message_of(message) for message in view.messages(conversation)]
        for conversation in screen.opened
        if view.is_loaded(conversation)
    }
    screen.crowd.writer.write(Viewed(now(), screen.who, fresh, view.cursor or "", rows, shown))


async def view_anew(screen: Screen) -> None:
    """Load all of it into a new view, as whoever opens the page now sees it. Raises Lost, Refused."""
    view = View(str(screen.seat.operator.id))
    await load_list(screen, view)
    for conversation in list(screen.opened):
        await load_history(screen, view, conversation)
    for finding in view.findings:
        screen.tell("found", None, finding)
    write_view(screen, view, fresh=True)
