"""What a run found: one table for people, one dated JSON file for the next run to be compared with."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import machine_facts

RESULTS = Path(__file__).resolve().parent / "results"
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value, and what it has to stand beside. Without a bound it is there to be read only."""

    name: str
    value: float
    unit: str
    against: str = ""
    """What `ratio` compares with, or the bound that `value` must keep, in words."""
    ratio: float | None = None
    kept: bool | None = None
    """Whether the bound is kept; None when there is none."""
    note: str = ""
    p95: float | None = None
    beside: dict[str, float] = field(default_factory=dict)
    """What else was measured with it, by name."""

    @property
    def verdict(self) -> str:
        return {True: "kept", False: "MISSED", None: ""}[self.kept]


@dataclass(slots=True)
class Report:
    """The figures of a run, in the order in which they were found."""

    name: str
    quick: bool
    figures: list[Figure] = field(default_factory=list)
    facts: dict[str, str | int] = field(default_factory=machine_facts)

    def add(self, figure: Figure) -> None:
        """Take a figure, and show that something was found: a run takes minutes."""
        self.figures.append(figure)
        note = f"  ({figure.note})" if figure.note else ""
        print(f"    {figure.name}: {_number(figure.value)} {figure.unit} {figure.verdict}{note}", flush=True)

    @property
    def kept(self) -> bool:
        """Whether no bound was missed."""
        return all(figure.kept is not False for figure in self.figures)

    def print_table(self) -> None:
        """Print every figure once more, beside its bound."""
        rows = self._rows()
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        rows.insert(1, tuple("-" * width for width in widths))
        print()
        for row in rows:
            print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())

    def document(self) -> None:
        """Write the table into docs/performance.md, between the marks of this name."""
        text, begins, ends = DOCUMENT.read_text(encoding="utf-8"), f"<!-- {self.name} -->\n", f"<!-- /{self.name} -->"
        before, _, rest = text.partition(begins)
        after = rest.partition(ends)[2]
        rows = self._rows()
        rows.insert(1, ("---",) * len(rows[0]))
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items() if name != "processor")
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        told = f"Run of {day} on {self.facts['processor']} ({facts}):"
        DOCUMENT.write_text(f"{before}{begins}\n{told}\n\n{table}\n\n{ends}{after}", encoding="utf-8")

    def _rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = [("figure", "value", "limit or peer", "ratio", "verdict")]
        for figure in self.figures:
            ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else ""
            value = f"{_number(figure.value)} {figure.unit}"
            if figure.p95 is not None:
                value += f" (p95 {_number(figure.p95)})"
            rows.append((figure.name, value, figure.against, ratio, figure.verdict))
        return rows

    def write(self) -> Path:
        """Keep the figures as JSON and tell where."""
        now = datetime.now(UTC)
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{now:%Y-%m-%d-%H%M}-{self.name}{'-quick' if self.quick else ''}.json"
        content = {
            "name": self.name,
            "quick": self.quick,
            "at": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "machine": self.facts,
            "figures": [asdict(figure) for figure in self.figures],
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed (nearest rank). Raises ValueError when there are none."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def median(values: Sequence[float]) -> float:
    """The middle one."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
