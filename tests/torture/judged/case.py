"""A way to break a promise: what is changed in a right history, and which verdicts must find it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torture.judged.tale import Changed, Tale
from torture.judged.tales import right

Spoil = Callable[[Tale], None]


@dataclass(frozen=True, slots=True)
class Case:
    """A broken history. `also` are the other promises that cannot be kept when this one is broken in this way."""

    number: int
    name: str
    make: Callable[[], Tale]
    spoil: Spoil
    also: frozenset[int] = frozenset()


CASES: list[Case] = []


def breaks(number: int, *also: int, make: Callable[[], Tale] = right) -> Callable[[Spoil], Spoil]:
    """Enters a way to break a promise."""

    def enter(spoil: Spoil) -> Spoil:
        CASES.append(Case(number, spoil.__name__, make, spoil, frozenset(also)))
        return spoil

    return enter


def told(change: dict[int, Any]) -> Changed:
    """A message with other things in some of its places: 0 id, 2 clock, 3 sequence, 4 version, 5 status, 6 client."""
    return lambda message: [change.get(place, value) for place, value in enumerate(message)]
