"""A connection to Redis: whatever becomes of it is told in one of the ways that the bus is ready for."""

import pytest
from redis import exceptions

from wasl.live.redis_line import FAILURES, RedisAddress

pytestmark = pytest.mark.anyio


class ClosedUnderneath:
    """A driver's connection whose transport was reset a moment ago: what uvloop raises then is no OSError."""

    async def connect(self) -> None:
        raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")

    async def disconnect(self, nowait: bool = False) -> None:
        pass


class Mistaken(ClosedUnderneath):
    async def connect(self) -> None:
        raise RuntimeError("this is a mistake of ours")


def address_of(kind: type, monkeypatch: pytest.MonkeyPatch) -> RedisAddress:
    address = RedisAddress("redis://127.0.0.1:9/0")
    monkeypatch.setattr(address, "_kind", lambda **_: kind())
    return address


async def test_a_connection_that_was_closed_underneath_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(exceptions.ConnectionError) as found:
        async with address_of(ClosedUnderneath, monkeypatch).line():
            pass
    assert isinstance(found.value, FAILURES)


async def test_a_mistake_of_ours_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="mistake"):
        async with address_of(Mistaken, monkeypatch).line():
            pass
