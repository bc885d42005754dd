"""From the editor to pictures and masks, and back; masks for whoever has no mouse."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from genai_demo.core import limits
from genai_demo.core.uploads import open_layer
from genai_demo.repair.masks import read_mask
from genai_demo.repair.photograph import Photograph, open_photograph
from genai_demo.ui.common import keep_file

PAINT = (255, 64, 129)
"""Colour of the mask in the editor; png.js has it too."""
LOSSLESS_PIXELS = 600_000
"""A copy for the browser of more is a JPEG."""
Part = str | bytes
"""A file, or what was painted in the browser."""


@dataclass(frozen=True)
class Painted:
    """What the editor holds, not decoded yet."""

    background: Part | None
    layers: tuple[Part, ...] = ()


def photograph_of(painted: Painted | None) -> Photograph:
    """The picture in the editor, as a file that is to be repaired.

    Raises ValueError where there is none, or it is no good.
    """
    if painted is None or painted.background is None:
        raise ValueError("Choose a picture first.")
    return open_photograph(painted.background)


def picture_of(painted: Painted | None) -> Image.Image:
    """The picture in the editor, upright: RGBA where parts of it are transparent, else RGB. Raises as
    ``photograph_of``.
    """
    return photograph_of(painted).seen


def mask_of(painted: Painted | None, size: tuple[int, int]) -> np.ndarray | None:
    """Where something was painted, (H, W) bool for a picture of this width and height; None where nothing was."""
    where = np.zeros((size[1], size[0]), bool)
    for source in painted.layers if painted is not None else ():
        where |= read_mask(source if isinstance(source, str) else _painted_over(source), size)
    return where if where.any() else None


def _painted_over(data: bytes) -> np.ndarray:
    """(H, W) bool: what was painted in the browser is all that is not transparent, however much of it that is."""
    layer = open_layer(data, least=1)
    if layer.mode != "RGBA":
        return np.ones((layer.height, layer.width), bool)
    return np.asarray(layer.getchannel("A")) > 0


def uploaded_mask(upload: str | None, size: tuple[int, int]) -> np.ndarray:
    """The mask of an uploaded file, (H, W) bool, as ``masks.read_mask`` reads it.

    Raises ValueError for an empty box, a bad file, another shape.
    """
    if upload is None:
        raise ValueError("Choose a picture first.")
    return read_mask(upload, size)


# --------------------------------------------------------------------------- into the editor


def png(image: Image.Image, level: int = 4) -> bytes:
    """The picture as PNG, nothing lost."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=level)
    return buffer.getvalue()


def keep_png(image: Image.Image | bytes, name: str) -> str:
    """Path of the picture, or the bytes of ``png``, where the page can fetch it."""
    return keep_file(image if isinstance(image, bytes) else png(image), name)


def small_copy(picture: Image.Image, side: int = limits.SHOWN_SIDE) -> Image.Image:
    """A picture that is no larger than this on either side: a copy, or itself."""
    if max(picture.size) <= side:
        return picture
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return small


def keep_shown(picture: Image.Image, name: str) -> str:
    """Path of what the browser shows of a picture: of bounded size, in a format that it knows.

    name: without its suffix.
    """
    small = small_copy(picture)
    if small.mode == "RGBA" or small.width * small.height <= LOSSLESS_PIXELS:
        return keep_png(small, f"{name}.png")
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=90)
    return keep_file(buffer.getvalue(), f"{name}.jpg")


def editor_value(painted: Painted, picture: Image.Image, mask: np.ndarray | None = None) -> dict[str, Any]:
    """What the editor is to hold, for ``mask_editor.component``: the file of the picture, and the mask over it.

    painted: whose background stays as it is. picture: the same, decoded. mask: (H, W) bool.
    """
    background = painted.background
    assert background is not None
    if isinstance(background, bytes):
        background = keep_file(background, "picture.png")
    layers = []
    if mask is not None and mask.any():
        paint = np.zeros((*mask.shape, 4), np.uint8)
        paint[mask] = (*PAINT, 255)
        layers = [keep_png(Image.fromarray(paint), "mask.png")]
    shown = keep_shown(picture, "shown")
    return {"background": background, "layers": layers, "shown": shown, "width": picture.width,
            "height": picture.height}  # fmt: skip


# --------------------------------------------------------------------------- ready-made masks

Pen = ImageDraw.ImageDraw


def _box(pen: Pen, width: int, height: int, rng: np.random.Generator) -> None:
    w, h = 0.35 * width, 0.3 * height
    x, y = rng.uniform(0.15, 0.5) * width, rng.uniform(0.2, 0.5) * height
    pen.rectangle((x, y, x + w, y + h), fill=255)


def _strokes(pen: Pen, width: int, height: int, rng: np.random.Generator) -> None:
    thick = max(3, round(0.07 * max(width, height)))
    for _ in range(3):
        points = rng.uniform((0.1 * width, 0.1 * height), (0.9 * width, 0.9 * height), (4, 2))
        pen.line([tuple(p) for p in points], fill=255, width=thick, joint="curve")


def _scratches(pen: Pen, width: int, height: int, rng: np.random.Generator) -> None:
    thick = max(1, round(0.012 * max(width, height)))
    for _ in range(7):
        top, bottom = rng.uniform(0, width, 2)
        pen.line((top, 0, bottom, height), fill=255, width=thick)


def _letters(pen: Pen, width: int, height: int, rng: np.random.Generator) -> None:
    font = ImageFont.load_default(size=max(8, round(0.11 * width)))
    for share in (0.2, 0.45, 0.7):
        pen.text((rng.uniform(0, 0.2) * width, share * height), "SAMPLE TEXT", fill=255, font=font)


def _specks(pen: Pen, width: int, height: int, rng: np.random.Generator) -> None:
    for x, y, r in rng.uniform((0, 0, 0.004), (width, height, 0.02), (60, 3)):
        reach = max(1.0, r * max(width, height))
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)


def _border(pen: Pen, width: int, height: int, rng: np.random.Generator) -> None:
    thick = max(2, round(0.12 * min(width, height)))
    pen.rectangle((0, 0, width - 1, height - 1), outline=255, width=thick)


SHAPES: dict[str, Callable[[Pen, int, int, np.random.Generator], None]] = {
    "box": _box,
    "strokes": _strokes,
    "scratches": _scratches,
    "letters": _letters,
    "specks": _specks,
    "border": _border,
}


def shape_mask(shape: str, size: tuple[int, int], seed: int) -> np.ndarray:
    """One of SHAPES for a picture of this width and height, (H, W) bool. Raises ValueError for another name."""
    if shape not in SHAPES:
        raise ValueError(f"No mask is called {shape!r}. Choose one of {', '.join(SHAPES)}.")
    layer = Image.new("L", size)
    SHAPES[shape](ImageDraw.Draw(layer), *size, np.random.default_rng(seed))
    return np.asarray(layer) > 127
