"""What the benchmark tells people: runs that are merged rightly, charts that can be read, time that is kept."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from bench.document import NAMES, document
from bench.found import found
from bench.growth import exponent
from bench.parts import PARTS, chosen, is_quick
from bench.report import Figure, percentiles
from bench.svg import Axis, Bar, Bars, Chart, Limit, Series

SVG = "{http://www.w3.org/2000/svg}"


def run(name: str, at: str, *figures: Figure, quick: bool = False, **more: Any) -> dict[str, Any]:
    """A result as a run writes it."""
    machine = {"processor": "a processor", "commit": "0123456789"}
    figured = [asdict(figure) for figure in figures]
    return {"name": name, "quick": quick, "at": at, "machine": machine, "figures": figured, **more}


def write(folder: Path, *runs: dict[str, Any]) -> None:
    for place, one in enumerate(runs):
        (folder / f"2026-11-2{place}-{one['name']}.json").write_text(json.dumps(one), encoding="utf-8")


def test_the_newest_whole_run_counts_and_others_fill_in_its_databases(tmp_path: Path) -> None:
    older = run(
        "storm", "2026-11-20T10:00:00Z", Figure("cut, SQLite: all", 9, "s"), Figure("cut, PostgreSQL: all", 8, "s")
    )
    newer = run("storm", "2026-11-21T10:00:00Z", Figure("cut, SQLite: all", 4, "s", kept=True))
    short = run("storm", "2026-11-22T10:00:00Z", Figure("cut, SQLite: all", 1, "s"), quick=True)
    write(tmp_path, older, newer, short)
    storm = found("storm", tmp_path)
    assert storm is not None
    assert {name: figure.value for name, figure in storm.figures.items()} == {
        "cut, SQLite: all": 4,
        "cut, PostgreSQL: all": 8,
    }
    assert [told[:17] for told in storm.told()] == ["Run of 2026-11-21", "Run of 2026-11-20"]
    assert found("crowd", tmp_path) is None


def test_a_busy_machine_is_told(tmp_path: Path) -> None:
    load = {"others_percent_of_cores": 40, "average_of_a_minute": 3.0, "busy": True}
    write(tmp_path, run("weight", "2026-11-20T10:00:00Z", Figure("a message", 1, "B"), quick=True, load=load))
    weight = found("weight", tmp_path)
    assert weight is not None
    [told] = weight.told()
    assert told.startswith("A short look of 2026-11-20, version 0123456789, on a processor")
    assert "busy machine: others used 40 %" in told


def test_the_page_is_written_anew_from_what_is_there(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    names = ("figures", *NAMES)
    page.write_text("".join(f"# {name}\n<!-- {name} -->\nold\n<!-- /{name} -->\n" for name in names), encoding="utf-8")
    written = document(page, tmp_path / "plots")
    text = page.read_text(encoding="utf-8")
    assert document(page, tmp_path / "plots") == written
    assert page.read_text(encoding="utf-8") == text
    for name in written[1:]:
        assert f"]({name})" in text
        assert ElementTree.parse(tmp_path / name).getroot().tag == f"{SVG}svg"
    assert len(written) > 1


@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("values", [(5.0, 5.0), (0.001, 3e6), (7.0, 11.0), (1.0, 10.0)])
def test_lines_lie_inside_their_axes(logarithmic: bool, values: tuple[float, float]) -> None:
    points = [(value, value) for value in values]
    axis = Axis("somethings <per> second & more", logarithmic)
    limits = [Limit(values[0], "limit"), Limit(values[1], "limit", upright=True)]
    drawn = Chart(
        "A title", "What it tells", axis, axis, [Series(f"series {n}", points) for n in range(9)], limits
    ).svg()
    root = ElementTree.fromstring(drawn)
    assert [root.findtext(f"{SVG}{name}") for name in ("title", "desc")] == ["A title", "What it tells"]
    for circle in root.iter(f"{SVG}circle"):
        assert 84 <= float(circle.attrib["cx"]) <= 740
        assert 50 <= float(circle.attrib["cy"]) <= 342
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts.count("somethings <per> second & more") == 2
    assert {f"series {n}" for n in range(9)} <= set(texts)
    assert "prefers-color-scheme: dark" in drawn


def test_bars_are_as_long_as_their_values() -> None:
    bars = [Bar("SQLite", "bare", 200.0, "200/s", 4), Bar("SQLite", "Wasl", 50.0, "50/s", 0)]
    root = ElementTree.fromstring(Bars("A title", "What it tells", "per second", bars).svg())
    widths = [float(bar.attrib["width"]) for bar in root.iter(f"{SVG}rect") if bar.attrib["class"] != "back"]
    assert widths[0] == pytest.approx(4 * widths[1], rel=0.01)


def test_an_exponent_is_the_slope_between_logarithms() -> None:
    assert exponent({1: 3.0, 10: 30.0, 100: 300.0}) == pytest.approx(1)
    assert exponent({0: 1.0, 1_000: 7.0, 10_000: 7.0}) == pytest.approx(0)
    assert percentiles([1.0, 2.0, 3.0, 4.0], (0.5, 1.0), 1000) == {"p50": 2000, "p100": 4000}


def test_a_budget_is_spent_on_whole_parts_while_short_looks_are_left_for_the_rest() -> None:
    enough = sum(part.minutes for part in PARTS)
    assert is_quick(PARTS[0], PARTS[1:], enough) is False
    assert is_quick(PARTS[0], PARTS[1:], sum(part.minutes_quick for part in PARTS)) is True
    assert is_quick(PARTS[0], PARTS[1:], PARTS[0].minutes_quick / 2) is None
    assert [part.name for part in chosen(["storm", "arrive", "storm"])] == ["storm", "arrive"]
    assert chosen(["all"]) == list(PARTS)
    with pytest.raises(ValueError, match="strom"):
        chosen(["strom"])
