"""Runs the torture kit against each planted fault: `python -m mutants [NAME …]`. Exits with 1 when one survives."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from mutants.catalogue import MUTANTS
from mutants.mutant import Mutant
from wasl.torture.plan import Asked
from wasl.torture.run import Outcome, torture

SECONDS = {"sqlite": 30.0, "postgres": 40.0}
"""Long enough for every kind of fault and watcher to meet the mutant; whoever survives gets another seed."""
SEEDS = (1, 2, 3)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/test-mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only those whose names contain one of these")
    parser.add_argument("--seed", type=int, help="with this seed instead of up to three")
    asked = parser.parse_args()
    chosen = [m for m in MUTANTS if not asked.names or any(name in m.name for name in asked.names)]
    seeds = SEEDS if asked.seed is None else (asked.seed,)
    survivors = [mutant.name for mutant in chosen if not asyncio.run(_found(mutant, seeds))]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} planted faults were found")
    for name in survivors:
        print(f"SURVIVED: {name}")
    return 1 if survivors else 0


async def _found(mutant: Mutant, seeds: tuple[int, ...]) -> bool:
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="wasl-mutant-", ignore_cleanup_errors=True) as folder:
            source = mutant.plant(Path(folder))
            wanted = Asked(mutant.engine, seed, SECONDS[mutant.engine])
            outcome = await torture(wanted, Path(folder) / "run", source=source)
        blamed = blame(outcome)
        if blamed:
            print(f"found     {mutant.name} ({mutant.engine}, seed {seed}): {blamed}", flush=True)
            return True
    print(f"SURVIVED  {mutant.name} ({mutant.engine}, seeds {seeds})", flush=True)
    return False


def blame(outcome: Outcome) -> str:
    """Which invariants a run says were violated; empty when none was. States that it did not reach blame nobody."""
    verdicts = [f"{v.number}. {v.title} ({v.total})" for v in outcome.judgement.verdicts if v.total]
    return ", ".join([*verdicts, *outcome.troubles])


if __name__ == "__main__":
    sys.exit(main())
