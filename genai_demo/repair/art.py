"""The art corner's door: photographs in the style of another picture, and paintings out of nothing.

    from genai_demo.repair import art
    for stage in art.stylise("holiday.jpg", "night"):
        stage.picture.show()
    art.paint(seed=7, symmetry="kaleidoscope").save("painting.png")

Same input, seed and machine: same pixels.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from genai_demo.core import limits
from genai_demo.core.pictures import to_pixels
from genai_demo.core.uploads import Source, open_upload
from genai_demo.repair import cppn
from genai_demo.repair.cppn import PALETTES, SYMMETRIES, Cppn, Frame
from genai_demo.repair.style import MIN_SIDE, in_light_of, luma, paint_over, resized
from genai_demo.repair.styles import STYLES, style_picture

__all__ = ["PALETTES", "STYLES", "SYMMETRIES", "Styled", "animate", "paint", "style_picture", "stylise"]

PREVIEW = 512
MAX_FACTOR = 4
"""How much larger than painted the strokes are set down at the end; beyond that they are enlarged."""


def _number(value: float, low: float, high: float, what: str) -> float:
    """A finite number within limits. Raises ValueError with a sentence otherwise."""
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not low <= number <= high:
        raise ValueError(f"{what} must be a number from {low:.10g} to {high:.10g}.")
    return number


def _whole(value: int, low: int, high: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high or value % 1:
        raise ValueError(f"{what} must be a whole number from {low} to {high}.")
    return int(value)


def _choice(value: str, known: tuple[str, ...], what: str) -> str:
    if value not in known:
        raise ValueError(f"No {what} is called {value!r}. Choose one of {', '.join(known)}.")
    return value


# --------------------------------------------------------------------------- in the style of


@dataclass(frozen=True)
class Styled:
    """A painting as it stands."""

    picture: Image.Image
    step: int
    """Steps done, 1 .. ``steps``; the last is the result."""
    steps: int


def stylise(
    image: Source,
    style: Source,
    strength: float = 0.7,
    keep_colour: bool = False,
    steps: int = 60,
    size: int = 256,
    seed: int = 0,
) -> Iterator[Styled]:
    """``image`` painted in the style of ``style``, yielding the picture after every step.

    The last picture has the photograph's own size, those before it at most PREVIEW pixels on a side.
    image: pictures of more than limits.MAX_ART_PIXELS are reduced to that. style: a picture, or a name in ``STYLES``.
    strength: 0 the photograph, 0.7 painted but easy to recognise, 1 led by the style. keep_colour: only the style's
    light and dark is taken. size: longer side while painting; smaller is faster and takes broader strokes.
    Raises ValueError for bad input, at once. Closing the iterator ends the work within a step.
    """
    photograph = _reduced(open_upload(image), limits.MAX_ART_PIXELS)
    strength = _number(strength, 0, 1, "The strength")
    steps = _whole(steps, limits.MIN_STYLE_STEPS, limits.MAX_STYLE_STEPS, "The number of steps")
    size = _whole(size, limits.MIN_STYLE_SIZE, limits.MAX_STYLING_SIZE, "The size")
    size = min(size, max(photograph.size))
    seed = _whole(seed, 0, limits.MAX_SEED, "The seed")
    factor = min(math.ceil(max(photograph.size) / size), MAX_FACTOR)
    if isinstance(style, str) and style not in STYLES and not Path(style).suffix:
        raise ValueError(f"No style is called {style!r}. Choose one of {', '.join(STYLES)}, or a picture.")
    example = style if isinstance(style, str) and style in STYLES else open_upload(style)
    return _stages(photograph, example, strength, bool(keep_colour), steps, size, factor, seed)


def _reduced(picture: Image.Image, pixels: int) -> Image.Image:
    share = math.sqrt(pixels / (picture.width * picture.height))
    if share >= 1:
        return picture
    return picture.resize((int(picture.width * share), int(picture.height * share)), Image.Resampling.LANCZOS)


def _tensor(picture: Image.Image, longer: int, factor: int = 1) -> Tensor:
    """A picture of ``longer`` pixels on its longer side, at least MIN_SIDE on the other, both times ``factor``:
    (1, 3, H, W) in 0..1."""
    share = longer / max(picture.size)
    width, height = (max(round(s * share), MIN_SIDE) * factor for s in picture.size)
    return _values(picture.resize((width, height), Image.Resampling.LANCZOS))


def _values(picture: Image.Image) -> Tensor:
    data = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    return data.view(picture.height, picture.width, 3).permute(2, 0, 1)[None].float() / 255


@torch.inference_mode()
def _stages(
    photograph: Image.Image,
    example: Image.Image | str,
    strength: float,
    keep_colour: bool,
    steps: int,
    size: int,
    factor: int,
    seed: int,
) -> Iterator[Styled]:
    content = _tensor(photograph, size)
    if keep_colour:
        content = luma(content)

    def pattern(times: int) -> Tensor:
        side = min(max(size * times, limits.MIN_STYLE_SIZE), limits.MAX_STYLE_SIZE)
        picture = style_picture(example, side) if isinstance(example, str) else example
        found = _tensor(picture, size, times)
        return in_light_of(luma(found), content) if keep_colour else found

    guidance = 1 - 0.5 * strength**2
    opacity = min(strength / 0.6, 1.0)
    opacity = opacity * opacity * (3 - 2 * opacity)

    def shown(painted: Tensor, ground: Tensor) -> Image.Image:
        painted = resized(painted, (ground.shape[2], ground.shape[3]))
        if keep_colour:
            painted = ground + painted - luma(ground)
        return Image.fromarray(to_pixels((ground + opacity * (painted - ground)) * 2 - 1)[0])

    small = photograph.copy()
    small.thumbnail((PREVIEW, PREVIEW))
    preview = _values(small)
    generator = torch.Generator().manual_seed(seed)
    for sketch in paint_over(content, pattern(1), guidance, steps, generator):
        if sketch.step < steps:
            yield Styled(shown(sketch.image, preview), sketch.step, steps)
    painted = sketch.sweep.carried(pattern(factor), factor) if factor > 1 else sketch.image
    yield Styled(shown(painted, _values(photograph)), steps, steps)


# --------------------------------------------------------------------------- out of nothing


def paint(
    seed: int = 0,
    width: int = 512,
    height: int = 512,
    symmetry: str = "none",
    complexity: float = 0.5,
    contrast: float = 0.5,
    hue: float = 0.0,
    palette: str = "auto",
    zoom: float = 1.0,
    time: float = 0.0,
) -> Image.Image:
    """An abstract picture from a small network with random weights (see ``cppn``).

    seed: the painting. width, height: pixels, limits.MIN_PAINTING_SIDE .. MAX_PAINTING_SIDE. symmetry: one of
    ``SYMMETRIES``; a tile can be laid beside itself without a seam. complexity, contrast: 0..1. hue: turn of all
    colours, -1..1. palette: a name in ``PALETTES``, or "auto" (the seed chooses). zoom: limits.MIN_ZOOM .. MAX_ZOOM,
    larger is closer. time: any number; the painting moves with it and comes round again at every whole number.
    Raises ValueError for anything else.
    """
    width, height = (
        _whole(s, limits.MIN_PAINTING_SIDE, limits.MAX_PAINTING_SIDE, "Width and height") for s in (width, height)
    )
    if width * height > limits.MAX_ART_PIXELS:
        raise ValueError(f"A painting has at most {limits.MAX_ART_PIXELS} pixels. Choose a smaller width or height.")
    seed = _whole(seed, 0, limits.MAX_SEED, "The seed")
    complexity, contrast = _number(complexity, 0, 1, "The complexity"), _number(contrast, 0, 1, "The contrast")
    hue, zoom = _number(hue, -1, 1, "The hue"), _number(zoom, limits.MIN_ZOOM, limits.MAX_ZOOM, "The zoom")
    time = _number(time, -1e6, 1e6, "The time") % 1.0
    symmetry = _choice(symmetry, SYMMETRIES, "symmetry")
    names = tuple(PALETTES)
    palette = names[seed % len(names)] if palette == "auto" else _choice(palette, names, "palette")
    network = Cppn(seed, complexity, symmetry)
    frame = Frame(width, height, zoom)
    with torch.inference_mode():
        found = cppn.fields(network, frame, time)
        colours = cppn.coloured(found, palette, hue, contrast, seed * 0.618034 % 1.0)
        return Image.fromarray(to_pixels(F.avg_pool2d(colours[None], frame.fine) * 2 - 1)[0])


def animate(seed: int, frames: int, **settings: Any) -> Iterator[Image.Image]:
    """``frames`` pictures of a painting in motion; after the last comes the first again.

    frames: limits.MIN_FRAMES .. MAX_FRAMES. settings: those of ``paint``, without time. Raises ValueError as ``paint``
    does; closing the iterator ends the work.
    """
    frames = _whole(frames, limits.MIN_FRAMES, limits.MAX_FRAMES, "The number of frames")
    return (paint(seed, time=i / frames, **settings) for i in range(frames))
