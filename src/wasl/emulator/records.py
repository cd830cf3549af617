"""What the emulator remembers of the traffic: bounded logs that tests read page by page."""

from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A send that was accepted, whether or not its answer arrived."""

    message_id: str
    phone_number_id: str
    recipient: str
    at: float
    callback_data: str | None
    answered: bool
    api_version: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A send that was not accepted, and why."""

    phone_number_id: str
    at: float
    status: int
    code: int
    details: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A read receipt of the business, perhaps with the sign that it is typing."""

    phone_number_id: str
    message_id: str
    at: float
    typing: bool


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An update that the business answered with 200, the first time that it did."""

    provider_id: str
    phone_number_id: str
    at: float
    delivery_id: int


class Log(Generic[Item]):
    """The newest items of one kind, numbered from 1; older ones than the bound are forgotten."""

    def __init__(self, items_max: int) -> None:
        self._items: deque[Item] = deque(maxlen=items_max)
        self.total = 0

    def append(self, item: Item) -> int:
        self._items.append(item)
        self.total += 1
        return self.total

    def after(self, index: int, limit: int) -> list[tuple[int, Item]]:
        """Return up to `limit` items with a number above `index`, oldest first."""
        oldest = self.total - len(self._items)
        start = max(index - oldest, 0)
        chosen = islice(self._items, start, start + limit)
        return [(oldest + start + offset + 1, item) for offset, item in enumerate(chosen)]

    def clear(self) -> None:
        self._items.clear()
        self.total = 0
