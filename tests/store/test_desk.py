"""What operators do: one event for each change, none where nothing changes, and never into another account."""

import orjson
import pytest

from arrivals import NOON, arrival, said
from cast import Cast
from wasl.domain.events import Event, EventKind
from wasl.domain.message import Content
from wasl.domain.people import Operator
from wasl.errors import NotFound
from wasl.store.database import Database
from wasl.store.desk import HandOver, MarkRead, Move, ReadState
from wasl.store.inbox import PageQuery, conversation_page
from wasl.store.journal import Journal
from wasl.store.outbox import QueueMessage
from wasl.store.reports import live_metrics

pytestmark = pytest.mark.anyio


@pytest.fixture
async def adams(journal: Journal, cast: Cast, database: Database) -> tuple[str, str]:
    """Adam has written three times (sequences 2, 3 and 4): his conversation_id and user_id."""
    await journal.submit(arrival(cast, said("a1"), said("a2"), said("a3")))
    page = database.read_now(lambda c: conversation_page(c, cast.olive.id, cast.rana.id, PageQuery()))
    return page.chats[0]["conversation_id"], page.chats[0]["user_id"]


async def hand_over(journal: Journal, operator: Operator, adams: tuple[str, str], move: Move) -> dict[str, object]:
    return await journal.submit(HandOver(operator.account_id, operator, *adams, move))


async def test_who_answers_goes_round(
    journal: Journal, cast: Cast, adams: tuple[str, str], committed: list[Event]
) -> None:
    steps = (
        (cast.rana, Move.TAKE_OVER, "human", "Rana", 1, "status"),
        (cast.rana, Move.TAKE_OVER, "human", "Rana", 1, None),
        (cast.omar, Move.TAKE_OVER, "human", "Omar", 2, "operator"),
        (cast.omar, Move.RELEASE, "bot", None, 3, "status"),
        (cast.rana, Move.RELEASE, "bot", None, 3, None),
        (cast.rana, Move.END, "resolved", None, 4, "status"),
        (cast.rana, Move.END, "resolved", None, 4, None),
        (cast.rana, Move.TAKE_OVER, "human", "Rana", 5, "status"),
    )
    for operator, move, status, name, epoch, changed in steps:
        committed.clear()
        row = await hand_over(journal, operator, adams, move)
        assert (row["status"], row["operator_name"], row["handover_epoch"]) == (status, name, epoch)
        told = [(event.kind, orjson.loads(event.payload)) for event in committed]
        if changed is None:
            assert told == []
        else:
            [(kind, data)] = told
            assert (kind, data["changed"]) == (EventKind.CONVERSATION_UPDATED, changed)
            assert {**data["conversation"], "unread_count": row["unread_count"]} == row


async def test_another_account_finds_nothing(
    journal: Journal, cast: Cast, adams: tuple[str, str], committed: list[Event]
) -> None:
    committed.clear()
    for operator, ids in ((cast.clara, adams), (cast.rana, (adams[0], "999")), (cast.rana, ("nowhere", adams[1]))):
        for move in Move:
            with pytest.raises(NotFound):
                await hand_over(journal, operator, ids, move)
    with pytest.raises(NotFound):
        await journal.submit(MarkRead(cast.cedar.id, cast.clara.id, adams[0], 4))
    assert committed == []


async def mark(journal: Journal, operator: Operator, adams: tuple[str, str], sequence: int) -> ReadState:
    return await journal.submit(MarkRead(operator.account_id, operator.id, adams[0], sequence))


async def test_what_was_read_once_stays_read(
    journal: Journal, cast: Cast, adams: tuple[str, str], committed: list[Event]
) -> None:
    committed.clear()
    marks = [
        (await mark(journal, cast.rana, adams, sequence)).unread_count for sequence in (0, 1, 3, 3, 2, 0, 4, 10**15, 4)
    ]
    assert marks == [3, 3, 1, 1, 1, 1, 0, 0, 0]
    reads = [orjson.loads(event.payload)["read"] for event in committed]
    rana = str(cast.rana.id)
    assert reads == [
        {"operator_id": rana, "sequence": 3, "unread_count": 1},
        {"operator_id": rana, "sequence": 4, "unread_count": 0},
    ]


