"""The restoration network and its discriminator.

A U-Net that works at half the picture's side (pixel unshuffle) and below. Notable choices
- Gated convolutions (Yu et al. 2019): the network learns where its input is to be trusted.
- The lowest blocks mix in Fourier space (Chi et al. 2020; LaMa, Suvorov et al. 2022): one layer
  sees the whole picture at any size, so a hole is filled from all of it.
- Task and noise scale and shift the features of every block (Perez et al. 2018, FiLM).
- Two outputs over one trunk: ``faithful`` learns by pixel errors and the identity of the face, ``detail``
  is what the perceptual and adversarial losses add to it. How much of it to add is the user's choice.
- No normalisation: the last layer of every branch starts at zero, so a new network returns its input.
"""

import itertools
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

TASKS = ("auto", "inpaint", "deblur", "enlarge2", "enlarge4", "denoise", "old")
GRAIN = 8
"""The sides of what the network takes are multiples of this."""


@dataclass(frozen=True)
class RepairConfig:
    """Shape of the restoration network; stored in the card."""

    channels: int = 32
    """At half the side; twice that at a quarter, four times at an eighth."""
    blocks: int = 2
    """On the way down and on the way up, at each of the two upper levels."""
    deep_blocks: int = 4
    """At an eighth of the side, with Fourier branches."""
    noise: int = 8
    """Numbers that tell one filling of a hole from another."""
    measures: int = 6
    """Kinds of damage that it estimates."""


class Film(nn.Module):
    """Scale and shift of C channels by a condition: x (B, C, H, W), (B, K) -> (B, C, H, W)."""

    def __init__(self, condition: int, channels: int):
        super().__init__()
        self.affine = nn.Linear(condition, 2 * channels)
        nn.init.zeros_(self.affine.weight)
        nn.init.zeros_(self.affine.bias)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        scale, shift = self.affine(condition)[:, :, None, None].chunk(2, 1)
        return x * (1 + scale).to(x.dtype) + shift.to(x.dtype)


class Fourier(nn.Module):
    """Convolution in Fourier space: 1x1 over real and imaginary parts. (B, C, H, W) -> (B, C, H, W)."""

    def __init__(self, channels: int, inner: int):
        super().__init__()
        self.inside, self.outside = nn.Conv2d(channels, inner, 1), nn.Conv2d(inner, channels, 1)
        self.spectral = nn.Conv2d(2 * inner, 2 * inner, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = F.silu(self.inside(x))
        spectrum = torch.fft.rfft2(y.float(), norm="ortho")
        parts = torch.cat([spectrum.real, spectrum.imag], 1)
        real, imaginary = F.relu(self.spectral(parts)).float().chunk(2, 1)
        y = y + torch.fft.irfft2(torch.complex(real, imaginary), s=x.shape[-2:], norm="ortho").to(y.dtype)
        return self.outside(y)


class Block(nn.Module):
    """Gated residual block: (B, C, H, W), condition (B, K) -> (B, C, H, W)."""

    def __init__(self, channels: int, condition: int, fourier: bool = False):
        super().__init__()
        self.first = nn.Conv2d(channels, 2 * channels, 3, padding=1)
        self.fourier = Fourier(channels, channels // 2) if fourier else None
        self.film = Film(condition, 2 * channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        y, gate = self.film(self.first(x), condition).chunk(2, 1)
        if self.fourier is not None:
            y = y + self.fourier(x)
        return x + self.second(y * torch.sigmoid(gate))


class Restorer(nn.Module):
    """Damaged pictures to restored ones."""

    def __init__(self, config: RepairConfig):
        super().__init__()
        self.config = config
        wide = [config.channels * 2**i for i in range(3)]
        condition = len(TASKS) + config.noise

        def level(channels: int, count: int, fourier: bool = False) -> nn.ModuleList:
            return nn.ModuleList(Block(channels, condition, fourier) for _ in range(count))

        self.enter = nn.Conv2d(16, wide[0], 3, padding=1)
        self.down = nn.ModuleList([level(wide[0], config.blocks), level(wide[1], config.blocks)])
        self.shrink = nn.ModuleList(nn.Conv2d(wide[i], wide[i + 1], 2, stride=2) for i in range(2))
        self.deep = level(wide[2], config.deep_blocks, fourier=True)
        self.grow = nn.ModuleList(nn.Conv2d(wide[i + 1], 4 * wide[i], 1) for i in range(2))
        self.up = nn.ModuleList([level(wide[0], config.blocks), level(wide[1], config.blocks)])
        self.faithful, self.detail = (nn.Conv2d(wide[0], 12, 3, padding=1) for _ in range(2))
        for layer in (self.faithful, self.detail):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.measure = nn.Sequential(nn.Linear(wide[2], 64), nn.SiLU(), nn.Linear(64, config.measures))

    def condition(self, task: Tensor, noise: Tensor | None = None) -> Tensor:
        """(B,) indices into TASKS and (B, noise) numbers -> (B, K)."""
        if noise is None:
            noise = torch.zeros(len(task), self.config.noise, device=task.device)
        return torch.cat([F.one_hot(task, len(TASKS)).float(), noise], 1)

    def forward(
        self, picture: Tensor, mask: Tensor, task: Tensor, noise: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """``faithful`` (B, 3, H, W), ``detail`` to add to it (same), and logits of the damage (B, measures).

        picture: (B, 3, H, W) in [-1, 1], sides multiples of GRAIN. mask: (B, 1, H, W), 1 where it is missing.
        task: (B,) indices into TASKS. noise: (B, noise) standard normal, none for zeros.
        """
        condition = self.condition(task, noise)
        known = picture * (1 - mask)
        x = self.enter(F.pixel_unshuffle(torch.cat([known, mask], 1), 2))
        kept = []
        for blocks, shrink in zip(self.down, self.shrink, strict=True):
            for block in blocks:
                x = block(x, condition)
            kept.append(x)
            x = shrink(x)
        for block in self.deep:
            x = block(x, condition)
        amounts = self.measure(x.float().mean((2, 3))).float()
        for i in (1, 0):
            x = F.pixel_shuffle(self.grow[i](x), 2) + kept[i]
            for block in self.up[i]:
                x = block(x, condition)
        faithful = known.float() + F.pixel_shuffle(self.faithful(x), 2).float()
        return faithful, F.pixel_shuffle(self.detail(x), 2).float(), amounts


class PatchJudge(nn.Module):
    """Discriminator over patches (Isola et al. 2017): is this place restored or real?

    (B, 3, H, W), mask (B, 1, H, W) -> logits (B, 1, H / 16, W / 16) and the features of every layer.
    """

    def __init__(self, channels: int = 32):
        super().__init__()
        sizes = [16, channels, 2 * channels, 4 * channels, 4 * channels]
        self.layers = nn.ModuleList(
            nn.utils.parametrizations.spectral_norm(nn.Conv2d(a, b, 4 if i else 3, stride=2 if i else 1, padding=1))
            for i, (a, b) in enumerate(itertools.pairwise(sizes))
        )
        self.judge = nn.utils.parametrizations.spectral_norm(nn.Conv2d(sizes[-1], 1, 3, padding=1))

    def forward(self, picture: Tensor, mask: Tensor) -> tuple[Tensor, list[Tensor]]:
        x, seen = F.pixel_unshuffle(torch.cat([picture, mask], 1), 2), []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            seen.append(x)
        return self.judge(x).float(), seen
