"""Damage of pictures, made on the fly: for training, for measuring, and for whoever has no broken picture at hand.

Pictures are float32 (H, W, 3) in [0, 1]. Every kind takes a strength in 0..1 and a NumPy generator.
Blur, noise and blocks are measured in pixels, holes and stains in shares of the picture.
"""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw

KINDS = ("hole", "blur", "motion", "shrink2", "shrink4", "noise", "blocks", "fading", "scratches", "mixture")
MEASURES = ("blur", "noise", "blocks", "shrink", "fading", "scratches")
"""What ``Damage.amounts`` says, and what the network estimates: each 0 (none) to 1."""


@dataclass
class Damage:
    """A damaged picture, where it has holes, and how much of what was done to it."""

    picture: np.ndarray
    """(H, W, 3) float32 in [0, 1]; what is under the mask means nothing."""
    mask: np.ndarray
    """(H, W) bool, true where the picture is missing and that is known."""
    amounts: dict[str, float] = field(default_factory=dict)


def as_float(picture: Image.Image) -> np.ndarray:
    """(H, W, 3) float32 in [0, 1]."""
    return np.asarray(picture.convert("RGB"), np.float32) / 255


def as_picture(values: np.ndarray) -> Image.Image:
    """The inverse of ``as_float``, clipped and rounded."""
    return Image.fromarray((values.clip(0, 1) * 255).round().astype(np.uint8))


# --------------------------------------------------------------------------- blur


