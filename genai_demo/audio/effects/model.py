"""Sound effects from noise: conditional flow matching on the codec's tokens.

The network learns the velocity of straight lines from noise to data (Lipman et al. 2023; rectified
flow, Liu et al. 2023). It is told the kind, the brightness, the density, and how far every token is
from the beginning and the end of the sound. Its layers are convolutions along time and attention
without positions, so that a loop is drawn as a circle: turned noise gives the turned sound.
"""

import itertools
import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from genai_demo.audio.effects.layers import Attention, Block

EDGE_SCALES = (1.0, 4.0, 16.0, 48.0)
"""Tokens over which the nearness of a sound's beginning or end falls to 1 / e."""


@dataclass(frozen=True)
class EffectsConfig:
    """Sizes of the network."""

    kinds: tuple[str, ...]
    latent: int = 32
    width: int = 256
    blocks: int = 9
    attention_every: int = 3
    heads: int = 4
    dropout: float = 0.1


@dataclass(frozen=True)
class Condition:
    """What a batch of sounds is to be like."""

    kind: Tensor
    """(B, kinds): the share of each kind, zero for any."""
    traits: Tensor
    """(B, 4): brightness, 1; density, 1; each pair zero for any. Traits are ranks within a kind, -1..1."""
    edges: Tensor
    """(B, T, 2 x scales), see ``edges``; zero amid a texture."""

    def unconditional(self) -> "Condition":
        """The same moments of whatever sound."""
        return replace(self, kind=torch.zeros_like(self.kind), traits=torch.zeros_like(self.traits))


def edges(before: Tensor, after: Tensor) -> Tensor:
    """Nearness of the beginning and of the end: (..., T) tokens before and after each -> (..., T, 2 x scales)."""
    scales = torch.tensor(EDGE_SCALES, device=before.device)
    return torch.cat([(-d[..., None] / scales).exp() for d in (before, after)], -1)


class Effects(nn.Module):
    """Velocity of tokens on their way from noise to sound."""

    mean: Tensor
    scale: Tensor

    def __init__(self, config: EffectsConfig):
        super().__init__()
        self.config = config
        width = config.width
        self.register_buffer("mean", torch.zeros(config.latent))
        self.register_buffer("scale", torch.ones(config.latent))
        self.read = nn.Linear(config.latent, width)
        self.place = nn.Linear(2 * len(EDGE_SCALES), width)
        self.time = nn.Sequential(nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))
        self.kind = nn.Linear(len(config.kinds), width, bias=False)
        self.traits = nn.Sequential(nn.Linear(4, width), nn.SiLU(), nn.Linear(width, width))
        self.blocks = nn.ModuleList([Block(width, width, dropout=config.dropout) for _ in range(config.blocks)])
        count = config.blocks // config.attention_every
        self.attention = nn.ModuleList([Attention(width, width, config.heads) for _ in range(count)])
        self.norm = nn.LayerNorm(width)
        self.write = nn.Linear(width, config.latent)
        nn.init.normal_(self.kind.weight, std=1.0)
        nn.init.zeros_(self.write.weight)
        nn.init.zeros_(self.write.bias)

    def forward(
        self, x: Tensor, time: Tensor, condition: Condition, loop: bool = False, mask: Tensor | None = None
    ) -> Tensor:
        """x: (B, T, latent) at times (B,) from 0 (noise) to 1 (sound) -> velocity (B, T, latent)."""
        told = self.time(waves(time)) + self.kind(condition.kind) + self.traits(condition.traits)
        told = nn.functional.silu(told)
        h = self.read(x) + self.place(condition.edges)
        for i, block in enumerate(self.blocks):
            h = block(h, told, loop, mask)
            if (i + 1) % self.config.attention_every == 0:
                h = self.attention[i // self.config.attention_every](h, told, mask)
        return self.write(self.norm(h)).float()

    def standardised(self, latents: Tensor) -> Tensor:
        """The codec's numbers to zero mean and unit variance."""
        return (latents - self.mean) / self.scale

    def restored(self, x: Tensor) -> Tensor:
        """The inverse of ``standardised``."""
        return x * self.scale + self.mean


def waves(time: Tensor) -> Tensor:
    """(B,) in 0..1 -> (B, 64) sines and cosines of 32 frequencies."""
    frequencies = torch.exp(torch.linspace(0, math.log(1000), 32, device=time.device))
    angles = time[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)


@torch.inference_mode()
def sample(
    network: Effects, noise: Tensor, condition: Condition, steps: int, guidance: float, loop: bool = False,
    start: float = 0.0,
) -> Tensor:  # fmt: skip
    """Follow the velocity from ``noise`` (B, T, latent) at time ``start`` to time 1 in equal Euler steps.

    guidance: how far beyond the unconditional velocity to go towards the conditional one; 1 is the
    conditional velocity itself (classifier-free guidance, Ho & Salimans 2022, eq. 6).
    """
    x = noise
    if guidance != 1:
        free = condition.unconditional()
        condition = Condition(
            torch.cat([condition.kind, free.kind]),
            torch.cat([condition.traits, free.traits]),
            torch.cat([condition.edges, free.edges]),
        )
    times = torch.linspace(start, 1, steps + 1).tolist()
    for now, then in itertools.pairwise(times):
        if guidance == 1:
            velocity = network(x, x.new_full((len(x),), now), condition, loop)
        else:
            both = network(torch.cat([x, x]), x.new_full((2 * len(x),), now), condition, loop)
            towards, anywhere = both.chunk(2)
            velocity = anywhere + guidance * (towards - anywhere)
        x = x + (then - now) * velocity
    return x
