"""Runs the torture kit against each planted fault: `python -m mutants [NAME …]`. Exits with 1 when one survives."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError

from mutants.catalogue import MUTANTS
from mutants.mutant import Mutant
from wasl.torture.plan import Asked, Engine
from wasl.torture.run import Outcome, torture

SECONDS: dict[Engine, tuple[float, ...]] = {"sqlite": (30.0, 60.0, 75.0), "postgres": (45.0, 120.0, 150.0)}
"""Long enough for most faults to meet the mutant; whoever survives gets another seed, and at last a whole run."""
SEEDS = (1, 2, 3)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "torture-mutants.md"
HEAD = """\
# Planted faults

`bin/test-mutants` plants each of these into a copy of the program and runs the torture kit against it: half a minute on
SQLite, three quarters on PostgreSQL with three nodes; what survives that gets a second and a third seed, and a whole
run at last. What it found, by invariant, with the number of violations; the [judge](torture.md) counts each place where
a promise was seen broken.

| planted | on | seed | found by |
|---|---|---:|---|
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a planted fault: the seed that found it, and the invariants; nobody if it survived."""

    mutant: Mutant
    seed: int
    invariants: tuple[str, ...]
    complaints: int
    broke_off: str = ""

    @property
    def found(self) -> bool:
        return bool(self.invariants or self.complaints or self.broke_off)

    @property
    def words(self) -> str:
        """Who found it."""
        said = [f"{self.complaints} complaints of nodes or of the end"] if self.complaints else []
        if self.broke_off:
            said.append(f"the run could not be finished: {self.broke_off}")
        return ", ".join([*self.invariants, *said]) or "**nobody: it survived**"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/test-mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only those whose names contain one of these")
    parser.add_argument("--seed", type=int, help="with this seed instead of up to three")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time (default %(default)s)")
    parser.add_argument("--document", action="store_true", help=f"write {DOCUMENT.name}")
    asked = parser.parse_args()
    chosen = [one for one in MUTANTS if not asked.names or any(name in one.name for name in asked.names)]
    seeds = SEEDS if asked.seed is None else (asked.seed,)
    findings = asyncio.run(_try_all(chosen, seeds, asked.jobs))
    survivors = [finding for finding in findings if not finding.found]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} planted faults were found")
    if asked.document:
        rows = [f"| {f.mutant.name} | {f.mutant.engine} | {f.seed} | {f.words} |\n" for f in findings]
        DOCUMENT.write_text(HEAD + "".join(rows), encoding="utf-8")
    return 1 if survivors else 0


async def _try_all(chosen: Sequence[Mutant], seeds: Sequence[int], jobs: int) -> list[Finding]:
    turns = asyncio.Semaphore(jobs)

    async def in_turn(mutant: Mutant) -> Finding:
        async with turns:
            finding = await _try(mutant, seeds)
        print(f"{mutant.name} ({mutant.engine}, seed {finding.seed}): {finding.words}", flush=True)
        return finding

    return list(await asyncio.gather(*map(in_turn, chosen)))


async def _try(mutant: Mutant, seeds: Sequence[int]) -> Finding:
    finding = Finding(mutant, 0, (), 0)
    for seed, seconds in zip(seeds, SECONDS[mutant.engine], strict=False):
        with tempfile.TemporaryDirectory(prefix="wasl-mutant-", ignore_cleanup_errors=True) as folder:
            source = mutant.plant(Path(folder))
            try:
                outcome = await torture(Asked(mutant.engine, seed, seconds), Path(folder) / "run", source=source)
                finding = blame(mutant, seed, outcome)
            except* (RuntimeError, SubprocessError, TimeoutError) as errors:
                # A command of the product failed or never ended, or a node was never ready again: that is red, too.
                finding = Finding(mutant, seed, (), 0, type(errors.exceptions[0]).__name__)
        if finding.found:
            break
    return finding


def blame(mutant: Mutant, seed: int, outcome: Outcome) -> Finding:
    """What a run says was violated. Dangers that it did not meet blame nobody."""
    violated = [
        f"{verdict.number}. {verdict.title} ({verdict.total:,})"
        for verdict in outcome.judgement.verdicts
        if verdict.total
    ]
    return Finding(mutant, seed, tuple(violated), len(outcome.troubles))


if __name__ == "__main__":
    sys.exit(main())
