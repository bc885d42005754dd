"""Small charts of the model cards: how samples spread over groups, how well groups are repaired."""

import html
from collections.abc import Iterator
from typing import Any

from genai_demo.ui.strings import say

CHARTS_CSS = """
.chart {display: grid; grid-template-columns: minmax(90px, 32%) 1fr auto; gap: 2px 8px; font-size: .8rem;
  align-items: center; margin: 2px 0 8px; font-variant-numeric: tabular-nums}
.chart b {font-weight: 600; grid-column: 1 / -1}
.bars {display: grid; gap: 2px}
.bars i {display: block; height: 7px; border-radius: 3px; background: var(--color-accent); min-width: 1px}
.bars i.real {background: var(--body-text-color-subdued); opacity: .55}
.zero {position: relative; height: 14px; background: linear-gradient(var(--border-color-primary) 0 0) center / 1px 100%
  no-repeat}
.zero i {position: absolute; top: 5px; height: 4px; border-radius: 2px; background: var(--color-accent)}
.zero i.sure {background: #b4690e}
"""


def charts(fairness: dict[str, Any], language: str) -> str:
    """The charts of a card's entry "fairness"; empty where it holds none."""
    return "".join([*_spreads(fairness, language), *_qualities(fairness, language)])


def _spreads(fairness: dict[str, Any], language: str) -> Iterator[str]:
    for key, found in fairness.items():
        if not key.startswith("truncation_") or not isinstance(found, dict):
            continue
        yield f"<p>{html.escape(say('cards.spread', language, truncation=key.removeprefix('truncation_')))}</p>"
        for name, group in found.items():
            yield _spread(name, group, language)


def _spread(name: str, group: dict[str, Any], language: str) -> str:
    distance = say(
        "cards.distance", language, distance=group["total_variation"], chance=group["distance_by_chance"]
    )  # fmt: skip
    rows = [f"<b>{html.escape(name)} · {html.escape(distance)}</b>"]
    for label, share in group["share"].items():
        real, (low, high) = group["training_share"][label], group["interval"][label]
        spoken = f"{share:.0%}, {real:.0%}"
        rows.append(
            f"<span>{html.escape(label)}</span>"
            f'<span class="bars" role="img" aria-label="{spoken}"><i style="width:{100 * share:.1f}%"></i>'
            f'<i class="real" style="width:{100 * real:.1f}%"></i></span>'
            f'<span title="{low:.1%} – {high:.1%}">{share:.0%} / {real:.0%}</span>'
        )
    return f'<div class="chart">{"".join(rows)}</div>'


def _qualities(fairness: dict[str, Any], language: str) -> Iterator[str]:
    for problem, found in fairness.items():
        parts = list(found.values()) if isinstance(found, dict) else []
        rows = [(n, v["psnr"]) for group in parts if isinstance(group, dict) for n, v in _measured(group)]
        if not rows:
            continue
        yield f"<p>{html.escape(say('cards.quality', language, problem=problem))}</p>"
        most = max(0.5, *(abs(edge) for _, v in rows for edge in v["interval"]))
        yield f'<div class="chart">{"".join(_difference(n, v, most) for n, v in rows)}</div>'


def _measured(group: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, measures in group.items():
        if isinstance(measures, dict) and "psnr" in measures and "above_others" in measures["psnr"]:
            yield name, measures


def _difference(name: str, values: dict[str, Any], most: float) -> str:
    """An interval as a line around zero; one that leaves zero out has another colour."""
    low, high = values["interval"]
    left, width = 50 + 50 * low / most, 50 * (high - low) / most
    sure = " sure" if low > 0 or high < 0 else ""
    words = f"{values['above_others']:+.2f} dB"
    return (
        f"<span>{html.escape(name)}</span>"
        f'<span class="zero" role="img" aria-label="{low:+.2f} – {high:+.2f} dB">'
        f'<i class="{sure.strip()}" style="left:{left:.1f}%;width:{max(1.0, width):.1f}%"></i></span>'
        f'<span title="{low:+.2f} – {high:+.2f}">{words}</span>'
    )
