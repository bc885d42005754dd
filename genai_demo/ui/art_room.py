"""The room "Art": photographs in the style of another picture, and paintings out of nothing."""

import functools
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
from PIL import Image

from genai_demo.core import limits
from genai_demo.core.marks import mark_picture
from genai_demo.repair import art
from genai_demo.ui import paint_room, presses
from genai_demo.ui.common import (
    LIVE_EVENT,
    MODEL_EVENT,
    Upload,
    at_rest,
    number,
    open_picture,
    readable_errors,
    slider,
    to_press,
)
from genai_demo.ui.own_visits import with_own_weights
from genai_demo.ui.repair_actions import PREVIEW_EVERY, read_click
from genai_demo.ui.repair_damage import face_picture, roll_face
from genai_demo.ui.repair_masks import keep_png, png
from genai_demo.ui.signed import ENHANCED, keep_made
from genai_demo.ui.strings import TEXTS, add_texts, language_of, say, text

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
LOOK: dict[str, Any] = {"format": "png", "interactive": False, "buttons": ["download", "fullscreen"]}
OWN = "own"
"""Stands for the uploaded style."""
FIRST_FACE, FIRST_STYLE = 148, "oil"
FIRST_STEPS = 12
"""Steps of the opening example; it is painted while the visitor waits."""
EXAMPLE_SIDE = 256
SWATCH = 128
"""Side in pixels of the pictures of the styles."""
Unfinished = tuple[Image.Image, str, dict[str, Any]] | None
"""What is shown of a picture on the way: as it is, the name of its file, its recipe. None: it is finished."""


# --------------------------------------------------------------------------- in the style of


@functools.lru_cache(maxsize=32)
def _swatch(style: str) -> bytes:
    return png(art.style_picture(style, SWATCH))


def _styles(language: str) -> list[tuple[str, str]]:
    """The built-in styles for their gallery."""
    return [(keep_png(_swatch(s), f"style-{s.replace(' ', '-')}.png"), say(f"style.{s}", language)) for s in art.STYLES]


@readable_errors
def stylise_picture(
    upload: str | None,
    style: str,
    own: str | None,
    strength: float,
    keep_colour: bool,
    steps: float,
    seed: float,
    request: gr.Request,
) -> Iterator[tuple[Any, str, Any, Unfinished]]:
    """Paint a photograph in the style of another picture, showing the way.

    Args:
        upload: the photograph.
        style: one of the built-in styles, or "own" for the uploaded one.
        own: the picture to take the style from, where style is "own".
        strength: 0 is the photograph, 1 is led by the style.
        keep_colour: take only the light and dark of the style.
        steps: more is finer.
        seed: the same seed paints in the same way.

    Returns:
        The picture, the status, and the file.
    """
    language, start, shown = language_of(request), time.perf_counter(), 0.0
    photograph = open_picture(upload)
    example = open_picture(own) if style == OWN else style
    name = f"art-{style.replace(' ', '-')}-seed{int(seed)}.png"
    recipe = {"style": style, "strength": strength, "keep_colour": bool(keep_colour), "steps": int(steps)}
    recipe |= {"seed": int(seed)}
    for stage in art.stylise(photograph, example, strength, keep_colour, int(steps), seed=int(seed)):
        now, last = time.perf_counter(), stage.step == stage.steps
        if last or now - shown > PREVIEW_EVERY:
            shown = now
            path = _kept(stage.picture, name, recipe) if last else keep_png(stage.picture, "preview.png")
            words = say("art.step", language, step=stage.step, steps=stage.steps, seconds=now - start)
            unfinished = None if last else (stage.picture, name, recipe | {"steps": stage.step})
            yield path, words, path if last else gr.skip(), unfinished


@readable_errors
def keep_unfinished(unfinished: Unfinished) -> tuple[Any, Any, Unfinished]:
    """Where it was stopped, the picture so far is the one to be downloaded."""
    if unfinished is None:
        return gr.skip(), gr.skip(), None
    path = _kept(*unfinished)
    return path, path, None


def offer(unfinished: Unfinished) -> gr.DownloadButton:
    """The download, to be pressed while it holds what is shown: not the picture before one that is on its way."""
    return gr.DownloadButton(interactive=unfinished is None)


def _kept(picture: Image.Image, name: str, recipe: dict[str, Any]) -> str:
    """A result to be downloaded. Nothing here was learnt from other pictures."""
    return keep_made(png(mark_picture(picture, (), recipe)), name, recipe, (), ENHANCED)


@functools.lru_cache(maxsize=1)
def _example() -> Image.Image:
    """The opening photograph, a face, in the opening style; painted once."""
    *_, last = art.stylise(face_picture(FIRST_FACE, EXAMPLE_SIDE), FIRST_STYLE, steps=FIRST_STEPS)
    return last.picture


@readable_errors
@with_own_weights
def art_face(face: float) -> str:
    """A face that our GAN makes, to be stylised.

    Args:
        face: its seed.
    """
    return keep_png(face_picture(int(face), EXAMPLE_SIDE), f"face-{int(face)}.png")


@readable_errors
def open_art(opened: bool) -> tuple[Any, ...]:
    """What the room shows first; nothing when it is opened again."""
    if opened:
        return tuple([gr.skip()] * 5)
    first, face = paint_room.first(), art_face(FIRST_FACE)
    return True, first, first, face, face


@readable_errors
def open_galleries(shown: Any, request: gr.Request) -> tuple[Any, ...]:
    """Paintings, styles, and word of the example, once."""
    if shown:
        return tuple([gr.skip()] * 3)
    language = language_of(request)
    return paint_room.paint_seeds(paint_room.FIRST_SEED), _styles(language), say("art.wait", language)


