"""The tab "Latent interpolation": paths between key faces, and a map between four."""

from typing import Any

import gradio as gr

from genai_demo.core import limits
from genai_demo.faces.latents import EASINGS, METHODS, SPACES
from genai_demo.ui import interpolation_actions as actions
from genai_demo.ui.common import LIVE_EVENT, MODEL_EVENT, REDRAW_EVENT, at_rest, choice, number, slider, to_press
from genai_demo.ui.faces_tab import FacesTab
from genai_demo.ui.strings import TEXTS, text
from genai_demo.ui.widgets import face_map, scrubber

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
RING_JS = "(picked) => ({__type__: 'update', selected_index: picked - 1})"
"""The ring is on the key that the buttons act on."""


def build(demo: gr.Blocks, faces: FacesTab, weights: gr.State) -> None:
    """Lay out the tab inside the open ``gr.Tab`` and connect its events. weights: changes with what is to draw."""
    keys = gr.State(None, time_to_live=1800)
    path, saved = gr.State(None, time_to_live=1800), gr.State(None, time_to_live=1800)
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            frame_view = scrubber()
            with gr.Row(elem_classes="buttons"):
                files = [gr.DownloadButton(text(f), size="sm", min_width=80, elem_id=f) for f in actions.FORMATS]
            gr.Markdown(text("downloads.notice"), elem_classes="notice")
        with gr.Column(scale=5, min_width=300):
            gallery = gr.Gallery(
                label=text("keys"),
                columns=8,
                format="png",
                interactive=False,
                allow_preview=False,
                object_fit="cover",
                buttons=[],
                height="auto",
                elem_id="keys",
            )
            with gr.Row(elem_classes="buttons"):
                picked = number("keys.picked", 1, limits.MAX_KEYS, 1, min_width=180, scale=2, elem_id="picked")
                earlier = gr.Button(text("keys.earlier"), size="sm", min_width=80)
                later = gr.Button(text("keys.later"), size="sm", min_width=80)
                remove = gr.Button(text("keys.remove"), size="sm", min_width=80, elem_id="remove-key")
            with gr.Row(elem_classes="buttons"):
                seed = number("keys.seed", 0, limits.MAX_SEED, 21, min_width=180, scale=2, elem_id="key-seed")
                add = gr.Button(text("keys.add"), size="sm", min_width=90, elem_id="add-key")
                add_face = gr.Button(text("keys.add_face"), size="sm", min_width=120, elem_id="add-face")
                add_upload = gr.UploadButton(text("keys.add_upload"), file_types=["image"], size="sm", min_width=90)
            with gr.Row(elem_classes="settings"):
                space = choice("space", SPACES, "w", min_width=150)
                method = choice("method", METHODS, "lerp", min_width=200)
            easing = choice("easing", EASINGS, "smooth")
            with gr.Row(elem_classes="settings"):
                frames = slider("frames", limits.MIN_FRAMES, limits.MAX_FRAMES, actions.FIRST_FRAMES, 1, min_width=130)
                fps = slider("fps", 1, limits.MAX_FPS, actions.FIRST_FPS, 1, min_width=130)
            with gr.Row(elem_classes="settings"):
                truncation = slider(
                    "truncation",
                    0,
                    limits.MAX_TRUNCATION,
                    actions.PSI,
                    0.05,
                    info="path.truncation.info",
                    min_width=130,
                )
                loop = gr.Checkbox(True, label=text("loop"), info=text("loop.info"), min_width=130)
    redraw = _map(demo, keys, truncation, weights)

    settings = [keys, space, method, easing, frames, fps, loop, truncation]
    draw = {"fn": actions.draw_path, "inputs": settings, "outputs": [frame_view, path], "show_progress": "minimal"}
    save = {"fn": actions.save_animation, "inputs": [path, fps], "outputs": [*files, saved], "show_progress": "hidden"}
    show = {"fn": actions.show_keys, "inputs": [keys, truncation], "outputs": gallery} | LIVE_EVENT
    draw |= REDRAW_EVENT
    save["trigger_mode"] = "always_last"
    hold = to_press(*files, ready=False)
    offer = {"fn": actions.offer, "inputs": [path, saved], "outputs": files, "queue": False} | QUIET
    offer["trigger_mode"] = "always_last"
    ring: dict[str, Any] = {"fn": None, "inputs": picked, "outputs": gallery, "js": RING_JS, "queue": False} | QUIET
    names: set[str] = set()

    def visibility(name: str) -> dict[str, str]:
        """The first use of an event carries its public name; repetitions are private."""
        first = name not in names
        names.add(name)
        return {"api_name": name} if first else {"api_visibility": "private"}

    def after(event: Any, keys_too: bool = True) -> None:
        """Draw what an event has changed. Files of another film than the one that is shown are not to be had."""
        event = event.then(**hold)
        if keys_too:
            event = event.then(**show, **visibility("show_keys"))
            event.then(**ring)
            event.failure(**offer)
        event = event.then(**draw, **visibility("draw_path"))
        event.failure(**offer)
        event.then(**hold).then(**save, **visibility("save_animation")).then(**offer)

    after(demo.load(actions.start_keys, None, keys, api_name="start_keys", show_progress="hidden"))
    after(weights.change(**hold))
    gallery.select(_read_click, None, picked, **QUIET)
    picked.change(**ring)
    after(add.click(actions.add_seed_key, [keys, seed], keys, api_name="add_seed_key"))
    after(add_upload.upload(actions.add_upload_key, [keys, add_upload], keys, api_name="add_upload_key", **MODEL_EVENT))
    after(remove.click(actions.remove_key, [keys, picked], [keys, picked], api_name="remove_key"))
    after(earlier.click(actions.move_key_earlier, [keys, picked], [keys, picked], api_name="move_key_earlier"))
    after(later.click(actions.move_key_later, [keys, picked], [keys, picked], api_name="move_key_later"))
    face = {"fn": actions.add_face_key, "inputs": [keys, faces.selected, faces.layers, faces.truncation, faces.noise]}
    face |= {"inputs_kwargs": faces.sliders, "outputs": keys} | MODEL_EVENT
    for button, name in ((faces.use_as_key, {"api_name": "add_face_key"}), (add_face, {"api_visibility": "private"})):
        after(button.click(**face, **name))
    after(gr.on(at_rest(space, method, easing, loop, frames, fps), **hold), keys_too=False)
    after(gr.on(at_rest(truncation), **hold))
    gr.on(at_rest(truncation), **redraw, **QUIET)


