"""Every planted fault still fits the program: the kit itself runs against them with bin/test-mutants."""

import ast
from pathlib import Path

import pytest

from mutants.catalogue import MUTANTS
from mutants.mutant import Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_fault_can_be_planted(mutant: Mutant, tmp_path: Path) -> None:
    copy = mutant.plant(tmp_path)
    for edit in mutant.edits:
        text = (copy / "wasl" / edit.path).read_text(encoding="utf-8")
        assert edit.new in text
        if edit.path.endswith(".py"):
            ast.parse(text)


def test_names_are_told_apart() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(names) == len(set(names)) >= 18
