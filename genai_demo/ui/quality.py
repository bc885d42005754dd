"""The figures on the model cards as tables."""

import html
from typing import Any

import gradio as gr

from genai_demo.core import checkpoint
from genai_demo.faces import generate
from genai_demo.repair import generate as repair
from genai_demo.text.generate import NAME
from genai_demo.ui.common import readable_errors
from genai_demo.ui.strings import TEXTS, language_of, say


@readable_errors
def show_quality(request: gr.Request) -> str:
    """The figures on the model cards, GAN and VAE side by side, as an HTML table."""
    return _table({m.upper(): generate.card(m).get("metrics", {}) for m in generate.MODELS}, language_of(request))


@readable_errors
def show_text_quality(request: gr.Request) -> str:
    """The figures on the card of the text model as an HTML table."""
    language = language_of(request)
    return _table({say("quality.value", language): checkpoint.read_card(NAME).get("metrics", {})}, language)


@readable_errors
def show_repair_quality(request: gr.Request) -> str:
    """The figures on the card of the restorer as an HTML table; without a card, that there are none."""
    language = language_of(request)
    try:
        metrics = repair.card().get("metrics", {})
    except ValueError:
        metrics = {}
    problems = {k: v for k, v in metrics.items() if isinstance(v, dict) and "ours" in v}
    rest = {k: v for k, v in metrics.items() if k not in problems}
    tables = []
    if problems:
        tables.append(_table(_methods(problems, language), language))
    if rest or not problems:
        tables.append(_table({say("quality.value", language): rest}, language))
    return "".join(tables)


def _methods(problems: dict[str, dict[str, dict[str, float]]], language: str) -> dict[str, dict[str, Any]]:
    """Figures by measure, method and kind of damage: a column for each measure, a row for each method."""
    columns: dict[str, dict[str, Any]] = {}
    for problem, methods in problems.items():
        key = f"damage.kind.{problem}"
        name = say(key, language) if key in TEXTS else problem
        for method, figures in methods.items():
            for measure, value in figures.items():
                key = f"figure.repair.{measure}"
                column = say(key, language) if key in TEXTS else measure
                columns.setdefault(column, {})[f"{name}: {method}"] = value
    return columns


def _table(columns: dict[str, dict[str, Any]], language: str) -> str:
    """Metrics by the name of their column, side by side."""
    sides = [_figures(metrics) for metrics in columns.values()]
    names = list(dict.fromkeys(n for side in sides for n in side))
    if not names:
        return f"<p>{say('quality.none', language)}</p>"
    head = "".join(f"<th scope='col'>{h}</th>" for h in (say("quality.figure", language), *columns))
    rows = [
        f"<tr><th scope='row'>{html.escape(_figure_name(n, language))}</th>"
        + "".join(f"<td>{s.get(n, '–')}</td>" for s in sides)
        + "</tr>"
        for n in names
    ]
    return f"<table class='figures'><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _figure_name(key: str, language: str) -> str:
    return say(f"figure.{key}", language) if f"figure.{key}" in TEXTS else key.replace("_", " ")


def _figures(metrics: dict[str, Any], above: str = "") -> dict[str, str]:
    """Nested figures as one level of words and numbers: {"frechet, floor": "11"}."""
    found: dict[str, str] = {}
    for key, value in metrics.items():
        name = f"{above}, {key}" if above else key
        if isinstance(value, dict):
            found |= _figures(value, name)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found[name] = f"{value:.3g}" if isinstance(value, float) else f"{value:,}"
    return found
