"""The command `wasl`: what a person types, and one clear sentence when it cannot be done."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

import structlog
from pydantic import ValidationError

from wasl import __version__
from wasl.cli.commands import add_commands
from wasl.errors import Misconfigured, WaslError
from wasl.settings import Settings

__all__ = ["main"]

STOPPED_BY_PERSON = 130
"""What a shell gives a command that Ctrl+C ended."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 not done, 2 not understood."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    asked = _parser(words).parse_args(words)
    run: Callable[[argparse.Namespace, Settings], int] = asked.run
    _warn_on_stderr()
    try:
        return run(asked, _settings())
    except WaslError as error:
        print(f"wasl: {error.message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nwasl: stopped.", file=sys.stderr)
        return STOPPED_BY_PERSON
    except BrokenPipeError:
        # Whoever read our output (`head`, say) has left. Python would complain once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _warn_on_stderr() -> None:
    # Standard output is for what was asked; the server sets up its own log afterwards.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.__stderr__),
    )


def _settings() -> Settings:
    """Read the settings. Raises Misconfigured, without repeating a value: it may be a secret."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [f"WASL_{'_'.join(map(str, found['loc'])).upper()}: {found['msg']}" for found in error.errors()]
        raise Misconfigured("; ".join(problems) + ".") from error


class _Parser(argparse.ArgumentParser):
    """Says what was not understood in the same voice as everything else."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}. Try: {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(
        prog="wasl",
        description="A self-hosted team inbox for WhatsApp.",
        epilog="Settings are environment variables that begin with WASL_; docs/running.md explains each.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"wasl {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_commands(commands, words)
    return parser
