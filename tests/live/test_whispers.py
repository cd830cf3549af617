"""Typing and looking are passed on, checked, at a bounded pace, and never written down."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from arrivals import arrival, said
from cast import Cast
from tables import row_counts
from wasl.errors import NotFound
from wasl.limits import WHISPERS_BURST, WHISPERS_PER_SECOND
from wasl.live.presence import Json, Presence
from wasl.live.whispers import Whispers
from wasl.store.database import Connection, Database
from wasl.store.event_log import head_of
from wasl.store.inbox import PageQuery, conversation_page
from wasl.store.journal import Journal
from wasl.store.team import Team

pytestmark = pytest.mark.anyio
T = TypeVar("T")


class Hall:
    """Whispers over a real database, with row_counts that is heard of them."""

    def __init__(self, database: Database, team: Team) -> None:
        self.told: list[tuple[int, str, Json]] = []
        self.whispered: list[tuple[int, str, Json]] = []
        self.reads = 0
        self.at_once = 0
        self.most_at_once = 0
        self._database = database
        self._read = database.read
        database.read = self._counted  # type: ignore[method-assign, assignment]
        self.presence = Presence(team.operator, self._tell, self._whisper, streams_max=5, settle_seconds=0)
        self.whispers = Whispers(database, self.presence, self._tell, self._whisper)

    async def _counted(self, query: Callable[[Connection], T]) -> T:
        self.reads += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._read(query)
        finally:
            self.at_once -= 1

    def _tell(self, account_id: int, kind: str, data: Json) -> None:
        self.told.append((account_id, kind, data))

    def _whisper(self, account_id: int, kind: str, data: Json) -> None:
        self.whispered.append((account_id, kind, data))

    def typing(self) -> list[Any]:
        return [data for _, kind, data in self.told if kind == "typing"]


@pytest.fixture
async def adams(journal: Journal, cast: Cast, database: Database) -> tuple[str, str]:
    """The conversation_id and user_id of a customer of Olive Bakery."""
    await journal.submit(arrival(cast, said("a1")))
    page = database.read_now(lambda c: conversation_page(c, cast.olive.id, cast.rana.id, PageQuery()))
    return page.chats[0]["conversation_id"], page.chats[0]["user_id"]


@pytest.fixture
async def hall(database: Database, team: Team, adams: tuple[str, str]) -> Hall:
    return Hall(database, team)


async def test_typing_reaches_this_node_s_screens_and_the_other_nodes(
    hall: Hall, cast: Cast, adams: tuple[str, str]
) -> None:
    conversation_id, user_id = adams
    await hall.whispers.tell_typing(cast.rana, conversation_id, True, user_id)
    await hall.whispers.tell_typing(cast.rana, conversation_id, False)
    expected = [
        (
            cast.olive.id,
            "typing",
            {"conversation_id": conversation_id, "operator_id": str(cast.rana.id), "name": "Rana", "typing": typing},
        )
        for typing in (True, False)
    ]
    assert hall.told == hall.whispered == expected


async def test_what_is_of_nobody_or_of_somebody_else_is_not_found_alike(
    hall: Hall, cast: Cast, adams: tuple[str, str]
) -> None:
    conversation_id, user_id = adams
    for operator, named, contact in (
        (cast.clara, conversation_id, user_id),
        (cast.clara, conversation_id, None),
        (cast.rana, "1_1_1", user_id),
        (cast.rana, conversation_id, "999"),
        (cast.rana, conversation_id, "; drop table"),
    ):
        with pytest.raises(NotFound) as refused:
            await hall.whispers.tell_typing(operator, named, True, contact)
        assert (refused.value.message, refused.value.code) == ("There is no such conversation.", "not_found")
    for operator, named in ((cast.clara, conversation_id), (cast.rana, "1_1_1")):
        with pytest.raises(NotFound):
            await hall.whispers.tell_viewing(operator, named)
    assert hall.told == hall.whispered == []


async def test_what_was_found_once_is_not_looked_up_again(hall: Hall, cast: Cast, adams: tuple[str, str]) -> None:
    for _ in range(20):
        await hall.whispers.tell_typing(cast.rana, adams[0], True, adams[1])
        await hall.whispers.tell_viewing(cast.omar, adams[0])
    assert hall.reads == 1


async def test_of_a_flood_only_the_latest_is_said(hall: Hall, cast: Cast, adams: tuple[str, str]) -> None:
    began = time.monotonic()
    for number in range(500):
        await hall.whispers.tell_typing(cast.rana, adams[0], number % 2 == 0, adams[1])
    ranas = hall.whispers._whisperers[cast.rana.id].typing
    async with asyncio.timeout(30):
        while ranas._waiting is not None:
            await asyncio.sleep(0.01)
    may_say = WHISPERS_BURST + WHISPERS_PER_SECOND * (time.monotonic() - began)
    assert len(hall.typing()) <= may_say + 1
    assert hall.typing()[-1]["typing"] is False
    said = len(hall.typing())
    await hall.whispers.tell_typing(cast.omar, adams[0], True)  # Nobody else has to wait for it.
    assert len(hall.typing()) == said + 1


async def test_a_flood_of_unknown_conversations_asks_one_question_at_a_time(hall: Hall, cast: Cast) -> None:
    asked = [hall.whispers.tell_typing(cast.rana, f"1_2_{number}", True) for number in range(50)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, NotFound) for answer in answers)
    assert hall.most_at_once == 1


async def test_nothing_is_said_after_the_end(hall: Hall, cast: Cast, adams: tuple[str, str]) -> None:
    for _ in range(10):
        await hall.whispers.tell_typing(cast.rana, adams[0], True)
    told = len(hall.told)
    hall.whispers.close()
    await asyncio.sleep(1.2)
    assert len(hall.told) == told


async def test_nothing_of_it_is_written(hall: Hall, cast: Cast, adams: tuple[str, str], database: Database) -> None:
    before = database.read_now(row_counts)
    hall.presence.enter(cast.rana)
    for conversation_id in (adams[0], None, adams[0]):
        await hall.whispers.tell_viewing(cast.rana, conversation_id)
        await hall.whispers.tell_typing(cast.rana, adams[0], conversation_id is not None)
    hall.presence.go_round()
    assert hall.told
    assert database.read_now(row_counts) == before
    assert database.read_now(lambda c: head_of(c, cast.olive.id)).sequence == before["events"]
