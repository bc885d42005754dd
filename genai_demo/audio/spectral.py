"""How far apart two sounds are, as training needs it."""

import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.audio.mel import log_mel, stft

WINDOWS = (2048, 1024, 512, 256)
"""Samples: the long ones tell the harmonics apart, the short ones the pulses. Hops are a quarter."""
QUIET = 0.01
"""Added to magnitudes, which are 1 for noise of variance 1: what lies below -40 dB matters less and less."""


def views(wave: Tensor) -> list[Tensor]:
    """Magnitudes of (B, S) samples at several resolutions, (B, 1 + w / 2, T) each, 1 for noise of variance 1."""
    return [stft(wave.float(), w, w // 4).abs() * (3 / 8 * w) ** -0.5 for w in WINDOWS]


def distance(first: list[Tensor], second: list[Tensor], size: Tensor) -> Tensor:
    """Of ``views``, a scalar: how log magnitudes differ, frame by frame, and how magnitudes do.

    size: (B,) mean magnitude of the true sounds, so that soft ones count as much as loud ones.
    """
    total = torch.zeros((), device=size.device)
    for a, b in zip(first, second, strict=True):
        logs = ((a + QUIET).log() - (b + QUIET).log()).square().mean(1).add(1e-8).sqrt().mean()
        total = total + logs + ((a - b).abs().mean((1, 2)) / size).mean()
    return total / len(first)


def energy_distance(real: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """d(x, y) + d(x, y') - d(y, y') of true sounds x and two copies (B, S) that differ in their noise.

    A sum of distances alone is smallest for a copy without any noise, the median of all that may be,
    which buzzes; the last term makes the true distribution the best one (Gritsenko et al. 2020, eq. 3).
    """
    x, y, z = views(real), views(first), views(second)
    size = torch.stack([v.mean((1, 2)) for v in x]).mean(0) + QUIET
    return distance(x, y, size) + distance(x, z, size) - distance(y, z, size)


def mel_distance(first: Tensor, second: Tensor) -> Tensor:
    """Mean absolute difference of log mel-spectrograms at three resolutions: (B, S), (B, S) -> (B,)."""
    found = [
        (log_mel(first, w, w // 4, bands) - log_mel(second, w, w // 4, bands)).abs().mean((1, 2))
        for w, bands in ((2048, 120), (1024, 80), (512, 40))
    ]
    return torch.stack(found).mean(0)


def matching_loss(made: list[Tensor], real: list[Tensor]) -> Tensor:
    """Feature matching (Kumar et al. 2019, MelGAN, eq. 4): L1 between a discriminator's features."""
    losses = [F.l1_loss(a.float(), b.detach().float()) for a, b in zip(made, real, strict=True)]
    return torch.stack(losses).mean()
