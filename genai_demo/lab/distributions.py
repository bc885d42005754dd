"""Two-dimensional distributions for the GAN on a plane: ring, grid, spirals, and what a user draws."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from genai_demo.core import limits

NAMES = ("ring", "grid", "spirals")
EDGE = 1.2
"""The plane that is shown reaches from -EDGE to EDGE in both directions."""
CELLS = 20
"""Rows and columns of the cells in which points are counted to compare two sets of them."""
MARKS = 12
"""Places of a line at which is counted whether it is covered."""


@dataclass(frozen=True)
class Distribution:
    """A mixture of equally likely Gaussians."""

    centres: Tensor
    """(C, 2), within [-1, 1]."""
    spread: float
    """Standard deviation of each of them, in both directions."""
    modes: Tensor
    """(M, 2): where a generator should be, or it has dropped a mode."""
    reach: float
    """A point so far from a mode still belongs to it."""

    def sample(self, count: int, source: torch.Generator) -> Tensor:
        """(count, 2) points."""
        rows = torch.randint(len(self.centres), (count,), generator=source)
        return self.centres[rows] + self.spread * torch.randn(count, 2, generator=source)

    def coverage(self, points: Tensor) -> tuple[list[bool], float]:
        """Which modes got a quarter of their fair share of the points or more, and the share of points near a mode."""
        distance, nearest = torch.cdist(points, self.modes).min(1)
        near = distance <= self.reach
        counts = torch.bincount(nearest[near], minlength=len(self.modes))
        return (counts >= 0.25 * len(points) / len(self.modes)).tolist(), float(near.float().mean())


def named(name: str) -> Distribution:
    """One of NAMES. Raises ValueError for another name."""
    if name == "ring":
        return _blobs(torch.tensor([_on_circle(i / 8, 0.8) for i in range(8)]), 0.05)
    if name == "grid":
        steps = torch.linspace(-0.8, 0.8, 4)
        return _blobs(torch.cartesian_prod(steps, steps), 0.05)
    if name == "spirals":
        arms = [_on_circle(half / 2 + 0.75 * t / 150, 0.15 + 0.75 * t / 150) for half in (0, 1) for t in range(150)]
        return _line(torch.tensor(arms))
    raise ValueError(f"No distribution is called {name!r}. Choose one of {', '.join(NAMES)}, drawing.")


def drawn(points: Sequence[Sequence[float]]) -> Distribution:
    """What a user drew: points (x, y) along the strokes, within [-1, 1]. Raises ValueError for too few or bad ones."""
    try:
        centres = torch.tensor([[float(x), float(y)] for x, y in points]).reshape(-1, 2)
    except (TypeError, ValueError) as error:
        raise ValueError("The drawing cannot be read. Clear it and draw again.") from error
    if len(centres) < limits.MIN_DRAWN_POINTS:
        raise ValueError("Draw something first: a line, some dots, a letter.")
    if len(centres) > limits.MAX_DRAWN_POINTS or not bool((centres.abs() <= 1).all()):
        raise ValueError("The drawing cannot be read. Clear it and draw again.")
    return _line(centres)


def jensen_shannon(first: Tensor, second: Tensor) -> float:
    """Jensen-Shannon divergence of two sets of points (N, 2), (M, 2) in bits: 0 are alike, 1 never meet.

    Estimated from counts in CELLS x CELLS cells of the plane: two samples of the same come to a little more than 0.
    """
    p, q = (_shares(points) for points in (first, second))
    middle = (p + q) / 2
    return max(0.0, float(_entropy(middle) - (_entropy(p) + _entropy(q)) / 2))


def _shares(points: Tensor) -> Tensor:
    """(CELLS * CELLS,) share of the points in each cell; what lies outside of the plane counts at its edge."""
    cells = ((points + EDGE) / (2 * EDGE) * CELLS).long().clamp(0, CELLS - 1)
    return torch.bincount(CELLS * cells[:, 1] + cells[:, 0], minlength=CELLS * CELLS) / len(points)


def _entropy(shares: Tensor) -> Tensor:
    return -torch.special.xlogy(shares, shares).sum() / math.log(2)


def _on_circle(turn: float, radius: float) -> tuple[float, float]:
    return radius * math.cos(2 * math.pi * turn), radius * math.sin(2 * math.pi * turn)


def _blobs(centres: Tensor, spread: float) -> Distribution:
    """Every centre is a mode; three standard deviations around it belong to it."""
    return Distribution(centres, spread, centres, 3 * spread)


def _line(centres: Tensor) -> Distribution:
    """Modes are marks along the strokes, each as far as can be from those before it."""
    chosen = [0]
    distance = torch.cdist(centres[:1], centres)[0]
    while len(chosen) < MARKS and float(distance.max()) > 0.1:
        chosen.append(int(distance.argmax()))
        distance = torch.minimum(distance, torch.cdist(centres[chosen[-1] :][:1], centres)[0])
    return Distribution(centres, 0.02, centres[chosen], max(0.1, float(distance.max()) + 0.04))
