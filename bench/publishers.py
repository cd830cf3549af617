"""Whoever tells a server what is new, in the same loop as those who read it: keep-alive connections, one request each
at a time, requests written beforehand."""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from bench.readers import Readers

CONNECTIONS = 32

Done = Callable[[int], None]
"""Is told the status of an answer; 0 when the connection was refused or closed before there was one."""


class Publishers:
    """Connections to a server, or to each of several in turn, opened when they are needed."""

    def __init__(self, readers: Readers, ports: Sequence[int], count: int = CONNECTIONS) -> None:
        self._readers = readers
        self._ports = ports
        self._count = count
        self._idle: deque[_Connection] = deque()
        self._open: set[_Connection] = set()

    @property
    def ready(self) -> bool:
        """Whether a request can be sent now."""
        return bool(self._idle) or len(self._open) < self._count

    @property
    def at_rest(self) -> bool:
        """Whether every request was answered."""
        return len(self._idle) == len(self._open)

    def send(self, request: bytes, done: Done) -> None:
        """Send a request on the connection that rested longest."""
        if self._idle:
            one = self._idle.popleft()
            one.done = done
            self._readers.send(one.descriptor, request)
            return
        one, port = _Connection(done), self._ports[len(self._open) % len(self._ports)]
        self._open.add(one)
        one.descriptor = self._readers.connect(port, request, partial(self._take, one))

    def close(self) -> None:
        """Hang up."""
        for one in self._open:
            self._readers.drop(one.descriptor)
        self._open.clear()
        self._idle.clear()

    def _take(self, one: "_Connection", data: bytes) -> None:
        if not data:
            self._open.remove(one)
            if one in self._idle:
                self._idle.remove(one)
            else:
                one.done(0)
            return
        one.answer += data
        head, ends, body = one.answer.partition(b"\r\n\r\n")
        if not ends or len(body) < _length(head):
            return
        one.answer = b""
        self._idle.append(one)
        one.done(int(head[9:12]))


class _Connection:
    __slots__ = ("answer", "descriptor", "done")

    def __init__(self, done: Done) -> None:
        self.descriptor = -1
        self.answer = b""
        self.done = done


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if rest else 0
