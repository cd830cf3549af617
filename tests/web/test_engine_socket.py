"""A socket's life by the clock: who is not let in, who falls silent, and a process that stood still."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from wasl.limits import (
    SOCKET_CONNECT_SECONDS,
    SOCKET_PING_SECONDS,
    SOCKET_PING_TIMEOUT_SECONDS,
    SOCKET_TICK_SECONDS,
    SOCKETS_WAITING_MAX,
    STREAM_BUFFER_BYTES,
)
from wasl.live.socketio import framed, texts_of
from wasl.web import engine_io
from wasl.web.engine_io import Engine
from wasl.web.engine_socket import Socket

pytestmark = pytest.mark.anyio


class Life:
    """A socket without any server, and what became of it."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.gone: list[str] = []
        self.socket = Socket("sid", self._take, self._go, since=100.0)

    async def _take(self, _: Socket, text: str) -> None:
        self.taken.append(text)

    async def _go(self, _: Socket, reason: str) -> None:
        self.gone.append(reason)

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def until_gone(self) -> None:
        async with asyncio.timeout(30):
            while not self.gone:
                await asyncio.sleep(0)


def is_full(socket: Socket) -> bool:
    return socket.line.full


def has_ended(socket: Socket) -> bool:
    return socket.ended


async def test_one_who_is_never_let_in_is_sent_away() -> None:
    life = Life()
    life.socket.look(100.0 + SOCKET_CONNECT_SECONDS)
    await life.settle()
    assert not life.gone
    life.socket.look(100.0 + SOCKET_CONNECT_SECONDS + 0.1)
    await life.until_gone()
    assert life.gone == ["server disconnect"]


async def test_one_who_does_not_answer_a_ping_is_gone() -> None:
    life = Life()
    life.socket.waits_since = None
    life.socket.look(100.0 + SOCKET_PING_SECONDS - 0.1)
    assert life.socket.line.take() == []
    life.socket.look(100.0 + SOCKET_PING_SECONDS)
    assert life.socket.line.take() == ["2"]
    life.socket.look(100.0 + SOCKET_PING_SECONDS + SOCKET_PING_TIMEOUT_SECONDS)
    await life.settle()
    assert (life.gone, life.socket.line.take()) == ([], [])
    life.socket.look(100.1 + SOCKET_PING_SECONDS + SOCKET_PING_TIMEOUT_SECONDS)
    await life.settle()
    assert life.gone == ["server disconnect"]


async def test_one_who_answers_stays_for_ever() -> None:
    life = Life()
    life.socket.waits_since = None
    for turn in range(1, 100):
        life.socket.look(100.0 + turn * SOCKET_PING_SECONDS)
        assert life.socket.line.take() == ["2"]
        await life.socket.post(b"3")
    assert life.gone == []


async def test_what_nobody_fetches_is_bounded() -> None:
    life = Life()
    life.socket.say("4" + "x" * (STREAM_BUFFER_BYTES // 2))
    assert not is_full(life.socket)
    life.socket.say("4" + "x" * (STREAM_BUFFER_BYTES // 2))
    assert is_full(life.socket)
    # Nor is it listened to, until it takes what waits.
    posting = asyncio.create_task(life.socket.post(b"4a\x1e4b"))
    await life.settle()
    assert life.taken == []
    assert len(await life.socket.poll(_nothing)) > STREAM_BUFFER_BYTES
    await posting
    assert life.taken == ["a", "b"]
    assert not is_full(life.socket)


async def test_last_words_reach_one_who_comes_for_them() -> None:
    life = Life()
    life.socket.say("4bye")
    life.socket.end()
    life.socket.say("4too late")
    await asyncio.sleep(0.01)
    assert life.gone == []
    assert await life.socket.poll(_nothing) == "4bye"
    assert life.gone == ["server disconnect"]


async def test_last_words_reach_one_who_waits() -> None:
    life = Life()
    polling = asyncio.create_task(life.socket.poll(_nothing))
    await life.settle()
    life.socket.say("4bye")
    life.socket.end()
    assert await polling == "4bye"
    assert life.gone == ["server disconnect"]


async def test_a_poll_that_breaks_off_ends_its_socket() -> None:
    life = Life()

    async def leave() -> Any:
        return {"type": "http.disconnect"}

    with pytest.raises(Exception, match="ended"):
        await life.socket.poll(leave)
    assert life.gone == ["transport close"]


async def _nothing() -> Any:
    await asyncio.Event().wait()


@pytest.mark.parametrize("text", ["", "x", "x" * 125, "x" * 126, "ü" * 200, "x" * 65_535, "x" * 65_536, "٤" * 50_000])
def test_frames_and_texts_are_the_same(text: str) -> None:
    other = framed(b"2")
    assert texts_of(other + framed(text.encode()) + other) == ["2", text, "2"]


class Clock:
    """The engine's monotonic clock, which may jump, and its sleep, which takes no time."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.jump = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds + self.jump
        self.jump = 0.0
        await asyncio_sleep(0)


asyncio_sleep = asyncio.sleep


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(engine_io, "monotonic", clock)
    monkeypatch.setattr(asyncio, "sleep", clock.sleep)
    yield clock
    monkeypatch.undo()


async def test_a_process_that_stood_still_sends_nobody_away(clock: Clock) -> None:
    engine = Engine()

    async def note(*_: Any) -> None:
        return None

    for event in ("connect", "message", "disconnect"):
        engine.on(event, note)
    socket = engine._open()
    socket.waits_since = None
    ticks = round(SOCKET_PING_SECONDS / SOCKET_TICK_SECONDS) + 2
    while not socket.line.waits():
        await asyncio_sleep(0)
        ticks -= 1
        assert ticks > -20
    clock.jump = 3_600.0  # The machine slept for an hour while the answer was on its way.
    for _ in range(5):
        await asyncio_sleep(0)
    assert not has_ended(socket)
    await socket.post(b"3")
    for _ in range(5):
        await asyncio_sleep(0)
    assert not has_ended(socket)
    while not has_ended(socket):  # It never answers again.
        await asyncio_sleep(0)
    assert clock.now < 1_000 + 3_600 + 3 * (SOCKET_PING_SECONDS + SOCKET_PING_TIMEOUT_SECONDS)


async def test_sockets_that_wait_to_be_let_in_are_bounded(clock: Clock) -> None:
    engine = Engine()

    async def note(*_: Any) -> None:
        return None

    for event in ("connect", "message", "disconnect"):
        engine.on(event, note)
    sockets = [engine._open() for _ in range(SOCKETS_WAITING_MAX)]
    with pytest.raises(Exception, match="Too many sockets"):
        engine._open()
    sockets[0].waits_since = None
    engine._open()
    for socket in list(engine.sockets.values()):
        await socket.go("the test is over")
