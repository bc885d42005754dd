"""A repair that is done: its files, and what the page shows of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from genai_demo.core.colours import flattened
from genai_demo.core.marks import changed, mark_picture
from genai_demo.repair import generate
from genai_demo.repair.photograph import Photograph
from genai_demo.trust import metadata
from genai_demo.ui.common import keep_file, percent
from genai_demo.ui.repair_damage import load
from genai_demo.ui.repair_masks import LOSSLESS_PIXELS, keep_png, keep_shown, small_copy
from genai_demo.ui.signed import COMPOSITE, keep_made, signed
from genai_demo.ui.strings import say

MODELS = ("repair",)
MOST_KEPT = 8


@dataclass(frozen=True)
class Result:
    """A repair: paths of files."""

    before: str
    """As the browser shows it, in the size of the result."""
    after: str
    """As the browser shows it; the file itself where that is a small PNG."""
    file: str
    """In the format of the upload."""
    exact: str
    """The same as PNG, in which no pixel is lost: ``file`` where that is one."""
    caption: str
    untouched: float | None
    """Share of pixels that are those of the upload; None where the sizes differ."""
    whole: str | None = None
    """The truth, where it is known."""


def keep_result(
    photograph: Photograph, repaired: Image.Image, name: str, caption: str, recipe: dict[str, Any],
    imagined: bool = False, whole: str | None = None,
) -> Result:  # fmt: skip
    """Mark a repair where it changed something, join it with its photograph, and keep the files.

    name: of the files, without suffix. imagined: whether the face GAN had a part in it. whole: path of the truth.
    """
    recipe, models = (recipe | {"imagined": True}, [*MODELS, "faces-gan"]) if imagined else (recipe, list(MODELS))
    before = flattened(photograph.seen)
    where = changed(before, repaired)
    marked = mark_picture(repaired, models, recipe, where)
    joined = photograph.joined(marked)
    exact = keep_file(signed(photograph.exact(joined), f"{name}.png", recipe, models, COMPOSITE), f"{name}.png")
    file = exact
    if photograph.suffix != ".png":
        data = photograph.file(joined, metadata.as_text(recipe), metadata.software(models))
        file = keep_made(data, name + photograph.suffix, recipe, models, COMPOSITE)
    small = marked.width * marked.height <= LOSSLESS_PIXELS
    if before.size != marked.size:
        before = before.resize(small_copy(marked).size, Image.Resampling.BICUBIC)
    return Result(
        keep_shown(before, "before"), exact if small else keep_shown(marked, "after"), file, exact, caption,
        None if where is None else 1 - float(np.mean(where)), whole,
    )  # fmt: skip


def shown(result: Result, language: str, words: str) -> tuple[Any, ...]:
    """For the slider, the status, the map of changes, the original, the download, the state, and the exact file."""
    before, after = load(result.before), load(result.after)
    change = keep_png(generate.difference(before, after), "change.png")
    if result.untouched is not None:
        words += say("repair.untouched", language, share=percent(result.untouched))
    if result.exact != result.file:
        words += say("repair.encoded", language)
    if result.whole is not None:
        whole = load(result.whole)
        first, now = generate.quality(whole, before), generate.quality(whole, after)
        words += say(
            "repair.gain", language, psnr=first["psnr"], better=now["psnr"], ssim=first["ssim"], more=now["ssim"]
        )
    original = gr.Image(result.whole, visible=result.whole is not None)
    exact = gr.DownloadButton(value=result.exact, visible=result.exact != result.file)
    return (result.before, result.after), words, change, original, result.file, result, exact


def remembered(history: Sequence[Result], result: Result) -> tuple[list[Result], gr.Gallery, gr.Button]:
    """The history with one more, its gallery, and the button beside it."""
    kept = [*history, result][-MOST_KEPT:]
    return kept, gr.Gallery([(r.after, r.caption) for r in kept], visible=True), gr.Button(visible=True)
