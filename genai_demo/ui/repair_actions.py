"""What the room "Repair" does: repairs that stream, damage whose truth is known, the history of a visit."""

import functools
import html
import time
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from genai_demo.core.colours import flattened
from genai_demo.faces import align
from genai_demo.faces import generate as faces
from genai_demo.repair import generate
from genai_demo.repair.photograph import Photograph
from genai_demo.ui.common import percent, readable_errors
from genai_demo.ui.errors import localise
from genai_demo.ui.repair_damage import Truth, damaged_face, face_of, whole_of
from genai_demo.ui.repair_masks import (
    Painted,
    editor_value,
    keep_png,
    mask_of,
    photograph_of,
    picture_of,
    small_copy,
)
from genai_demo.ui.repair_results import Result, keep_result, remembered, shown
from genai_demo.ui.strings import TEXTS, language_of, say

EXAMPLE_FACE = 139
EXAMPLE_DAMAGE = ("hole", 0.25, 1)
"""What the page opens with: kind, strength and seed of the damage."""
FILLINGS = 4
PREVIEW_EVERY = 0.5
"""Seconds between two pictures on the way."""
PREVIEW_SIDE = 768
"""Pictures on the way are no larger than this: encoding them must not hold up the repair."""


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
    painted: Painted | None,
    photograph: Photograph,
    task: str,
    seed: int,
    fidelity: float,
    imagine: bool,
    way: str,
    revive: float = 1.0,
    grain: bool = False,
) -> Iterator[generate.Progress]:
    """Every step of a repair."""
    picture = photograph.seen
    face = imagined_face if imagine else None
    mask = mask_of(painted, picture.size)
    yield from generate.restore_steps(
        picture, mask, task, seed, fidelity, face_squares, face, way, revive=revive, keep_grain=grain
    )


def filled_by(ways: Mapping[str, int], language: str) -> str:
    """What filled the holes, for the status: nothing where there were none."""
    if not ways:
        return ""
    names = [
        say(f"way.{way}", language) + (f" × {count}" if count > 1 else "")
        for way, count in sorted(ways.items(), key=lambda item: -item[1])
    ]
    return say("repair.filled_by", language, ways=say("repair.comma", language).join(names))


@readable_errors
def repair_picture(
    painted: Painted | None,
    truth: Truth | None,
    history: list[Result],
    task: str,
    fidelity: float,
    seed: float,
    imagine: bool,
    way: str,
    revive: float,
    grain: bool,
    request: gr.Request,
) -> Iterator[tuple[Any, ...]]:
    """Repair the picture in the editor; what is not painted over comes back bit for bit.

    Args:
        painted: the picture as background, and what is missing painted on a layer.
        task: "auto", "inpaint", "deblur", "enlarge2", "enlarge4", "denoise" or "old".
        fidelity: 1 adds nothing that is not known, 0 all the detail that the network would invent.
        seed: of what is invented.
        imagine: wide holes in faces come from the face GAN, which takes seconds.
        way: what fills holes: "auto", "telea", "navier-stokes", "smooth", "patches" or "network".
        revive: of "old": how far fading is taken back, 0 to 1.
        grain: of "old": whether the grain stays.

    Returns:
        The picture before and after, the status, where it changed, the original if it is known, the file, and what
        the network thinks is wrong.
    """
    language, start, shown_at = language_of(request), time.perf_counter(), 0.0
    left, step = "", None
    yield gr.skip(), say("repair.running", language, share=percent(0)), *[gr.skip()] * 9
    photograph = photograph_of(painted)
    for step in _steps(painted, photograph, task, int(seed), fidelity, imagine, way, revive, bool(grain)):
        now = time.perf_counter()
        if step.share < 1 and now - shown_at > PREVIEW_EVERY:
            preview, shown_at = small_copy(step.picture, PREVIEW_SIDE), now
            if not left:
                left = keep_png(flattened(small_copy(photograph.seen, PREVIEW_SIDE)).resize(preview.size), "before.png")
            words = say("repair.running", language, share=percent(step.share))
            yield (left, keep_png(preview, "preview.png")), words, *[gr.skip()] * 9
    assert step is not None
    recipe: dict[str, Any] = {"task": task, "seed": int(seed), "fidelity": fidelity}
    if step.ways:
        recipe |= {"way": way, "filled_by": dict(step.ways)}
    if task == "old":
        recipe |= {"revive": revive, "keep_grain": bool(grain)}
    name, whole = f"repair-{task}-seed{int(seed)}", whole_of(truth, photograph.seen)
    result = keep_result(photograph, step.picture, name, say(f"task.{task}", language), recipe, step.imagined, whole)
    words = say("repair.status", language, seconds=time.perf_counter() - start, size=_size(step.picture))
    words += filled_by(step.ways, language)
    if photograph.seen.mode == "RGBA":
        words += say("repair.clear.filled" if task in generate.FILLING else "repair.clear.white", language)
    found = bars(generate.estimate(photograph.seen), language)
    *rest, exact = shown(result, language, words)
    yield *rest, found, exact, *remembered(history, result)


