"""The lower half of the tab "Face generation": uploads, style mixing, breeding, replay, quality."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.faces import generate
from genai_demo.ui import faces_actions as actions
from genai_demo.ui import faces_breeding, presses
from genai_demo.ui.common import MODEL_EVENT, REDRAW_EVENT, Upload, at_rest, moving, slider
from genai_demo.ui.quality import show_quality
from genai_demo.ui.strings import TEXTS, text

if TYPE_CHECKING:
    from genai_demo.ui.faces_tab import FacesTab


def build(demo: gr.Blocks, tab: "FacesTab", gallery: gr.Gallery, after: Callable[[Any], None]) -> None:
    """Lay out the panels; ``after`` redraws the selected face when an event has changed it."""
    with gr.Accordion(text("upload.title"), open=False, elem_id="upload-panel"):
        own = _uploads(tab, after)
    with gr.Accordion(text("mixing"), open=False, elem_id="mixing-panel") as panel:
        _mixing(panel, tab, after)
    with gr.Accordion(text("breeding"), open=False, elem_id="breeding-panel"):
        faces_breeding.build(tab, after)
    if generate.replay():
        with gr.Accordion(text("replay"), open=False, elem_id="replay-panel"):
            _replay()
    with gr.Accordion(text("quality"), open=False, elem_id="quality-panel"):
        _quality(demo, gallery, own)


def _uploads(tab: "FacesTab", after: Callable[[Any], None]) -> gr.Gallery:
    uploads = gr.State([], time_to_live=1800)
    gr.Markdown(text("upload.note"), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=260):
            upload = Upload(
                label=text("upload"),
                type="filepath",
                sources=["upload", "clipboard"],
                height=260,
                placeholder=text("upload.placeholder"),
                elem_id="upload",
            )
            find = gr.Button(text("project"), variant="primary", elem_id="project")
        with gr.Column(min_width=260):
            compare = gr.Gallery(
                label=text("compare"),
                columns=2,
                format="png",
                buttons=["download", "fullscreen"],
                interactive=False,
                height="auto",
                elem_id="compare",
            )
            words = gr.Markdown()
            steps = slider("steps", 0, limits.MAX_REFINEMENT_STEPS, 30, 1)
            with gr.Row(elem_classes="buttons"):
                refine = gr.Button(text("refine"), min_width=80)
                stop = gr.Button(text("stop"), variant="stop", min_width=80)
    own = gr.Gallery(
        label=text("quality.uploads"),
        columns=4,
        format="png",
        buttons=["download", "fullscreen"],
        interactive=False,
        height="auto",
        render=False,
    )
    project = {"fn": actions.project_face, "inputs": [upload, tab.model, uploads]}
    project |= {"outputs": [tab.selected, compare, words, uploads, own]} | MODEL_EVENT
    project |= presses.PRESS
    found = [find.click(**project, api_name="project_face"), upload.upload(**project, api_visibility="private")]
    running = refine.click(
        actions.refine_face,
        [upload, steps, tab.model],
        [tab.selected, compare, words],
        api_name="refine_face",
        time_limit=60,
        **MODEL_EVENT,
        **presses.PRESS,
    )
    presses.replace_each_other([*found, running])
    presses.stop(stop, [running])
    for event in (*found, running):  # what was stopped counts as done
        after(event)
    return own


def _mixing(panel: gr.Accordion, tab: "FacesTab", after: Callable[[Any], None]) -> None:
    mixed = gr.State(None, time_to_live=1800)
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=240):
            rows = gr.Textbox("1, 5, 9", label=text("mixing.rows"), info=text("mixing.rows.info"), max_length=80)
            columns = gr.Textbox(
                "2, 3, 6, 8", label=text("mixing.columns"), info=text("mixing.columns.info"), max_length=80
            )
            names = [(text(f"layers.{v}"), v) for v in ("coarse", "middle", "fine", "all")]
            layers = gr.Radio(names, value="middle", label=text("mixing.layers"), info=text("mixing.layers.info"))
            press = gr.Button(text("mix"), variant="primary", elem_id="mix")
        with gr.Column(scale=3, min_width=280):
            grid = gr.Image(
                label=text("mixing.grid"),
                format="png",
                buttons=["download", "fullscreen"],
                interactive=False,
                elem_id="mixing-grid",
                alt_text=TEXTS["mixing.alt"][0],
            )
    mix = {"fn": actions.mix_styles, "inputs": [rows, columns, layers, tab.truncation], "outputs": [grid, mixed]}
    mix |= REDRAW_EVENT
    press.click(**mix, api_name="mix_styles")
    gr.on([panel.expand, *at_rest(layers, rows, columns)], **mix, api_visibility="private")
    after(grid.select(actions.select_mixed, mixed, tab.selected, api_visibility="private", show_progress="hidden"))


def _replay() -> None:
    last = len(generate.replay())
    moment = slider("replay.moment", 1, max(last, 2), last, 1, elem_id="moment")
    sheet = gr.Image(
        str(generate.replay()[-1][1]),
        label=text("replay.sheet"),
        buttons=["download", "fullscreen"],
        interactive=False,
        elem_id="sheet",
        alt_text=TEXTS["replay.sheet"][0],
        height=520,
    )
    gr.on(
        moving(moment), actions.show_moment, moment, sheet, api_name="show_moment", trigger_mode="always_last",
        show_progress="hidden",
    )  # fmt: skip


def _quality(demo: gr.Blocks, gallery: gr.Gallery, own: gr.Gallery) -> None:
    gr.Markdown(text("quality.note"), elem_classes="notice")
    table = gr.HTML()
    demo.load(show_quality, None, table, api_name="show_quality", show_progress="hidden")
    with gr.Row(equal_height=False):
        made = gr.Gallery(
            label=text("quality.generated"),
            columns=4,
            format="png",
            buttons=["download", "fullscreen"],
            interactive=False,
            height="auto",
        )
        own.render()
    gallery.change(lambda faces: faces, gallery, made, api_visibility="private", show_progress="hidden")