@readable_errors
def open_example(shown: Any, request: gr.Request) -> tuple[Any, ...]:
    """The opening photograph in the opening style, unless something else was painted."""
    if shown:
        return tuple([gr.skip()] * 3)
    recipe = {"style": FIRST_STYLE, "steps": FIRST_STEPS, "seed": 0}
    example = _kept(_example(), f"art-{FIRST_STYLE}-seed0.png", recipe)
    return example, say("art.example", language_of(request), steps=FIRST_STEPS), example


# --------------------------------------------------------------------------- layout


def build(tab: gr.Tab) -> None:
    """Lay out the room inside the open ``tab`` and connect its events."""
    add_texts({f"style.{s}": (s, s) for s in art.STYLES if f"style.{s}" not in TEXTS})
    opened = gr.State(False, time_to_live=1800)
    gr.Markdown(text("art.paint"), elem_classes="subject")
    painting, save, seeds = paint_room.build()
    gr.Markdown(text("art.stylise"), elem_classes="subject")
    photograph, swatches, result, status, download = _style_part()
    # One after the other: what the visitor does meanwhile comes between, not behind all of it.
    first = tab.select(open_art, opened, [opened, painting, save, photograph, result], **QUIET, **MODEL_EVENT)
    galleries = first.then(open_galleries, swatches, [seeds, swatches, status], **QUIET, **MODEL_EVENT)
    galleries.then(open_example, download, [result, status, download], **QUIET, **MODEL_EVENT)


def _style_part() -> tuple[Upload, gr.Gallery, gr.Image, gr.Markdown, gr.DownloadButton]:
    """Its photograph, styles, result, status and download."""
    gr.Markdown(text("art.stylise.note"), elem_classes="notice")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=260):
            photograph = Upload(
                label=text("art.photograph"), type="filepath", sources=["upload", "clipboard"], height=300,
                placeholder=text("repair.editor.placeholder"), elem_id="art-photograph", elem_classes="look",
            )  # fmt: skip
            with gr.Row(elem_classes="buttons"):
                face = number("damage.face", 0, limits.MAX_SEED, FIRST_FACE, min_width=130)
                other = gr.Button(text("damage.other_face"), size="md", min_width=110, elem_id="art-face")
        with gr.Column(min_width=260):
            result = gr.Image(
                label=text("art.result"), height=300, alt_text=TEXTS["art.result.alt"][0], elem_id="art-result",
                elem_classes="look", **LOOK,
            )  # fmt: skip
            status = gr.Markdown(elem_classes="notice", elem_id="art-status")
            with gr.Row(elem_classes="buttons"):
                go = gr.Button(text("art.go"), variant="primary", min_width=90, elem_id="art-go")
                stop = gr.Button(text("repair.stop"), variant="stop", min_width=80, elem_id="art-stop")
                download = gr.DownloadButton(text("repair.download"), min_width=80, elem_id="art-download")
    swatches = gr.Gallery(
        label=text("art.styles"), columns=len(art.STYLES) // 2, height="auto", allow_preview=False, object_fit="cover",
        elem_id="art-styles", **LOOK,
    )  # fmt: skip
    with gr.Row(elem_classes="settings"):
        style = gr.Dropdown(
            [*((text(f"style.{s}"), s) for s in art.STYLES), (text("style.own"), OWN)], value=FIRST_STYLE,
            label=text("style"), info=text("style.info"), filterable=False, min_width=150, elem_id="art-style",
        )  # fmt: skip
        strength = slider("art.strength", 0, 1, 0.7, 0.05)
        steps = slider("art.steps", limits.MIN_STYLE_STEPS, limits.MAX_STYLE_STEPS, 60, 1, elem_id="art-steps")
    with gr.Row(elem_classes="settings"):
        seed = number("art.seed", 0, limits.MAX_SEED, 0, min_width=120)
        keep = gr.Checkbox(False, label=text("art.keep"), info=text("art.keep.info"), min_width=150)
    with gr.Accordion(text("art.own"), open=False):
        own = Upload(
            label=text("art.own.picture"), type="filepath", sources=["upload", "clipboard"], height=220,
            placeholder=text("repair.editor.placeholder"), elem_id="art-own", elem_classes="look",
        )  # fmt: skip
    number_of = gr.Number(1, label=text("repair.picked"), precision=0, visible="hidden")
    unfinished = gr.State(None, time_to_live=1800)
    running = go.click(**to_press(download, ready=False)).then(
        stylise_picture, [photograph, style, own, strength, keep, steps, seed], [result, status, download, unfinished],
        api_name="stylise_picture", show_progress="minimal", time_limit=300, **MODEL_EVENT, **presses.PRESS,
    )  # fmt: skip
    keeping = {"fn": keep_unfinished, "inputs": unfinished, "outputs": [result, download, unfinished]}
    stopped = presses.stop(stop, [running]).then(**keeping, **QUIET, **MODEL_EVENT, **presses.PRESS)
    failed = running.failure(**keeping, **QUIET, **MODEL_EVENT)
    presses.replace_each_other([running, stopped])
    for event in (running, stopped, failed):
        event.then(offer, unfinished, download, queue=False, trigger_mode="always_last", **QUIET)
    draw = {"fn": art_face, "inputs": face, "outputs": photograph} | LIVE_EVENT
    gr.on(at_rest(face), **draw, api_name="art_face")
    other.click(roll_face, None, face, queue=False, **QUIET).then(**draw, api_visibility="private")
    own.upload(lambda: OWN, None, style, queue=False, **QUIET)
    swatches.select(read_click, None, number_of, **QUIET).then(
        lambda n: art.STYLES[int(n) - 1], number_of, style, queue=False, **QUIET
    )
    return photograph, swatches, result, status, download
