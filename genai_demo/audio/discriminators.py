"""Discriminators of sound, small enough for a CPU: one looks along periods of samples, one at spectrograms.

Both return logits and, for feature matching, what their layers saw. They cost about as much as the
vocoder itself; the originals, of 40 million parameters, a hundred times as much.
"""

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from genai_demo.audio.mel import stft

Opinion = tuple[Tensor, list[Tensor]]
"""Logits (B, L) and features of any shapes."""


class Period(nn.Module):
    """Samples that lie a period apart, side by side (Kong et al. 2020, HiFi-GAN). (B, S) -> Opinion."""

    def __init__(self, period: int, channels: tuple[int, ...] = (16, 32, 64, 128)):
        super().__init__()
        self.period = period
        sizes = (1, *channels)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, (5, 1), (3, 1), (2, 0))) for a, b in itertools.pairwise(sizes)
        )
        self.last = weight_norm(nn.Conv2d(channels[-1], 1, (3, 1), padding=(1, 0)))

    def forward(self, wave: Tensor) -> Opinion:
        x = F.pad(wave, (0, -wave.shape[1] % self.period)).view(len(wave), 1, -1, self.period)
        seen = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            seen.append(x)
        return self.last(x).flatten(1), seen


class Spectrogram(nn.Module):
    """Log magnitudes at one resolution (Jang et al. 2021, UnivNet). (B, S) -> Opinion."""

    def __init__(self, window: int, channels: tuple[int, ...] = (16, 24, 32, 48)):
        super().__init__()
        self.window = window
        sizes = (1, *channels)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, (5, 3), (3, 1), (2, 1))) for a, b in itertools.pairwise(sizes)
        )
        self.last = weight_norm(nn.Conv2d(channels[-1], 1, 3, padding=1))

    def forward(self, wave: Tensor) -> Opinion:
        with torch.autocast(wave.device.type, enabled=False):
            magnitude = stft(wave.float(), self.window, self.window // 4).abs() * self.window**-0.5
            x = (magnitude + 1e-3).log()[:, None] / 2 + 1
        seen = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            seen.append(x)
        return self.last(x).flatten(1), seen


class Judges(nn.Module):
    """All of them: (B, S) -> logits (B, L) and features."""

    def __init__(self, periods: tuple[int, ...] = (2, 3, 5, 7, 11), windows: tuple[int, ...] = (2048, 1024, 512)):
        super().__init__()
        self.parts = nn.ModuleList([*(Period(p) for p in periods), *(Spectrogram(w) for w in windows)])

    def forward(self, wave: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        opinions = [part(wave) for part in self.parts]
        return [logits.float() for logits, _ in opinions], [f for _, seen in opinions for f in seen]
