"""An account whose customers wait by the thousand keeps nobody else's waiting, and a look costs no more for it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrivals import NOON, said
from turn_room import AUTO, TurnRoom
from wasl.domain.identity import Party
from wasl.flow.limits import TURNS_AT_ONCE
from wasl.flow.shares import shares_of
from wasl.store.database import Database, Engine
from wasl.store.secrets import SecretBox
from wasl.store.team import Channel
from wasl.store.turn_claims import due_turns, forsaken_turns, waiting_accounts

CROWD = 40


@pytest.fixture
async def room(engine: Engine, database: Database, box: SecretBox, anyio_backend: str) -> AsyncIterator[TurnRoom]:
    room = await TurnRoom.open(engine, database, box)
    yield room
    await room.close()


async def many_ask(room: TurnRoom, channel: Channel, count: int) -> None:
    at = room.clock() // 1000 - NOON
    number = channel.phone_number_id
    for place in range(count):
        party = Party(phone=f"9613{number[-1]}{place:05d}")
        update = said(f"{number}-{place}", "when are you open?", party=party, at=at, number=number)
        await room.hears(update, channel=channel)


def thinking(room: TurnRoom) -> Counter[int]:
    return Counter(account_id for (account_id,) in room.rows("SELECT account_id FROM turns WHERE state = 'thinking'"))


async def thought_about(room: TurnRoom, count: int) -> None:
    async with asyncio.timeout(30):
        while len(room.answerer.asked) < count:
            await asyncio.sleep(0.01)
    assert thinking(room).total() == count


@pytest.mark.anyio
async def test_a_crowd_that_came_first_leaves_room_for_whoever_comes_after_it(room: TurnRoom) -> None:
    olive, cedar = room.cast.olive.id, room.cast.cedar.id
    for account_id in (olive, cedar):
        await room.assistant_is(AUTO, account_id=account_id)
    await many_ask(room, room.cast.olive_number, CROWD)
    room.answerer.may_answer.clear()  # Its model hangs.
    for _ in range(3):
        await room.replier._take_due()
    await thought_about(room, TURNS_AT_ONCE // 2)
    await many_ask(room, room.cast.cedar_number, 1)
    for _ in range(2):
        await room.replier._take_due()
    await thought_about(room, TURNS_AT_ONCE // 2 + 1)
    assert thinking(room) == {olive: TURNS_AT_ONCE // 2, cedar: 1}
    room.answerer.may_answer.set()
    for _ in range(CROWD):
        await room.take()
    assert room.turns() == []
    assert room.rows("SELECT count(*) FROM messages WHERE role = 'bot'") == [(CROWD + 1,)]


@pytest.mark.anyio
async def test_whoever_has_waited_longest_comes_first(room: TurnRoom) -> None:
    await room.assistant_is(AUTO)
    await many_ask(room, room.cast.olive_number, 5)
    await room.change("UPDATE turns SET due_ms = due_ms - 1000 * conversation_key")
    [first, second] = room.database.read_now(lambda c: due_turns(c, {room.cast.olive.id: 2}))
    assert first.conversation_key > second.conversation_key
    [account] = room.database.read_now(waiting_accounts)
    assert (account.account_id, account.due_in_ms < 0) == (room.cast.olive.id, True)


@pytest.mark.anyio
async def test_a_look_costs_the_same_however_many_wait(room: TurnRoom) -> None:
    def spent() -> float:
        began = time.perf_counter()
        for _ in range(20):
            room.database.read_now(waiting_accounts)
            room.database.read_now(lambda c: due_turns(c, {room.cast.olive.id: 16}))
            room.database.read_now(lambda c: forsaken_turns(c, "n1", [], 16))
        return time.perf_counter() - began

    sql = (
        "INSERT INTO turns (account_id, conversation_key, channel_id, shadow, upto_sequence, since_ms, due_ms, state)"
        " VALUES (?, ?, 1, 0, 1, 0, 0, 'waiting')"
    )

    def crowd(first: int, count: int) -> None:
        connection = room.engine.connect()
        connection.begin_write()
        for key in range(first, first + count):
            connection.send(sql, (room.cast.olive.id, key))
        connection.commit()
        connection.close()

    crowd(0, 200)
    few = min(spent() for _ in range(3))
    crowd(1_000, 20_000)
    many, ends = spent(), time.monotonic() + 10
    while many >= 5 * few and time.monotonic() < ends:  # What else the machine does makes it longer, never shorter.
        many = min(many, spent())
    assert many < 5 * few, f"{few * 50:.2f} ms, then {many * 50:.2f} ms"


COUNTS = st.integers(min_value=0, max_value=20)


@given(st.dictionaries(st.integers(1, 9), COUNTS), st.lists(st.integers(1, 9), unique=True), st.integers(1, 40))
def test_nobody_takes_what_would_leave_others_nothing(has: dict[int, int], waiting: list[int], at_once: int) -> None:
    shares = shares_of(waiting, has, at_once)
    assert set(shares) <= set(waiting)
    total = sum(has.values()) + sum(shares.values())
    assert sum(shares.values()) == 0 or total <= at_once
    free = at_once - total
    for account_id, share in shares.items():
        assert has.get(account_id, 0) + share <= free + 1, "as much is left as anybody has"
    if waiting and not shares:
        least = min(has.get(account_id, 0) for account_id in waiting)
        assert least >= at_once - sum(has.values()), "and if nobody may begin, nobody has less than is left"


def test_of_an_empty_node_one_account_gets_half() -> None:
    assert shares_of([7], {}, TURNS_AT_ONCE) == {7: TURNS_AT_ONCE // 2}
    assert shares_of(range(100), {}, TURNS_AT_ONCE) == dict.fromkeys(range(TURNS_AT_ONCE), 1)
