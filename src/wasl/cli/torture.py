"""`wasl torture`: whether the promises hold on this machine, under every fault that one can name."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from wasl.cli.commands import Commands
from wasl.settings import Settings

# What the kit needs is imported when it is asked for.
# ruff: noqa: PLC0415

SECONDS = {"sqlite": 75.0, "postgres": 150.0}
SECONDS_OF_LONG_RUNS = 7_200.0


def add_commands(commands: Commands) -> None:
    """Add the one."""
    parser = commands.add_parser("torture", help="prove the promises on this machine", description=_torture.__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite", help="(default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="decides what happens when (default %(default)s)")
    parser.add_argument("--seconds", type=float, help="how long (default: 75 on SQLite, 150 on PostgreSQL)")
    parser.add_argument("--rate", type=float, default=40.0, help="webhooks a second (default %(default)s)")
    parser.add_argument(
        "--webhooks",
        type=int,
        help="instead: go on until so many were acknowledged, as fast as they are taken, with a kill every 30 s",
    )
    parser.add_argument("--keep", type=Path, help="keep the histories and logs in this folder (default: forgotten)")
    parser.add_argument("--certificate", type=Path, help="write the certificate to this file too")
    parser.set_defaults(run=_torture)


def _torture(asked: argparse.Namespace, _: Settings) -> int:
    """Start an installation of its own on loopback, use it and break it by a seeded plan, heal it, and judge what
    everybody saw. Prints a certificate; exits with 1 when a promise was broken, or a danger was never met."""
    from wasl.torture.plan import Asked
    from wasl.torture.run import torture

    seconds = asked.seconds or (SECONDS_OF_LONG_RUNS if asked.webhooks else SECONDS[asked.engine])
    wanted = Asked(asked.engine, asked.seed, seconds, asked.webhooks, asked.rate)
    with tempfile.TemporaryDirectory(prefix="wasl-torture-", ignore_cleanup_errors=True) as passing:
        folder: Path = asked.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        outcome = asyncio.run(torture(wanted, folder))
    print(outcome.page)
    if asked.certificate is not None:
        asked.certificate.write_text(outcome.page + "\n", encoding="utf-8")
    return 0 if outcome.green else 1
