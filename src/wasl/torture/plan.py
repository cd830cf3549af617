"""What a run will do, decided by its seed before it begins."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

Engine: TypeAlias = Literal["sqlite", "postgres"]

NODES: dict[Engine, int] = {"sqlite": 1, "postgres": 3}
LANES: dict[Engine, int] = {"sqlite": 2, "postgres": 3}
"""So many things are broken at a time, where there is so much to break."""
RING_FRAMES = (8, 16, 48)
"""Frames that a node keeps: so few that whoever is cut for a second has to be served from the log."""
BATCH_CHANGES = (4, 64)
"""Changes in a transaction: few, or a crowd."""
PAUSE_SECONDS = (0.2, 1.0)
"""Between two faults of a lane."""
COPIED_AT = 0.42
"""When, as a share of the run, the database is copied."""
LOST_SECONDS = 3.0
"""How much of everybody's work is lost when that copy takes the database's place: little, so that the new history soon
passes the place where the old one ended."""
OUTGROWN_WITHIN = 0.3
"""How long, as a share of the run, some sleep after the restore at most, to come back when their cursor's place is
taken."""
LONGER_AT_MOST = 0.7
"""How much longer than asked, as a share, a run lasts that has not done everything once."""
KILL_EVERY_SECONDS = 30.0
"""A long run does nothing else: it asks what stays of very much, not of every mishap."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to be tried. With `webhooks` it lasts until so many were acknowledged, at most `seconds`, as
    fast as the system takes them; without, `seconds` at `rate` webhooks a second."""

    engine: Engine
    seed: int
    seconds: float
    webhooks: int | None = None
    rate: float = 40.0

    @property
    def long(self) -> bool:
        """Whether this run is about how much, and not about everything that can go wrong."""
        return self.webhooks is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """A run, before it begins. The same seed makes the same plan; what it meets is up to the machine's moods."""

    asked: Asked

    @property
    def nodes(self) -> int:
        return NODES[self.asked.engine]

    @property
    def lanes(self) -> int:
        return LANES[self.asked.engine]

    @property
    def copied_at(self) -> float:
        """Seconds after the beginning when the database is copied. A long run never goes back to a copy."""
        return self.asked.seconds * COPIED_AT

    @property
    def outgrown_within(self) -> float:
        """Seconds that some sleep on after the restore at most."""
        return self.asked.seconds * OUTGROWN_WITHIN

    @property
    def longer_at_most(self) -> float:
        """Seconds that are added for what of the menu was not done in time."""
        return self.asked.seconds * LONGER_AT_MOST

    def chance(self, part: str) -> Random:
        """The randomness of one part of the run: parts draw from sources of their own, and do not move each other."""
        return Random(f"{self.asked.seed}/{part}")

    def limits(self) -> dict[str, int]:
        """What differs from run to run of the kit's tight limits."""
        chance = self.chance("limits")
        return {
            "RING_FRAMES_MAX": chance.choice(RING_FRAMES),
            "JOURNAL_BATCH_CHANGES_MAX": chance.choice(BATCH_CHANGES),
        }

    def faults(self, names: list[str]) -> Iterator[tuple[float, str]]:
        """Pauses in seconds, and what to break after each: everything once in a random order, then again. The lanes
        draw from it in turn."""
        chance = self.chance("faults")
        while names:
            for name in chance.sample(sorted(names), len(names)):
                yield chance.uniform(*PAUSE_SECONDS), name
