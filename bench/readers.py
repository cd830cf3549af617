"""Thousands of open streams read on one core: every frame of each is counted, and a few are read word for word.

A wake-up of a stream costs one `recv` and a look for one byte, some 3 µs in all: a quarter of a million frames a second
one by one, and several times that when a few of them wait together. No event loop between the socket and the count.
"""

import contextlib
import resource
import select
import socket
import struct
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from bench.bodies import MARK, MARK_DIGITS

READ_BYTES = 64 * 1024
TURN_WAKES_MAX = 256
"""Streams read between two looks at the clock: less than a millisecond."""
OPENED_AT_ONCE = 200
"""Far below what a server's queue of new connections holds."""
OPEN_SECONDS_MAX = 20.0
SAMPLED = 50

_MARK = MARK.encode()
_TEXT = f'"text":"{MARK}'.encode()
_TEXT_BYTES = len(_TEXT) + MARK_DIGITS

Take = Callable[[bytes], None]
"""Is given what was read; nothing when the other side has closed."""


class Readers:
    """One epoll for all sockets of this process. `marks[descriptor]` is how often the mark came there."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._buffer = bytearray(READ_BYTES)
        room = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self.marks = [0] * room
        self.closed = 0
        """Counted streams that the server has ended."""
        self._sockets: list[socket.socket | None] = [None] * room
        self._receive: list[Callable[[bytearray], int]] = [_nobody] * room
        self._take: dict[int, Take] = {}

    def add(self, opened: socket.socket, take: Take | None = None) -> int:
        """Follow a socket; `take` also reads what comes. Its descriptor."""
        opened.setblocking(False)
        descriptor = opened.fileno()
        self._sockets[descriptor] = opened
        self._receive[descriptor] = opened.recv_into
        self.marks[descriptor] = 0
        if take is not None:
            self._take[descriptor] = take
        self.resume(descriptor)
        return descriptor

    def connect(self, port: int, request: bytes, take: Take) -> int:
        """Open a connection without waiting for it, and send a request as soon as it stands; its descriptor."""
        made = socket.socket()
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.connect_ex(("127.0.0.1", port))
        descriptor = self.add(made, take)
        self._epoll.modify(descriptor, select.EPOLLOUT)

        def stands(_: bytearray) -> int:
            if made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                return 0
            made.send(request)  # It is smaller than the socket's empty buffer.
            self._receive[descriptor] = made.recv_into
            self._epoll.modify(descriptor, select.EPOLLIN)
            raise BlockingIOError  # Nothing was read yet.

        self._receive[descriptor] = stands
        return descriptor

    def send(self, descriptor: int, data: bytes) -> None:
        """Write something small to a connection on which nothing else waits to be sent."""
        opened = self._sockets[descriptor]
        if opened is not None:  # What it does not get any more is counted as lost.
            with contextlib.suppress(OSError):  # The next read tells that it is gone.
                opened.send(data)

    def port_of(self, descriptor: int) -> int:
        """Our own port of a connection."""
        opened = self._sockets[descriptor]
        assert opened is not None
        return int(opened.getsockname()[1])

    def pause(self, descriptor: int) -> None:
        """Read nothing more there, as a browser does whose tab hangs."""
        self._epoll.unregister(descriptor)

    def resume(self, descriptor: int) -> None:
        """Read on."""
        self._epoll.register(descriptor, select.EPOLLIN)

    def drop(self, descriptor: int, *, rudely: bool = False) -> None:
        """Close a socket; `rudely` as a machine does that loses its network, with a reset."""
        opened = self._sockets[descriptor]
        assert opened is not None
        if rudely:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sockets[descriptor] = None
        self._take.pop(descriptor, None)
        # Closing alone would not do while another process is being started: for a moment it has our sockets too.
        with contextlib.suppress(FileNotFoundError):
            self.pause(descriptor)
        opened.close()

    def close(self) -> None:
        """Close every socket."""
        for descriptor, one in enumerate(self._sockets):
            if one is not None:
                self.drop(descriptor)
        self._epoll.close()

    def turn(self, seconds: float) -> None:
        """Read what is there, waiting at most so long for something."""
        buffer, receive, take, marks = self._buffer, self._receive, self._take, self.marks
        for descriptor, _ in self._epoll.poll(seconds, TURN_WAKES_MAX):
            try:
                got = receive[descriptor](buffer)
            except BlockingIOError:
                continue
            except OSError:
                got = 0
            # How much is missing without the marks: that is several times as quick as counting them, byte by byte.
            marks[descriptor] += got - len(buffer[:got].replace(_MARK, b""))
            if not got:
                self._ended(descriptor)
            elif descriptor in take:
                take[descriptor](bytes(memoryview(buffer)[:got]))

    def _ended(self, descriptor: int) -> None:
        taking = self._take.get(descriptor)
        self.drop(descriptor)
        if taking is None:
            self.closed += 1
        else:
            taking(b"")


class Sample:
    """A stream that is read word for word: which messages came, in which order, and how long each was under way."""

    def __init__(self, sent_at: "array[float]") -> None:
        self.numbers: array[int] = array("l")
        self.latencies: array[float] = array("d")
        self._sent_at = sent_at
        self._rest = b""

    def restart(self) -> None:
        """Forget what was noted."""
        self.numbers, self.latencies = array("l"), array("d")

    def take(self, data: bytes) -> None:
        """Note the messages in what was just read; a mark that is cut in two is read with its other half."""
        now = perf_counter()
        text = self._rest + data if self._rest else data
        at = text.find(_TEXT)
        ends = 0
        while 0 <= at <= len(text) - _TEXT_BYTES:
            ends = at + _TEXT_BYTES
            number = int(text[at + len(_TEXT) : ends])
            self.numbers.append(number)
            self.latencies.append(now - self._sent_at[number])
            at = text.find(_TEXT, ends)
        self._rest = text[max(ends, len(text) - _TEXT_BYTES + 1) :]

    def has_each_once(self, first: int, count: int) -> bool:
        """Whether every message of a stretch came, and none twice. They were sent on several connections at once, so
        their numbers are no order."""
        return sorted(self.numbers) == list(range(first, first + count))


def evenly(count: int, of: int) -> set[int]:
    """So many places among `of`, as far apart as can be."""
    return {place * of // count for place in range(min(count, of))}


@dataclass(frozen=True, slots=True)
class Step:
    """What a client says to open a stream, and whether all that came is the whole answer to it."""

    request: bytes
    answered: Callable[[bytes], bool]


def opened(port: int, count: int, steps: Sequence[Step], receive_bytes: int | None = None) -> Iterator[socket.socket]:
    """Open streams, step by step, and wait until each of them has begun.

    `receive_bytes` is how much the machine may hold for a reader who does not read. Raises SystemExit for a refusal.
    """
    for first in range(0, count, OPENED_AT_ONCE):
        batch = [_connected(port, receive_bytes) for _ in range(min(OPENED_AT_ONCE, count - first))]
        for step in steps:
            for one in batch:
                one.sendall(step.request)
            for one in batch:
                _await_answer(one, step)
        yield from batch


def _connected(port: int, receive_bytes: int | None) -> socket.socket:
    made = socket.socket()
    if receive_bytes is not None:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    made.settimeout(OPEN_SECONDS_MAX)
    made.connect(("127.0.0.1", port))
    return made


def _await_answer(one: socket.socket, step: Step) -> None:
    came = b""
    while not step.answered(came):
        more = one.recv(READ_BYTES)
        came += more
        if not more or (came.startswith(b"HTTP/1.1") and not came.startswith((b"HTTP/1.1 200", b"HTTP/1.1 101"))):
            raise SystemExit(f"a stream was refused: {came[:500]!r}")


def _nobody(_: bytearray) -> int:
    raise AssertionError("nobody reads this socket")
