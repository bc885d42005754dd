"""Pictures of a search, as HTML: curves of the trials, parallel coordinates, the gap of overfitting, a table.

Lines are drawn by SVG that stretches with its box; words lie beside it in HTML, so they are as large on a phone.
"""

import html
import math
from collections.abc import Callable, Sequence

from genai_demo.core.halving import Knob
from genai_demo.lab.characters import Point
from genai_demo.lab.search import KNOBS, LabSearch, Trial
from genai_demo.ui.strings import say

CSS = """
.search {--pruned: #94a3b8; --finished: #2563eb; --winner: #ea580c; --gap: #ea580c}
.dark & .search {--pruned: #64748b; --finished: #60a5fa; --winner: #fb923c; --gap: #fb923c}
.search figure {margin: 0}
.search .box {position: relative; height: 230px; margin: 6px 0 0 38px; background: var(--background-fill-secondary);
  border-radius: 8px}
.search .box.axes {margin: 24px 34px 26px 34px; border-radius: 0; background: none}
.search svg {position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible}
.search polyline {fill: none; stroke-width: 1.6; vector-effect: non-scaling-stroke}
.search polygon {fill: var(--gap); opacity: .25}
.search line {stroke: var(--border-color-primary); vector-effect: non-scaling-stroke}
.search line.rung, .search line.best {stroke-dasharray: 4 3; stroke: var(--body-text-color-subdued)}
.search .pruned {stroke: var(--pruned)}
.search .running {stroke: var(--color-accent); stroke-width: 2.4}
.search .finished {stroke: var(--finished)}
.search .won {stroke: var(--winner); stroke-width: 3}
.search .train {stroke: var(--finished); stroke-width: 2.2}
.search .held {stroke: var(--winner); stroke-width: 2.2}
.search .box span {position: absolute; font-size: .74rem; line-height: 1; color: var(--body-text-color-subdued);
  font-variant-numeric: tabular-nums; white-space: nowrap}
.search .box span.y {right: calc(100% + 5px); transform: translateY(-50%)}
.search .box span.x {top: calc(100% + 5px); transform: translateX(-50%)}
.search .axes span {transform: translateX(-50%)}
.search .axes span.top {bottom: calc(100% + 4px)}
.search .axes span.low {top: calc(100% + 4px)}
.search .axes span.name {top: calc(100% + 18px); color: var(--body-text-color); font-weight: 600}
.search figcaption {font-size: .8rem; color: var(--body-text-color-subdued); padding-top: 24px}
.search .axes + figcaption {padding-top: 16px}
.search figcaption i {display: inline-block; width: 18px; height: 0; border-top: 3px solid; margin: 0 4px 3px 10px;
  vertical-align: middle}
.search figcaption b {font-weight: inherit; white-space: nowrap}
.search .wide {overflow-x: auto}
.search table {width: 100%; border-collapse: collapse; font-size: .82rem; font-variant-numeric: tabular-nums}
.search th, .search td {padding: 3px 6px; text-align: right; border-bottom: 1px solid var(--border-color-primary);
  white-space: nowrap}
.search th:first-child, .search td:first-child, .search td:last-child, .search th:last-child {text-align: left}
.search tr.faint td {color: var(--body-text-color-subdued)}
.search tr.won td {font-weight: 650}
"""
ORDER = ("pruned", "finished", "running", "won")
"""What is drawn last lies on top."""


def kind_of(search: LabSearch, trial: Trial) -> str:
    """One of ORDER."""
    won = search.winner is not None and trial.number == search.winner.number
    return "won" if won else trial.state


def trial_curves(search: LabSearch | None, language: str) -> str:
    """Held-out loss of every trial over the steps, on a logarithmic axis of steps; the ends of the rungs are marked."""
    title = say("optimise.curves", language)
    drawn = [(kind_of(search, t), t.points) for t in search.trials] if search else []
    if search and search.winner:
        drawn.append(("won", search.winner.points))
    drawn = [(kind, points) for kind, points in drawn if points]
    ladder = search.plan.ladder if search else [20, 60, 180]
    first, last = 5, max([ladder[-1], *(points[-1].step for _, points in drawn)])
    low, high = _range([p.held_out for _, points in drawn for p in points])

    def x(step: float) -> float:
        return 100 * math.log(step / first) / math.log(last / first)

    def line(kind: str, points: Sequence[Point]) -> str:
        return _line(kind, [(x(p.step), _y(p.held_out, low, high)) for p in points])

    drawn.sort(key=lambda pair: ORDER.index(pair[0]))
    marks = "".join(f'<line class="rung" x1="{x(s):.1f}" x2="{x(s):.1f}" y1="0" y2="100"/>' for s in ladder)
    words = "".join(f'<span class="x" style="left:{x(s):.1f}%">{s}</span>' for s in sorted({*ladder, last}))
    picture = _svg(title, marks + "".join(line(*pair) for pair in drawn))
    legend = "".join(
        f'<b><i style="border-color:var(--{colour})"></i>{say(f"optimise.{kind}", language)}</b> '
        for kind, colour in zip(ORDER, ("pruned", "finished", "color-accent", "winner"), strict=True)
    )
    return _figure(f'<div class="box">{picture}{_heights(low, high)}{words}</div>', title + legend)


