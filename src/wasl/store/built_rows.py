"""What rows were built into, so that reading all of them again builds only those that changed."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class BuiltRows:
    """Of one reading; the next one begins with it. What is gone from the database is forgotten then.

    Who is who is read whole with every change to it. Opening secrets and reading settings takes nearly all of that
    time, and of a thousand accounts one has changed.
    """

    def __init__(self, before: "BuiltRows | None" = None) -> None:
        self._before: Mapping[Hashable, Any] = before._built if before else {}
        self._built: dict[Hashable, Any] = {}

    def of(self, row: Hashable, build: Callable[[], T], kind: type[T]) -> T:
        """What a row was built into, now or earlier. Raises what `build` does."""
        key = (kind, row)
        found: T | None = self._before.get(key)
        self._built[key] = built = build() if found is None else found
        return built

    def done(self) -> "BuiltRows":
        """Let go of the reading before."""
        self._before = {}
        return self
