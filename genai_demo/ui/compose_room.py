"""The room "Compose": a person cut out of a picture and put into another scene."""

import functools
from collections.abc import Iterator
from typing import Any

import gradio as gr
from PIL import Image

from genai_demo.core import kept, limits
from genai_demo.core.marks import changed, mark_picture
from genai_demo.core.uploads import open_layer, open_upload
from genai_demo.repair import compose, generate
from genai_demo.ui.common import (
    LIVE_EVENT,
    MODEL_EVENT,
    Upload,
    at_rest,
    moving,
    number,
    open_picture,
    readable_errors,
    slider,
)
from genai_demo.ui.errors import localise
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.repair_actions import read_click
from genai_demo.ui.repair_damage import face_picture, roll_face
from genai_demo.ui.repair_masks import keep_png, png
from genai_demo.ui.signed import COMPOSITE, keep_made
from genai_demo.ui.strings import TEXTS, add_texts, language_of, say, text

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
LOOK: dict[str, Any] = {"format": "png", "interactive": False, "buttons": ["download", "fullscreen"]}
CUTTER = "repair-cutout"
OWN = "own"
"""Stands for the uploaded scene."""
FIRST_FACE, FIRST_SCENE = 148, "beach"
FACE_SIDE = 256
SCENE, SWATCH = (640, 480), (160, 120)
"""Width and height in pixels of a built-in scene, and of its picture in the gallery."""
PLACED = {"x": 0.5, "y": 1.0, "scale": 0.8, "feather": 1.5, "match": 0.7, "shadow": 0.3, "mirror": False}
"""How the room opens."""
PERSON_SIDE, SCENE_SIDE = 768, 1024
"""Larger uploads are made smaller: the picture follows the sliders."""


@kept.within(megabytes=6)
def _cut(path: str) -> Image.Image:
    """The person of a picture. Gradio names folders by what the files hold, so a path stands for its picture."""
    picture = open_layer(path)  # what is transparent is cut out already
    picture.thumbnail((PERSON_SIDE, PERSON_SIDE))
    return compose.cut_out(picture)


@kept.within(megabytes=8)
def _uploaded_scene(path: str) -> Image.Image:
    picture = open_upload(path)
    picture.thumbnail((SCENE_SIDE, SCENE_SIDE))
    return picture


@kept.within(megabytes=6)
def _scene(name: str, seed: int) -> Image.Image:
    return compose.scene(name, *SCENE, seed)


@functools.lru_cache(maxsize=2)
def _swatches() -> tuple[tuple[str, Image.Image], ...]:
    return tuple((name, compose.scene(name, *SWATCH)) for name in compose.SCENES)


def _repaired(picture: Image.Image, ring: Image.Image) -> Image.Image:
    """The picture with the ring filled in by the network of the repair room."""
    return generate.restore(picture, ring, "inpaint", way="network")


@readable_errors
def cut_out_person(upload: str | None) -> str:
    """Cut the person out of a picture.

    Args:
        upload: a picture with a person, or a PNG that is transparent around one.

    Returns:
        A PNG that is transparent around the person.
    """
    if upload is None:
        raise ValueError("Choose a picture first.")
    return keep_made(png(_cut(upload)), "person.png", None, [CUTTER], COMPOSITE)


