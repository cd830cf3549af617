"""What nodes say to each other arrives as it was said, or not at all."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.logs import event
from wasl.domain.events import Event, EventKind
from wasl.limits import HINT_INLINE_BYTES_MAX
from wasl.live.hints import Garbage, Hello, Hint, Message, Speech, Whisper
from wasl.live.outgoing import Outgoing

KEY, ANOTHER_KEY = b"k" * 32, b"x" * 32
ALICE, BOB = Speech(KEY), Speech(KEY)
"""Two nodes of one installation."""

tags = st.integers(0, 2**31 - 1)
words = st.text(st.characters(codec="utf-8"), max_size=30)
numbers = st.integers(1, 10**15)


@st.composite
def hints(draw: st.DrawFn) -> Hint:
    """Events of one account as the journal hands them on, dense, with any bytes for a payload."""
    account_id, start = draw(numbers), draw(numbers)
    tail, events = draw(tags), []
    for sequence in range(start, start + draw(st.integers(1, 6))):
        tag, kind = draw(tags), draw(st.sampled_from(EventKind))
        events.append(Event(account_id, sequence, tag, tail, kind, draw(words), draw(st.binary(max_size=9_000))))
        tail = tag
    return Hint.of(events)


messages = st.one_of(
    hints(),
    st.builds(Whisper, numbers, words, st.dictionaries(words, st.none() | words | st.booleans() | st.lists(numbers))),
    st.builds(Hello, st.booleans()),
)


@given(messages)
def test_what_one_node_says_another_hears_whole(message: Message) -> None:
    heard = BOB.decode(ALICE.encode(message))
    assert heard is not None
    assert heard[1] == message
    assert ALICE.channel(message) in BOB.channels()


@given(messages)
def test_nobody_hears_what_they_said_themselves(message: Message) -> None:
    assert ALICE.decode(ALICE.encode(message)) is None


@given(messages, st.data())
def test_what_was_changed_on_the_way_is_garbage(message: Message, data: st.DataObject) -> None:
    raw = bytearray(ALICE.encode(message))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Garbage):
        BOB.decode(bytes(raw))
    with pytest.raises(Garbage):
        BOB.decode(ALICE.encode(message)[: data.draw(st.integers(0, len(raw) - 1))])


@given(st.binary(max_size=200))
def test_anything_else_is_garbage(raw: bytes) -> None:
    with pytest.raises(Garbage):
        BOB.decode(raw)


@given(st.binary(max_size=200) | st.sampled_from([b"[]", b'["hint",1,2,3,4,5,[[1,2,3]]]', b'["whisper",1,2,{}]', b"7"]))
def test_even_in_the_right_voice_nonsense_is_garbage(said: bytes) -> None:
    node = b"somebody"
    with pytest.raises(Garbage):
        BOB.decode(node + BOB._proof(node, said) + said)


@given(messages)
def test_another_installation_hears_and_says_nothing(message: Message) -> None:
    stranger = Speech(ANOTHER_KEY)
    assert not set(stranger.channels()) & set(ALICE.channels())
    with pytest.raises(Garbage):
        stranger.decode(ALICE.encode(message))


def test_a_payload_keeps_its_very_bytes() -> None:
    payload = '{"words":"مرحبا\\u0041","n":1.50}'.encode()
    said = Hint.of([replace(event(7), payload=payload)])
    heard = BOB.decode(ALICE.encode(said))
    assert heard is not None
    assert isinstance(heard[1], Hint)
    assert heard[1].events[0].payload == payload


def test_large_events_are_told_by_their_numbers_alone() -> None:
    small, large = Hint.of([event(1, size=1_000)]), Hint.of([event(2, size=20_000), event(3, size=20_000)])
    assert [e.sequence for e in small.events] == [1]
    assert large == Hint(1, 2, 3, event(2).previous_tag, event(3).tag)
    assert len(ALICE.encode(large)) < 200


@given(st.lists(st.integers(0, 12_000), min_size=1, max_size=8), st.integers(1, 8))
def test_joined_hints_tell_what_each_of_them_told(sizes: list[int], cut: int) -> None:
    events = [event(sequence, size=size) for sequence, size in enumerate(sizes, 5)]
    first, rest = events[:cut], events[cut:]
    joined = Hint.of(first).joined(Hint.of(rest)) if rest else Hint.of(first)
    assert joined == Hint.of(events)
    assert sum(len(e.payload) for e in joined.events) <= HINT_INLINE_BYTES_MAX


def test_a_hole_between_joined_hints_stays_a_hole() -> None:
    joined = Hint.of([event(1)]).joined(Hint.of([event(3)]))
    assert (joined.first, joined.last) == (1, 3)
    assert [e.sequence for e in joined.events] == [1, 3]
    assert joined.joined(Hint.of([event(2)])) == joined


@pytest.mark.anyio
async def test_what_waits_for_an_account_leaves_as_one_hint() -> None:
    outgoing = Outgoing()
    for sequence in range(1, 6):
        outgoing.add_events([event(sequence, account_id=1), event(sequence, account_id=2)], inline=True)
    batch = await outgoing.take()
    assert {account: (hint.first, hint.last) for account, hint in batch.hints.items()} == {1: (1, 5), 2: (1, 5)}
    outgoing.add_events([event(6)], inline=True)
    assert outgoing.take_back(batch) == 0
    again = await outgoing.take()
    assert [e.sequence for e in again.hints[1].events] == [1, 2, 3, 4, 5, 6]


@pytest.mark.anyio
async def test_a_full_queue_drops_and_counts() -> None:
    outgoing = Outgoing(accounts_max=3)
    dropped = [outgoing.add_events([event(1, account_id=account)], inline=True) for account in range(1, 6)]
    assert dropped == [0, 0, 0, 1, 1]
    assert outgoing.add_events([event(2, account_id=1)], inline=True) == 0  # Who waits already takes no more room.
    batch = await outgoing.take()
    assert batch.hints[1].last == 2
    for account in (4, 5):
        outgoing.add_events([event(1, account_id=account)], inline=True)
    assert outgoing.take_back(batch) == 2
    assert set((await outgoing.take()).hints) == {1, 2, 3}


@pytest.mark.anyio
async def test_old_asides_make_room() -> None:
    outgoing = Outgoing()
    for number in range(2_000):
        outgoing.add_aside("c", b"%d" % number)
    batch = await outgoing.take()
    assert len(batch.asides) <= 500
    assert batch.asides[-1] == ("c", b"1999")


@pytest.mark.anyio
async def test_it_is_empty_when_the_last_batch_has_left() -> None:
    outgoing = Outgoing()
    outgoing.add_aside("c", b"bye")
    empty = asyncio.ensure_future(outgoing.emptied())
    assert await outgoing.take()
    await asyncio.sleep(0)
    assert not empty.done()
    taking = asyncio.ensure_future(outgoing.take())
    await empty
    taking.cancel()
