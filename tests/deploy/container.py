"""A container file read as far as a test needs it: its stages, and what each of them is told to do."""

import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Instruction:
    """One of them: `COPY`, and the rest of its line."""

    word: str
    rest: str

    def arguments(self) -> list[str]:
        """The exec form's list, or the words of a line."""
        found = json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)
        return [str(part) for part in found]


@dataclass(frozen=True, slots=True)
class Stage:
    """What stands between one FROM and the next."""

    image: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def told(self, word: str) -> list[Instruction]:
        """Its instructions of one kind."""
        return [instruction for instruction in self.instructions if instruction.word == word]

    def one(self, word: str) -> Instruction:
        """Its only instruction of one kind."""
        [found] = self.told(word)
        return found

    def environment(self) -> dict[str, str]:
        pairs = (part.partition("=") for each in self.told("ENV") for part in each.arguments())
        return {name: value for name, _, value in pairs}

    def copied(self) -> list[tuple[str | None, list[str], str]]:
        """Of each COPY: the stage that it takes from, the sources, and the destination."""
        found = []
        for each in self.told("COPY"):
            *sources, destination = each.arguments()
            stage = sources.pop(0).removeprefix("--from=") if sources[0].startswith("--from=") else None
            found.append((stage, sources, destination))
        return found


def stages_of(path: Path) -> list[Stage]:
    """Read a container file."""
    stages: list[Stage] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        assert not line.endswith("\\"), "this reader takes one instruction from one line"
        word, _, rest = line.partition(" ")
        if word == "FROM":
            image, _, name = rest.partition(" AS ")
            stages.append(Stage(image, name))
        else:
            stages[-1].instructions.append(Instruction(word, rest))
    return stages
