"""The files of the repository that the house rules are about."""

import ast
import functools
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What is made, not written; and what git ignores.
NOT_OURS = {".git", ".venv", "node_modules", "dashboard_build", "dist", "var", "wasl-data", "__pycache__"}
# Files whose text a program made.
GENERATED = {"package-lock.json", "schema.d.ts"}

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def written(*endings: str) -> list[Path]:
    """Return every file that a person wrote and whose name ends so, in a stable order; with no ending, every file."""
    return [path for path in _all_files() if path.name.endswith(endings or ("",)) and path.name not in GENERATED]


def name_of(path: Path) -> str:
    """Return a path as a report shows it."""
    return str(path.relative_to(ROOT))


@functools.cache
def syntax(path: Path) -> ast.Module:
    """Return the parsed Python file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[FunctionNode]:
    """Walk every function and method of a Python file."""
    return (node for node in ast.walk(syntax(path)) if isinstance(node, FunctionNode))


@functools.cache
def _all_files() -> tuple[Path, ...]:
    found = []
    for folder, folders, names in os.walk(ROOT):
        # Caches of tools start with a dot; so does .ci, which is ours.
        folders[:] = [name for name in folders if name not in NOT_OURS and (name == ".ci" or not name.startswith("."))]
        found += [Path(folder, name) for name in names]
    return tuple(sorted(path for path in found if path.is_file()))
