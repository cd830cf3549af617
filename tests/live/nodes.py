"""Several nodes' presence without servers: a clock that is moved, and a bus that can be cut."""

from dataclasses import dataclass, field
from typing import Any

from wasl.domain.people import Availability, Operator, OperatorRole
from wasl.limits import PRESENCE_GATHER_SECONDS, PRESENCE_SETTLE_SECONDS
from wasl.live.presence import Json, Presence

ACCOUNT = 1


def operator_named(number: int, name: str, account_id: int = ACCOUNT, **more: Any) -> Operator:
    about = {"status": Availability.AVAILABLE, "disabled": False} | more
    return Operator(number, account_id, f"{name}@cedar.example", name, OperatorRole.OPERATOR, **_plain(about))


def _plain(about: dict[str, Any]) -> dict[str, Any]:
    return {"token_version": 1, "scope_sequence": 0} | about


SARA, OMAR, KARIM = operator_named(1, "Sara"), operator_named(2, "Omar"), operator_named(3, "Karim", 2)


@dataclass
class Place:
    """One node: its presence, what its screens were told, and what they show."""

    presence: Presence
    told: list[tuple[int, Json]] = field(default_factory=list)

    def shown(self, account_id: int = ACCOUNT) -> dict[str, str | None]:
        """Who is there, by name, with where they look, as a screen puts it together."""
        shown: dict[str, Json] = {}
        for told_account, data in self.told:
            if told_account != account_id:
                continue
            if data["whole"]:
                shown = {}
            for face in data["operators"]:
                shown[face["operator_id"]] = face
                if not face["online"]:
                    del shown[face["operator_id"]]
        return {face["name"]: face["conversation_id"] for face in shown.values()}


class Town:
    """Nodes, the line between them, and the time."""

    def __init__(self, nodes: int, settle_seconds: float = PRESENCE_SETTLE_SECONDS) -> None:
        self.now_seconds = 1000.0
        self.people = {person.id: person for person in (SARA, OMAR, KARIM)}
        self.whispered: list[tuple[int, Json]] = []
        self.line_is_cut = False
        self.nodes: list[Place] = []
        for _ in range(nodes):
            self.nodes.append(self._place(settle_seconds))

    def _place(self, settle_seconds: float) -> Place:
        told: list[tuple[int, Json]] = []

        def tell(account_id: int, kind: str, data: Json) -> None:
            assert kind == "presence"
            told.append((account_id, data))

        def whisper(account_id: int, kind: str, data: Json) -> None:
            assert kind == "presence"
            self.whispered.append((account_id, data))
            for place in self.nodes:
                if not self.line_is_cut and place.presence is not presence:
                    place.presence.hear(account_id, data)

        presence = Presence(
            self.people.get,
            tell,
            whisper,
            streams_max=3,
            settle_seconds=settle_seconds,
            clock=lambda: self.now_seconds,
        )
        return Place(presence, told)

    def pass_time(self, seconds: float, without: Place | None = None) -> None:
        """Let every node (but one that is frozen or dead) go its rounds."""
        ends = self.now_seconds + seconds
        while self.now_seconds < ends:
            self.now_seconds = min(ends, self.now_seconds + PRESENCE_GATHER_SECONDS)
            for place in self.nodes:
                if place is not without:
                    place.presence.go_round()
