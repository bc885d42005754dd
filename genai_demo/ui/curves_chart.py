"""A measured curve as an SVG drawing: points with error bars, joined by lines that carry their names."""

import dataclasses
import html
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 440, 260, 52, 86, 26, 42
"""In units of the drawing, which are pixels on a phone."""
LINE_HEIGHT = 15
CHART_CSS = """
svg.chart {width: 100%; height: auto; display: block; border-radius: 8px; background: var(--background-fill-secondary);
  --first: #0f766e; --second: #c2410c}
.dark & svg.chart {--first: #2dd4bf; --second: #fb923c}
svg.chart text {font-size: 12px; fill: var(--body-text-color-subdued); font-variant-numeric: tabular-nums}
svg.chart .grid {stroke: var(--border-color-primary); stroke-width: 1}
svg.chart polyline, svg.chart .bar {fill: none; stroke-width: 2; stroke: var(--ink)}
svg.chart .first {--ink: var(--first)}
svg.chart .second {--ink: var(--second)}
svg.chart .second polyline {stroke-dasharray: 6 4}
svg.chart text.name {fill: var(--ink); font-weight: 600}
svg.chart .dot {fill: var(--ink); stroke: var(--background-fill-secondary); stroke-width: 1}
svg.chart .second .dot {fill: var(--background-fill-secondary); stroke: var(--ink); stroke-width: 2}
svg.chart .point {cursor: pointer; outline: none}
svg.chart .reach {fill: transparent}
svg.chart .point:is(:hover, :focus, .on) .dot {stroke: var(--body-text-color); stroke-width: 3}
"""
STANDALONE = (
    "<style>svg{--first:#0f766e;--second:#c2410c;--border-color-primary:#d4d4d8;--body-text-color-subdued:#52525b;"
    "--background-fill-secondary:#fafafa;--body-text-color:#18181b;font-family:sans-serif;background:#fafafa}"
    "@media(prefers-color-scheme:dark){svg{--first:#2dd4bf;--second:#fb923c;--border-color-primary:#3f3f46;"
    "--body-text-color-subdued:#a1a1aa;--background-fill-secondary:#18181b;--body-text-color:#fafafa;"
    "background:#18181b}}{css}</style>"
)


@dataclass(frozen=True)
class Dot:
    """A point: its place, half the length of its error bar, and what is said of it."""

    x: float
    y: float
    spread: float
    words: str


@dataclass(frozen=True)
class Line:
    """Points that belong together. css: ``first`` or ``second``."""

    name: str
    css: str
    dots: Sequence[Dot]


