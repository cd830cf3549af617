"""Numbers and usernames that are passed on, and words that are no names: who is not who.

What is queued leaves for whom it was written to, or for nobody.
"""

from dataclasses import replace

import pytest

from arrivals import moved, renamed, reported, said
from cast import Cast, add_number
from inboxes import A, B, C, Inbox, P, Q, shown
from wasl.domain.identity import Party
from wasl.domain.message import MessageStatus
from wasl.domain.sending import Recipient
from wasl.errors import NotFound
from wasl.store.database import Database
from wasl.store.journal import Journal
from wasl.store.merge_contacts import MergeContacts, UnmergeContacts
from wasl.store.team import Team

pytestmark = pytest.mark.anyio


@pytest.fixture
def inbox(journal: Journal, database: Database, cast: Cast, team: Team) -> Inbox:
    return Inbox(journal, database, cast, team)


async def test_a_number_that_was_passed_on_takes_no_message_along(inbox: Inbox) -> None:
    await inbox.hears(said("m1", party=Party(phone=P, bsuid=A, name="Lina")))
    waiting = await inbox.writes(inbox.chat(P), "Your order is ready, Lina")
    await inbox.hears(said("m2", party=Party(phone=P, bsuid=B, name="Sami"), at=100))
    linas, samis = inbox.chat(P), inbox.chat(B)
    assert (linas["user_name"], samis["user_name"]) == ("Lina", "Sami")
    assert linas["user_id"] != samis["user_id"]
    assert (shown(linas), shown(samis)) == ((None, A), (P, B))
    assert await inbox.leaves_for(waiting) == Recipient(None, A)


async def test_an_old_message_that_comes_late_takes_no_number_back(inbox: Inbox) -> None:
    await inbox.hears(
        said("m1", party=Party(phone=P, bsuid=A)),
        said("m2", party=Party(phone=P, bsuid=B), at=100),
        said("m3", party=Party(phone=P, bsuid=A), at=50),
    )
    assert (inbox.chat(P)["message_count"], shown(inbox.chat(B))) == (2, (P, B))


async def test_after_a_move_the_old_number_is_somebody_elses(inbox: Inbox) -> None:
    await inbox.hears(said("m1", party=Party(phone=P, name="Lina")), moved(Party(phone=P), Party(phone=Q), at=10))
    waiting = await inbox.writes(inbox.chat(P), "for Lina")
    await inbox.hears(said("m2", party=Party(phone=P, name="Sami"), at=20))
    sami, lina = inbox.chats()
    assert (lina["user_name"], sami["user_name"]) == ("Lina", "Sami")
    assert lina["conversation_id"] != sami["conversation_id"]
    assert await inbox.leaves_for(waiting) == Recipient(Q)


async def test_the_address_book_joins_nobody_by_a_number_that_was_given_up(inbox: Inbox) -> None:
    await inbox.hears(
        said("m1", party=Party(phone=P, name="Lina")),
        moved(Party(phone=P), Party(phone=Q), at=10),
        said("m2", party=Party(bsuid=B, name="Sami"), at=20),
        renamed(Party(phone=P, bsuid=B, name="Sami S")),
    )
    linas, samis = inbox.chat(P), inbox.chat(B)
    assert (linas["user_name"], samis["user_name"]) == ("Lina", "Sami S")
    assert linas["user_id"] != samis["user_id"]
    assert await inbox.leaves_for(await inbox.writes(samis, "for Sami")) == Recipient(None, B)
    assert inbox.client(linas["user_id"]).merges == []


async def test_the_address_book_renames_nobody_who_gave_the_number_up(inbox: Inbox) -> None:
    await inbox.hears(
        said("m1", party=Party(phone=P, name="Lina", username="lina")), moved(Party(phone=P), Party(phone=Q), at=10)
    )
    await inbox.hears(renamed(Party(phone=P, name="Sami S")), renamed(Party(phone=P, username="lina", name="Sami S")))
    assert [chat["user_name"] for chat in inbox.chats()] == ["Lina"]
    await inbox.hears(renamed(Party(phone=Q, name="Lina K")))
    assert [chat["user_name"] for chat in inbox.chats()] == ["Lina K"]


async def test_a_new_number_that_another_had_before_joins_nobody(inbox: Inbox) -> None:
    await inbox.hears(
        said("m1", party=Party(phone=Q, name="Sami")),
        said("m2", party=Party(phone=P, name="Lina"), at=1),
        moved(Party(phone=P), Party(phone=Q), at=1000),
        said("m3", party=Party(phone=Q, name="Lina"), at=1001),
    )
    lina, sami = inbox.chats()
    assert (lina["user_name"], lina["message_count"], shown(lina)[0]) == ("Lina", 2, Q)
    assert (sami["user_name"], sami["message_count"], shown(sami)[0]) == ("Sami", 1, None)


