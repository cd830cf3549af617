"""What nodes count of themselves at /metrics: read from a page, and summed over all processes that ever counted."""

from collections.abc import Mapping

FORSAKEN = ("wasl_sends", 'outcome="interrupted"')
"""Attempts of a dead node that another has given up, by a counter's name and label."""


class Figures:
    """The last that each process told. Every process counts from 0, so that their sum is the whole; what one counted
    between its last page and its death is missing."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, int], Mapping[str, float]] = {}

    def hear(self, node: str, process: int, figures: Mapping[str, float]) -> None:
        """Take what a process tells now in the place of what it told before."""
        self._last[node, process] = figures

    @property
    def processes(self) -> int:
        """How many were heard of."""
        return len(self._last)

    def __call__(self, name: str, label: str = "") -> int:
        """A counter's sum, of all its labels or of those that hold `label`."""
        return int(sum(counted(figures, name, label) for figures in self._last.values()))


def counted(figures: Mapping[str, float], name: str, label: str = "") -> float:
    """A counter in what one process told."""
    found = 0.0
    for key, value in figures.items():
        bare, _, labels = key.partition("{")
        if bare in (name, f"{name}_total") and label in labels:
            found += value
    return found


def figures_of(page: bytes) -> dict[str, float]:
    """What a page of /metrics shows, by name with labels; of histograms their sums and counts only."""
    lines = (line.rpartition(b" ") for line in page.split(b"\n") if line and line[0] != 35 and b"_bucket{" not in line)
    return {name.decode(): float(value) for name, _, value in lines}
