"""History: every message once, in the one order, page by page, while new ones arrive; and the way of one message."""

from typing import Any

import pytest

from arrivals import ADAM, BISAN, NOON, arrival, edited, remembered, reported, revoked, said
from attempts import claimed
from cast import Cast
from wasl.domain.message import Content, MessageStatus
from wasl.domain.people import Operator
from wasl.domain.sending import Unclear
from wasl.errors import Invalid, NotFound
from wasl.store.attempts import SettleAttempt
from wasl.store.database import Database
from wasl.store.history import History, HistoryQuery, history_page, trace_of
from wasl.store.inbox import PageQuery, conversation_page
from wasl.store.journal import Journal
from wasl.store.outbox import QueueMessage

pytestmark = pytest.mark.anyio


def ids_of(database: Database, cast: Cast) -> tuple[str, str]:
    page = database.read_now(lambda c: conversation_page(c, cast.olive.id, cast.rana.id, PageQuery()))
    return page.chats[-1]["user_id"], page.chats[-1]["conversation_id"]


def read(database: Database, cast: Cast, now: int = NOON, **query: Any) -> History:
    asked = HistoryQuery(*ids_of(database, cast), **{"limit": 50, **query})
    return database.read_now(lambda c: history_page(c, cast.olive.id, cast.rana.id, asked, now))


def read_as(database: Database, operator: Operator, user_id: str, conversation_id: str) -> History:
    asked = HistoryQuery(user_id, conversation_id, 50)
    return database.read_now(lambda c: history_page(c, operator.account_id, operator.id, asked, NOON))


def hops_of(database: Database, account_id: int, message_id: str) -> list[str]:
    return [hop["hop"] for hop in database.read_now(lambda c: trace_of(c, account_id, message_id))]


def ids(history: History) -> list[str]:
    return [message["message_id"] for message in history.messages]


async def test_load_more_neither_reorders_nor_drops_nor_doubles(
    database: Database, journal: Journal, cast: Cast
) -> None:
    await journal.submit(arrival(cast, *(said(f"m{n:02}", f"test{n}", at=n // 4) for n in range(70))))
    history = read(database, cast, limit=20)
    assert (history.has_more, history.total_messages) == (True, 70)
    walked = ids(history)
    for number in range(100):
        if not history.has_more:
            break
        # While somebody reads back, the customer goes on writing.
        await journal.submit(arrival(cast, said(f"n{number}", at=100 + number)))
        history = read(database, cast, limit=20, before=history.next_before)
        walked = ids(history) + walked
    assert walked == [f"m{n:02}" for n in range(70)]
    assert (history.next_before, history.total_messages) == (None, 73)


async def test_pages_end_exactly(database: Database, journal: Journal, cast: Cast) -> None:
    await journal.submit(arrival(cast, *(said(f"m{n}", at=n) for n in range(4))))
    history = read(database, cast, limit=4)
    assert (ids(history), history.has_more, history.next_before) == (["m0", "m1", "m2", "m3"], False, None)


async def test_imported_history_stands_before_the_first_live_message(
    database: Database, journal: Journal, cast: Cast
) -> None:
    await journal.submit(arrival(cast, said("live", at=0)))
    await journal.submit(
        arrival(cast, remembered("later-than-live", "odd clock", at=50), remembered("old", "x", at=-9))
    )
    assert ids(read(database, cast)) == ["old", "later-than-live", "live"]
    assert ids(read(database, cast, limit=1)) == ["live"]


async def test_before_a_time_and_for_some_days(database: Database, journal: Journal, cast: Cast) -> None:
    day = 24 * 3600
    await journal.submit(arrival(cast, *(said(f"day{n}", at=n * day) for n in range(5))))
    now = NOON + 4 * day
    assert ids(read(database, cast, now, before="2026-09-23T00:00:00Z")) == ["day0", "day1"]
    assert ids(read(database, cast, now, before="2026-09-23T00:00:00")) == ["day0", "day1"]
    assert ids(read(database, cast, now, before="2026-09-23T03:00:00+03:00")) == ["day0", "day1"]
    assert ids(read(database, cast, now, days=2)) == ["day2", "day3", "day4"]
    page = read(database, cast, now, days=2, limit=2)
    assert (ids(page), page.has_more) == (["day3", "day4"], True)
    page = read(database, cast, now, days=2, limit=2, before=page.next_before)
    assert (ids(page), page.has_more) == (["day2"], False)


@pytest.mark.parametrize(
    "before", ["x", "1", "1-", "-", "1-x", "12-34-56", "yesterday", "9" * 40, "2026-13-01T00:00:00Z", "1790000000-"]
)
async def test_a_bad_before_is_refused(database: Database, journal: Journal, cast: Cast, before: str) -> None:
    await journal.submit(arrival(cast, said("m0")))
    with pytest.raises(Invalid, match="next_before"):
        read(database, cast, before=before)


async def test_only_the_contacts_own_conversation_of_the_own_account(
    database: Database, journal: Journal, cast: Cast
) -> None:
    await journal.submit(arrival(cast, said("m0", party=ADAM)))
    await journal.submit(arrival(cast, said("m1", party=BISAN)))
    user_id, conversation_id = ids_of(database, cast)
    for stranger in ("999", "0", "x", "", "1e1", "3"):
        with pytest.raises(NotFound):
            read_as(database, cast.rana, stranger, conversation_id)
    with pytest.raises(NotFound):
        read_as(database, cast.clara, user_id, conversation_id)


async def test_the_way_of_a_received_message(database: Database, journal: Journal, cast: Cast) -> None:
    await journal.submit(arrival(cast, said("m0"), received_ms=NOON * 1000 + 7))
    await journal.submit(arrival(cast, edited("m0", "better", at=5), revoked("m0", at=6)))
    hops = database.read_now(lambda c: trace_of(c, cast.olive.id, "m0", lambda sequence: NOON * 1000 + sequence))
    assert [hop["hop"] for hop in hops] == ["received", "saved", "broadcast", "edited", "deleted"]
    assert hops[0]["at"] == "2026-09-21T14:13:20.007Z"
    assert hops[2]["at"] == "2026-09-21T14:13:20.002Z"


async def test_the_way_of_a_sent_message(database: Database, journal: Journal, cast: Cast) -> None:
    await journal.submit(arrival(cast, said("m0")))
    user_id, conversation_id = ids_of(database, cast)
    sent = await journal.submit(
        QueueMessage(cast.olive.id, cast.rana, conversation_id, user_id, Content.of_text("hello"))
    )
    hops = database.read_now(lambda c: trace_of(c, cast.olive.id, sent.id))
    assert [hop["hop"] for hop in hops] == ["saved", "outbox"]
    assert hops[-1]["detail"]["state"] == "queued"
    claim = await claimed(journal, sent)
    await journal.submit(SettleAttempt(claim.due, claim.attempt, Unclear("time-out")))
    status = reported("wamid.1", MessageStatus.DELIVERED, at=9, ours=f"m:{sent.id}:1")
    await journal.submit(arrival(cast, status))
    for name in (sent.id, "wamid.1"):  # Found by our id and by the provider's.
        assert hops_of(database, cast.olive.id, name) == ["saved", "sending", "unknown", "delivered"]


async def test_no_trace_of_another_accounts_message(database: Database, journal: Journal, cast: Cast) -> None:
    await journal.submit(arrival(cast, said("m0")))
    for account_id, name in ((cast.cedar.id, "m0"), (cast.olive.id, "m1"), (cast.olive.id, "")):
        with pytest.raises(NotFound):
            hops_of(database, account_id, name)
