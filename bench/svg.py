"""Charts as SVG, by hand: lines or bars, axes with units, a legend. They are readable on a light and on a dark page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 84, 20, 50, 58
LEGEND_ROW = 20
LETTER_WIDTH = 6.6
"""Of the small text, near enough to know where the next word of a legend may stand."""
TICKS_WANTED = 6
FEW_DECADES = 2
_STYLE = """
text { font: 12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; fill: #3b424c; }
.title { font-size: 15px; font-weight: 600; fill: #14181d; }
.value { font-size: 11px; }
.back { fill: #ffffff; } .grid { stroke: #e4e7eb; } .axis { stroke: #8b939e; }
.limit { stroke: #c62828; stroke-dasharray: 7 5; fill: none; stroke-width: 1.5; }
text.limit { fill: #c62828; stroke: #ffffff; stroke-width: 4; stroke-dasharray: none; paint-order: stroke; }
.s0 { stroke: #0f7b6c; fill: #0f7b6c; } .s1 { stroke: #b45309; fill: #b45309; } .s2 { stroke: #4f5bd5; fill: #4f5bd5; }
.s3 { stroke: #a3246e; fill: #a3246e; } .s4 { stroke: #6b7280; fill: #6b7280; } .s5 { stroke: #0369a1; fill: #0369a1; }
.s6 { stroke: #65810a; fill: #65810a; } .s7 { stroke: #7c3aed; fill: #7c3aed; } .s8 { stroke: #be5b5b; fill: #be5b5b; }
.line { fill: none; stroke-width: 2.2; } .thin { fill: none; stroke-width: 1.6; stroke-dasharray: 5 4; }
@media (prefers-color-scheme: dark) {
text { fill: #b9c1cb; } .title { fill: #f0f3f6; } .back { fill: #0d1117; } .grid { stroke: #262c36; }
.axis { stroke: #6e7681; } .limit { stroke: #ff8a80; } text.limit { fill: #ff8a80; stroke: #0d1117; }
.s0 { stroke: #3ecfb6; fill: #3ecfb6; } .s1 { stroke: #f0a848; fill: #f0a848; } .s2 { stroke: #93a0ff; fill: #93a0ff; }
.s3 { stroke: #f285c1; fill: #f285c1; } .s4 { stroke: #aab2bd; fill: #aab2bd; } .s5 { stroke: #5cbcf5; fill: #5cbcf5; }
.s6 { stroke: #b9d64a; fill: #b9d64a; } .s7 { stroke: #c4a2ff; fill: #c4a2ff; } .s8 { stroke: #ff9e9e; fill: #ff9e9e; }
.line, .thin { fill: none; }
}
"""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """What is measured along a side, in its unit. A logarithmic one has no zero."""

    label: str
    logarithmic: bool = False
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a chart. The `place` in the palette may be given, so that two charts use one colour for one thing."""

    name: str
    points: Sequence[Point]
    place: int | None = None
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with what is written at its end. Those of one group have one name at the axis."""

    group: str
    name: str
    value: float
    text: str
    place: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A value that should not be passed, drawn across."""

    value: float
    name: str
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over two axes. `tells` is what somebody hears who cannot see it."""

    title: str
    tells: str
    x: Axis
    y: Axis
    series: Sequence[Series]
    limits: Sequence[Limit] = ()

    def svg(self) -> str:
        """The whole file."""
        legend = _legend([(one.name, _place(one, at), one.dashed) for at, one in enumerate(self.series)])
        top = TOP + legend.height
        xs = [x for one in self.series for x, _ in one.points] + [one.value for one in self.limits if one.upright]
        ys = [y for one in self.series for _, y in one.points] + [one.value for one in self.limits if not one.upright]
        across = _Scale.of(self.x, xs, LEFT, WIDTH - RIGHT)
        up = _Scale.of(self.y, ys, HEIGHT - BOTTOM, top)
        parts = [*_grid(across, up, top), *legend.parts]
        for at, one in enumerate(self.series):
            parts += _line(one, _place(one, at), across, up)
        parts += [_limit(one, across, up, top) for one in self.limits]
        parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, self.x.label, anchor="middle"))
        parts.append(_sideways(self.y.label, (top + HEIGHT - BOTTOM) / 2))
        return _file(self.title, self.tells, HEIGHT, parts)


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars that lie, in groups, from zero."""

    title: str
    tells: str
    label: str
    bars: Sequence[Bar]

    def svg(self) -> str:
        """The whole file."""
        names = dict.fromkeys((bar.name, bar.place, False) for bar in self.bars)
        legend = _legend(list(names))
        top, high, gap = TOP + legend.height, 22, 14
        left = 30 + max(len(bar.group) for bar in self.bars) * LETTER_WIDTH
        across = _Scale.of(Axis("", least=0), [bar.value for bar in self.bars], left, WIDTH - 110)
        parts, at, group = list(legend.parts), float(top), ""
        for bar in self.bars:
            if bar.group != group:
                at += gap if group else 0
                group = bar.group
                count = sum(other.group == group for other in self.bars)
                parts.append(_text(left - 10, at + count * high / 2 + 4, group, anchor="end"))
            width = max(1.0, across.at(bar.value) - left)
            parts.append(
                f'<rect class="s{bar.place}" x="{left:.1f}" y="{at + 2:.1f}" width="{width:.1f}" height="{high - 4}"/>'
            )
            parts.append(_text(left + width + 6, at + high / 2 + 4, bar.text, kind="value"))
            at += high
        parts.append(f'<line class="axis" x1="{left:.1f}" x2="{left:.1f}" y1="{top}" y2="{at:.1f}"/>')
        parts.append(_text((left + WIDTH - RIGHT) / 2, at + 26, self.label, anchor="middle"))
        return _file(self.title, self.tells, at + 40, parts)


# -- pieces -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places along one side."""

    least: float
    most: float
    begins: float
    ends: float
    logarithmic: bool
    ticks: Sequence[float]

    @classmethod
    def of(cls, axis: Axis, values: Sequence[float], begins: float, ends: float) -> "_Scale":
        least = min(values) if axis.least is None else axis.least
        most = max(values) if axis.most is None else axis.most
        if axis.logarithmic:
            least, most = max(least, 1e-9), max(most, 1e-9)
            ticks = _decades(least, most)
            return cls(ticks[0], ticks[-1], begins, ends, True, ticks)
        step = _step((most - least) or 1.0)
        low = floor(least / step + 1e-9) * step
        high = max(ceil(most / step - 1e-9) * step, low + step)
        return cls(
            low, high, begins, ends, False, [low + place * step for place in range(round((high - low) / step) + 1)]
        )

    def at(self, value: float) -> float:
        if self.logarithmic:
            share = (log10(max(value, self.least)) - log10(self.least)) / (log10(self.most) - log10(self.least))
        else:
            share = (value - self.least) / (self.most - self.least)
        return self.begins + share * (self.ends - self.begins)


def _decades(least: float, most: float) -> list[float]:
    """The powers of ten around some values; with steps between them where they would be few."""
    low, high = floor(log10(least) + 1e-9), ceil(log10(most) - 1e-9)
    high = max(high, low + 1)
    steps = (1, 2, 5) if high - low <= FEW_DECADES else (1,)
    ticks = [float(f"{step}e{power}") for power in range(low, high) for step in steps] + [float(f"1e{high}")]
    first = max(place for place, tick in enumerate(ticks) if tick <= least * 1.001)
    last = min(place for place, tick in enumerate(ticks) if tick >= most * 0.999)
    return ticks[first : max(last, first + 1) + 1]


def _step(range_: float) -> float:
    raw = range_ / TICKS_WANTED
    power = 10.0 ** floor(log10(raw))
    return next(power * times for times in (1, 2, 2.5, 5, 10) if power * times >= raw * 0.999)


@dataclass(slots=True)
class _Legend:
    parts: list[str] = field(default_factory=list)
    height: int = 0


def _legend(entries: Sequence[tuple[str, int, bool]]) -> _Legend:
    """Names with their colours, in as many rows as they need."""
    made, x, y = _Legend(height=LEGEND_ROW), float(LEFT), TOP - 4
    for name, place, dashed in entries:
        width = 34 + len(name) * LETTER_WIDTH
        if x + width > WIDTH - RIGHT and x > LEFT:
            x, y = float(LEFT), y + LEGEND_ROW
            made.height += LEGEND_ROW
        kind = "thin" if dashed else "line"
        made.parts.append(f'<line class="s{place} {kind}" x1="{x:.1f}" x2="{x + 22:.1f}" y1="{y}" y2="{y}"/>')
        made.parts.append(_text(x + 28, y + 4, name))
        x += width + 10
    return made


def _grid(across: _Scale, up: _Scale, top: float) -> list[str]:
    parts = []
    for tick in up.ticks:
        y = up.at(tick)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(LEFT - 8, y + 4, _number(tick), anchor="end"))
    for tick in across.ticks:
        x = across.at(tick)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(_text(x, HEIGHT - BOTTOM + 18, _number(tick), anchor="middle"))
    floor_y, wall_x = HEIGHT - BOTTOM, LEFT
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{floor_y}" y2="{floor_y}"/>')
    parts.append(f'<line class="axis" x1="{wall_x}" x2="{wall_x}" y1="{top}" y2="{floor_y}"/>')
    return parts


def _line(one: Series, place: int, across: _Scale, up: _Scale) -> list[str]:
    path = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in one.points)
    parts = [f'<polyline class="s{place} {"thin" if one.dashed else "line"}" points="{path}"/>']
    parts += [f'<circle class="s{place}" cx="{across.at(x):.1f}" cy="{up.at(y):.1f}" r="3"/>' for x, y in one.points]
    return parts


def _limit(limit: Limit, across: _Scale, up: _Scale, top: float) -> str:
    if limit.upright:
        x = across.at(limit.value)
        line = f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{HEIGHT - BOTTOM}"/>'
        return line + _text(x - 6, HEIGHT - BOTTOM - 10, limit.name, kind="limit", anchor="end")
    y = up.at(limit.value)
    line = f'<line class="limit" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return line + _text(WIDTH - RIGHT - 4, y - 6, limit.name, kind="limit", anchor="end")


def _text(x: float, y: float, text: str, *, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _sideways(text: str, y: float) -> str:
    return f'<text transform="translate(16 {y:.1f}) rotate(-90)" text-anchor="middle">{escape(text)}</text>'


def _place(one: Series, at: int) -> int:
    return at if one.place is None else one.place


def _number(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g} M"
    return f"{value:,.0f}" if value >= 1_000 else f"{round(value, 6):g}"


def _file(title: str, tells: str, height: float, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}"'
        f' height="{height:.0f}" role="img" aria-labelledby="title tells">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="tells">{escape(tells)}</desc>\n<style>{_STYLE}</style>\n'
        f'<rect class="back" width="{WIDTH}" height="{height:.0f}" rx="6"/>'
    )
    return "\n".join([head, _text(LEFT, 26, title, kind="title"), *parts, "</svg>\n"])
