"""From the picture editor to pictures and masks, and back; masks for whoever has no mouse."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from gradio.components.base import server
from gradio.components.image_editor import EditorData
from PIL import Image, ImageDraw, ImageFont

from genai_demo.core import limits
from genai_demo.core.uploads import open_layer
from genai_demo.repair.masks import read_mask
from genai_demo.ui.common import keep_file

PAINT = (255, 64, 129)
"""Colour of the mask in the editor."""
Layer = str | bytes
"""A file of the API, or what the browser sent."""


def _bytes_of(painting: Any) -> int:
    """Of all its parts."""
    return sum(len(part) for part in (painting.background, painting.composite, *painting.layers) if part)


@dataclass(frozen=True)
class Painted:
    """What the editor holds, not decoded yet."""

    background: Layer | None
    layers: tuple[Layer, ...] = ()


class Canvas(gr.ImageEditor):
    """A picture editor whose event functions receive its layers unopened (see ``common.Upload``)."""

    is_template = True

    @server
    def accept_blobs(self, data: Any) -> None:
        """Hold a part of a painting until the function that reads it is called. Raises ValueError for a strange one.

        Gradio would make as many layers as a number in the request says.
        """
        index = str(data.data.get("index") or "null")
        if index != "null" and not (index.isascii() and index.isdigit() and int(index) < limits.MAX_LAYERS):
            raise ValueError("This request cannot be understood.")
        if len(str(data.data.get("id"))) > 64 or len(data.files) != 1:
            raise ValueError("This request cannot be understood.")
        super().accept_blobs(data)
        while len(self.blob_storage) > 1 and sum(map(_bytes_of, self.blob_storage.values())) > limits.MAX_HELD_BYTES:
            self.blob_storage.pop(next(iter(self.blob_storage)))

    def preprocess(self, payload: EditorData | None) -> Painted | None:
        """The picture and what was painted over it; None where the box is empty."""
        if payload is None:
            return None
        if payload.id is not None:
            found = self.blob_storage.pop(payload.id, None)
            if found is None or found.background is None:
                return None
            return Painted(found.background, tuple(layer for layer in found.layers if layer))
        if payload.background is None:
            return None
        return Painted(payload.background.path, tuple(layer.path for layer in payload.layers or [] if layer))


def _read(source: Layer) -> Image.Image:
    """A picture as the eye would see it, RGBA where it is transparent. Raises ValueError as ``open_layer``.

    What the browser sent counts by its pixels, not its bytes: it is a PNG of what was uploaded, however well that was
    compressed.
    """
    return open_layer(source) if isinstance(source, str) else open_layer(source, most_bytes=limits.MAX_HELD_BYTES)


def picture_of(painted: Painted | None) -> Image.Image:
    """The picture in the editor, upright: RGBA where parts of it are transparent, else RGB.

    Raises ValueError where there is none, or it is no good.
    """
    if painted is None or painted.background is None:
        raise ValueError("Choose a picture first.")
    return _read(painted.background)


def mask_of(painted: Painted | None, size: tuple[int, int]) -> np.ndarray | None:
    """Where something was painted, (H, W) bool for a picture of this width and height; None where nothing was."""
    where = np.zeros((size[1], size[0]), bool)
    for source in painted.layers if painted is not None else ():
        where |= read_mask(_read(source), size)
    return where if where.any() else None


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


def editor_value(picture: Image.Image, mask: np.ndarray | None = None, name: str = "picture.png") -> dict[str, Any]:
    """What the editor shows: the picture, and the mask painted over it."""
    background = keep_png(picture, name)
    layers = []
    if mask is not None and mask.any():
        paint = np.zeros((*mask.shape, 4), np.uint8)
        paint[mask] = (*PAINT, 255)
        layers = [keep_png(Image.fromarray(paint), "mask.png")]
    return {"background": background, "layers": layers, "composite": background}


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
