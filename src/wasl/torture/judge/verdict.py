"""What is found: sentences under the number of the promise that was broken, and how much was compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

KEPT_MAX = 20
"""Violations of one invariant that are kept in full; the rest are counted."""

TITLES = {
    1: "No loss",
    2: "No invention",
    3: "One dense log",
    4: "Nothing is shown before it is durable",
    5: "Continuity",
    6: "Completeness, and nothing of the other account",
    7: "Transports agree",
    8: "Total order, and positions never change",
    9: "Shown once",
    10: "Cursors are monotone",
    11: "Load-more",
    12: "Order of the list",
    13: "Unread",
    14: "Status is monotone, and the greatest told in the end",
    15: "Outbound at most once, in order",
    16: "Causality",
    17: "Convergence after healing",
    18: "Memory, and the others' latency",
}

About = Mapping[str, str | int]
"""What a violation concerns: `message`, `client_message_id`, `conversation`, `who`, `account`, `sequence`, `at`."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: a sentence with all ids, and the readable history of what it concerns."""

    sentence: str
    about: About
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """About one invariant. `compared` says over how much: a verdict over nothing proves nothing, unless it is `waived`
    for that reason. `total` counts all violations, of which some are kept."""

    number: int
    title: str
    compared: int
    total: int
    violations: list[Violation]
    waived: str = ""

    @property
    def green(self) -> bool:
        """Whether something was compared and all of it was right."""
        return self.total == 0 and (self.compared > 0 or bool(self.waived))


@dataclass(slots=True)
class Findings:
    """Where everybody who judges writes what was compared and found."""

    compared: dict[int, int] = field(default_factory=lambda: dict.fromkeys(TITLES, 0))
    totals: dict[int, int] = field(default_factory=lambda: dict.fromkeys(TITLES, 0))
    kept: dict[int, list[Violation]] = field(default_factory=lambda: {number: [] for number in TITLES})
    waived: dict[int, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    """What is suspicious and right, and whatever else is worth a number."""

    def blame(self, number: int, sentence: str, **about: str | int) -> None:
        """Note a violation."""
        self.totals[number] += 1
        if len(self.kept[number]) < KEPT_MAX:
            self.kept[number].append(Violation(sentence, about))

    def count(self, name: str, times: int = 1) -> None:
        """Count what is no violation."""
        self.counts[name] = self.counts.get(name, 0) + times

    def verdicts(self, excerpts: Mapping[int, str]) -> list[Verdict]:
        """All of them in order, with `excerpts` by the identity of their violation."""
        return [
            Verdict(
                number,
                title,
                self.compared[number],
                self.totals[number],
                [replace(found, excerpt=excerpts.get(id(found), "")) for found in self.kept[number]],
                self.waived.get(number, ""),
            )
            for number, title in TITLES.items()
        ]
