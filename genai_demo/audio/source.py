"""What the vocoder filters: pulses at the pitch of the voice, and noise. Pure functions of tensors.

Pitch is a track over the frames of the mel-spectrogram (frame t is centred on sample 256 t): hertz where
there is one, 0 where there is none.
"""

import functools
import math

import torch
from torch import Tensor

from genai_demo.audio.mel import FFT, HOP
from genai_demo.audio.sounds import RATE

LOWEST, CENTS, BINS = 65.0, 25, 156
"""The pitch is told in steps of a quarter of a semitone from 65 to 615 Hz."""
RESTING = 150.0
"""Hertz of the pulses that run before the first pitch."""
LEVEL = math.sqrt(1.5 * FFT / 4 * math.pi / 4)
"""Mean magnitude in the STFT of white noise of variance 1 (Rayleigh; the squares of the window sum to 3/8 FFT)."""
NOISE = 2**18
"""Samples after which the noise repeats: 12 s."""


def bins_of(hertz: Tensor) -> Tensor:
    """Places on the scale of pitch, not rounded; any shape."""
    return 1200 / CENTS * torch.log2(hertz.clamp_min(LOWEST) / LOWEST)


def pitch_of(logits: Tensor) -> Tensor:
    """(..., 1 + BINS) logits of "none" and of the bins to (...) hertz or 0.

    The mean over the best bin and its neighbours is finer than a bin (Kim et al. 2018, CREPE).
    """
    chance = logits.float().softmax(-1)
    voiced = chance[..., 0] < 0.5
    best = chance[..., 1:].argmax(-1, keepdim=True)
    near = (best + torch.arange(-2, 3, device=logits.device)).clamp(0, BINS - 1)
    weight = chance[..., 1:].gather(-1, near)
    place = (weight * near).sum(-1) / weight.sum(-1)
    return LOWEST * torch.exp2(place * CENTS / 1200) * voiced


def held(hertz: Tensor, before: float = RESTING) -> Tensor:
    """(B, T) with each gap filled by the pitch before it, so that the pulses run on through it."""
    steps = torch.arange(1, hertz.shape[1] + 1, device=hertz.device)
    last = torch.where(hertz > 0, steps, 0).cummax(1).values
    padded = torch.cat([hertz.new_full((len(hertz), 1), before), hertz], 1)
    return padded.gather(1, last)


def phases(hertz: Tensor, start: float = 0.0) -> Tensor:
    """Phase in [0, 2 pi) of the pulses at the centre of every frame: (B, T) without gaps -> (B, T) float32."""
    turns = (hertz[:, 1:] + hertz[:, :-1]).double().mul(HOP / (2 * RATE)).cumsum(1)
    turns = torch.cat([turns.new_zeros(len(hertz), 1), turns], 1) + start / (2 * math.pi)
    return (2 * math.pi * turns.frac()).float()


def pulses(hertz: Tensor, phase: Tensor) -> Tensor:
    """All harmonics below half the rate, in phase, variance 1: (B, T), (B, T) -> (B, 256 (T - 1)).

    sum_{h=1..H} cos h x = sin((H + 1/2) x) / (2 sin(x/2)) - 1/2 (Dirichlet kernel); between the
    frames the pitch moves in a line.
    """
    n = torch.arange(HOP, device=hertz.device)
    here, slope = hertz[:, :-1, None], hertz.diff(dim=1)[..., None] / HOP
    x = phase[:, :-1, None] + 2 * math.pi / RATE * (here * n + slope * n * n / 2)
    x = torch.remainder(x + math.pi, 2 * math.pi) - math.pi
    count = (RATE / 2 / (here + slope * n)).floor()
    half = (x / 2).sin()
    tiny = half.abs() < 1e-4
    sum_of_cosines = ((count + 0.5) * x).sin() / torch.where(tiny, 1.0, 2 * half)
    wave = torch.where(tiny, count + 0.5, sum_of_cosines) - 0.5
    return (wave * (2 / count).sqrt()).flatten(1)


@functools.cache
def _noise(device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        return torch.randn(NOISE, generator=torch.Generator().manual_seed(1)).to(device)


def noise(start: Tensor, length: int) -> Tensor:
    """White noise of variance 1 from places in one long stretch of it: (B,) int64 -> (B, length)."""
    at = start[:, None] + torch.arange(length, device=start.device)
    return _noise(start.device)[at % NOISE]
