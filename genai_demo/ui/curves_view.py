"""The measured curves as a page: a heading for every question, its charts, the answer in words, the numbers."""

import html

from genai_demo.lab.curves import (
    Answer,
    Measured,
    Point,
    big_enough,
    cost_of,
    enough_data,
    learnt_by_heart,
    long_enough,
)
from genai_demo.ui.curves_chart import CHART_CSS, Dot, Line, chart, has_place
from genai_demo.ui.strings import add_texts, say
from genai_demo.ui.texts_curves import CURVES

add_texts(CURVES)

QUESTIONS = ("data", "time", "size", "damage")
DAMAGES = ("noise", "blur", "duplicates")
VIEW_CSS = (
    CHART_CSS
    + """
.sheet {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr)); gap: 26px 22px}
section {margin: 0; min-width: 0}
section[data-question=damage] {grid-column: 1 / -1}
h3 {font-size: 1.05rem; margin: 0 0 8px}
.charts {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(330px, 100%), 1fr));
  gap: 14px; justify-content: start}
figure {margin: 0; min-width: 0; max-width: 640px}
output {display: block; min-height: 2.9em; font-size: .85rem; margin: 4px 2px 0; color: var(--body-text-color-subdued)}
.answer {margin: 4px 0 8px; max-width: 60em}
.about {margin: 18px 0 0}
.about, summary {font-size: .82rem; color: var(--body-text-color-subdued)}
details {margin: 2px 0 0}
summary {cursor: pointer; min-height: 28px}
.scroll {overflow-x: auto}
table {border-collapse: collapse; font-size: .82rem; font-variant-numeric: tabular-nums}
th, td {padding: 3px 10px 3px 0; text-align: right; border-bottom: 1px solid var(--border-color-primary)}
th:first-child, td:first-child {text-align: left}
code {overflow-wrap: anywhere}
"""
)


class Words:
    """How the figures of one model are written in a language."""

    def __init__(self, measured: Measured, language: str):
        self.measured, self.language, self.medium = measured, language, measured.medium
        self.factor = 100.0 if measured.medium == "labels" else 1.0

    def say(self, key: str, **values: object) -> str:
        """A text of the room."""
        return say(f"curves.{key}", self.language, **values)

    def value(self, figure: float) -> str:
        """A figure with its unit."""
        return self.say(f"value.{self.medium}", value=self.factor * figure)

    def gap(self, figure: float) -> str:
        """The difference of two figures."""
        return self.say(f"gap.{self.medium}", value=self.factor * figure)

    def name(self, axis: str, kind: str = "axis") -> str:
        """What an axis is called; noise is another thing for every model."""
        particular = f"{kind}.{axis}.{self.medium}"
        return self.say(particular if f"curves.{particular}" in CURVES else f"{kind}.{axis}")

    def place(self, axis: str, x: float) -> str:
        """A value of an axis."""
        if axis in ("noise", "duplicates"):
            return f"{100 * x:.0f} %"
        if axis == "time" and x < 10:
            return f"{x:.2g}"
        return f"{x:g} px" if axis == "blur" else f"{x:,.0f}"


# --------------------------------------------------------------------------- the answers


def _with_values(words: Words, figures: dict[str, float]) -> dict[str, object]:
    """The figures, and beside every NAME_figure its NAME_value in words."""
    written: dict[str, object] = dict(figures)
    for name, figure in figures.items():
        if name.endswith("_figure"):
            written[name.removesuffix("figure") + "value"] = words.value(figure)
    return written


def answer(measured: Measured, question: str, language: str) -> str:
    """What the figures say to a question, in sentences."""
    words = Words(measured, language)
    found = [_sentence(words, key, computed) for key, computed in _answers(measured, question)]
    return (" " if language == "en" else "").join(found) or words.say("nothing")


def _answers(measured: Measured, question: str) -> list[tuple[str, Answer]]:
    computed: list[tuple[str, Answer | None]]
    if question == "data":
        computed = [("data", enough_data(measured)), ("heart", learnt_by_heart(measured))]
    elif question == "time":
        computed = [("time", long_enough(measured))]
    elif question == "size":
        computed = [("size", big_enough(measured))]
    else:
        computed = [(axis, cost_of(measured, axis)) for axis in DAMAGES]
    return [(key, one) for key, one in computed if one is not None]


def _sentence(words: Words, key: str, found: Answer) -> str:
    values = _with_values(words, found.figures)
    if key in DAMAGES:
        values |= {"name": words.name(key, "name")}
        values |= {name: words.place(key, found.figures[name]) for name in ("worst", "harmless")}
        sentence = words.say(f"answer.damage.{found.verdict}", **values)
        some = found.verdict != "free" and found.figures["harmless"] > 0
        return sentence + (words.say("harmless", **values) if some else "")
    if key == "heart":
        values |= {f"{name}_gap": words.gap(found.figures[name]) for name in ("few", "everything")}
    if key == "time":
        values["share"] = 100 * found.figures["share"]
    return words.say(f"answer.{key}.{found.verdict}", **values)


# --------------------------------------------------------------------------- the charts


PARTS_OF = {"size": ("size_steps", "size_time")}
"""Curves of a chart that shows several."""


