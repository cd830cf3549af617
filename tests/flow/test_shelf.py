"""What an account knows is searched as it is now, whoever else is busy, and within the memory that there is."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from cast import Cast
from wasl.flow import shelf as shelves
from wasl.flow.shelf import Shelf
from wasl.store.database import Database
from wasl.store.entries import AddEntry, ArchiveEntry
from wasl.store.journal import Journal
from wasl.store.knowledge import KnowledgeEntry, Wording

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shelf(database: Database) -> AsyncIterator[Shelf]:
    shelf = Shelf(database, entries_max=4)
    yield shelf
    shelf.close()


async def teach(journal: Journal, account_id: int, *questions: str) -> list[KnowledgeEntry]:
    wordings = [Wording(question, {"en": f"About {question}"}) for question in questions]
    return [await journal.submit(AddEntry(account_id, None, wording)) for wording in wordings]


async def found(shelf: Shelf, account_id: int, text: str) -> list[str]:
    return [match.question for match in await shelf.search(account_id, text, "en")]


async def test_what_is_archived_while_a_first_reading_is_broken_off_is_not_found(
    shelf: Shelf, journal: Journal, cast: Cast
) -> None:
    hats, _ = await teach(journal, cast.olive.id, "Do you sell hats?", "Do you sell lamps?")
    begun, may_go_on = threading.Event(), threading.Event()

    def hold_up() -> None:
        begun.set()
        may_go_on.wait()

    shelf._thread.submit(hold_up)
    assert begun.wait(30)
    asking = asyncio.create_task(found(shelf, cast.olive.id, "hats"))
    while shelf._thread._work_queue.empty():
        await asyncio.sleep(0)
    asking.cancel()  # As by a customer who writes on.
    may_go_on.set()
    await asyncio.gather(asking, return_exceptions=True)
    await journal.submit(ArchiveEntry(cast.olive.id, None, hats.entry_id))
    assert await found(shelf, cast.olive.id, "do you sell lamps") == ["Do you sell lamps?"]
    assert await found(shelf, cast.olive.id, "do you sell hats") == []


async def test_nobody_waits_until_another_account_has_learnt_everything(
    shelf: Shelf, journal: Journal, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "ENTRIES_LEARNT_AT_ONCE", 1)
    await teach(journal, cast.olive.id, *(f"Do you sell hat {number}?" for number in range(100)))
    await teach(journal, cast.cedar.id, "Do you sell lamps?")
    ended: list[str] = []
    others_turn, at_the_index, pieces = asyncio.Event(), shelf._at_the_index, 0

    async def piece_by_piece(act: Any, *args: Any) -> Any:
        nonlocal pieces
        if act == shelf._books[cast.olive.id].base.change:
            pieces += 1
            if pieces > 1:  # Between any two of its pieces Olive's knowledge may be held up for long.
                await others_turn.wait()
        return await at_the_index(act, *args)

    async def ask(account_id: int, text: str) -> None:
        ended.extend((await found(shelf, account_id, text))[:1])
        others_turn.set()

    monkeypatch.setattr(shelf, "_at_the_index", piece_by_piece)
    async with asyncio.timeout(30), asyncio.TaskGroup() as asking:
        asking.create_task(ask(cast.olive.id, "do you sell hat 7"))
        asking.create_task(ask(cast.cedar.id, "do you sell lamps"))
    assert ended == ["Do you sell lamps?", "Do you sell hat 7?"]


async def test_what_was_not_asked_for_longest_makes_room(shelf: Shelf, journal: Journal, cast: Cast) -> None:
    await teach(journal, cast.olive.id, "Do you sell hats?", "Do you sell lamps?", "Do you sell rings?")
    await teach(journal, cast.cedar.id, "Do you sell bread?", "Do you sell cakes?")
    assert await found(shelf, cast.olive.id, "do you sell hats")
    assert await found(shelf, cast.cedar.id, "do you sell bread")
    assert list(shelf._books) == [cast.cedar.id]
    # More than there is room for is still known, for as long as it is asked for.
    asked = ((cast.olive.id, "Do you sell hats?"), (cast.cedar.id, "Do you sell bread?")) * 5
    answers = await asyncio.gather(*(found(shelf, *one) for one in asked))
    assert [some[0] for some in answers] == [question for _, question in asked]
    assert len(shelf._books) == 1


async def test_an_index_that_broke_is_made_anew(shelf: Shelf, journal: Journal, cast: Cast) -> None:
    await teach(journal, cast.olive.id, "Do you sell hats?")
    assert await found(shelf, cast.olive.id, "do you sell hats")
    shelf._books[cast.olive.id].base.close()
    await teach(journal, cast.olive.id, "Do you sell lamps?")
    with pytest.raises(Exception, match="closed"):
        await found(shelf, cast.olive.id, "do you sell hats")
    for question in ("Do you sell hats?", "Do you sell lamps?"):
        assert (await found(shelf, cast.olive.id, question))[0] == question
