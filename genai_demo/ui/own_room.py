"""The room "Your own data" of the lab: bring it, have it checked, train on it, use the result, delete it."""

from typing import Any

import gradio as gr
from gradio.context import Context

from genai_demo.audio.effects.kinds import KINDS
from genai_demo.core import limits
from genai_demo.text import generate
from genai_demo.ui import own_actions as actions
from genai_demo.ui import presses
from genai_demo.ui.common import MODEL_EVENT, choice, slider
from genai_demo.ui.gan_lab_room import QUIET
from genai_demo.ui.lab_curves import CURVES_CSS
from genai_demo.ui.own_pictures import OWN_CSS
from genai_demo.ui.own_visits import Visit, leave
from genai_demo.ui.strings import text

OWN_EVENT: dict[str, Any] = {"concurrency_id": "own", "concurrency_limit": 1}
"""For fine-tuning: one at a time, the others wait and see their place."""
LOOK_SECONDS = 15
"""From one look whether the weights that the page uses are still there, to the next."""


def build() -> list[Any]:
    """Lay out the room inside the open ``gr.Tab``. Returns the event that trains, for others to cancel."""
    visit = gr.State(Visit(), time_to_live=60 * limits.OWN_VISIT_MINUTES, delete_callback=Visit.delete)
    gr.Markdown(text("own.note"), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            medium = choice("own.medium", list(actions.MEDIA), "texts", elem_id="own-medium")
            files = gr.File(label=text("own.files"), file_count="multiple", elem_id="own-files", height=150)
            notes = [
                gr.Markdown(text(f"own.files.{name}"), visible=name == "texts", elem_classes="notice")
                for name in actions.MEDIA
            ]
            with gr.Column() as only_texts:
                pasted = gr.Textbox(
                    label=text("own.pasted"), info=text("own.pasted.info"), lines=3, max_lines=8,
                    max_length=limits.MAX_OWN_TEXT, elem_id="own-pasted",
                )  # fmt: skip
                kind = gr.Dropdown(
                    [(text(f"kind.{k}"), k) for k in generate.KINDS], value="story", label=text("own.kind"),
                    info=text("own.kind.info"), filterable=False, elem_id="own-kind",
                )  # fmt: skip
            effect = gr.Dropdown(
                [(text(f"own.effect.{name}"), name) for name in KINDS], value="game_coin", label=text("own.effect"),
                info=text("own.effect.info"), filterable=False, visible=False, elem_id="own-effect",
            )  # fmt: skip
            with gr.Row(elem_classes="buttons"):
                check = gr.Button(text("own.check"), variant="primary", size="md", min_width=90, elem_id="own-check")
                example = gr.Button(text("own.example"), size="md", min_width=150, elem_id="own-example")
            report = gr.HTML(css_template=OWN_CSS, elem_id="own-report", apply_default_css=False)
        with gr.Column(min_width=300):
            seconds = slider(
                "own.seconds", limits.MIN_OWN_SECONDS, limits.MAX_OWN_SECONDS, 90, 10, elem_id="own-seconds"
            )
            with gr.Row(elem_classes="buttons"):
                train = gr.Button(text("own.train"), variant="primary", size="md", min_width=90, elem_id="own-train")
                stop = gr.Button(text("own.stop"), variant="stop", size="md", min_width=90, elem_id="own-stop")
                again = gr.Button(text("own.again"), size="md", min_width=110, elem_id="own-again")
            status = gr.Markdown(elem_classes="notice", elem_id="own-status")
            lines = gr.HTML(css_template=CURVES_CSS, elem_id="own-curves", apply_default_css=False)
            figures = gr.HTML(css_template=OWN_CSS, elem_id="own-figures", apply_default_css=False)
            use = gr.Checkbox(label=text("own.use"), info=text("own.use.info"), elem_id="own-use")
            used = gr.Markdown(elem_classes="notice", elem_id="own-used")
            with gr.Row(elem_classes="buttons"):
                pack = gr.Button(text("own.pack"), size="md", min_width=140, elem_id="own-pack")
                delete = gr.Button(text("own.delete"), variant="stop", size="md", min_width=150, elem_id="own-delete")
            gr.Markdown(text("own.packed"), elem_classes="notice")
            file = gr.File(label=text("own.file"), interactive=False, visible=False, elem_id="own-file")
    samples = gr.HTML(css_template=OWN_CSS, elem_id="own-samples", apply_default_css=False)
    clock, watch = gr.Timer(2, active=False), gr.Timer(LOOK_SECONDS, active=False)

    medium.input(
        lambda m: (
            gr.Column(visible=m == "texts"), gr.Dropdown(visible=m == "sounds"),
            *(gr.Markdown(visible=m == name) for name in actions.MEDIA),
        ),
        medium, [only_texts, effect, *notes], queue=False, **QUIET,
    )  # fmt: skip
    checked = {"outputs": [visit, report, status, files], "show_progress": "minimal", "show_progress_on": status}
    check.click(actions.check_own, [visit, medium, files, pasted], api_name="check_own", **checked, **MODEL_EVENT)
    example.click(actions.check_example, [visit, medium], api_name="check_example", **checked, **MODEL_EVENT)
    shown = [visit, status, lines, samples, figures]
    # through the queue, but never waiting there: past it the page would not show what is wrong
    joined = train.click(actions.join_own, visit, [status, clock], concurrency_limit=None, api_name="join_own",
                         show_progress="hidden")  # fmt: skip
    running = joined.success(
        actions.train_own, [visit, seconds, kind, effect], [*shown, use], api_name="train_own", show_progress="minimal",
        show_progress_on=status, **OWN_EVENT,
    )  # fmt: skip
    clock.tick(actions.tell_place, visit, [status, clock], queue=False, **QUIET)
    braked = stop.click(actions.brake, visit, None, queue=False, api_name="stop_own", show_progress="hidden")
    presses.end_with(braked.then, [running]).then(actions.stopped, visit, shown[1:], queue=False, **QUIET)
    again.click(actions.restart_own, visit, shown, queue=False, **QUIET)
    use.input(actions.use_own, [visit, use], [visit, used], api_name="use_own", show_progress="minimal",
              show_progress_on=used, **MODEL_EVENT).then(
        lambda on: gr.Timer(active=on), use, watch, queue=False, **QUIET
    )  # fmt: skip
    # through the queue as well: past it Gradio shows no warning
    watch.tick(actions.still_used, [visit, use], [use, used, watch], concurrency_limit=None, **QUIET)
    pack.click(actions.pack_own, visit, [visit, file], api_name="pack_own", show_progress="minimal",
               show_progress_on=file, **MODEL_EVENT)  # fmt: skip
    delete.click(
        actions.delete_own, visit, [visit, files, pasted, report, status, lines, samples, figures, use, file, used],
        queue=False, api_name="delete_own", show_progress="hidden",
    )  # fmt: skip
    if Context.root_block is not None:
        Context.root_block.unload(leave)
    return [running]