def _read_click(event: gr.SelectData) -> int:
    """Number of the clicked key, from 1."""
    return int(event.index) + 1


def _map(demo: gr.Blocks, keys: gr.State, truncation: gr.Slider, weights: gr.State) -> dict[str, Any]:
    """The map and its events; returns the arguments of the event that draws it."""
    corners = gr.State([], time_to_live=1800)
    gr.Markdown(text("map"), elem_classes="subject")
    gr.Markdown(text("map.note"), elem_classes="notice")
    with gr.Row(equal_height=False, elem_id="map-room"):
        with gr.Column(scale=4, min_width=280):
            pad = face_map()
        with gr.Column(scale=3, min_width=220):
            face = gr.Image(
                label=text("map.face"),
                show_label=False,
                format="png",
                interactive=False,
                buttons=["download", "fullscreen"],
                elem_id="map-face",
                alt_text=TEXTS["map.alt"][0],
                height=300,
            )
        with gr.Column(scale=3, min_width=220):
            first = ", ".join(map(str, actions.FIRST_CORNERS))
            seeds = gr.Textbox(first, label=text("map.seeds"), info=text("map.seeds.info"), max_length=60)
            press = gr.Button(text("map.draw"), size="sm", elem_id="draw-map")
            take = gr.Button(text("map.from_keys"), size="sm", elem_id="map-from-keys")
    blend = {"fn": actions.blend_faces, "inputs": [pad, corners, truncation], "outputs": face} | LIVE_EVENT
    draw = {"fn": actions.draw_map, "inputs": [seeds, truncation], "outputs": [pad, corners]} | REDRAW_EVENT
    pad.input(**blend, api_name="blend_faces")
    private = {"api_visibility": "private"}
    press.click(**draw, api_name="draw_map").then(**blend, **private)
    gr.on(at_rest(seeds), **draw, **private).then(**blend, **private)
    taken = take.click(
        actions.draw_map_from_keys, [keys, truncation], [pad, corners], api_name="draw_map_from_keys", **MODEL_EVENT
    )
    taken.then(**blend, **private)
    gr.on([demo.load, weights.change], **draw, **QUIET).then(**blend, **private)
    return draw
