"""Grey and toned photographs stay what they are: the one tone of a picture, found where it is known.

Networks that learnt from colour pictures put a little colour everywhere, and a lot into what they invent. A picture
whose colour follows from its lightness alone has one tone: grey, a scanner's tint, sepia. What a network makes of it
is laid onto the same tone.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Lightness from red, green and blue (ITU-R BT.601), as Pillow counts it."""
BLOCK = 8
"""Pixels a side of the blocks over which noise averages out and colour does not."""
MOST_PIXELS = 2**20
"""Of a picture that is looked at; larger ones are reduced."""
APART, OF_TINT, DEVIATIONS = 4.0, 0.1, 6.0
"""How far a block may lie off the tone: levels of 255, a share of the tint itself (JPEG keeps colours at half the
size), and standard deviations of the noise of its mean, which add up."""
GROUP = 4
"""Blocks a side of what is looked at once more, with less room for noise and none for the tint."""
MOST_NOISE = 2.5
"""Levels of noise of a mean that are believed; more is colour."""
STRAYS = 0.0003
"""Share of the blocks that may lie off it all the same."""
EXACT = 2
"""Levels by which the channels of a pixel of plain grey differ at most: JPEG rounds them."""
SLIGHT = 16.0
"""Levels of a tint up to which a picture counts as grey: sepia and cyanotypes have more."""


@dataclass(frozen=True)
class Tone:
    """Red, green and blue for every lightness."""

    table: np.ndarray
    """(256, 3) uint8."""
    tint: float
    """Largest difference from grey, in levels."""

    @property
    def is_grey(self) -> bool:
        """Whether this is grey, or nearly so."""
        return self.tint <= SLIGHT

    def laid(self, picture: Image.Image, where: np.ndarray | None = None) -> Image.Image:
        """An RGB picture in this tone, by its lightness. where: (H, W) bool, None for everywhere."""
        luma = picture.convert("L")
        toned = Image.merge("RGB", [luma.point(self.table[:, i].tolist()) for i in range(3)])
        if where is None:
            return toned
        return Image.composite(toned, picture, Image.fromarray(np.where(where, 255, 0).astype(np.uint8)))


GREY = Tone(np.arange(256, dtype=np.uint8)[:, None].repeat(3, 1), 0.0)


def tone_of(picture: Image.Image, hidden: np.ndarray | None = None) -> Tone | None:
    """The tone of an RGB picture; None where it has colours of its own.

    hidden: (H, W) bool, pixels that do not count. Noise, in colour too, does not count against a tone, as its mean
    over a block is near zero; a red line does.
    """
    factor = int(np.ceil(np.sqrt(picture.width * picture.height / MOST_PIXELS)))
    if factor > 1 and hidden is not None:
        hidden = np.asarray(Image.fromarray(np.where(hidden, 255, 0).astype(np.uint8)).reduce(factor)) > 0
    pixels = np.asarray(picture.reduce(factor) if factor > 1 else picture, np.float32)
    known = np.ones(pixels.shape[:2], bool) if hidden is None else ~hidden
    if not known.any():
        return None
    spread = (pixels.max(2) - pixels.min(2))[known]
    if spread.max() <= EXACT:
        return GREY
    luma = pixels @ LUMA
    off = pixels[..., ::2] - luma[..., None]  # red and blue; green follows
    count, light, tint = (_blocks(v, known) for v in (np.ones_like(luma), luma, off))
    full = count[..., 0] >= BLOCK * BLOCK / 2
    if not full.any():
        return None
    curve = _fitted(light[full][:, 0], tint[full])
    rest = off - _at(curve, luma)
    mean = _blocks(rest, known)
    inside = np.sqrt(np.maximum(_blocks(rest**2, known) - mean**2, 0))[full]
    noise = np.maximum(np.median(inside, 0) / BLOCK, _unlike_neighbours(mean)).clip(max=MOST_NOISE)
    tone = _tone(curve, luma[known])
    limit = APART + OF_TINT * tone.tint + DEVIATIONS * noise
    strays = (np.abs(mean[full]) > limit).any(1)
    wide = _groups(mean, full)
    if strays.mean() > STRAYS or (np.abs(wide) > APART + DEVIATIONS * noise / GROUP).any():
        return None
    return tone


def _groups(mean: np.ndarray, full: np.ndarray) -> np.ndarray:
    """Means over GROUP x GROUP blocks (N, C), where most of them are known: what noise is left averages out."""
    edge = ((0, -len(mean) % GROUP), (0, -mean.shape[1] % GROUP), (0, 0))
    count, total = (np.pad(v, edge) for v in (full[..., None].astype(np.float32), mean * full[..., None]))
    shape = (len(count) // GROUP, GROUP, count.shape[1] // GROUP, GROUP, -1)
    count, total = count.reshape(shape).sum((1, 3)), total.reshape(shape).sum((1, 3))
    most = count[..., 0] >= GROUP * GROUP / 2
    return total[most] / count[most]


def _unlike_neighbours(mean: np.ndarray) -> np.ndarray:
    """How much blocks differ from the one beside them, as a standard deviation (C,): noise does, colours less so."""
    if mean.shape[1] < 2:
        return np.zeros(mean.shape[2], np.float32)
    return 1.4826 / np.sqrt(2) * np.median(np.abs(np.diff(mean, axis=1)), (0, 1))


def _blocks(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Means of (H, W) or (H, W, C) over the known pixels of every block; of ones, how many there are: (h, w, C)."""
    ones = values.ndim == 2 and bool((values == 1).all())
    height, width = (n // BLOCK for n in known.shape)
    if min(height, width) == 0:
        return np.zeros((0, 0, 1 if values.ndim == 2 else values.shape[2]), np.float32)
    channels = values[..., None] if values.ndim == 2 else values
    cut = (slice(height * BLOCK), slice(width * BLOCK))
    shape = (height, BLOCK, width, BLOCK, -1)
    weight = known[cut].astype(np.float32)[..., None]
    total = (channels[cut] * weight).reshape(shape).sum((1, 3))
    return total if ones else total / np.maximum(weight.reshape(shape).sum((1, 3)), 1)


def _fitted(light: np.ndarray, tint: np.ndarray) -> np.ndarray:
    """Coefficients (3, 2) of a parabola over lightness 0..1 for red and blue; flat where lightness hardly varies."""
    x = light / 255
    powers = np.stack([np.ones_like(x), x, x * x], 1).astype(np.float64)
    ridge = np.diag([1e-6, 1e-3, 1e-3]) * len(x)
    return np.linalg.solve(powers.T @ powers + ridge, powers.T @ tint)


def _at(curve: np.ndarray, luma: np.ndarray) -> np.ndarray:
    x = luma / 255
    return np.stack([curve[0, i] + x * (curve[1, i] + x * curve[2, i]) for i in range(2)], -1).astype(np.float32)


def _tone(curve: np.ndarray, luma: np.ndarray) -> Tone:
    """The table of a curve, which goes on as it ends beyond the lightnesses that the picture has."""
    low, high = np.quantile(luma, (0.005, 0.995))
    level = np.arange(256, dtype=np.float32)
    off = _at(curve, level.clip(low, high))
    green = -(LUMA[0] * off[:, 0] + LUMA[2] * off[:, 1]) / LUMA[1]
    colours = level[:, None] + np.stack([off[:, 0], green, off[:, 1]], 1)
    spread = colours.max(1) - colours.min(1)
    return Tone(colours.round().clip(0, 255).astype(np.uint8), float(spread.max()))
