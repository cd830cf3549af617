"""A search finds exactly whom it should: everybody with a word that begins with it, or a number that ends with it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from arrivals import arrival, renamed, said
from cast import Cast
from wasl.domain.conversation import ConversationStatus
from wasl.domain.identity import Party
from wasl.limits import SEARCH_NAME_WORDS_MAX
from wasl.store import find
from wasl.store.database import Connection, Database
from wasl.store.inbox import PageQuery, active_conversations, conversation_page
from wasl.store.journal import Journal
from wasl.store.search import CONVERSATION_WORDS, folded, query_text, search_text_of, word_rows
from wasl.store.team import Channel, NewChannel, Team

pytestmark = pytest.mark.anyio

SYLLABLES = ("ra", "na", "Ra", "É", "z", "أحمد", "مُصطفى", "ة", "7", "70", "٣", "%", "_", "'", '"', "\\", "-", ".", "🙂")
# A zero byte comes through no door: see web/answers.py.
LETTERS = st.text(max_size=12).map(lambda text: text.replace("\0", ""))
NAMES = st.lists(st.sampled_from((*SYLLABLES, " ", " ")), max_size=10).map("".join) | LETTERS
PHONES = st.tuples(st.sampled_from(("9613", "96170", "1555")), st.text("0137", min_size=4, max_size=6)).map("".join)
PARTIES = st.builds(Party, phone=PHONES, name=NAMES.filter(str.isprintable))
STRATEGIES: dict[str, dict[str, int]] = {
    "sorted": {},
    "walked": {"SEARCH_MATCHES_SORTED_ANYWAY": 0, "SEARCH_MATCHES_SORTED_MAX": 0, "_FIRST_STEP_ROWS": 2},
    "walked, then sorted": {"SEARCH_MATCHES_SORTED_ANYWAY": 0, "_WALKED_PER_SORTED": 1, "_FIRST_STEP_ROWS": 1},
    "walked in many requests": {"SEARCH_MATCHES_SORTED_MAX": 0, "SEARCH_WALK_ROWS_MAX": 3, "_FIRST_STEP_ROWS": 2},
}


def words(name: str) -> list[str]:
    """A folded name from the start of each word, spelled out letter by letter."""
    found = []
    for place, letter in enumerate(name):
        before = name[place - 1] if place else " "
        if letter != " " and (before == " " or (letter.isalnum() and not before.isalnum())):
            found.append(name[place:])
    return found[:SEARCH_NAME_WORDS_MAX]


def finds(query: str, party: Party) -> bool:
    """Whether a search should find somebody, by looking at them alone."""
    phone = party.phone or ""
    beginnings = (*words(folded(party.name or "")), phone)
    if any(word.startswith(query) for word in beginnings):
        return True
    if not (query.isascii() and query.isdigit()):
        return False
    # A word does not tell whether it is of a number: “0070” finds somebody called “70” too.
    if query.startswith("00") and len(query) > 2 and any(word.startswith(query[2:]) for word in beginnings):
        return True
    national = query[1:] if query.startswith("0") and not query.startswith("00") else ""
    return phone.endswith(query) or (national != "" and phone.endswith(national))


def queries_about(parties: Sequence[Party]) -> list[str]:
    """What somebody might type who looks for them, in part or in whole."""
    found: list[str] = []
    for party in parties:
        name, phone = party.name or "", party.phone or ""
        found += [name, name[:3], *name.split()[1:], *(word[:2] for word in name.split())]
        found += ["+" + phone, phone[:5], phone[-4:], phone[-1:], "00" + phone, "0" + phone[-6:]]
        found += [f"{phone[:4]} {phone[4:6]}-{phone[6:]}"]
    return [query for query in dict.fromkeys(found) if query_text(query)]


def customer(party: Party) -> dict[str, Any]:
    return {"name": party.name, "phone": party.phone}


def phones_found(connection: Connection, account_id: int, query: str) -> list[str]:
    """Whom a search finds, page by page."""
    found: list[str] = []
    cursor = None
    while True:
        page = conversation_page(connection, account_id, 1, PageQuery(search=query, cursor=cursor, page_size=2))
        found += [chat["phone_clean"] for chat in page.chats]
        cursor = page.next_cursor
        if cursor is None:
            return found


def words_stored(connection: Connection, account_id: int) -> list[tuple[int, str, int]]:
    sql = "SELECT account_id, word, conversation_key FROM conversation_words WHERE account_id = ?"
    return sorted(connection.rows(sql, (account_id,)))


def words_told(connection: Connection, account_id: int) -> list[tuple[int, str, int]]:
    """The words that the conversations themselves stand for."""
    sql = "SELECT conversation_key, search_text FROM conversations WHERE account_id = ?"
    return sorted(row for key, text in connection.rows(sql, (account_id,)) for row in word_rows(account_id, key, text))


_numbers = count(1)


async def a_shop(team: Team) -> Channel:
    """An account that nobody has written to."""
    number = next(_numbers)
    account = await team.create_account(f"Shop {number}")
    return await team.add_channel(
        account.id,
        NewChannel(
            provider="meta",
            phone_number_id=f"1666{number}",
            values={"app_secret": "shop-app-secret", "verify_token": "verify", "access_token": "access"},
            api_base_url="http://127.0.0.1:9",
        ),
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parties=st.lists(PARTIES, min_size=1, max_size=6, unique_by=lambda party: party.phone),
    new_names=st.lists(NAMES.filter(lambda name: name.isprintable() and name != ""), max_size=3),
    typed=st.lists(NAMES, max_size=4),
)
@example(
    parties=[Party(phone="9613000001", name="Rana al-Saab"), Party(phone="9613000777", name="أحمد مُصطفى 70")],
    new_names=["9613000001 ranA o'Hara"],
    typed=[
        "saab",
        "AL-",
        "احمد",
        "مصطفي",
        "٣",
        "%",
        "_",
        "'",
        '"',
        "\\",
        "R1000003169",
        "hara",
        "03000777",
        "aab",
        "0",
    ],
)
@example(parties=[Party(phone="96130070", name=""), Party(phone="96130000", name="70")], new_names=[], typed=["0070"])
async def test_everybody_is_found_once_by_every_strategy(
    database: Database,
    journal: Journal,
    team: Team,
    cast: Cast,
    parties: list[Party],
    new_names: list[str],
    typed: list[str],
) -> None:
    channel = await a_shop(team)
    greetings = [said(f"m{number}", party=party) for number, party in enumerate(parties)]
    await journal.submit(arrival(cast, *greetings, channel=channel))
    known = {str(party.phone): party for party in parties}
    for party, name in zip(parties, new_names, strict=False):
        known[str(party.phone)] = replace(party, name=name)
        await journal.submit(arrival(cast, renamed(known[str(party.phone)]), channel=channel))
    account_id = channel.account_id
    stored, told = (database.read_now(partial(read, account_id=account_id)) for read in (words_stored, words_told))
    assert stored == told
    for strategy, limits in STRATEGIES.items():
        with pytest.MonkeyPatch.context() as patch:
            for name, value in limits.items():
                patch.setattr(find, name, value)
            for query in (query for query in (*queries_about(list(known.values())), *typed) if query_text(query)):
                found = database.read_now(partial(phones_found, account_id=account_id, query=query))
                text = query_text(query)
                expected = {phone for phone, party in known.items() if finds(text, party)}
                if not expected:  # Only then is it looked for inside words.
                    expected = {phone for phone, party in known.items() if text in search_text_of(customer(party))}
                assert sorted(found) == sorted(expected), f"{query!r}, {strategy}"


async def test_words_are_few_and_short() -> None:
    name = "a" * 300 + " " + " ".join(f"word{number}" for number in range(100))
    rows = word_rows(
        1, 2, search_text_of({"name": name, "phone": "9613000001", "username": name, "bsuid": "LB." + "9" * 200})
    )
    assert len(rows) == 2 + SEARCH_NAME_WORDS_MAX + 1  # The phone both ways, the name, and the id; each word once.
    assert max(len(word) for _, word, _ in rows) == 100
    assert CONVERSATION_WORDS.key == tuple(CONVERSATION_WORDS.columns)


async def test_a_long_query_finds_a_long_name(database: Database, journal: Journal, cast: Cast) -> None:
    name = "ﷺ" * 40 + "x" * 200  # One letter of it is folded into eighteen.
    await journal.submit(arrival(cast, said("a1", party=Party(phone="9613000001", name=name))))
    for typed in (name, name[:7], "ﷺ" * 2):
        assert database.read_now(partial(phones_found, account_id=cast.olive.id, query=typed)) == ["9613000001"]


async def test_going_on_is_by_the_way_that_was_begun(database: Database, journal: Journal, cast: Cast) -> None:
    """A search inside words stays one, also when somebody writes meanwhile whose name begins with it."""
    for number, name in enumerate(("Rana", "Hana", "Joana")):
        await journal.submit(arrival(cast, said(f"m{number}", party=Party(phone=f"96130000{number}0", name=name))))

    def page(cursor: str | None) -> tuple[list[str], str | None]:
        asked = PageQuery(search="ana", cursor=cursor, page_size=1)
        found = database.read_now(lambda c: conversation_page(c, cast.olive.id, cast.rana.id, asked))
        return [chat["user_name"] for chat in found.chats], found.next_cursor

    first, cursor = page(None)
    await journal.submit(arrival(cast, said("m9", party=Party(phone="9613000090", name="Ana"))))
    second, cursor = page(cursor)
    third, cursor = page(cursor)
    assert (first, second, third, cursor) == (["Joana"], ["Hana"], ["Rana"], None)
    assert page(None) == (["Ana"], None)


async def test_the_active_are_searched_in_one_way(database: Database, journal: Journal, cast: Cast) -> None:
    for number, name in enumerate(("Rana", "Ana")):
        await journal.submit(arrival(cast, said(f"m{number}", party=Party(phone=f"96130000{number}0", name=name))))

    def found(search: str) -> list[str]:
        listing = database.read_now(lambda c: active_conversations(c, cast.olive.id, cast.rana.id, search))
        assert listing.total == len(listing.conversations)
        return [chat["user_name"] for chat in listing.conversations]

    assert found("ana") == ["Ana"]
    assert found("na") == ["Ana", "Rana"]
    asked = PageQuery(search="ana", status=ConversationStatus.RESOLVED)
    assert database.read_now(lambda c: conversation_page(c, cast.olive.id, cast.rana.id, asked)).total == 0
