"""What a planted fault is, and how a copy of the program gets it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from wasl.torture.plan import Engine

SOURCE = Path(__file__).resolve().parents[2] / "src"


class Misfit(AssertionError):
    """The text that a fault replaces is not there exactly once: the program has changed, and the fault must follow."""


@dataclass(frozen=True, slots=True)
class Edit:
    """In a file of src/wasl: one piece of text, which stands there once, becomes another."""

    path: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """The file's text with the fault in it. Raises Misfit."""
        if text.count(self.old) != 1:
            raise Misfit(f"{self.path} holds {text.count(self.old)} times: {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault: what somebody might have written. `engine` is where it does harm."""

    name: str
    edits: tuple[Edit, ...]
    engine: Engine = "sqlite"

    def plant(self, folder: Path) -> Path:
        """Make a copy of src/ with the fault in it; the place from which Python can import it."""
        copy = folder / "src"
        shutil.copytree(
            SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__", "dashboard_build"), dirs_exist_ok=True
        )
        for edit in self.edits:
            path = copy / "wasl" / edit.path
            path.write_text(edit.applied(path.read_text(encoding="utf-8")), encoding="utf-8")
        return copy


def mutant(name: str, *edits: tuple[str, str, str], engine: Engine = "sqlite") -> Mutant:
    """A fault by its edits: path, old text, new text."""
    return Mutant(name, tuple(Edit(*edit) for edit in edits), engine)
