"""Curves of a training as an SVG drawing."""

import html
from collections.abc import Sequence

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 220, 40, 24, 26
CURVES_CSS = """
svg {width: 100%; height: auto; display: block; background: var(--background-fill-secondary); border-radius: 8px;
  --first: #0f766e; --second: #ea580c}
.dark & svg {--first: #2dd4bf; --second: #fb923c}
svg text {font-size: 12px; fill: var(--body-text-color-subdued); font-variant-numeric: tabular-nums}
svg polyline {fill: none; stroke-width: 2; vector-effect: non-scaling-stroke}
svg .first {stroke: var(--first)}
svg .second {stroke: var(--second)}
svg text.first {fill: var(--first); stroke: none}
svg text.second {fill: var(--second); stroke: none}
@media (max-width: 640px) {svg text {font-size: 17px}}
svg line {stroke: var(--border-color-primary)}
"""
MOST = 300
"""Points of a line that are drawn."""


def curves(points: Sequence[tuple[float, float, float]], names: tuple[str, str], title: str) -> str:
    """Two lines over the steps. points: (step, first, second); empty ones give an empty frame."""
    points = [*points[:: max(1, len(points) // MOST)], *points[-1:]]
    values = [v for point in points for v in point[1:]]
    high, low = (max(values), min(values)) if values else (1.0, 0.0)
    low, high = min(low, 0.9 * high), max(high, low + 1e-3)
    last = (points[-1][0] if points else 0.0) or 1.0

    def place(step: float, value: float) -> str:
        x = LEFT + step / last * (WIDTH - LEFT - 10)
        return f"{x:.1f},{TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM):.1f}"

    drawn = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(title)}">']
    drawn.append(f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM}"/>')
    for i, (css, name) in enumerate(zip(("first", "second"), names, strict=True)):
        now = f" {points[-1][1 + i]:.2f}" if points else ""
        drawn.append(f'<text class="{css}" x="{LEFT + 260 * i}" y="16">{html.escape(name)}{now}</text>')
        line = " ".join(place(point[0], point[1 + i]) for point in points)
        drawn.append(f'<polyline class="{css}" points="{line}"/>')
    drawn.append(f'<text x="{WIDTH - 10}" y="{HEIGHT - 7}" text-anchor="end">{last:,.0f}</text>')
    for value in (high, low):
        y = place(0, value).split(",")[1]
        drawn.append(f'<text x="{LEFT - 4}" y="{y}" text-anchor="end">{value:.2f}</text>')
    return "".join(drawn) + "</svg>"
