"""The room "Transformer on your text" of the lab: a character model that learns what is pasted."""

from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.lab.characters import HEADS, Settings
from genai_demo.ui import characters_actions as actions
from genai_demo.ui import lab_lost, presses
from genai_demo.ui.characters_texts import COUNTING, JABBERWOCKY, TANG
from genai_demo.ui.common import moving, number, slider
from genai_demo.ui.gan_lab_room import LAB_EVENT, QUIET
from genai_demo.ui.inside_room import HERE, MATRIX_CSS, MATRIX_HTML
from genai_demo.ui.lab_curves import CURVES_CSS
from genai_demo.ui.strings import text
from genai_demo.ui.text_common import presets

PRESETS = {
    "Jabberwocky": (JABBERWOCKY, "Beware the Jabberwock"),
    "唐诗": (TANG, "举头望明月"),
    "1 + 1": (COUNTING, "3 plus 4"),
}
BOUND = """(layers, layer) => ({__type__: 'update', maximum: layers, value: Math.min(layer, layers)})"""
"""The slider of the layer that is looked at ends at the layers of the model; on the page, which alone is asked."""


def build() -> list[Any]:
    """Lay out the room inside the open ``gr.Tab``. Returns the events that train, for others to end."""
    desk, trained = gr.State(actions.Desk(), time_to_live=1800), lab_lost.mark()
    gr.Markdown(text("characters.note"), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            words = gr.Textbox(
                JABBERWOCKY, label=text("characters.text"), info=text("characters.text.info"), lines=8, max_lines=14,
                max_length=limits.MAX_LAB_TEXT, elem_id="characters-text",
            )  # fmt: skip
            sentence = gr.Textbox(
                "Beware the Jabberwock", label=text("characters.sentence"), info=text("characters.sentence.info"),
                max_length=limits.MAX_ATTENTION_TOKENS, elem_id="characters-sentence",
            )  # fmt: skip
            presets([words, sentence], [list(row) for row in PRESETS.values()], list(PRESETS))
        with gr.Column(min_width=300):
            with gr.Row(elem_classes="buttons"):
                run = gr.Button(text("lab.run"), variant="primary", min_width=90, elem_id="characters-run")
                one = gr.Button(text("lab.step"), min_width=90, elem_id="characters-step")
                pause = gr.Button(text("lab.pause"), variant="stop", min_width=90, elem_id="characters-pause")
                again = gr.Button(text("lab.again"), min_width=90, elem_id="characters-again")
            status = gr.Markdown(elem_classes="notice", elem_id="characters-status")
            lines = gr.HTML(css_template=CURVES_CSS, elem_id="characters-curves", apply_default_css=False)
            sample = gr.Textbox(
                label=text("characters.sample"), info=text("characters.sample.info"), lines=5, max_lines=8,
                interactive=False, elem_id="characters-sample",
            )  # fmt: skip
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            gr.Markdown(text("characters.attention"), elem_classes="notice")
            matrix = gr.HTML(
                "", html_template=MATRIX_HTML, css_template=MATRIX_CSS, elem_id="characters-attention",
                apply_default_css=False, js_on_load=(HERE / "attention.js").read_text(encoding="utf-8"),
            )  # fmt: skip
        with gr.Column(min_width=300):
            gr.Markdown(text("characters.next"), elem_classes="notice")
            bars = gr.HTML(elem_id="characters-next", apply_default_css=False)
        with gr.Column(min_width=300), gr.Row(elem_classes="sliders"):
            layer = slider("layer", 1, Settings().layers, 1, 1, elem_id="characters-layer")
            layer.most = limits.MAX_LAB_LAYERS
            head = slider("head", 1, HEADS, 1, 1, elem_id="characters-head")
            temperature = slider("temperature", 0, limits.MAX_TEMPERATURE, 0.8, 0.05)
            dropout = slider("characters.dropout", 0, limits.MAX_LAB_DROPOUT, 0, 0.05)
            layers = slider(
                "characters.layers", 1, limits.MAX_LAB_LAYERS, Settings().layers, 1, elem_id="characters-layers"
            )
            width = slider("characters.width", 32, limits.MAX_LAB_TEXT_WIDTH, 64, 32)
            context = slider("characters.context", 16, limits.MAX_LAB_CONTEXT, 64, 16)
            seed = number("characters.seed", 0, limits.MAX_SEED, 0, min_width=120)
    shape, look = [words, layers, width, context, seed], [sentence, layer, head, temperature, dropout]
    shown = [desk, lines, sample, matrix, bars, status]
    to_bound = {"fn": None, "inputs": [layers, layer], "outputs": layer, "js": BOUND}
    running = lab_lost.before(run.click, desk, trained).success(**to_bound, **QUIET).success(
        actions.train_characters, [desk, *shape, *look], shown, api_name="train_characters", show_progress="minimal",
        show_progress_on=status, **LAB_EVENT,
    )  # fmt: skip
    stepped = (
        lab_lost.before(one.click, desk, trained)
        .success(**to_bound, **QUIET)
        .success(
            actions.step_characters, [desk, *shape, *look], shown, api_name="step_characters", show_progress="hidden"
        )
    )
    halted = pause.click(actions.halt, desk, None, queue=False, api_name="stop_characters", show_progress="hidden")
    presses.end_with(halted.then, [running]).then(actions.pause_characters, desk, status, queue=False, **QUIET)
    anew = again.click(**to_bound, **QUIET).success(actions.restart_characters, [desk, *shape], shown, **QUIET)
    presses.replace_each_other([stepped, anew], [running])
    changes = [sentence.change, *moving(layer, head, temperature, dropout)]
    gr.on(changes, actions.look_at, [desk, *look], [matrix, bars], trigger_mode="always_last", queue=False, **QUIET)
    return [running]
