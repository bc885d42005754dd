"""Differentiable augmentation: both adversaries see the same kind of random views.

Zhao et al. 2020 (2006.10738): a discriminator that sees ten thousand faces over and over learns
them by heart; random colour, shifts and cut-outs, applied to real and generated pictures alike
and differentiable, delay that without leaking into the generated pictures.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def augment(images: Tensor, strength: float = 1.0, *, cutout: bool = True) -> Tensor:
    """Random flip, brightness, saturation, contrast, shift by up to 1/8, cut-out of a 1/2 square.

    images: (B, 3, R, R) in [-1, 1]. strength: probability, per picture, of each operation.
    Randomness comes from torch's global generator.
    """
    if strength <= 0:
        return images
    images = _flip(images)
    images = _colour(images, strength)
    images = _shift(images, strength)
    return _cutout(images, strength) if cutout else images


def _chance(images: Tensor, probability: float) -> Tensor:
    """Boolean (B, 1, 1, 1)."""
    return torch.rand(len(images), 1, 1, 1, device=images.device) < probability


def _flip(images: Tensor) -> Tensor:
    return torch.where(_chance(images, 0.5), images.flip(3), images)


def _colour(images: Tensor, strength: float) -> Tensor:
    def factor(low: float, high: float) -> Tensor:
        drawn = torch.rand(len(images), 1, 1, 1, device=images.device) * (high - low) + low
        return torch.where(_chance(images, strength), drawn, torch.full_like(drawn, (low + high) / 2))

    images = images + factor(-0.5, 0.5)
    grey = images.mean(1, keepdim=True)
    images = (images - grey) * factor(0.0, 2.0) + grey
    mean = images.mean((1, 2, 3), keepdim=True)
    return (images - mean) * factor(0.5, 1.5) + mean


def _shift(images: Tensor, strength: float, ratio: float = 0.125) -> Tensor:
    """Whole-picture translation, zeros flowing in."""
    batch, _, side, _ = images.shape
    reach = int(side * ratio + 0.5)
    offsets = torch.randint(-reach, reach + 1, (batch, 2), device=images.device)
    offsets = offsets * _chance(images, strength)[:, 0, 0]
    padded = F.pad(images, (reach,) * 4)
    grid = torch.arange(side, device=images.device)
    rows = (grid[None] + offsets[:, :1] + reach)[:, :, None]
    columns = (grid[None] + offsets[:, 1:] + reach)[:, None, :]
    index = torch.arange(batch, device=images.device)[:, None, None]
    shifted = padded.permute(0, 2, 3, 1)[index, rows, columns]
    return shifted.permute(0, 3, 1, 2)


def _cutout(images: Tensor, strength: float, ratio: float = 0.5) -> Tensor:
    """A grey square of ``ratio`` times the side, its centre anywhere."""
    batch, _, side, _ = images.shape
    half = side * ratio / 2
    centre = torch.rand(batch, 2, 1, device=images.device) * side
    grid = torch.arange(side, device=images.device)[None]
    inside = [(grid - centre[:, i]).abs() <= half for i in range(2)]
    square = (inside[0][:, :, None] & inside[1][:, None, :])[:, None] & _chance(images, strength)
    return images * ~square