async def test_whoever_gave_up_every_number_is_written_to_by_none(inbox: Inbox) -> None:
    await inbox.hears(
        said("m1", party=Party(phone=P, name="Lina")),
        moved(Party(phone=P), Party(phone=Q), at=10),
        said("m2", party=Party(phone="9613000013", name="Sami"), at=20),
        moved(Party(phone="9613000013"), Party(phone=Q), at=1000),
    )
    waiting = await inbox.writes(inbox.chat(P), "for Lina")
    assert await inbox.leaves_for(waiting) == Recipient()


async def test_a_number_that_was_passed_on_is_noticed_on_another_number_of_the_business(
    inbox: Inbox, team: Team
) -> None:
    second = await add_number(team, inbox.cast.olive, "155509")
    await inbox.hears(said("m1", party=Party(phone=P, bsuid=A, name="Lina")))
    await inbox.hears(said("m2", party=Party(phone=P, bsuid=B, name="Sami"), at=100), channel=second)
    await inbox.hears(said("m3", party=Party(phone=P, bsuid=B, name="Sami"), at=101))
    lina, *samis = sorted(inbox.chats(), key=lambda chat: chat["last_activity"])
    assert [(chat["user_name"], chat["message_count"], shown(chat)) for chat in (lina, *samis)] == [
        ("Lina", 1, (None, A)),
        ("Sami", 1, (P, B)),
        ("Sami", 1, (P, B)),
    ]
    assert samis[0]["user_id"] == samis[1]["user_id"] != lina["user_id"]


async def test_two_apps_know_one_customer_by_two_ids(inbox: Inbox, team: Team) -> None:
    second = await add_number(team, inbox.cast.olive, "155509", "another app's secret")
    await inbox.hears(said("m1", party=Party(phone=P, bsuid=A)))
    for at in (1, 3):
        await inbox.hears(said(f"second {at}", party=Party(phone=P, bsuid=B), at=at), channel=second)
        await inbox.hears(said(f"first {at}", party=Party(phone=P, bsuid=A), at=at + 1))
    first, other = inbox.chats()
    assert first["user_id"] == other["user_id"]
    assert {shown(first), shown(other)} == {(P, A), (P, B)}


async def test_a_number_that_was_passed_on_is_noticed_where_its_owner_is_known(inbox: Inbox, team: Team) -> None:
    """Two secrets sign for two numbers of one portfolio: until Sami writes where Lina did, nothing tells them apart."""
    second = await add_number(team, inbox.cast.olive, "155509", "another app's secret")
    await inbox.hears(said("m1", party=Party(phone=P, bsuid=A, name="Lina")))
    await inbox.hears(said("m2", party=Party(phone=P, bsuid=B, name="Sami"), at=100), channel=second)
    [mixed] = {chat["user_id"] for chat in inbox.chats()}
    waiting = await inbox.writes(inbox.chats()[0], "for Sami")
    await inbox.hears(said("m3", party=Party(phone=P, bsuid=B, name="Sami"), at=101))
    lina, *samis = sorted(inbox.chats(), key=lambda chat: chat["message_count"] if chat["user_id"] == mixed else 9)
    assert [(chat["user_name"], shown(chat)) for chat in (lina, *samis)] == [
        ("Lina", (None, A)),
        ("Sami", (P, B)),
        ("Sami", (P, B)),
    ]
    assert lina["user_id"] == mixed
    assert samis[0]["user_id"] == samis[1]["user_id"] != mixed
    assert {chat["channel"]["phone_number_id"] for chat in samis} == {"155501", "155509"}
    assert await inbox.leaves_for(waiting) == Recipient(P, B)
    await inbox.hears(said("m4", party=Party(bsuid=A, name="Lina"), at=102))
    assert [chat["message_count"] for chat in inbox.chats() if chat["user_id"] == mixed] == [2]


async def test_who_changed_twice_is_one_in_whatever_order_it_is_told(inbox: Inbox, team: Team) -> None:
    """The second change is told first: until the first one is, the number seems to be somebody else's."""
    second = await add_number(team, inbox.cast.olive, "155509", "another app's secret")
    await inbox.hears(said("m1", party=Party(phone=P, bsuid=A)), channel=second)
    await inbox.hears(said("m2", party=Party(phone=P, bsuid=B), at=11))
    await inbox.hears(moved(Party(bsuid=B), Party(bsuid=C), at=20), said("m3", party=Party(phone=P, bsuid=C), at=21))
    await inbox.hears(said("m4", party=Party(phone=P, bsuid=C), at=22), channel=second)
    await inbox.hears(moved(Party(bsuid=A), Party(bsuid=B), at=10))
    assert len({chat["user_id"] for chat in inbox.chats()}) == 1
    assert {shown(chat) for chat in inbox.chats() if chat["continued_in"] is None} == {(P, C)}


