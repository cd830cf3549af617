"""Which module has which command: only that of the one that was asked for is loaded.

All of them together take as long to load as the server takes to start.
"""

import argparse
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = argparse._SubParsersAction

MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "running": ("serve", "demo", "emulator"),
    "first_steps": ("account", "operator", "channel"),
    "templates": ("template",),
    "assistant": ("assistant",),
    "knowledge": ("knowledge",),
    "care": ("import", "replay", "restored", "doctor"),
    "torture": ("torture",),
}
"""Module of this package → its commands, in the order in which the help lists them."""


def add_commands(commands: Commands, asked: Sequence[str]) -> None:
    """Add the command that somebody asked for, with its neighbours; all of them where none is named, for the help or to
    say that there is no such command."""
    if asked[:1] == ["--version"]:
        return
    named = [module for module, names in MODULES.items() if asked and asked[0] in names]
    for module in named or MODULES:
        import_module(f"wasl.cli.{module}").add_commands(commands)
