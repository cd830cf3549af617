"""Who a webhook speaks of, case by case; tests/machines/test_identities.py shuffles whole lives.

What is queued leaves for whom it was written to, whoever turns out to be whom in the meantime.
"""

import asyncio
import itertools
from dataclasses import replace

import pytest

from arrivals import arrival, moved, reported, said
from cast import Cast, add_number
from inboxes import A, B, Inbox, P, Q, ids_of, shown
from wasl.domain.events import Event
from wasl.domain.identity import Party
from wasl.domain.message import MessageStatus
from wasl.domain.sending import Recipient, callback_data_for
from wasl.errors import Conflict
from wasl.observe import Metrics
from wasl.store.database import Database, Engine
from wasl.store.desk import HandOver, Move
from wasl.store.journal import Journal
from wasl.store.message_row import Json
from wasl.store.outbox import due_messages
from wasl.store.team import Team

pytestmark = pytest.mark.anyio


@pytest.fixture
def inbox(journal: Journal, database: Database, cast: Cast, team: Team) -> Inbox:
    return Inbox(journal, database, cast, team)


# -- one customer ---------------------------------------------------------------------------------------------------


async def test_first_the_number_then_the_id_then_only_the_id(inbox: Inbox) -> None:
    await inbox.hears(
        said("m1", party=Party(phone=P)),
        said("m2", party=Party(phone=P, bsuid=A), at=1),
        said("m3", party=Party(bsuid=A, username="lina"), at=2),
    )
    [chat] = inbox.chats()
    assert (chat["message_count"], shown(chat), chat["customer_info"]["username"]) == (3, (P, A), "lina")


async def test_two_conversations_turn_out_to_be_one_customers(inbox: Inbox, committed: list[Event]) -> None:
    await inbox.hears(said("m1", party=Party(phone=P)), said("m2", party=Party(bsuid=A), at=1))
    await inbox.journal.submit(HandOver(inbox.cast.olive.id, inbox.cast.omar, *ids_of(inbox.chat(A)), Move.TAKE_OVER))
    await inbox.hears(said("m3", party=Party(phone=P, bsuid=A), at=2))
    older, younger = inbox.chat(P), inbox.chat(A)
    assert (older["message_count"], younger["message_count"]) == (2, 1), "no message changes its conversation"
    assert (younger["continued_in"], younger["status"]) == (older["conversation_id"], "resolved")
    assert (older["status"], older["operator_name"], shown(older)) == ("human", "Omar", (P, A))
    assert [merge["told_by"] for merge in inbox.client(older["user_id"]).merges] == ["whatsapp"]
    with pytest.raises(Conflict) as refused:
        await inbox.writes(younger, "hello")
    assert refused.value.code == "conversation_continued"
    assert refused.value.details["conversation_id"] == older["conversation_id"]


async def test_a_reply_that_is_posted_again_after_the_join_is_still_one(inbox: Inbox) -> None:
    await inbox.hears(said("m1", party=Party(phone=P)), said("m2", party=Party(bsuid=A), at=1))
    younger = inbox.chat(A)
    first = await inbox.writes(younger, "hello", "client-1")
    await inbox.hears(said("m3", party=Party(phone=P, bsuid=A), at=2))
    assert (await inbox.writes(younger, "hello", "client-1")).id == first.id


async def test_what_waited_in_the_younger_conversation_leaves_first(inbox: Inbox) -> None:
    await inbox.hears(said("m1", party=Party(phone=P)), said("m2", party=Party(bsuid=A), at=1))
    first = await inbox.writes(inbox.chat(A), "first")
    await inbox.hears(said("m3", party=Party(phone=P, bsuid=A), at=2))
    second = await inbox.writes(inbox.chat(P), "second")
    due = inbox.database.read_now(lambda connection: due_messages(connection, [], 10))
    assert [found.sequence for found in due] == [first.sequence]
    assert await inbox.leaves_for(first) == Recipient(P, A)
    assert second.conversation_id == inbox.chat(P)["conversation_id"]


async def test_the_status_of_a_message_tells_whose_number_it_is(inbox: Inbox) -> None:
    await inbox.hears(said("m1", party=Party(phone=P)))
    message = await inbox.writes(inbox.chat(P), "hello")
    told = reported("wamid.1", MessageStatus.SENT, at=2, ours=callback_data_for(message.id, 1))
    await inbox.hears(replace(told, recipient=Party(phone=P, bsuid=A)))
    await inbox.hears(said("m2", party=Party(bsuid=A), at=3))
    [chat] = inbox.chats()
    assert (chat["message_count"], shown(chat), chat["last_message"]["message_id"]) == (3, (P, A), "m2")


async def test_the_status_of_a_message_tells_that_its_number_was_passed_on(inbox: Inbox) -> None:
    await inbox.hears(said("m1", party=Party(phone=P, bsuid=A)))
    told = reported("wamid.1", MessageStatus.SENT, at=2)
    await inbox.hears(replace(told, recipient=Party(phone=P, bsuid=B)))
    [chat] = inbox.chats()
    assert shown(chat) == (None, A), "what is written to Lina must not reach whoever has her number now"
    await inbox.hears(said("m2", party=Party(phone=P), at=3))
    assert [chat["message_count"] for chat in inbox.chats()] == [1, 1]


