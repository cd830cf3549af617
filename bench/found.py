"""What earlier runs found, read from bench/results: of each part the newest whole run, or a short look if there is no
other; a database that this run left out is taken from the newest one that has it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from bench.machine import STRANGERS_PERCENT_MAX
from bench.report import RESULTS, Figure

LABELS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
_FIGURE = {field.name for field in fields(Figure)}


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of a part, and the runs that they come from, the newest first."""

    name: str
    figures: dict[str, Figure]
    runs: Sequence[dict[str, Any]]

    def figure(self, name: str) -> Figure | None:
        """The one of that name."""
        return self.figures.get(name)

    def told(self) -> list[str]:
        """A sentence for each run: when, what, where, and what else the machine did."""
        return [_told(run) for run in self.runs]


def found(name: str, folder: Path = RESULTS) -> Found | None:
    """What is known of a part; None when it was never measured."""
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob(f"*-{name}*.json"))]
    runs = [run for run in runs if run["name"] == name]
    whole = [run for run in runs if not run["quick"]] or runs
    if not whole:
        return None
    whole.sort(key=lambda run: str(run["at"]), reverse=True)
    taken, missing = [whole[0]], set(LABELS.values()) - _labels(whole[0])
    figures = list(whole[0]["figures"])
    for run in whole[1:]:
        for label in sorted(missing & _labels(run)):
            figures += [figure for figure in run["figures"] if label in _words(figure["name"])]
            missing.discard(label)
            if run not in taken:
                taken.append(run)
    return Found(name, {figure["name"]: _figure(figure) for figure in figures}, taken)


def _labels(run: dict[str, Any]) -> set[str]:
    """The databases that stand in the names of a run's figures."""
    return {label for label in LABELS.values() for figure in run["figures"] if label in _words(figure["name"])}


def _words(name: str) -> list[str]:
    return name.replace(":", ",").split(", ")


def _figure(written: dict[str, Any]) -> Figure:
    return Figure(**{name: value for name, value in written.items() if name in _FIGURE})


def _told(run: dict[str, Any]) -> str:
    machine, load = dict(run["machine"]), run.get("load", {})
    percent = load.get("others_percent_of_cores", machine.pop("busy_before_percent", 0))
    kind = "A short look" if run["quick"] else "Run"
    commit = machine.pop("commit", "")
    at = f"{kind} of {run['at'][:10]}" + (f", version {commit}" if commit else "")
    facts = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in machine.items() if name != "processor")
    busy = f"**measured on a busy machine: others used {percent} % of its cores**"
    calm = f"others used {percent} % of the cores before it began"
    load_told = busy if percent > STRANGERS_PERCENT_MAX else calm
    return f"{at}, on {machine.get('processor', 'an unknown processor')} ({facts}); {load_told}."
