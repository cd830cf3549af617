"""The ring: bounded, without holes, and never vouching for what it does not know."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.logs import event
from wasl.domain.events import Cursor
from wasl.live.ring import Frame, Ring


def filled(start: int, count: int, **bounds: int) -> Ring:
    ring = Ring(Cursor(start, start * 7), **bounds)
    for sequence in range(start + 1, start + count + 1):
        ring.append(Frame(event(sequence)))
    return ring


def cursor(sequence: int) -> Cursor:
    return Cursor(sequence, sequence * 7)


@given(st.integers(0, 50), st.integers(0, 40), st.integers(1, 12), st.integers(0, 100))
def test_it_holds_the_newest_and_knows_what_it_holds(start: int, count: int, frames_max: int, asked: int) -> None:
    ring = filled(start, count, frames_max=frames_max)
    oldest = max(start, start + count - frames_max)
    assert ring.tail == cursor(start + count)
    assert len(ring) == min(count, frames_max)
    assert ring.holds(cursor(asked)) == (oldest <= asked <= start + count)
    assert not ring.holds(Cursor(asked, asked * 7 + 1))
    found = ring.after(cursor(asked), 1 << 30)
    if asked >= start + count:
        assert found == ()
    elif asked < oldest:
        assert found is None
    else:
        assert found is not None
        assert [frame.cursor.sequence for frame in found] == list(range(asked + 1, start + count + 1))


@given(st.integers(1, 30), st.integers(1, 5_000))
def test_a_read_is_bounded_but_never_empty(count: int, bytes_max: int) -> None:
    ring, at, seen = filled(0, count), cursor(0), 0
    while at != ring.tail:
        found = ring.after(at, bytes_max)
        assert found
        assert len(found) == 1 or sum(len(frame.chunk) for frame in found) <= bytes_max
        assert found[0].cursor.sequence == at.sequence + 1
        at, seen = found[-1].cursor, seen + len(found)
    assert seen == count


@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=30), st.integers(100, 5_000))
def test_its_bytes_are_bounded(sizes: list[int], bytes_max: int) -> None:
    ring = Ring(cursor(0), bytes_max=bytes_max)
    for sequence, size in enumerate(sizes, 1):
        ring.append(Frame(event(sequence, size=size)))
        held = ring.after(cursor(sequence - len(ring)), 1 << 30)
        assert held
        assert len(held) == len(ring)
        assert len(ring) == 1 or sum(len(frame.chunk) for frame in held) <= bytes_max


def test_a_hole_is_a_mistake_of_the_program() -> None:
    ring = filled(5, 2)
    for sequence in (7, 9):
        with pytest.raises(AssertionError, match="no holes"):
            ring.append(Frame(event(sequence)))


def test_a_frame_is_one_block_with_its_place_three_times() -> None:
    frame = Frame(event(42, tag=0xAB))
    assert frame.wire.startswith(b"id: 42-000000ab\nevent: new_message\ndata: {")
    assert frame.wire.endswith(b"}\n\n")
    assert frame.wire.count(b"\n") == 4
    data = orjson.loads(frame.data)
    assert (data["sequence"], data["previous"], data["tag"]) == (42, 41, "000000ab")
    assert data["conversation_id"] == "c"


def test_after_a_restart_it_vouches_for_its_new_tail_alone() -> None:
    ring = filled(0, 5)
    ring.restart(Cursor(3, 99))
    assert ring.holds(Cursor(3, 99))
    assert not ring.holds(cursor(3))
    assert ring.after(cursor(2), 1 << 20) is None
