"""What happens to pictures on their way, so that gradients pass through: the school of the mark in pictures.

Every attack takes pictures (B, 3, H, W) from 0 to 1 and random numbers, and gives pictures back. The bench that says
how much of the mark is left does not use these but real files (``benchmarks.marks``).
"""

import functools
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core.picturemark import luma_of

JPEG_LUMA = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
"""Steps of lightness at quality 50 (ITU-T T.81, table K.1)."""


@functools.cache
def _cosines() -> Tensor:
    """(8, 8): the discrete cosine transform of T.81, orthonormal."""
    with torch.inference_mode(False):  # else the first use decides whether gradients can pass later
        k, n = torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")
        matrix = (math.pi * (2 * n + 1) * k / 16).cos() / 2
        matrix[0] /= math.sqrt(2)
        return matrix


def jpeg(pictures: Tensor, quality: float) -> Tensor:
    """The lightness as JPEG of this quality (1 to 95) leaves it; colours stay.

    Rounding has a gradient that vanishes at whole numbers (Shin and Song 2017): what is rounded to nothing learns
    nothing.
    """
    luma = luma_of(pictures)
    height, width = luma.shape[-2:]
    padded = F.pad(luma, (0, -width % 8, 0, -height % 8), mode="replicate")
    scale = 50 / quality if quality < 50 else 2 - quality / 50
    steps = (torch.tensor(JPEG_LUMA).view(8, 8) * scale).round().clamp_min(1) / 255
    blocks = padded.unflatten(-1, (-1, 8)).unflatten(-3, (-1, 8)).transpose(-3, -2)  # (B, 1, rows, columns, 8, 8)
    cosines = _cosines()
    found = cosines @ (blocks - 0.5) @ cosines.T / steps
    whole = found.detach().round()
    found = (whole + (found - whole) ** 3) * steps
    blocks = cosines.T @ found @ cosines + 0.5
    back = blocks.transpose(-3, -2).flatten(-4, -3).flatten(-2, -1)[..., :height, :width]
    return (pictures + back - luma).clamp(0, 1)


def resize(pictures: Tensor, factor: float) -> Tensor:
    """Made smaller or larger, and back to the size it had."""
    size = pictures.shape[-2:]
    small = [max(8, round(side * factor)) for side in size]
    made = F.interpolate(pictures, small, mode="bicubic", antialias=True, align_corners=False)
    return F.interpolate(made, size, mode="bicubic", antialias=True, align_corners=False).clamp(0, 1)


def blur(pictures: Tensor, sigma: float) -> Tensor:
    """Out of focus: a Gaussian of ``sigma`` pixels."""
    reach = max(1, math.ceil(3 * sigma))
    line = torch.exp(-0.5 * (torch.arange(-reach, reach + 1.0) / sigma) ** 2)
    line = (line / line.sum()).repeat(3, 1, 1, 1)
    across = F.conv2d(F.pad(pictures, (reach, reach, 0, 0), mode="replicate"), line, groups=3)
    return F.conv2d(F.pad(across, (0, 0, reach, reach), mode="replicate"), line.transpose(-1, -2), groups=3)


def noise(pictures: Tensor, sigma: float) -> Tensor:
    """Gaussian noise of ``sigma`` in all colours."""
    return (pictures + sigma * torch.randn_like(pictures)).clamp(0, 1)


def colour(pictures: Tensor, random: np.random.Generator) -> Tensor:
    """Brightness, contrast, gamma and saturation, each by up to a third."""
    brightness, contrast, saturation = 1 + random.uniform(-0.35, 0.35, 3)
    grey = luma_of(pictures)
    found = grey + (pictures - grey) * (0.0 if random.random() < 0.1 else saturation)
    found = (found - 0.5) * contrast + 0.5 * brightness
    return found.clamp(1e-4, 1) ** float(np.exp(random.uniform(-0.35, 0.35)))


def crop(pictures: Tensor, kept: float, random: np.random.Generator) -> tuple[Tensor, tuple[int, int]]:
    """A part with this share of height and of width, and where it began: (top, left)."""
    height, width = pictures.shape[-2:]
    rows, columns = max(16, round(height * kept)), max(16, round(width * kept))
    top, left = int(random.integers(height - rows + 1)), int(random.integers(width - columns + 1))
    return pictures[..., top : top + rows, left : left + columns], (top, left)


def one(pictures: Tensor, random: np.random.Generator, strength: float = 1.0) -> Tensor:
    """One attack by chance that leaves every pixel where it is. strength: from 0 (mild) to 1."""
    kind = random.integers(7)
    if kind == 0:
        return jpeg(pictures, float(random.uniform(95 - 65 * strength, 95)))
    if kind == 1:
        return jpeg(pictures, float(random.uniform(90 - 50 * strength, 90)))
    if kind == 2:
        return resize(pictures, float(np.exp(random.uniform(math.log(1 - 0.6 * strength), 0.4))))
    if kind == 3:
        return blur(pictures, float(random.uniform(0.3, 0.4 + 1.6 * strength)))
    if kind == 4:
        return noise(pictures, float(random.uniform(0, 0.08 * strength)))
    return colour(pictures, random) if kind == 5 else pictures
