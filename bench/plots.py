"""Which charts the document has, made of what runs have found. What was never measured has none."""

import re
from collections.abc import Callable, Iterator

from bench.acknowledgement import P99_MS_MAX
from bench.found import LABELS, Found
from bench.inbox import P50_MS_MAX
from bench.report import Figure, shown
from bench.restart import SILENCE_SECONDS_MAX
from bench.storm import WHOLE_SECONDS_MAX
from bench.svg import Axis, Bar, Bars, Chart, Limit, Point, Series

PEERS = {"SQLite": "bare", "PostgreSQL": "node"}
PEER_NAMES = {"bare": "bare endpoint", "node": "Node"}
PLACES = {"SQLite": 0, "PostgreSQL": 2, "bare": 4, "node": 1}
Charts = Iterator[tuple[str, Chart | Bars]]
_SHARE = re.compile(r"p([0-9.]+)$")


def charts_of(found: Found) -> list[tuple[str, Chart | Bars]]:
    """The charts of a part with the names of their files, without ending."""
    return list(_DRAWN[found.name](found)) if found.name in _DRAWN else []


# -- arriving ---------------------------------------------------------------------------------------------------------


def _arriving(found: Found) -> Charts:
    named = {
        ("SQLite", "bare endpoint"): ("bare Starlette endpoint (the limit)", PLACES["bare"]),
        ("SQLite", "Wasl"): ("webhooks acknowledged, SQLite", 0),
        ("PostgreSQL", "Node"): ("plain Node peer, PostgreSQL", PLACES["node"]),
        ("PostgreSQL", "Wasl "): ("webhooks acknowledged, PostgreSQL", 0),
    }
    bars = [
        Bar(group, name.strip(), figure.value, f"{shown(figure.value)}/s", place)
        for (group, name), (figure_name, place) in named.items()
        if (figure := found.figure(figure_name))
    ]
    if bars:
        tells = "; ".join(f"{bar.name} on {bar.group}: {bar.text}" for bar in bars)
        yield "arrive-rate", Bars("Webhooks acknowledged", tells, "webhooks per second, one core", bars)
    waits = list(_waits(found))
    if waits:
        tells = "; ".join(f"{bar.name}, {bar.group}: {bar.text}" for bar in waits)
        yield "arrive-wait", Bars("Acknowledgement at half of Wasl's rate", tells, "milliseconds until the 200", waits)
    series = [one for database in LABELS.values() for one in _by_pace(found, database)]
    if series:
        limit = Limit(P99_MS_MAX, f"limit {P99_MS_MAX:.0f} ms at half of the rate")
        x, y = Axis("webhooks per second", least=0), Axis("p99 until the 200 (ms)", logarithmic=True)
        yield "arrive-pace", Chart("Acknowledgement by rate", _lines_told(series, "/s", "ms"), x, y, series, [limit])


def _waits(found: Found) -> Iterator[Bar]:
    for share in ("p50", "p99", "p99.9"):
        for database in LABELS.values():
            figure = found.figure(f"acknowledgement at half rate, {database}, p99")
            older = found.figure(f"acknowledgement at half rate, {database}, {share}")
            value = figure.beside.get(share) if figure else None
            value = older.value if value is None and older else value
            if value is not None:
                yield Bar(f"{share}, {database}", "Wasl", value, f"{shown(value)} ms", 0)
            peer = PEERS[database]
            if figure and f"{peer} {share}" in figure.beside:
                theirs = figure.beside[f"{peer} {share}"]
                yield Bar(f"{share}, {database}", PEER_NAMES[peer], theirs, f"{shown(theirs)} ms", PLACES[peer])


def _by_pace(found: Found, database: str) -> Iterator[Series]:
    figures = [
        figure
        for name, figure in found.figures.items()
        if name.startswith("acknowledgement at")
        and name.endswith(f", {database}, p99")
        and "per second" in figure.beside
    ]
    figures.sort(key=lambda figure: figure.beside["per second"])
    peer = PEERS[database]
    for name, key, place in (
        (f"Wasl, {database}", "p99", PLACES[database]),
        (f"{PEER_NAMES[peer]} beside it", f"{peer} p99", PLACES[peer]),
    ):
        points = [(one.beside["per second"], one.beside[key]) for one in figures if key in one.beside]
        if len(points) > 1:
            yield Series(name, points, place, dashed=key != "p99")


# -- a crowd, a storm, a restart --------------------------------------------------------------------------------------


