"""Who is here: how many streams and sockets each operator has open on this node."""

from wasl.domain.people import Operator
from wasl.errors import TooMany


class Presence:
    """Counts an operator's streams and sockets, and bounds them."""

    def __init__(self, streams_per_operator: int) -> None:
        self._most = streams_per_operator
        self._open: dict[int, int] = {}

    def enter(self, operator: Operator) -> None:
        """Count one more. Raises TooMany (`too_many_streams`) when that would be one too many."""
        count = self._open.get(operator.id, 0)
        if count >= self._most:
            raise TooMany(
                f"You have {self._most} dashboards open already; close one of them first.", code="too_many_streams"
            )
        self._open[operator.id] = count + 1

    def leave(self, operator: Operator) -> None:
        """Count one less."""
        self._open[operator.id] -= 1
        if not self._open[operator.id]:
            del self._open[operator.id]
