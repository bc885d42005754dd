"""A variational autoencoder of small pictures whose latent is a plane, so that all it can draw fits on one sheet.

Kingma & Welling 2014, appendix B and C; beta weighs the second term (Higgins et al. 2017).
"""

import itertools
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genai_demo.core import limits

SIDE = 32
"""Pixels of the pictures, both ways."""
LATENT = 2
BATCH = 32
HELD_OUT = 32
"""Pictures that it never learns from: the last ones."""
EVERY = 10
"""Steps between two points of the curves."""
NOISE = 1.0
"""Standard deviation of a pixel in [-1, 1] around what the decoder says: it sets what beta = 1 means."""


@dataclass(frozen=True)
class Point:
    """Held-out pictures at one moment: mean squared error of a pixel, and nats that a code tells of its picture."""

    step: int
    error: float
    nats: float


class PlaneVae(nn.Module):
    """Pictures (B, 3, 32, 32) in [-1, 1] to a plane and back."""

    def __init__(self, width: int = 24):
        super().__init__()
        sizes = [3, width, 2 * width, 3 * width]
        down = [m for a, b in itertools.pairwise(sizes) for m in (nn.Conv2d(a, b, 4, 2, 1), nn.SiLU())]
        up: list[nn.Module] = []
        for a, b in itertools.pairwise(reversed(sizes)):
            up += [nn.SiLU(), nn.ConvTranspose2d(a, b, 4, 2, 1)]
        inner = sizes[-1] * 4 * 4
        self.encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(inner, 2 * LATENT))
        self.decoder = nn.Sequential(
            nn.Linear(LATENT, 64), nn.SiLU(), nn.Linear(64, inner), nn.Unflatten(1, (sizes[-1], 4, 4)), *up
        )

    def encode(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of the code: (B, 2) each."""
        mean, log_variance = self.encoder(pictures).chunk(2, 1)
        return mean, log_variance.clamp(-12, 6)

    def decode(self, codes: Tensor) -> Tensor:
        """(B, 2) to pictures in [-1, 1]."""
        return torch.tanh(self.decoder(codes))


def untrained(source: torch.Generator) -> PlaneVae:
    """A network that has learnt nothing, with weights from ``source``, so that a seed says all."""
    network = PlaneVae()
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="linear", generator=source)
            assert module.bias is not None
            nn.init.zeros_(module.bias)
    return network


@torch.inference_mode()
def manifold(network: PlaneVae, side: int) -> Tensor:
    """What it draws for the points of a grid: (side * side, 3, 32, 32), the top row first.

    The points are quantiles of the prior N(0, 1), so that every cell stands for the same share of it.
    """
    quantiles = torch.special.ndtri((torch.arange(side) + 0.5) / side)
    y, x = torch.meshgrid(quantiles.flip(0), quantiles, indexing="ij")
    return network.decode(torch.stack([x, y], -1).reshape(-1, LATENT))


class Training:
    """The network, its pictures, and what happened so far.

    pictures: (N, 3, 32, 32) in [-1, 1]. Raises ValueError for too few or other ones.
    """

    def __init__(self, pictures: Tensor, seed: int = 0):
        if pictures.shape[1:] != (3, SIDE, SIDE) or len(pictures) < HELD_OUT + BATCH:
            raise ValueError(f"Give {HELD_OUT + BATCH} pictures of {SIDE} x {SIDE} pixels or more.")
        self.learnt, self.held_out = pictures[:-HELD_OUT], pictures[-HELD_OUT:]
        self.source = torch.Generator().manual_seed(seed)
        self.network = untrained(self.source)
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=1e-3)
        self.beta = 1.0
        self.step_count, self.points = 0, list[Point]()

    def set_beta(self, beta: float) -> None:
        """Weight of the latent term from now on, 0 to limits.MAX_LAB_BETA; raises ValueError outside."""
        if not 0 <= beta <= limits.MAX_LAB_BETA:
            raise ValueError(f"beta must be a number from 0 to {limits.MAX_LAB_BETA:g}.")
        self.beta = float(beta)

    def step(self) -> None:
        """One step on random pictures; every EVERY steps a point of the curves."""
        rows = torch.randint(len(self.learnt), (BATCH,), generator=self.source)
        pictures = self.learnt[rows]
        mean, log_variance = self.network.encode(pictures)
        noise = torch.randn(mean.shape, generator=self.source)
        drawn = self.network.decode(mean + (log_variance / 2).exp() * noise)
        error = F.mse_loss(drawn, pictures, reduction="sum") / (2 * NOISE**2 * len(pictures))
        loss = error + self.beta * divergence(mean, log_variance)
        loss.backward()
        self.optimiser.step()
        self.optimiser.zero_grad()  # afterwards: what rests between two visits keeps no gradients
        self.step_count += 1
        if self.step_count % EVERY == 0 or self.step_count == 1:
            self.points.append(self.measure())

    @torch.inference_mode()
    def measure(self) -> Point:
        """Error and nats of the held-out pictures, without noise in the code."""
        mean, log_variance = self.network.encode(self.held_out)
        error = F.mse_loss(self.network.decode(mean), self.held_out)
        return Point(self.step_count, float(error), float(divergence(mean, log_variance)))

    def manifold(self, side: int) -> Tensor:
        """As the function of this name, of the network as it is now."""
        return manifold(self.network, side)

    @torch.inference_mode()
    def reconstructions(self, count: int) -> tuple[Tensor, Tensor]:
        """Held-out pictures and what comes back of them, (count, 3, 32, 32) each."""
        pictures = self.held_out[:count]
        return pictures, self.network.decode(self.network.encode(pictures)[0])

    @torch.inference_mode()
    def codes(self, count: int) -> Tensor:
        """(count, 2): where the first pictures lie on the plane."""
        return self.network.encode(self.learnt[:count])[0]


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(q(z | x) || N(0, 1)) in nats, the mean over the batch (appendix B)."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()
