"""How often somebody has lately tried a wrong password, in bounded memory."""

import hashlib
import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable

from wasl.limits import LOGIN_KEYS_REMEMBERED_MAX


class Attempts:
    """Counts failures per key over a sliding window. `clock` gives seconds and never jumps."""

    def __init__(self, failures_max: int, window_seconds: float, clock: Callable[[], float]) -> None:
        self._failures_max = failures_max
        self._window_seconds = window_seconds
        self._clock = clock
        self._times: OrderedDict[bytes, deque[float]] = OrderedDict()

    def wait_seconds(self, key: str) -> float:
        """How long this key must wait before its next try; 0 when it may try now."""
        times = self._recent(_digest(key))
        if times is None or len(times) < self._failures_max:
            return 0
        return times[0] + self._window_seconds - self._clock()

    def add(self, key: str) -> None:
        """Count a try."""
        digest = _digest(key)
        times = self._recent(digest)
        if times is None:
            times = self._times[digest] = deque(maxlen=self._failures_max)
        times.append(self._clock())
        self._times.move_to_end(digest)
        if len(self._times) > LOGIN_KEYS_REMEMBERED_MAX:
            self._times.popitem(last=False)  # The one that has been quiet longest.

    def take_back(self, key: str) -> None:
        """The latest try was no failure."""
        digest = _digest(key)
        times = self._times.get(digest)
        if times:
            times.pop()
            if not times:
                del self._times[digest]

    def forget(self, key: str) -> None:
        """Begin again with this key."""
        self._times.pop(_digest(key), None)

    def _recent(self, digest: bytes) -> deque[float] | None:
        times = self._times.get(digest)
        oldest = self._clock() - self._window_seconds
        while times and times[0] <= oldest:
            times.popleft()
        if times is not None and not times:
            del self._times[digest]
            return None
        return times


def network_of(address: str) -> str:
    """The part of a network address that one client cannot change at will: all of IPv4, the first 64 bits of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return address


def _digest(key: str) -> bytes:
    # Keys come from outside: however long they are, each takes the same room.
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