def _size(picture: Image.Image) -> str:
    return f"{picture.width} × {picture.height}"


def end_progress(words: str, request: gr.Request) -> Any:
    """The status line without "Repairing", which does not outlast its run; what it says of a result stays."""
    return "" if words.startswith(say("repair.running", language_of(request), share="")) else gr.skip()


@readable_errors
def four_fillings(
    painted: Painted | None, truth: Truth | None, seed: float, imagine: bool, request: gr.Request
) -> Iterator[tuple[Any, Any, str]]:
    """Fill the painted hole by the networks from four seeds.

    Args:
        painted: the picture as background, and what is missing painted on a layer.
        seed: the first of the four.
        imagine: wide holes in faces come from the face GAN, which takes seconds.

    Returns:
        The fillings so far, and the status.
    """
    language = language_of(request)
    found: list[Result] = []
    photograph, shown_at = photograph_of(painted), time.perf_counter()
    whole = whole_of(truth, photograph.seen)
    for number in range(int(seed), int(seed) + FILLINGS):
        for step in _steps(painted, photograph, "inpaint", number, 0.0, imagine, "network"):
            if step.share < 1 and time.perf_counter() - shown_at > PREVIEW_EVERY:
                shown_at = time.perf_counter()
                share = percent((len(found) + step.share) / FILLINGS)
                yield gr.skip(), gr.skip(), say("repair.running", language, share=share)
        caption, recipe = say("fillings.caption", language, seed=number), {"task": "inpaint", "seed": number}
        name = f"repair-inpaint-seed{number}"
        found = [*found, keep_result(photograph, step.picture, name, caption, recipe, step.imagined, whole)]
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
    return *shown(result, language_of(request), result.caption), *remembered(history, result)


def read_click(event: gr.SelectData) -> int:
    """Number of the clicked picture, from 1."""
    return int(event.index) + 1


@readable_errors
def take_picture(painted: Painted | None, request: gr.Request) -> dict[str, Any]:
    """Look at an uploaded file, for the editor: the picture as the browser can show it, or why it is not taken."""
    try:
        return editor_value(painted or Painted(None), picture_of(painted))
    except ValueError as error:
        return {"error": localise(str(error), language_of(request))}


@readable_errors
def use_result(result: Result | None) -> tuple[dict[str, Any], Truth | None]:
    """Put the result into the editor, to be repaired once more."""
    if result is None:
        raise ValueError("There is no result yet. Press Repair first.")
    painted = Painted(result.file)
    value = editor_value(painted, picture_of(painted))
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
        return value, truth, (truth.damaged, truth.damaged), localise(str(error), language), *[gr.skip()] * 6
    recipe = {"task": "auto", "seed": 0, "fidelity": 0.5}
    photograph, caption = photograph_of(Painted(truth.damaged)), say("task.auto", language)
    result = keep_result(photograph, repaired, "repair-auto-seed0", caption, recipe, True, truth.whole)
    *rest, exact = shown(result, language, say("repair.example", language, seed=EXAMPLE_FACE))
    return value, truth, *rest, bars(amounts, language), exact