@pytest.mark.parametrize("before", [Party(phone=P), Party(bsuid=A)])
@pytest.mark.parametrize("secret", [None, "another app's secret"])
async def test_whoever_moves_to_a_number_may_be_heard_of_first_on_another(
    inbox: Inbox, team: Team, secret: str | None, before: Party
) -> None:
    second = await add_number(team, inbox.cast.olive, "155509", secret)
    await inbox.hears(said("m1", party=Party(phone=P, bsuid=A)), moved(before, Party(phone=Q), at=10))
    await inbox.hears(said("m2", party=Party(phone=Q, bsuid=B), at=20), channel=second)
    await inbox.hears(said("m3", party=Party(phone=Q, bsuid=B), at=21))
    first, other = inbox.chats()
    assert first["user_id"] == other["user_id"]
    assert shown(first) == shown(other) == (Q, B)


async def test_a_new_id_that_one_number_tells_of_is_known_to_the_others(inbox: Inbox, team: Team) -> None:
    second = await add_number(team, inbox.cast.olive, "155509")
    await inbox.hears(said("m1", party=Party(phone=P, bsuid=A)))
    await inbox.hears(moved(Party(phone=P), Party(phone=P, bsuid=B), at=10), channel=second)
    await inbox.hears(said("m2", party=Party(phone=P, bsuid=B), at=11))
    [chat] = inbox.chats()
    assert (chat["message_count"], shown(chat)) == (2, (P, B))


async def test_a_username_changes_hands_and_joins_nobody(inbox: Inbox) -> None:
    await inbox.hears(
        said("m1", party=Party(bsuid=A, username="queen")),
        said("m2", party=Party(bsuid=B, username="queen"), at=10),
        said("m3", party=Party(bsuid=A), at=11),
    )
    assert inbox.chat(A)["user_id"] != inbox.chat(B)["user_id"]
    assert inbox.chat(A)["customer_info"]["username"] is None
    assert inbox.chat(B)["customer_info"]["username"] == "queen"
    await inbox.hears(said("m4", party=Party(bsuid=A, username="queen"), at=12))
    assert inbox.chat(A)["customer_info"]["username"] == "queen"


async def test_a_word_that_is_no_name_joins_nobody(inbox: Inbox) -> None:
    numbers = [f"961300002{n}" for n in range(3)]
    await inbox.hears(*(said(f"m{n}", party=Party(phone=n, provider_id="null")) for n in numbers))
    told = reported("wamid.1", MessageStatus.SENT, at=2)
    await inbox.hears(*(replace(told, recipient=Party(phone=n, provider_id="null")) for n in numbers))
    await inbox.hears(*(said(f"{n}.2", party=Party(phone=n, provider_id="null"), at=3) for n in numbers))
    assert sorted((shown(chat)[0], chat["message_count"]) for chat in inbox.chats()) == [(n, 2) for n in numbers]
    assert len({chat["user_id"] for chat in inbox.chats()}) == 3


async def test_a_word_that_is_no_name_is_still_one_while_there_is_no_other(inbox: Inbox) -> None:
    await inbox.hears(
        said("m1", party=Party(provider_id="somebody", username="lina")),
        said("m2", party=Party(provider_id="somebody", username="queen"), at=1),
        said("m3", party=Party(provider_id="somebody"), at=2),
        said("m4", party=Party(phone=P, provider_id="qiscus:1:7"), at=3),
        said("m5", party=Party(provider_id="qiscus:1:7"), at=4),
    )
    assert sorted(chat["message_count"] for chat in inbox.chats()) == [2, 3]


async def test_another_accounts_customers_are_nobodys_business(inbox: Inbox) -> None:
    await inbox.hears(said("m1", party=Party(phone=P)), said("m2", party=Party(phone=Q)))
    await inbox.hears(said("m3", party=Party(phone=P), number="155502"), channel=inbox.cast.cedar_number)
    one, other = (chat["user_id"] for chat in inbox.chats())
    clara = inbox.cast.clara
    with pytest.raises(NotFound):
        await inbox.journal.submit(MergeContacts(clara.account_id, clara, one, other))
    merged = await inbox.merges(one, other)
    with pytest.raises(NotFound):
        await inbox.journal.submit(UnmergeContacts(clara.account_id, clara, merged.merge_id))