def filtered(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Convolution of every channel with a small kernel (odd sides), borders mirrored."""
    high, wide = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(picture, ((high, high), (wide, wide), (0, 0)), "symmetric")
    found = np.zeros_like(picture)
    for (i, j), weight in np.ndenumerate(kernel):
        if weight:
            found += np.float32(weight) * padded[i : i + picture.shape[0], j : j + picture.shape[1]]
    return found


def gaussian(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur, ``sigma`` in pixels."""
    reach = min(math.ceil(3 * sigma), min(picture.shape[:2]) - 1)
    bell = np.exp(-np.square(np.arange(-reach, reach + 1)) / (2 * max(sigma, 1e-3) ** 2))
    bell /= bell.sum()
    return filtered(filtered(picture, bell[None]), bell[:, None])


def blur(picture: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Out of focus: a Gaussian of 0.6 to 3 pixels."""
    return gaussian(picture, 0.6 + 2.4 * strength)


def motion(picture: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """The camera moved: a line of 3 to 15 pixels at any angle."""
    length, angle = 3 + 12 * strength, rng.uniform(0, math.pi)
    reach = math.ceil(length / 2)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    for t in np.linspace(-0.5, 0.5, 8 * reach):
        x, y = reach + length * t * math.cos(angle), reach + length * t * math.sin(angle)
        left, top = math.floor(x), math.floor(y)
        for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
            if left + dx <= 2 * reach and top + dy <= 2 * reach:
                kernel[top + dy, left + dx] += (1 - abs(x - left - dx)) * (1 - abs(y - top - dy))
    return filtered(picture, kernel / kernel.sum())


# --------------------------------------------------------------------------- sensor and file


def shrink(picture: np.ndarray, factor: float, rng: np.random.Generator) -> np.ndarray:
    """Made smaller by ``factor``, then enlarged again to its size (bicubic)."""
    height, width = picture.shape[:2]
    small = (max(1, round(width / factor)), max(1, round(height / factor)))
    how = [Image.Resampling.BICUBIC, Image.Resampling.BOX, Image.Resampling.LANCZOS][rng.integers(3)]
    return as_float(as_picture(picture).resize(small, how).resize((width, height), Image.Resampling.BICUBIC))


def noise(picture: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Sensor noise: a part that is always there and a part that grows with light; in colour or grey."""
    deviation = 0.015 + 0.16 * strength
    channels = 3 if rng.random() < 0.7 else 1
    grains = rng.standard_normal((*picture.shape[:2], channels), np.float32)
    share = rng.uniform(0, 0.6)  # of the light in it
    level = np.sqrt((1 - share) + share * 2 * picture.mean(2, keepdims=True))
    return (picture + np.float32(deviation) * grains * level).clip(0, 1)


def blocks(picture: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Saved as JPEG with quality 60 down to 10."""
    buffer = io.BytesIO()
    as_picture(picture).save(buffer, "JPEG", quality=round(60 - 50 * strength), subsampling=int(rng.integers(0, 3)))
    with Image.open(buffer) as found:
        return as_float(found)


# --------------------------------------------------------------------------- age


def fading(picture: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Colours of an old print: less contrast, less colour, a warm cast, and stains."""
    grey = picture @ np.array([0.299, 0.587, 0.114], np.float32)
    picture = picture + np.float32(strength * rng.uniform(0.3, 1)) * (grey[..., None] - picture)
    picture = picture * np.float32(1 - 0.5 * strength) + np.float32(strength * rng.uniform(0.1, 0.4))
    cast = np.array([1, rng.uniform(0.86, 0.97), rng.uniform(0.65, 0.9)], np.float32)
    picture = picture * (1 + np.float32(strength) * (cast - 1))
    for _ in range(rng.integers(0, 1 + round(4 * strength))):
        tint = np.array([0.55, 0.42, 0.25], np.float32) * np.float32(rng.uniform(0.6, 1.4))
        opacity = rng.uniform(0.1, 0.5) * strength * _patch(picture.shape[:2], rng)
        picture = picture + opacity[..., None].astype(np.float32) * (tint - picture)
    return picture.clip(0, 1)


def _patch(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A soft blob with an uneven edge, (H, W) in 0..1."""
    y, x = np.mgrid[: shape[0], : shape[1]] / max(shape)
    angle = np.arctan2(y - (cy := rng.uniform(0, 1)), x - (cx := rng.uniform(0, 1)))
    radius = rng.uniform(0.08, 0.3)
    for waves in (2, 3, 5):
        radius = radius + rng.uniform(0, 0.03) * np.sin(waves * angle + rng.uniform(0, 2 * math.pi))
    distance = np.hypot(y - cy, x - cx)
    return 1 / (1 + np.exp((distance - radius) * rng.uniform(20, 90)))


def scratches(picture: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Bright or dark hairs, cracks and specks of dust."""
    opacity = scratch_layer((picture.shape[0], picture.shape[1]), strength, rng)[..., None]
    ink = np.float32(rng.uniform(0.8, 1) if rng.random() < 0.75 else rng.uniform(0, 0.2))
    return picture + opacity * (ink - picture)


def scratch_layer(shape: tuple[int, int], strength: float, rng: np.random.Generator) -> np.ndarray:
    """How far scratches and dust cover every pixel: (H, W) float32 in 0..1."""
    height, width = shape
    scale = 2  # drawn at twice the size, for soft edges
    layer = Image.new("L", (scale * width, scale * height))
    pen = ImageDraw.Draw(layer)
    thin = scale * max(height, width) / 128
    for _ in range(1 + round(rng.uniform(2, 9) * strength)):
        points = _wander(rng, scale * width, scale * height, rng.uniform(0.2, 1.2) * scale * max(height, width), 0.15)
        pen.line(points, fill=int(rng.integers(120, 256)), width=max(1, round(thin * rng.uniform(0.5, 1.6))))
    for _ in range(round(rng.uniform(0, 40) * strength)):
        x, y = rng.uniform(0, scale * width), rng.uniform(0, scale * height)
        r = thin * rng.uniform(0.3, 1.4)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=int(rng.integers(120, 256)))
    return np.asarray(layer.resize((width, height), Image.Resampling.BOX), np.float32) / 255


def _wander(rng: np.random.Generator, width: int, height: int, length: float, bend: float) -> list[tuple[float, float]]:
    """Corners of a line that starts anywhere and turns a little at every step."""
    x, y, angle = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, 2 * math.pi)
    points = [(x, y)]
    for _ in range(12):
        angle += rng.normal(0, bend)
        x, y = x + length / 12 * math.cos(angle), y + length / 12 * math.sin(angle)
        points.append((x, y))
    return points


# --------------------------------------------------------------------------- holes


def hole(shape: tuple[int, int], strength: float, rng: np.random.Generator) -> np.ndarray:
    """Where a picture is missing: brush strokes, rectangles or scratches over up to 60 %. (H, W) bool.

    Wide strokes in training matter more than the network (Suvorov et al. 2022, LaMa, section 2.3).
    """
    height, width = shape
    side = max(shape)
    layer = Image.new("L", (width, height))
    pen = ImageDraw.Draw(layer)
    wanted = (0.03 + 0.52 * strength) * rng.uniform(0.6, 1.1)
    kind = rng.choice(["brush", "boxes", "lines"], p=[0.55, 0.3, 0.15])
    for _ in range(200):
        if kind == "boxes":
            w, h = (rng.uniform(0.08, 0.2 + 0.4 * strength) * side for _ in range(2))
            x, y = rng.uniform(-w / 2, width - w / 2), rng.uniform(-h / 2, height - h / 2)
            pen.rectangle((x, y, x + w, y + h), fill=255)
        else:
            widths, bend = ((0.05, 0.1 + 0.15 * strength), 0.6) if kind == "brush" else ((0.01, 0.04), 0.1)
            thick = rng.uniform(*widths) * side
            points = _wander(rng, width, height, rng.uniform(0.3, 1.0) * side, bend)
            pen.line(points, fill=255, width=max(1, round(thick)), joint="curve")
            for x, y in (points[0], points[-1]):
                pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)
        found = np.asarray(layer) > 0
        if found.mean() >= wanted:
            break
    return found if found.mean() <= 0.6 else hole(shape, strength * 0.8, rng)


# --------------------------------------------------------------------------- by name


Change = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
CHANGES: dict[str, Change] = {
    "blur": blur,
    "motion": motion,
    "noise": noise,
    "blocks": blocks,
    "fading": fading,
    "scratches": scratches,
}


def damage(picture: np.ndarray, kind: str, strength: float, rng: np.random.Generator) -> Damage:
    """One of KINDS. Raises ValueError for another name or a strength outside 0..1."""
    if kind not in KINDS:
        raise ValueError(f"No damage is called {kind!r}. Choose one of {', '.join(KINDS)}.")
    if not 0 <= strength <= 1:
        raise ValueError("The strength of the damage must be a number from 0 to 1.")
    shape = (picture.shape[0], picture.shape[1])
    nowhere = np.zeros(shape, bool)
    if kind == "hole":
        mask = hole(shape, strength, rng)
        return Damage(np.where(mask[..., None], np.float32(0.5), picture), mask)
    if kind.startswith("shrink"):
        factor = float(kind[-1])
        return Damage(shrink(picture, factor, rng), nowhere, {"shrink": factor / 4})
    if kind == "mixture":
        return mixture(picture, strength, rng)
    return Damage(CHANGES[kind](picture, strength, rng), nowhere, {"blur" if kind == "motion" else kind: strength})


def mixture(picture: np.ndarray, strength: float, rng: np.random.Generator, scratched: float = 0.5) -> Damage:
    """Several kinds in the order in which pictures meet them (after Wang et al. 2021, Real-ESRGAN, section 3).

    scratched: probability of an old print, with scratches and faded colours.
    """
    amounts: dict[str, float] = {}

    def some() -> float:
        return float(strength * rng.uniform(0.3, 1))

    if rng.random() < 0.5:
        amounts["blur"] = some()
        picture = (blur if rng.random() < 0.7 else motion)(picture, amounts["blur"], rng)
    if rng.random() < 0.4:
        factor = float(1.3 + 2.7 * some())
        picture, amounts["shrink"] = shrink(picture, factor, rng), factor / 4
    if rng.random() < scratched:
        amounts["fading"], amounts["scratches"] = some(), some()
        picture = scratches(fading(picture, amounts["fading"], rng), amounts["scratches"], rng)
    if rng.random() < 0.6:
        amounts["noise"] = some()
        picture = noise(picture, amounts["noise"], rng)
    if rng.random() < 0.6 or not amounts:
        amounts["blocks"] = some()
        picture = blocks(picture, amounts["blocks"], rng)
    return Damage(picture.astype(np.float32), np.zeros(picture.shape[:2], bool), amounts)