async def test_a_change_that_is_told_first_is_remembered(inbox: Inbox) -> None:
    await inbox.hears(moved(Party(phone=P, bsuid=A), Party(phone=Q, bsuid=B), at=10))
    assert inbox.chats() == []
    await inbox.hears(said("m1", party=Party(bsuid=A), at=5), said("m2", party=Party(phone=Q), at=11))
    [chat] = inbox.chats()
    assert (chat["message_count"], shown(chat)) == (2, (Q, B))
    await inbox.hears(said("m3", party=Party(phone=P), at=6))
    assert inbox.chats()[0]["message_count"] == 3, "it was theirs when they wrote that"


async def test_two_numbers_of_the_business_are_two_conversations_of_one_customer(inbox: Inbox, team: Team) -> None:
    second = await add_number(team, inbox.cast.olive, "155509")
    await inbox.hears(said("m1", party=Party(phone=P, bsuid=A)))
    await inbox.hears(said("m2", party=Party(bsuid=A), at=1), channel=second)
    first, other = inbox.chats()
    assert first["user_id"] == other["user_id"]
    found = inbox.client(first["user_id"])
    assert [chat["channel"]["phone_number_id"] for chat in found.listing.conversations] == ["155509", "155501"]
    assert all(shown(chat) == (P, A) for chat in (first, other)), "a number is good on either"


async def test_nodes_that_hear_of_it_at_once_agree(inbox: Inbox, engine: Engine) -> None:
    other_node = Journal(engine, lambda _: None, Metrics())
    other_node.start()
    try:
        for person in range(12):
            names = Party(phone=f"96130001{person:02d}"), Party(bsuid=f"LB.{person:010d}c")
            both = Party(names[0].phone, names[1].bsuid)
            told = [said(f"{person}.{n}", party=party, at=n) for n, party in enumerate((*names, both, *names))]
            nodes = itertools.cycle((inbox.journal, other_node))
            await asyncio.gather(*(next(nodes).submit(arrival(inbox.cast, update)) for update in (*told, *told)))
    finally:
        await other_node.close()
    open_ones = [chat for chat in inbox.database.read_now(inbox.every_chat) if chat["continued_in"] is None]
    assert len(open_ones) == len({chat["user_id"] for chat in open_ones}) == 12
    for chat in open_ones:
        client = inbox.client(chat["user_id"])
        assert sum(found["message_count"] for found in client.listing.conversations) == 5


# -- operators say --------------------------------------------------------------------------------------------------


async def test_a_merge_by_hand_keeps_every_conversation_and_its_way_to_the_customer(inbox: Inbox) -> None:
    await inbox.hears(said("m1", party=Party(phone=P, name="Lina")), said("m2", party=Party(phone=Q), at=1))
    one, other = inbox.chat(P), inbox.chat(Q)
    merged = await inbox.merges(one["user_id"], other["user_id"])
    assert merged.user_id == one["user_id"]
    found = inbox.client(one["user_id"])
    assert {chat["conversation_id"] for chat in found.listing.conversations} == {
        one["conversation_id"],
        other["conversation_id"],
    }
    assert inbox.client(other["user_id"]).user_id == one["user_id"], "an older id still finds its person"
    await inbox.hears(said("m3", party=Party(phone=Q), at=2))
    assert (inbox.chat(P)["message_count"], inbox.chat(Q)["message_count"]) == (1, 2)
    late = await inbox.writes(other, "written on a screen that has not heard of it")
    assert await inbox.leaves_for(late) == Recipient(Q)
    undone = await inbox.unmerges(merged.merge_id)
    assert (undone.user_id, undone.other_user_id) == (one["user_id"], other["user_id"])
    assert inbox.chat(Q)["user_id"] == other["user_id"]
    assert inbox.client(one["user_id"]).merges == []
    stale = {**other, "user_id": one["user_id"]}
    again = await inbox.writes(stale, "written on a screen that has not heard of it either")
    assert again.conversation_id == other["conversation_id"]


async def test_merges_are_undone_in_any_order(inbox: Inbox) -> None:
    await inbox.hears(*(said(f"m{n}", party=Party(phone=f"961300002{n}")) for n in range(3)))
    a, b, c = (inbox.chat(f"2{n}")["user_id"] for n in range(3))
    first, second = await inbox.merges(b, c), await inbox.merges(a, b)
    assert len(inbox.client(c).listing.conversations) == 3
    await inbox.unmerges(first.merge_id)
    assert len(inbox.client(a).listing.conversations) == 2
    assert inbox.client(c).user_id == c
    await inbox.unmerges(second.merge_id)
    assert [inbox.client(user).user_id for user in (a, b, c)] == [a, b, c]