@readable_errors
def compose_picture(
    upload: str | None,
    scene: str,
    own: str | None,
    seed: float,
    x: float,
    y: float,
    scale: float,
    feather: float,
    match: float,
    shadow: float,
    mirror: bool,
    seam: bool = False,
) -> tuple[str, str]:
    """Put the person of a picture into a scene.

    Args:
        upload: a picture with a person.
        scene: the name of a built-in scene, or "own" for the uploaded one.
        own: the picture to stand in, where scene is "own".
        seed: of the built-in scene.
        x: 0 is the left edge, 1 the right one.
        y: 0 is the top, 1 the bottom.
        scale: height of the person in heights of the scene.
        feather: pixels over which the edge fades.
        match: how far the person's colours are drawn to those of the scene, 0 to 1.
        shadow: 0 to 1.
        mirror: whether to turn the person round.
        seam: whether the network repairs the edge.

    Returns:
        The picture, and the file.
    """
    if upload is None:
        raise ValueError("Choose a picture first.")
    if scene == OWN:
        open_picture(own)  # which says that there is none
    ground = _uploaded_scene(own) if scene == OWN and own is not None else _scene(scene, int(seed))
    repair = _repaired if seam else None
    found = compose.place(_cut(upload), ground, x, y, scale, feather, match, shadow, bool(mirror), repair)
    recipe = {"scene": scene, "seed": int(seed), "x": x, "y": y, "scale": scale, "feather": feather, "match": match}
    recipe |= {"shadow": shadow, "mirror": bool(mirror), "seam": bool(seam)}
    models = [CUTTER, "repair"] if seam else [CUTTER]
    data = png(mark_picture(found, models, recipe, changed(ground, found)))
    path = keep_made(data, f"compose-{scene.replace(' ', '-')}.png", recipe, models, COMPOSITE)
    return path, path


@readable_errors
@with_own_weights
def compose_face(face: float) -> str:
    """A face that our GAN makes, to be put into a scene.

    Args:
        face: its seed.
    """
    return keep_png(face_picture(int(face), FACE_SIDE), f"face-{int(face)}.png")


