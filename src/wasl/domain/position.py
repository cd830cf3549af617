"""Where a message stands in its conversation: `(clock, sequence)`, given once and never changed.

Our own wall clock takes no part. A reply never stands above what its author saw; a late message never slips above an
answer already given; several messages of a customer stand in the customer's own order.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Clocks:
    """What a conversation remembers to place its next message. All in whole seconds of the provider's clock."""

    greatest: int = 0
    """The greatest clock of its live messages."""
    reply_floor: int = 0
    """The clock of its latest reply: nothing live is placed below it any more."""
    history: int = 0
    """The greatest clock of imported history: live messages stand after it."""
    first_live: int | None = None
    """The clock of the first live message, as they are displayed: history stands before it."""

    def place_inbound(self, timestamp_seconds: int) -> int:
        """Place a customer's live message."""
        return self._live(max(timestamp_seconds, self.reply_floor, self.history))

    def place_outbound(self, timestamp_seconds: int) -> int:
        """Place a reply, or an echo from the business's own phone, below all that stands there already.

        The timestamp counts only in an empty conversation, where there is nothing yet to stand below.
        """
        empty = self.first_live is None and self.history == 0
        clock = self._live(timestamp_seconds if empty else max(self.greatest, self.history))
        self.reply_floor = clock
        return clock

    def place_history(self, timestamp_seconds: int) -> int:
        """Place an imported message before the first live one; neither the greatest clock nor the floor moves."""
        clock = timestamp_seconds if self.first_live is None else min(timestamp_seconds, self.first_live - 1)
        self.history = max(self.history, clock)
        return clock

    def _live(self, clock: int) -> int:
        self.first_live = clock if self.first_live is None else min(self.first_live, clock)
        self.greatest = max(self.greatest, clock)
        return clock