def parallel(search: LabSearch | None, language: str) -> str:
    """Parallel coordinates: an axis for every setting and one for the score, a line for every trial."""
    title = say("optimise.parallel", language)
    trials = [t for t in search.trials if math.isfinite(t.score)] if search else []
    low, high = _range([t.score for t in trials])
    places = [100 * i / len(KNOBS) for i in range(len(KNOBS) + 1)]

    def line(trial: Trial) -> str:
        heights = [100 - 100 * _share(k, trial.settings[k.name]) for k in KNOBS] + [_y(trial.score, low, high)]
        assert search is not None
        return _line(kind_of(search, trial), list(zip(places, heights, strict=True)))

    ordered = sorted(trials, key=lambda t: ORDER.index(kind_of(search, t)) if search else 0)
    axes = "".join(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="100"/>' for x in places)
    words = ""
    for place, knob in zip(places, KNOBS, strict=False):
        words += _axis(place, say(f"optimise.{knob.name}", language), f"{knob.low:g}", f"{knob.high:g}")
    words += _axis(places[-1], say("optimise.score", language), f"{low:.2f}", f"{high:.2f}")
    return _figure(f'<div class="box axes">{_svg(title, axes + "".join(map(line, ordered)))}{words}</div>', title)


def overfitting(search: LabSearch | None, language: str) -> str:
    """Loss of the text that is learnt and of the held-out part; what lies between them after the best is shaded."""
    shown = search.shown() if search else None
    points = list(shown.points) if shown else []
    best = min(points, key=lambda p: p.held_out) if points else None
    title = say("optimise.gap", language)
    values = [v for p in points for v in (p.learnt, p.held_out)]
    low, high = _range(values)
    last = points[-1].step if points else 1

    def places(name: str, chosen: Sequence[Point]) -> list[tuple[float, float]]:
        return [(100 * p.step / last, _y(getattr(p, name), low, high)) for p in chosen]

    inside = ""
    if best:
        after = [p for p in points if p.step >= best.step]
        around = places("held_out", after) + places("learnt", after)[::-1]
        inside += f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in around)}"/>'
        at = 100 * best.step / last
        inside += f'<line class="best" x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="100"/>'
    inside += _line("train", places("learnt", points)) + _line("held", places("held_out", points))
    words = f'<span class="x" style="left:97%">{last}</span>' if points else ""
    caption = title
    for name, css in (("learnt", "finished"), ("held_out", "winner")):
        now = f" {getattr(points[-1], name):.2f}" if points else ""
        caption += f'<b><i style="border-color:var(--{css})"></i>{say(f"characters.{name}", language)}{now}</b> '
    if shown and best:
        caption += "<br>" + say(
            "optimise.best_point", language, trial=shown.number, step=best.step, loss=best.held_out,
            gap=points[-1].held_out - points[-1].learnt,
        )  # fmt: skip
    return _figure(f'<div class="box">{_svg(title, inside)}{_heights(low, high)}{words}</div>', caption)


def table(search: LabSearch | None, language: str) -> str:
    """The same in words: settings, steps, best held-out loss and state of every trial."""
    if search is None or not search.trials:
        return ""
    names = ["#", *(say(f"optimise.{k.name}", language) for k in KNOBS)]
    names += [say(f"optimise.{name}", language) for name in ("steps_done", "score", "state")]
    rows = []
    for trial in search.trials:
        kind = kind_of(search, trial)
        values = [str(trial.number), *(f"{trial.settings[k.name]:.3g}" for k in KNOBS)]
        steps = trial.points[-1].step if trial.points else 0
        values += [str(steps), f"{trial.score:.3f}" if math.isfinite(trial.score) else "–"]
        cells = "".join(f"<td>{v}</td>" for v in [*values, say(f"optimise.{kind}", language)])
        rows.append(f'<tr class="{"faint" if kind == "pruned" else kind}">{cells}</tr>')
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    return f'<div class="search"><div class="wide"><table><tr>{head}</tr>{"".join(rows)}</table></div></div>'


# --------------------------------------------------------------------------- parts


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Lowest and highest of the finite values, apart; what is far above the rest of a steep start is cut off."""
    finite = sorted(v for v in values if math.isfinite(v))
    if not finite:
        return 0.0, 1.0
    return finite[0], max(finite[-1], finite[0] + 1e-3)


def _y(value: float, low: float, high: float) -> float:
    """Percent from the top."""
    return 100 * (high - min(value, high)) / (high - low) if math.isfinite(value) else 0.0


def _share(knob: Knob, value: float) -> float:
    """Where a value lies on its axis, 0 to 1."""
    scale: Callable[[float], float] = math.log if knob.log else float
    return (scale(value) - scale(knob.low)) / (scale(knob.high) - scale(knob.low))


def _line(css: str, places: Sequence[tuple[float, float]]) -> str:
    return f'<polyline class="{css}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'


def _svg(title: str, inside: str) -> str:
    return (
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="{html.escape(title)}">'
        f"{inside}</svg>"
    )


def _heights(low: float, high: float) -> str:
    return "".join(
        f'<span class="y" style="top:{top}%">{value:.2f}</span>' for top, value in ((3, high), (97, low))
    )  # fmt: skip


def _axis(place: float, name: str, low: str, high: str) -> str:
    words = (("top", high), ("low", low), ("name", html.escape(name)))
    return "".join(f'<span class="{css}" style="left:{place:.1f}%">{word}</span>' for css, word in words)


def _figure(inside: str, caption: str) -> str:
    return f'<div class="search"><figure>{inside}<figcaption>{caption}</figcaption></figure></div>'
