"""The room "Repair": a picture, what is wrong with it, and what the network makes of it."""

from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.repair import blemishes
from genai_demo.repair.damage import KINDS
from genai_demo.repair.filling import WAYS
from genai_demo.repair.model import TASKS
from genai_demo.ui import presses
from genai_demo.ui import repair_actions as actions
from genai_demo.ui import repair_damage as damages
from genai_demo.ui.common import MODEL_EVENT, choice, number, slider
from genai_demo.ui.mask_editor.component import MaskEditor, mask_editor
from genai_demo.ui.repair_masks import SHAPES
from genai_demo.ui.strings import TEXTS, text

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
LOOK: dict[str, Any] = {"format": "png", "interactive": False, "buttons": ["download", "fullscreen"]}
"""For pictures that are only looked at."""


def build(demo: gr.Blocks) -> None:
    """Lay out the room inside the open ``gr.Tab`` and connect its events."""
    truth, result = gr.State(None, time_to_live=1800), gr.State(None, time_to_live=1800)
    history, fillings = gr.State([], time_to_live=1800), gr.State([], time_to_live=1800)
    gr.Markdown(text("repair.note"), elem_classes="notice")
    with gr.Row(equal_height=False, elem_classes="repair-room"):
        with gr.Column(min_width=320, elem_classes="repair-left"):
            editor = mask_editor(elem_id="repair-editor")
            with gr.Row(elem_classes="buttons"):
                go = gr.Button(text("repair.go"), variant="primary", min_width=90, elem_id="repair-go")
                stop = gr.Button(text("repair.stop"), variant="stop", min_width=80, elem_id="repair-stop")
                four = gr.Button(text("repair.fillings"), min_width=110, elem_id="repair-four")
            task = choice("task", TASKS, "auto", elem_id="repair-task")
            with gr.Row(elem_classes="settings"):
                fidelity = slider("fidelity", 0, 1, 0.5, 0.05)
                seed = number("repair.seed", 0, limits.MAX_SEED - actions.FILLINGS, 0, min_width=120)
            with gr.Row(elem_classes="settings", visible=False) as levels:
                revive = slider("repair.revive", 0, 1, 1, 0.05, elem_id="repair-revive")
                grain = gr.Checkbox(
                    False, label=text("repair.grain"), info=text("repair.grain.info"), elem_id="repair-grain"
                )
            way = choice("way", WAYS, "auto", elem_id="repair-way")
            imagine = gr.Checkbox(
                True, label=text("repair.imagine"), info=text("repair.imagine.info"), elem_id="repair-imagine"
            )
            with gr.Accordion(text("damage.title"), open=True, elem_id="damage-panel", elem_classes="later"):
                damage = _damage()
            with gr.Accordion(text("mask.title"), open=False, elem_id="mask-panel", elem_classes="later"):
                mask = _masks()
        with gr.Column(min_width=320):
            compare = gr.ImageSlider(
                label=text("repair.slider"),
                type="filepath",
                max_height=420,
                elem_id="repair-slider",
                **LOOK,
            )
            status = gr.Markdown(elem_classes="notice", elem_id="repair-status")
            with gr.Row(elem_classes="buttons"):
                download = gr.DownloadButton(
                    text("repair.file"), variant="primary", min_width=90, elem_id="repair-download"
                )
                exact = gr.DownloadButton(text("repair.exact"), min_width=90, visible=False, elem_id="repair-exact")
                again = gr.Button(text("repair.again"), min_width=130, elem_id="repair-again")
            with gr.Row(equal_height=True):
                change = _picture("repair.change", "repair-change")
                original = _picture("repair.original", "repair-original", visible=False)
            gr.Markdown(text("repair.measures"), elem_classes="notice")
            measures = gr.HTML(elem_id="repair-measures", apply_default_css=False)
            gallery = gr.Gallery(
                label=text("fillings.gallery"),
                columns=4,
                height="auto",
                visible=False,
                allow_preview=False,
                elem_id="repair-fillings",
                **LOOK,
            )
            past = gr.Gallery(
                label=text("repair.history"),
                columns=4,
                height="auto",
                visible=False,
                allow_preview=False,
                elem_id="repair-history",
                **LOOK,
            )
            use = gr.Button(text("repair.use"), size="sm", visible=False, elem_id="repair-use")
    chosen = gr.Number(1, label=text("repair.picked"), precision=0, visible="hidden")
    picked = gr.Number(1, label=text("repair.picked"), precision=0, visible="hidden")

    shown = [compare, status, change, original, download, result]
    kept = [exact, history, past, use]
    running = go.click(
        actions.repair_picture,
        [editor, truth, history, task, fidelity, seed, imagine, way, revive, grain],
        [*shown, measures, *kept],
        api_name="repair_picture",
        show_progress="minimal",
        time_limit=300,
        **MODEL_EVENT,
        **presses.PRESS,
    )
    ways = four.click(
        actions.four_fillings,
        [editor, truth, seed, imagine],
        [gallery, fillings, status],
        api_name="four_fillings",
        show_progress="minimal",
        time_limit=300,
        **MODEL_EVENT,
        **presses.PRESS,
    )
    presses.replace_each_other([running, ways])
    stopped = presses.stop(stop, [running, ways])
    for ended in (running.failure, ways.failure, stopped.then):
        ended(actions.end_progress, status, status, queue=False, **QUIET)
    gallery.select(actions.read_click, None, chosen, **QUIET).then(
        actions.take_filling,
        [chosen, fillings, history],
        [*shown, *kept],
        api_name="take_filling",
        show_progress="hidden",
    )
    again.click(actions.use_result, result, [editor, truth], api_name="use_result", show_progress="hidden")
    past.select(actions.read_click, None, picked, **QUIET)
    use.click(actions.use_history, [picked, history], [editor, truth], api_name="use_history", show_progress="hidden")
    damage(editor, truth)
    mask(editor)
    task.change(lambda name: gr.Row(visible=name == "old"), task, levels, queue=False, **QUIET)
    editor.upload(actions.take_picture, editor, editor, queue=False, **QUIET)
    demo.load(actions.open_room, None, [editor, truth, *shown, measures, exact], **QUIET, **MODEL_EVENT)


