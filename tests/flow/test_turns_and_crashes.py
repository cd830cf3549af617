"""A node that dies at any step of a turn leaves one answer, or one person, once: whoever lives goes on from there."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from turn_room import AUTO, TurnRoom
from wasl.domain.assistant import Answered, Reason
from wasl.flow.reply import Replier
from wasl.observe import Metrics
from wasl.store.answers import EndTurn
from wasl.store.database import Database, Engine
from wasl.store.pulse import Pulse
from wasl.store.secrets import SecretBox
from wasl.store.turn_claims import ClaimTurn

pytestmark = pytest.mark.anyio
UNSURE = Answered(None, Reason.UNSURE, "Nothing fits.")
REPLIED = [("user", "when are you open?"), ("bot", "We are open from 9 to 6.")]
HANDED_OVER = [
    ("user", "when are you open?"),
    ("bot", "Thank you. A colleague of ours will answer you here."),
    ("system", ""),
]


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    await room.assistant_is(AUTO)
    yield room
    await room.close()


def dies(room: TurnRoom, kind: type, *, committed: bool) -> None:
    """Let the node die over a change of a kind: before it is committed, or before it hears that it was."""
    journal: Any = room.journal
    plain = journal.submit

    async def submit(change: Any) -> Any:
        if not isinstance(change, kind):
            return await plain(change)
        if committed:
            await plain(change)
        raise asyncio.CancelledError

    journal.submit = submit


async def the_other_node_goes_on(room: TurnRoom) -> None:
    for task in list(room.replier._under_way):
        task.cancel()
    await asyncio.gather(*room.replier._under_way, return_exceptions=True)
    room.journal.__dict__.pop("submit", None)
    room.answerer.may_answer.set()
    pulse = Pulse(Database(room.engine, readers=1), "n2", alone=True)
    await pulse.start()  # The first one's row is gone with that.
    other = Replier(room.database, room.journal, room.team, room.answerer, pulse, Metrics(), clock=room.clock)
    for _ in range(3):
        await room.take(other)
    await pulse.close()


@pytest.mark.parametrize(("answered", "thread"), [(None, REPLIED), (UNSURE, HANDED_OVER)], ids=["reply", "handover"])
@pytest.mark.parametrize(
    ("step", "tried"),
    [("noted", 0), ("claiming", 0), ("claimed", 0), ("thinking", 1), ("committing", 1), ("committed", 1)],
)
async def test_a_node_that_dies_leaves_one_answer(
    room: TurnRoom, step: str, tried: int, answered: Answered | None, thread: list[tuple[str, str]]
) -> None:
    room.answerer.answered = answered or room.answerer.answered
    await room.customer_writes("when are you open?")
    match step:
        case "claiming" | "claimed":
            dies(room, ClaimTurn, committed=step == "claimed")
            await room.take()
        case "thinking":
            await room.begin()
        case "committing" | "committed":
            dies(room, EndTurn, committed=step == "committed")
            await room.take()
    assert len(room.answerer.asked) == tried
    await the_other_node_goes_on(room)
    assert room.thread() == thread
    assert room.turns() == []
    assert len(room.answerer.asked) == tried + (step != "committed")
    assert room.rows("SELECT count(*) FROM outbox") == [(1,)]
