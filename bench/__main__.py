"""The command line of the measurements: `python -m bench NAME`."""

import argparse
import random
import sys
import traceback
from collections.abc import Sequence
from time import monotonic

from bench.document import document
from bench.parts import DATABASES, PARTS, Part, chosen, is_quick
from bench.report import Report
from wasl.observe import configure_logs

SEED = 20_261_121


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a table and keep the figures; the exit status tells whether every bound was kept."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        parts = chosen(asked.names)
    except ValueError as error:
        parser.error(str(error))
    if not parts and not asked.document:
        parser.error("name what is to be measured, or give --document")
    configure_logs("warning", "console")  # What this process itself does to databases is nobody's news.
    complaints, closings = _measure_all(parts, asked)
    if asked.document:
        print("\nwritten: " + ", ".join(document()))
    if complaints:
        print("\nNOT KEPT:\n" + "\n".join(f"  {complaint}" for complaint in complaints))
    if closings:
        print("\n" + "\n".join(closings))
    return 1 if complaints else 0


def _measure_all(parts: Sequence[Part], asked: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Measure one after the other; what was missed or could not be ended, as lines, and what is to be said last."""
    complaints: list[str] = []
    closings: list[str] = []
    ends = monotonic() + asked.minutes * 60 if asked.minutes else float("inf")
    for place, part in enumerate(parts):
        quick = is_quick(part, parts[place + 1 :], (ends - monotonic()) / 60)
        if quick is None:
            complaints.append(f"{part.name}: no time was left for it")
            continue
        quick = quick or asked.quick
        print(f"\n=== {part.name}: {part.what}{' (a short look)' if quick else ''}", flush=True)
        report = Report(part.name, quick, _databases(part, asked), asked.seed)
        if report.load["busy"]:
            print(f"!!! others use {report.load['others_percent_of_cores']} % of the cores: the figures suffer from it")
        random.seed(asked.seed)
        try:
            part.measure(report, asked.postgres_core)
        except (Exception, SystemExit) as error:  # The other parts have their own servers.
            traceback.print_exc()
            complaints.append(f"{part.name}: came to no end: {error}")
        complaints += [
            f"{part.name}: {figure.name}: {figure.value:.4g} {figure.unit} {figure.against}" for figure in report.missed
        ]
        if report.figures:
            report.print_table()
            if not asked.forget:
                print(f"\nwritten to bench/results/{report.write().name}")
        if report.closing:
            closings.append(report.closing)
    return complaints, closings


def _databases(part: Part, asked: argparse.Namespace) -> list[str]:
    return [name for name in DATABASES if asked.database in (name, "both") or name not in part.databases]


def _parser() -> argparse.ArgumentParser:
    lines = [f"  {part.name:8} {part.what}: {part.minutes:g} minutes, {part.minutes_quick:g} quick" for part in PARTS]
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="Measures the real server, each figure beside its limit or a peer. It ends with 1 when a bound is"
        " missed, and says which.",
        epilog="\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="what to measure (see below), or all")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--quick", action="store_true", help="a short look: the figures are rough")
    parser.add_argument("--minutes", type=float, help="all the time there is: what does not fit gets a short look")
    parser.add_argument("--seed", type=int, default=SEED, help="of everything that is left to chance")
    parser.add_argument("--forget", action="store_true", help="write no file into bench/results")
    parser.add_argument(
        "--document", action="store_true", help="write docs/performance.md and its plots anew from bench/results"
    )
    parser.add_argument(
        "--postgres-core",
        choices=("server", "client"),
        default="server",
        help="where PostgreSQL runs while arriving is measured, for us and for the peer",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
