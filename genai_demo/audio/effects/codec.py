"""Mel-spectrograms to a few numbers a moment and back: a variational autoencoder, fully convolutional in time.

Four frames (46 ms) of 100 bands become one token of 32 numbers. The flow (model.py) then works on
sequences a quarter as long, and the decoder, trained against a discriminator, gives the fine grain
of noise back that few sampling steps would smear. Straight through go the principal components of
the frames, which already explain most; the networks on both sides start at zero and learn the rest.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.audio.effects.layers import Block
from genai_demo.audio.mel import LOWEST, MELS

STRIDE = 4
"""Frames in a token."""
CENTRE, SPREAD = -5.0, 3.0
"""Log magnitudes are brought to about zero mean and unit variance."""

FIRST_LOG_VARIANCE = -4.0
"""Of the posterior, before training."""


@dataclass(frozen=True)
class CodecConfig:
    """Sizes of the codec."""

    latent: int = 32
    """Numbers in a token."""
    width: int = 192
    """At the rate of the frames."""
    deep_width: int = 256
    """At the rate of the tokens."""
    blocks: int = 2
    deep_blocks: int = 3


class Codec(nn.Module):
    """``encode`` and ``decode``; mels are (B, 100, T) natural logarithms with T a multiple of 4."""

    def __init__(self, config: CodecConfig):
        super().__init__()
        self.config = config
        width, deep = config.width, config.deep_width
        self.project = nn.Linear(STRIDE * MELS, config.latent)
        self.expand = nn.Linear(config.latent, STRIDE * MELS)
        self.read = nn.Linear(MELS, width)
        self.fine_in = nn.ModuleList([Block(width) for _ in range(config.blocks)])
        self.fold = nn.Linear(STRIDE * width, deep)
        self.deep_in = nn.ModuleList([Block(deep) for _ in range(config.deep_blocks)])
        self.moments = nn.Linear(deep, 2 * config.latent)
        self.start = nn.Linear(config.latent, deep)
        self.deep_out = nn.ModuleList([Block(deep) for _ in range(config.deep_blocks)])
        self.unfold = nn.Linear(deep, STRIDE * width)
        self.fine_out = nn.ModuleList([Block(width) for _ in range(config.blocks + 1)])
        self.norm = nn.LayerNorm(width)
        self.write = nn.Linear(width, MELS)
        for layer in (self.moments, self.write):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.constant_(self.moments.bias[config.latent :], FIRST_LOG_VARIANCE)

    @torch.no_grad()
    def start_from_components(self, tokens: Tensor) -> None:
        """Let the straight way be the principal components of ``tokens`` (N, 400), see ``tokens_of``."""
        mean = tokens.mean(0)
        variance, directions = torch.linalg.eigh((tokens - mean).T @ (tokens - mean) / len(tokens))
        spread = variance[-self.config.latent :].clamp_min(1e-6).sqrt()
        directions = directions[:, -self.config.latent :]
        self.project.weight.copy_((directions / spread).T)
        self.project.bias.copy_(-mean @ directions / spread)
        self.expand.weight.copy_(directions * spread)
        self.expand.bias.copy_(mean)

    def encode(self, mel: Tensor, loop: bool = False) -> tuple[Tensor, Tensor]:
        """(B, 100, T) -> mean and log variance, each (B, T / 4, latent)."""
        tokens = tokens_of(mel)
        x = self.read(tokens.unflatten(2, (STRIDE, MELS)).flatten(1, 2))
        for block in self.fine_in:
            x = block(x, loop=loop)
        x = self.fold(x.unflatten(1, (-1, STRIDE)).flatten(2))
        for block in self.deep_in:
            x = block(x, loop=loop)
        mean, log_variance = self.moments(x).float().chunk(2, -1)
        return mean + self.project(tokens).float(), log_variance.clamp(-12, 4)

    def decode(self, latents: Tensor, loop: bool = False) -> Tensor:
        """(B, T / 4, latent) -> (B, 100, T)."""
        x = self.start(latents)
        for block in self.deep_out:
            x = block(x, loop=loop)
        x = self.unfold(x).unflatten(2, (STRIDE, -1)).flatten(1, 2)
        for block in self.fine_out:
            x = block(x, loop=loop)
        straight = self.expand(latents).unflatten(2, (STRIDE, MELS)).flatten(1, 2)
        mel = (straight.float() + self.write(self.norm(x)).float()) * SPREAD + CENTRE
        return mel.transpose(1, 2)


def tokens_of(mel: Tensor) -> Tensor:
    """(B, 100, T) -> (B, T / 4, 400) of about zero mean and unit variance: four frames side by side."""
    return ((mel.transpose(1, 2) - CENTRE) / SPREAD).unflatten(1, (-1, STRIDE)).flatten(2)


def sampled(mean: Tensor, log_variance: Tensor) -> Tensor:
    """A draw from the posterior (Kingma & Welling 2014, eq. 10)."""
    return mean + (0.5 * log_variance).exp() * torch.randn_like(mean)


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence from the standard normal in nats, mean over the numbers of the tokens."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()


class MelJudge(nn.Module):
    """Discriminator of patches (Isola et al. 2017): mel (B, 100, T) -> opinions (B, 1, h, w), and its features.

    It is told the height of every place, because low and high bands look different.
    """

    def __init__(self, width: int = 32):
        super().__init__()
        sizes = [2, width, 2 * width, 4 * width, 4 * width]
        strides = [2, 2, 2, 1]
        self.layers = nn.ModuleList(
            [nn.Conv2d(a, b, 4 if s == 2 else 3, s, 1) for a, b, s in zip(sizes, sizes[1:], strides, strict=False)]
        )
        self.last = nn.Conv2d(sizes[-1], 1, 3, 1, 1)

    def forward(self, mel: Tensor) -> tuple[Tensor, list[Tensor]]:
        x = ((mel - CENTRE) / SPREAD)[:, None]
        height = torch.linspace(-1, 1, MELS, device=mel.device)[None, None, :, None].expand_as(x)
        x, features = torch.cat([x, height], 1), []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.last(x), features


def whole_tokens(mel: Tensor) -> Tensor:
    """(B, 100, T) with silence behind, up to a multiple of 4 frames."""
    return F.pad(mel, (0, -mel.shape[2] % STRIDE), value=LOWEST)
