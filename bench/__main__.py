"""The command line of the measurements: `python -m bench NAME`."""

import argparse
import sys

from bench.arrive import measure_arrival
from bench.inbox import measure_inbox
from bench.report import Report

NAMES = ("arrive", "inbox")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a table and keep the figures; the exit status tells whether every bound was kept."""
    asked = _parser().parse_args(arguments)
    databases = ["sqlite", "postgres"] if asked.database == "both" else [asked.database]
    names = NAMES if asked.name == "all" else (asked.name,)
    kept = True
    for name in names:
        report = Report(name, asked.quick)
        if name == "arrive":
            measure_arrival(report, databases, asked.quick)
        else:
            measure_inbox(report, databases, asked.quick)
        report.print_table()
        if not asked.forget:
            print(f"\nwritten to bench/results/{report.write().name}")
        kept = kept and report.kept
    return 0 if kept else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/bench", description="Measures the real server, each figure beside its limit or a peer."
    )
    parser.add_argument(
        "name",
        choices=(*NAMES, "all"),
        help="arrive: how many webhooks, how soon; inbox: pages and searches at a thousand and a million conversations",
    )
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--quick", action="store_true", help="a short look: the figures are rough")
    parser.add_argument("--forget", action="store_true", help="write no file into bench/results")
    return parser


if __name__ == "__main__":
    sys.exit(main())