def nice_steps(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers between the two (low < high), at most ``most``: 1, 2 or 5 times a power of ten apart."""
    size = 10 ** math.floor(math.log10((high - low) / most))
    width = next(size * m for m in (1, 2, 5, 10, 20) if (high - low) / (size * m) <= most - 1)
    first = math.ceil(low / width - 1e-9)
    return [float(f"{i * width:.12g}") for i in range(first, math.floor(high / width + 1e-9) + 1)]


def decimals(values: Sequence[float]) -> int:
    """Places after the point that tell neighbouring values apart."""
    gaps = [abs(b - a) for a, b in itertools.pairwise(values)] or [1.0]
    return max(0, -math.floor(math.log10(min(gaps)) + 1e-9))


def short(value: float) -> str:
    """A number of an axis: 300, 1k, 25k, 1.3M."""
    for size, mark in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.2g}{mark}" if value < 10 * size else f"{value / size:.0f}{mark}"
    return f"{value:.2g}" if value < 1 else f"{value:.3g}"


def spread_apart(places: list[float]) -> list[float]:
    """Heights of names that would overlap, moved apart, in the same order."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = list(places)
    for a, b in itertools.pairwise(order):
        moved[b] = max(moved[b], moved[a] + LINE_HEIGHT)
    return moved


def has_place(x: float, log: bool) -> bool:
    """Whether a value has a place on an axis: a logarithmic one has none for zero and below."""
    return x > 0 or not log


def chart(
    lines: Sequence[Line], title: str, x_label: str, y_label: str, *, log: bool, factor: float = 1.0,
    standalone: bool = False,
) -> str:  # fmt: skip
    """The drawing. factor: of the numbers at the upright axis. standalone: with colours of its own, for a file.

    A logarithmic axis has no place for zero and below: it leaves such points out, and the words below it should say
    so (``has_place``). Raises ValueError where there is no point that has a place.
    """
    lines = [dataclasses.replace(line, dots=[d for d in line.dots if has_place(d.x, log)]) for line in lines]
    lines = [line for line in lines if line.dots]
    dots = [dot for line in lines for dot in line.dots]
    if not dots:
        raise ValueError("A chart needs points, and a logarithmic axis positive ones.")
    scale = math.log if log else float
    x_low, x_high = (scale(f(dot.x for dot in dots)) for f in (min, max))
    low, high = min(d.y - d.spread for d in dots), max(d.y + d.spread for d in dots)
    flat = high - low <= 1e-9 * max(abs(high), abs(low))  # but for what rounding leaves of a difference
    margin = (0.05 * abs(high) or 0.5) if flat else 0.08 * (high - low)
    low, high = low - margin, high + margin

    def across(x: float) -> float:
        share = (scale(x) - x_low) / (x_high - x_low) if x_high > x_low else 0.5
        return LEFT + 12 + share * (WIDTH - LEFT - RIGHT - 24)

    def up(y: float) -> float:
        return TOP + (high - y) / (high - low) * (HEIGHT - TOP - BOTTOM)

    head = ' xmlns="http://www.w3.org/2000/svg"' if standalone else ""
    drawn = [
        f'<svg{head} class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{html.escape(title)}">',
        STANDALONE.replace("{css}", CHART_CSS.replace(".dark & svg", "svg.none")) if standalone else "",
        f'<text x="4" y="15">{html.escape(y_label)}</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{html.escape(x_label)}</text>',
    ]
    steps = nice_steps(low * factor, high * factor)
    for value in steps:
        y = up(value / factor)
        drawn.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{value:.{decimals(steps)}f}</text>')
    drawn += _ticks(sorted({dot.x for dot in dots}), across)
    names = spread_apart([up(line.dots[-1].y) + 4 for line in lines])
    for line, name in zip(lines, names, strict=True):
        path = " ".join(f"{across(d.x):.1f},{up(d.y):.1f}" for d in line.dots)
        drawn.append(f'<g class="{line.css}"><polyline points="{path}"/>')
        drawn += [_dot(d, across(d.x), up(d.y), up(d.y + d.spread), up(d.y - d.spread)) for d in line.dots]
        x = across(line.dots[-1].x) + 9
        drawn.append(f'<text class="name" x="{x:.1f}" y="{name:.1f}">{html.escape(line.name)}</text></g>')
    return "".join(drawn) + "</svg>"


def _ticks(values: list[float], across: Callable[[float], float]) -> list[str]:
    """Numbers below the axis, leaving out those without room."""
    found, free = [], -math.inf
    for value in values:
        x = across(value)
        words = short(value)
        half = 3.6 * len(words)
        if x - half > free:
            found.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 17}" text-anchor="middle">{words}</text>')
            free = x + half + 4
    return found


def _dot(dot: Dot, x: float, y: float, top: float, bottom: float) -> str:
    words = html.escape(dot.words)
    bar = ""
    if dot.spread > 0:
        caps = "".join(f"M{x - 4:.1f} {end:.1f}h8" for end in (top, bottom))
        bar = f'<path class="bar" d="M{x:.1f} {top:.1f}V{bottom:.1f}{caps}"/>'
    return (
        f'<g class="point" tabindex="0" role="img" aria-label="{words}"><title>{words}</title>{bar}'
        f'<circle class="reach" cx="{x:.1f}" cy="{y:.1f}" r="14"/>'
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/></g>'
    )
