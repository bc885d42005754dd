"""What the room "Repair" does: repairs that stream, damage whose truth is known, the history of a visit."""

import functools
import html
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from genai_demo.core.marks import changed, mark_picture
from genai_demo.core.uploads import open_upload
from genai_demo.faces import align
from genai_demo.faces import generate as faces
from genai_demo.repair import generate
from genai_demo.ui.common import percent, readable_errors
from genai_demo.ui.errors import localise
from genai_demo.ui.repair_damage import Truth, damaged_face, face_of, load, whole_of
from genai_demo.ui.repair_masks import Painted, editor_value, keep_png, mask_of, picture_of, png
from genai_demo.ui.signed import COMPOSITE, keep_made
from genai_demo.ui.strings import TEXTS, language_of, say

MODELS = ("repair",)
EXAMPLE_FACE = 139
EXAMPLE_DAMAGE = ("hole", 0.25, 1)
"""What the page opens with: kind, strength and seed of the damage."""
MOST_KEPT = 8
FILLINGS = 4
PREVIEW_EVERY = 0.5
"""Seconds between two pictures on the way."""
PREVIEW_SIDE = 768
"""Pictures on the way are no larger than this: encoding them must not hold up the repair."""


@dataclass(frozen=True)
class Result:
    """A repair: paths of PNG files."""

    before: str
    after: str
    caption: str
    whole: str | None = None
    """The truth, where it is known."""


def face_squares(picture: Image.Image) -> list[np.ndarray]:
    """Squares around the faces of a picture, for ``generate.restore``; none where none is found."""
    try:
        return [align.aligned_quad(face.landmarks) for face in align.find_faces(picture)]
    except ValueError:  # no checkpoint of the finder: the repair does without
        return []


def imagined_face(face: Image.Image, hidden: np.ndarray, seed: int) -> Iterator[Image.Image]:
    """The face GAN's idea of what is hidden, for ``generate.restore``; none where its checkpoint is missing."""
    try:
        yield from faces.fill_steps(face, hidden, seed)
    except ValueError:
        return


# --------------------------------------------------------------------------- results


def _shown(result: Result, language: str, words: str) -> tuple[Any, ...]:
    """For the slider, the status, the map of changes, the original, the download, and the state."""
    before, after = load(result.before), load(result.after)
    left = result.before
    if before.size != after.size:
        left = keep_png(before.resize(after.size, Image.Resampling.BICUBIC), "before.png")
    change = keep_png(generate.difference(before, after), "change.png")
    if before.size == after.size:
        same = float((np.asarray(before) == np.asarray(after)).all(2).mean())
        words += say("repair.untouched", language, share=percent(same))
    if result.whole is not None:
        whole = load(result.whole)
        first, now = generate.quality(whole, before), generate.quality(whole, after)
        words += say(
            "repair.gain", language, psnr=first["psnr"], better=now["psnr"], ssim=first["ssim"], more=now["ssim"]
        )
    original = gr.Image(result.whole, visible=result.whole is not None)
    return (left, result.after), words, change, original, result.after, result


def _remembered(history: list[Result], result: Result) -> tuple[list[Result], gr.Gallery, gr.Button]:
    """The history with one more, its gallery, and the button beside it."""
    history = [*history, result][-MOST_KEPT:]
    return history, gr.Gallery([(r.after, r.caption) for r in history], visible=True), gr.Button(visible=True)


def bars(amounts: dict[str, float], language: str) -> str:
    """What the network thinks is wrong, as an HTML list of bars, the worst first."""
    rows = []
    for name, amount in sorted(amounts.items(), key=lambda kv: -kv[1]):
        key = f"measure.{name}"
        word = say(key, language) if key in TEXTS else name
        rows.append(
            f"<tr><td>{html.escape(word)}</td><td><b style='width:{100 * amount:.0f}%'></b></td>"
            f"<td>{percent(amount)}</td></tr>"
        )
    return f"<table class='next'>{''.join(rows)}</table>"