def _crowd(found: Found) -> Charts:
    pattern = re.compile(r"(Wasl|nchan), ([0-9,]+) streams, 16 messages ahead(, p99)?$")
    points: dict[tuple[str, bool], list[Point]] = {}
    for name, figure in found.figures.items():
        if match := pattern.match(name):
            place = (match[1], bool(match[3]))
            points.setdefault(place, []).append((int(match[2].replace(",", "")), figure.value))
    for waits, file, title, label in (
        (False, "crowd-deliveries", "As fast as it goes: deliveries", "deliveries per second"),
        (True, "crowd-wait", "As fast as it goes: from the message to each stream", "p99 (ms)"),
    ):
        series = [
            Series(who, sorted(points[who, waits]), place)
            for who, place in (("Wasl", 0), ("nchan", 1))
            if (who, waits) in points
        ]
        if series:
            x, unit = Axis("open streams of one account", logarithmic=True), " ms" if waits else "/s"
            y = Axis(label, logarithmic=waits, least=None if waits else 0)
            yield file, Chart(title, _lines_told(series, " streams", unit.strip()), x, y, series)


def _storm(found: Found) -> Charts:
    series = []
    for name, figure in found.figures.items():
        if name.endswith(": all whole again"):
            points = _shares(figure)
            if points:
                series.append(Series(name.removesuffix(": all whole again"), points, dashed="PostgreSQL" in name))
    if series:
        limit = Limit(WHOLE_SECONDS_MAX, f"limit {WHOLE_SECONDS_MAX:.0f} s", upright=True)
        x, y = Axis("seconds since the loss", least=0), Axis("dashboards that are whole again (%)", least=0, most=100)
        yield "storm", Chart("Everybody comes back", _lines_told(series, " s", "%"), x, y, series, [limit])


def _restart(found: Found) -> Charts:
    figure = found.figure("longest time of a dashboard without a stream")
    points = _shares(figure) if figure else []
    if points:
        limit = Limit(SILENCE_SECONDS_MAX, f"limit {SILENCE_SECONDS_MAX:.0f} s", upright=True)
        series = [Series("dashboards, each of their silences", points, 0)]
        x, y = Axis("seconds without a stream", least=0), Axis("silences as short as that (%)", least=0, most=100)
        title = "A rolling restart of three nodes"
        yield "restart-silence", Chart(title, _lines_told(series, " s", "%"), x, y, series, [limit])


def _shares(figure: Figure) -> list[Point]:
    """What `percentiles` wrote, as (value, per cent)."""
    found = [(value, float(match[1])) for name, value in figure.beside.items() if (match := _SHARE.match(name))]
    return sorted(found, key=lambda point: (point[1], point[0]))


# -- the inbox, and growth --------------------------------------------------------------------------------------------


def _inbox(found: Found) -> Charts:
    for database in LABELS.values():
        series = []
        for name, figure in found.figures.items():
            if name.endswith(f", {database}, p50") and figure.beside:
                points = [(int(key[7:]), ms) for key, ms in figure.beside.items() if key.startswith("p50 of ")]
                largest = int(found.runs[0]["machine"].get("conversations", 0))
                if largest not in [size for size, _ in points]:  # Older files name the smaller one alone.
                    points.append((largest, figure.value))
                series.append(Series(name.removesuffix(f", {database}, p50"), sorted(points)))
        if series:
            limit = Limit(P50_MS_MAX, f"limit {P50_MS_MAX:.0f} ms")
            x, y = Axis("conversations, with five messages each", logarithmic=True), Axis("p50 (ms)", least=0)
            title = f"The inbox at any size, {database}"
            tells = _lines_told(series, " conversations", "ms")
            yield f"inbox-{database.lower()}", Chart(title, tells, x, y, series, [limit])


def _growth(found: Found) -> Charts:
    for what, file, title in (
        ("processor time of a message (µs)", "growth-processor", "What a message costs the processor"),
        ("written for a message (KiB)", "growth-written", "What a message writes"),
    ):
        series = []
        for place, direction in enumerate(("messages", "conversations", "accounts", "dashboards")):
            for database in LABELS.values():
                figure = found.figure(f"{what} by {direction}, {database}: exponent")
                if figure:
                    points = [(float(size), value) for size, value in figure.beside.items() if size != "0"]
                    name = f"{direction}, {database}: n^{round(figure.value, 2) + 0.0:.2f}"
                    series.append(Series(name, points, place, dashed=database == "PostgreSQL"))
        if series:
            x = Axis("how many there are (n)", logarithmic=True)
            y = Axis(what, logarithmic=True)
            yield file, Chart(title, _lines_told(series, "", what.partition("(")[2].strip(")")), x, y, series)


def _lines_told(series: list[Series], x_unit: str, y_unit: str) -> str:
    """Each line by its ends."""
    ends = [
        f"{one.name}: {shown(one.points[0][1])} {y_unit} at {shown(one.points[0][0])}{x_unit},"
        f" {shown(one.points[-1][1])} {y_unit} at {shown(one.points[-1][0])}{x_unit}"
        for one in series
    ]
    return "; ".join(ends)


_DRAWN: dict[str, Callable[[Found], Charts]] = {
    "arrive": _arriving,
    "crowd": _crowd,
    "storm": _storm,
    "restart": _restart,
    "inbox": _inbox,
    "growth": _growth,
}