def drawing(measured: Measured, axis: str, language: str, standalone: bool = False) -> str:
    """The chart of an axis; "size" has both ways of comparing sizes. Empty below two points.

    Examples, time and size grow by factors, on a logarithmic axis; a time too short to be measured (0 s) has no place
    there, and the words below the axis say that it is left out.
    """
    words, log = Words(measured, language), axis in ("examples", "time", "size")
    parts = [measured.curves.get(part, []) for part in PARTS_OF.get(axis, (axis,))]
    if max(sum(has_place(point.x, log) for point in part) for part in parts) < 2:
        return ""
    percent = 100.0 if axis in ("noise", "duplicates") else 1.0
    held_out, learnt = (words.say(f"line.{name}") for name in ("held_out", "learnt"))

    def line(curve: list[Point], source: str, name: str, css: str, values: str = "held_out") -> Line:
        dots = []
        for point in curve:
            figure, spread = getattr(point, values), getattr(point, f"{values}_spread")
            dots.append(Dot(percent * point.x, figure, spread, _dot(words, source, point, name, figure, spread)))
        return Line(name, css, dots)

    curves = measured.curves
    if axis == "size":
        kinds = (("size_steps", words.say("line.steps"), "first"), ("size_time", words.say("line.time"), "second"))
        lines = [line(curves[k], k, name, css) for k, name, css in kinds if curves.get(k)]
    else:
        curve = curves.get(axis, [])
        lines = [line(curve, axis, held_out, "first"), line(curve, axis, learnt, "second", "learnt")] if curve else []
    if not lines:
        return ""
    name = label = words.name("size_steps" if axis == "size" else axis)
    if not all(has_place(point.x, log) for part in parts for point in part):
        label += words.say("left_out")
    return chart(
        lines, f"{words.say(f'medium.{words.medium}')}: {name}", label, words.say(f"measure.{words.medium}"),
        log=log, factor=words.factor, standalone=standalone,
    )  # fmt: skip


def _dot(words: Words, axis: str, point: Point, line: str, figure: float, spread: float) -> str:
    seeds = words.say("seeds.one")
    if point.seeds > 1:
        seeds = words.say("seeds.many", count=point.seeds, spread=words.gap(spread))
    name, x = words.name(axis), words.place(axis, point.x)
    if axis in DAMAGES:  # the unit stands at the number already
        name = words.name(axis, "name").lower() if words.language == "en" else words.name(axis, "name")
    return words.say(
        "dot", x=x, axis=name, line=line, value=words.value(figure), seeds=seeds, steps=point.steps,
        seconds=words.place("time", point.seconds),
    )  # fmt: skip


AXES_OF: dict[str, tuple[str, ...]] = {"data": ("examples",), "time": ("time",), "size": ("size",), "damage": DAMAGES}


def _table(words: Words, axis: str) -> str:
    """The numbers behind a chart, for those who do not see it."""
    columns = ("x", "held_out", "learnt", "seeds", "steps", "seconds")
    heads = [
        words.name(axis, "name" if axis in DAMAGES else "axis"),
        *(words.say(f"line.{c}" if c in ("held_out", "learnt") else f"column.{c}") for c in columns[1:]),
    ]
    if axis in ("size_steps", "size_time"):
        heads[0] += f" ({words.say('line.' + axis.removeprefix('size_'))})"

    def both(figure: float, spread: float) -> str:
        digits = 2 if words.medium == "text" else 1
        more = f" ± {words.factor * spread:.{digits}f}" if spread else ""
        return f"{words.factor * figure:.{digits}f}{more}"

    rows = [
        (
            words.place(axis, p.x), both(p.held_out, p.held_out_spread), both(p.learnt, p.learnt_spread),
            f"{p.seeds}", f"{p.steps:,.0f}", f"{p.seconds:.3g}",
        )
        for p in words.measured.curves[axis]
    ]  # fmt: skip
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    head = "".join(f'<th scope="col">{html.escape(h)}</th>' for h in heads)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table></div>'


def section(measured: Measured, question: str, language: str) -> str:
    """A question as HTML: heading, charts, answer, numbers."""
    words = Words(measured, language)
    charts = [drawn for axis in AXES_OF[question] if (drawn := drawing(measured, axis, language))]
    figures = "".join(
        f'<figure>{drawn}<output aria-live="polite">{html.escape(words.say("point"))}</output></figure>'
        for drawn in charts
    )
    measured_axes = ("size_steps", "size_time") if question == "size" else AXES_OF[question]
    tables = "".join(_table(words, axis) for axis in measured_axes if measured.curves.get(axis))
    numbers = f"<details><summary>{html.escape(words.say('table'))}</summary>{tables}</details>" if tables else ""
    return (
        f'<section data-question="{question}"><h3>{html.escape(words.say(f"ask.{question}"))}</h3>'
        f'<p class="answer">{html.escape(answer(measured, question, language))}</p>'
        f'<div class="charts">{figures}</div>{numbers}</section>'
    )


def about(measured: Measured, language: str) -> str:
    """How it was measured, as HTML."""
    words, known = Words(measured, language), measured.about
    values: dict[str, object] = {
        **known,
        "settings": ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in known["settings"].items()),
    }
    escaped = {k: html.escape(v) if isinstance(v, str) else v for k, v in values.items()}
    escaped["command"] = f"<code>{html.escape(known['command'])}</code>"
    noise = words.say("noise", noise=words.gap(measured.noise)) if measured.noise else words.say("single")
    return f'<p class="about">{html.escape(noise)} {words.say("about", **escaped)}</p>'


def page(measured: Measured, question: str, language: str) -> str:
    """The questions ("all" or one) of a model. Raises ValueError for an unknown one."""
    if question not in (*QUESTIONS, "all"):
        raise ValueError(f"No question is called {question!r}. Choose one of all, {', '.join(QUESTIONS)}.")
    chosen = [one for one in QUESTIONS if _answers(measured, one)] if question == "all" else [question]
    sections = "".join(section(measured, one, language) for one in chosen)
    return f'<div class="sheet">{sections}</div>{about(measured, language)}'
