"""The room "VAE on a plane" of the lab: two numbers for a face, and all that they can draw."""

from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.ui import lab_lost, presses
from genai_demo.ui import vae_lab_actions as actions
from genai_demo.ui.common import MODEL_EVENT, moving, number, slider
from genai_demo.ui.gan_lab_room import LAB_EVENT, QUIET
from genai_demo.ui.lab_curves import CURVES_CSS
from genai_demo.ui.strings import text

SHEET_CSS = """
figure {margin: 0 0 10px}
figcaption {font-size: .82rem; color: var(--body-text-color-subdued); padding-top: 4px}
.two {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr)); gap: 14px}
img {width: 100%; display: block; border-radius: 8px}
.sheet {aspect-ratio: 1}
svg {width: 100%; aspect-ratio: 1; display: block; border-radius: 8px; background: var(--background-fill-secondary)}
svg circle {fill: var(--color-accent); opacity: .8}
svg .prior {fill: none; stroke: var(--body-text-color-subdued); stroke-width: .3; stroke-dasharray: 1.5}
"""


def build(tab: gr.Tab) -> list[Any]:
    """Lay out the room inside the open ``tab``. Returns the events that train, for others to end."""
    atelier, trained = gr.State(actions.Atelier(), time_to_live=1800), lab_lost.mark()
    gr.Markdown(text("vae.note"), elem_classes="notice")
    with gr.Row(elem_classes="buttons"):
        run = gr.Button(text("lab.run"), variant="primary", min_width=90, elem_id="vae-run")
        pause = gr.Button(text("lab.pause"), variant="stop", min_width=90, elem_id="vae-pause")
        again = gr.Button(text("lab.again"), min_width=90, elem_id="vae-again")
    status = gr.Markdown(elem_classes="notice", elem_id="vae-status")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300, scale=3):
            sheet = gr.HTML(css_template=SHEET_CSS, elem_id="vae-sheet", apply_default_css=False)
        with gr.Column(min_width=280, scale=2):
            lines = gr.HTML(css_template=CURVES_CSS, elem_id="vae-curves", apply_default_css=False)
            beta = slider("vae.beta", 0, limits.MAX_LAB_BETA, 4, 0.1, elem_id="vae-beta")
            seed = number("vae.seed", 0, limits.MAX_SEED, 0)
    inputs, shown = [atelier, beta, seed], [atelier, sheet, lines, status]
    opened = tab.select(actions.show_untrained, [atelier, trained, seed], sheet, queue=False, **QUIET).then(
        actions.open_vae, [atelier, trained, beta, seed], shown, **QUIET, **MODEL_EVENT
    )
    running = lab_lost.before(run.click, atelier, trained).success(
        actions.train_vae, inputs, shown, api_name="train_vae", show_progress="minimal", show_progress_on=status,
        **LAB_EVENT,
    )  # fmt: skip
    halted = pause.click(actions.halt, atelier, None, queue=False, api_name="stop_vae", show_progress="hidden")
    presses.end_with(halted.then, [running, opened]).then(actions.pause_vae, atelier, status, queue=False, **QUIET)
    anew = again.click(actions.restart_vae, inputs, shown, **QUIET, **MODEL_EVENT)
    presses.replace_each_other([anew], [running, opened])
    gr.on(moving(beta), actions.set_beta, [atelier, beta], None, trigger_mode="always_last", queue=False, **QUIET)
    return [running]
