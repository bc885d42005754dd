"""The room "Optimise" of the lab: a search over settings by successive halving, watched as it happens."""

from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.ui import lab_lost, presses
from genai_demo.ui import optimise_actions as actions
from genai_demo.ui.characters_room import PRESETS
from genai_demo.ui.characters_texts import JABBERWOCKY
from genai_demo.ui.common import number, slider
from genai_demo.ui.gan_lab_room import LAB_EVENT, QUIET
from genai_demo.ui.optimise_pictures import CSS
from genai_demo.ui.strings import text
from genai_demo.ui.text_common import presets


def build(tab: gr.Tab) -> list[Any]:
    """Lay out the room inside the open ``tab``. Returns the events that train, for others to end."""
    study, trained = gr.State(actions.Study(), time_to_live=1800), lab_lost.mark()
    gr.Markdown(text("optimise.note"), elem_classes="notice")
    with gr.Row(elem_classes="buttons"):
        run = gr.Button(text("lab.run"), variant="primary", min_width=90, elem_id="optimise-run")
        stop = gr.Button(text("optimise.stop"), variant="stop", min_width=90, elem_id="optimise-stop")
        again = gr.Button(text("lab.again"), min_width=90, elem_id="optimise-again")
    status = gr.Markdown(elem_classes="notice", elem_id="optimise-status")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            lines = _picture("optimise-curves")
            gap = _picture("optimise-gap")
        with gr.Column(min_width=300):
            axes = _picture("optimise-parallel")
            rows = _picture("optimise-table")
            sample = gr.Textbox(
                label=text("optimise.sample"), info=text("optimise.sample.info"), lines=4, max_lines=8,
                interactive=False, elem_id="optimise-sample",
            )  # fmt: skip
    inputs = [study, *_controls()]
    shown = [lines, axes, gap, rows, sample, status]
    running = lab_lost.before(run.click, study, trained).success(
        actions.search_settings, inputs, [study, *shown], api_name="search_settings", show_progress="minimal",
        show_progress_on=status, **LAB_EVENT,
    )  # fmt: skip
    halted = stop.click(actions.halt, study, None, queue=False, api_name="stop_search", show_progress="hidden")
    presses.end_with(halted.then, [running]).then(actions.stop_search, study, status, queue=False, **QUIET)
    presses.replace_each_other([again.click(actions.restart_search, inputs, [study, *shown], **QUIET)], [running])
    tab.select(actions.open_room, [study, trained], shown, queue=False, **QUIET)
    return [running]


def _picture(name: str) -> gr.HTML:
    return gr.HTML(css_template=CSS, elem_id=name, apply_default_css=False)


def _controls() -> list[Any]:
    """In the order of ``actions.search_settings``."""
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            words = gr.Textbox(
                JABBERWOCKY, label=text("characters.text"), info=text("characters.text.info"), lines=5, max_lines=10,
                max_length=limits.MAX_LAB_TEXT, elem_id="optimise-text",
            )  # fmt: skip
            presets([words], [[row[0]] for row in PRESETS.values()], list(PRESETS))
        with gr.Column(min_width=300):
            with gr.Row(elem_classes="sliders"):
                trials = slider("optimise.trials_wanted", 2, limits.MAX_SEARCH_TRIALS, 8, 1)
                steps = slider("optimise.steps", limits.MIN_SEARCH_STEPS, limits.MAX_SEARCH_STEPS, 20, 10)
                reduction = slider("optimise.reduction", 2, limits.MAX_SEARCH_REDUCTION, 3, 1)
                patience = slider("optimise.patience", 1, limits.MAX_SEARCH_PATIENCE, 6, 1)
                seed = number("optimise.seed", 0, limits.MAX_SEED, 0, min_width=120)
            stopping = gr.Checkbox(
                True, label=text("optimise.stopping"), info=text("optimise.stopping.info"), elem_id="optimise-stopping"
            )
    return [words, trials, steps, reduction, stopping, patience, seed]
