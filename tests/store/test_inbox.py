"""The list: every conversation once, newest activity first, whatever the page, the filter or the search."""

import itertools
from functools import partial
from typing import Any

import pytest

from arrivals import BISAN, DIMA, arrival, said
from cast import Cast
from crowd import crowd
from wasl import limits
from wasl.domain.conversation import ConversationStatus
from wasl.domain.identity import Party
from wasl.errors import Invalid, NotFound
from wasl.store import find
from wasl.store.database import Connection, Database, Engine
from wasl.store.desk import HandOver, MarkRead, Move
from wasl.store.inbox import (
    Listing,
    Page,
    PageQuery,
    active_conversations,
    client_conversations,
    conversation_page,
    waiting_queue,
)
from wasl.store.journal import Journal

pytestmark = pytest.mark.anyio


def page_of(database: Database, cast: Cast, **query: Any) -> Page:
    asked = PageQuery(**query)
    return database.read_now(lambda c: conversation_page(c, cast.olive.id, cast.rana.id, asked))


def walk(database: Database, cast: Cast, **query: Any) -> list[str]:
    """The names on all pages, from the first cursor to the last."""
    names: list[str] = []
    cursor = None
    for _ in range(1_000):
        page = page_of(database, cast, cursor=cursor, **query)
        assert page.has_more == (page.next_cursor is not None)
        names += [chat["user_name"] for chat in page.chats]
        cursor = page.next_cursor
        if cursor is None:
            return names
    raise AssertionError("the pages do not end")


def claras_page(connection: Connection, cast: Cast, asked: PageQuery) -> Page:
    return conversation_page(connection, cast.cedar.id, cast.clara.id, asked)


def client_of_clara(database: Database, cast: Cast, user_id: str) -> Listing:
    return database.read_now(lambda c: client_conversations(c, cast.cedar.id, cast.clara.id, user_id)).listing


def names(numbers: Any) -> list[str]:
    return [f"Customer {number}" for number in numbers]