async def test_reading_ahead_of_the_head_reads_no_future(journal: Journal, cast: Cast, adams: tuple[str, str]) -> None:
    assert (await mark(journal, cast.rana, adams, 10**15)).sequence == 4
    await journal.submit(arrival(cast, said("a4", at=9)))
    state = await mark(journal, cast.rana, adams, 4)
    assert state.unread_count == 1


async def test_reading_in_the_same_transaction_as_the_message(
    journal: Journal, cast: Cast, adams: tuple[str, str]
) -> None:
    """What is not yet written is counted too: changes of one batch see each other."""
    arriving = journal.submit(arrival(cast, said("a4", at=9), said("a5", at=9)))
    reading = journal.submit(MarkRead(cast.olive.id, cast.rana.id, adams[0], 5))
    taking = journal.submit(HandOver(cast.olive.id, cast.rana, *adams, Move.TAKE_OVER))
    await arriving
    assert (await reading).unread_count == 1
    assert (await taking)["unread_count"] == 1


async def test_a_late_message_is_unread_although_it_stands_above(
    journal: Journal, cast: Cast, adams: tuple[str, str]
) -> None:
    await mark(journal, cast.rana, adams, 4)
    await journal.submit(arrival(cast, said("late", at=-100)))
    assert (await mark(journal, cast.rana, adams, 4)).unread_count == 1
    assert (await mark(journal, cast.rana, adams, 10**9)).unread_count == 0


async def test_the_figures(database: Database, journal: Journal, cast: Cast, adams: tuple[str, str]) -> None:
    now_ms = NOON * 1000 + 90_000
    figures = database.read_now(lambda c: live_metrics(c, cast.olive.id, now_ms))
    assert (figures["active_conversations"], figures["waiting_conversations"]) == (1, 1)
    assert figures["average_wait_seconds"] == 90
    assert figures["handover_reasons"] == {"off": 1}
    await journal.submit(QueueMessage(cast.olive.id, cast.omar, *adams, Content.of_text("hello")))
    figures = database.read_now(lambda c: live_metrics(c, cast.olive.id, now_ms))
    assert (figures["messages_in"], figures["messages_out"]) == (3, 1)
    assert (figures["human_conversations"], figures["average_wait_seconds"]) == (1, None)
    assert figures["handover_reasons"] == {}, "of those who wait now"
    assert figures["sentiment_distribution"] == {"positive": 0, "neutral": 1, "negative": 0}
    assert figures["operators"] == [
        {"operator_id": str(cast.omar.id), "name": "Omar", "status": "available", "open_conversations": 1},
        {"operator_id": str(cast.rana.id), "name": "Rana", "status": "available", "open_conversations": 0},
    ]
    later_ms = 10**6 * now_ms  # All of it is long ago.
    figures = database.read_now(lambda c: live_metrics(c, cast.olive.id, later_ms))
    assert (figures["messages_in"], figures["messages_out"]) == (0, 0)
    others = database.read_now(lambda c: live_metrics(c, cast.cedar.id, now_ms))
    assert (others["active_conversations"], others["messages_in"]) == (0, 0)


async def test_the_figures_count_back_no_further_than_they_may(
    database: Database, journal: Journal, cast: Cast, monkeypatch: pytest.MonkeyPatch, adams: tuple[str, str]
) -> None:
    monkeypatch.setattr("wasl.store.reports.METRICS_EVENTS_COUNTED_MAX", 2)
    now_ms = database.read_now(lambda c: c.rows("SELECT max(saved_ms) FROM messages"))[0][0] + 3_600_000
    figures = database.read_now(lambda c: live_metrics(c, cast.olive.id, now_ms))
    assert figures["messages_in"] == 2
    assert figures["window_hours"] == pytest.approx(1.0, abs=0.01)
