"""docs/performance.md: its one table and its plots, made anew from bench/results."""

import re
from pathlib import Path

from bench.found import Found, found
from bench.machine import ROOT
from bench.plots import charts_of
from bench.report import HEADINGS, Figure, row_of

DOCUMENT = ROOT / "docs" / "performance.md"
PLOTS = ROOT / "docs" / "plots"
NAMES = ("arrive", "crowd", "storm", "restart", "inbox", "growth", "weight", "send", "assistant")


def document(page: Path = DOCUMENT, plots: Path = PLOTS) -> list[str]:
    """Write the table, the plots, and from which runs they are; the names of the files that were written."""
    parts = [part for name in NAMES if (part := found(name)) is not None]
    text, written = page.read_text(encoding="utf-8"), [page.name]
    text = _between(text, "figures", _table(parts))
    plots.mkdir(exist_ok=True)
    for outdated in plots.glob("*.svg"):
        outdated.unlink()
    for part in parts:
        shown = []
        for name, chart in charts_of(part):
            (plots / f"{name}.svg").write_text(chart.svg(), encoding="utf-8")
            written.append(f"plots/{name}.svg")
            shown.append(f"![{_alternative(f'{chart.title}. {chart.tells}.')}](plots/{name}.svg)")
        if not any(figure.kept is not None for figure in part.figures.values()):
            shown.append(_lines([row_of(figure) for figure in part.figures.values()]))
        text = _between(text, part.name, "\n\n".join([*shown, *part.told()]))
    page.write_text(text, encoding="utf-8")
    return written


def _table(parts: list[Found]) -> str:
    """Every figure that has a bound, part by part."""
    bounded = [(part.name, figure) for part in parts for figure in part.figures.values() if figure.kept is not None]
    missed = sum(figure.kept is False for _, figure in bounded)
    rows = [(f"`{name}`", *_told(figure)) for name, figure in bounded]
    head = f"{len(bounded)} figures have a bound; {len(bounded) - missed} keep it and {missed} miss it."
    return f"{head}\n\n{_lines(rows, ('part', *HEADINGS))}"


def _told(figure: Figure) -> tuple[str, ...]:
    name, value, against, ratio, verdict = row_of(figure)
    return name, value, against, ratio, f"**{verdict}**" if figure.kept is False else verdict


def _lines(rows: list[tuple[str, ...]], headings: tuple[str, ...] = HEADINGS) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, ("---",) * len(headings), *rows))


def _between(text: str, name: str, content: str) -> str:
    """Put it between the marks of that name. Raises ValueError when the page has none."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not marks.search(text):
        raise ValueError(f"docs/performance.md has no marks for {name}")
    return marks.sub(lambda match: f"{match[1]}\n{content}\n\n{match[2]}", text)


def _alternative(text: str) -> str:
    """As the alternative text of a picture, in which brackets have another meaning."""
    return text.replace("[", "(").replace("]", ")")
