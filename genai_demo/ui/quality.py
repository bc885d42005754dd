"""The figures on the model cards as a table, GAN and VAE side by side."""

import html
from typing import Any

import gradio as gr

from genai_demo.faces import generate
from genai_demo.ui.common import readable_errors
from genai_demo.ui.strings import TEXTS, language_of, say


@readable_errors
def show_quality(request: gr.Request) -> str:
    """The figures on the model cards, GAN and VAE side by side, as an HTML table."""
    language = language_of(request)
    sides = [_figures(generate.card(model).get("metrics", {})) for model in generate.MODELS]
    names = list(dict.fromkeys(n for side in sides for n in side))
    if not names:
        return f"<p>{say('quality.none', language)}</p>"
    head = "".join(f"<th scope='col'>{h}</th>" for h in (say("quality.figure", language), "GAN", "VAE"))
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
