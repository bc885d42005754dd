"""The room "How much data, how long, how big?" of the lab: measured curves of our models, and what they answer."""

import json
from pathlib import Path
from typing import Any

import gradio as gr

from genai_demo.lab import curves
from genai_demo.ui.common import choice, keep_file, readable_errors
from genai_demo.ui.curves_view import QUESTIONS, VIEW_CSS, page
from genai_demo.ui.gan_lab_room import QUIET
from genai_demo.ui.strings import language_of, text

HERE = Path(__file__).parent


def build(tab: gr.Tab) -> list[Any]:
    """Lay out the room inside the open ``tab``. Returns no events: nothing here takes time."""
    media = curves.available()
    gr.Markdown(text("curves.note"), elem_classes="notice")
    with gr.Row(elem_classes="settings"):
        medium = choice("curves.medium", media, media[0], elem_id="curves-medium")
        question = choice("curves.question", ("all", *QUESTIONS), "all", elem_id="curves-question")
    sheet = gr.HTML(
        css_template=VIEW_CSS, elem_id="curves-sheet", apply_default_css=False,
        js_on_load=(HERE / "curves.js").read_text(encoding="utf-8"),
    )  # fmt: skip
    with gr.Row(elem_classes="buttons"):
        files = [gr.DownloadButton(text(f"curves.{kind}"), size="sm", min_width=120, elem_id=f"curves-{kind}")
                 for kind in ("csv", "json")]  # fmt: skip
    inputs, shown = [medium, question], [sheet, *files]
    gr.on([medium.input, question.input], show_curves, inputs, shown, api_name="measured_curves",
          show_progress="hidden", queue=False)  # fmt: skip
    tab.select(show_curves, inputs, shown, queue=False, **QUIET)
    return []


@readable_errors
def show_curves(medium: str, question: str, request: gr.Request) -> tuple[str, str, str]:
    """Measured curves of a model: quality against examples, time, parameters and damage of the data.

    Args:
        medium: "text", "labels" or "faces".
        question: "data", "time", "size", "damage", or "all".

    Returns:
        The charts, answers and tables as HTML; a CSV and a JSON file of every training behind them.
    """
    measured = curves.load(medium)
    sheet = page(measured, question, language_of(request))
    numbers = json.dumps({"medium": medium, **measured.about, "curves": measured.rows}, indent=1)
    return (
        sheet,
        keep_file(curves.as_csv(measured).encode(), f"curves-{medium}.csv"),
        keep_file(numbers.encode(), f"curves-{medium}.json"),
    )
