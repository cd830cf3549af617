"""How much is asked of the assistant at a time: each question may keep a model busy for a minute."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from wasl.domain.people import Operator
from wasl.errors import TooMany
from wasl.web.limits import ASKED_AT_ONCE, ASKED_RETRY_SECONDS, ASKING_AT_ONCE


class Asking:
    """Counts who asks just now, on this node."""

    def __init__(self) -> None:
        self._asking: Counter[int] = Counter()

    @contextmanager
    def place_for(self, operator: Operator) -> Iterator[None]:
        """For as long as the block lasts. Raises TooMany."""
        if self._asking[operator.id] >= ASKING_AT_ONCE or self._asking.total() >= ASKED_AT_ONCE:
            sentence = "The assistant is still busy with what was asked before. Please try again."
            raise TooMany(sentence, code="assistant_busy", details={"retry_after_seconds": ASKED_RETRY_SECONDS})
        self._asking[operator.id] += 1
        try:
            yield
        finally:
            self._asking[operator.id] -= 1
            self._asking += Counter()  # Without those who ask nothing any more.
