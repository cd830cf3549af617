"""Hints are lost whole, and the rest of what Redis says stays as it was, wherever its chunks are cut."""

from random import Random

import pytest

from wasl.torture.hints import HintDropper, end_of

PONG = b"*2\r\n$4\r\npong\r\n$0\r\n\r\n"
OTHERS = [
    b"+OK\r\n",
    b":3\r\n",
    b"$-1\r\n",
    b"*-1\r\n",
    PONG,
    b"*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n",
    b"-ERR no\r\n",
]


def message(place: int) -> bytes:
    payload = b"\r\n*3\r\n" * (place % 7) + str(place).encode()
    return b"*3\r\n$7\r\nmessage\r\n$4\r\nwasl\r\n$%d\r\n%b\r\n" % (len(payload), payload)


STREAM = [part for place in range(500) for part in (message(place), OTHERS[place % len(OTHERS)])]


@pytest.mark.parametrize("size", [1, 7, 4096, 1 << 20])
def test_whole_messages_are_lost_and_nothing_else(size: int) -> None:
    dropper = HintDropper(Random(7))
    dropper.share = 0.3
    said = b"".join(STREAM)
    heard = b"".join(dropper.feed(said[at : at + size]) for at in range(0, len(said), size))
    parts, at = [], 0
    while at < len(heard):
        end = end_of(heard, at)
        assert end is not None
        parts.append(heard[at:end])
        at = end
    assert [part for part in parts if part in OTHERS] == [part for part in STREAM if part in OTHERS]
    assert dropper.dropped == len(STREAM) - len(parts)
    assert 110 < dropper.dropped < 190
    assert dropper.rest() == b""


def test_without_a_share_everything_stays() -> None:
    dropper = HintDropper(Random(7))
    said = b"".join(STREAM)
    assert dropper.feed(said[:-3]) + dropper.feed(said[-3:]) == said
    assert dropper.feed(b"$5\r\nhal") == b""
    assert dropper.rest() == b"$5\r\nhal"