@readable_errors
def open_compose(opened: bool, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """What the room shows first; nothing when it is opened again."""
    if opened:
        yield tuple([gr.skip()] * 7)
        return
    language, face = language_of(request), compose_face(FIRST_FACE)
    ground = keep_png(_scene(FIRST_SCENE, 0), f"scene-{FIRST_SCENE}.png")
    yield True, face, gr.skip(), ground, ground, gr.skip(), ""
    scenes = [(keep_png(s, f"scene-{n.replace(' ', '-')}.png"), say(f"scene.{n}", language)) for n, s in _swatches()]
    try:
        person = keep_png(_cut(face), "person.png")
        found = compose.place(_cut(face), _scene(FIRST_SCENE, 0), **PLACED)  # type: ignore[arg-type]
    except ValueError as error:  # no checkpoint: the room opens all the same, with its scenes
        yield *[gr.skip()] * 5, scenes, localise(str(error), language)
        return
    recipe = {"scene": FIRST_SCENE, "seed": 0, **PLACED}
    models = [CUTTER, "faces-gan"]
    data = png(mark_picture(found, models, recipe, changed(_scene(FIRST_SCENE, 0), found)))
    path = keep_made(data, f"compose-{FIRST_SCENE}.png", recipe, models, COMPOSITE)
    yield gr.skip(), gr.skip(), person, path, path, scenes, gr.skip()


def build(tab: gr.Tab) -> None:
    """Lay out the room inside the open ``tab`` and connect its events."""
    add_texts({f"scene.{s}": (s, s) for s in compose.SCENES if f"scene.{s}" not in TEXTS})
    opened = gr.State(False, time_to_live=1800)
    gr.Markdown(text("compose.note"), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=240):
            person = Upload(
                label=text("compose.person"), type="filepath", sources=["upload", "clipboard"], height=240,
                image_mode=None, placeholder=text("repair.editor.placeholder"), elem_id="compose-person",
                elem_classes="look",
            )  # fmt: skip
            with gr.Row(elem_classes="buttons"):
                face = number("damage.face", 0, limits.MAX_SEED, FIRST_FACE, min_width=130)
                other = gr.Button(text("damage.other_face"), size="md", min_width=110, elem_id="compose-other")
            cut = gr.Image(
                label=text("compose.cut"), height=200, image_mode="RGBA", alt_text=TEXTS["compose.cut.alt"][0],
                elem_id="compose-cut", elem_classes="look", **LOOK,
            )  # fmt: skip
        with gr.Column(scale=3, min_width=300):
            result = gr.Image(
                label=text("compose.result"), height=420, alt_text=TEXTS["compose.result.alt"][0],
                elem_id="compose-result", elem_classes="look", **LOOK,
            )  # fmt: skip
            status = gr.Markdown(elem_classes="notice")
            download = gr.DownloadButton(text("repair.download"), variant="primary", elem_id="compose-download")
    scenes = gr.Gallery(
        label=text("compose.scenes"), columns=6, height="auto", allow_preview=False, object_fit="cover",
        elem_id="compose-scenes", **LOOK,
    )  # fmt: skip
    with gr.Row(elem_classes="settings"):
        x = slider("compose.x", 0, 1, PLACED["x"], 0.01, elem_id="compose-x")
        y = slider("compose.y", 0, 1, PLACED["y"], 0.01)
        scale = slider("compose.scale", limits.MIN_PERSON_SCALE, limits.MAX_PERSON_SCALE, PLACED["scale"], 0.05)
    with gr.Row(elem_classes="settings"):
        feather = slider("compose.feather", 0, limits.MAX_FEATHER, PLACED["feather"], 0.5)
        match = slider("compose.match", 0, 1, PLACED["match"], 0.05)
        shadow = slider("compose.shadow", 0, 1, PLACED["shadow"], 0.05)
    with gr.Row(elem_classes="settings"):
        scene = gr.Dropdown(
            [*((text(f"scene.{s}"), s) for s in compose.SCENES), (text("scene.own"), OWN)], value=FIRST_SCENE,
            label=text("scene"), info=text("scene.info"), filterable=False, min_width=150, elem_id="compose-scene",
        )  # fmt: skip
        seed = number("scene.seed", 0, limits.MAX_SEED, 0, min_width=120)
    with gr.Row(elem_classes="settings"):
        mirror = gr.Checkbox(False, label=text("compose.mirror"), info=text("compose.mirror.info"), min_width=150)
        seam = gr.Checkbox(False, label=text("compose.seam"), info=text("compose.seam.info"), min_width=150)
    with gr.Accordion(text("compose.own"), open=False):
        own = Upload(
            label=text("compose.own.picture"), type="filepath", sources=["upload", "clipboard"], height=220,
            placeholder=text("repair.editor.placeholder"), elem_id="compose-own", elem_classes="look",
        )  # fmt: skip
    number_of = gr.Number(1, label=text("repair.picked"), precision=0, visible="hidden")

    sliders = [x, y, scale, feather, match, shadow]
    draw = {"fn": compose_picture, "inputs": [person, scene, own, seed, *sliders, mirror, seam]}
    draw |= {"outputs": [result, download]} | LIVE_EVENT
    take = {"fn": cut_out_person, "inputs": person, "outputs": cut} | LIVE_EVENT
    make = {"fn": compose_face, "inputs": face, "outputs": person} | LIVE_EVENT
    private = {"api_visibility": "private"}
    changes = [*moving(*sliders), *at_rest(mirror, seam, scene, seed)]
    gr.on(changes, **draw, api_name="compose_picture")
    person.upload(**take, api_name="cut_out_person").then(**draw, **private)
    gr.on(at_rest(face), **make, api_name="compose_face").then(**take, **private).then(**draw, **private)
    drawn = other.click(roll_face, None, face, queue=False, **QUIET).then(**make, **private)
    drawn.then(**take, **private).then(**draw, **private)
    person.upload(lambda: "", None, status, queue=False, **QUIET)
    own.upload(lambda: OWN, None, scene, queue=False, **QUIET).then(**draw, **private)
    scenes.select(read_click, None, number_of, **QUIET).then(
        lambda n: compose.SCENES[int(n) - 1], number_of, scene, queue=False, **QUIET
    ).then(**draw, **private)
    tab.select(open_compose, opened, [opened, person, cut, result, download, scenes, status], **QUIET, **MODEL_EVENT)
