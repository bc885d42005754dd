"""The room "Sound and picture": a picture is heard, a sound is seen."""

from typing import Any

import gradio as gr

from genai_demo.audio.effects.kinds import NAMES
from genai_demo.repair import compose
from genai_demo.ui import cross_actions as actions
from genai_demo.ui import presses
from genai_demo.ui.common import MODEL_EVENT, Upload
from genai_demo.ui.speech_compare import Recording
from genai_demo.ui.strings import TEXTS, add_texts, text

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
EVENT: dict[str, Any] = MODEL_EVENT | presses.PRESS | {"show_progress": "hidden", "time_limit": 300}
TABLE_CSS = """
.causes {width: 100%; border-collapse: collapse; font-size: .85rem}
.causes td, .causes th {padding: 4px 8px; text-align: left; border-bottom: 1px solid var(--border-color-primary)}
.causes td:nth-child(2) {text-align: right; font-variant-numeric: tabular-nums}
"""
SIDE = 260
"""Pixels of the pictures in the page."""


def build(tab: gr.Tab) -> None:
    """Lay out the room inside the open ``tab`` and connect its events."""
    opened = gr.State(False, time_to_live=1800)
    gr.Markdown(text("cross.intro"), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            picture = _heard_part()
        with gr.Column(min_width=300):
            sound = _seen_part()
    tab.select(actions.open_room, opened, [opened, picture, sound], **QUIET, **MODEL_EVENT)


def _choice(key: str, names: dict[str, str]) -> gr.Dropdown:
    """A choice of what we bring. names: value to the key of its name."""
    for value, name in names.items():
        if name not in TEXTS:
            add_texts({name: (value, value)})
    choices = [(text(name), value) for value, name in names.items()]
    return gr.Dropdown(choices, value=None, label=text(key), info=text(f"{key}.info"), filterable=False,
                       elem_id=key.replace(".", "-"))  # fmt: skip


def _buttons(key: str) -> tuple[gr.Button, gr.Button]:
    with gr.Row(elem_classes="buttons"):
        go = gr.Button(text(f"cross.{key}"), variant="primary", min_width=120, elem_id=f"cross-{key}")
        stop = gr.Button(text("cross.stop"), variant="stop", min_width=90, elem_id=f"cross-{key}-stop")
    return go, stop


def _table(name: str) -> gr.HTML:
    return gr.HTML("", css_template=TABLE_CSS, apply_default_css=False, elem_id=name)


def _heard_part() -> gr.Image:
    """A picture, its tune, and what led to what."""
    picture = Upload(
        label=text("cross.picture"), type="filepath", height=SIDE, sources=["upload", "clipboard"], buttons=[],
        elem_id="cross-picture",
    )  # fmt: skip
    scene = _choice("cross.scene", {name: f"scene.{name}" for name in compose.SCENES})
    go, stop = _buttons("hear")
    status = gr.Markdown(elem_classes="notice", elem_id="cross-hear-status")
    tune = gr.Audio(
        label=text("cross.tune"), interactive=False, buttons=[], elem_id="cross-tune",
        waveform_options=gr.WaveformOptions(show_recording_waveform=False),
    )  # fmt: skip
    causes = _table("cross-hear-causes")
    with gr.Row(elem_classes="buttons"):
        files = [gr.DownloadButton(text(f"cross.{f}"), size="sm", min_width=80, elem_id=f"cross-{f}")
                 for f in ("wav", "mid")]  # fmt: skip
    scene.input(actions.take_scene, scene, picture, **QUIET, **MODEL_EVENT)
    run = go.click(actions.hear_picture, picture, [status, tune, causes, *files], api_name="hear_picture", **EVENT)
    presses.stop(stop, [run]).then(actions.end_progress, status, status, queue=False, **QUIET)
    presses.replace_each_other([run])
    return picture


def _seen_part() -> gr.Audio:
    """A sound, its painting, what led to what, and the painting in motion."""
    with gr.Row():
        sound = Recording(
            label=text("cross.sound"), sources=["microphone"], type="filepath", buttons=[], elem_id="cross-sound"
        )
    file = gr.File(label=text("cross.sound.file"), type="filepath", height=120, elem_id="cross-sound-file")
    kind = _choice("cross.kind", {name: f"effect.{name}" for name in NAMES})
    go, stop = _buttons("see")
    move = gr.Button(text("cross.move"), min_width=120, elem_id="cross-move")
    status = gr.Markdown(elem_classes="notice", elem_id="cross-see-status")
    painting = gr.Image(
        label=text("cross.painting"), format="png", interactive=False, height=SIDE, buttons=["fullscreen"],
        alt_text=TEXTS["cross.painting.alt"][0], elem_id="cross-painting",
    )  # fmt: skip
    causes = _table("cross-see-causes")
    film = gr.Video(
        label=text("cross.film"), interactive=False, buttons=[], height=SIDE, autoplay=False, elem_id="cross-film"
    )
    with gr.Row(elem_classes="buttons"):
        png, mp4 = (gr.DownloadButton(text(f"cross.{f}"), size="sm", min_width=80, elem_id=f"cross-{f}")
                    for f in ("png", "mp4"))  # fmt: skip
    file.upload(actions.take_sound, file, [sound, file], api_visibility="private", show_progress="minimal")
    kind.input(actions.take_kind, kind, sound, **QUIET, **MODEL_EVENT)
    seen = go.click(actions.see_sound, sound, [status, painting, causes, png], api_name="see_sound", **EVENT)
    moved = move.click(actions.move_with_sound, sound, [status, film, mp4], api_name="move_with_sound", **EVENT)
    presses.stop(stop, [seen, moved]).then(actions.end_progress, status, status, queue=False, **QUIET)
    presses.replace_each_other([seen, moved])
    return sound
