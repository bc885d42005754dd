"""What happens to sounds on their way, so that gradients pass through: the school of the mark in sounds.

Every attack takes sounds (B, S) and gives sounds back. The bench that says how much of the mark is left does not use
these but real files (``benchmarks.marks``).
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from genai_demo.core.soundmark import RATE

FFT, HOP = 1024, 256


def noise(wave: Tensor, snr: float) -> Tensor:
    """White noise, so many dB quieter than the sound."""
    level = wave.square().mean(-1, keepdim=True).sqrt() * 10 ** (-snr / 20)
    return wave + level * torch.randn_like(wave)


def low_pass(wave: Tensor, hertz: float) -> Tensor:
    """Nothing above a frequency, as after a lower sampling rate."""
    found = torch.fft.rfft(wave)
    kept = torch.arange(found.shape[-1]) * RATE / wave.shape[-1] <= hertz
    return torch.fft.irfft(found * kept, n=wave.shape[-1])


def coder(wave: Tensor, hidden: float, hertz: float) -> Tensor:
    """Like a lossy coder: rounding noise that the sound hides, faint places dropped, nothing above a frequency.

    hidden: dB by which the noise is quieter than its surroundings in the spectrogram.
    """
    window = torch.hann_window(FFT)
    spectrum = torch.stft(wave, FFT, HOP, window=window, return_complex=True)
    power = F.avg_pool2d(spectrum.abs().square()[:, None], (9, 1), 1, (4, 0), count_include_pad=False)[:, 0]
    around = (power + 1e-8).sqrt()
    phases = torch.rand_like(around) * 2 * math.pi
    rounding = torch.polar(around.detach() * 10 ** (-hidden / 20), phases)
    kept = (spectrum.abs() > around * 10 ** (-(hidden + 6) / 20)).float()
    kept = kept * (torch.linspace(0, RATE / 2, around.shape[1]) <= hertz).float()[None, :, None]
    return torch.istft((spectrum + rounding) * kept, FFT, HOP, window=window, length=wave.shape[-1])


def crop(wave: Tensor, kept: float, random: np.random.Generator) -> tuple[Tensor, int]:
    """A part of the sound with this share of its length, and the sample at which it began."""
    length = max(4_096, round(wave.shape[-1] * kept))
    start = int(random.integers(max(1, wave.shape[-1] - length + 1)))
    return wave[..., start : start + length], start


def one(wave: Tensor, random: np.random.Generator, strength: float = 1.0) -> Tensor:
    """One attack by chance that leaves every sample where it is. strength: from 0 (mild) to 1."""
    kind = random.integers(6)
    if kind == 0:
        return noise(wave, float(random.uniform(45 - 30 * strength, 45)))
    if kind == 1:
        return low_pass(wave, float(random.uniform(11_000 - 7_500 * strength, 11_000)))
    if kind in (2, 3):
        return coder(wave, float(random.uniform(24 - 16 * strength, 24)), float(random.uniform(5_000, 11_025)))
    return wave * float(10 ** random.uniform(-0.7, 0.3)) if kind == 4 else wave