def _steps(
    painted: Painted | None, task: str, seed: int, fidelity: float, imagine: bool
) -> Iterator[tuple[Image.Image, generate.Progress]]:
    """(what was uploaded, on white; progress) for every step of a repair."""
    picture = picture_of(painted)
    flat, mask = open_upload(picture), mask_of(painted, picture.size)
    face = imagined_face if imagine else None
    for step in generate.restore_steps(picture, mask, task, seed, fidelity, face_squares, face):
        yield flat, step


@readable_errors
def repair_picture(
    painted: Painted | None,
    truth: Truth | None,
    history: list[Result],
    task: str,
    fidelity: float,
    seed: float,
    imagine: bool,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Repair the picture in the editor; what is not painted over comes back bit for bit.

    Args:
        painted: the picture as background, and what is missing painted on a layer.
        task: "auto", "inpaint", "deblur", "enlarge2", "enlarge4", "denoise" or "old".
        fidelity: 1 adds nothing that is not known, 0 all the detail that the network would invent.
        seed: of what is invented.
        imagine: wide holes in faces come from the face GAN, which takes seconds.

    Returns:
        The picture before and after, the status, where it changed, the original if it is known, the file, and what
        the network thinks is wrong.
    """
    language, start, shown = language_of(request), time.perf_counter(), 0.0
    flat: Image.Image | None = None
    left, step = "", None
    yield gr.skip(), say("repair.running", language, share=percent(0)), *[gr.skip()] * 8
    for flat, step in _steps(painted, task, int(seed), fidelity, imagine):
        now = time.perf_counter()
        if step.share < 1 and now - shown > PREVIEW_EVERY:
            preview, shown = step.picture.copy(), now
            preview.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
            left = left or keep_png(flat.resize(preview.size, Image.Resampling.BICUBIC), "before.png")
            words = say("repair.running", language, share=percent(step.share))
            yield (left, keep_png(preview, "preview.png")), words, *[gr.skip()] * 8
    assert flat is not None and step is not None
    name = f"repair-{task}-seed{int(seed)}.png"
    caption = say(f"task.{task}", language)
    recipe = {"task": task, "seed": int(seed), "fidelity": fidelity}
    after = _kept(step.picture, flat, name, *_with_faces(recipe, step.imagined))
    result = Result(keep_png(flat, "before.png"), after, caption, whole_of(truth, flat))
    words = say("repair.status", language, seconds=time.perf_counter() - start, size=_size(step.picture))
    words += say("repair.imagined", language) if step.imagined else ""
    if picture_of(painted).mode == "RGBA":
        words += say("repair.clear.filled" if task in generate.FILLING else "repair.clear.white", language)
    found = bars(generate.estimate(flat), language)
    yield *_shown(result, language, words), found, *_remembered(history, result)


def _kept(
    after: Image.Image, before: Image.Image, name: str, recipe: dict[str, Any], models: Sequence[str] = MODELS
) -> str:
    """A result to be downloaded. The mark goes only where the network changed something."""
    marked = mark_picture(after, models, recipe, changed(before, after))
    return keep_made(png(marked), name, recipe, models, COMPOSITE)


def _with_faces(recipe: dict[str, Any], imagined: bool) -> tuple[dict[str, Any], Sequence[str]]:
    """The recipe and the models of a repair, with the face GAN where it had a part in it."""
    return (recipe | {"imagined": True}, [*MODELS, "faces-gan"]) if imagined else (recipe, MODELS)


def _size(picture: Image.Image) -> str:
    return f"{picture.width} × {picture.height}"


@readable_errors
def four_fillings(
    painted: Painted | None, truth: Truth | None, seed: float, imagine: bool, request: gr.Request
) -> Iterator[tuple[Any, Any, str]]:
    """Fill the painted hole from four seeds.

    Args:
        painted: the picture as background, and what is missing painted on a layer.
        seed: the first of the four.
        imagine: wide holes in faces come from the face GAN, which takes seconds.

    Returns:
        The fillings so far, and the status.
    """
    language = language_of(request)
    found: list[Result] = []
    flat, shown = open_upload(picture_of(painted)), time.perf_counter()
    before, whole = keep_png(flat, "before.png"), whole_of(truth, flat)
    for number in range(int(seed), int(seed) + FILLINGS):
        for _, step in _steps(painted, "inpaint", number, 0.0, imagine):
            if step.share < 1 and time.perf_counter() - shown > PREVIEW_EVERY:
                shown = time.perf_counter()
                share = percent((len(found) + step.share) / FILLINGS)
                yield gr.skip(), gr.skip(), say("repair.running", language, share=share)
        recipe, models = _with_faces({"task": "inpaint", "seed": number}, step.imagined)
        after = _kept(step.picture, flat, f"repair-inpaint-seed{number}.png", recipe, models)
        found = [*found, Result(before, after, say("fillings.caption", language, seed=number), whole)]
        words = say("fillings.status", language, done=len(found), count=FILLINGS)
        yield gr.Gallery([(r.after, r.caption) for r in found], visible=True), found, words


@readable_errors
def take_filling(number: float, fillings: list[Result], history: list[Result], request: gr.Request) -> tuple[Any, ...]:
    """Make one of the four fillings the result.

    Args:
        number: 1 is the first.
    """
    if not fillings:
        raise ValueError("There are no fillings yet. Press Four fillings first.")
    if not 1 <= number <= len(fillings):
        raise ValueError(f"Choose a filling from 1 to {len(fillings)}.")
    result = fillings[int(number) - 1]
    return *_shown(result, language_of(request), result.caption), *_remembered(history, result)


def read_click(event: gr.SelectData) -> int:
    """Number of the clicked picture, from 1."""
    return int(event.index) + 1


@readable_errors
def use_result(result: Result | None) -> tuple[dict[str, Any], Truth | None]:
    """Put the result into the editor, to be repaired once more."""
    if result is None:
        raise ValueError("There is no result yet. Press Repair first.")
    picture = load(result.after)
    value = editor_value(picture, name="repaired.png")
    return value, Truth(value["background"], result.whole) if result.whole is not None else None


@readable_errors
def use_history(number: float, history: list[Result]) -> tuple[dict[str, Any], Truth | None]:
    """Put an earlier result into the editor.

    Args:
        number: 1 is the oldest that is kept.
    """
    if not history:
        raise ValueError("There is no result yet. Press Repair first.")
    if not 1 <= number <= len(history):
        raise ValueError(f"Choose a result from 1 to {len(history)}.")
    return use_result(history[int(number) - 1])


@functools.lru_cache(maxsize=1)
def _example_repair() -> tuple[Image.Image, dict[str, float]]:
    """The opening picture repaired, and what was wrong with it; computed once."""
    damaged, mask = generate.damage(face_of(EXAMPLE_FACE), *EXAMPLE_DAMAGE)
    return generate.restore(damaged, mask), generate.estimate(damaged)


@readable_errors
def open_room(request: gr.Request) -> tuple[Any, ...]:
    """What the page opens with: a damaged face in the editor, and its repair."""
    language = language_of(request)
    value, truth = damaged_face(EXAMPLE_FACE, *EXAMPLE_DAMAGE)
    try:
        repaired, amounts = _example_repair()
    except ValueError as error:  # no checkpoint: the page opens all the same, and the button says why
        return value, truth, (truth.damaged, truth.damaged), localise(str(error), language), *[gr.skip()] * 5
    recipe = {"task": "auto", "seed": 0, "fidelity": 0.5}
    after = _kept(repaired, open_upload(truth.damaged), "repair-auto-seed0.png", recipe, [*MODELS, "faces-gan"])
    result = Result(truth.damaged, after, say("task.auto", language), truth.whole)
    words = say("repair.example", language, seed=EXAMPLE_FACE)
    return value, truth, *_shown(result, language, words), bars(amounts, language)
