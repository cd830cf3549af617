"""What a run found: one table for people, one dated JSON file for the next run to be compared with."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from bench.machine import load_before, machine_facts

RESULTS = Path(__file__).resolve().parent / "results"
HEADINGS = ("figure", "value", "limit or peer", "ratio", "verdict")

Facts = dict[str, str | int | float]


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
    databases: Sequence[str] = ()
    seed: int = 0
    load: Facts = field(default_factory=load_before)
    """What else used the machine; measured first of all."""
    figures: list[Figure] = field(default_factory=list)
    facts: Facts = field(default_factory=machine_facts)
    began: float = field(default_factory=monotonic)
    closing: str = ""
    """The figures in one line, which is said last of all."""

    def add(self, figure: Figure) -> None:
        """Take a figure, and show that something was found: a run takes minutes."""
        self.figures.append(figure)
        beside = " ".join(part for part in (figure.against and f"[{figure.against}]", figure.verdict) if part)
        note = f"  ({figure.note})" if figure.note else ""
        print(f"    {figure.name}: {shown(figure.value)} {figure.unit} {beside}{note}", flush=True)

    @property
    def missed(self) -> list[Figure]:
        """Those whose bound was missed."""
        return [figure for figure in self.figures if figure.kept is False]

    def print_table(self) -> None:
        """Print every figure once more, beside its bound."""
        rows = [HEADINGS, *(row_of(figure) for figure in self.figures)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        rows.insert(1, tuple("-" * width for width in widths))
        print()
        for row in rows:
            print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())

    def write(self) -> Path:
        """Keep the figures as JSON and tell where."""
        now = datetime.now(UTC)
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{now:%Y-%m-%d-%H%M}-{self.name}{'-quick' if self.quick else ''}.json"
        content = {
            "name": self.name,
            "quick": self.quick,
            "at": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "seconds": round(monotonic() - self.began),
            "databases": list(self.databases),
            "seed": self.seed,
            "load": self.load,
            "machine": self.facts,
            "missed": [figure.name for figure in self.missed],
            "figures": [asdict(figure) for figure in self.figures],
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def row_of(figure: Figure) -> tuple[str, ...]:
    """A figure as a line of a table."""
    ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else ""
    value = f"{shown(figure.value)} {figure.unit}".strip()
    if figure.p95 is not None:
        value += f" (p95 {shown(figure.p95)})"
    return figure.name, value, figure.against, ratio, figure.verdict


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


def percentiles(values: Sequence[float], shares: Sequence[float], factor: float = 1.0) -> dict[str, float]:
    """The same for several shares, by their names (`p99`)."""
    return {f"p{share * 100:g}": percentile(values, share) * factor for share in shares}


def shown(value: float) -> str:
    """A number as tables have it."""
    if value >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.2f}"
