"""Meta's two speed limits, when a behaviour switches them on: per number, and per number and customer."""

from collections import deque

from wasl.emulator.behaviour import Behaviour
from wasl.emulator.refusals import Refusal

PAIR_SECONDS = 6.0  # One message to the same customer every six seconds, beyond the burst
PAIRS_REMEMBERED_MAX = 10_000


class Rates:
    """When each number, and each pair, sent last."""

    def __init__(self) -> None:
        self._sent: dict[str, deque[float]] = {}
        self._owed: dict[tuple[str, str], tuple[float, float]] = {}

    def count(self, behaviour: Behaviour, phone_number_id: str, recipient: str, now: float) -> None:
        """Count one send at `now` (seconds); raise Refusal 130429 or 131056 when it is one too many."""
        if behaviour.per_second is not None:
            sent = self._sent.setdefault(phone_number_id, deque())
            while sent and now - sent[0] >= 1.0:
                sent.popleft()
            if len(sent) >= behaviour.per_second:
                raise Refusal(130429, "Cloud API message throughput has been reached.")
            sent.append(now)
        if behaviour.pair_burst is not None:
            self._count_pair(behaviour.pair_burst, (phone_number_id, recipient), now)

    def _count_pair(self, burst: int, pair: tuple[str, str], now: float) -> None:
        owed, since = self._owed.pop(pair, (0.0, now))
        owed = max(owed - (now - since) / PAIR_SECONDS, 0.0)
        if len(self._owed) >= PAIRS_REMEMBERED_MAX:
            del self._owed[next(iter(self._owed))]
        refused = owed + 1 > burst
        self._owed[pair] = (owed if refused else owed + 1, now)
        if refused:
            raise Refusal(131056, "Too many messages from this number to the same customer in a short time.")
