"""What the invented Cedar Shop of the demo knows: what its customers ask, with answers in three languages."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """An entry of the knowledge before it has an id. The first answer is the entry's own."""

    question: str
    answers: Mapping[str, str]
    phrasings: tuple[str, ...]
    topic: str


def demo_entries() -> Iterator[DemoEntry]:
    """All of them, in the order in which they are to be added."""
    for told in json.loads(Path(__file__).with_suffix(".json").read_bytes()):
        yield DemoEntry(told["question"], told["answers"], tuple(told["phrasings"]), told["topic"])
