"""The command line of the measurements: `python -m bench NAME`."""

import argparse
import sys

from bench.arrive import measure_arrival
from bench.crowd import measure_crowd
from bench.inbox import measure_inbox
from bench.machine import strangers_share, two_cores
from bench.report import Report
from bench.restart import measure_restart
from bench.storm import measure_storm
from bench.weight import measure_weight

STRANGERS_PERCENT_MAX = 5
NAMES = ("arrive", "inbox", "crowd", "storm", "restart", "weight")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a table and keep the figures; the exit status tells whether every bound was kept."""
    asked = _parser().parse_args(arguments)
    databases = ["sqlite", "postgres"] if asked.database == "both" else [asked.database]
    names = NAMES if "all" in asked.names else asked.names
    kept = True
    for name in names:
        report = Report(name, asked.quick)
        strangers = report.facts["busy_before_percent"] = round(strangers_share(two_cores()) * 100)
        if strangers > STRANGERS_PERCENT_MAX:
            print(f"!!! others use {strangers} % of the cores: these figures will be worse than they could be")
        if name == "arrive":
            measure_arrival(report, databases, asked.quick, asked.postgres_core)
        elif name == "crowd":
            measure_crowd(report, asked.quick)
        elif name == "storm":
            measure_storm(report, databases, asked.quick)
        elif name == "restart":
            measure_restart(report, asked.quick)
        elif name == "weight":
            measure_weight(report, asked.quick)
        else:
            measure_inbox(report, databases, asked.quick)
        report.print_table()
        if asked.document:
            report.document()
        if not asked.forget:
            print(f"\nwritten to bench/results/{report.write().name}")
        kept = kept and report.kept
    return 0 if kept else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/bench", description="Measures the real server, each figure beside its limit or a peer."
    )
    parser.add_argument(
        "names",
        metavar="NAME",
        nargs="+",
        choices=(*NAMES, "all"),
        help="arrive: how many webhooks, how soon; inbox: pages and searches at a thousand and a million conversations;"
        " crowd: thousands of streams, beside nginx with nchan; storm: all of them come back at once;"
        " restart: three nodes stop and start in turn; weight: what a message costs on PostgreSQL's disk; all",
    )
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--quick", action="store_true", help="a short look: the figures are rough")
    parser.add_argument("--forget", action="store_true", help="write no file into bench/results")
    parser.add_argument("--document", action="store_true", help="write the tables into docs/performance.md")
    parser.add_argument(
        "--postgres-core",
        choices=("server", "client"),
        default="server",
        help="where PostgreSQL runs while arriving is measured, for us and for the peer",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
