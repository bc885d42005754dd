"""The room "GAN on a plane" of the lab: two small networks play, and everything can be seen and changed."""

from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.core.losses import LOSSES
from genai_demo.lab import distributions
from genai_demo.lab.gan import TUNED, Settings
from genai_demo.ui import gan_lab_actions as actions
from genai_demo.ui import lab_lost, presses
from genai_demo.ui.common import choice, moving, number, slider
from genai_demo.ui.gan_lab_widgets import drawing_pad, plane
from genai_demo.ui.strings import text

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
LAB_EVENT: dict[str, Any] = {"concurrency_id": "lab", "concurrency_limit": 1}
"""For every training of the lab: one at a time, the others wait and see their place."""


def build(tab: gr.Tab) -> list[Any]:
    """Lay out the room inside the open ``tab``. Returns the events that train, for others to end."""
    bench, trained = gr.State(actions.Bench(), time_to_live=1800), lab_lost.mark()
    gr.Markdown(text("gan.note"), elem_classes="notice")
    with gr.Row(elem_classes="buttons"):
        run = gr.Button(text("lab.run"), variant="primary", min_width=90, elem_id="gan-run")
        pause = gr.Button(text("lab.pause"), variant="stop", min_width=90, elem_id="gan-pause")
        step = gr.Button(text("lab.step"), min_width=90, elem_id="gan-step")
        of_d = gr.Button(text("gan.step.discriminator"), min_width=90, elem_id="gan-step-discriminator")
        of_g = gr.Button(text("gan.step.generator"), min_width=90, elem_id="gan-step-generator")
        again = gr.Button(text("lab.again"), min_width=90, elem_id="gan-again")
        ahead = gr.Button(text("gan.ahead"), min_width=120, elem_id="gan-ahead")
    status = gr.Markdown(elem_classes="notice", elem_id="gan-status")
    with gr.Column(elem_classes="plane-room"):
        picture = plane()
        with gr.Column(visible=False, elem_classes="over-plane") as pad:
            drawing = drawing_pad(limits.MIN_DRAWN_POINTS, limits.MAX_DRAWN_POINTS)
    controls = [*_controls(pad), drawing]
    inputs, shown = [bench, *controls], [bench, picture, status]
    running = lab_lost.before(run.click, bench, trained).success(
        actions.train_gan, inputs, shown, api_name="train_gan", show_progress="minimal", show_progress_on=status,
        **LAB_EVENT,
    )  # fmt: skip
    started = ahead.click(
        actions.start_trained, inputs, shown, api_visibility="private", show_progress="minimal",
        show_progress_on=status, **LAB_EVENT,
    )  # fmt: skip
    training = [running, started]
    halted = pause.click(actions.halt, bench, None, queue=False, api_name="stop_gan", show_progress="hidden")
    presses.end_with(halted.then, training).then(actions.pause_gan, bench, status, queue=False, **QUIET)
    changing = [
        lab_lost.before(step.click, bench, trained).success(
            actions.step_gan, inputs, shown, api_name="step_gan", show_progress="hidden"
        )
    ]
    for button, action in ((of_d, actions.step_discriminator), (of_g, actions.step_generator)):
        changing.append(lab_lost.before(button.click, bench, trained).success(action, inputs, shown, **QUIET))
    changing.append(again.click(actions.restart_gan, inputs, shown, **QUIET))
    presses.replace_each_other([started, *changing], training)
    tab.select(actions.open_gan, [bench, trained, *controls], shown, queue=False, **QUIET)
    gr.on(moving(*controls), actions.set_gan, inputs, picture, trigger_mode="always_last", queue=False, **QUIET)
    return training


def _controls(pad: gr.Column) -> list[Any]:
    """In the order of ``actions.Controls``, all but the drawing. pad: is shown where there is something to draw."""
    with gr.Row(elem_classes="settings"):
        target = choice("gan.target", [*distributions.NAMES, "drawing"], "ring", elem_id="gan-target")
        loss = choice("gan.loss", list(LOSSES), "non_saturating", elem_id="gan-loss")
        pace = choice("gan.pace", actions.PACES, "full", elem_id="gan-pace")
    target.input(lambda name: gr.Column(visible=name == "drawing"), target, pad, queue=False, **QUIET)
    rate, penalty, batch = (limits.MIN_LAB_RATE, limits.MAX_LAB_RATE), limits.MAX_LAB_PENALTY, limits.MAX_LAB_BATCH
    with gr.Row(elem_classes="sliders"):
        generator_rate = slider("gan.generator_rate", *rate, TUNED["ring"], 0.0001, elem_id="gan-generator-rate")
        discriminator_rate = slider("gan.discriminator_rate", *rate, TUNED["ring"], 0.0001)
        penalties = slider("gan.penalty", 0, penalty, Settings.penalty, 0.001)
        points = slider("gan.batch", limits.MIN_LAB_BATCH, batch, 128, 8)
        width = slider("gan.width", limits.MIN_LAB_WIDTH, limits.MAX_LAB_WIDTH, 64, 4)
        seed = number("gan.seed", 0, limits.MAX_SEED, 0, min_width=120)
    rates = [generator_rate, discriminator_rate]
    target.input(lambda name: [TUNED[name]] * len(rates), target, rates, queue=False, **QUIET)
    return [target, loss, pace, generator_rate, discriminator_rate, penalties, points, width, seed]
