"""Each command is found where the table says, and none waits for what another one needs."""

import argparse
import subprocess
import sys

import pytest

from wasl.cli.commands import MODULES, add_commands

HEAVY = ("fastapi", "aiohttp", "wasl.app", "wasl.memory", "wasl.emulator")


def names_of(*asked: str) -> tuple[str, ...]:
    commands = argparse.ArgumentParser().add_subparsers()
    add_commands(commands, asked)
    return tuple(commands.choices)


@pytest.mark.parametrize("module", MODULES)
def test_each_module_has_the_commands_that_the_table_says(module: str) -> None:
    for name in MODULES[module]:
        assert names_of(name, "--help") == MODULES[module]


@pytest.mark.parametrize("asked", [(), ("--help",), ("unheard",)])
def test_without_a_command_all_are_known(asked: tuple[str, ...]) -> None:
    assert names_of(*asked) == tuple(name for names in MODULES.values() for name in names)


@pytest.mark.parametrize("words", [["--version"], ["serve", "--help"], ["torture", "--help"]])
def test_what_needs_nothing_loads_nothing(words: list[str]) -> None:
    code = (
        "import sys; from wasl.cli import main\n"
        f"try: main({words})\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.splitlines()[-1] == "[]"