class TestACrowd:
    """250 customers; the n-th wrote n-th, and of four one is in each status (bot, human, waiting, resolved)."""

    @pytest.fixture(autouse=True)
    def _crowd(self, engine: Engine, cast: Cast) -> None:
        crowd(engine, cast.olive_number, 250)
        crowd(engine, cast.cedar_number, 10)

    async def test_pages_by_cursor_hold_everyone_once(self, database: Database, cast: Cast) -> None:
        assert walk(database, cast) == names(range(250, 0, -1))
        assert walk(database, cast, page_size=100) == names(range(250, 0, -1))

    async def test_pages_by_number_are_the_same(self, database: Database, cast: Cast) -> None:
        pages = [page_of(database, cast, page=number, page_size=100) for number in (1, 2, 3, 4)]
        assert [chat["user_name"] for page in pages for chat in page.chats] == names(range(250, 0, -1))
        assert [page.has_more for page in pages] == [True, True, False, False]
        assert {page.total for page in pages} == {250}

    async def test_one_status(self, database: Database, cast: Cast) -> None:
        status = ConversationStatus.WAITING_HUMAN
        assert walk(database, cast, status=status) == names(range(250, 0, -4))
        page = page_of(database, cast, status=status, page=2, page_size=60)
        assert (page.total, [chat["user_name"] for chat in page.chats]) == (63, names([10, 6, 2]))

    async def test_a_search_finds_any_part_of_name_and_number(self, database: Database, cast: Cast) -> None:
        assert walk(database, cast, search="CUSTOMER 24") == names([*range(249, 239, -1), 24])
        assert walk(database, cast, search="+961 3000 007") == names([7])
        assert walk(database, cast, search="3000007") == names([7])
        assert walk(database, cast, search="nobody") == []
        assert walk(database, cast, search="  ") == names(range(250, 0, -1))

    async def test_a_search_in_one_status_pages_too(self, database: Database, cast: Cast) -> None:
        query = {"search": "customer", "status": ConversationStatus.BOT, "page_size": 7}
        assert walk(database, cast, **query) == names(range(248, 0, -4))
        page = page_of(database, cast, **query)
        assert (page.total, page.total_is_exact) == (8, False)  # Found on the way down; there are more.
        page = page_of(database, cast, search="customer 24", status=ConversationStatus.BOT)
        assert (page.total, page.total_is_exact) == (4, True)

    async def test_a_common_word_is_found_by_walking(
        self, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The same answers, page by page, when more match than are sorted, and when every step is tiny."""
        monkeypatch.setattr(find, "SEARCH_MATCHES_SORTED_ANYWAY", 5)
        for most, first_step, walk_rows in ((20, 1_000, 50_000), (20, 3, 50_000), (20, 3, 17), (300, 3, 17)):
            monkeypatch.setattr(find, "SEARCH_MATCHES_SORTED_MAX", most)
            monkeypatch.setattr(find, "_FIRST_STEP_ROWS", first_step)
            monkeypatch.setattr(find, "SEARCH_WALK_ROWS_MAX", walk_rows)
            assert walk(database, cast, search="customer") == names(range(250, 0, -1))
            assert walk(database, cast, search="customer", page_size=100) == names(range(250, 0, -1))
            found = walk(database, cast, search="customer 1", status=ConversationStatus.BOT, page_size=5)
            assert found == names([*range(196, 99, -4), 16, 12])

    async def test_two_digits_and_one_letter(self, database: Database, cast: Cast) -> None:
        page = page_of(database, cast, search="99", page_size=10)
        assert [chat["user_name"] for chat in page.chats] == names([199, 99])
        assert (page.total, page.total_is_exact, page.has_more) == (2, True, False)
        page = page_of(database, cast, search="c", page_size=10)
        assert (len(page.chats), page.total_is_exact, page.has_more) == (10, False, True)

    async def test_search_pages_by_number(self, database: Database, cast: Cast) -> None:
        for search in ("customer", "c"):
            page = page_of(database, cast, search=search, page=3, page_size=100)
            assert [chat["user_name"] for chat in page.chats] == names(range(50, 0, -1))

    @pytest.mark.parametrize("typed", ['"', "'", "%", "_", "%%%", "a\\%b", '" OR "1', "*", "🙂", "ا", "ź", "NEAR(a b)"])
    async def test_no_search_breaks_it(self, database: Database, cast: Cast, typed: str) -> None:
        for search in (typed, typed * 3, f"customer {typed}"):
            assert page_of(database, cast, search=search).total == 0

    async def test_nobody_of_another_account_is_found(self, database: Database, cast: Cast) -> None:
        asked = PageQuery(page_size=100)
        page = database.read_now(lambda c: conversation_page(c, cast.cedar.id, cast.clara.id, asked))
        assert [chat["user_name"] for chat in page.chats] == names(range(10, 0, -1))
        for search in ("customer", "customer 11", "11"):
            asked = PageQuery(search=search, page_size=100)
            page = database.read_now(partial(claras_page, cast=cast, asked=asked))
            assert all(chat["conversation_id"].startswith(f"{cast.cedar.id}_") for chat in page.chats)
            assert page.total == (10 if search == "customer" else 0)

    @pytest.mark.parametrize("cursor", ["", "0", "-1", "x", "1-2", "9" * 30, "12-0000000a", "１２", "1 "])
    async def test_a_bad_cursor_is_refused(self, database: Database, cast: Cast, cursor: str) -> None:
        with pytest.raises(Invalid, match="next_cursor"):
            page_of(database, cast, cursor=cursor)

    @pytest.mark.parametrize("number", [0, -1, limits.PAGE_NUMBER_MAX + 1])
    async def test_absurd_page_numbers_are_refused(self, database: Database, cast: Cast, number: int) -> None:
        with pytest.raises(Invalid, match="numbered"):
            page_of(database, cast, page=number)

    async def test_the_queue_and_the_active(self, database: Database, cast: Cast) -> None:
        queue = database.read_now(lambda c: waiting_queue(c, cast.olive.id, cast.rana.id))
        assert [chat["user_name"] for chat in queue.conversations] == names(range(2, 251, 4))
        assert queue.total == 63
        active = database.read_now(lambda c: active_conversations(c, cast.olive.id, cast.rana.id))
        expected = names(number for number in range(250, 0, -1) if number % 4 != 3)
        assert [chat["user_name"] for chat in active.conversations] == expected
        assert active.total == len(expected)
        found = database.read_now(lambda c: active_conversations(c, cast.olive.id, cast.rana.id, "customer 24"))
        assert [chat["user_name"] for chat in found.conversations] == names(
            [249, 248, 246, 245, 244, 242, 241, 240, 24]
        )

    async def test_a_contacts_conversations(self, database: Database, cast: Cast) -> None:
        found = database.read_now(lambda c: client_conversations(c, cast.olive.id, cast.rana.id, "7"))
        assert [chat["user_name"] for chat in found.listing.conversations] == names([7])
        for stranger in ("11", "999", "0", "x", "-7", "7.0", "９"):
            with pytest.raises(NotFound):
                client_of_clara(database, cast, stranger)


async def test_as_of_is_the_place_of_the_page(database: Database, journal: Journal, cast: Cast) -> None:
    await journal.submit(arrival(cast, said("a1")))
    assert page_of(database, cast).as_of.sequence == 2
    await journal.submit(arrival(cast, said("b1", party=BISAN)))
    page = page_of(database, cast)
    assert (page.as_of.sequence, page.chats[0]["last_sequence"], page.chats[0]["version"]) == (4, 4, 4)


async def test_the_list_follows_activity_and_a_walk_loses_nobody(
    database: Database, journal: Journal, cast: Cast
) -> None:
    parties = [Party(phone=f"961300010{number}", name=f"Customer {number}") for number in range(8)]
    for number, party in enumerate(parties):
        await journal.submit(arrival(cast, said(f"m{number}", party=party)))
    first = page_of(database, cast, page_size=3)
    await journal.submit(arrival(cast, said("again", party=parties[0])))  # Moves above what was read already.
    rest = walk_from(database, cast, first.next_cursor)
    assert [chat["user_name"] for chat in first.chats] == names([7, 6, 5])
    assert rest == names([4, 3, 2, 1])  # Customer 0 is told by the event; nobody else is missing, nobody comes twice.
    assert walk(database, cast, page_size=3) == names([0, 7, 6, 5, 4, 3, 2, 1])


def walk_from(database: Database, cast: Cast, cursor: str | None) -> list[str]:
    found: list[str] = []
    while cursor is not None:
        page = page_of(database, cast, cursor=cursor, page_size=3)
        found += [chat["user_name"] for chat in page.chats]
        cursor = page.next_cursor
    return found


async def test_arabic_names_are_found_as_people_type_them(database: Database, journal: Journal, cast: Cast) -> None:
    await journal.submit(arrival(cast, said("a1", party=Party(phone="9613000050", name="أحمد مُصطفى"))))
    for typed in ("احمد", "أحمد", "مصطفي", "٩٦١٣٠٠٠٠٥٠", "+961 3 000 050", "حم"):
        assert [chat["user_name"] for chat in page_of(database, cast, search=typed).chats] == ["أحمد مُصطفى"], typed


async def test_a_new_name_is_found_and_the_old_one_is_not(database: Database, journal: Journal, cast: Cast) -> None:
    await journal.submit(arrival(cast, said("d1", party=DIMA)))
    await journal.submit(arrival(cast, said("d2", party=Party(bsuid=DIMA.bsuid, name="Dima Khoury"))))
    assert page_of(database, cast, search="khoury").total == 1
    assert page_of(database, cast, search="dima.k").total == 1
    assert page_of(database, cast, search="dima khoury").total == 1


async def test_unread_is_each_operators_own(database: Database, journal: Journal, cast: Cast) -> None:
    await journal.submit(arrival(cast, said("a1"), said("a2")))
    conversation_id = page_of(database, cast).chats[0]["conversation_id"]
    await journal.submit(MarkRead(cast.olive.id, cast.rana.id, conversation_id, 2))
    assert page_of(database, cast).chats[0]["unread_count"] == 1
    asked = PageQuery()
    omars = database.read_now(lambda c: conversation_page(c, cast.olive.id, cast.omar.id, asked))
    assert omars.chats[0]["unread_count"] == 2


async def test_totals_follow_every_move(database: Database, journal: Journal, cast: Cast) -> None:
    await journal.submit(arrival(cast, said("a1")))
    await journal.submit(arrival(cast, said("b1", party=BISAN)))
    chat = page_of(database, cast).chats[0]
    for move, totals in (
        (Move.TAKE_OVER, {"human": 1, "waiting_human": 1}),
        (Move.RELEASE, {"bot": 1, "waiting_human": 1}),
        (Move.END, {"resolved": 1, "waiting_human": 1}),
    ):
        change = HandOver(cast.olive.id, cast.rana, chat["conversation_id"], chat["user_id"], move)
        await journal.submit(change)
        found = {status.value: page_of(database, cast, status=status).total for status in ConversationStatus}
        assert {status: total for status, total in found.items() if total} == totals
        assert page_of(database, cast).total == 2


async def test_the_queue_is_bounded_and_says_how_many_wait(
    database: Database, journal: Journal, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasl.store.inbox.LISTED_CONVERSATIONS_MAX", 3)
    for number in range(5):
        party = Party(phone=f"961300010{number}", name=f"Customer {number}")
        await journal.submit(arrival(cast, said(f"m{number}", party=party), received_ms=1_790_000_000_000 - number))
    queue: Listing = database.read_now(lambda c: waiting_queue(c, cast.olive.id, cast.rana.id))
    assert [chat["user_name"] for chat in queue.conversations] == names([4, 3, 2])
    assert queue.total == 5
    waits = [chat["waiting_since"] for chat in queue.conversations]
    assert all(one <= other for one, other in itertools.pairwise(waits))