async def test_whatsapps_word_is_taken_back_and_stays_so(inbox: Inbox) -> None:
    await inbox.hears(said("m1", party=Party(phone=P)), said("m2", party=Party(bsuid=A), at=1))
    before = inbox.chat(P), inbox.chat(A)
    both = Party(phone=P, bsuid=A)
    await inbox.hears(said("m3", party=both, at=2))
    [merge] = inbox.client(before[0]["user_id"]).merges
    await inbox.unmerges(merge["merge_id"])
    older, younger = inbox.chat(P), inbox.chat(A)
    assert (older["user_id"], younger["user_id"]) == (before[0]["user_id"], before[1]["user_id"])
    assert (younger["continued_in"], younger["status"]) == (None, "waiting_human")
    assert (shown(older), shown(younger)) == ((P, None), (None, A))
    await inbox.hears(said("m4", party=both, at=3))
    assert inbox.chat(P)["user_id"] != inbox.chat(A)["user_id"], "somebody of the team keeps them apart"
    assert inbox.chat(A)["message_count"] == 2, "the id is the surer name"


async def test_a_change_that_was_taken_back_is_told_again_in_vain(inbox: Inbox) -> None:
    change = moved(Party(phone=P, bsuid=A), Party(phone=Q, bsuid=B), at=10)
    await inbox.hears(
        said("m1", party=Party(phone=P, bsuid=A, name="Lina")),
        said("m2", party=Party(phone=Q, bsuid=B, name="Sami"), at=11),
    )
    lina, sami = inbox.chat(P), inbox.chat(Q)
    await inbox.hears(change)
    [merge] = inbox.client(lina["user_id"]).merges
    await inbox.unmerges(merge["merge_id"])
    after = [(chat["user_id"], shown(chat), chat["version"]) for chat in inbox.chats()]
    assert {user_id: names for user_id, names, _ in after}[sami["user_id"]] == (Q, B)
    await inbox.hears(change, replace(change, timestamp_seconds=change.timestamp_seconds + 100))
    assert [(chat["user_id"], shown(chat), chat["version"]) for chat in inbox.chats()] == after
    waiting = await inbox.writes(inbox.chat(Q), "for Sami")
    assert await inbox.leaves_for(waiting) == Recipient(Q, B)


async def test_a_join_that_is_taken_back_gives_back_who_held_the_conversation_and_its_window(inbox: Inbox) -> None:
    await inbox.hears(said("m1", party=Party(phone=P)), said("m2", party=Party(bsuid=A), at=100))
    await inbox.journal.submit(HandOver(inbox.cast.olive.id, inbox.cast.omar, *ids_of(inbox.chat(A)), Move.TAKE_OVER))
    before = inbox.chat(P), inbox.chat(A)
    told = reported("wamid.1", MessageStatus.SENT, at=101)
    await inbox.hears(replace(told, recipient=Party(phone=P, bsuid=A)))
    joined = inbox.chat(P)
    assert (joined["operator_name"], joined["window_expires_at"]) == ("Omar", before[1]["window_expires_at"])
    [merge] = inbox.client(joined["user_id"]).merges
    await inbox.unmerges(merge["merge_id"])
    assert [held(chat) for chat in (inbox.chat(P), inbox.chat(A))] == [held(chat) for chat in before]
    assert inbox.chat(P)["handover_epoch"] > joined["handover_epoch"]


@pytest.mark.parametrize("since", ["takes over", "writes"])
async def test_what_happened_since_a_join_is_not_taken_back(inbox: Inbox, since: str) -> None:
    await inbox.hears(said("m1", party=Party(phone=P)), said("m2", party=Party(bsuid=A), at=100))
    omar, rana = inbox.cast.omar, inbox.cast.rana
    await inbox.journal.submit(HandOver(inbox.cast.olive.id, omar, *ids_of(inbox.chat(A)), Move.TAKE_OVER))
    told = reported("wamid.1", MessageStatus.SENT, at=101)
    await inbox.hears(replace(told, recipient=Party(phone=P, bsuid=A)))
    if since == "writes":
        await inbox.hears(said("m3", party=Party(phone=P), at=200))
    else:
        await inbox.journal.submit(HandOver(inbox.cast.olive.id, rana, *ids_of(inbox.chat(P)), Move.TAKE_OVER))
    joined = inbox.chat(P)
    [merge] = inbox.client(joined["user_id"]).merges
    await inbox.unmerges(merge["merge_id"])
    assert held(inbox.chat(P))[:3] == held(joined)[:3]
    assert joined["operator_name"] == ("Omar" if since == "writes" else "Rana")


def held(chat: Json) -> tuple[object, ...]:
    return tuple(chat[key] for key in ("status", "operator_id", "operator_name", "waiting_since", "window_expires_at"))


async def test_everybody_is_found_by_every_name(inbox: Inbox) -> None:
    await inbox.hears(
        said("m1", party=Party(phone=P, bsuid=A, parent_bsuid="LB.ENT.77", username="lina.k", name="Lina Khoury")),
        moved(Party(phone=P, bsuid=A), Party(phone=Q, bsuid=B), at=10),
    )
    for asked in (P, "+" + P, Q, Q[-4:], A, B, "lina.k", "khoury", "LB.ENT.77"):
        assert [chat["user_name"] for chat in inbox.chats(asked)] == ["Lina Khoury"], asked
