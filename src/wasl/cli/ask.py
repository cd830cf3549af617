"""Asking for what must not stand in a command line: passwords and providers' secrets."""

import argparse
import getpass
import os
import sys

from wasl.errors import Invalid
from wasl.limits import PROVIDER_SECRET_CHARACTERS_MAX

ASSISTANT_KEY_VARIABLE = "WASL_ASSISTANT_KEY"
"""Of the model's server."""


def add_secret_option(parser: argparse.ArgumentParser, name: str, variable: str, *, asked_for: bool = True) -> None:
    """Add `--NAME-stdin`; without it the secret comes from an environment variable, or is asked for, if it must be."""
    words = name.replace("-", " ")
    otherwise = "else it is asked for" if asked_for else "else there is none"
    parser.add_argument(
        f"--{name}-stdin",
        action="store_true",
        help=f"read the {words} from standard input, one line (else from {variable}, {otherwise})",
    )


def ask_secret(asked: argparse.Namespace, name: str, variable: str, *, twice: bool = False) -> str:
    """The secret, from the first place that has it; never echoed. Raises Invalid when nobody can be asked."""
    words = name.replace("-", " ")
    if getattr(asked, f"{name.replace('-', '_')}_stdin"):
        return _line_of_stdin(words)
    from_environment = os.environ.get(variable)
    if from_environment is not None:
        return from_environment
    if not sys.stdin.isatty():
        raise Invalid(f"Give the {words} in {variable}, or on standard input with --{name}-stdin.")
    secret = getpass.getpass(f"{words.capitalize()}: ")
    if twice and getpass.getpass("Again: ") != secret:
        raise Invalid("These were two different ones; nothing was changed.")
    return secret


def given_secret(asked: argparse.Namespace, name: str, variable: str) -> str | None:
    """The same of a secret that need not be there: nobody is asked."""
    if getattr(asked, f"{name.replace('-', '_')}_stdin"):
        return _line_of_stdin(name.replace("-", " "))
    return os.environ.get(variable)


def _line_of_stdin(words: str) -> str:
    line = sys.stdin.readline(PROVIDER_SECRET_CHARACTERS_MAX + 2)
    secret = line.rstrip("\r\n")
    if not secret:
        raise Invalid(f"Standard input holds no {words}.")
    return secret