def _picture(key: str, name: str, **settings: Any) -> gr.Image:
    return gr.Image(label=text(key), elem_id=name, alt_text=TEXTS[f"{key}.alt"][0], height=240, min_width=150,
                    elem_classes="look", **LOOK, **settings)  # fmt: skip


def _damage() -> Any:
    """The panel that damages; returns what connects it to the editor and the truth."""
    gr.Markdown(text("damage.note"), elem_classes="notice")
    with gr.Row(elem_classes="settings"):
        kind = gr.Dropdown(
            [(text(f"damage.kind.{k}"), k) for k in KINDS], value="mixture", label=text("damage.kind"),
            info=text("damage.kind.info"), filterable=False, min_width=150, elem_id="damage-kind",
        )  # fmt: skip
        strength = slider("damage.strength", 0, 1, 0.5, 0.05)
    with gr.Row(elem_classes="settings"):
        seed = number("damage.seed", 0, limits.MAX_SEED, 1, min_width=120)
        face = number("damage.face", 0, limits.MAX_SEED, actions.EXAMPLE_FACE, min_width=120)
    with gr.Row(elem_classes="buttons"):
        go = gr.Button(text("damage.go"), size="md", min_width=130, elem_id="damage-go")
        this = gr.Button(text("damage.this_face"), size="md", min_width=130, elem_id="damage-face")
        other = gr.Button(text("damage.other_face"), size="md", min_width=110, elem_id="damage-other")

    def connect(editor: MaskEditor, truth: gr.State) -> None:
        settings, outputs = [kind, strength, seed], [editor, truth]
        go.click(damages.damage_picture, [editor, truth, *settings], outputs, api_name="damage_picture",
                 show_progress="hidden")  # fmt: skip
        draw = {"fn": damages.damage_face, "inputs": [face, *settings], "outputs": outputs} | MODEL_EVENT
        this.click(**draw, api_name="damage_face", show_progress="hidden")
        other.click(damages.roll_face, None, face, queue=False, **QUIET).then(**draw, **QUIET)

    return connect


def _masks() -> Any:
    """The panel with ready-made masks; returns what connects it to the editor."""
    gr.Markdown(text("mask.note"), elem_classes="notice")
    kinds = gr.CheckboxGroup(
        [(text(f"mask.kinds.{kind}"), kind) for kind in blemishes.KINDS], value=list(blemishes.KINDS),
        label=text("mask.kinds"), info=text("mask.kinds.info"), elem_id="mask-kinds",
    )  # fmt: skip
    with gr.Row(elem_classes="settings"):
        care = slider("mask.care", 0, 1, 0.5, 0.05, elem_id="mask-care")
        find = gr.Button(text("mask.find"), size="md", min_width=130, elem_id="mask-find")
    shape = choice("mask.shape", list(SHAPES), "strokes", elem_id="mask-shape")
    with gr.Row(elem_classes="buttons"):
        seed = number("mask.seed", 0, limits.MAX_SEED, 1, min_width=120)
    with gr.Row(elem_classes="buttons"):
        add = gr.Button(text("mask.add"), size="md", min_width=80, elem_id="mask-add")
        clear = gr.Button(text("mask.clear"), size="md", min_width=120, elem_id="mask-clear")
        upload = gr.UploadButton(text("mask.upload"), file_types=["image"], size="md", min_width=130)

    def connect(editor: MaskEditor) -> None:
        add.click(damages.add_mask, [editor, shape, seed], editor, api_name="add_mask", show_progress="hidden")
        find.click(
            damages.find_blemishes, [editor, care, kinds], editor, api_name="find_blemishes", show_progress="hidden",
            **MODEL_EVENT,
        )  # fmt: skip
        clear.click(damages.clear_mask, editor, editor, api_name="clear_mask", show_progress="hidden")
        upload.upload(damages.upload_mask, [editor, upload], editor, api_name="upload_mask", show_progress="hidden")

    return connect
