"""What `wasl torture` is asked, and what it makes of it; no run is begun."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from wasl.cli import main


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would have been run, and where. Odd seeds end green."""
    found: list[Any] = []

    async def torture(asked: Any, folder: Path) -> Any:
        found[:] = [asked, folder, folder.is_dir()]
        return SimpleNamespace(page=f"# seed {asked.seed}", green=asked.seed % 2 == 1)

    module = ModuleType("wasl.torture.run")
    module.torture = torture  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wasl.torture.run", module)
    return found


def test_without_options_it_is_short_and_on_sqlite(begun: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["torture"]) == 0
    asked, folder, was_there = begun
    assert (asked.engine, asked.seed, asked.seconds, asked.webhooks, asked.rate) == ("sqlite", 1, 75.0, None, 40.0)
    assert capsys.readouterr().out == "# seed 1\n"
    assert was_there
    assert not folder.exists()


def test_what_is_not_green_ends_with_1(begun: list[Any]) -> None:
    assert main(["torture", "--seed", "2"]) == 1


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        (["--engine", "postgres"], 150.0),
        (["--webhooks", "1000"], 7200.0),
        (["--webhooks", "1000", "--seconds", "5"], 5.0),
        (["--seconds", "9.5", "--rate", "3"], 9.5),
    ],
)
def test_how_long_it_takes(begun: list[Any], options: list[str], seconds: float) -> None:
    assert main(["torture", *options]) == 0
    assert begun[0].seconds == seconds


def test_histories_and_the_certificate_can_be_kept(begun: list[Any], tmp_path: Path) -> None:
    kept, certificate = tmp_path / "new" / "kept", tmp_path / "certificate.md"
    assert main(["torture", "--keep", str(kept), "--certificate", str(certificate)]) == 0
    assert begun[1] == kept
    assert kept.is_dir()
    assert certificate.read_text() == "# seed 1\n"


@pytest.mark.parametrize("options", [["--engine", "oracle"], ["--seed", "x"], ["--seconds", "long"], ["--what"]])
def test_what_it_does_not_understand_begins_nothing(begun: list[Any], options: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["torture", *options])
    assert ended.value.code == 2
    assert begun == []
