"""How strongly the adversaries' views are augmented, driven by how far the discriminator overfits.

Adaptive discriminator augmentation (Karras et al. 2020, 2006.06676, section 3.1): a discriminator that has learnt
its pictures by heart finds them more real than pictures of the same kind that it has never seen.
"""

import torch
from torch import Tensor, nn

EVERY = 4
"""Steps of the discriminator from one look at held-out pictures to the next (section 3.1)."""
PICTURES = 100_000
"""In so many the strength could go from 0 to 1 (the paper: 500,000, in trainings of 25 million)."""
MOST = 0.8
"""Strengths above leak into the generated pictures (section 2.2)."""
DECAY = 0.9
"""Of the running means; a single batch says little."""


def gap(train: Tensor, held_out: Tensor, made: Tensor) -> Tensor:
    """r_v (eq. 1) from mean logits of training, held-out and generated pictures: 0 no overfitting, 1 all of it.

    Only differences of logits enter, so it also holds for a relativistic discriminator, whose logits have no zero.
    0 where the discriminator cannot tell its pictures from generated ones.
    """
    apart = train - made
    return torch.where(apart > 1e-6, ((train - held_out) / apart.clamp(min=1e-6)).clamp(-1, 1), torch.zeros_like(apart))


class AdaptiveStrength(nn.Module):
    """The strength and the running means behind it; saved with the run like a network.

    start: strength at first, 0 to MOST. target: the gap that is aimed at, between 0 and 1 (the paper: 0.5).
    Raises ValueError for other values.
    """

    def __init__(self, start: float, target: float):
        super().__init__()
        if not 0 < target < 1:
            raise ValueError("--augment-target must lie between 0 and 1; 0.5 is usual, 0 switches it off.")
        if not 0 <= start <= MOST:
            raise ValueError(f"With --augment-target, --augment must be a number from 0 to {MOST:g}.")
        self.target = target
        self.register_buffer("strength", torch.tensor(float(start)))
        self.register_buffer("means", torch.zeros(3))
        self.register_buffer("looks", torch.zeros(()))

    def gap(self) -> Tensor:
        """The gap of the running means."""
        return gap(*self.means)

    @torch.no_grad()
    def observe(self, train: Tensor, held_out: Tensor, made: Tensor, pictures: int) -> None:
        """Take in mean logits, and move the strength as far as ``pictures`` that were seen since allow."""
        self.looks += 1
        weight = torch.maximum(1 / self.looks, torch.full_like(self.looks, 1 - DECAY))
        self.means.lerp_(torch.stack([train, held_out, made]).float(), weight)
        direction = torch.sign(self.gap() - self.target)
        self.strength.add_(direction * pictures / PICTURES).clamp_(0, MOST)
