"""What the doctor finds: sentences, and how each is meant."""

from dataclasses import dataclass
from enum import Enum, auto
from functools import partial


class Grade(Enum):
    """How a finding is meant."""

    GOOD = auto()
    NOTE = auto()
    """Worth knowing, nothing to put right."""
    WRONG = auto()


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about the installation."""

    grade: Grade
    sentence: str


good, note, wrong = partial(Finding, Grade.GOOD), partial(Finding, Grade.NOTE), partial(Finding, Grade.WRONG)
