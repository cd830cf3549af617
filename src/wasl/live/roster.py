"""Who of an account is there, and where they look: what each node says of its own operators, put together."""

from collections.abc import Mapping
from dataclasses import dataclass

from wasl.limits import PRESENCE_NODES_MAX, PRESENCE_SILENT_SECONDS

Places = Mapping[int, str | None]
"""Operators by id, each with the conversation that they look at, or None."""


@dataclass(slots=True)
class _Said:
    """What a node said last. Each place bears a number that rises with every change of any place."""

    places: dict[int, tuple[str | None, int]]
    heard_at_seconds: float


class Roster:
    """One account on all nodes. A node that falls silent is forgotten; the clock is the caller's, and never jumps."""

    def __init__(self) -> None:
        self._said: dict[str, _Said] = {}
        self._changes = 0

    def hear(self, node: str, places: Places, now_seconds: float) -> bool:
        """Take what a node says of all of its operators, in place of what it said before; whether it says anything
        new."""
        before = self._said.pop(node, None)
        if not places or len(self._said) >= PRESENCE_NODES_MAX:
            return before is not None
        held = before.places if before is not None else {}
        said = {each: self._numbered(held.get(each), at) for each, at in places.items()}
        self._said[node] = _Said(said, now_seconds)
        return said != held

    def _numbered(self, held: tuple[str | None, int] | None, at: str | None) -> tuple[str | None, int]:
        if held is not None and held[0] == at:
            return held
        self._changes += 1
        return at, self._changes

    def expire(self, now_seconds: float) -> None:
        """Forget the nodes that have been silent for too long."""
        for node, said in list(self._said.items()):
            if now_seconds - said.heard_at_seconds > PRESENCE_SILENT_SECONDS:
                del self._said[node]

    def places(self) -> dict[int, str | None]:
        """Everyone who is there. Whoever is at several nodes looks where they turned to last."""
        newest: dict[int, tuple[str | None, int]] = {}
        for said in self._said.values():
            for operator_id, place in said.places.items():
                if operator_id not in newest or newest[operator_id][1] < place[1]:
                    newest[operator_id] = place
        return {operator_id: at for operator_id, (at, _) in newest.items()}
